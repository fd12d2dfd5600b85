// SPDX-License-Identifier: Apache-2.0

//go:build linux && (amd64 || arm64)

package durable

import (
	"os"
	"syscall"
)

// startWriteOut begins writing a range out without waiting: sync_file_range(2)
// with SYNC_FILE_RANGE_WRITE. It is a hint for speed and promises nothing, so
// its failure (a file system that lacks it) changes nothing: Sync decides.
func startWriteOut(f *os.File, from, n int64) {
	const syncFileRangeWrite = 2
	_ = syscall.SyncFileRange(int(f.Fd()), from, n, syncFileRangeWrite)
}
