// SPDX-License-Identifier: Apache-2.0

package crashdisk

import (
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"recount/internal/durable"
)

func fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Open opens a file or folder for reading.
func (d *Disk) Open(name string) (durable.File, error) {
	f, err := d.open(name, false)
	if err != nil {
		return nil, err // not a nil *File in an interface
	}
	return f, nil
}

// OpenFile opens a file for reading and writing at any offset, for stores that
// write in place; one that lacks is made with create.
func (d *Disk) OpenFile(name string, create bool, perm fs.FileMode) (*File, error) {
	f, err := d.open(name, true)
	if err == nil || !create {
		return f, err
	}
	return d.create(name, perm)
}

// Change opens a file that is there for writing over it.
func (d *Disk) Change(name string) (durable.File, error) {
	f, err := d.open(name, true)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d *Disk) open(name string, writable bool) (*File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.powered(); err != nil {
		return nil, fail("open", name, err)
	}
	n, err := d.find(name)
	if err == nil && writable && n.dir {
		err = syscall.EISDIR
	}
	if err != nil {
		return nil, fail("open", name, err)
	}
	return &File{disk: d, node: n, name: name, writable: writable}, nil
}

// Create makes a new file.
func (d *Disk) Create(name string, perm fs.FileMode) (durable.File, error) {
	f, err := d.create(name, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d *Disk) create(name string, perm fs.FileMode) (*File, error) {
	n := &node{perm: perm}
	if err := d.add("open", name, n); err != nil {
		return nil, err
	}
	return &File{disk: d, node: n, name: name, writable: true}, nil
}

// Mkdir makes a folder.
func (d *Disk) Mkdir(name string, perm fs.FileMode) error {
	return d.add("mkdir", name, newFolder(perm, time.Time{}))
}

// add gives n a name that was free.
func (d *Disk) add(op, name string, n *node) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.find(name); err == nil {
		return fail(op, name, fs.ErrExist)
	}
	folder, base, err := d.folder(name)
	if err == nil {
		err = d.change()
	}
	if err != nil {
		return fail(op, name, err)
	}
	n.mod = d.now()
	folder.names[base] = n
	return nil
}

// Move renames a file. Within one folder and between two, a crash may keep
// either name, both or none until the folders are synced.
func (d *Disk) Move(old, new string, replace bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find(old)
	if err != nil {
		return fail("move", old, err)
	}
	from, oldBase, err := d.folder(old)
	if err != nil {
		return fail("move", old, err)
	}
	to, newBase, err := d.folder(new)
	if err != nil {
		return fail("move", new, err)
	}
	if there, ok := to.names[newBase]; ok && (!replace || there.dir) {
		return fail("move", new, fs.ErrExist)
	}
	if err := d.change(); err != nil {
		return fail("move", old, err)
	}
	to.names[newBase] = n
	if from != to || oldBase != newBase {
		delete(from.names, oldBase)
	}
	return nil
}

// Remove takes a name away; a file that is open stays readable.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find(name)
	if err == nil && len(n.names) > 0 {
		err = syscall.ENOTEMPTY
	}
	if err == nil {
		err = d.change()
	}
	if err != nil {
		return fail("remove", name, err)
	}
	folder, base, err := d.folder(name)
	if err != nil {
		return fail("remove", name, err)
	}
	delete(folder.names, base)
	d.used -= int64(len(n.bytes))
	return nil
}

// ReadDir lists a folder by name.
func (d *Disk) ReadDir(name string) ([]fs.DirEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.powered(); err != nil {
		return nil, fail("readdir", name, err)
	}
	n, err := d.find(name)
	if err == nil && !n.dir {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return nil, fail("readdir", name, err)
	}
	entries := make([]fs.DirEntry, 0, len(n.names))
	for _, base := range slices.Sorted(maps.Keys(n.names)) {
		entries = append(entries, fs.FileInfoToDirEntry(info{filepath.Base(base), *n.names[base]}))
	}
	return entries, nil
}

// SyncDir keeps the names of a folder as they are now.
func (d *Disk) SyncDir(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find(name)
	if err == nil {
		err = d.change()
	}
	if err != nil {
		return fail("sync", name, err)
	}
	n.kept.names = maps.Clone(n.names)
	return nil
}

// info is an fs.FileInfo of a node as it was.
type info struct {
	name string
	node node
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return int64(len(i.node.bytes)) }
func (i info) ModTime() time.Time { return i.node.mod }
func (i info) IsDir() bool        { return i.node.dir }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.node.dir {
		return i.node.perm | fs.ModeDir
	}
	return i.node.perm
}
