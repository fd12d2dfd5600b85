// SPDX-License-Identifier: Apache-2.0

//go:build unix

package derive

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup puts a child, and what it starts, in a group of processes of its own.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killed is true of a process that the system ended, as it does where limits
// are reached.
func killed(p *os.ProcessState) bool {
	status, ok := p.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// killGroup ends that group.
func killGroup(p *os.Process) error {
	err := syscall.Kill(-p.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
