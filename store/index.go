// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"recount/fault"
)

// indexing is held by the one who fills the search index.
const indexing leaseName = "indexing"

const (
	// docsToTransaction is how many things are put into the index at a time:
	// others who write wait no longer than that takes.
	docsToTransaction = 4096
	// passes is how often Index goes after what was recorded meanwhile.
	passes = 10
)

// errIndexGone says that the index is not there any more that was being
// filled: the case was rebuilt, or something was erased. What was read for it
// must not be written into another.
var errIndexGone = errors.New("the search index was begun anew")

// Index brings what Search finds, and the census, up to the journal's end. It
// goes on where it was when it last ended, in transactions of some thousand
// things, and is cheap when there is nothing to do. While somebody else does
// it, it returns at once with nil. progress, which may be nil, gets how many
// things are done and how many there are to do in this call. A rebuild and an
// erasure drop the index; the next call fills it anew.
func (c *Case) Index(ctx context.Context, progress func(done, all int64)) (err error) {
	defer fault.Wrap(&err, "indexing case %s", c.id)
	if progress == nil {
		progress = func(int64, int64) {}
	}
	release, taken, err := c.place.lease(ctx, indexing, true, false)
	if err != nil || !taken {
		return err
	}
	defer release()
	f := &filler{c: c, progress: progress, seen: map[string]bool{}}
	for range passes {
		done, err := f.pass(ctx)
		if errors.Is(err, errIndexGone) {
			f.seen = map[string]bool{}
			continue
		}
		if err != nil || done {
			return err
		}
	}
	return nil
}

// filler fills the index of a case.
type filler struct {
	c         *Case
	progress  func(done, all int64)
	done, all int64
	seen      map[string]bool // words that are in s_word
}

// pass brings the index to the end that the journal has now; done tells that
// it was there.
func (f *filler) pass(ctx context.Context) (done bool, err error) {
	state, size, err := f.begin(ctx)
	if err != nil {
		return false, err
	}
	if state.indexed() == size {
		return true, f.c.takeCensus(ctx)
	}
	return false, f.fill(ctx, state, size)
}

// begin reads how far the index has come, and makes one where there is none,
// or one of another release, or one in which too much was corrected since.
func (f *filler) begin(ctx context.Context) (state indexState, size int64, err error) {
	var fresh bool
	err = f.c.office(ctx, reading, func(t *tx) error {
		size = t.size
		found, err := t.readState(ctx, "state", &state)
		if err != nil {
			return err
		}
		fresh = !found || state.Version != indexVersion || state.indexed() > size
		if fresh || state.indexed() == size {
			return nil
		}
		var corrected int64
		err = t.get(ctx, []any{&corrected}, `SELECT COUNT(*) FROM p_record WHERE to_seq IS NOT NULL`)
		fresh = corrected-state.Skipped > 10_000 && (corrected-state.Skipped)*4 > state.Records
		if err != nil || fresh {
			return err
		}
		f.all, err = f.remaining(ctx, t, state)
		return err
	})
	if err != nil || !fresh {
		return state, size, err
	}
	state = indexState{Version: indexVersion}
	err = f.c.office(ctx, writing, func(t *tx) (err error) {
		if f.all, err = f.remaining(ctx, t, state); err != nil {
			return err
		}
		return t.newIndex(ctx)
	})
	return state, size, err
}

// remaining is about how many things are to be put in.
func (f *filler) remaining(ctx context.Context, t *tx, state indexState) (n int64, err error) {
	last, err := hex.DecodeString(state.Leaf)
	if err != nil {
		return 0, err
	}
	err = t.get(ctx, []any{&n}, `SELECT COUNT(*) FROM p_record r JOIN p_batch b ON b.batch = r.batch
		WHERE b.from_seq >= ? AND b.from_seq < ? AND NOT (b.from_seq = ? AND r.leaf <= ?)`, state.Batches, t.size, state.Batches, last)
	return f.done + n + max(0, t.size-state.Things), err
}

// gathered is what is written at a time.
type gathered struct {
	before, after indexState
	docs          []doc
	err           error
}

// fill reads ahead of what it writes. Whoever does either holds one
// transaction and waits for nobody meanwhile, so that a rebuild gets its turn.
func (f *filler) fill(ctx context.Context, state indexState, to int64) error {
	ctx, cancel := context.WithCancel(ctx)
	ready, ended := make(chan gathered, 1), make(chan struct{})
	go func() {
		defer close(ended)
		defer close(ready)
		for state.indexed() < to {
			g := f.c.gather(ctx, state, to)
			state = g.after
			select {
			case ready <- g:
			case <-ctx.Done():
				return
			}
			if g.err != nil {
				return
			}
		}
	}()
	defer func() { cancel(); <-ended }()
	for g := range ready {
		if g.err != nil {
			return g.err
		}
		if err := f.write(ctx, g); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return f.c.finishIndex(ctx)
}

// write puts things into the index, if it is the one they were read for.
func (f *filler) write(ctx context.Context, g gathered) error {
	var fresh []string
	err := f.c.office(ctx, writing, func(t *tx) (err error) {
		var there indexState
		found, err := t.readState(ctx, "state", &there)
		if err != nil {
			return err
		}
		if !found || there != g.before {
			return errIndexGone
		}
		slices.SortFunc(g.docs, func(a, b doc) int { return compare(a.number, b.number) })
		if err := putTexts(ctx, t, g.docs); err != nil {
			return err
		}
		if fresh, err = f.putWords(ctx, t, g.docs); err != nil {
			return err
		}
		return t.writeState(ctx, "state", g.after)
	})
	if err != nil {
		return err
	}
	for _, word := range fresh {
		if len(f.seen) < 1<<20 {
			f.seen[word] = true
		}
	}
	if len(g.docs) > 0 {
		f.done = min(f.done+int64(len(g.docs)), f.all)
		f.progress(f.done, f.all)
	}
	return nil
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func putTexts(ctx context.Context, t *tx, docs []doc) error {
	const together = 64
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		_, err := t.exec(ctx, t.dialect.insertTexts(len(args)/2), args...)
		args = args[:0]
		return err
	}
	for i := 0; i < len(docs); i++ {
		d := docs[i]
		if d.id != "" {
			if _, err := t.exec(ctx, `INSERT INTO s_thing (doc, id) VALUES (?, ?)`, d.number, d.id); err != nil {
				return err
			}
		}
		for i+1 < len(docs) && docs[i+1].number == d.number { // see docNumber
			i++
			d.words = strings.TrimSpace(d.words + " " + docs[i].words)
		}
		if d.words == "" {
			continue
		}
		if args = append(args, d.number, d.words); len(args) == 2*together {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// putWords puts words into s_word that are not in f.seen, and answers them.
func (f *filler) putWords(ctx context.Context, t *tx, docs []doc) (fresh []string, err error) {
	news := map[string]bool{}
	for _, d := range docs {
		for _, word := range d.letters {
			if !f.seen[word] && !news[word] {
				news[word] = true
				fresh = append(fresh, word)
			}
		}
	}
	slices.Sort(fresh)
	for part := range slices.Chunk(fresh, 200) {
		args := make([]any, len(part))
		for i, word := range part {
			args[i] = word
		}
		_, err := t.exec(ctx, `INSERT INTO s_word (word) VALUES `+strings.TrimSuffix(strings.Repeat(`(?),`, len(part)), `,`)+` ON CONFLICT DO NOTHING`, args...)
		if err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// finishIndex makes PostgreSQL's index over the words, once; filling it row by
// row would take many times as long.
func (c *Case) finishIndex(ctx context.Context) error {
	return c.office(ctx, writing, func(t *tx) error {
		if t.dialect == sqlite {
			return nil
		}
		there, err := t.has(ctx, "s_text")
		if err != nil || !there {
			return err
		}
		for _, statement := range []string{"SET LOCAL maintenance_work_mem TO '256MB'", "CREATE INDEX IF NOT EXISTS s_text_words ON s_text USING gin (words)", "ANALYZE s_text"} {
			if err := t.run(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}
