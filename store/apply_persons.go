// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"recount/journal"
)

// applyMoved puts records under the person that people decided on. Of a split
// it also keeps that its two persons are not one.
func applyMoved(ctx context.Context, t *tx, e journal.Entry, one, other, to string) error {
	if err := insertDecision(ctx, t, e, one, other); err != nil {
		return err
	}
	person := e.Get(to).Text()
	if person == "" {
		return invalidf("entry %d (%s), field %s: it is missing", e.Header.Seq, e.Kind.Name, to)
	}
	records, err := journal.ParseLeafList(e.Get("records").Text())
	if err != nil {
		return fmt.Errorf("entry %d (%s), field records: %w", e.Header.Seq, e.Kind.Name, err)
	}
	for _, record := range records {
		if err := moveRecord(ctx, t, e, record, textCell(person)); err != nil {
			return err
		}
	}
	if e.Kind.Name == "persons.split@1" {
		return insertApart(ctx, t, e.Header.Seq, e.Get("person").Text(), person)
	}
	return nil
}

// batchOfEntry stands in p_member where a run of the rules has its batch.
func batchOfEntry(seq int64) string { return fmt.Sprintf("entry %d", seq) }

func moveRecord(ctx context.Context, t *tx, e journal.Entry, record journal.Leaf, person string) error {
	_, err := t.exec(ctx, `UPDATE p_member SET to_seq = ? WHERE record = ? AND to_seq IS NULL AND from_seq IS NOT NULL`, e.Header.Seq, record[:])
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO p_member (record, batch, from_seq, person) VALUES (?, ?, ?, ?)`,
		record[:], batchOfEntry(e.Header.Seq), e.Header.Seq, person)
	return err
}

// applyDistinguished keeps that two persons are not one.
func applyDistinguished(ctx context.Context, t *tx, e journal.Entry) error {
	if err := insertDecision(ctx, t, e, "one", "other"); err != nil {
		return err
	}
	return insertApart(ctx, t, e.Header.Seq, e.Get("one").Text(), e.Get("other").Text())
}

func insertDecision(ctx context.Context, t *tx, e journal.Entry, one, other string) error {
	records, err := cellOf(e.Get("records"), text)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO p_decision (from_seq, kind, one, other, records) VALUES (?, ?, ?, ?, ?)`,
		e.Header.Seq, e.Kind.Name, textCell(e.Get(one).Text()), textCell(e.Get(other).Text()), records)
	return err
}

func insertApart(ctx context.Context, t *tx, seq int64, one, other string) error {
	_, err := t.exec(ctx, `INSERT INTO p_apart (from_seq, one, other) VALUES (?, ?, ?)`, seq, textCell(one), textCell(other))
	return err
}
