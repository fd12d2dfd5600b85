// SPDX-License-Identifier: Apache-2.0

package undo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"recount/internal/durable"
)

// Files are the machine's files with their changes noted. Names are taken as
// they are on the machine.
func (l *Log) Files() durable.Files { return files{l} }

type files struct{ log *Log }

func clean(name string) (string, error) { return filepath.Abs(name) }

// Open opens a file or folder for reading; Sync on it is noted too.
func (f files) Open(name string) (durable.File, error) { return f.open(name, os.O_RDONLY) }

// Change opens a file that is there for writing over it.
func (f files) Change(name string) (durable.File, error) { return f.open(name, os.O_RDWR) }

func (f files) open(name string, flag int) (durable.File, error) {
	path, err := clean(name)
	if err != nil {
		return nil, err
	}
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	opened, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err != nil || info.IsDir() {
		if err != nil {
			return nil, errors.Join(err, opened.Close())
		}
		return opened, nil
	}
	node, err := f.log.meet(path)
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return &file{File: opened, log: f.log, node: node}, nil
}

func (f files) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

// Create makes a new file.
func (f files) Create(name string, perm fs.FileMode) (durable.File, error) {
	path, err := clean(name)
	if err != nil {
		return nil, err
	}
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	if _, err := os.Lstat(path); err == nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
	}
	node, err := f.log.create(path, perm)
	if err != nil {
		return nil, err
	}
	opened, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, perm)
	if err != nil {
		delete(f.log.nodes, path)
		return nil, f.log.unless(err)
	}
	return &file{File: opened, log: f.log, node: node}, nil
}

// Move renames a file.
func (f files) Move(old, new string, replace bool) error {
	from, err := clean(old)
	if err != nil {
		return err
	}
	to, err := clean(new)
	if err != nil {
		return err
	}
	l := f.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := os.Lstat(from); err != nil {
		return &os.LinkError{Op: "move", Old: old, New: new, Err: underlying(err)}
	}
	r := record{Op: opMove, Path: from, To: to}
	node, err := l.meet(from)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		if !replace {
			return &os.LinkError{Op: "move", Old: old, New: new, Err: fs.ErrExist}
		}
		if _, err := l.meet(to); err != nil {
			return err
		}
		r.Kept = l.keep()
		if err := os.Link(to, r.Kept); err != nil {
			return err
		}
	}
	if err := l.note(r); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return l.unless(err)
	}
	delete(l.nodes, from)
	l.nodes[to] = node
	return nil
}

// Remove takes a name away.
func (f files) Remove(name string) error {
	path, err := clean(name)
	if err != nil {
		return err
	}
	return f.log.remove(path)
}

// Mkdir makes a folder.
func (f files) Mkdir(name string, perm fs.FileMode) error {
	path, err := clean(name)
	if err != nil {
		return err
	}
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "mkdir", Path: path, Err: fs.ErrExist}
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return &fs.PathError{Op: "mkdir", Path: path, Err: underlying(err)}
	}
	if err := f.log.note(record{Op: opMkdir, Path: path, Perm: perm}); err != nil {
		return err
	}
	return f.log.unless(os.Mkdir(path, perm))
}

// SyncDir keeps the names of a folder as they are now.
func (f files) SyncDir(name string) error {
	path, err := clean(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	return f.log.syncDir(path)
}

// file is an open file whose writes are noted.
type file struct {
	*os.File
	log  *Log
	node int
	at   int64
}

// inPlace is the same file for Log.write, with its size.
type inPlace struct{ *os.File }

func (f inPlace) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f *file) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 {
		return n, nil
	}
	return n, err
}

func (f *file) Write(p []byte) (int, error) {
	n, err := f.log.write(f.node, inPlace{f.File}, p, f.at)
	f.at += int64(n)
	if err == syscall.ENOSPC {
		err = &fs.PathError{Op: "write", Path: f.Name(), Err: err}
	}
	return n, err
}

func (f *file) Sync() error { return f.log.sync(f.node) }
