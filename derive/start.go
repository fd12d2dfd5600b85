// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"recount/fault"
)

// exitMemory is the exit code of a child that ended itself because it held
// more memory than it may.
const exitMemory = 9

// run starts one child for a request and answers its frame. It waits for a
// free place among the children, as long as ctx allows; it never tries twice.
func (r *Runner) run(ctx context.Context, q request, open Opener) (frame, error) {
	r.begin()
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return frame{}, fmt.Errorf("waiting for a free reader: %w", ctx.Err())
	}
	if err := ctx.Err(); err != nil {
		return frame{}, err
	}
	l := r.Limits.orDefault()
	program, err := filepath.Abs(r.Program)
	if r.Program == "" || err != nil {
		return frame{}, fmt.Errorf("%w: no program is set that reads exhibits", fault.Unavailable)
	}
	q.Memory, q.PDFToText = l.Memory, r.pdfToText(q.Kind)
	line, err := json.Marshal(q)
	if err != nil {
		return frame{}, fmt.Errorf("asking: %w", err)
	}
	during, stop := context.WithTimeoutCause(ctx, l.Wall, errWall)
	defer stop()
	reading, stopReading := context.WithCancel(during)
	defer stopReading()
	in, err := open(reading)
	if err != nil {
		return frame{}, err
	}
	f := feed{in: in, stop: stopReading, ended: make(chan struct{})}
	out, end, err := r.attend(during, program, q.Kind, l, &f, append(line, '\n'))
	if broken := f.broken(); broken != nil && ctx.Err() == nil && !errors.Is(broken, context.DeadlineExceeded) {
		return frame{}, broken
	}
	if err != nil {
		return frame{}, explain(ctx, during, l, end, err)
	}
	return parseFrame(out)
}

var errWall = errors.New("out of time")

// pdfToText is where the program is, "" where there is none.
func (r *Runner) pdfToText(kind Kind) string {
	if kind != KindText {
		return ""
	}
	name := r.PDFToText
	if name == "" {
		name = "pdftotext"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	if path, err = filepath.Abs(path); err != nil {
		return ""
	}
	return path
}

// ending is what is known of a child that ended.
type ending struct {
	state  *os.ProcessState // nil: it was not started
	errors string           // the beginning of what it wrote to standard error; may hold the exhibit's content
	full   bool             // it answered more than it may
}

// attend starts the child, feeds it, and waits for its end.
func (r *Runner) attend(ctx context.Context, program string, kind Kind, l Limits, f *feed, line []byte) ([]byte, ending, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := exec.CommandContext(ctx, program, Arguments(kind, l)...)
	c.Env, c.Dir = []string{}, string(filepath.Separator)
	ownGroup(c)
	c.Cancel = func() error { return killGroup(c.Process) }
	c.WaitDelay = time.Second
	out, problems := &bounded{limit: l.Output, full: stop}, &bounded{limit: 4 << 10}
	c.Stdout, c.Stderr = out, problems
	to, err := c.StdinPipe()
	if err != nil {
		close(f.ended)
		return nil, ending{}, errors.Join(err, f.in.Close())
	}
	r.starts.Add(1)
	if err := c.Start(); err != nil {
		close(f.ended)
		return nil, ending{}, errors.Join(fmt.Errorf("%w: the program that reads exhibits cannot be started: %w", fault.Unavailable, err), f.in.Close())
	}
	go f.run(to, line)
	err = c.Wait()
	f.settle()
	end := ending{state: c.ProcessState, errors: problems.data.String(), full: out.over}
	if err == nil && end.full {
		err = errGarbled()
	}
	return out.data.Bytes(), end, err
}

// explain says why a child gave no result.
func explain(ctx, during context.Context, l Limits, end ending, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	lowMemory := strings.Contains(end.errors, "out of memory") || strings.Contains(end.errors, "cannot allocate memory")
	switch {
	case end.state == nil:
		return err
	case end.full:
		return fmt.Errorf("%w: what is in the file is larger than the %d MiB that can be shown", fault.Invalid, l.Output>>20)
	case context.Cause(during) != nil:
		return fmt.Errorf("%w: reading the file takes longer than %s", fault.Invalid, l.Wall)
	case end.state.ExitCode() == exitMemory, lowMemory:
		return fmt.Errorf("%w: reading the file takes more memory than %d MiB", fault.Invalid, l.Memory>>20)
	case killed(end.state) && end.state.UserTime()+end.state.SystemTime() >= l.CPU/4*3: // the system does not count both to the same tick
		return fmt.Errorf("%w: reading the file takes more computing time than %s", fault.Invalid, l.CPU)
	}
	return fmt.Errorf("%w: the reader of this file broke off (%s)", fault.Invalid, end.state)
}

// feed gives a child its request and the exhibit.
type feed struct {
	in    io.ReadCloser
	stop  func() // ends the reading
	ended chan struct{}

	mu   sync.Mutex
	over bool  // the child has ended: what happens to the exhibit from now on is nothing to it
	err  error // of reading the exhibit
}

func (f *feed) run(to io.WriteCloser, line []byte) {
	defer close(f.ended)
	if _, err := to.Write(line); err == nil {
		// That the child stops listening is no error: it may have all it wants.
		_, _ = io.Copy(to, (*noting)(f))
	}
	if err := f.in.Close(); err != nil {
		f.note(err)
	}
	_ = to.Close()
}

// noting reads the exhibit and notes an error before the child can see the end.
type noting feed

func (n *noting) Read(p []byte) (int, error) {
	k, err := n.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		(*feed)(n).note(err)
	}
	return k, err
}

func (f *feed) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil && !f.over {
		f.err = err
	}
}

func (f *feed) broken() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// settle ends the reading and waits a moment for the exhibit to be closed. One
// whose Read does not come back is closed when it does.
func (f *feed) settle() {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	f.stop()
	patience := time.NewTimer(time.Second)
	defer patience.Stop()
	select {
	case <-f.ended:
	case <-patience.C:
	}
}

// bounded keeps what is written up to its limit. Beyond it, it calls full, or
// drops what comes where there is none.
type bounded struct {
	data  bytes.Buffer
	limit int64
	full  func()
	over  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := b.limit - int64(b.data.Len())
	if int64(len(p)) <= room {
		return b.data.Write(p)
	}
	b.over = true
	b.data.Write(p[:room])
	if b.full == nil {
		return len(p), nil
	}
	b.full()
	return 0, io.ErrShortWrite
}
