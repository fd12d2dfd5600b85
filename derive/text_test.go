// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"
)

// runner starts the test's own binary.
func runner(t testing.TB) *Runner {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &Runner{Program: program}
}

// holding opens data.
func holding(data []byte) Opener {
	return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

func TestPlain(t *testing.T) {
	t.Parallel()
	got, err := runner(t).Text(t.Context(), "a", holding([]byte("One.\r\nZwei: \u00e4.\n\nThree")), 1)
	t.Logf("%+v %v", got, err)
}
