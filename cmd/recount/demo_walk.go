// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"recount/access"
	"recount/casework"
	"recount/fault"
	"recount/invent"
	"recount/journal"
	"recount/store"
)

// demoActor is who acts in the demo, and demoSecond whom it takes to erase.
const (
	demoActor  = "Demo analyst"
	demoSecond = "Demo head of office"
)

// walk is the demo under way.
type walk struct {
	d      *desk
	dir    string
	screen *screen
	wait   func() error
	answer demoAnswer
	serves bool      // the case is to be served
	room   *demoRoom // once it is

	made       invent.Manifest
	leaves     map[invent.RowRef]journal.Leaf // of the imported rows
	linkedFrom int64                          // entries before the rules ran
	dossier    string
	keysShown  bool
}

// all goes the whole way.
func (w *walk) all() error {
	w.screen.say("Recount, an invented case from beginning to end")
	w.screen.say("%s", invent.Notice)
	w.screen.say("What stands behind a $ is a command as you would type it, and below it is what it answered. " +
		"Two options are left out of every line: --archive, which says where the archive is, and --actor, which says who acts. " +
		"In a shell, the variables RECOUNT_ARCHIVE and RECOUNT_ACTOR say the same.")
	steps := []struct {
		title string
		take  func() error
	}{
		{"An archive", w.open},
		{"Who speaks, and of what", w.describe},
		{"Preserve", w.preserve},
		{"Lists", w.lists},
		{"What witnesses say", w.witnesses},
		{"One person, several records", w.link},
		{"Figures", w.figures},
		{"A statement with its evidence", w.publish},
		{"A stranger checks it", w.verify},
		{"Somebody changes it", w.tamper},
		{"Two press releases", w.releases},
		{"An erasure", w.forget},
		{"A witness in danger", w.sealWitness},
		{"Where to look next", w.end},
	}
	for i, s := range steps {
		if i > 0 {
			if err := w.wait(); err != nil {
				return err
			}
		}
		w.screen.step(i+1, s.title)
		w.answer.Steps = append(w.answer.Steps, s.title)
		if err := s.take(); err != nil {
			return fmt.Errorf("step %d, %s: %w", i+1, s.title, err)
		}
		if s.title == "Figures" {
			if err := w.openRoom(); err != nil {
				return fmt.Errorf("opening the reading room: %w", err)
			}
		}
	}
	return nil
}

// in is a place in the demo's folder.
func (w *walk) in(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// call is a command to run: its arguments, those that begin with ./ being
// places in the demo's folder, and how much of its answer is shown.
type call struct {
	args []string
	exit int    // the exit code that it must have
	from string // show what it answered from the line that begins so
	most int    // lines to show; 0 all
}

func cmd(args ...string) call { return call{args: args} }

func (c call) ends(exit int) call  { c.exit = exit; return c }
func (c call) first(n int) call    { c.most = n; return c }
func (c call) since(s string) call { c.from = s; return c }

// run runs a command of this program in this process, shows it, and gives what
// it printed on standard output.
func (w *walk) run(c call) (string, error) {
	var out, both bytes.Buffer
	p := w.d.program
	p.stdin, p.stdout, p.stderr = nil, tee{&out, &both}, &both
	args := []string{"--archive", w.in("archive"), "--case", w.made.CaseID, "--actor", demoActor, "--postgres="}
	for _, arg := range c.args {
		if rest, ok := strings.CutPrefix(arg, "./"); ok {
			arg = w.in(rest)
		}
		args = append(args, arg)
	}
	exit := p.run(w.d.ctx, args)
	if err := w.d.ctx.Err(); err != nil {
		return "", err
	}
	w.screen.command(w.shown(c.args))
	w.screen.excerpt(strings.ReplaceAll(both.String(), w.dir+string(filepath.Separator), "."+string(filepath.Separator)), c.from, c.most)
	if exit != c.exit {
		return "", fmt.Errorf("recount %s ended with exit code %d, not with %d:\n%s", strings.Join(c.args, " "), exit, c.exit, both.String())
	}
	if exit != 0 {
		w.screen.answered(fmt.Sprintf("(exit code %d)", exit))
	}
	return strings.TrimSpace(out.String()), nil
}

// shown is how a command is written: public keys stand there once, and are a
// line each, so that they are left out later.
func (w *walk) shown(args []string) []string {
	args = slices.Clone(args)
	for i := 1; i < len(args); i++ {
		if args[i-1] == "--vkey" && w.keysShown {
			args[i] = "…"
		}
	}
	w.keysShown = w.keysShown || slices.Contains(args, "--vkey")
	return args
}

// runAll runs commands one after the other.
func (w *walk) runAll(calls ...call) error {
	for _, c := range calls {
		if _, err := w.run(c); err != nil {
			return err
		}
	}
	return nil
}

// tee writes to both.
type tee struct{ one, other *bytes.Buffer }

func (t tee) Write(b []byte) (int, error) {
	t.one.Write(b)
	return t.other.Write(b)
}

// inCase works in the case without commands, for what would be tedious to see
// one by one, or needs the ids of the invented case.
func (w *walk) inCase(do func(casework.Desk) error) error {
	inner := &desk{
		ctx: w.d.ctx, program: w.d.program,
		globals: globals{Archive: w.in("archive"), Case: w.made.CaseID, Actor: demoActor},
		out:     w.d.out,
	}
	return inner.work(access.Receive, do)
}

// read reads the case in one snapshot.
func (w *walk) read(do func(context.Context, store.Reader) error) error {
	return w.inCase(func(desk casework.Desk) error {
		return desk.Case.Read(w.d.ctx, func(r store.Reader) error { return do(w.d.ctx, r) })
	})
}

// drawing is the desk that draws this id next, so that the case has the ids that
// its mappings, figures and statement name.
func drawing(desk casework.Desk, id string) (casework.Desk, error) {
	_, digits, _ := strings.Cut(id, "-")
	b, err := hex.DecodeString(digits)
	if err != nil {
		return desk, fmt.Errorf("%w: the id %q: %w", fault.Invalid, id, err)
	}
	desk.Rand = bytes.NewReader(b)
	return desk, nil
}

// save writes a new file into the demo's folder.
func (w *walk) save(name, text string) error {
	f, err := os.OpenFile(w.in(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
