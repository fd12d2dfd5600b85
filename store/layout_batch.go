// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"recount/journal"
)

// laid are rows of a batch made ready for the tables. The writer of the tables
// is what all others wait for: it is left nothing to do but to write.
type laid struct {
	statements []statement
	n          int           // rows that were laid out; the last of them may stand in later statements
	last       *journal.Leaf // of the rows of a transaction, all of which stand in its statements; nil before
}

// statement is one INSERT of many rows.
type statement struct {
	query string
	args  []any
}

// layOut makes the statements that write rows into the tables, in their order.
func (b *Batch) layOut(ctx context.Context, in <-chan []spilled, out chan<- laid) error {
	defer close(out)
	var next laid
	rows := newProjectedRows(ctx, b.c.config.dialect(), func(_ context.Context, query string, args []any) ([]any, error) {
		next.statements = append(next.statements, statement{query, args})
		return make([]any, 0, cap(args)), nil
	}, b.id)
	var values []journal.Value
	held, upTo := 0, b.laid
	for chunk := range in {
		for i := range chunk {
			if b.standing(chunk[i].leaf) {
				continue
			}
			var err error
			if values, err = chunk[i].split(values); err != nil {
				return err
			}
			if err := rows.apply(chunk[i].leaf, chunk[i].kind, values); err != nil {
				return err
			}
			held++
		}
		next.n = len(chunk)
		if len(chunk) > 0 {
			leaf := chunk[len(chunk)-1].leaf // a copy: the chunk's memory goes
			upTo = &leaf
		}
		if held >= b.c.stageRows() {
			if err := rows.close(); err != nil {
				return err
			}
			next.last, held = upTo, 0
		}
		if err := send(ctx, out, next); err != nil {
			return err
		}
		next = laid{}
	}
	if err := rows.close(); err != nil {
		return err
	}
	next.last = upTo
	return send(ctx, out, next)
}

// standing tells whether a row stands in the tables already.
func (b *Batch) standing(leaf journal.Leaf) bool { return upTo(leaf, b.laid) }
