// SPDX-License-Identifier: Apache-2.0

// Package collate compares two editions of a list: which rows are new, which are
// gone, what was changed in which cell, and which keys stand for somebody else by
// now. A key is what the list itself gives its rows, such as a case number.
//
// It reports and decides nothing. A key whose row names another person is never
// taken for a correction: lists are numbered anew, and a correction would then
// make one person of two. A key that stands twice in one edition has the same rows
// in both, or is compared with nothing, since nobody can say which of its rows is
// meant; so the outcome does not depend on the order of the rows.
//
// Where rows say which key they had before somebody edited them, a row whose key is new
// is compared with the row that had that one. It can be two edits ago: what the row of
// the newer edition names need not stand in the older one, as long as the rows between
// do, or both name the key that they had first. A former key that two rows claim, or
// that stands for several rows, is nobody's.
package collate

import (
	"context"
	"fmt"
	"slices"

	"recount/fault"
)

// Row is a row of an edition with what was read of the person in it.
type Row struct {
	Number int      // as a person sees it in the file
	Cells  []string // in the order of the edition's columns, as they stand
	Key    string   // "" none is known
	Was    []string // keys that it says it had before

	Name      string // names.Key
	Sex       string // code, "" unknown
	Birth     string // EDTF, "" unknown
	Low, High int64  // age in months, inclusive; -1 unknown
}

// Edition is a list that can be read more than once, in the same order.
type Edition struct {
	Columns []string // their keys, in their order
	// Each calls visit with every row that can be read, and refused with the
	// number of every one that cannot. The row is good until the next one.
	Each func(ctx context.Context, visit func(*Row) error, refused func(row int)) error
}

// Verdict is what became of a row.
type Verdict string

// Verdicts. A row of the newer edition has one of them, Gone is of the older.
const (
	Same    Verdict = "same"    // stands in the older edition with the same cells
	Added   Verdict = "added"   // its key does not stand in the older edition
	Changed Verdict = "changed" // the same person by all that is known; some cells differ
	Other   Verdict = "other"   // its key stood for somebody else, or may have
	Twice   Verdict = "twice"   // its key stands in several rows of one edition
	Keyless Verdict = "keyless" // nothing known stands in the columns of the key
	Gone    Verdict = "gone"    // a row of the older edition whose key is not there any more
)

// Verdicts are all of them, in the order in which people want to see them.
func Verdicts() []Verdict { return []Verdict{Other, Twice, Keyless, Changed, Gone, Added, Same} }

// Cell is a cell that differs. It holds what stands in the lists: it is for who
// compares them, and for no log.
type Cell struct {
	Column string `json:"column"`
	Was    string `json:"was"`
	Is     string `json:"is"`
}

// Found is what became of one row. Why says it of Other and Twice; it holds no value.
type Found struct {
	Verdict Verdict `json:"verdict"`
	Key     string  `json:"key,omitempty"`
	Was     string  `json:"was,omitempty"`     // the key of that row in the older edition, where it was another
	Row     int     `json:"row,omitempty"`     // of the newer edition, 0 none
	Earlier int     `json:"earlier,omitempty"` // of the older edition, 0 none or several
	Cells   []Cell  `json:"cells,omitempty"`   // of Changed and Other
	Why     string  `json:"why,omitempty"`
}

// Outcome counts. Newer is the sum of all verdicts but Gone, and the refused.
type Outcome struct {
	Older        int64             `json:"older"` // rows that were read
	Newer        int64             `json:"newer"`
	Counts       map[Verdict]int64 `json:"counts"`
	Refused      int64             `json:"refused"`       // rows of the newer edition that cannot be read
	RefusedOlder int64             `json:"refused_older"` // of the older one: their keys may seem new
	KeylessOlder int64             `json:"keyless_older"`
	TwiceOlder   int64             `json:"twice_older"` // rows of the older edition whose key stands several times
	ColumnsNew   []string          `json:"columns_new,omitempty"`
	ColumnsGone  []string          `json:"columns_gone,omitempty"`    // their cells are not compared
	Columns      map[string]int64  `json:"columns_changed,omitempty"` // changed cells of each column
}

// Compare reads both editions twice and calls visit with what became of every row:
// those of the newer edition in its order, then those that are gone in the order
// of the older one.
func Compare(ctx context.Context, older, newer Edition, visit func(Found) error) (Outcome, error) {
	c := newComparison(older, newer)
	if len(c.common) == 0 {
		return Outcome{}, fmt.Errorf("%w: the two lists have no column in common; accepted: two editions of one list", fault.Invalid)
	}
	if err := c.index(ctx); err != nil {
		return Outcome{}, err
	}
	if err := c.keepDiffering(ctx); err != nil {
		return Outcome{}, err
	}
	if err := c.tellNewer(ctx, visit); err != nil {
		return Outcome{}, err
	}
	if err := c.tellGone(visit); err != nil {
		return Outcome{}, err
	}
	return c.out, nil
}

// tellNewer judges the rows of the newer edition.
func (c *comparison) tellNewer(ctx context.Context, visit func(Found) error) error {
	return c.newer.Each(ctx, func(r *Row) error {
		f := c.judge(r)
		c.out.Counts[f.Verdict]++
		if f.Verdict == Changed {
			for _, cell := range f.Cells {
				c.out.Columns[cell.Column]++
			}
		}
		return visit(f)
	}, func(int) { c.out.Refused++ })
}

// judge says what became of a row of the newer edition.
func (c *comparison) judge(r *Row) Found {
	f := Found{Row: r.Number, Key: r.Key}
	was, there := c.old[r.Key]
	if c.replaced[r.Key] {
		f.Verdict, f.Why = Twice, "another row of the same edition says that it takes the place of this one"
		return f
	}
	if former := c.former[r.Key]; len(former) > 0 && c.now[r.Key].rows == 1 {
		if was, there = c.old[former[0]], true; len(former) > 1 || c.claims[former[0]] > 1 || was.rows > 1 || c.stands(former[0]) {
			f.Verdict, f.Why = Twice, "the key that it says it had before is not one row's alone"
			return f
		}
		f.Was = former[0]
	}
	switch {
	case r.Key == "":
		f.Verdict = Keyless
		if mark := c.mark(r.Cells, func(p pair) int { return p.now }); was.marks[mark] > 0 && !c.now[""].more {
			was.marks[mark]--
			f.Verdict = Same
		}
		return f
	case there && c.now[r.Key].standsAgain(was):
		f.Verdict = Same
		return f
	case c.now[r.Key].rows > 1 || there && was.rows > 1:
		f.Verdict = Twice
		return f
	case !there:
		f.Verdict = Added
		return f
	}
	f.Earlier = was.number
	old, differs := c.kept[r.Key]
	if f.Was != "" {
		old, differs = c.kept[f.Was]
	}
	if !differs {
		f.Verdict = Same
		return f
	}
	f.Cells = c.differing(old.Cells, r.Cells)
	if f.Why = anotherPerson(old, r); f.Why != "" {
		f.Verdict = Other
		return f
	}
	if f.Verdict = Changed; len(f.Cells) == 0 {
		f.Verdict = Same
	}
	return f
}

// tellGone tells the rows of the older edition whose key the newer one lacks.
func (c *comparison) tellGone(visit func(Found) error) error {
	var gone []Found
	for key, was := range c.old {
		if key == "" || was.rows > 1 {
			continue
		}
		if _, there := c.now[key]; !there && c.claims[key] == 0 {
			gone = append(gone, Found{Verdict: Gone, Key: key, Earlier: was.number})
		}
	}
	slices.SortFunc(gone, func(a, b Found) int { return a.Earlier - b.Earlier })
	c.out.Counts[Gone] = int64(len(gone))
	for _, f := range gone {
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}
