// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"iter"
)

// aheadPiece is how many rows are handed on at a time, and aheadPieces how many
// such pieces may wait.
const (
	aheadPiece  = 1024
	aheadPieces = 4
)

// ahead reads a long answer in a goroutine of its own, some thousands of rows
// ahead of the one who takes them. It has ended when the loop over it has, and
// until then read alone may use the transaction.
func ahead[T any](ctx context.Context, read func(ctx context.Context, yield func(T) bool) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		pieces, failed := make(chan []T, aheadPieces), make(chan error, 1)
		go func() {
			defer close(pieces)
			failed <- fill(ctx, pieces, read)
		}()
		defer func() {
			cancel()
			for range pieces { // until the other has ended
			}
		}()
		for piece := range pieces {
			for i := range piece {
				if !yield(piece[i], nil) {
					return
				}
			}
		}
		if err := <-failed; err != nil {
			var none T
			yield(none, err)
		}
	}
}

// fill hands what is read on in pieces.
func fill[T any](ctx context.Context, pieces chan<- []T, read func(ctx context.Context, yield func(T) bool) error) error {
	piece := make([]T, 0, aheadPiece)
	var stopped error
	err := read(ctx, func(row T) bool {
		piece = append(piece, row)
		if len(piece) == aheadPiece {
			stopped = send(ctx, pieces, piece)
			piece = make([]T, 0, aheadPiece)
		}
		return stopped == nil
	})
	if err == nil && stopped == nil && len(piece) > 0 {
		stopped = send(ctx, pieces, piece)
	}
	if err == nil {
		err = stopped
	}
	return err
}
