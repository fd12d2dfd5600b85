// SPDX-License-Identifier: Apache-2.0

// Package register holds what people say and what we hold of it, as typed
// values: sources, exhibits, citations, incidents, imports, and the rows of
// row files: records, harms, groups, later rungs and a case's own fields.
//
// Each type has one table of its fields (its slots method) from which both
// directions are made, so that a field can not be written and then forgotten
// when read:
//
//	Source, Exhibit, …   Draft(reason, basis, handling)  ↔  SourceFrom(entry), …
//	Record, Harm, …      Values()                        ↔  RecordFrom(values), …
//
// Names and order are those of journal/kinds.txt; docs/formats/kinds.md says
// what each field means.
//
// # Absent, blank, unknown
//
// What a source wrote is kept as a journal.Value, so that "no such column",
// "an empty cell" and "the word unknown" stay three things. What was read from
// it is a string, where "" means absent. Numbers that may be unknown are a
// Number, whose zero value is unknown, never nought.
package register

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"recount/fault"
	"recount/journal"
)

// Number is a whole number ≥ 0 that may be unknown. The zero value is unknown.
type Number struct {
	N     int64
	Known bool
}

// Exactly is the known number n.
func Exactly(n int64) Number { return Number{N: n, Known: true} }

// String is the decimal form, "" when unknown.
func (n Number) String() string {
	if !n.Known {
		return ""
	}
	return strconv.FormatInt(n.N, 10)
}

// Act is what every entry carries: who did it, when, why, on what basis.
type Act struct {
	Seq                            int64
	Time                           time.Time // UTC, whole seconds
	Actor, Reason, Basis, Handling string
}

// ActFrom reads the six common fields of an entry of any kind.
func ActFrom(e journal.Entry) (Act, error) {
	a := Act{
		Actor: e.Get("actor").Text(), Reason: e.Get("reason").Text(),
		Basis: e.Get("basis").Text(), Handling: e.Get("handling").Text(),
	}
	if err := fill(&a.Seq, e.Get("seq")); err != nil {
		return Act{}, fmt.Errorf("entry %d, field seq: %w", e.Header.Seq, err)
	}
	at, err := time.Parse(time.RFC3339, e.Get("time").Text())
	if err != nil {
		return Act{}, fmt.Errorf("%w: entry %d, field time: %q is no RFC 3339 time", fault.Invalid, e.Header.Seq, e.Get("time").Text())
	}
	a.Time = at.UTC()
	return a, nil
}

// slot binds a field of a kind to the place in memory where it is held.
// at is a *string, *journal.Value, *int, *int64, *Number, *journal.Leaf or
// *[]string (written one a line).
type slot struct {
	name string
	at   any
}

// valueOf encodes what stands at a slot.
func valueOf(at any) journal.Value {
	switch p := at.(type) {
	case *string:
		return journal.Optional(*p)
	case *journal.Value:
		if *p == "" {
			return journal.Absent
		}
		return *p
	case *int:
		return journal.Text(strconv.Itoa(*p))
	case *int64:
		return journal.Text(strconv.FormatInt(*p, 10))
	case *Number:
		return journal.Optional(p.String())
	case *journal.Leaf:
		if *p == (journal.Leaf{}) {
			return journal.Absent
		}
		return journal.Text(p.String())
	case *[]string:
		return journal.Optional(strings.Join(*p, "\n"))
	}
	return journal.Absent // no other type is used: slots_test.go
}

// fill decodes v into a slot. An absent value leaves the zero value.
func fill(at any, v journal.Value) error {
	switch p := at.(type) {
	case *string:
		*p = v.Text()
		return nil
	case *journal.Value:
		*p = ""
		if v.Present() {
			*p = v
		}
		return nil
	case *[]string:
		*p = nil
		if v.Present() {
			*p = strings.Split(v.Text(), "\n")
		}
		return nil
	case *journal.Leaf:
		return fillLeaf(p, v)
	case *Number:
		*p = Number{}
		if !v.Present() {
			return nil
		}
		n, err := wholeNumber(v.Text())
		*p = Exactly(n)
		return err
	case *int64:
		n, err := wholeNumber(v.Text())
		*p = n
		return err
	case *int:
		n, err := wholeNumber(v.Text())
		*p = int(n)
		return err
	}
	return fmt.Errorf("%w: a field of type %T", fault.Invalid, at)
}

func fillLeaf(p *journal.Leaf, v journal.Value) error {
	*p = journal.Leaf{}
	if !v.Present() {
		return nil
	}
	leaf, err := journal.ParseLeaf(v.Text())
	if err != nil {
		return err
	}
	*p = leaf
	return nil
}

// wholeNumber reads the one decimal form of a number from 0 to 2^53: no sign,
// no leading zero.
func wholeNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 1<<53 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%w: %q is no whole number of 0 or more", fault.Invalid, s)
	}
	return n, nil
}

// draft makes the entry that says what the slots hold.
func draft(kind string, slots []slot, reason, basis, handling string) journal.Draft {
	fields := make(map[string]journal.Value, len(slots))
	for _, s := range slots {
		fields[s.name] = valueOf(s.at)
	}
	return journal.Draft{Kind: kind, Reason: reason, Basis: basis, Handling: handling, Fields: fields}
}

// read fills the slots from an entry, which must be of the kind.
func read(kind string, slots []slot, e journal.Entry) error {
	if e.Kind.Name != kind {
		return fmt.Errorf("%w: entry %d is %s, not %s", fault.Invalid, e.Header.Seq, e.Kind.Name, kind)
	}
	for _, s := range slots {
		if err := fill(s.at, e.Get(s.name)); err != nil {
			return fmt.Errorf("entry %d (%s), field %s: %w", e.Header.Seq, kind, s.name, err)
		}
	}
	return nil
}

// values encodes the slots of a row.
func values(slots []slot) []journal.Value {
	out := make([]journal.Value, len(slots))
	for i, s := range slots {
		out[i] = valueOf(s.at)
	}
	return out
}

// readRow fills the slots from the values of a row.
func readRow(kind string, slots []slot, from []journal.Value) error {
	if len(from) != len(slots) {
		return fmt.Errorf("%w: a row of %s has %d fields, not %d", fault.Invalid, kind, len(slots), len(from))
	}
	for i, s := range slots {
		if err := fill(s.at, from[i]); err != nil {
			return fmt.Errorf("%s, field %s: %w", kind, s.name, err)
		}
	}
	return nil
}

// known reports whether list holds s; "" never counts as known.
func known(list []string, s string) bool { return s != "" && slices.Contains(list, s) }
