// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"recount/fault"
	"recount/internal/durable"
	"recount/strongroom"
)

// Locked reports whether an archive that is encrypted lies in the folder; it is
// not opened.
func Locked(dir string) bool {
	_, err := os.Stat(RingFile(dir))
	return err == nil && Here(dir)
}

// RingFile is where the ring of an archive lies.
func RingFile(dir string) string { return filepath.Join(dir, "keys", "ring") }

// ReadRing reads the ring of an archive that is encrypted. fault.NotFound where
// none is: the archive is plain, or its ring is lost.
func ReadRing(dir string) (*strongroom.Ring, error) {
	text, err := os.ReadFile(RingFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no ring of keys, %s", fault.NotFound, RingFile(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the ring of keys: %w", fault.Unavailable, err)
	}
	r, err := strongroom.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", RingFile(dir), err)
	}
	return r, nil
}

// lock has the master key and its ring made, and keeps the ring. What a
// creation that was cut off has left under another key is of no use any more.
func (c Config) lock() (*strongroom.Key, error) {
	ring, key, err := c.Lock()
	if err != nil {
		return nil, err
	}
	office := filepath.Join(c.Dir, "office", "office.db")
	if err := c.disk().removeDatabase(office); err != nil {
		return nil, err
	}
	return key, writeRing(c.Files, c.Dir, ring)
}

func writeRing(files durable.Files, dir string, ring *strongroom.Ring) error {
	name := RingFile(dir)
	if err := durable.MakeDirs(files, filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if err := durable.WriteFile(files, name, ring.Text(), 0o600, true); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return nil
}

// noRing refuses a ring beside an archive that is plain.
func noRing(dir string) error {
	_, err := os.Lstat(RingFile(dir))
	if err == nil {
		return fmt.Errorf("%w: %s belongs to an archive that is encrypted, and this one says that it is plain", fault.Tampered, RingFile(dir))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return nil
}

// unlock opens the ring of an archive that is encrypted.
func (c Config) unlock() (*sealing, error) {
	ring, err := ReadRing(c.Dir)
	if errors.Is(err, fault.NotFound) {
		return nil, fmt.Errorf("%w: the ring of keys %s of this archive is missing; without it nothing in it can be opened. Put it back from where keys are kept", fault.Unavailable, RingFile(c.Dir))
	}
	if err != nil {
		return nil, err
	}
	if c.Unlock == nil {
		return nil, fmt.Errorf("%w: this archive is encrypted, and no way to open it was given", fault.Forbidden)
	}
	key, err := c.Unlock(ring)
	if err != nil {
		return nil, err
	}
	return newSealing(c, key)
}

// elsewhere is the configuration of an archive of SQLite in another folder
// that opens in the same ways.
func (c Config) elsewhere(dir string) Config {
	from := c
	c.Dir, c.Postgres, c.Backend, c.sealing, c.Lock, c.Unlock = dir, "", nil, nil, nil, nil
	if from.sealing != nil {
		c.Lock = func() (*strongroom.Ring, *strongroom.Key, error) {
			ring, err := ReadRing(from.Dir)
			if err != nil {
				return nil, nil, err
			}
			key, err := from.sealing.key.Copy()
			return ring, key, err
		}
	}
	return c
}

// Encrypted tells whether the archive is encrypted at rest.
func (a *Archive) Encrypted() bool { return a.config.sealing != nil }

// ChangeRing changes the ways that open the archive, one change at a time.
// fault.Invalid for an archive that is plain. What was written before under a
// way that is taken away is not encrypted anew: who has kept a copy of the ring
// and knows that way still has the master key.
func (a *Archive) ChangeRing(ctx context.Context, change func(*strongroom.Ring, *strongroom.Key) error) (err error) {
	defer fault.Wrap(&err, "changing the ways that open the archive")
	if a.config.sealing == nil {
		return fmt.Errorf("%w: this archive is plain: it has no ring. A new one that is encrypted is made by recount init, and cases come into it by backup and restore", fault.Invalid)
	}
	release, err := fileLock(ctx, filepath.Dir(RingFile(a.config.Dir)), "ring.lock", true)
	if err != nil {
		return err
	}
	defer release()
	ring, err := ReadRing(a.config.Dir)
	if err != nil {
		return err
	}
	if err := change(ring, a.config.sealing.key); err != nil {
		return err
	}
	return writeRing(a.config.Files, a.config.Dir, ring)
}
