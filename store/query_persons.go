// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
)

// Person is the records that are judged to be about one human being, and how
// they came to stand together. A person has no value that no record has.
type Person struct {
	Person    string   // id
	Records   []Record // that stand here, oldest first; erased ones that are known to have stood here are among them
	Moves     []Move   // of every record that ever stood here, in order
	Decisions []Decision
}

// MovedOn are the last moves of the records that stood here and stand under
// other persons now, in the order of the moves.
func (p Person) MovedOn() []Move {
	var on []Move
	for _, m := range p.Moves {
		if m.Until < 0 && m.Person != p.Person {
			on = append(on, m)
		}
	}
	return on
}

// Move is that a record was put under a person by an entry.
type Move struct {
	Seq    int64
	Until  int64 // the entry that moved it on; -1: it stands there
	Record journal.Leaf
	Person string
	Why    string // the rule in words; "" where people decided
	Row    journal.Leaf
	ByRule bool // Row is the leaf that says so
}

// Decision is what people decided of two persons.
type Decision struct {
	EntryLine
	One, Other string // merged: into and from; split: person and into
	Records    []journal.Leaf
}

// Person is one person. fault.NotFound when no record stands or stood there.
// One that others were made of, and that is empty now, has only its history.
func (r Reader) Person(ctx context.Context, id string) (Person, error) {
	x := Person{Person: id}
	var err error
	if x.Records, err = r.Records(ctx, RecordFilter{Person: id}, Page{}); err != nil {
		return x, err
	}
	if x.Moves, err = r.moves(ctx, id); err != nil {
		return x, err
	}
	if x.Decisions, err = r.decisions(ctx, id); err != nil {
		return x, err
	}
	if err := r.addErased(ctx, &x); err != nil {
		return x, err
	}
	if len(x.Records)+len(x.Moves)+len(x.Decisions) == 0 {
		return x, fmt.Errorf("%w: person %s: no record stands there; one that was erased leaves nothing that names its person", fault.NotFound, id)
	}
	slices.SortStableFunc(x.Records, func(a, b Record) int {
		if a.Seq != b.Seq {
			return int(a.Seq - b.Seq)
		}
		if a.Said.Row.N != b.Said.Row.N {
			return int(a.Said.Row.N - b.Said.Row.N)
		}
		return strings.Compare(string(a.Leaf[:]), string(b.Leaf[:]))
	})
	return x, nil
}

// addErased adds the records that were moved here and have been erased since.
func (r Reader) addErased(ctx context.Context, x *Person) error {
	for _, m := range x.Moves {
		if m.Until >= 0 || m.Person != x.Person {
			continue
		}
		kind, erased, err := r.IsErased(ctx, m.Record)
		if err != nil {
			return err
		}
		if erased && kind == "record@1" {
			x.Records = append(x.Records, Record{Leaf: m.Record, Person: x.Person, Until: -1, Seq: -1, Erased: true})
		}
	}
	return nil
}

// moves are the moves of every record that began in a person or was ever put
// there.
func (r Reader) moves(ctx context.Context, person string) ([]Move, error) {
	return collect(ctx, r, scanMove, moveQuery+` WHERE m.from_seq < ? AND m.record IN
		(SELECT leaf FROM p_record WHERE part`+allParts+`AND person = ? UNION SELECT record FROM p_member WHERE person = ? AND from_seq < ?)
		ORDER BY m.from_seq, m.record`, r.size, r.size, person, person, r.size)
}

// MovesOf are the moves of one record, in order.
func (r Reader) MovesOf(ctx context.Context, record journal.Leaf) ([]Move, error) {
	return collect(ctx, r, scanMove, moveQuery+` WHERE m.from_seq < ? AND m.record = ? ORDER BY m.from_seq`, r.size, r.size, record[:])
}

// moveQuery takes the size: a later entry has not closed anything yet.
const moveQuery = `SELECT m.from_seq, CASE WHEN m.to_seq < ? THEN m.to_seq ELSE -1 END, m.record, m.person, m.why, m.leaf FROM p_member m`

func scanMove(rows *sql.Rows) (m Move, err error) {
	var record, row []byte
	var why sql.NullString
	if err := rows.Scan(&m.Seq, &m.Until, &record, &m.Person, &why, &row); err != nil {
		return m, err
	}
	m.Why = why.String
	if row != nil {
		if m.Row, err = leafOf(row); err != nil {
			return m, err
		}
		m.ByRule = true
	}
	m.Record, err = leafOf(record)
	return m, err
}

// decisions are what people decided of a person.
func (r Reader) decisions(ctx context.Context, person string) ([]Decision, error) {
	return collect(ctx, r, scanDecision, `SELECT e.seq, e.leaf, e.kind, e.erased, e.time, e.actor, e.reason, e.basis, e.handling, d.one, d.other, d.records
		FROM p_decision d JOIN p_entry e ON e.seq = d.from_seq WHERE d.from_seq < ? AND (d.one = ? OR d.other = ?) ORDER BY e.seq`, r.size, person, person)
}

func scanDecision(rows *sql.Rows) (d Decision, err error) {
	var one, other, records sql.NullString
	d.EntryLine, err = scanEntry(rows, &one, &other, &records)
	if err != nil {
		return d, err
	}
	d.One, d.Other = one.String, other.String
	d.Records, err = journal.ParseLeafList(records.String)
	return d, err
}
