// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package derive

import (
	"os"
	"os/exec"
)

// Where there are no groups of processes the child alone is ended; a program
// that it started ends when its standard input and output are gone.
func ownGroup(*exec.Cmd) {}

// killed is true of a process that the system ended; it does not do so here.
func killed(*os.ProcessState) bool { return false }

func killGroup(p *os.Process) error { return p.Kill() }
