// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"recount/casework"
	"recount/dossier"
	"recount/fault"
	"recount/figure"
	"recount/tally"
)

// notShown stands in the statement where a number was.
const notShown = "(a number that is not shown, since it would point to fewer than five persons)"

// freeze freezes the dossier. Where a part of a figure would show a small
// group, the office does what the refusal proposes: it leaves the part out.
func (w *walk) freeze() error {
	narrow, out, err := w.narrowed()
	if err != nil {
		return err
	}
	freeze := cmd("dossier", "freeze", w.dossier, "--reason", "First edition (invented)")
	if len(out) == 0 {
		_, err := w.run(freeze)
		return err
	}
	if _, err := w.run(freeze.ends(fault.ExitDenied)); err != nil {
		return err
	}
	w.screen.say("It was refused. So few persons stand behind one of the numbers that somebody who knows the place could tell who they are. "+
		"What would do so is left out of the definition, the statement says that it is missing, and both are kept anew in the folder second-draft. Left out: %s.", strings.Join(out, "; "))
	if err := w.secondDraft(narrow, out); err != nil {
		return err
	}
	w.answer.Figures = nil
	if err := w.noteFigures(); err != nil {
		return err
	}
	_, err = w.run(freeze)
	return err
}

// narrowed are the definitions that can be published, of those that cannot be
// as they are, by id; and what they leave out, in words.
func (w *walk) narrowed() (narrow map[string]figure.Definition, out []string, err error) {
	narrow = map[string]figure.Definition{}
	err = w.inCase(func(desk casework.Desk) error {
		for _, f := range w.made.Figures {
			a, err := casework.Answer(w.d.ctx, desk.Case, f.Figure, -1)
			if err != nil {
				return err
			}
			d, left, err := withoutSmall(a)
			if err != nil {
				return err
			}
			for _, part := range left {
				out = append(out, strings.TrimSuffix(f.Figure+"."+part, "."))
			}
			if len(left) > 0 {
				narrow[f.Figure] = d
			}
		}
		return nil
	})
	return narrow, out, err
}

// withoutSmall leaves parts out of a figure until it can be published. Left are
// their names; "" is the whole figure.
func withoutSmall(a tally.Answer) (d figure.Definition, left []string, err error) {
	d = a.Definition
	for {
		err := publishable(a, d)
		if !errors.Is(err, fault.Forbidden) {
			return d, left, err
		}
		if len(d.Parts) == 0 {
			return a.Definition, append(left, ""), nil
		}
		worst := len(d.Parts) - 1
		for i, p := range d.Parts {
			alone := d
			alone.Parts = []figure.Part{p}
			if err := publishable(a, alone); errors.Is(err, fault.Forbidden) {
				worst = i
				break
			}
		}
		left = append(left, d.Parts[worst].Part)
		d.Parts = slices.Delete(slices.Clone(d.Parts), worst, worst+1)
	}
}

// publishable asks the rule of small groups about a figure with some of the
// parts that were answered.
func publishable(a tally.Answer, d figure.Definition) error {
	columns := []int{0}
	for _, p := range d.Parts {
		columns = append(columns, a.Definition.Column(p.Part))
	}
	var lines []figure.Line
	for line := range a.Lines() {
		l := figure.Line{Rungs: line.Rungs}
		for _, c := range columns {
			l.Verdicts = append(l.Verdicts, line.Verdicts[c])
		}
		lines = append(lines, l)
	}
	_, err := figure.Plan(d, lines, dossier.DefaultLimit, nil)
	return err
}

// secondDraft keeps the narrower definitions, and the statement without the
// numbers that were left out.
func (w *walk) secondDraft(narrow map[string]figure.Definition, out []string) error {
	text, err := os.ReadFile(w.in("case/" + w.made.Statement))
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if err := os.Mkdir(w.in("second-draft"), 0o755); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	for _, name := range out {
		places := regexp.MustCompile(`\{\{figure ` + regexp.QuoteMeta(name) + `( unknown| range)?\}\}`)
		text = places.ReplaceAll(text, []byte(notShown))
	}
	if err := w.save("second-draft/statement.md", string(text)); err != nil {
		return err
	}
	define := []string{"figure", "define"}
	for _, f := range w.made.Figures {
		d, ok := narrow[f.Figure]
		if !ok || len(d.Parts) == 0 && slices.Contains(out, f.Figure) {
			continue // as it was, or not shown at all
		}
		file := "second-draft/" + f.Figure + ".json"
		if err := w.save(file, string(d.JSON())+"\n"); err != nil {
			return err
		}
		define = append(define, "./"+file)
	}
	if len(define) > 2 {
		if _, err := w.run(cmd(append(define, "--reason", "Without what would show a small group (invented)")...)); err != nil {
			return err
		}
	}
	_, err = w.run(cmdDossier("compose", "./second-draft/statement.md", "--id", w.dossier, "--title", w.made.Title))
	return err
}
