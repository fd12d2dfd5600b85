// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"recount/fault"
	"recount/internal/durable"
)

const (
	// stagingFolder holds objects that are being written, in the same file
	// system as their place.
	stagingFolder = "tmp"
	folderMode    = 0o700
	// objectMode holds from the first byte: only the handle that creates an
	// object's file ever writes to it.
	objectMode = 0o444
)

// FolderBackend keeps each object in a read-only file ab/cd/abcd… of a folder.
// Several processes may use one folder.
type FolderBackend struct {
	dir   string
	files durable.Files

	mu     sync.Mutex
	synced map[string]bool // folders known to have a durable name
	staged int             // counts the temporary names of this process
}

// Folder is a back end on a folder, which is made where it lacks.
func Folder(dir string) (*FolderBackend, error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("vault %s: %w", dir, err)
	}
	return FolderOn(durable.OS(), whole)
}

// FolderOn is Folder on another file layer, with dir as that layer names it.
func FolderOn(files durable.Files, dir string) (*FolderBackend, error) {
	f := &FolderBackend{dir: dir, files: files, synced: map[string]bool{}}
	if err := durable.MakeDirs(files, dir, folderMode); err != nil {
		return nil, f.explain(err)
	}
	return f, nil
}

// explain gives an error of the file layer its kind and says in plain words
// what the reader can do about it.
func (f *FolderBackend) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case durable.IsFull(err):
		return fmt.Errorf("%w: there is no room left for the vault %s; nothing was kept of this object, make room and do it again: %w", fault.Unavailable, f.dir, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: the vault %s does not allow this to the account that the program runs under: %w", fault.Unavailable, f.dir, err)
	}
	return fmt.Errorf("vault %s: %w", f.dir, err)
}

// path is the place of an object.
func (f *FolderBackend) path(a Address) string {
	hex := a.String()
	return filepath.Join(f.dir, hex[:2], hex[2:4], hex)
}

// Open reads an object's stored bytes.
func (f *FolderBackend) Open(ctx context.Context, a Address) (io.ReadCloser, error) {
	return f.open(ctx, a)
}

func (f *FolderBackend) open(ctx context.Context, a Address) (durable.File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	file, err := f.files.Open(f.path(a))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: the vault has no object %s", fault.NotFound, a)
	}
	if err != nil {
		return nil, f.explain(err)
	}
	return file, nil
}

// Size is the number of stored bytes.
func (f *FolderBackend) Size(ctx context.Context, a Address) (int64, error) {
	file, err := f.open(ctx, a)
	if err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err := errors.Join(err, file.Close()); err != nil {
		return 0, f.explain(err)
	}
	return info.Size(), nil
}

// Remove takes an object away. Also when it is not there any more the folder is
// synced: the process that removed it may have ended before it did that.
func (f *FolderBackend) Remove(ctx context.Context, a Address) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	place := f.path(a)
	err := f.files.Remove(place)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return f.explain(err)
	}
	if err := f.files.SyncDir(filepath.Dir(place)); err != nil && !(missing && errors.Is(err, fs.ErrNotExist)) {
		return f.explain(err)
	}
	if missing {
		return fmt.Errorf("%w: the vault has no object %s", fault.NotFound, a)
	}
	return nil
}

// Sweep removes what interrupted writers left behind: temporary files last
// written to before olderThan. Choose it so that no writer can still be at
// work on them, on this or another machine; a day ago is usual. It returns how
// many it removed.
func (f *FolderBackend) Sweep(ctx context.Context, olderThan time.Time) (int, error) {
	dir := filepath.Join(f.dir, stagingFolder)
	entries, err := f.files.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, f.explain(err)
	}
	removed := 0
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // committed, aborted or swept meanwhile
		}
		if err != nil {
			return removed, f.explain(err)
		}
		if !info.Mode().IsRegular() || !info.ModTime().Before(olderThan) {
			continue
		}
		if err := f.files.Remove(filepath.Join(dir, entry.Name())); err == nil {
			removed++
		} else if !errors.Is(err, fs.ErrNotExist) {
			return removed, f.explain(err)
		}
	}
	return removed, nil
}
