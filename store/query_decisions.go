// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

// Proposed is a proposal, who made it, and what came of it.
type Proposed struct {
	register.Proposal
	Entry   EntryLine // that proposed it
	Settled int64     // the entry that carried it out or dropped it; -1: it is open
	By      string    // the kind of that entry
}

// Open reports whether nobody has settled it yet.
func (p Proposed) Open() bool { return p.Settled < 0 }

func proposals() said[register.Proposal] {
	return said[register.Proposal]{"decision.proposed@1", "p_proposal", register.ProposalFrom}
}

// Proposals are the proposals that the reader may see, the newest last.
func (r Reader) Proposals(ctx context.Context) ([]Proposed, error) {
	list, err := proposals().all(ctx, r, Page{}, "")
	if err != nil {
		return nil, err
	}
	all := make([]Proposed, 0, len(list))
	for _, p := range list {
		one, err := r.settled(ctx, p)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// Waiting is the open proposal of an act about something, by its id; "" where
// there is none.
func (r Reader) Waiting(ctx context.Context, act, subject string) (string, error) {
	list, err := proposals().all(ctx, r, Page{}, "")
	if err != nil {
		return "", err
	}
	for _, p := range list {
		if p.Act != act || p.Subject != subject {
			continue
		}
		if one, err := r.settled(ctx, p); err != nil || one.Open() {
			return p.Decision, err
		}
	}
	return "", nil
}

// Proposed is one proposal. fault.NotFound.
func (r Reader) Proposed(ctx context.Context, decision string) (Proposed, error) {
	p, err := proposals().one(ctx, r, "decision", decision)
	if err != nil {
		return Proposed{}, err
	}
	return r.settled(ctx, p)
}

func (r Reader) settled(ctx context.Context, p register.Proposal) (Proposed, error) {
	one := Proposed{Proposal: p, Settled: -1}
	var seq int64
	if err := r.t.get(ctx, []any{&seq}, `SELECT MIN(from_seq) FROM p_proposal WHERE decision = ?`, p.Decision); err != nil {
		return one, err
	}
	lines, err := collect(ctx, r, scanLine, entryQuery+` WHERE seq = ?`, seq)
	if err != nil {
		return one, err
	}
	if len(lines) > 0 {
		one.Entry = lines[0]
	}
	err = r.t.get(ctx, []any{&one.Settled, &one.By}, `SELECT from_seq, kind FROM p_settled WHERE decision = ? AND from_seq < ? ORDER BY from_seq LIMIT 1`, p.Decision, r.size)
	if errors.Is(err, sql.ErrNoRows) {
		one.Settled, err = -1, nil
	}
	return one, err
}

// HandlingOf is the handling text of a thing as it was last described or
// changed (register.SubjectKinds), not of what it came with. fault.NotFound for
// what is not there for the reader.
func (r Reader) HandlingOf(ctx context.Context, kind, subject string) (string, error) {
	var id any = subject
	query := ""
	switch kind {
	case "source", "exhibit", "citation", "incident", "figure", "dossier", "consent", "identity":
		query = `SELECT handling FROM p_` + kind + ` WHERE ` + kind + ` = ? AND to_seq IS NULL`
	case "list":
		query = `SELECT handling FROM p_batch WHERE batch = ?`
	case "record":
		leaf, err := journal.ParseLeaf(subject)
		if err != nil {
			return "", err
		}
		id, query = leaf[:], `SELECT handling FROM p_record WHERE leaf = ?`
	case "field":
		return r.handlingOfField(ctx, subject)
	case "entry":
		seq, err := strconv.ParseInt(subject, 10, 64)
		if err != nil {
			return "", fmt.Errorf("%w: entry %.40q: accepted is its number", fault.Invalid, subject)
		}
		id, query = seq, `SELECT handling FROM p_entry WHERE seq = ? AND erased = 0`
	default:
		return "", fmt.Errorf("%w: kind %.40q", fault.Invalid, kind)
	}
	list, err := collect(ctx, r, scanOne[sql.NullString], query, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%w: %s %s", fault.NotFound, kind, subject)
	}
	if err != nil {
		return "", err
	}
	return list[0].String, nil
}
