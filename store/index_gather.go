// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"

	"recount/journal"
)

// doc is a thing as it goes into the index.
type doc struct {
	number  int64
	id      string   // of a thing that is no record
	words   string   // with a space between them, each once
	letters []string // those of letters alone
}

// newDoc folds what a thing is found by and gathers its words.
func newDoc(number int64, id string, fields []string) doc {
	d := doc{number: number, id: id}
	seen := map[string]bool{}
	var b strings.Builder
	put := func(word string) bool {
		if seen[word] || b.Len()+len(word) >= mostOfThing {
			return false
		}
		seen[word] = true
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		return true
	}
	wordsOf(fold(strings.Join(fields, "\n")), func(word string) {
		if !put(word) || !ofLetters(word) {
			return
		}
		d.letters = append(d.letters, word)
		for _, n := range edges() {
			if edge, ok := edgeOf(word, n); ok {
				put(edge)
			}
		}
	})
	d.words = b.String()
	return d
}

// gather reads what comes next into the index: first what entries describe,
// then the records of one batch after the other. It ends at entry to.
func (c *Case) gather(ctx context.Context, state indexState, to int64) gathered {
	g := gathered{before: state, after: state}
	g.err = c.office(ctx, reading, func(t *tx) error {
		r := newReader(t)
		if g.after.Things < to {
			return r.gatherThings(ctx, &g, to)
		}
		return r.gatherRecords(ctx, &g, to)
	})
	return g
}

// gatherThings takes what some thousand entries describe, as far as nothing
// has come in its place.
func (r Reader) gatherThings(ctx context.Context, g *gathered, to int64) error {
	from := g.after.Things
	to = min(to, from+docsToTransaction)
	kinds, err := collect(ctx, r, scanOne[string], `SELECT DISTINCT kind FROM p_entry WHERE seq >= ? AND seq < ?`, from, to)
	if err != nil {
		return err
	}
	for i, k := range findableKinds() {
		if !containsKind(kinds, k.entry) {
			continue
		}
		firsts := map[string]int64{}
		type first struct {
			id  string
			seq int64
		}
		list, err := collect(ctx, r, func(rows *sql.Rows) (f first, err error) { return f, rows.Scan(&f.id, &f.seq) },
			`SELECT `+projectionTable(k.table).key[0]+`, first_seq FROM `+k.table+` WHERE from_seq >= ? AND from_seq < ?`, from, to)
		if err != nil {
			return err
		}
		for _, f := range list {
			firsts[f.id] = f.seq
		}
		found, err := k.of(ctx, r, `d.from_seq >= ? AND d.from_seq < ?`, from, to)
		if err != nil {
			return err
		}
		for _, x := range found {
			g.docs = append(g.docs, newDoc(thingNumber(i, firsts[x.id], x.seq), x.id, x.fields))
		}
	}
	g.after.Things = to
	return nil
}

func containsKind(kinds []string, kind string) bool {
	for _, k := range kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// batchOfRecords is a batch that has records.
type batchOfRecords struct {
	sized
	seq int64
}

// gatherRecords takes some thousand records, out of as many batches as that
// needs.
func (r Reader) gatherRecords(ctx context.Context, g *gathered, to int64) error {
	batches, err := collect(ctx, r, func(rows *sql.Rows) (b batchOfRecords, err error) {
		var n sql.NullInt64
		err = rows.Scan(&b.batch, &n, &b.seq)
		b.n = n.Int64
		return b, err
	}, `SELECT b.batch, b.n, b.from_seq FROM p_batch b WHERE b.from_seq >= ? AND b.from_seq < ?
		AND EXISTS (SELECT 1 FROM p_batch_source s WHERE s.batch = b.batch) ORDER BY b.from_seq LIMIT ?`, g.after.Batches, to, docsToTransaction)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.seq != g.after.Batches {
			g.after.Batches, g.after.Leaf = b.seq, ""
		}
		whole, err := r.gatherBatch(ctx, g, b)
		if err != nil || !whole {
			return err
		}
		g.after.Batches, g.after.Leaf = b.seq+1, ""
	}
	if len(batches) < docsToTransaction {
		g.after.Batches, g.after.Leaf = to, ""
	}
	return nil
}

// rawRecord is a record whose words are not taken yet.
type rawRecord struct {
	leaf journal.Leaf
	gone bool // corrected
	rest []byte
}

// gatherBatch takes records of a batch until there are enough; whole tells
// that there are no more.
func (r Reader) gatherBatch(ctx context.Context, g *gathered, b batchOfRecords) (whole bool, err error) {
	limit := docsToTransaction - len(g.docs)
	if limit <= 0 {
		return false, nil
	}
	after, err := hex.DecodeString(g.after.Leaf)
	if err != nil {
		return false, err
	}
	records, err := collect(ctx, r, func(rows *sql.Rows) (x rawRecord, err error) {
		var leaf []byte
		var until sql.NullInt64
		if err = rows.Scan(&leaf, &until, &x.rest); err == nil {
			x.gone = until.Valid
			x.leaf, err = leafOf(leaf)
		}
		return x, err
	}, `SELECT r.leaf, r.to_seq, r.rest FROM p_record r WHERE `+b.condition()+` AND r.leaf > ? ORDER BY r.leaf LIMIT ?`, b.batch, after, limit)
	if err != nil || len(records) == 0 {
		return true, err
	}
	last := records[len(records)-1].leaf
	places, err := r.placesOf(ctx, b.batch, records[0].leaf, last)
	if err != nil {
		return false, err
	}
	for _, x := range records {
		if x.gone {
			g.after.Skipped++
			continue
		}
		d, err := recordDoc(x, b.seq, places[x.leaf])
		if err != nil {
			return false, err
		}
		g.docs = append(g.docs, d)
		g.after.Records++
	}
	g.after.Leaf = last.String()
	return len(records) < limit, nil
}

func recordDoc(x rawRecord, seq int64, places []string) (doc, error) {
	l := layouts()["record@1"]
	values := make([]journal.Value, len(l.kind.Fields))
	if err := unpack(x.rest, values, l.packed); err != nil {
		return doc{}, err
	}
	at := func(field string) journal.Value { return values[l.kind.Index(field)] }
	f := recordFields(x.leaf, at("name"), at("given"), at("father"), at("family"), at("other_names"), at("occupation"), at("note"), at("pinpoint").Text(), places)
	return newDoc(docNumber(seq, x.leaf), "", f.fields), nil
}

// placesOf are the places of harms of a batch's records from one leaf to
// another, both inclusive.
func (r Reader) placesOf(ctx context.Context, batch string, from, to journal.Leaf) (places map[journal.Leaf][]string, err error) {
	l := layouts()["harm@1"]
	written := l.kind.Index("place_written")
	values := make([]journal.Value, len(l.kind.Fields))
	rows, err := r.t.query(ctx, `SELECT record, place, rest FROM p_harm WHERE part`+allParts+`AND record >= ? AND record <= ? AND batch = ?`, from[:], to[:], batch)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	places = map[journal.Leaf][]string{}
	for rows.Next() {
		var record, rest []byte
		var place sql.NullString
		if err := rows.Scan(&record, &place, &rest); err != nil {
			return nil, err
		}
		of, err := leafOf(record)
		if err != nil {
			return nil, err
		}
		clear(values)
		if err := unpack(rest, values, l.packed); err != nil {
			return nil, err
		}
		places[of] = append(places[of], values[written].Text(), place.String)
	}
	return places, r.t.dialect.fault(rows.Err())
}
