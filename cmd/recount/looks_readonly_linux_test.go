// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"recount/fault"
)

// readOnly has nobody write in a folder until the test ends, root neither: to
// root what a folder's mode says is nothing, so it is mounted onto itself.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	undo := func() error { return os.Chmod(dir, 0o700) }
	if os.Getuid() == 0 {
		if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
			t.Skipf("root may write in folders that are read-only, and none can be mounted here: %v; TestNothingLeavesUnnoted tries the same on a full disk", err)
		}
		undo = func() error { return syscall.Unmount(dir, 0) }
		if err := syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Error(err)
		}
	} else if err := os.Chmod(dir, 0o500); err != nil {
		t.Error(err)
	}
	t.Cleanup(func() {
		if err := undo(); err != nil {
			t.Error(err)
		}
	})
}

// TestReadOnlyLooks: where the audit journal cannot be written, nothing leaves.
func TestReadOnlyLooks(t *testing.T) {
	t.Parallel()
	o, c := filled(t)
	o.do("search", "Morrowdusk")
	dir := filepath.Join(o.dir, "cases", "main", "audit")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the audit journal has the files %v, %v", files, err)
	}
	for _, name := range files {
		if err := os.Chmod(name, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	readOnly(t, dir)
	for _, leave := range leaving(c) {
		out, errs, code := o.run(leave.args...)
		if code != fault.ExitUnavail {
			t.Errorf("%v with an audit folder that is read-only: exit %d, want %d\n%s", leave.args, code, fault.ExitUnavail, errs)
		}
		if out != "" {
			t.Errorf("%v with an audit folder that is read-only printed %q", leave.args, out)
		}
		if leave.out != "" {
			if _, err := os.Lstat(leave.out); !os.IsNotExist(err) {
				t.Error(fmt.Errorf("%v with an audit folder that is read-only left %s (%v)", leave.args, leave.out, err))
			}
		}
	}
}
