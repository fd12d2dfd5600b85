// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"recount/fault"
)

// frameMark begins every answer of a child.
const frameMark = "recount derive/1\n"

// What a frame holds.
const (
	isResult      = 'r' // head: the result as JSON; body: a picture's PNG
	isInvalid     = 'i' // head: the reason as a JSON string
	isUnavailable = 'u'
	isNotFound    = 'n'
)

// frame is the one thing that a child writes:
//
//	"recount derive/1\n" ‖ status ‖ uint32 ‖ head ‖ uint32 ‖ body
//
// Lengths are big-endian and in bytes; nothing follows.
type frame struct {
	status byte
	head   []byte
	body   []byte
}

func (f frame) write(w io.Writer) error {
	out := append([]byte(frameMark), f.status)
	out = binary.BigEndian.AppendUint32(out, uint32(len(f.head)))
	out = append(out, f.head...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(f.body)))
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("answering: %w", err)
	}
	if _, err := w.Write(f.body); err != nil {
		return fmt.Errorf("answering: %w", err)
	}
	return nil
}

// parseFrame reads a frame that came from a process which may have been taken
// over by a hostile file.
func parseFrame(data []byte) (frame, error) {
	rest, ok := bytes.CutPrefix(data, []byte(frameMark))
	if !ok || len(rest) == 0 {
		return frame{}, errGarbled()
	}
	f := frame{status: rest[0]}
	if !strings.ContainsRune("riun", rune(f.status)) {
		return frame{}, errGarbled()
	}
	rest = rest[1:]
	for _, part := range []*[]byte{&f.head, &f.body} {
		if len(rest) < 4 {
			return frame{}, errGarbled()
		}
		n := int64(binary.BigEndian.Uint32(rest))
		if rest = rest[4:]; n > int64(len(rest)) {
			return frame{}, errGarbled()
		}
		*part, rest = rest[:n:n], rest[n:]
	}
	if len(rest) > 0 || !json.Valid(f.head) || f.status != isResult && len(f.body) > 0 {
		return frame{}, errGarbled()
	}
	return f, nil
}

// maxReason is how many characters of a child's reason are passed on.
const maxReason = 500

// failure is the error that a frame states, nil where it has a result.
func (f frame) failure() error {
	kind := fault.Invalid
	switch f.status {
	case isResult:
		return nil
	case isUnavailable:
		kind = fault.Unavailable
	case isNotFound:
		kind = fault.NotFound
	}
	var reason string
	if json.Unmarshal(f.head, &reason) != nil || reason == "" {
		return errGarbled()
	}
	return fmt.Errorf("%w: %s", kind, oneLine(reason))
}

// oneLine is s without control characters, not longer than maxReason.
func oneLine(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxReason {
			return b.String() + "…"
		}
		if !unicode.IsPrint(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}
