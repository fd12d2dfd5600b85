// SPDX-License-Identifier: Apache-2.0

package durable

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// OS is the machine's own file system.
func OS() Files { return osFiles{} }

type osFiles struct{}

func (osFiles) Open(name string) (File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osFiles) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

func (osFiles) Create(name string, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, perm)
	if err != nil {
		return nil, err
	}
	return &osFile{File: f}, nil
}

func (osFiles) Change(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &osFile{File: f}, nil
}

func (osFiles) Remove(name string) error                  { return os.Remove(name) }
func (osFiles) Mkdir(name string, perm fs.FileMode) error { return os.Mkdir(name, perm) }

func (osFiles) Move(old, new string, replace bool) error {
	if replace {
		return os.Rename(old, new)
	}
	return place(old, new)
}

// osFile has what is written go to the disk window by window, where the system
// can be asked for that. Left alone, Linux gathers a tenth of the memory before
// it starts, and the final Sync waits for all of it while the processor idles;
// and a large file drives everything else out of the cache.
type osFile struct {
	*os.File
	written, asked int64
}

// window is how many bytes are written out at a time. A smaller file is left
// in the cache as a whole.
const window = 8 << 20

func (f *osFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	f.written += int64(n)
	for err == nil && f.written-f.asked >= window {
		err = writeOut(f.File, f.asked, window)
		f.asked += window
	}
	return n, err
}

// IsFull reports whether err says that a disk or a quota has no room left, or
// that the file system cannot hold a file so large.
func IsFull(err error) bool {
	for _, full := range fullErrors() {
		if errors.Is(err, full) {
			return true
		}
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG)
}
