// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// place moves old to new and never replaces: link(2) fails with EEXIST in one
// step. File systems without hard links (FAT, some network shares) get a look
// first and then a rename; between the two another process could put a file
// there, which the rename would replace. Callers that give the same bytes the
// same name, as the vault does, lose nothing by that.
func place(old, new string) error {
	err := os.Link(old, new)
	switch {
	case err == nil:
		return os.Remove(old)
	case errors.Is(err, fs.ErrExist):
		return err
	case !errors.Is(err, syscall.EPERM) && !errors.Is(err, errors.ErrUnsupported):
		return err
	}
	if _, err := os.Lstat(new); err == nil {
		return fmt.Errorf("moving to %s: %w", new, fs.ErrExist)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(old, new)
}

// SyncDir makes the names in a folder durable. A file system that has no such
// call (it says EINVAL or ENOTSUP) has nothing better to offer: that is no error.
func (osFiles) SyncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

func fullErrors() []error { return []error{syscall.EDQUOT} }
