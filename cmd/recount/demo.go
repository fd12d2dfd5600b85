// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/term"

	"recount/fault"
)

type demoCmd struct {
	Dir   string `name:"dir" default:"demo-archive" placeholder:"DIR" help:"The folder to make: a new one, or an empty one."`
	Seed  uint64 `default:"1" help:"The number that the case is invented from. The same number gives the same people and lists."`
	Pause bool   `help:"Wait for Enter after each step, on a terminal."`
	Yes   bool   `help:"Never wait, whatever else was said; without --serve, do not serve the case either."`

	Serve   bool `xor:"serve" help:"Serve the case in the browser, also where standard output is no terminal."`
	NoServe bool `xor:"serve" name:"no-serve" help:"End after the last step, and serve nothing."`
}

// Help is shown under the command's flags.
func (demoCmd) Help() string {
	return `Invents a country, a town, two parties and some hundreds of people, with four lists that overlap and contradict each other, twelve statements
of witnesses, two press releases and two drawings. Then it goes the whole way with them, by the commands that you would use, and says at
each step what happened and what to look at. At the end it checks its own bundle, changes a copy and shows what the check says to that.
None of it exists or ever happened.

On a terminal it serves the case in the browser as well, from the moment on that its figures are there, and until you stop it: the link to
it is printed. --no-serve leaves that out; --serve does it where there is no terminal.

It leaves in DIR: case (the invented files), archive, bundle and bundle.zip (what is published), keys.txt (the public keys), and tampered (the
changed copy). It always works in a folder of its own, on SQLite: --archive, --case and --postgres do not matter to it.

Exit codes: 0 all went as it should · 5 the folder is not empty · 7 it cannot be written · 64 usage. Any other: a step did not go as
it should, and it is said which.`
}

// demoAnswer is what --json answers.
type demoAnswer struct {
	Notice   string         `json:"notice"`
	Dir      string         `json:"dir"`
	Seed     uint64         `json:"seed"`
	Case     string         `json:"case"`
	VKey     string         `json:"vkey"`
	SealVKey string         `json:"seal_vkey"`
	Rows     int64          `json:"rows"`    // of the four lists
	Records  int64          `json:"records"` // of lists and witnesses
	Before   int64          `json:"persons_before"`
	After    int64          `json:"persons_after"` // of rules and decisions
	Figures  []demoFigure   `json:"figures"`
	Dossier  string         `json:"dossier"`
	Checks   []demoCheck    `json:"checks"`
	Erased   *erasedInDemo  `json:"erased,omitempty"`
	Steps    []string       `json:"steps"`
	Left     map[string]any `json:"left"` // what lies in the folder
}

type demoFigure struct {
	Figure  string `json:"figure"`
	Title   string `json:"title"`
	Counted int64  `json:"counted"`
	Unknown int64  `json:"unknown"`
	AtMost  int64  `json:"at_most"`
}

// demoCheck is one run of recount verify with the exit code that it had.
type demoCheck struct {
	What string `json:"what"`
	Exit int    `json:"exit"`
}

// Run carries the command out.
func (x *demoCmd) Run(d *desk) (err error) {
	if x.Serve && d.out.json {
		return fmt.Errorf("%w: --serve goes on until it is stopped, --json answers once; accepted: one of them", fault.Invalid)
	}
	if err := x.room(); err != nil {
		return err
	}
	w := &walk{
		d: d, dir: x.Dir, answer: demoAnswer{Dir: x.Dir, Seed: x.Seed},
		screen: newScreen(d.out.out), wait: x.waiter(d), serves: x.serves(d),
	}
	defer func() { err = errors.Join(err, w.closeRoom()) }()
	if d.out.json {
		w.screen = newScreen(io.Discard)
	}
	if err := w.all(); err != nil {
		return err
	}
	if err := d.out.answer(w.answer, func(io.Writer) {}); err != nil {
		return err
	}
	return w.stay()
}

// room refuses a folder in which something lies.
func (x *demoCmd) room() error {
	entries, err := os.ReadDir(x.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%w: the folder for the demo: %w; accepted: --dir with a new or an empty folder", fault.Invalid, err)
	case len(entries) > 0:
		return fmt.Errorf("%w: the folder %s is not empty (%s lies in it); accepted: --dir with a new or an empty folder", fault.Conflict, x.Dir, entries[0].Name())
	}
	return nil
}

// waiter waits for Enter, where somebody asked for it and sits there.
func (x *demoCmd) waiter(d *desk) func() error {
	in, ok := d.program.stdin.(*os.File)
	if !x.Pause || x.Yes || d.out.json || !ok || !term.IsTerminal(int(in.Fd())) {
		return func() error { return d.ctx.Err() }
	}
	return func() error {
		fmt.Fprint(d.out.err, "[Enter goes on] ")
		line := make(chan error, 1)
		go func() { line <- readLine(in) }()
		select {
		case <-d.ctx.Done():
			return d.ctx.Err()
		case err := <-line:
			return err
		}
	}
}

// readLine reads to the end of a line; the end of the input is one too.
func readLine(in io.Reader) error {
	b := make([]byte, 1)
	for {
		n, err := in.Read(b)
		if n == 1 && b[0] == '\n' || errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: waiting for Enter: %w", fault.Unavailable, err)
		}
	}
}
