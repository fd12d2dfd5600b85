// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// chunkOfStream is how many rows a stream reads at a time. Nothing else is
// held of it, and between two chunks the connection is free for other
// questions, which PostgreSQL asks for.
const chunkOfStream = 4096

// stream walks through a table in the order of its key, chunk by chunk. T is
// one row with its key in it.
type stream[T any] struct {
	r       Reader
	query   string                    // without its beginning, which follows WHERE
	args    []any                     // of query
	key     []string                  // columns of the order
	keyOf   func(*T) []any            // their values in a row
	scan    func(*sql.Rows, *T) error // one row
	chunk   []T                       // rows read
	at      int                       // the next of them
	done    bool                      // nothing follows chunk
	started bool
}

// peek is the next row, nil at the end. It is good until the next pop.
func (s *stream[T]) peek(ctx context.Context) (*T, error) {
	if s.at == len(s.chunk) && !s.done {
		if err := s.read(ctx); err != nil {
			return nil, err
		}
	}
	if s.at == len(s.chunk) {
		return nil, nil //nolint:nilnil // the end
	}
	return &s.chunk[s.at], nil
}

func (s *stream[T]) pop() { s.at++ }

// read takes the next chunk.
func (s *stream[T]) read(ctx context.Context) (err error) {
	query, args := s.query, s.args
	if s.started {
		query += ` AND (` + strings.Join(s.key, ", ") + `) > (` + placeholders(len(s.key)) + `)`
		args = append(args[:len(args):len(args)], s.keyOf(&s.chunk[len(s.chunk)-1])...)
	}
	query += ` ORDER BY ` + strings.Join(s.key, ", ") + ` LIMIT ?`
	rows, err := s.r.t.query(ctx, query, append(args[:len(args):len(args)], chunkOfStream)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	s.chunk, s.at = s.chunk[:0], 0
	for rows.Next() {
		var row T
		if err := s.scan(rows, &row); err != nil {
			return err
		}
		s.chunk = append(s.chunk, row)
	}
	s.started, s.done = true, len(s.chunk) < chunkOfStream
	return s.r.t.dialect.fault(rows.Err())
}

// words gives equal texts one memory: most columns of a list have few values.
type words map[string]string

func (w words) of(raw sql.RawBytes) string {
	if len(raw) == 0 {
		return ""
	}
	if s, ok := w[string(raw)]; ok {
		return s
	}
	s := string(raw)
	if len(w) < 1<<16 {
		w[s] = s
	}
	return s
}
