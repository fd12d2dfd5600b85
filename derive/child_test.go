// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"recount/fault"
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

// refused holds an error to a kind and to words of its reason.
func refused(t *testing.T, err, kind error, words string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), words) {
		t.Errorf("answered %v, wanted %v with %q", err, kind, words)
	}
}

// endless gives the same bytes for ever, or up to left of them.
type endless struct {
	bytes []byte
	at    int
	left  int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), e.left)]
	for i := range p {
		p[i] = e.bytes[e.at]
		e.at = (e.at + 1) % len(e.bytes)
	}
	e.left -= int64(len(p))
	return len(p), nil
}

func (e *endless) Close() error { return nil }

// TestChildrenThatMisbehave: children as a hostile file could make of ours. The
// kinds are those of TestMain.
func TestChildrenThatMisbehave(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, words string
		limits      Limits
	}{
		{"hangs", "takes longer than 300ms", Limits{Wall: 300 * time.Millisecond}},
		{"garbage", "no result", Limits{}},
		{"endless", "larger than the 1 MiB", Limits{Output: 1 << 20}},
		{"lies", "no result", Limits{}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			r := runner(t)
			r.Limits = c.limits
			_, err := derived(t.Context(), r, "", request{Kind: Kind(c.kind), Width: 10}, holding([]byte("x")), checkPicture)
			refused(t, err, fault.Invalid, c.words)
			if n := r.starts.Load(); n != 1 {
				t.Errorf("%d children were started, 1 was wanted", n)
			}
		})
	}
}

// TestHardLimits: limits of the system itself, with a child that does nothing
// to hold to them.
func TestHardLimits(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux holds a child to its memory")
	}
	for _, c := range []struct{ kind, words string }{
		{"hoards", "more memory than 200 MiB"},
		{"spins", "more computing time than 1s"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			r := runner(t)
			r.Limits = Limits{Memory: 200 << 20, CPU: time.Second, Wall: time.Minute}
			_, err := derived(t.Context(), r, "", request{Kind: Kind(c.kind)}, holding([]byte("x")), checkText)
			refused(t, err, fault.Invalid, c.words)
		})
	}
}

// TestWatchedMemory: the limit that every system has.
func TestWatchedMemory(t *testing.T) {
	t.Parallel()
	r := runner(t)
	r.Limits = Limits{Memory: 200 << 20, Wall: time.Minute}
	_, err := derived(t.Context(), r, "", request{Kind: "hoards-watched"}, holding([]byte("x")), checkText)
	refused(t, err, fault.Invalid, "more memory than 200 MiB")
}

func TestProgramThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"", filepath.Join(t.TempDir(), "recount")} {
		r := &Runner{Program: program}
		_, err := r.Text(t.Context(), "", holding([]byte("x")), 1)
		refused(t, err, fault.Unavailable, "exhibits")
	}
}

// closing notes that an exhibit was closed.
type closing struct {
	io.Reader
	closed chan struct{}
}

func (c closing) Close() error { close(c.closed); return nil }

// failing gives some bytes and then an error.
type failing struct {
	data io.Reader
	err  error
}

func (f failing) Read(p []byte) (int, error) {
	n, err := f.data.Read(p)
	if errors.Is(err, io.EOF) {
		err = f.err
	}
	return n, err
}

// TestExhibitThatCannotBeRead: what reading it answers is passed on, and a child
// that made something of its beginning is not believed.
func TestExhibitThatCannotBeRead(t *testing.T) {
	t.Parallel()
	r := runner(t)
	tampered := fmt.Errorf("%w: chunk 3", fault.Tampered)
	_, err := r.Text(t.Context(), "k", func(context.Context) (io.ReadCloser, error) { return nil, tampered }, 1)
	refused(t, err, fault.Tampered, "chunk 3")
	c := closing{failing{strings.NewReader("All is well."), tampered}, make(chan struct{})}
	_, err = r.Text(t.Context(), "k", func(context.Context) (io.ReadCloser, error) { return c, nil }, 1)
	refused(t, err, fault.Tampered, "chunk 3")
	<-c.closed
	if _, kept := r.kept.get("k", request{Kind: KindText, Page: 1}.slot()); kept {
		t.Error("a result of an exhibit that does not match is kept")
	}
}

// TestEndlessExhibits: 2 GiB that were never in a file.
func TestEndlessExhibits(t *testing.T) {
	t.Parallel()
	const size = 2 << 30
	r := runner(t)
	r.Limits = Limits{CPU: 20 * instrumented * time.Second, Wall: 30 * instrumented * time.Second}
	of := func(s string) Opener {
		return func(context.Context) (io.ReadCloser, error) { return &endless{bytes: []byte(s), left: size}, nil }
	}
	text, err := r.Text(t.Context(), "", of("Nothing new today.\n"), 2)
	if err != nil {
		t.Fatal(err)
	}
	if !text.Cut || text.Exact || text.Total != maxText || len(text.Paragraphs) == 0 {
		t.Errorf("cut %v, exact %v, %d characters", text.Cut, text.Exact, text.Total)
	}
	rows, err := r.Table(t.Context(), "", of("one,two\n"), "", 10, 20)
	if err != nil || len(rows.Rows) != 11 || !rows.More {
		t.Errorf("%d rows, more: %v, %v", len(rows.Rows), rows.More, err)
	}
	_, err = r.Picture(t.Context(), "", of("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), 100)
	refused(t, err, fault.Invalid, "128 MiB")
}

func TestContext(t *testing.T) {
	t.Parallel()
	r := runner(t)
	ctx, stop := context.WithCancel(t.Context())
	stuck := make(chan struct{})
	c := closing{readerFunc(func([]byte) (int, error) { stop(); <-stuck; return 0, io.EOF }), make(chan struct{})}
	_, err := r.Text(ctx, "", func(context.Context) (io.ReadCloser, error) { return c, nil }, 1)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("answered %v", err)
	}
	close(stuck)
	<-c.closed

	for range cap(r.slots) { // all places are taken
		r.slots <- struct{}{}
	}
	ctx, stop = context.WithCancel(t.Context())
	stop()
	if _, err = r.Text(ctx, "", holding([]byte("x")), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting answered %v", err)
	}
	if n := r.starts.Load(); n != 1 {
		t.Errorf("%d children were started, 1 was wanted", n)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
