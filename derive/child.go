// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"time"

	"recount/fault"
)

// Arguments are those of the hidden command that a Runner starts: "derive",
// the kind, so that a person who lists processes sees what one does, and the
// limits that it must put on itself. Nothing of the exhibit is among them.
func Arguments(kind Kind, l Limits) []string {
	l = l.orDefault()
	return []string{"derive", string(kind), "--memory=" + strconv.FormatInt(l.Memory, 10), "--cpu=" + l.CPU.String()}
}

// Child is the hidden command. It lowers the limits of its own process, for
// good, then reads a request and the exhibit from in, and writes one frame to
// out. Only Memory and CPU of l are used; the parent sees to the others. The
// error is of what went wrong beside the file: a file that cannot be shown is
// answered in the frame.
//
// What holds where. Linux: the memory that can be written to (RLIMIT_DATA) and
// reserved (RLIMIT_AS), computing time, no new files with content, 64 open
// files, no core, no new privileges, first to go when the machine is short of
// memory. Other Unix systems: computing time, files and core; memory by
// looking twenty times a second. Windows: memory by looking. Nowhere is the
// network or the reading of other files taken away: the child has the rights
// of who runs the server.
func Child(l Limits, in io.Reader, out io.Writer) error {
	l = l.orDefault()
	debug.SetMemoryLimit(l.Memory / 4 * 3)
	if err := confine(l); err != nil {
		return fmt.Errorf("lowering the limits of this process: %w", err)
	}
	go watchMemory(l.Memory)
	return answer(in, out)
}

// watchMemory ends the process when it holds more than it may. On Linux the
// system would refuse it more at about the same size.
func watchMemory(limit int64) {
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(50 * time.Millisecond) {
		metrics.Read(held)
		if int64(held[0].Value.Uint64()-held[1].Value.Uint64()) > limit {
			os.Exit(exitMemory)
		}
	}
}

// maxRequest is how long the line of a request may be, in bytes.
const maxRequest = 64 << 10

// answer reads a request and the exhibit, and writes the frame.
func answer(in io.Reader, out io.Writer) error {
	r := bufio.NewReaderSize(in, maxRequest)
	line, err := r.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("reading what is asked for: %w", err)
	}
	var q request
	if err := json.Unmarshal(line, &q); err != nil {
		return fmt.Errorf("reading what is asked for: %w", err)
	}
	f, err := produce(q, r)
	if err != nil {
		f = failed(err)
	}
	return f.write(out)
}

// produce makes the result. A decoder that panics has met a file it cannot read.
func produce(q request, r *bufio.Reader) (f frame, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: the file is damaged in a way that its reader cannot cope with", fault.Invalid)
		}
	}()
	head, err := r.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return frame{}, fmt.Errorf("reading the file: %w", err)
	}
	if len(head) == 0 {
		return frame{}, fmt.Errorf("%w: the file is empty", fault.Invalid)
	}
	var result any
	switch q.Kind {
	case KindText, KindSource:
		result, err = makeText(q, detect(head), r)
	case KindTable:
		result, err = makeTable(q, detect(head), r)
	case KindPicture:
		var p Picture
		if p, err = makePicture(q, detect(head), r); err == nil {
			f.body, result = p.PNG, p
		}
	default:
		err = fmt.Errorf("%w: no kind %q; accepted: text, source, table, picture", fault.Invalid, q.Kind)
	}
	if err != nil {
		return frame{}, err
	}
	f.status = isResult
	if f.head, err = json.Marshal(result); err != nil {
		return frame{}, fmt.Errorf("writing the result: %w", err)
	}
	return f, nil
}

// failed is the frame of an error.
func failed(err error) frame {
	f := frame{status: isInvalid}
	text := err.Error()
	kind, ok := fault.KindOf(err)
	switch {
	case !ok:
		text = "the file cannot be read: " + text
	case errors.Is(kind, fault.Unavailable):
		f.status = isUnavailable
	case errors.Is(kind, fault.NotFound):
		f.status = isNotFound
	}
	if ok {
		text = withoutKind(text, kind)
	}
	f.head, _ = json.Marshal(oneLine(text)) // a string can always be written
	return f
}

// withoutKind is text without the kind's words in front, which the parent puts
// there again.
func withoutKind(text string, kind error) string {
	if front := kind.Error() + ": "; len(text) > len(front) && text[:len(front)] == front {
		return text[len(front):]
	}
	return text
}
