// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"recount/figure"
)

// text prints an answer: number, unknown and maximum on lines of their own,
// then what contradicts and who stands behind it.
func (f figureAnswer) text(w io.Writer) {
	a := f.Answer
	fmt.Fprintf(w, "%s (%s)\n", plain(a.Definition.Title), a.Definition.Figure)
	fmt.Fprintf(w, "%10s  %10s  %10s\n", "counted", "unknown", "at most")
	totalsLine(w, "persons", a.Total)
	for _, p := range a.Parts {
		totalsLine(w, "of whom "+plain(p.Title), p.Total)
	}
	fmt.Fprintf(w, "Of %s persons who could be counted: %s. The unknown are not shared out.\n", group(a.Universe), a.Definition.Universe())
	fmt.Fprintf(w, "As known with %s, root %s; erased: %s.\n", sized(a.Size), a.Root, group(a.Erased))
	if f.Younger {
		fmt.Fprintf(w, "The definition is of entry %d: it is younger than what it was asked of here.\n", f.Defined)
	}
	if a.Excluded > 0 {
		fmt.Fprintf(w, "%s harms were left out because somebody determined so.\n", group(a.Excluded))
	}
	f.contradictionText(w)
	for _, g := range a.Groups {
		upper := "no upper end given"
		if g.Max != nil {
			upper = "at most " + group(*g.Max)
		}
		fmt.Fprintf(w, "Beside it, and added to nothing: an unnamed group, %s, of at least %s, %s (source %s).\n", g.Code, group(g.Min), upper, g.Source)
	}
	for _, person := range f.People {
		fmt.Fprintln(w, person)
	}
}

// totalsLine has its numbers first, below each other: titles are long.
func totalsLine(w io.Writer, name string, t figure.Totals) {
	fmt.Fprintf(w, "%10s  %10s  %10s  %s\n", group(t.Point()), group(t.Unknown), group(t.Max()), name)
}

func (f figureAnswer) contradictionText(w io.Writer) {
	for _, k := range f.Answer.Contradictions {
		fmt.Fprintf(w, "Contradiction: %s: %s.\n", k.Kind.Label(), counted(k.Persons, "person", "persons"))
		for _, c := range f.Contradictions[k.Kind] {
			fmt.Fprintf(w, "  %s\n", c.Person)
			for _, s := range c.Statements {
				fmt.Fprintf(w, "    record %s of %s: %s\n", s.Record, s.Source, plain(s.Says))
			}
		}
	}
	if len(f.Answer.Contradictions) > 0 && len(f.Contradictions) == 0 {
		fmt.Fprintln(w, "--contradictions lists them with their records.")
	}
}
