// SPDX-License-Identifier: Apache-2.0

package identities

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"recount/fault"
	"recount/internal/durable"
	"recount/strongroom"
)

const (
	markerFile = "recount-identities"
	mapLine    = "recount identities/1\n"
	openersDir = "openers"
	sealedDir  = "sealed"
)

// Map is a folder with the sealed identities of one case and the rings of those
// who open them.
type Map struct {
	dir   string
	files durable.Files
}

// marker is the text of a map's first file: a hash of the case's origin, by
// which another case's map is known without this one being named.
func marker(origin string) []byte {
	sum := sha256.Sum256([]byte(mapLine + origin))
	return []byte(mapLine + hex.EncodeToString(sum[:]) + "\n")
}

// Find opens the map in dir. fault.Unavailable says that it is not there, as
// where the medium that it lies on was taken away; fault.Conflict that it is
// another case's.
func Find(files durable.Files, dir, origin string) (*Map, error) {
	text, err := readFile(files, filepath.Join(dir, markerFile), int64(len(marker(origin))))
	if errors.Is(err, fs.ErrNotExist) || err != nil && !errors.Is(err, fault.Tampered) {
		return nil, fmt.Errorf("%w: the map of identities is not at %s now: put in the medium that it lies on, or say with recount identity place where it is; all else of the case works without it", fault.Unavailable, dir)
	}
	if err != nil || !bytes.Equal(text, marker(origin)) {
		return nil, fmt.Errorf("%w: what lies at %s is not the map of identities of this case; accepted is the folder that belongs to it", fault.Conflict, dir)
	}
	return &Map{dir, files}, nil
}

// Make opens the map in dir, and makes an empty one where none is.
func Make(files durable.Files, dir, origin string) (*Map, error) {
	m, err := Find(files, dir, origin)
	if !errors.Is(err, fault.Unavailable) {
		return m, err
	}
	for _, name := range []string{dir, filepath.Join(dir, openersDir), filepath.Join(dir, sealedDir)} {
		if err := durable.MakeDirs(files, name, 0o700); err != nil {
			return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
	}
	err = durable.WriteFile(files, filepath.Join(dir, markerFile), marker(origin), 0o600, false)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return Find(files, dir, origin)
}

// Dir is where the map lies.
func (m *Map) Dir() string { return m.dir }

// Enrol makes a key for an opener, which way opens, and keeps its ring.
func (m *Map) Enrol(account string, way strongroom.Way, cost strongroom.Cost, now time.Time, rand io.Reader) (Opener, error) {
	o, ring, err := newOpener(account, way, cost, now, rand)
	if err != nil {
		return o, err
	}
	return o, m.write(m.ringOf(o), ring.Text(), false)
}

func (m *Map) ringOf(o Opener) string { return filepath.Join(m.dir, openersDir, o.Fingerprint()) }

// Unlock opens an opener's key.
func (m *Map) Unlock(o Opener, way strongroom.Way) (OpenerKey, error) {
	key, own, _, err := m.unlock(o, way)
	if err != nil {
		return OpenerKey{}, err
	}
	key.Forget()
	return own, nil
}

const longestRing = 16 << 10

func (m *Map) unlock(o Opener, way strongroom.Way) (*strongroom.Key, OpenerKey, *strongroom.Ring, error) {
	text, err := readFile(m.files, m.ringOf(o), longestRing)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, OpenerKey{}, nil, fmt.Errorf("%w: the map of identities has no ring of keys for %s: it is an older copy, or was damaged", fault.NotFound, o.Account)
	}
	if err != nil {
		return nil, OpenerKey{}, nil, err
	}
	ring, err := strongroom.Parse(text)
	if err != nil {
		return nil, OpenerKey{}, nil, err
	}
	key, own, err := unlock(o, ring, way)
	return key, own, ring, err
}

// Change has another passphrase open an opener's key from now on. Older copies
// of the map are still opened by the old one.
func (m *Map) Change(o Opener, old, way strongroom.Way, cost strongroom.Cost, now time.Time, rand io.Reader) error {
	key, _, ring, err := m.unlock(o, old)
	if err != nil {
		return err
	}
	defer key.Forget()
	if way.Kind() != strongroom.ByPassphrase {
		return fmt.Errorf("%w: identities are opened by a passphrase of the opener's own; accepted is a passphrase", fault.Invalid)
	}
	before := ring.Slots()
	if _, err := ring.Add(key, way, cost, now, rand); err != nil {
		return err
	}
	for _, slot := range before {
		if err := ring.Remove(key, slot.Number); err != nil {
			return err
		}
	}
	return m.write(m.ringOf(o), ring.Text(), true)
}

// Put keeps a sealed file, durable when it returns, and answers its name.
func (m *Map) Put(file []byte) (string, error) {
	name := Name(file)
	return name, m.write(m.sealed(name), file, true)
}

func (m *Map) sealed(name string) string { return filepath.Join(m.dir, sealedDir, name) }

// longestFile is more than the largest sealed file takes.
const longestFile = 9 << 20

// Get answers a sealed file by its name. fault.NotFound where the map does not
// have it, fault.Tampered where its bytes are others.
func (m *Map) Get(name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	file, err := readFile(m.files, m.sealed(name), longestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: the map of identities does not have the sealed file %.12s…: it is an older copy, or was damaged", fault.NotFound, name)
	}
	if err != nil {
		return nil, err
	}
	if Name(file) != name {
		return nil, fmt.Errorf("%w: the sealed file %.12s… in the map of identities has other bytes than the journal names", fault.Tampered, name)
	}
	return file, nil
}

func checkName(name string) error {
	if raw, err := hex.DecodeString(name); err != nil || len(raw) != sha256.Size || strings.ToLower(name) != name {
		return fmt.Errorf("%w: the name of a sealed file; accepted are 64 hexadecimal digits", fault.Invalid)
	}
	return nil
}

// Drop destroys a sealed file: first the keys in it are written over, then it is
// removed. One that is not there is none.
func (m *Map) Drop(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	path := m.sealed(name)
	if file, err := readFile(m.files, path, longestFile); err == nil {
		if err := m.overwrite(path, len(file)); err != nil {
			return err
		}
	}
	if err := m.files.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: destroying a sealed identity: %w", fault.Unavailable, err)
	}
	return m.files.SyncDir(filepath.Dir(path))
}

func (m *Map) overwrite(path string, n int) (err error) {
	f, err := m.files.Change(path)
	if err != nil {
		return fmt.Errorf("%w: destroying a sealed identity: %w", fault.Unavailable, err)
	}
	_, err = f.Write(make([]byte, n))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (m *Map) write(path string, data []byte, replace bool) error {
	if err := durable.WriteFile(m.files, path, data, 0o600, replace); err != nil {
		return fmt.Errorf("%w: the map of identities: %w", fault.Unavailable, err)
	}
	return nil
}

// readFile reads a file of at most so many bytes; a longer one is fault.Tampered.
func readFile(files durable.Files, path string, most int64) (data []byte, err error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, fmt.Errorf("%w: %s is larger than the program writes it", fault.Tampered, path)
	}
	return data, err
}
