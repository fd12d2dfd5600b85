// SPDX-License-Identifier: Apache-2.0

package store

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/ncruces/go-sqlite3/vfs"
	"github.com/ncruces/go-sqlite3/vfs/adiantum"

	"recount/fault"
	"recount/internal/durable"
	"recount/strongroom"
)

// sealing is what an open archive that is encrypted has: its master key, and
// the file system through which SQLite encrypts every file that it writes.
type sealing struct {
	key     *strongroom.Key
	dir     string   // the archive's folder
	vfs     string   // the name under which SQLite finds it
	passing [32]byte // of databases that end with this process
}

func newSealing(config Config, key *strongroom.Key) (*sealing, error) {
	s := &sealing{key: key, dir: config.Dir}
	var name [16]byte
	for _, b := range [][]byte{s.passing[:], name[:]} {
		if _, err := io.ReadFull(rand.Reader, b); err != nil {
			return nil, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
		}
	}
	under := vfs.Find(config.VFS)
	if under == nil {
		return nil, fmt.Errorf("%w: SQLite has no file system %q", fault.Invalid, config.VFS)
	}
	s.vfs = "recount-" + hex.EncodeToString(name[:])
	vfs.Register(s.vfs, adiantum.Wrap(under, creator{s}))
	return s, nil
}

// close forgets the key: whatever of the archive is still open can open no
// further file.
func (s *sealing) close() {
	vfs.Unregister(s.vfs)
	s.key.Forget()
	clear(s.passing[:])
}

// path is the name of a file within the archive, the same wherever that lies.
func (s *sealing) path(file string) (string, error) {
	below, err := filepath.Rel(s.dir, file)
	if err != nil || !filepath.IsLocal(below) {
		return "", fmt.Errorf("%w: %s is no file of this archive", fault.Invalid, file)
	}
	return filepath.ToSlash(below), nil
}

// readFile reads a small file of the archive, and opens it where the archive is
// encrypted. fs.ErrNotExist stays recognizable.
func (c Config) readFile(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if c.sealing == nil {
		if strongroom.Sealed(text) {
			return nil, fmt.Errorf("%w: %s is of an archive that is encrypted, and this one is not", fault.Tampered, name)
		}
		return text, nil
	}
	path, err := c.sealing.path(name)
	if err != nil {
		return nil, err
	}
	return c.sealing.key.Open(path, text)
}

// writeFile writes a small file of the archive durably, in one step, sealed
// where the archive is encrypted.
func (c Config) writeFile(name string, text []byte) error {
	if c.sealing != nil {
		path, err := c.sealing.path(name)
		if err != nil {
			return err
		}
		if text, err = c.sealing.key.Seal(path, text, c.Rand); err != nil {
			return err
		}
	}
	if err := durable.WriteFile(c.Files, name, text, 0o600, true); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return nil
}
