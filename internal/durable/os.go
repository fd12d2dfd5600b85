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

func (osFiles) Remove(name string) error                  { return os.Remove(name) }
func (osFiles) Mkdir(name string, perm fs.FileMode) error { return os.Mkdir(name, perm) }

func (osFiles) Move(old, new string, replace bool) error {
	if replace {
		return os.Rename(old, new)
	}
	return place(old, new)
}

// osFile asks the system to begin writing out early, where it can be asked.
// Left alone, Linux gathers a tenth of the memory before it starts, and the
// final Sync then waits for all of it while the processor idles.
type osFile struct {
	*os.File
	written, asked int64
}

// writeOutEvery is how many bytes gather between two such requests.
const writeOutEvery = 8 << 20

func (f *osFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	f.written += int64(n)
	if err == nil && f.written-f.asked >= writeOutEvery {
		startWriteOut(f.File, f.asked, f.written-f.asked)
		f.asked = f.written
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
