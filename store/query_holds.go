// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"

	"recount/register"
)

// Holds are the legal holds that are not lifted, oldest first; whether each is
// in force on a day is its own to say (register.Hold.InForce).
func (r Reader) Holds(ctx context.Context) ([]register.Hold, error) {
	return holds().all(ctx, r, Page{}, "")
}

// Hold is one that is not lifted. fault.NotFound.
func (r Reader) Hold(ctx context.Context, id string) (register.Hold, error) {
	return holds().one(ctx, r, "hold", id)
}

func holds() said[register.Hold] {
	return said[register.Hold]{"hold.placed@1", "p_hold", register.HoldFrom}
}

// Seconds are the people outside of the office whose signature counts, as they
// were named last.
func (r Reader) Seconds(ctx context.Context) ([]register.Second, error) {
	return said[register.Second]{"second.named@1", "p_second", register.SecondFrom}.all(ctx, r, Page{}, "")
}

// Hidden is something that is out of everybody's sight.
type Hidden struct {
	SubjectKind, Subject string
	Seq                  int64 // the entry that hid it last
}

// Hidden are the things that are hidden, oldest first. It is for those who
// decide about them: what is hidden is in no other list.
func (r Reader) Hidden(ctx context.Context) ([]Hidden, error) {
	return collect(ctx, r, func(rows *sql.Rows) (h Hidden, err error) {
		return h, rows.Scan(&h.SubjectKind, &h.Subject, &h.Seq)
	}, `SELECT h.subject_kind, h.subject, h.from_seq FROM p_hidden h WHERE h.shown = 0 AND h.from_seq < ?
		AND NOT EXISTS (SELECT 1 FROM p_hidden later WHERE later.subject = h.subject AND later.subject_kind = h.subject_kind AND later.from_seq > h.from_seq AND later.from_seq < ?)
		ORDER BY h.from_seq`, r.size, r.size)
}
