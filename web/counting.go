// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"recount/casework"
	"recount/fault"
	"recount/figure"
	"recount/store"
	"recount/tally"
)

// counting keeps of one case what figures are answered from, in memory: the
// columns of the sizes that were asked for last. Columns of a case of a million
// records take some 150 MB and seconds to load, so that they are loaded once
// and asked by all. They go as soon as something of them has been erased.
type counting struct {
	mu   sync.Mutex
	kept []*counted // what was asked for last stands first
}

// keptSizes is how many sizes of a case are kept: now, and one that somebody looks back to.
const keptSizes = 2

// counted are the columns of one size, and answers out of them.
type counted struct {
	stamp   tally.Stamp
	ready   chan struct{} // closed once columns or err is there
	columns *tally.Columns
	err     error

	mu      sync.Mutex
	totals  map[[sha256.Size]byte]figure.Totals // by definition
	answers []*tally.Answer                     // the latest last; each holds 4 bytes a person
}

const (
	keptAnswers = 8
	keptTotals  = 4096
)

// tallied are the columns of a case as it was known at a stamp.
type tallied struct {
	*counted
	stamp tally.Stamp // of what was asked for; that of the columns can be of another size with the same records
}

// at is the size that ?at= asks for; -1 is the case as it stands.
func (v *visit) at() (int64, error) {
	text := v.text("at")
	if text == "" {
		return -1, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return -1, fmt.Errorf("%w: as known at entry %.40q: accepted is how many entries the journal had, a whole number", fault.Invalid, text)
	}
	return n, nil
}

// readAt is read, as the case was known at a size.
func (v *visit) readAt(at int64, ask func(ctx context.Context, r store.Reader) error) error {
	return v.read(func(ctx context.Context, r store.Reader) (err error) {
		if at >= 0 {
			if r, err = r.At(at); err != nil {
				return err
			}
		}
		return ask(ctx, r)
	})
}

// tallied answers the columns of the visit's case as it was known at a size.
// Whoever asks first loads them; the others wait for it.
func (s *Server) tallied(v *visit, at int64) (tallied, error) {
	c := s.countingOf(v.PathValue("case"))
	var found *counted
	var stamp tally.Stamp
	err := v.readWhole(func(ctx context.Context, r store.Reader) (err error) {
		then := r
		if at >= 0 {
			if then, err = r.At(at); err != nil {
				return err
			}
		}
		if stamp, err = then.Stamp(ctx); err != nil {
			return err
		}
		found, err = c.find(ctx, r, stamp)
		return err
	})
	if err != nil {
		return tallied{}, err
	}
	if found == nil {
		found = c.load(v.Context(), v.room, stamp)
	}
	select {
	case <-found.ready:
		return tallied{found, stamp}, found.err
	case <-v.Context().Done():
		return tallied{}, v.Context().Err()
	}
}

func (s *Server) countingOf(id string) *counting {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts[id] == nil {
		s.counts[id] = &counting{}
	}
	return s.counts[id]
}

// find looks for columns that serve a stamp, and drops those of which
// something has been erased since.
func (c *counting) find(ctx context.Context, r store.Reader, stamp tally.Stamp) (*counted, error) {
	c.mu.Lock()
	kept := slices.Clone(c.kept)
	c.mu.Unlock()
	for _, k := range kept {
		then, err := r.At(min(k.stamp.Size, r.Size()))
		if err != nil {
			return nil, err
		}
		now, err := then.Stamp(ctx)
		if err != nil {
			return nil, err
		}
		if now != k.stamp {
			c.drop(k)
			continue
		}
		same, err := sameRecords(ctx, r, k.stamp.Size, stamp.Size)
		if err != nil {
			return nil, err
		}
		if same {
			c.first(k)
			return k, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing kept is no error
}

// farthest is how many entries are looked at to find that they changed nothing that is counted.
const farthest = 500

// sameRecords reports whether no entry between two sizes changed what figures
// are answered from: whoever defines a figure need not wait for the case to be
// read again.
func sameRecords(ctx context.Context, r store.Reader, one, other int64) (bool, error) {
	from, to := min(one, other), max(one, other)
	if to-from > farthest {
		return false, nil
	}
	entries, err := r.Entries(ctx, from, to)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		switch e.Kind {
		case "case.opened@1", "source.described@1", "exhibit.received@1", "citation.made@1", "incident.described@1",
			"figure.defined@1", "dossier.composed@1", "dossier.frozen@1", "persons.distinguished@1",
			"opener.named@1", "identity.protected@1", "identity.opened@1", "pseudonym.given@1",
			"basis.stated@1", "consent.given@1", "consent.withdrawn@1", "bundle.shared@1":
		default:
			return false, nil
		}
	}
	return true, nil
}

func (c *counting) drop(k *counted) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = slices.DeleteFunc(c.kept, func(x *counted) bool { return x == k })
}

func (c *counting) first(k *counted) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.kept, k); i > 0 {
		c.kept = slices.Insert(slices.Delete(c.kept, i, i+1), 0, k)
	}
}

// load begins to read the columns of a stamp, unless somebody has begun.
func (c *counting) load(ctx context.Context, from *store.Case, stamp tally.Stamp) *counted {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.kept {
		if k.stamp == stamp {
			return k
		}
	}
	k := &counted{stamp: stamp, ready: make(chan struct{}), totals: map[[sha256.Size]byte]figure.Totals{}}
	c.kept = slices.Insert(c.kept, 0, k)
	if len(c.kept) > keptSizes {
		c.kept = c.kept[:keptSizes]
	}
	// Others wait for it too: the one who asked first may go away.
	ctx = context.WithoutCancel(ctx)
	go func() {
		defer close(k.ready)
		if k.columns, k.err = casework.LoadColumns(ctx, from, stamp.Size); k.err == nil && k.columns.Stamp() != stamp {
			k.columns, k.err = nil, fmt.Errorf("%w: something was erased while the records were being read; ask again", fault.Conflict)
		}
		if k.err != nil {
			c.drop(k)
		}
	}()
	return k
}

// Stamp and Answer make tallied what dossiers are composed from.
func (t tallied) Stamp() tally.Stamp { return t.stamp }

// Answer puts a figure to the columns, or remembers that it was put.
func (t tallied) Answer(d figure.Definition) (tally.Answer, error) {
	key := sha256.Sum256(d.JSON())
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, a := range t.answers {
		if sha256.Sum256(a.Definition.JSON()) == key {
			t.answers = append(slices.Delete(t.answers, i, i+1), a)
			return t.stamped(a), nil
		}
	}
	a, err := t.columns.Answer(d)
	if err != nil {
		return tally.Answer{}, err
	}
	t.answers = append(t.answers, &a)
	if len(t.answers) > keptAnswers {
		t.answers = slices.Delete(t.answers, 0, 1)
	}
	t.remember(key, a.Total)
	return t.stamped(&a), nil
}

func (t tallied) stamped(a *tally.Answer) tally.Answer {
	with := *a
	with.Stamp = t.stamp
	return with
}

func (t tallied) remember(key [sha256.Size]byte, n figure.Totals) {
	if len(t.totals) >= keptTotals {
		clear(t.totals)
	}
	t.totals[key] = n
}

// Totals is how many an answer comes to, for lists: it is kept longer than the answer.
func (t tallied) Totals(d figure.Definition) (figure.Totals, error) {
	key := sha256.Sum256(d.JSON())
	t.mu.Lock()
	n, ok := t.totals[key]
	t.mu.Unlock()
	if ok {
		return n, nil
	}
	a, err := t.Answer(d)
	return a.Total, err
}
