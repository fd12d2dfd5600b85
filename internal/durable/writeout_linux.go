// SPDX-License-Identifier: Apache-2.0

//go:build linux && (amd64 || arm64)

package durable

import (
	"errors"
	"os"
	"syscall"
)

// Flags of sync_file_range(2) and advice of posix_fadvise(2).
const (
	waitBefore = 1
	write      = 2
	waitAfter  = 4
	dontNeed   = 4
)

// writeOut begins to write the window at from out, waits for the one before it
// and lets the cache forget that one. None of this makes anything durable, so a
// system that lacks a call is left alone; but the waiting takes an error of the
// disk off the file, and Sync would not report it a second time.
func writeOut(f *os.File, from, n int64) error {
	fd := int(f.Fd())
	err := syscall.SyncFileRange(fd, from, n, write)
	if from >= n {
		err = errors.Join(err, syscall.SyncFileRange(fd, from-n, n, waitBefore|write|waitAfter))
		// Advice only: where it is not taken, the cache keeps the bytes.
		_, _, _ = syscall.Syscall6(syscall.SYS_FADVISE64, uintptr(fd), uintptr(from-n), uintptr(n), dontNeed, 0, 0)
	}
	if errors.Is(err, syscall.EIO) || IsFull(err) {
		return &os.PathError{Op: "write", Path: f.Name(), Err: err}
	}
	return nil
}
