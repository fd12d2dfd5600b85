// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"recount/fault"
)

// workplace is a folder beside the place of a bundle, in which it is made, so
// that giving it its name does not copy it. A lock in it says that somebody is
// at work there; it goes with the process, and the next export to the same
// folder takes away what a killed one has left.
type workplace struct {
	dir  string
	lock *flock.Flock
}

const workplacePrefix = ".recount-bundle-"

// newWorkplace makes one beside a path, and sweeps the abandoned ones there.
func newWorkplace(beside string) (*workplace, error) {
	parent := filepath.Dir(filepath.Clean(beside))
	sweepWorkplaces(parent)
	for range 20 {
		dir, err := os.MkdirTemp(parent, workplacePrefix+"*")
		if err != nil {
			return nil, onDisk(err)
		}
		w := &workplace{dir, flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))}
		taken, err := w.lock.TryLock()
		if _, gone := os.Lstat(w.lock.Path()); taken && err == nil && gone == nil {
			return w, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, onDisk(errors.Join(err, w.close()))
		}
		if err := w.close(); err != nil { // another export has swept it before it was locked
			return nil, onDisk(err)
		}
	}
	return nil, fmt.Errorf("%w: no folder to work in could be kept in %s", fault.Unavailable, parent)
}

// path is a place in it.
func (w *workplace) path(name string) string { return filepath.Join(w.dir, name) }

// close takes it away with all that was not given a name.
func (w *workplace) close() error {
	return onDisk(errors.Join(w.lock.Close(), os.RemoveAll(w.dir)))
}

// sweepWorkplaces takes away those at which nobody is at work. What cannot be
// taken away stands in nobody's way: it stays for the next time.
func sweepWorkplaces(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return // making one says why
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), workplacePrefix) {
			continue
		}
		dir := filepath.Join(parent, e.Name())
		if _, err := os.Lstat(filepath.Join(dir, "lock")); err != nil {
			_ = os.Remove(dir) // an empty one; any other is not ours
			continue
		}
		lock := flock.New(filepath.Join(dir, "lock"))
		taken, err := lock.TryLock()
		_ = lock.Close() // nothing was written to it
		if taken && err == nil {
			_ = os.RemoveAll(dir)
		}
	}
}
