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
	"recount/register"
)

// Record is one source's assertion about one person, where it stands, and its
// harms. Of an erased one there are the leaf and Erased.
type Record struct {
	Leaf   journal.Leaf
	Seq    int64  // the entry that brought it
	Batch  string // its row file
	Until  int64  // the entry that brought its correction; -1: it stands uncorrected
	Person string // where it stands now; Said.Person is where it began
	Said   register.Record
	Harms  []Harm // by number
	Erased bool
}

// Harm is a harm of a record, with its own leaf.
type Harm struct {
	Leaf journal.Leaf
	Seq  int64 // the entry that brought it
	Said register.Harm
}

// RecordFilter chooses records; what is "" does not matter. Records come by
// name where Name is given, by leaf with Person or Incident, and else in the
// order of the entries that brought them. Corrected records are left out
// unless Corrected asks for them.
type RecordFilter struct {
	Source, Exhibit, Batch string
	Person                 string // where they stand
	Incident               string // of one of their harms
	Name                   string // beginning of the folded name (names.Key)
	Word                   string // folded, somewhere in the folded name; reads all records
	Corrected              bool
}

// Records are the records that a filter chooses. After is the leaf of the last
// record of the page before, in hex.
func (r Reader) Records(ctx context.Context, f RecordFilter, p Page) ([]Record, error) {
	if f.Name+f.Word != "" && r.Shut().Has("father") {
		return r.recordsByPartOfName(ctx, f, p)
	}
	return r.recordsIn(ctx, f, p)
}

func (r Reader) recordsIn(ctx context.Context, f RecordFilter, p Page) ([]Record, error) {
	after, err := r.recordAfter(ctx, p.After)
	if err != nil {
		return nil, err
	}
	q := r.recordQuery(f)
	switch {
	case f.Name != "":
		q.word(f.Word)
		begins := clipCell(f.Name)
		q.and(`r.part`+allParts+`AND r.name_fold >= ? AND r.name_fold < ?`, begins, begins+lastRune)
		if after != nil {
			q.and(`(r.name_fold, r.leaf) > (?, ?)`, clipCell(after.Said.NameFold), after.Leaf[:])
		}
		return r.fill(ctx, q, ` ORDER BY r.name_fold, r.leaf LIMIT ?`, p.limit())
	case f.Person != "" || f.Incident != "":
		q.word(f.Word)
		if after != nil {
			q.and(`r.leaf > ?`, after.Leaf[:])
		}
		return r.fill(ctx, q, ` ORDER BY r.leaf LIMIT ?`, p.limit())
	}
	return r.recordsByBatch(ctx, q, f, after, p.limit())
}

// lastRune sorts behind every character that stands in a name.
const lastRune = "\U0010FFFF"

// recordAfter is the record that a page begins after, nil for the first page.
func (r Reader) recordAfter(ctx context.Context, after string) (*Record, error) {
	if after == "" {
		return nil, nil //nolint:nilnil // the first page
	}
	leaf, err := journal.ParseLeaf(after)
	if err != nil {
		return nil, fmt.Errorf("a list of records after %.80q: %w", after, err)
	}
	q := r.recordQuery(RecordFilter{Corrected: true})
	q.and(`r.leaf = ?`, leaf[:])
	list, err := r.fill(ctx, q, ``)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%w: a list of records after %s: there is no such record, or it was erased", fault.Invalid, leaf)
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// recordsByBatch goes through the batches that may hold what is wanted, oldest
// first, until the page is full.
func (r Reader) recordsByBatch(ctx context.Context, q *recordQuery, f RecordFilter, after *Record, limit int64) (all []Record, err error) {
	condition, args := `b.from_seq < ?`, []any{r.size}
	if f.Batch != "" {
		condition, args = condition+` AND b.batch = ?`, append(args, f.Batch)
	}
	if f.Source != "" {
		condition, args = condition+` AND s.source = ?`, append(args, f.Source)
	}
	if f.Exhibit != "" {
		condition, args = condition+` AND s.exhibit = ?`, append(args, f.Exhibit)
	}
	if after != nil {
		condition, args = condition+` AND b.from_seq >= ?`, append(args, after.Seq)
	}
	batches, err := collect(ctx, r, scanSized, `SELECT b.batch, b.n FROM p_batch b
		WHERE EXISTS (SELECT 1 FROM p_batch_source s WHERE s.batch = b.batch AND `+condition+`) ORDER BY b.from_seq`, args...)
	if err != nil {
		return nil, err
	}
	for _, batch := range batches {
		page := q.clone()
		page.and(batch.condition(), batch.batch)
		if f.Word != "" && batch.n > largeBatch && r.t.scope == nil && r.t.dialect == sqlite {
			page.and(`r.rowid IN (SELECT n.rowid FROM p_record n WHERE n.part`+allParts+`AND n.name_fold LIKE ? ESCAPE '!')`, containing(f.Word))
		} else {
			page.word(f.Word)
		}
		if after != nil && after.Batch == batch.batch {
			page.and(`r.leaf > ?`, after.Leaf[:])
		}
		list, err := r.fill(ctx, page, ` ORDER BY r.leaf LIMIT ?`, limit-int64(len(all)))
		if err != nil {
			return nil, err
		}
		if all = append(all, list...); int64(len(all)) >= limit {
			break
		}
	}
	return all, nil
}

// sized is a batch and how many rows it has.
type sized struct {
	batch string
	n     int64
}

func scanSized(rows *sql.Rows) (s sized, err error) {
	var n sql.NullInt64
	err = rows.Scan(&s.batch, &n)
	s.n = n.Int64
	return s, err
}

// largeBatch is how many rows are rather met by reading on in the order of
// their leaves than sorted out of an index.
const largeBatch = 20_000

// condition chooses the batch's records, out of the index or past it.
func (s sized) condition() string {
	if s.n > largeBatch {
		return `r.batch || '' = ?`
	}
	return `r.batch = ?`
}

// Record is the record of a leaf with all that is said beside it, also when it
// was corrected, or erased (then Erased alone). fault.NotFound.
func (r Reader) Record(ctx context.Context, leaf journal.Leaf) (Record, error) {
	q := r.recordQuery(RecordFilter{Corrected: true})
	q.and(`r.leaf = ?`, leaf[:])
	list, err := r.fill(ctx, q, ``)
	if err != nil {
		return Record{}, err
	}
	if len(list) == 1 {
		return list[0], nil
	}
	kind, erased, err := r.IsErased(ctx, leaf)
	switch {
	case err != nil:
		return Record{}, err
	case erased && kind == "record@1":
		return Record{Leaf: leaf, Erased: true, Until: -1}, nil
	}
	return Record{}, fmt.Errorf("%w: record %s", fault.NotFound, leaf)
}

// PersonOf is the person that a record stands under. fault.NotFound, also for
// one that was erased.
func (r Reader) PersonOf(ctx context.Context, leaf journal.Leaf) (person string, err error) {
	var own, moved sql.NullString
	err = r.t.get(ctx, []any{&own, &moved}, `SELECT r.person, m.person FROM p_record r CROSS JOIN p_batch b `+memberJoin+`
		WHERE b.batch = r.batch AND b.from_seq < ? AND r.leaf = ?`, r.size, r.size, r.size, leaf[:])
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("%w: record %s, or it was erased", fault.NotFound, leaf)
	}
	if moved.Valid {
		own = moved
	}
	return own.String, err
}

// memberJoin finds where a record stands that was moved; it takes the size
// twice.
const memberJoin = `LEFT JOIN p_member m ON m.record = r.leaf AND m.from_seq < ? AND (m.to_seq IS NULL OR m.to_seq >= ?)`

// recordQuery is a question for records that is put together.
type recordQuery struct {
	where []string
	args  []any
}

func (q *recordQuery) and(condition string, args ...any) {
	q.where = append(q.where, condition)
	q.args = append(q.args, args...)
}

func (q *recordQuery) clone() *recordQuery {
	return &recordQuery{slices.Clone(q.where), slices.Clone(q.args)}
}

// recordQuery asks for what the filter says, but for names and order.
func (r Reader) recordQuery(f RecordFilter) *recordQuery {
	q := &recordQuery{}
	q.and(`b.from_seq < ?`, r.size)
	if !f.Corrected {
		q.and(`(r.to_seq IS NULL OR r.to_seq >= ?)`, r.size)
	}
	for _, c := range []struct{ column, value string }{{"r.source", f.Source}, {"r.exhibit", f.Exhibit}, {"r.batch", f.Batch}} {
		if c.value != "" {
			q.and(c.column+` = ?`, c.value)
		}
	}
	if f.Person != "" {
		q.and(`r.leaf IN (SELECT leaf FROM p_record WHERE part`+allParts+`AND person = ? UNION SELECT record FROM p_member WHERE person = ?)`, f.Person, f.Person)
		q.and(`COALESCE(m.person, r.person) = ?`, f.Person)
	}
	if f.Incident != "" {
		q.and(`r.leaf IN (SELECT h.record FROM p_harm h CROSS JOIN p_batch hb WHERE h.part`+allParts+`AND h.incident = ? AND hb.batch = h.batch AND hb.from_seq < ?)`, f.Incident, r.size)
	}
	return q
}

// word asks for records with a word in their name; "" asks for nothing.
func (q *recordQuery) word(word string) {
	if word != "" {
		q.and(`r.name_fold LIKE ? ESCAPE '!'`, containing(word))
	}
}

// containing is the pattern of a text with a word in it.
func containing(word string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(word) + "%"
}
