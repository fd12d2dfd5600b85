// SPDX-License-Identifier: Apache-2.0

package crashdisk

import (
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"
)

// File is an open file of a Disk. Read and Write go on from one offset; ReadAt,
// WriteAt and Truncate are for stores that write in place.
type File struct {
	disk     *Disk
	node     *node
	name     string
	at       int64
	writable bool
	closed   bool
}

// use locks the disk for one call on an open file.
func (f *File) use() (unlock func(), err error) {
	f.disk.mu.Lock()
	if f.closed {
		err = fs.ErrClosed
	} else {
		err = f.disk.powered()
	}
	return f.disk.mu.Unlock, err
}

// Read reads on.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	return n, err
}

// ReadAt reads at an offset, as io.ReaderAt.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	unlock, err := f.use()
	defer unlock()
	if err == nil && f.node.dir {
		err = syscall.EISDIR
	}
	if err != nil {
		return 0, fail("read", f.name, err)
	}
	if off >= int64(len(f.node.bytes)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.bytes[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Write writes on.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.WriteAt(p, f.at)
	f.at += int64(n)
	return n, err
}

// WriteAt writes at an offset; a gap before it is zeros.
func (f *File) WriteAt(p []byte, off int64) (int, error) {
	unlock, err := f.use()
	defer unlock()
	if err == nil && !f.writable {
		err = fs.ErrPermission
	}
	if err == nil {
		err = f.disk.change()
	}
	if err != nil {
		return 0, fail("write", f.name, err)
	}
	full := error(nil)
	if more := off + int64(len(p)) - int64(len(f.node.bytes)); more > 0 {
		if room := f.disk.capacity - f.disk.used; f.disk.capacity > 0 && room < more {
			p, full = p[:max(0, int64(len(p))-(more-room))], fail("write", f.name, syscall.ENOSPC)
		}
	}
	if len(p) > 0 {
		f.resize(max(int64(len(f.node.bytes)), off+int64(len(p))))
		copy(f.node.bytes[off:], p)
	}
	f.node.mod = f.disk.now()
	return len(p), full
}

func (f *File) resize(size int64) {
	f.disk.used += size - int64(len(f.node.bytes))
	if size <= int64(len(f.node.bytes)) {
		f.node.bytes = f.node.bytes[:size:size]
		return
	}
	f.node.bytes = append(f.node.bytes, make([]byte, size-int64(len(f.node.bytes)))...)
}

// Truncate cuts or lengthens the file.
func (f *File) Truncate(size int64) error {
	unlock, err := f.use()
	defer unlock()
	if err == nil && !f.writable {
		err = fs.ErrPermission
	}
	if err == nil {
		err = f.disk.change()
	}
	if err != nil {
		return fail("truncate", f.name, err)
	}
	f.resize(size)
	return nil
}

// Sync keeps the file's bytes, not its name.
func (f *File) Sync() error {
	unlock, err := f.use()
	defer unlock()
	if err == nil {
		err = f.disk.change()
	}
	if err != nil {
		return fail("sync", f.name, err)
	}
	f.node.kept.bytes = slices.Clone(f.node.bytes)
	return nil
}

// Stat describes the file.
func (f *File) Stat() (fs.FileInfo, error) {
	unlock, err := f.use()
	defer unlock()
	if err != nil {
		return nil, fail("stat", f.name, err)
	}
	return info{filepath.Base(f.name), *f.node}, nil
}

// Close closes the file and keeps nothing.
func (f *File) Close() error {
	unlock, err := f.use()
	defer unlock()
	if err == fs.ErrClosed {
		return fail("close", f.name, err)
	}
	f.closed = true
	return nil
}
