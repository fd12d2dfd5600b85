// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/figure"
	"recount/store"
	"recount/tally"
)

type figureCmd struct {
	Define figureDefineCmd `cmd:"" help:"Store a definition, from a JSON file."`
	List   figureListCmd   `cmd:"" help:"List the stored definitions."`
	Answer figureAnswerCmd `cmd:"" help:"Put a stored figure to the records."`
}

type figureDefineCmd struct {
	Files []string `arg:"" type:"existingfile" help:"Definitions, one JSON object a file (docs/formats/figure.md)."`
	act
}

// Help is shown under the command's flags.
func (figureDefineCmd) Help() string {
	return `A figure is a question put to the records, never a typed number. A definition says what is counted (unit persons), which harms count, in
which period and district, by which sources, and its "of whom"; for example

  {"figure":"f-killed","title":"Killed","unit":"persons","harms":["killed"],"rule":"count@1",
   "parts":[{"part":"children","title":"Children","child":"either"}]}

Without "figure" it gets an id. The same id again supersedes; what was frozen keeps citing the old one.

Prints the ids. Exit codes: 0 recorded · 3 a source named does not exist · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *figureDefineCmd) Run(d *desk) error {
	definitions := map[string]figure.Definition{}
	for _, file := range x.Files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		definition, err := figure.ParseDefinition(text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		definitions[file] = definition
	}
	return d.work(access.Define, func(desk casework.Desk) error {
		var all []casework.Done
		for _, file := range x.Files {
			definition := definitions[file]
			done, err := desk.DefineFigure(d.ctx, definition, x.why())
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			d.out.note("figure %s defined (entry %d)", plain(definition.Title), done.Seq)
			all = append(all, done)
		}
		return d.out.answer(all, func(w io.Writer) {
			for _, done := range all {
				fmt.Fprintln(w, done.ID)
			}
		})
	})
}

type figureListCmd struct{}

type figureLine struct {
	Figure string `json:"figure"`
	Seq    int64  `json:"seq"`
	Title  string `json:"title"`
}

// Run carries the command out.
func (x *figureListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "figures", ""), func(c glance) error {
		var lines []figureLine
		err := c.Read(d.ctx, func(r store.Reader) error {
			all, err := r.Figures(d.ctx, store.Page{})
			if err != nil {
				return err
			}
			for _, f := range all {
				definition, err := f.Parse()
				if err != nil {
					return err
				}
				lines = append(lines, figureLine{f.Figure, f.Seq, definition.Title})
			}
			return nil
		})
		if err != nil {
			return err
		}
		return d.out.answer(lines, func(w io.Writer) {
			rows := [][]string{{"figure", "entry", "title"}}
			for _, f := range lines {
				rows = append(rows, []string{f.Figure, fmt.Sprint(f.Seq), plain(f.Title)})
			}
			columns(w, rows)
		})
	})
}

type figureAnswerCmd struct {
	Figure  string `arg:"" placeholder:"f-…" help:"The figure."`
	At      int64  `default:"-1" placeholder:"SIZE" help:"As known when the journal had this many entries; the definition is the one of then."`
	Now     bool   `name:"as-defined-now" help:"With --at: ask today's definition of what was known then."`
	People  string `enum:"none,in,unknown,out" default:"none" help:"Also list the persons behind it: in, unknown or out."`
	Of      string `placeholder:"PART" help:"With --people: of this \"of whom\" instead of the whole figure."`
	Against bool   `name:"contradictions" help:"Also list every contradiction with its records."`
	Limit   int64  `default:"50" help:"How many persons or contradictions to list at most; 0 lists all."`
}

// Help is shown under the command's flags.
func (figureAnswerCmd) Help() string {
	return `Minimum and point are the persons of whom it is known; the maximum adds those of whom it cannot be said. The unknown are a row of their own
and are never shared out. Contradictions stay contradictions: each counts in the maximum only, and is listed.

With --at, a figure that was defined only later is not found; --as-defined-now asks it all the same, and the answer says that the
definition is younger than what was known.

Exit codes: 0 answered · 3 no such figure at that size · 8 not accepted · 64 usage.`
}

type figureAnswer struct {
	Answer         tally.Answer                         `json:"answer"`
	Defined        int64                                `json:"defined"`                         // entry that the definition stands since
	Younger        bool                                 `json:"definition_is_younger,omitempty"` // than what it was asked of
	People         []string                             `json:"people,omitempty"`
	Contradictions map[tally.Kind][]tally.Contradiction `json:"contradictions,omitempty"`
}

// Run carries the command out.
func (x *figureAnswerCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Viewed, "figures", x.Figure), func(c glance) error {
		if err := c.Read(d.ctx, func(r store.Reader) error { return there(d.ctx, r, x.Figure) }); err != nil {
			return err
		}
		a, err := casework.AnswerBy(d.ctx, c.Case, x.Figure, x.At, casework.Definitions(x.Now))
		if errors.Is(err, casework.ErrNotYetDefined) {
			d.out.note("recount: hint: --as-defined-now asks today's definition of what was known then")
		}
		if err != nil {
			return err
		}
		full, err := x.behind(a)
		if err != nil {
			return err
		}
		if err := c.Read(d.ctx, func(r store.Reader) error { return full.seenBy(d, r, &a.Answer) }); err != nil {
			return err
		}
		return d.out.answer(full, func(w io.Writer) { full.text(w) })
	})
}

// there refuses a figure that is not there for whoever asks.
func there(ctx context.Context, r store.Reader, figure string) error {
	_, err := r.Figure(ctx, figure)
	return err
}

// seenBy leaves out persons and contradictions of which whoever asks does not see
// everything. The numbers stay: they depend on nobody.
func (full *figureAnswer) seenBy(d *desk, r store.Reader, a *tally.Answer) error {
	people, hidden, err := casework.Shown(d.ctx, r, a, full.People)
	if err != nil {
		return err
	}
	if hidden > 0 {
		full.People = people
		d.out.note("%s of these persons rest on what you may not see, and are not listed.", group(hidden))
	}
	for kind, list := range full.Contradictions {
		kept := []tally.Contradiction{}
		for _, c := range list {
			whole, err := casework.MayCompare(d.ctx, r, c)
			if err != nil {
				return err
			}
			if whole && casework.MayList(r, a.Definition) {
				kept = append(kept, c)
			}
		}
		full.Contradictions[kind] = kept
	}
	return nil
}

// behind adds the persons and contradictions that were asked for.
func (x *figureAnswerCmd) behind(a casework.Answered) (figureAnswer, error) {
	full := figureAnswer{Answer: a.Answer, Defined: a.Defined, Younger: a.Younger()}
	limit := x.Limit
	if limit <= 0 {
		limit = a.Universe
	}
	if x.People != "none" {
		column := a.Definition.Column(x.Of)
		if column < 0 {
			return full, fmt.Errorf("%w: %s has no part %q; accepted: %s", fault.Invalid, x.Figure, x.Of, partNames(a.Definition))
		}
		verdict := map[string]figure.Verdict{"in": figure.In, "unknown": figure.Unknown, "out": figure.Out}[x.People]
		people, err := a.People(column, verdict, 0, limit)
		if err != nil {
			return full, err
		}
		full.People = people
	}
	if x.Against {
		full.Contradictions = map[tally.Kind][]tally.Contradiction{}
		for _, k := range a.Contradictions {
			list, err := a.ContradictionsOf(k.Kind, 0, limit)
			if err != nil {
				return full, err
			}
			full.Contradictions[k.Kind] = list
		}
	}
	return full, nil
}

func partNames(d figure.Definition) string {
	var names []string
	for _, p := range d.Parts {
		names = append(names, p.Part)
	}
	if len(names) == 0 {
		return "none, it has no parts"
	}
	return strings.Join(names, ", ")
}
