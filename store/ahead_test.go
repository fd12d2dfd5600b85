// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// count reads the numbers from 0 to n, and then fails with err.
func count(n int, err error, ended *bool) func(context.Context, func(int) bool) error {
	return func(_ context.Context, yield func(int) bool) error {
		defer func() { *ended = true }()
		for i := range n {
			if !yield(i) {
				return nil
			}
		}
		return err
	}
}

// What is read ahead comes whole and in order, with the error behind it.
func TestAhead(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, n := range []int{0, 1, aheadPiece - 1, aheadPiece, aheadPiece + 1, 9*aheadPiece + 7} {
		for _, want := range []error{nil, broken} {
			ended, got := false, []int(nil)
			var failed error
			for i, err := range ahead(t.Context(), count(n, want, &ended)) {
				if err != nil {
					failed = err
					break
				}
				got = append(got, i)
			}
			whole := n / aheadPiece * aheadPiece // an unfinished piece is lost with an error
			if want == nil {
				whole = n
			}
			var all []int
			for i := range whole {
				all = append(all, i)
			}
			if d := cmp.Diff(all, got); d != "" || !errors.Is(failed, want) || (failed == nil) != (want == nil) || !ended {
				t.Errorf("%d numbers, then %v: %v, ended %v, %s", n, want, failed, ended, d)
			}
		}
	}
}

// A loop that is left waits until nobody reads any more: the transaction may be
// ended then.
func TestAheadLeft(t *testing.T) {
	t.Parallel()
	for _, leaveAt := range []int{0, 1, aheadPiece, 3 * aheadPiece} {
		ended := false
		for i := range ahead(t.Context(), count(100*aheadPiece, nil, &ended)) {
			if i == leaveAt {
				break
			}
		}
		if !ended {
			t.Errorf("left at %d: it is still read", leaveAt)
		}
	}
}

// A context that ends is told.
func TestAheadCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := false
	var failed error
	for i, err := range ahead(ctx, count(100*aheadPiece, nil, &ended)) {
		failed = err
		if i == 10 {
			cancel()
		}
	}
	if !errors.Is(failed, context.Canceled) || !ended {
		t.Errorf("%v, ended %v", failed, ended)
	}
}
