// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
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
	query   string                 // without its beginning, which follows WHERE
	args    []any                  // of query
	key     []string               // columns of the order
	keyOf   func(*T) []any         // their values in a row
	scan    func(rawRow, *T) error // one row
	chunk   []T                    // rows read
	at      int                    // the next of them
	done    bool                   // nothing follows chunk
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
func (s *stream[T]) read(ctx context.Context) error {
	query, args := s.query, s.args
	if s.started {
		query += ` AND (` + strings.Join(s.key, ", ") + `) > (` + placeholders(len(s.key)) + `)`
		args = append(args[:len(args):len(args)], s.keyOf(&s.chunk[len(s.chunk)-1])...)
	}
	query += ` ORDER BY ` + strings.Join(s.key, ", ") + ` LIMIT ?`
	args = append(args[:len(args):len(args)], chunkOfStream)
	s.chunk, s.at = s.chunk[:0], 0
	err := s.r.t.raw(ctx, query, args, func(row rawRow) error {
		var empty T
		s.chunk = append(s.chunk, empty)
		return s.scan(row, &s.chunk[len(s.chunk)-1])
	})
	s.started, s.done = true, len(s.chunk) < chunkOfStream
	return err
}

// words gives equal texts one memory: most columns of a list have few values.
type words map[string]string

func (w words) of(raw []byte) string {
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
