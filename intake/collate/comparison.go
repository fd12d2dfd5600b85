// SPDX-License-Identifier: Apache-2.0

package collate

import (
	"context"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// comparison is two editions under way. It keeps a mark of every row, and whole
// only those of the older edition that differ.
type comparison struct {
	older, newer Edition
	common       []pair // columns of both
	added        []int  // columns of the newer edition alone
	seed         maphash.Seed
	old, now     map[string]place
	kept         map[string]*Row
	out          Outcome
	edits
}

// pair is a column of both editions.
type pair struct {
	name     string
	was, now int
}

// place is where a key stands in one edition.
type place struct {
	mark   uint64 // of the cells of the common columns
	number int    // of its row, the first of several
	rows   int
	more   bool           // something stands in a column that the older edition does not have
	marks  map[uint64]int // of all rows, where there are several; of those without a key always
}

// standsAgain tells whether a key has the same rows in both editions, how many
// there ever are: then it matters to nobody which is which.
func (p place) standsAgain(in place) bool {
	return p.rows > 1 && !p.more && maps.Equal(p.marks, in.marks)
}

func newComparison(older, newer Edition) *comparison {
	c := &comparison{older: older, newer: newer, seed: maphash.MakeSeed(), old: map[string]place{}, now: map[string]place{}, kept: map[string]*Row{}, edits: newEdits(),
		out: Outcome{Counts: map[Verdict]int64{}, Columns: map[string]int64{}}}
	for i, name := range newer.Columns {
		if was := slices.Index(older.Columns, name); was >= 0 {
			c.common = append(c.common, pair{name, was, i})
			continue
		}
		c.added = append(c.added, i)
		c.out.ColumnsNew = append(c.out.ColumnsNew, name)
	}
	for _, name := range older.Columns {
		if !slices.Contains(newer.Columns, name) {
			c.out.ColumnsGone = append(c.out.ColumnsGone, name)
		}
	}
	return c
}

// index marks the rows of both editions.
func (c *comparison) index(ctx context.Context) error {
	err := c.older.Each(ctx, func(r *Row) error {
		c.out.Older++
		if r.Key == "" {
			c.out.KeylessOlder++
		}
		put(c.old, r.Key, place{mark: c.mark(r.Cells, func(p pair) int { return p.was }), number: r.Number})
		c.noteOld(r)
		return nil
	}, func(int) { c.out.RefusedOlder++ })
	if err != nil {
		return err
	}
	for key, p := range c.old {
		if key != "" && p.rows > 1 {
			c.out.TwiceOlder += int64(p.rows)
		}
	}
	err = c.newer.Each(ctx, func(r *Row) error {
		c.noteNew(r)
		c.out.Newer++
		more := slices.ContainsFunc(c.added, func(i int) bool { return strings.TrimSpace(r.Cells[i]) != "" })
		put(c.now, r.Key, place{mark: c.mark(r.Cells, func(p pair) int { return p.now }), number: r.Number, more: more})
		return nil
	}, func(int) {})
	if err == nil {
		c.followEdits()
	}
	return err
}

// put counts one more row of a key.
func put(in map[string]place, key string, p place) {
	first, there := in[key]
	switch {
	case !there:
		p.rows = 1
		if key == "" {
			p.marks = map[uint64]int{p.mark: 1}
		}
		in[strings.Clone(key)] = p
		return
	case first.marks == nil:
		first.marks = map[uint64]int{first.mark: 1}
	}
	first.marks[p.mark]++
	first.rows, first.more = first.rows+1, first.more || p.more
	in[key] = first
}

// mark is a hash of what stands in the common columns.
func (c *comparison) mark(cells []string, at func(pair) int) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	for _, p := range c.common {
		_, _ = h.WriteString(asRead(cells[at(p)])) // a hash in memory takes everything
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// asRead is a cell without what nobody sees in it: white space around it, and
// whether an accented letter is written as one character or two.
func asRead(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// keepDiffering keeps those rows of the older edition whose key stands once in
// both, with other cells.
func (c *comparison) keepDiffering(ctx context.Context) error {
	return c.older.Each(ctx, func(r *Row) error {
		was, now := c.old[r.Key], c.now[r.Key]
		same := now.rows != 1 || was.mark == now.mark && !now.more
		if r.Key == "" || was.rows != 1 || same && c.claims[r.Key] != 1 {
			return nil
		}
		kept := *r
		kept.Cells = slices.Clone(r.Cells)
		c.kept[strings.Clone(r.Key)] = &kept
		return nil
	}, func(int) {})
}

// differing are the cells of a row that differ, in the order of the newer edition.
func (c *comparison) differing(was, now []string) []Cell {
	var cells []Cell
	for _, p := range c.common {
		if asRead(was[p.was]) != asRead(now[p.now]) {
			cells = append(cells, Cell{p.name, was[p.was], now[p.now]})
		}
	}
	for _, i := range c.added {
		if strings.TrimSpace(now[i]) != "" {
			cells = append(cells, Cell{c.newer.Columns[i], "", now[i]})
		}
	}
	return cells
}
