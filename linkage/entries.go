// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"errors"
	"fmt"
	"strconv"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

const (
	kindLinked        = "persons.linked@1"
	kindMerged        = "persons.merged@1"
	kindSplit         = "persons.split@1"
	kindDistinguished = "persons.distinguished@1"
	kindMember        = "member@1"
)

// Linked is one run of the rules: what it was asked at which checkpoint, by
// which rules, and the row file of the moves.
type Linked struct {
	Base             int64  // size of the journal that was read
	Rules            string // Rules.JSON
	RulesSHA256      string // of that text, hex
	register.RowFile        // of member@1
	Moved            int64  // records that moved
	Persons          int64  // persons after the run
}

// Draft is the entry persons.linked@1 that says x.
func (x Linked) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindLinked, reason, basis, handling, map[string]journal.Value{
		"base": number(x.Base), "rules": journal.Optional(x.Rules), "rules_sha256": journal.Optional(x.RulesSHA256),
		"batch": journal.Optional(x.Batch), "n": number(x.N), "root": journal.Optional(x.Root),
		"object": journal.Optional(x.Object), "moved": number(x.Moved), "persons": number(x.Persons),
	})
}

// LinkedFrom reads an entry persons.linked@1.
func LinkedFrom(e journal.Entry) (Linked, error) {
	r := reading{entry: e, kind: kindLinked}
	x := Linked{
		Base: r.number("base"), Rules: r.text("rules"), RulesSHA256: r.text("rules_sha256"),
		RowFile: register.RowFile{Batch: r.text("batch"), N: r.number("n"), Root: r.text("root"), Object: r.text("object")},
		Moved:   r.number("moved"), Persons: r.number("persons"),
	}
	return x, r.err()
}

// Merged is somebody's decision that two persons are one. Records are those
// that moved; Into is the person that stays.
type Merged struct {
	Into, From string // person ids
	Records    []journal.Leaf
}

// Draft is the entry persons.merged@1 that says x.
func (x Merged) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindMerged, reason, basis, handling, map[string]journal.Value{
		"into": journal.Optional(x.Into), "from": journal.Optional(x.From), "records": leaves(x.Records),
	})
}

// MergedFrom reads an entry persons.merged@1.
func MergedFrom(e journal.Entry) (Merged, error) {
	r := reading{entry: e, kind: kindMerged}
	x := Merged{Into: r.text("into"), From: r.text("from"), Records: r.leaves("records")}
	return x, r.err()
}

// Split is somebody's decision that some records of a person are about
// another: Into is a new person. The two are said to be apart from then on.
type Split struct {
	Person, Into string // person ids
	Records      []journal.Leaf
}

// Draft is the entry persons.split@1 that says x.
func (x Split) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindSplit, reason, basis, handling, map[string]journal.Value{
		"person": journal.Optional(x.Person), "into": journal.Optional(x.Into), "records": leaves(x.Records),
	})
}

// SplitFrom reads an entry persons.split@1.
func SplitFrom(e journal.Entry) (Split, error) {
	r := reading{entry: e, kind: kindSplit}
	x := Split{Person: r.text("person"), Into: r.text("into"), Records: r.leaves("records")}
	return x, r.err()
}

// Distinguished is somebody's decision that two persons are not one.
type Distinguished struct{ One, Other string } // person ids

// Draft is the entry persons.distinguished@1 that says x.
func (x Distinguished) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindDistinguished, reason, basis, handling, map[string]journal.Value{
		"one": journal.Optional(x.One), "other": journal.Optional(x.Other),
	})
}

// DistinguishedFrom reads an entry persons.distinguished@1.
func DistinguishedFrom(e journal.Entry) (Distinguished, error) {
	r := reading{entry: e, kind: kindDistinguished}
	x := Distinguished{One: r.text("one"), Other: r.text("other")}
	return x, r.err()
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Merged) Check() error { return checkMove("merged", x.Into, x.From, x.Records) }

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Split) Check() error { return checkMove("split", x.Person, x.Into, x.Records) }

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Distinguished) Check() error { return checkTwo(x.One, x.Other) }

// maxByHand is how many records one decision may move: their list must fit in
// one field.
const maxByHand = (register.MaxField + 1) / 65

func checkMove(what, one, other string, records []journal.Leaf) error {
	err := checkTwo(one, other)
	if len(records) == 0 || len(records) > maxByHand {
		err = errors.Join(err, fmt.Errorf("%w: persons %s: %d records; accepted are 1 to %d in one decision", fault.Invalid, what, len(records), maxByHand))
	}
	seen := make(map[journal.Leaf]bool, len(records))
	for _, leaf := range records {
		if seen[leaf] {
			return errors.Join(err, fmt.Errorf("%w: persons %s: record %s stands twice", fault.Invalid, what, leaf))
		}
		seen[leaf] = true
	}
	return err
}

func checkTwo(one, other string) error {
	err := errors.Join(register.CheckID("p", one), register.CheckID("p", other))
	if err == nil && one == other {
		err = fmt.Errorf("%w: person %s twice; accepted are two persons", fault.Invalid, one)
	}
	return err
}

// Values are the fields of member@1 in their order.
func (m Move) Values() []journal.Value {
	return []journal.Value{journal.Text(m.Record.String()), journal.Optional(m.Person), journal.Optional(m.Why)}
}

// MoveFrom reads the fields of member@1 in their order.
func MoveFrom(values []journal.Value) (Move, error) {
	if len(values) != 3 {
		return Move{}, fmt.Errorf("%w: a row of %s has 3 fields, not %d", fault.Invalid, kindMember, len(values))
	}
	leaf, err := journal.ParseLeaf(values[0].Text())
	if err != nil {
		return Move{}, fmt.Errorf("%s, field record: %w", kindMember, err)
	}
	return Move{Record: leaf, Person: values[1].Text(), Why: values[2].Text()}, nil
}

func draft(kind, reason, basis, handling string, fields map[string]journal.Value) journal.Draft {
	return journal.Draft{Kind: kind, Reason: reason, Basis: basis, Handling: handling, Fields: fields}
}

func number(n int64) journal.Value { return journal.Text(strconv.FormatInt(n, 10)) }

// leaves: no records at all is absent, as in every list.
func leaves(list []journal.Leaf) journal.Value {
	if len(list) == 0 {
		return journal.Absent
	}
	return journal.LeafList(list)
}

// reading takes the fields of an entry and keeps the first error.
type reading struct {
	entry journal.Entry
	kind  string
	first error
}

func (r *reading) text(field string) string { return r.entry.Get(field).Text() }

func (r *reading) number(field string) int64 {
	s := r.text(field)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		r.fail(field, fmt.Errorf("%w: %q is no whole number of 0 or more", fault.Invalid, s))
	}
	return n
}

func (r *reading) leaves(field string) []journal.Leaf {
	s := r.text(field)
	if s == "" {
		return nil
	}
	list, err := journal.ParseLeafList(s)
	if err != nil {
		r.fail(field, err)
	}
	return list
}

func (r *reading) fail(field string, err error) {
	if r.first == nil {
		r.first = fmt.Errorf("entry %d (%s), field %s: %w", r.entry.Header.Seq, r.kind, field, err)
	}
}

func (r *reading) err() error {
	if r.entry.Kind.Name != r.kind {
		return fmt.Errorf("%w: entry %d is %s, not %s", fault.Invalid, r.entry.Header.Seq, r.entry.Kind.Name, r.kind)
	}
	return r.first
}
