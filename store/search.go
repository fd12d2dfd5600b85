// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
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
// has two characters or more. Of more than MostWords words the first count.
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
// earlier size. Page.After is the ID of a hit. An empty query finds nothing.
// fault.Invalid for a kind that is not one of SearchKinds.
func (r Reader) Search(ctx context.Context, q Query, p Page) (f Found, err error) {
	defer fault.Wrap(&err, "searching")
	now := newReader(r.t)
	for _, kind := range q.Kinds {
		if !slices.Contains(SearchKinds(), kind) {
			return f, fmt.Errorf("%w: nothing is found by the kind %.40q; accepted are %s", fault.Invalid, kind, strings.Join(SearchKinds(), ", "))
		}
	}
	f.Size, f.Indexed = now.size, now.size
	asked := searchTerms(q.Words)
	if len(asked) == 0 {
		return f, nil
	}
	all, err := now.everything(ctx)
	after := p.After == ""
	for _, x := range all {
		if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, x.kind) {
			continue
		}
		if after {
			if hit, ok := x.match(asked); ok && int64(len(f.Hits)) < p.limit() {
				f.Hits = append(f.Hits, hit)
			}
		}
		after = after || x.id == p.After
	}
	return f, err
}

func (r Reader) everything(ctx context.Context) (all []findable, err error) {
	for _, k := range findableKinds() {
		list, err := k.of(ctx, r, "")
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	records, err := r.Records(ctx, RecordFilter{}, Page{})
	for _, x := range records {
		all = append(all, findableRecord(x))
	}
	return all, err
}

// Index brings the index up to the end of the journal.
func (c *Case) Index(ctx context.Context, progress func(done, all int64)) error { return ctx.Err() }
