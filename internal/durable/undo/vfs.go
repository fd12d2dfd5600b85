// SPDX-License-Identifier: Apache-2.0

package undo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// VFS is the file system of the machine for SQLite with its changes noted: to
// be registered under a name (vfs.Register) and asked for with vfs=name in the
// URI of a database. Locks and shared memory are the machine's own.
func (l *Log) VFS() vfs.VFSFilename { return databases{vfs.Find(""), l} }

type databases struct {
	vfs.VFS
	log *Log
}

// Open is not called where OpenFilename is there.
func (d databases) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if name == "" {
		return d.OpenFilename(nil, flags)
	}
	return nil, flags, sqlite3.CANTOPEN
}

// kinds of files that a power failure leaves something of.
const lasting = vfs.OPEN_MAIN_DB | vfs.OPEN_MAIN_JOURNAL | vfs.OPEN_SUPER_JOURNAL | vfs.OPEN_WAL

// journals are those whose name SQLite expects to be kept by their first sync.
const journals = vfs.OPEN_MAIN_JOURNAL | vfs.OPEN_SUPER_JOURNAL | vfs.OPEN_WAL

func (d databases) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if name == nil || name.String() == "" || flags&lasting == 0 || flags&(vfs.OPEN_DELETEONCLOSE|vfs.OPEN_MEMORY) != 0 {
		return vfsutil.WrapOpenFilename(d.VFS, name, flags)
	}
	path, err := clean(name.String())
	if err != nil {
		return nil, flags, err
	}
	d.log.mu.Lock()
	defer d.log.mu.Unlock()
	if flags&vfs.OPEN_MAIN_DB != 0 {
		if err := d.log.note(record{Op: opDatabase, Path: path}); err != nil {
			return nil, flags, err
		}
	}
	node, made, err := d.node(path, flags)
	if err != nil {
		return nil, flags, err
	}
	inner, out, err := vfsutil.WrapOpenFilename(d.VFS, name, flags)
	if err != nil {
		if made {
			delete(d.log.nodes, path)
			_ = d.log.unless(err)
		}
		return nil, out, err // SQLite reads its own kinds of errors only bare
	}
	opened := &database{File: inner, log: d.log, node: node}
	if flags&vfs.OPEN_CREATE != 0 && flags&journals != 0 {
		opened.unnamed = filepath.Dir(path)
	}
	return opened, out, nil
}

// node is the node of a file that is opened, and whether opening makes it.
func (d databases) node(path string, flags vfs.OpenFlag) (node int, made bool, err error) {
	if _, err := os.Lstat(path); err == nil {
		node, err = d.log.meet(path)
		return node, false, err
	}
	if flags&vfs.OPEN_CREATE == 0 {
		return 0, false, nil // the system will say that it is not there
	}
	node, err = d.log.create(path, 0o644)
	return node, true, err
}

// Delete takes a file's name away, and keeps that so with syncDir.
func (d databases) Delete(name string, syncDir bool) error {
	path, err := clean(name)
	if err != nil {
		return err
	}
	err = d.log.remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return vfs.SystemError(err, sqlite3.IOERR_DELETE_NOENT)
	}
	if err == nil && syncDir {
		err = d.log.syncDir(filepath.Dir(path))
	}
	return err
}

// database is an open file of SQLite.
type database struct {
	vfs.File
	log     *Log
	node    int
	unnamed string // folder that the first sync keeps the names of
}

func (f *database) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.log.write(f.node, f.File, p, off)
	return n, full(err)
}

func (f *database) Truncate(size int64) error {
	return full(f.log.truncate(f.node, f.File, size))
}

func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return vfs.SystemError(err, sqlite3.FULL)
	}
	return err
}

func (f *database) Sync(vfs.SyncFlag) error {
	if err := f.log.sync(f.node); err != nil || f.unnamed == "" {
		return err
	}
	folder := f.unnamed
	f.unnamed = ""
	return f.log.syncDir(folder)
}

// DeviceCharacteristics promises nothing that the layer does not keep: no
// writes that are atomic in batches.
func (f *database) DeviceCharacteristics() vfs.DeviceCharacteristic {
	return f.File.DeviceCharacteristics() &^ vfs.IOCAP_BATCH_ATOMIC
}

// SharedMemory is the machine's own.
func (f *database) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(f.File) }

// Unwrap is the machine's own file.
func (f *database) Unwrap() vfs.File { return f.File }

// HasMoved tells whether the file still has its name.
func (f *database) HasMoved() (bool, error) { return vfsutil.WrapHasMoved(f.File) }
