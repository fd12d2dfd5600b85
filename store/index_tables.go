// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"recount/journal"
)

//go:embed schema/search.sql
var searchSchema string

// indexVersion goes up when what is indexed changes: an index of another
// version is dropped and filled anew.
const indexVersion = 1

// wordsTable is the table of words. FTS5 keeps for each word the numbers of
// the things that have it, and nothing else (sqlite.org/fts5.html, contentless
// tables, detail=none); "ascii" cuts at spaces alone what is folded. With
// PostgreSQL the words are put together without its parser, and the GIN index
// is made once they are there (finishIndex).
func (d dialect) wordsTable() string {
	if d == sqlite {
		return `CREATE VIRTUAL TABLE s_text USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii')`
	}
	return `CREATE TABLE s_text (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)`
}

// A thing's number in s_text gives the order in which things are found. For
// what entries describe it is negative: the kind, the entry that described it
// first and the entry that described it so. For a record it is the entry of
// its batch and the first bits of its leaf. Two records may come to share a
// number; their words are then in it together, and matching tells them apart.
const (
	seqBits  = 26
	leafBits = 63 - seqBits
	lastSeq  = 1<<seqBits - 1
	things   = int64(-1 << 60)
)

// docNumber is the number of a record.
func docNumber(seq int64, leaf journal.Leaf) int64 {
	return seq<<leafBits | int64(binary.BigEndian.Uint64(leaf[:8])>>seqBits>>1)
}

// leavesOf are the first leaf that has the record number's bits, and the first
// behind those that have; nil: there is none behind.
func leavesOf(doc int64) (seq int64, from, behind []byte) {
	bits := uint64(doc) & (1<<leafBits - 1) << (64 - leafBits)
	from = binary.BigEndian.AppendUint64(nil, bits)
	if next := bits + 1<<(64-leafBits); next != 0 {
		behind = binary.BigEndian.AppendUint64(nil, next)
	}
	return doc >> leafBits, from, behind
}

// thingNumber is the number of a thing of SearchKinds[kind].
func thingNumber(kind int, first, seq int64) int64 {
	return things + int64(kind)<<(2*seqBits) + first<<seqBits + seq
}

// docsOf are the numbers, inclusive, that things of SearchKinds[kind] have.
func docsOf(kind int) (from, to int64) {
	if SearchKinds()[kind] == "record" {
		return 0, 1<<63 - 1
	}
	return thingNumber(kind, 0, 0), thingNumber(kind+1, 0, 0) - 1
}

// indexState says how far the index has come.
type indexState struct {
	Version int
	Things  int64  // entries whose descriptions are in it
	Batches int64  // entries whose records are in it
	Leaf    string // hex: of the batch of entry Batches the records up to this one; "": none
	Records int64  // how many records were put in
	Skipped int64  // how many were not, having been corrected
}

// indexed is how many entries are in it wholly.
func (s indexState) indexed() int64 { return min(s.Things, s.Batches) }

// readState reads one of the values in s_state; found is false where there is
// no index, or not that value.
func (t *tx) readState(ctx context.Context, name string, to any) (found bool, err error) {
	there, err := t.has(ctx, "s_state")
	if err != nil || !there {
		return false, err
	}
	var value string
	err = t.get(ctx, []any{&value}, `SELECT value FROM s_state WHERE name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal([]byte(value), to); err != nil {
		return false, fmt.Errorf("the state of the search index: %w", err)
	}
	return true, nil
}

func (t *tx) writeState(ctx context.Context, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO s_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, string(text))
	return err
}

// newIndex puts an empty index in the place of what there is.
func (t *tx) newIndex(ctx context.Context) error {
	for _, table := range []string{"s_text", "s_state", "s_thing", "s_word"} {
		if _, err := t.sql.ExecContext(ctx, `DROP TABLE IF EXISTS `+table); err != nil {
			return t.dialect.fault(err)
		}
	}
	if err := t.script(ctx, searchSchema); err != nil {
		return err
	}
	if _, err := t.sql.ExecContext(ctx, t.dialect.wordsTable()); err != nil {
		return t.dialect.fault(err)
	}
	return t.writeState(ctx, "state", indexState{Version: indexVersion})
}

// insertTexts is the statement that puts n rows of number and words, spaces
// between them, into s_text.
func (d dialect) insertTexts(n int) string {
	if d == sqlite {
		return `INSERT INTO s_text (rowid, words) VALUES ` + strings.TrimSuffix(strings.Repeat(`(?,?),`, n), `,`)
	}
	return `INSERT INTO s_text (rowid, words) VALUES ` + strings.TrimSuffix(strings.Repeat(`(?, array_to_tsvector(string_to_array(?, ' '))),`, n), `,`) +
		` ON CONFLICT (rowid) DO UPDATE SET words = s_text.words || excluded.words`
}

// matching is the condition that a row of s_text has all words of a question.
// A question is an AND of ORs.
func (d dialect) matching(question [][]string) (condition, arg string) {
	quote, and, or, condition := `"`, ` AND `, ` OR `, `s_text MATCH ?`
	if d == postgres {
		quote, and, or, condition = `'`, ` & `, ` | `, `words @@ ?::tsquery`
	}
	escape := strings.NewReplacer(quote, quote+quote, `\`, `\\`)
	var all []string
	for _, words := range question {
		var any []string
		for _, word := range words {
			any = append(any, quote+escape.Replace(word)+quote)
		}
		all = append(all, `(`+strings.Join(any, or)+`)`)
	}
	return condition, strings.Join(all, and)
}
