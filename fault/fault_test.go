// SPDX-License-Identifier: Apache-2.0

package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want string
		http int
		exit int
	}{
		{"none", nil, "internal", 200, 0},
		{"unknown", errors.New("disk on fire"), "internal", 500, 1},
		{"invalid", fmt.Errorf("%w: row 3", Invalid), "invalid", 422, ExitInvalid},
		{"not found", NotFound, "not-found", 404, ExitNotFound},
		{"conflict", Conflict, "conflict", 409, ExitConflict},
		{"forbidden", Forbidden, "forbidden", 403, ExitDenied},
		{"unavailable", Unavailable, "unavailable", 503, ExitUnavail},
		{"tampered", Tampered, "tampered", 500, ExitTampered},
		{"tampered is never hidden", fmt.Errorf("%w: %w", Unavailable, Tampered), "tampered", 500, ExitTampered},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := Name(test.err); got != test.want {
				t.Errorf("Name = %q, want %q", got, test.want)
			}
			if got := HTTPStatus(test.err); got != test.http {
				t.Errorf("HTTPStatus = %d, want %d", got, test.http)
			}
			if got := ExitCode(test.err); got != test.exit {
				t.Errorf("ExitCode = %d, want %d", got, test.exit)
			}
		})
	}
}

func TestWrapKeepsKind(t *testing.T) {
	t.Parallel()
	act := func() (err error) {
		defer Wrap(&err, "store.Open(%q)", "a")
		return fmt.Errorf("%w: locked", Unavailable)
	}
	err := act()
	if !errors.Is(err, Unavailable) {
		t.Errorf("kind lost: %v", err)
	}
	if want := `store.Open("a"): not available: locked`; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if kind, ok := KindOf(err); !ok || kind != Unavailable {
		t.Errorf("KindOf = %v, %v", kind, ok)
	}
}
