// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
)

// SearchKinds are the kinds of things that are found, in the order in which
// they are: what there is little of comes before what there is much of. Things
// of a kind come in the order in which they were first described, records in
// that of the entries that brought them and then of their leaves.
func SearchKinds() []string {
	return []string{"source", "exhibit", "citation", "incident", "figure", "dossier", "record"}
}

// Query is what is looked for. Words is text as people type it: nothing in it
// is an operator. What is found has all words, in whatever order, case,
// accents and fields; the last word may be the beginning of a longer one if it
// has two characters or more and no digit. Of more than MostWords words the first count.
// Kinds are some of SearchKinds; none: all.
type Query struct {
	Words string
	Kinds []string
}

// MostWords is how many words of a query count.
const MostWords = 32

// Hit is one thing that was found.
type Hit struct {
	Kind  string // one of SearchKinds
	ID    string // its id; of a record the leaf, in hex
	Title string // what to call it, as written; "" where it has no name
	Text  string // the field in which it was found, as written: at most 300 characters of it, around the words
}

// Found is a page of what was found. Of what is newer than Indexed nothing is
// found yet; what was corrected, described anew or erased since is looked at
// as it is now.
type Found struct {
	Hits    []Hit
	Indexed int64 // how many entries the index has taken in; 0: there is no index yet
	Size    int64 // how many there are
}

// Search looks for words in what stands now, also where the Reader is of an
// earlier size. Page.After is the ID of a hit, also of one that does not stand
// any more. An empty query finds nothing. fault.Invalid for a kind that is not
// one of SearchKinds, and for an After that the case does not have.
func (r Reader) Search(ctx context.Context, q Query, p Page) (f Found, err error) {
	defer fault.Wrap(&err, "searching")
	now := newReader(r.t)
	f.Size = now.size
	ranges, err := docRanges(q.Kinds)
	if err != nil {
		return f, err
	}
	var state indexState
	found, err := r.t.readState(ctx, "state", &state)
	if err != nil || !found || state.Version != indexVersion {
		return f, err
	}
	f.Indexed = min(state.indexed(), f.Size)
	w := walk{r: now, terms: searchTerms(q.Words), state: state, limit: p.limit(), from: things, after: p.After}
	if len(w.terms) == 0 {
		return f, nil
	}
	if p.After != "" {
		if w.from, err = now.docAfter(ctx, p.After); err != nil {
			return f, err
		}
	}
	if w.question, err = now.question(ctx, w.terms); err != nil || w.question == nil {
		return f, err
	}
	for _, within := range ranges {
		if err := w.through(ctx, max(within[0], w.from), within[1]); err != nil {
			return f, err
		}
	}
	f.Hits = w.hits
	return f, nil
}

// docRanges are the numbers of things of these kinds, in their order.
func docRanges(kinds []string) (ranges [][2]int64, err error) {
	for _, kind := range kinds {
		if !slices.Contains(SearchKinds(), kind) {
			return nil, fmt.Errorf("%w: nothing is found by the kind %.40q; accepted are %s", fault.Invalid, kind, strings.Join(SearchKinds(), ", "))
		}
	}
	for i, kind := range SearchKinds() {
		if len(kinds) > 0 && !slices.Contains(kinds, kind) {
			continue
		}
		from, to := docsOf(i)
		if n := len(ranges); n > 0 && ranges[n-1][1]+1 == from {
			ranges[n-1][1] = to
			continue
		}
		ranges = append(ranges, [2]int64{from, to})
	}
	return ranges, nil
}

// docAfter is the first number that may stand behind a hit.
func (r Reader) docAfter(ctx context.Context, id string) (int64, error) {
	var seq int64
	if table := historyTable(id); table != "" {
		kind := slices.IndexFunc(findableKinds(), func(k findableKind) bool { return k.table == table })
		err := r.t.get(ctx, []any{&seq}, `SELECT first_seq FROM `+table+` WHERE `+projectionTable(table).key[0]+` = ? ORDER BY from_seq LIMIT 1`, id)
		if err == nil {
			return thingNumber(kind, seq+1, 0), nil
		}
		return 0, afterNothing(id, err)
	}
	leaf, err := journal.ParseLeaf(id)
	if err != nil {
		return 0, fmt.Errorf("what is found after %.80q: %w", id, err)
	}
	err = r.t.get(ctx, []any{&seq}, `SELECT b.from_seq FROM p_record r JOIN p_batch b ON b.batch = r.batch WHERE r.leaf = ?`, leaf[:])
	if err != nil {
		return 0, afterNothing(id, err)
	}
	return docNumber(seq, leaf), nil // another record may have that number
}

func afterNothing(id string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: what is found after %.80q: there is nothing of that id, or it was erased", fault.Invalid, id)
	}
	return err
}
