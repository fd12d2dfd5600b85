// SPDX-License-Identifier: Apache-2.0

//go:build unix && !linux

package derive

import (
	"os/exec"
	"syscall"
)

// confine lowers what these systems hold a process to: the memory of a process
// is not among it (macOS does not count it), which is why it is looked at.
func confine(l Limits) error {
	for _, x := range []struct {
		what int
		to   uint64
	}{
		{syscall.RLIMIT_CORE, 0}, {syscall.RLIMIT_FSIZE, 0}, {syscall.RLIMIT_NOFILE, 64}, {syscall.RLIMIT_CPU, seconds(l)},
	} {
		if err := lower(x.what, x.to); err != nil {
			return err
		}
	}
	return nil
}

func bindToChild(*exec.Cmd) {}
