// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"recount/fault"
	"recount/intake/mapping"
	"recount/journal"
)

// Work says what rows a batch is made of, so that the same import finds again what
// one that was cut off has left.
type Work struct {
	ID    string // a hash over what decides which rows are made
	Actor string
	About string // id of the exhibit
	Said  string // JSON: the order (OrderFrom)
}

// Mark is how far an import is, durably.
type Mark struct {
	Rows   int64    // of the list that were read
	Digest [32]byte // of what was made of them, but for what is random
}

// Marked is a batch that can be gone on with after it was cut off.
type Marked interface {
	Batch
	// TakenUp is how far the batch was when it was cut off; zero for a new one.
	TakenUp() Mark
	// Mark makes durable what was added. Nothing is added meanwhile.
	Mark(ctx context.Context, m Mark) error
	// There takes note of a row that is in the batch since before it was cut off.
	There(kind string, values []journal.Value)
	// GiveUp ends the batch, and leaves what was marked where why means that it
	// was cut off.
	GiveUp(why error) error
}

// GoingOn says that an import was cut off before.
type GoingOn struct {
	Rows int64  // that need not be sealed again; 0: it is begun anew
	Anew string // why, a code: "erased", "rebuilt", "damaged", "other", "read"
}

// anewRead: the rows that were sealed are not those that are read now, by another
// release perhaps, or because what an edition is compared with has changed.
const anewRead = "read"

// errOtherRows ends an import that goes on where that turns out to be wrong.
var errOtherRows = errors.New("other rows are read than were sealed")

// ordered is an order as it is kept beside rows that were sealed.
type ordered struct {
	Exhibit       string          `json:"exhibit"`
	Source        string          `json:"source"`
	Mapping       json.RawMessage `json:"mapping"`
	AcceptRefused bool            `json:"accept_refused,omitempty"`
	Another       bool            `json:"another,omitempty"`
	EditionOf     string          `json:"edition_of,omitempty"`
	Reason        string          `json:"reason,omitempty"`
	Basis         string          `json:"basis"`
	Handling      string          `json:"handling"`
}

// OrderFrom reads an order out of what Work says.
func OrderFrom(said string) (Order, error) {
	var o ordered
	err := json.Unmarshal([]byte(said), &o)
	if err != nil {
		return Order{}, fmt.Errorf("%w: what was ordered cannot be read: %w", fault.Tampered, err)
	}
	m, err := mapping.Parse(o.Mapping)
	if err != nil {
		return Order{}, fmt.Errorf("the mapping of an import that was cut off: %w", err)
	}
	return Order{
		Act: Act{Reason: o.Reason, Basis: o.Basis, Handling: o.Handling}, Exhibit: o.Exhibit, Source: o.Source, Mapping: m,
		AcceptRefused: o.AcceptRefused, Another: o.Another, EditionOf: o.EditionOf,
	}, nil
}

// work is what the import seals. How the act is justified decides about no row.
func (j *importing) work() (Work, error) {
	o := ordered{
		Exhibit: j.exhibit.Exhibit, Source: j.source, Mapping: json.RawMessage(j.mapping),
		AcceptRefused: j.order.AcceptRefused, Another: j.order.Another, EditionOf: j.order.EditionOf,
	}
	decides, err := json.Marshal(o)
	if err != nil {
		return Work{}, err
	}
	o.Reason, o.Basis, o.Handling = j.order.Reason, j.order.Basis, j.order.Handling
	said, err := json.Marshal(o)
	if err != nil {
		return Work{}, err
	}
	sum := sha256.Sum256([]byte("recount import/1\n" + j.exhibit.SHA256 + "\n" + string(decides)))
	return Work{ID: hex.EncodeToString(sum[:]), Actor: j.clerk.Actor, About: j.exhibit.Exhibit, Said: string(said)}, nil
}

// left tells whether this import was cut off and can be gone on with.
func (j *importing) left(ctx context.Context) (bool, error) {
	if j.order.Exhibit == "" {
		return false, nil
	}
	w, err := j.work()
	if err != nil {
		return false, err
	}
	return j.clerk.Case.Left(ctx, w)
}

// stage begins a batch, or takes the one up that this import has left.
func (j *importing) stage(ctx context.Context) (Marked, error) {
	w, err := j.work()
	if err != nil {
		return nil, err
	}
	batch, lost, err := j.clerk.Case.StageWork(ctx, w, func(done, all int64) { j.progress(Progress{Stage: "writing", Rows: done, Of: all}) })
	if err != nil {
		return nil, err
	}
	if rows := batch.TakenUp().Rows; rows > 0 {
		j.goesOn(GoingOn{Rows: rows})
	} else if lost != "" {
		j.goesOn(GoingOn{Anew: lost})
	}
	return batch, nil
}

func (j *importing) goesOn(g GoingOn) {
	j.receipt.GoneOn = &g
	if j.order.GoingOn != nil {
		j.order.GoingOn(g)
	}
}

// markRows is after how many rows of a list what was sealed is made durable for the
// first time. A shorter list is as soon sealed again. Then it is when twice as many
// are read, and in a long list every farMarks rows: a mark waits for the disk, and
// costs as much as sealing some hundred rows.
const (
	markRows = 2048
	farMarks = 16384
)

// settled is told after each row of the list that all people so far are handed on.
// It makes them durable now and then, and holds those that were sealed before to
// what is read now.
func (j *importing) settled(ctx context.Context, n int64, s *sealing) error {
	if n == s.from.Rows {
		if s.idle() != s.from.Digest {
			return errOtherRows
		}
		s.there = false
	}
	if since := n - s.marked; n%markRows != 0 || since < min(s.marked, farMarks) || since <= 0 {
		return nil
	}
	return j.mark(ctx, n, s)
}

// mark makes the first n rows of the list durable, unless they are not to be
// imported as it seems.
func (j *importing) mark(ctx context.Context, n int64, s *sealing) error {
	if j.receipt.Refused > 0 && !j.order.AcceptRefused || n <= s.marked {
		return nil
	}
	digest := s.idle()
	if err := s.failed(); err != nil {
		return err
	}
	s.marked = n
	return s.batch.Mark(ctx, Mark{Rows: n, Digest: digest})
}
