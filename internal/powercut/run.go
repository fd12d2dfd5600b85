// SPDX-License-Identifier: Apache-2.0

package powercut

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"recount/internal/durable/undo"
)

// Cut is the moment at which the power goes.
type Cut struct {
	// At is an announcement, "point NAME" or "answer", at whose Nth time
	// (from 1) the child stops and is killed. "" is any announcement: the child
	// runs on, and is killed Delay after its Nth.
	At    string
	Nth   int
	Delay time.Duration
	// Seed chooses what of the unsynced bytes is left; 0: nothing.
	Seed uint64
}

// Life is what was heard of a child.
type Life struct {
	Points  []string // the points that it announced, in order
	Answers []string // what it acknowledged
	Last    string   // its last announcement: a point's name, "answer", or "" where there was none
	Killed  bool     // false: it ended by itself before the power went
	Code    int      // exit code, where it ended by itself
	Stderr  string
}

// Run starts the test binary as a child with a job, kills it at the moment of
// the cut, and makes the files what is left of them. The log of changes lies in
// the folder side meanwhile (undo.Begin).
func Run(job, side string, cut Cut) (Life, error) {
	binary, err := os.Executable()
	if err != nil {
		return Life{}, err
	}
	child := exec.Command(binary)
	child.Env = append(os.Environ(), envJob+"="+job, envSide+"="+side)
	if cut.At != "" {
		child.Env = append(child.Env, envStop+"="+strconv.Itoa(cut.Nth)+" "+cut.At)
	}
	var problems bytes.Buffer
	child.Stderr = &problems
	out, err := child.StdoutPipe()
	if err != nil {
		return Life{}, err
	}
	if err := child.Start(); err != nil {
		return Life{}, err
	}
	var life Life
	heard := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if err := life.hear(lines.Text()); err != nil {
			return life, errors.Join(err, child.Process.Kill())
		}
		if cut.At == "" || said(lines.Text(), cut.At) {
			heard++
		}
		if heard == cut.Nth && !life.Killed && cut.Nth > 0 {
			life.Killed = true
			time.Sleep(cut.Delay)
			if err := child.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return life, err
			}
		}
	}
	err = child.Wait()
	life.Stderr = problems.String()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return life, err
	}
	life.Code = child.ProcessState.ExitCode()
	if life.Code >= 0 {
		life.Killed = false
	}
	var random *rand.Rand
	if cut.Seed > 0 {
		random = rand.New(rand.NewPCG(cut.Seed, 0))
	}
	return life, undo.Crash(side, random)
}

func said(line, at string) bool {
	return line == at || at == "answer" && strings.HasPrefix(line, "answer ")
}

func (l *Life) hear(line string) error {
	what, text, _ := strings.Cut(line, " ")
	switch what {
	case "point":
		l.Points = append(l.Points, text)
		l.Last = text
		return nil
	case "answer":
		answer, err := strconv.Unquote(text)
		l.Answers = append(l.Answers, answer)
		l.Last = "answer"
		return err
	}
	return fmt.Errorf("the child said %q", line)
}
