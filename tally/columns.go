// SPDX-License-Identifier: Apache-2.0

// Package tally answers figures: how many persons the records show, at a
// stated size of the journal.
//
// Load reads the records of a case once into columns of whole numbers
// (Columns); Answer then puts a figure's definition to every person in memory.
// The rule itself is package figure's, the same that checks a published
// bundle: this package only brings together what all records of a person say.
//
// Rules that it keeps: a person counts once (I-01); what is unknown is never
// shared out (I-07); whether somebody was a child has three answers (I-08);
// two fatal harms of one person are two accounts of one death (I-02); groups
// of unnamed people stand beside a figure and are never added to it (I-05);
// a contradiction is shown and never settled.
package tally

import (
	"context"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"recount/edtf"
	"recount/journal"
	"recount/register"
)

// Stamp is what an answer depends on beside its definition: the size and the
// root of the journal that was read, and how many erasures had been carried
// out. Columns of equal stamps are equal.
type Stamp struct {
	Size   int64     `json:"size"`
	Root   tlog.Hash `json:"root"`
	Erased int64     `json:"erased"`
}

// Source is what a store gives to Load: three streams of one snapshot, read
// one after the other and never two at a time. What is superseded, erased or
// not visible at the size is left out by the store.
type Source interface {
	// TallyRecords: strictly ascending by leaf.
	TallyRecords(context.Context) iter.Seq2[Record, error]
	// TallyHarms: ascending by record, the harms of one record together.
	TallyHarms(context.Context) iter.Seq2[Harm, error]
	// TallyGroups: in any order.
	TallyGroups(context.Context) iter.Seq2[Group, error]
}

// Record is what counting needs of one record. "" is not known.
type Record struct {
	Leaf      journal.Leaf
	Person    string // id of the person that it is at the size
	Source    string // id
	Sex       string // register.SexCodes
	ChildFlag string // yes, no
	ChildAge  string // yes, no
	AgeBand   string // register.AgeBands
	AgeLow    register.Number
	AgeHigh   register.Number // whole months
	Birth     string          // EDTF
}

// Harm is what counting needs of one harm. "" is not known.
type Harm struct {
	Record        journal.Leaf
	Code          string
	Date          string // EDTF
	Month         string // YYYY-MM
	District      string // folded
	Determination string // register.DeterminationCodes
}

// Group is what is said beside a figure about unnamed people.
type Group struct {
	Leaf      journal.Leaf
	Source    string
	Code      string
	Date      string // EDTF
	Place     string // most exact part first
	Low, High register.Number
}

// none is the number of a value that is not known.
const none int32 = -1

// Columns hold one snapshot of a case: about 100 bytes a record and 24 a harm.
// They do not change, and any number of questions may be put at once.
type Columns struct {
	stamp Stamp

	// Of each record, ascending by leaf.
	leaves  []journal.Leaf
	person  []int32 // index of persons
	source  []int32 // index of sources
	said    []said
	birth   []int32 // index of dates
	ages    []ages
	harmsOf []int32 // where the harms of the record begin; one more than records

	// Of each harm, the harms of a record together.
	code, month, district, date []int32
	excluded                    []bool

	persons   []string // ids, ascending
	membersOf []int32  // where the records of the person begin; one more than persons
	members   []int32  // index of records, ascending within a person
	contrary  []kinds  // of each person: the kinds of contradiction there are

	sources, codes, months, districts words
	dates                             []edtf.Date
	dateWords                         words
	groups                            []Group
	orphans                           int64
}

// said is what one record says of things that a person has once, a set of one
// or no bit each, so that the sets of a person are an "or".
type said struct{ sex, flag, age, band uint8 }

func (s said) with(t said) said {
	return said{s.sex | t.sex, s.flag | t.flag, s.age | t.age, s.band | t.band}
}

// ages are whole months, -1 unknown.
type ages struct{ low, high int16 }

// words are texts by number, each once.
type words struct {
	text   []string
	number map[string]int32
}

// of is the number of a text; none for "".
func (w *words) of(s string) int32 {
	if s == "" {
		return none
	}
	n, ok := w.number[s]
	if !ok {
		if w.number == nil {
			w.number = map[string]int32{}
		}
		n = int32(len(w.text))
		w.number[s] = n
		w.text = append(w.text, s)
	}
	return n
}

// say is the text of a number, or otherwise where there is none.
func (w *words) say(n int32, otherwise string) string {
	if n == none {
		return otherwise
	}
	return w.text[n]
}

// Stamp is what the columns were read at.
func (c *Columns) Stamp() Stamp { return c.stamp }

// Records is how many records there are, Persons how many persons.
func (c *Columns) Records() int64 { return int64(len(c.leaves)) }

// Persons is how many persons there are.
func (c *Columns) Persons() int64 { return int64(len(c.persons)) }

// Orphans is how many harms were left out because their record is not there,
// as after an erasure.
func (c *Columns) Orphans() int64 { return c.orphans }
