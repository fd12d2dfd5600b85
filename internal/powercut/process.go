// SPDX-License-Identifier: Apache-2.0

// Package powercut lets a test cut the power of a process. The test runs its
// own binary once more as a child (Run), which works on files through an
// undo.Log and announces on standard output where it is and what it has
// acknowledged; the child is killed (SIGKILL, as kill -9) at a named point or
// at a moment of chance, and the files become what a power failure would have
// left of them.
package powercut

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3/vfs"

	"recount/internal/durable/undo"
)

// Only Run sets these, and only a test binary reads them.
const (
	envJob  = "RECOUNT_TEST_JOB"
	envSide = "RECOUNT_TEST_SIDE"
	envStop = "RECOUNT_TEST_STOP"
)

// VFS is the name under which a child has the log's file system for SQLite.
const VFS = "powercut"

// Process is the child's side.
type Process struct {
	Job string    // what the parent wants, in words of its own
	Log *undo.Log // where the child is to write

	mu   sync.Mutex
	out  io.Writer
	stop string // the announcement to stop at
	nth  int
}

// Child tells whether this process was started by Run; TestMain asks first.
func Child() (p *Process, is bool, err error) {
	side := os.Getenv(envSide)
	if side == "" {
		return nil, false, nil
	}
	p = &Process{Job: os.Getenv(envJob), out: os.Stdout}
	if stop := os.Getenv(envStop); stop != "" {
		nth, text, _ := strings.Cut(stop, " ")
		if p.nth, err = strconv.Atoi(nth); err != nil {
			return nil, true, err
		}
		p.stop = text
	}
	if p.Log, err = undo.Begin(side); err != nil {
		return nil, true, err
	}
	vfs.Register(VFS, p.Log.VFS())
	return p, true, nil
}

// Pause announces a point, and stays there if that is where the power is to be
// cut.
func (p *Process) Pause(point string) { p.announce("point " + point) }

// Acknowledge announces an answer: from now on it must be true.
func (p *Process) Acknowledge(answer string) {
	p.announce("answer " + strconv.Quote(answer))
}

func (p *Process) announce(text string) {
	p.mu.Lock()
	_, err := fmt.Fprintln(p.out, text)
	here := p.nth > 0 && (text == p.stop || strings.HasPrefix(p.stop, "answer") && strings.HasPrefix(text, "answer "))
	if here {
		p.nth--
	}
	here = here && p.nth == 0
	p.mu.Unlock()
	if err != nil {
		os.Exit(3) // nobody is listening
	}
	for here {
		time.Sleep(time.Hour)
	}
}
