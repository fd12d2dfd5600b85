// SPDX-License-Identifier: Apache-2.0

// Package durable holds the few calls on files that decide whether written
// bytes are still there after a power failure, behind an interface, so that
// tests can put a disk in their place that forgets what was not synced
// (internal/durable/crashdisk).
//
// The order that keeps a new file: write it beside its place, File.Sync, Move,
// SyncDir on the folder, and SyncDir on the parent of every folder that was
// made. A file's own sync says nothing about its name: fsync(2), "Calling
// fsync() does not necessarily ensure that the entry in the directory
// containing the file has also reached disk."
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// File is an open file. What Write took is durable when Sync has returned nil.
type File interface {
	io.ReadWriteCloser
	Sync() error
	Stat() (fs.FileInfo, error)
}

// Reading is what is asked of files that are there.
type Reading interface {
	Open(name string) (File, error)             // for reading; fs.ErrNotExist
	ReadDir(name string) ([]fs.DirEntry, error) // by name, ascending
}

// Writing changes folders. No change of a name is durable before SyncDir.
type Writing interface {
	// Create makes a file that was not there (fs.ErrExist) and opens it for
	// writing; perm may leave the file read-only to all later openings.
	Create(name string, perm fs.FileMode) (File, error)
	// Change opens a file that is there (fs.ErrNotExist), to write over its
	// bytes from the first on, or to Sync what others wrote.
	Change(name string) (File, error)
	// Move gives the file old the name new, in the same file system. Without
	// replace it never takes the place of a file that is there: fs.ErrExist,
	// and old keeps its name.
	Move(old, new string, replace bool) error
	Remove(name string) error
	Mkdir(name string, perm fs.FileMode) error // fs.ErrExist
	SyncDir(name string) error
}

// Files is a file system, as far as durable writing needs one. Names are those
// of the operating system (path/filepath).
type Files interface {
	Reading
	Writing
}

// MakeDirs makes the folder name and the parents it lacks, each with perm, and
// makes them durable: the parent of each folder that was made is synced. A
// folder that is there is left as it is.
func MakeDirs(files Files, name string, perm fs.FileMode) error {
	name = filepath.Clean(name)
	err := files.Mkdir(name, perm)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(name) != name {
		if err := MakeDirs(files, filepath.Dir(name), perm); err != nil {
			return err
		}
		err = files.Mkdir(name, perm)
	}
	if errors.Is(err, fs.ErrExist) {
		return isDir(files, name)
	}
	if err != nil {
		return fmt.Errorf("making the folder %s: %w", name, err)
	}
	if err := files.SyncDir(filepath.Dir(name)); err != nil {
		return fmt.Errorf("making the folder %s durable: %w", name, err)
	}
	return nil
}

func isDir(files Files, name string) (err error) {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is a file, a folder is needed: %w", name, fs.ErrExist)
	}
	return nil
}

// WriteFile puts data under name in one step: a reader, and a power failure at
// any moment, finds the whole old file or the whole new one. It is durable when
// WriteFile returns nil. Without replace a file that is there stays, and the
// error is fs.ErrExist. The new bytes are first written to name + ".new"; one
// that an interrupted call left behind is replaced.
func WriteFile(files Files, name string, data []byte, perm fs.FileMode, replace bool) error {
	temp := name + ".new"
	if err := files.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clearing away %s: %w", temp, err)
	}
	f, err := files.Create(temp, perm)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = files.Move(temp, name, replace)
	}
	if err != nil {
		if gone := files.Remove(temp); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := files.SyncDir(filepath.Dir(name)); err != nil {
		return fmt.Errorf("making %s durable: %w", name, err)
	}
	return nil
}
