// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"recount/fault"
	"recount/journal"
)

// applyBatch lets the rows of a batch be seen: they stand in the case since
// this entry.
func applyBatch(ctx context.Context, t *tx, e journal.Entry) (string, error) {
	if !e.Get("batch").Present() {
		return "", invalidf("entry %d (%s), field batch: it is missing", e.Header.Seq, e.Kind.Name)
	}
	batch := textCell(e.Get("batch").Text())
	var earlier int64
	err := t.get(ctx, []any{&earlier}, `SELECT from_seq FROM p_batch WHERE batch = ?`, batch)
	if err == nil {
		return "", fmt.Errorf("%w: batch %q is named by entry %d already", fault.Conflict, batch, earlier)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	n, err := cellOf(e.Get("n"), integer)
	if err != nil {
		return "", fmt.Errorf("entry %d (%s), field n: %w", e.Header.Seq, e.Kind.Name, err)
	}
	_, err = t.exec(ctx, `INSERT INTO p_batch (batch, from_seq, kind, n, root, handling, object) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		batch, e.Header.Seq, e.Kind.Name, n, textCell(e.Get("root").Text()), textCell(e.Get("handling").Text()), textCell(e.Get("object").Text()))
	return batch, err
}

// applyRecords lets records be seen, and closes those that they correct.
func applyRecords(ctx context.Context, t *tx, e journal.Entry) error {
	batch, err := applyBatch(ctx, t, e)
	if err != nil {
		return err
	}
	if err := keepSaid(ctx, t, e, "p_import"); err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE p_record SET to_seq = ? WHERE to_seq IS NULL AND leaf IN
		(SELECT supersedes FROM p_record WHERE supersedes IS NOT NULL AND batch = ?)`, e.Header.Seq, batch)
	return err
}

// applyLinked lets the moves of a run be seen, and closes where the moved
// records stood before.
func applyLinked(ctx context.Context, t *tx, e journal.Entry) error {
	batch, err := applyBatch(ctx, t, e)
	if err != nil {
		return err
	}
	if err := keepSaid(ctx, t, e, "p_linking"); err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE p_member SET to_seq = ? WHERE to_seq IS NULL AND from_seq IS NOT NULL AND record IN
		(SELECT record FROM p_member WHERE batch = ?)`, e.Header.Seq, batch)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE p_member SET from_seq = ? WHERE batch = ?`, e.Header.Seq, batch)
	return err
}
