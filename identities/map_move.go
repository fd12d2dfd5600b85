// SPDX-License-Identifier: Apache-2.0

package identities

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"recount/fault"
)

// List are the names of the sealed files, of those also that nothing names.
func (m *Map) List() ([]string, error) { return m.list(sealedDir) }

func (m *Map) list(sub string) ([]string, error) {
	entries, err := m.files.ReadDir(filepath.Join(m.dir, sub))
	if err != nil {
		return nil, fmt.Errorf("%w: the map of identities: %w", fault.Unavailable, err)
	}
	var all []string
	for _, e := range entries {
		if checkName(e.Name()) == nil {
			all = append(all, e.Name())
		}
	}
	return all, nil
}

// Sweep destroys the sealed files that named does not have: those of an act that
// was cut off before its entry, older versions, and erased ones. Files younger
// than grace are left, since their entry may be on its way.
func (m *Map) Sweep(named map[string]bool, now time.Time, grace time.Duration) (int, error) {
	entries, err := m.files.ReadDir(filepath.Join(m.dir, sealedDir))
	if err != nil {
		return 0, fmt.Errorf("%w: the map of identities: %w", fault.Unavailable, err)
	}
	swept := 0
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".new") // one whose writing was cut off
		info, err := e.Info()
		if err != nil || checkName(name) != nil || name == e.Name() && named[name] || now.Sub(info.ModTime()) < grace {
			continue
		}
		if name != e.Name() {
			err = m.files.Remove(filepath.Join(m.dir, sealedDir, e.Name()))
		} else {
			err = m.Drop(name)
		}
		if err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}

// CopyTo copies the whole map to another folder, where it is durable when it
// returns. What lies there of another case is fault.Conflict.
func (m *Map) CopyTo(ctx context.Context, dir, origin string) (*Map, error) {
	to, err := Make(m.files, dir, origin)
	if err != nil {
		return nil, err
	}
	for _, sub := range []string{openersDir, sealedDir} {
		all, err := m.list(sub)
		if err != nil {
			return nil, err
		}
		for _, name := range all {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			data, err := readFile(m.files, filepath.Join(m.dir, sub, name), longestFile)
			if err != nil {
				return nil, err
			}
			if err := to.write(filepath.Join(dir, sub, name), data, true); err != nil {
				return nil, err
			}
		}
	}
	return to, nil
}

// Leave removes the map from where it lies, once it lies elsewhere.
func (m *Map) Leave() error {
	all, err := m.List()
	if err != nil {
		return err
	}
	for _, name := range all {
		if err := m.Drop(name); err != nil {
			return err
		}
	}
	rings, err := m.list(openersDir)
	if err != nil {
		return err
	}
	for _, name := range rings {
		path := filepath.Join(m.dir, openersDir, name)
		if err := errors.Join(m.overwrite(path, longestRing/4), m.files.Remove(path)); err != nil {
			return err
		}
	}
	for _, name := range []string{openersDir, sealedDir, markerFile} {
		if err := m.files.Remove(filepath.Join(m.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: the old place of the map: %w", fault.Unavailable, err)
		}
	}
	return m.files.SyncDir(m.dir)
}
