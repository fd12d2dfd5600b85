// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"

	"recount/fault"
	"recount/register"
)

// Earlier is a list that a source gave before. A corrected list of the same
// source is mostly the same people: imported beside the first one, everybody
// would stand in the case twice.
type Earlier struct {
	Exhibit string `json:"exhibit"`
	Seq     int64  `json:"seq"`     // of the entry that imported it
	Records int64  `json:"records"` // that it brought
	Same    int64  `json:"same"`    // rows of this list that stand in it

	// NotCompared: its rows have what is closed to whoever imports, who could try
	// guesses at it by lists of their own.
	NotCompared bool `json:"not_compared,omitempty"`
}

// earlierLists are the lists that a source gave before, with what is needed to
// find a row of this one in them. Rows are the same whose cells are, or whose
// identifiers are and whose names agree. Good for several goroutines.
type earlierLists struct {
	lists       []Earlier
	rows        [][]uint64 // of each list the marks of its rows, sorted
	same        []atomic.Int64
	standing    atomic.Int64 // rows that stand in any of them
	closed      int          // lists that are closed to whoever imports: a list of guesses would tell what stands in them
	identifiers []string     // columns
	unknown     []string
	seed        maphash.Seed
}

// readEarlier reads what a source gave before; nil where it gave nothing.
func (j *importing) readEarlier(ctx context.Context, v View) (*earlierLists, error) {
	lists, err := v.Lists(ctx, j.source)
	if err != nil || len(lists) == 0 {
		return nil, err
	}
	all := len(lists)
	lists = slices.DeleteFunc(lists, func(l Imported) bool { return j.closed[l.Exhibit] })
	m := j.order.Mapping
	e := &earlierLists{
		rows: make([][]uint64, len(lists)), same: make([]atomic.Int64, len(lists)),
		closed: all - len(lists), identifiers: m.KeyColumns(), unknown: m.Unknown, seed: maphash.MakeSeed(),
	}
	shut, err := v.ClosedTo(ctx, j.clerk.Actor)
	if err != nil {
		return nil, err
	}
	for i, list := range lists {
		e.lists = append(e.lists, Earlier{Exhibit: list.Exhibit, Seq: list.Seq, Records: list.Records, NotCompared: len(shut) > 0})
		if len(shut) > 0 {
			continue
		}
		err := v.AsItStood(ctx, list.Batch, func(s register.Stood) error {
			e.rows[i] = e.marks(e.rows[i], s.Raw, s.NameFold)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("the list of entry %d: %w", list.Seq, err)
		}
		slices.Sort(e.rows[i])
	}
	return e, nil
}

// marks are by what a row is found: all that stands in it, and its identifiers
// beside its name, where it has some.
func (e *earlierLists) marks(to []uint64, raw, nameFold string) []uint64 {
	to = append(to, maphash.String(e.seed, raw))
	if ids := e.identity(raw); ids != "" {
		to = append(to, maphash.String(e.seed, "\x00"+ids+"\x00"+nameFold))
	}
	return to
}

// identity is what stands in the columns of identifiers, "" where nothing does.
func (e *earlierLists) identity(raw string) string {
	if len(e.identifiers) == 0 {
		return ""
	}
	var cells [][2]string
	if json.Unmarshal([]byte(raw), &cells) != nil {
		return "" // not written by a mapping
	}
	var ids []string
	known := false
	for _, column := range e.identifiers {
		i := slices.IndexFunc(cells, func(c [2]string) bool { return c[0] == column })
		if i < 0 {
			return ""
		}
		id := strings.TrimSpace(cells[i][1])
		known = known || id != "" && !slices.Contains(e.unknown, id)
		ids = append(ids, id)
	}
	if !known {
		return ""
	}
	return strings.Join(ids, "\x00")
}

// compare counts a row of this list that stands in an earlier one.
func (e *earlierLists) compare(r register.Record) {
	if e == nil {
		return
	}
	var room [2]uint64
	marks := e.marks(room[:0], r.Raw.Text(), r.NameFold)
	found := false
	for i, rows := range e.rows {
		if slices.ContainsFunc(marks, func(m uint64) bool { _, is := slices.BinarySearch(rows, m); return is }) {
			e.same[i].Add(1)
			found = true
		}
	}
	if found {
		e.standing.Add(1)
	}
}

// found are the lists with what was counted, and how many rows stand in any.
func (e *earlierLists) found() (lists []Earlier, standing int64) {
	if e == nil {
		return nil, 0
	}
	lists = slices.Clone(e.lists)
	for i := range lists {
		lists[i].Same = e.same[i].Load()
	}
	return lists, e.standing.Load()
}

// unchanged refuses to go on where the source gave another list meanwhile.
func (e *earlierLists) unchanged(ctx context.Context, v View, source string) error {
	lists, err := v.Lists(ctx, source)
	if err != nil {
		return err
	}
	compared := 0
	if e != nil {
		compared = len(e.lists) + e.closed
	}
	if len(lists) != compared {
		return fmt.Errorf("%w: somebody else has just imported a list of source %s, which this one was not compared with; nothing was written; try again", fault.Conflict, source)
	}
	return nil
}

// earlierNotice says what the source gave before, "" where it gave nothing.
func earlierNotice(lists []Earlier, standing, rows int64) string {
	switch {
	case len(lists) == 0:
		return ""
	case notCompared(lists):
		return notComparedText(lists) + ": people could stand in the case twice"
	case standing == 0 && len(lists) == 1:
		return fmt.Sprintf("this source has an imported list already (exhibit %s, entry %d); no row of it stands here again", lists[0].Exhibit, lists[0].Seq)
	case standing == 0:
		return fmt.Sprintf("this source has %d imported lists already; no row of them stands here again", len(lists))
	}
	return standingText(lists, standing, rows) + ": those people would stand in the case twice"
}

// notCompared reports whether rows were not looked for in earlier lists. It is all
// of them or none.
func notCompared(lists []Earlier) bool {
	return slices.ContainsFunc(lists, func(l Earlier) bool { return l.NotCompared })
}

// notComparedText says that rows were not looked for, and why.
func notComparedText(lists []Earlier) string {
	if len(lists) == 1 {
		return fmt.Sprintf("this source has an imported list already (exhibit %s, entry %d), and no row was looked for in it, since fields of records are closed to you", lists[0].Exhibit, lists[0].Seq)
	}
	return fmt.Sprintf("this source has %d imported lists already, and no row was looked for in them, since fields of records are closed to you", len(lists))
}

// standingText says how many rows stand in which earlier lists.
func standingText(lists []Earlier, standing, rows int64) string {
	var in []string
	for _, l := range lists {
		if l.Same > 0 {
			in = append(in, fmt.Sprintf("exhibit %s, entry %d: %d", l.Exhibit, l.Seq, l.Same))
		}
	}
	if len(in) == 1 {
		in[0], _, _ = strings.Cut(in[0], ": ")
		return fmt.Sprintf("%d of %d rows stand in an earlier import of this source (%s)", standing, rows, in[0])
	}
	return fmt.Sprintf("%d of %d rows stand in earlier imports of this source (%s)", standing, rows, strings.Join(in, "; "))
}

// AlreadyStanding is the error of a list most of whose rows stand in earlier
// ones of the same source, or may, where they could not be compared:
// fault.Conflict. It holds no value.
type AlreadyStanding struct {
	Lists          []Earlier
	Standing, Rows int64
}

// Error says how many, and where.
func (e *AlreadyStanding) Error() string {
	if notCompared(e.Lists) {
		return fmt.Sprintf("%s: %s: people could stand in the case twice; nothing was written; accepted: an import by somebody who sees all fields, or the whole list, said to be another edition",
			fault.Conflict, notComparedText(e.Lists))
	}
	return fmt.Sprintf("%s: %s: their people would stand in the case twice; "+
		"nothing was written; accepted: the list as a later edition of the earlier one, the rows that are new, or the whole list beside it",
		fault.Conflict, standingText(e.Lists, e.Standing, e.Rows))
}

// Unwrap makes it a fault.Conflict.
func (e *AlreadyStanding) Unwrap() error { return fault.Conflict }
