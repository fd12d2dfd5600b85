// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"recount/fault"
)

// Earlier is what an earlier edition gave away of a figure.
type Earlier struct {
	Edition string // what to call it in a message
	Cells   Cells
}

// Plan decides what a publication may show of a figure when no group of
// fewer than limit persons may be seen in it (I-24; a limit of 0 or 1 lets
// everything be seen).
//
// Every sheet shows all lines with the verdicts of the figure and of the
// parts in it. Parts that together would show a small group stand in sheets
// of their own. Within a sheet, lines open as many rungs as they can while
// each combination of verdicts and open rungs is empty or holds limit persons
// or more; the rest show their verdicts alone, in groups no smaller than
// limit: where too few would be left over, lines that could have been opened
// are held back with them.
//
// A figure that shows a small group however it is laid out, or differs from
// an earlier edition by one, is refused (fault.Forbidden); the message names
// figures and parts, never persons. The verdicts of each line stand in the
// order of d.
func Plan(d Definition, lines []Line, limit int, earlier []Earlier) ([]Sheet, error) {
	if limit < 0 {
		return nil, fmt.Errorf("%w: small-cell limit %d; accepted is 0 or more, 5 is usual", fault.Invalid, limit)
	}
	for i, l := range lines {
		if len(l.Verdicts) != len(d.Parts)+1 {
			return nil, fmt.Errorf("%w: line %d of figure %s has %d verdicts, not %d", fault.Invalid, i+1, d.Figure, len(l.Verdicts), len(d.Parts)+1)
		}
	}
	p := planner{d: d, lines: lines, limit: int64(limit), earlier: earlier}
	sheets, err := p.split()
	if err != nil {
		return nil, err
	}
	if err := p.checkDerived(); err != nil {
		return nil, err
	}
	for i := range sheets {
		p.open(&sheets[i])
	}
	if err := p.checkEarlier(sheets); err != nil {
		return nil, err
	}
	return sheets, nil
}

type planner struct {
	d       Definition
	lines   []Line
	limit   int64
	earlier []Earlier
}

// verdictsOnly are the cells of a sheet in which no line opens a rung.
func (p planner) verdictsOnly(parts []string) Cells {
	return CellsOf(p.d, p.lines, Sheet{Parts: parts, Open: make([]Use, len(p.lines))})
}

// split lays the parts out: each in the first sheet that it can join.
func (p planner) split() ([]Sheet, error) {
	if _, small := p.verdictsOnly(nil).small(p.limit); small {
		return nil, p.refuse("shows a group of fewer than %d persons among those in, unknown or out, so it cannot be published at all", p.limit)
	}
	sheets := []Sheet{{}}
	for _, part := range p.d.Parts {
		if _, small := p.verdictsOnly([]string{part.Part}).small(p.limit); small {
			return nil, p.refuse("together with its part %s shows a group of fewer than %d persons; "+
				"leave the part out or make it wider", part.Part, p.limit)
		}
		joined := false
		for i := range sheets {
			together := append(slices.Clone(sheets[i].Parts), part.Part)
			if _, small := p.verdictsOnly(together).small(p.limit); !small {
				sheets[i].Parts, joined = together, true
				break
			}
		}
		if !joined {
			sheets = append(sheets, Sheet{Parts: []string{part.Part}})
		}
	}
	return sheets, nil
}

func (p planner) refuse(format string, args ...any) error {
	return fmt.Errorf("%w: figure %s (%s) %s", fault.Forbidden, p.d.Figure, p.d.Title, fmt.Sprintf(format, args...))
}

// open decides for each line of a sheet which rungs it opens.
func (p planner) open(s *Sheet) {
	columns := s.columns(p.d)
	s.Open = make([]Use, len(p.lines))
	var use Use
	for _, c := range columns {
		use = use.or(p.d.Uses(c))
	}
	groups := make(map[string][]int)
	for i, l := range p.lines {
		key := verdictKey(p.d, columns, l)
		groups[key] = append(groups[key], i)
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		p.openGroup(s, key, groups[key], use)
	}
}

// openGroup opens lines of one combination of verdicts: as many rungs as
// possible first, then fewer, then none.
func (p planner) openGroup(s *Sheet, verdicts string, closed []int, use Use) {
	var opened [][]int
	for _, open := range ladder(use) {
		cells := make(map[string][]int)
		for _, i := range closed {
			key := openKey(p.lines[i].Rungs, open)
			cells[key] = append(cells[key], i)
		}
		closed = nil
		for _, key := range slices.Sorted(maps.Keys(cells)) {
			cell := cells[key]
			if int64(len(cell)) < p.limit || p.nearEarlier(verdicts+" "+key, int64(len(cell))) {
				closed = append(closed, cell...)
				continue
			}
			for _, i := range cell {
				s.Open[i] = open
			}
			opened = append(opened, cell)
		}
	}
	for short := p.limit - int64(len(closed)); len(closed) > 0 && short > 0 && len(opened) > 0; {
		take := p.giveBack(verdicts, opened, s, short)
		for _, i := range opened[take.cell][:take.n] {
			s.Open[i] = Use{}
			closed = append(closed, i)
		}
		opened[take.cell] = opened[take.cell][take.n:]
		if len(opened[take.cell]) == 0 {
			opened = slices.Delete(opened, take.cell, take.cell+1)
		}
		short = p.limit - int64(len(closed))
	}
}

type taking struct{ cell, n int }

// giveBack chooses the open cell that lines are taken from so that those held
// back are no small group: one that stays large enough without them, else the
// smallest, and that one whole.
func (p planner) giveBack(verdicts string, opened [][]int, s *Sheet, short int64) taking {
	smallest := 0
	for c, cell := range opened {
		left := int64(len(cell)) - short
		key := verdicts + " " + openKey(p.lines[cell[0]].Rungs, s.Open[cell[0]])
		if left >= p.limit && !p.nearEarlier(key, left) {
			return taking{c, int(short)}
		}
		if len(cell) < len(opened[smallest]) {
			smallest = c
		}
	}
	return taking{smallest, len(opened[smallest])}
}

// ladder are the sets of rungs that a line can open, largest first. What the
// figure itself needs is in each: without it no verdict follows from the rest.
func ladder(use Use) []Use {
	var rest []string
	for _, f := range use.Fields() {
		if f != "harms" {
			rest = append(rest, f)
		}
	}
	var rungs []Use
	for size := len(rest); size >= 0; size-- {
		for set := range uint(1) << len(rest) {
			if bits.OnesCount(set) != size {
				continue
			}
			open := use
			for i, f := range rest {
				if set&(1<<i) == 0 {
					open = open.without(f)
				}
			}
			if len(open.Fields()) > 0 {
				rungs = append(rungs, open)
			}
		}
	}
	return rungs
}

func (u Use) without(field string) Use {
	switch field {
	case "child_flag":
		u.ChildFlag = false
	case "child_age":
		u.ChildAge = false
	case "age_band":
		u.AgeBand = false
	case "sex":
		u.Sex = false
	}
	return u
}

// nearEarlier reports whether an open cell of n persons would differ from the
// same cell of an earlier edition by a small group. Such a cell is not opened.
func (p planner) nearEarlier(key string, n int64) bool {
	for _, e := range p.earlier {
		if _, near := (Cells{key: n}).differs(e.Cells, p.limit); near {
			return true
		}
	}
	return false
}

// checkEarlier refuses what opening less cannot mend: verdicts that differ
// from those of an earlier edition by a small group.
func (p planner) checkEarlier(sheets []Sheet) error {
	for _, s := range sheets {
		cells := CellsOf(p.d, p.lines, s)
		for _, e := range p.earlier {
			if key, near := cells.differs(e.Cells, p.limit); near {
				return p.refuse("differs from edition %s by fewer than %d persons in %s; whoever holds both could single them out. "+
					"Publish when more has changed, or keep the earlier number", e.Edition, p.limit, describe(key))
			}
		}
	}
	return nil
}

// describe says which count a cell's name stands for, without any value of a
// rung in it.
func describe(key string) string {
	if key == "n" {
		return "the number of persons looked at"
	}
	var words []string
	for w := range strings.FieldsSeq(key) {
		if strings.Contains(w, "=") && !strings.Contains(w, ":") {
			words = append(words, strings.ReplaceAll(w, "=", " "))
		}
	}
	return strings.Join(words, " with ")
}
