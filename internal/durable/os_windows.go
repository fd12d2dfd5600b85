// SPDX-License-Identifier: Apache-2.0

package durable

import (
	"os"
	"syscall"
)

// place uses MoveFileW, which refuses to replace (ERROR_ALREADY_EXISTS, which
// is fs.ErrExist).
func place(old, new string) error {
	from, err := syscall.UTF16PtrFromString(old)
	if err != nil {
		return &os.LinkError{Op: "move", Old: old, New: new, Err: err}
	}
	to, err := syscall.UTF16PtrFromString(new)
	if err != nil {
		return &os.LinkError{Op: "move", Old: old, New: new, Err: err}
	}
	if err := syscall.MoveFile(from, to); err != nil {
		return &os.LinkError{Op: "move", Old: old, New: new, Err: err}
	}
	return nil
}

// SyncDir does nothing: Windows has no call that flushes a folder, and NTFS
// logs its changes of names itself.
func (osFiles) SyncDir(string) error { return nil }

// fullErrors are ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL and
// ERROR_DISK_QUOTA_EXCEEDED, and ERROR_FILE_TOO_LARGE.
func fullErrors() []error {
	return []error{syscall.Errno(39), syscall.Errno(112), syscall.Errno(1295), syscall.Errno(223)}
}
