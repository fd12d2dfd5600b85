// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"

	"recount/access"
	"recount/intake"
	"recount/journal"
	"recount/store"
)

// Standings are the records of a case as a reader shows them.
type Standings struct{ Reader store.Reader }

// Standing is a record as it was taken out, and as it stands now.
func (s Standings) Standing(ctx context.Context, record journal.Leaf) (x intake.Standing, err error) {
	taken, err := s.Reader.Record(ctx, record)
	if err != nil {
		return x, err
	}
	if x.Taken, err = worksheetRow(ctx, s.Reader, taken); err != nil {
		return x, err
	}
	now := taken
	for now.Until >= 0 {
		next, err := s.Reader.CorrectedBy(ctx, now.Leaf)
		if err != nil {
			return x, err
		}
		if len(next) == 0 {
			break // by something that is not shown
		}
		if now, err = s.Reader.Record(ctx, next[len(next)-1].Leaf); err != nil {
			return x, err
		}
	}
	if x.Now, err = worksheetRow(ctx, s.Reader, now); err != nil {
		return x, err
	}
	x.Handling, err = s.Reader.HandlingOf(ctx, "record", now.Leaf.String())
	return x, err
}

// Seeing reads the case as whoever acts may see it.
func (d Desk) Seeing(ctx context.Context, ask func(store.Reader) error) error {
	return seeing(ctx, d.Case, d.Actor, ask)
}

func seeing(ctx context.Context, c *store.Case, actor string, ask func(store.Reader) error) error {
	var seat access.Seat
	err := c.Read(ctx, func(r store.Reader) (err error) {
		seat, err = r.SeatOf(ctx, actor, c.Now())
		return err
	})
	if err != nil {
		return err
	}
	return c.ReadAs(ctx, access.ScopeOf(access.Account{ID: actor, Name: actor}.In(seat)), ask)
}
