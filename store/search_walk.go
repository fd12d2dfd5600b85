// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"strings"
)

// walk goes through the numbers that the index answers, in their order, and
// matches each thing with what is recorded of it, until there are enough hits.
type walk struct {
	r        Reader
	terms    []term
	question [][]string
	state    indexState
	limit    int64
	from     int64  // the first number that counts
	after    string // the id of the last hit of the page before
	hits     []Hit
}

// through walks from one number to another, both inclusive.
func (w *walk) through(ctx context.Context, from, to int64) error {
	condition, question := w.r.t.dialect.matching(w.question)
	for n := w.limit - int64(len(w.hits)); from <= to && n > 0; n = w.limit - int64(len(w.hits)) {
		n = min(max(n, 8), 256)
		docs, err := collect(ctx, w.r, scanOne[int64], `SELECT rowid FROM s_text WHERE `+condition+` AND rowid >= ? AND rowid <= ? ORDER BY rowid LIMIT ?`, question, from, to, n)
		if err != nil {
			return err
		}
		for _, number := range docs {
			if err := w.take(ctx, number); err != nil {
				return err
			}
		}
		if int64(len(docs)) < n || docs[n-1] == to {
			return nil
		}
		from = docs[n-1] + 1
	}
	return nil
}

// take matches what has the number.
func (w *walk) take(ctx context.Context, number int64) error {
	candidates, err := w.r.things(ctx, number)
	if number >= 0 {
		candidates, err = w.r.recordsNumbered(ctx, number)
	}
	if err != nil {
		return err
	}
	for _, x := range candidates {
		// A thing is found by its newest description. One that is not in the
		// index yet is reached through an earlier one, of which there may be
		// several, one behind the other.
		if number < 0 && x.seq != number&lastSeq && x.seq < w.state.Things || len(w.hits) > 0 && w.hits[len(w.hits)-1].ID == x.id {
			continue
		}
		if number == w.from && x.kind == "record" && x.id <= w.after {
			continue
		}
		if hit, ok := x.match(w.terms); ok && int64(len(w.hits)) < w.limit {
			w.hits = append(w.hits, hit)
		}
	}
	return nil
}

// things is the thing that has the number, as it stands; none where it does
// not stand any more.
func (r Reader) things(ctx context.Context, number int64) ([]findable, error) {
	if number >= 0 {
		return nil, nil
	}
	var id string
	if err := r.t.get(ctx, []any{&id}, `SELECT id FROM s_thing WHERE doc = ?`, number); err != nil {
		return nil, err
	}
	for _, k := range findableKinds() {
		if k.table == historyTable(id) {
			return k.of(ctx, r, `d.`+projectionTable(k.table).key[0]+` = ?`, id)
		}
	}
	return nil, nil
}

// recordsNumbered are the records that have the number and stand uncorrected,
// by their leaves.
func (r Reader) recordsNumbered(ctx context.Context, number int64) (found []findable, err error) {
	seq, from, behind := leavesOf(number)
	q := r.recordQuery(RecordFilter{})
	q.and(`r.leaf >= ?`, from)
	if behind != nil {
		q.and(`r.leaf < ?`, behind)
	}
	q.and(`b.from_seq = ?`, seq)
	records, err := r.fill(ctx, q, ` ORDER BY r.leaf`)
	for _, x := range records {
		found = append(found, findableRecord(x))
	}
	return found, err
}

// mostWordsBegun is how many words a beginning is asked for by.
const mostWordsBegun = 250

// question is what the index is asked: one of each of these words. It is nil
// where a term has no word at all.
func (r Reader) question(ctx context.Context, terms []term) (question [][]string, err error) {
	for _, t := range terms {
		switch {
		case t.run:
			before := len(question)
			pairs(t.text, func(pair string) { question = append(question, []string{pair}) })
			if len(question) == before {
				question = append(question, []string{t.text})
			}
		case t.begins:
			words, err := r.wordsBegun(ctx, t.text)
			if err != nil || len(words) == 0 {
				return nil, err
			}
			question = append(question, words)
		default:
			question = append(question, []string{t.text})
		}
	}
	return question, nil
}

// wordsBegun are the words that begin so, or the indexed beginning that they
// share.
func (r Reader) wordsBegun(ctx context.Context, begin string) ([]string, error) {
	lengths := edges()
	for _, n := range lengths {
		if edge, ok := edgeOf(begin, n); ok && strings.TrimSuffix(edge, edgeMark) == begin {
			return []string{edge}, nil
		}
	}
	words, err := collect(ctx, r, scanOne[string], `SELECT word FROM s_word WHERE word >= ? AND word < ? ORDER BY word LIMIT ?`, begin, begin+lastRune, mostWordsBegun+1)
	if err != nil || len(words) <= mostWordsBegun {
		return words, err
	}
	edge, _ := edgeOf(begin, lengths[len(lengths)-1])
	return []string{edge}, nil
}
