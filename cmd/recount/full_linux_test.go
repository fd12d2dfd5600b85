// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFullDisk: the room is what is left on a small disk of its own.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	long(t)
	if os.Getuid() != 0 {
		t.Skip("only root can mount a small disk; TestFullLayer tries the same on a layer")
	}
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=16m,mode=0700"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v; TestFullLayer tries the same on a layer", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(mount, 0); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(mount, "filler")
	testFull(t, func(template string) *office {
		o := &office{t: t, dir: filepath.Join(mount, "archive")}
		if err := os.RemoveAll(o.dir); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(o.dir, os.DirFS(template)); err != nil {
			t.Fatal(err)
		}
		return o
	}, func(o *office, room int64, args []string) (string, string, int) {
		var free syscall.Statfs_t
		if err := syscall.Statfs(mount, &free); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filler, make([]byte, max(0, int64(free.Bavail)*free.Bsize-room)), 0o600); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := os.Remove(filler); err != nil {
				t.Error(err)
			}
		}()
		return o.run(args...)
	})
}
