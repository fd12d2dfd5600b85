// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"time"

	"recount/access"
)

// Census says how many of what a case holds, what is not known of it, and what
// waits for somebody. It is counted by Case.Index, as of Size entries; Size 0:
// it was never counted.
type Census struct {
	Size int64

	Sources, Exhibits, Citations, Incidents, Imports int64
	Records, Persons                                 int64 // records that stand uncorrected; whom they are judged to be about
	Figures, Dossiers, Editions                      int64 // Editions: of dossiers, frozen
	Entries                                          int64

	Nameless, Ageless, Undated, Placeless, Sexless int64 // records without any name, any age or birth, a date of any harm, a place of any, of unknown sex
	Pending                                        int64 // harms of those records whose determination is pending

	Refused, Doubtful int64 // cells of imported lists
	Unlinked          int64 // imports since the last run of the rules
	Unfrozen          int64 // dossiers that were composed since they were last frozen, or never were
	Unread            int64 // exhibits that no record and no citation rests on
}

// counted is a census as it is kept.
type counted struct {
	Census
	People int64 // the entry that the counts of records are of; those of later entries change none of them
	Next   int64 // Unix seconds before which records of a large case are not counted again
}

// Census is the census of what the reader may see, as it was last counted.
func (r Reader) Census(ctx context.Context) (Census, error) {
	var c counted
	_, err := r.t.readState(ctx, r.t.scope.censusName(), &c)
	return c.Census, err
}

// censusName is under which name the census of what may be seen is kept.
func (s *scope) censusName() string {
	if s == nil {
		return "census"
	}
	return "census " + s.classes
}

const (
	// largeCensus is how many records take so long to count that it is not
	// done after each act.
	largeCensus = 50_000
	// rest is how many times as long as counting took it is then left.
	rest = 20
)

// takeCensus counts anew what has changed since it was last counted, for all
// that there is and for each scope that does not see all of it.
func (c *Case) takeCensus(ctx context.Context) error {
	if err := c.takeCensusOf(ctx, nil); err != nil {
		return err
	}
	for _, who := range access.Scopes() {
		if err := c.takeCensusOf(ctx, &who); err != nil {
			return err
		}
	}
	return nil
}

func (c *Case) takeCensusOf(ctx context.Context, who *access.Scope) error {
	var s *scope
	var now counted
	changed := false
	err := c.office(ctx, reading, func(t *tx) error {
		if who != nil {
			var err error
			if s, err = scopeFor(ctx, t, c.schemaName(), *who); err != nil || s == nil {
				return err
			}
		}
		if _, err := t.readState(ctx, s.censusName(), &now); err != nil || now.Size == t.size {
			return err
		}
		if s != nil {
			t.setScope(s)
		}
		r := newReader(t)
		people, err := r.peopleChanged(ctx, now.People)
		if err != nil {
			return err
		}
		if people && now.Records > largeCensus && c.now().Unix() < now.Next {
			return nil
		}
		changed = true
		if people || now.Size == 0 {
			begun := c.now()
			if err := r.countPeople(ctx, &now.Census); err != nil {
				return err
			}
			now.Next = c.now().Add(rest * c.now().Sub(begun).Truncate(time.Millisecond)).Unix()
		}
		now.People, now.Size = t.size, t.size
		return r.countThings(ctx, &now.Census)
	})
	if err != nil || !changed {
		return err
	}
	return c.office(ctx, writing, func(t *tx) error {
		if there, err := t.has(ctx, "s_state"); err != nil || !there {
			return err // a rebuild or an erasure came between: what was counted is of before it
		}
		return t.writeState(ctx, s.censusName(), now)
	})
}

// peopleChanged tells whether an entry from number from on has brought or moved
// records, or changed who sees them or their fields.
func (r Reader) peopleChanged(ctx context.Context, from int64) (bool, error) {
	var n int64
	err := r.t.get(ctx, []any{&n}, `SELECT COUNT(*) FROM p_entry WHERE seq >= ? AND (kind LIKE 'list.imported@%' OR kind LIKE 'records.added@%' OR kind LIKE 'persons.%' OR kind LIKE 'handling.changed@%')`, from)
	return n > 0, err
}

// countThings counts what there is little of.
func (r Reader) countThings(ctx context.Context, c *Census) error {
	c.Entries = r.size
	for _, count := range []struct {
		to    *int64
		query string
	}{
		{&c.Sources, `SELECT COUNT(*) FROM p_source WHERE to_seq IS NULL`},
		{&c.Exhibits, `SELECT COUNT(*) FROM p_exhibit WHERE to_seq IS NULL`},
		{&c.Citations, `SELECT COUNT(*) FROM p_citation WHERE to_seq IS NULL`},
		{&c.Incidents, `SELECT COUNT(*) FROM p_incident WHERE to_seq IS NULL`},
		{&c.Figures, `SELECT COUNT(*) FROM p_figure WHERE to_seq IS NULL`},
		{&c.Dossiers, `SELECT COUNT(*) FROM p_dossier WHERE to_seq IS NULL`},
		{&c.Editions, `SELECT COUNT(*) FROM p_frozen`},
		{&c.Imports, `SELECT COUNT(*) FROM p_import WHERE mapping_sha256 IS NOT NULL`},
		{&c.Refused, `SELECT COALESCE(SUM(refused), 0) FROM p_import`},
		{&c.Doubtful, `SELECT COALESCE(SUM(doubtful), 0) FROM p_import`},
		{&c.Unlinked, `SELECT COUNT(*) FROM p_import WHERE mapping_sha256 IS NOT NULL AND from_seq > (SELECT COALESCE(MAX(from_seq), -1) FROM p_linking)`},
		{&c.Unfrozen, `SELECT COUNT(*) FROM p_dossier d WHERE to_seq IS NULL AND NOT EXISTS (SELECT 1 FROM p_frozen f WHERE f.dossier = d.dossier AND f.from_seq > d.from_seq)`},
		{&c.Unread, `SELECT COUNT(*) FROM p_exhibit e WHERE to_seq IS NULL
			AND NOT EXISTS (SELECT 1 FROM p_citation c WHERE c.exhibit = e.exhibit AND c.to_seq IS NULL)
			AND exhibit NOT IN (SELECT s.exhibit FROM p_batch_source s JOIN p_batch b ON b.batch = s.batch)`},
	} {
		if err := r.t.get(ctx, []any{count.to}, count.query); err != nil {
			return err
		}
	}
	return nil
}
