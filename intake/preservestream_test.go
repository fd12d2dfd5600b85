// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"recount/intake"
)

// TestPreserveStream: bytes without a file are preserved as those of a file
// are; a stream that breaks off leaves nothing, and what a name claims about
// its type is kept beside what the bytes are.
func TestPreserveStream(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const text = "the mill burned for two days\n"
	p, err := d.clerk.PreserveStream(t.Context(), "photo.png", strings.NewReader(text), intake.Delivery{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Known || p.Exhibit.MediaType != "text/plain" || p.Exhibit.FileName != "photo.png" || !strings.Contains(p.Exhibit.Custody, "image/png") {
		t.Errorf("preserved as %+v", p.Exhibit)
	}
	again, err := d.clerk.PreserveStream(t.Context(), "other.txt", strings.NewReader(text), intake.Delivery{})
	if err != nil || !again.Known || again.Exhibit.Exhibit != p.Exhibit.Exhibit {
		t.Errorf("the same bytes again: %+v, %v", again, err)
	}
	cut := io.MultiReader(strings.NewReader("begins and is cut"), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := d.clerk.PreserveStream(t.Context(), "cut.txt", cut, intake.Delivery{}); err == nil {
		t.Error("a short file that was cut off is preserved as a whole one")
	}
	broken := errors.New("the connection was lost")
	_, err = d.clerk.PreserveStream(t.Context(), "long.txt", io.MultiReader(strings.NewReader("begins"), iotest.ErrReader(broken)), intake.Delivery{})
	if !errors.Is(err, broken) {
		t.Errorf("a broken stream: %v", err)
	}
}
