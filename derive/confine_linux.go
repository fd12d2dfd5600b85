// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// prSetNoNewPrivs is PR_SET_NO_NEW_PRIVS of prctl(2).
const prSetNoNewPrivs = 38

// slack is address space that the runtime reserves ahead of what it uses.
const slack = 512 << 20

// confine lowers the limits of this process and of those that it starts.
func confine(l Limits) error {
	// Whoever may not write it is only less likely to be ended first.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	reserved, err := addressSpace()
	if err != nil {
		return err
	}
	for _, x := range []struct {
		what int
		to   uint64
	}{
		{syscall.RLIMIT_CORE, 0},
		{syscall.RLIMIT_FSIZE, 0},
		{syscall.RLIMIT_NOFILE, 64},
		{syscall.RLIMIT_CPU, seconds(l)},
		{syscall.RLIMIT_DATA, uint64(l.Memory)},
		{syscall.RLIMIT_AS, reserved + uint64(l.Memory) + slack},
	} {
		if err := lower(x.what, x.to); err != nil {
			return err
		}
	}
	return noNewPrivileges()
}

// addressSpace is how much of it this process has, in bytes: the first number
// of statm, in pages.
func addressSpace() (uint64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), " ")
	pages, err := strconv.ParseUint(first, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading statm: %w", err)
	}
	return pages * uint64(os.Getpagesize()), nil
}

// noNewPrivileges keeps this process and what it starts from gaining rights by
// running a program. It is a property of each thread.
func noNewPrivileges() error {
	_, _, e := syscall.AllThreadsSyscall6(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0, 0, 0, 0)
	if errors.Is(e, syscall.ENOTSUP) { // a program with cgo: this thread at least
		runtime.LockOSThread()
		_, _, e = syscall.RawSyscall6(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0, 0, 0, 0)
	}
	if e != 0 {
		return fmt.Errorf("no new privileges: %w", e)
	}
	return nil
}

// bindToChild ends a program that this process starts when this process ends.
// The thread that starts it must live as long: it is held by the caller.
func bindToChild(c *exec.Cmd) {
	runtime.LockOSThread()
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
