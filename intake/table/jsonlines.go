// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// A list in JSON lines is read line by line, so that a line that is none is refused
// and those behind it are read.

// byLine is true of a text whose first line looks like one object, and whose second
// one begins with another. Objects over several lines are read by the decoder.
func (t *jsonRows) byLine() bool {
	head, _ := t.text.Peek(headSize) // what cannot be read is told when it is read
	first, rest, ended := bytes.Cut(bytes.TrimLeft(head, lineSpace), []byte("\n"))
	first, rest = bytes.TrimSpace(first), bytes.TrimLeft(rest, lineSpace)
	return ended && len(first) > 1 && first[0] == '{' && first[len(first)-1] == '}' && len(rest) > 0 && rest[0] == '{'
}

// lineSpace stands between lines: white space, and the sign that begins a text in
// sequences of JSON (RFC 7464).
const lineSpace = " \t\r\n\x1e"

// nextLine reads the next object of a list in lines. Objects that stand in one line
// are rows of their own.
func (t *jsonRows) nextLine() (found, error) {
	for t.dec == nil || !t.dec.More() {
		line, long, err := readLine(t.text, t.opt.Limits.Row)
		if err != nil {
			return found{}, t.lineEnds(err)
		}
		if line = bytes.Trim(line, lineSpace); len(line) == 0 && !long {
			continue
		}
		if why := wrongLine(line, long, t.opt.Limits.Row); why != "" {
			t.number++
			t.dec = nil
			return found{number: t.number, refused: t.refuse(why, "an object on each line, in UTF-8 or in the encoding that the mapping names")}, nil
		}
		t.dec = json.NewDecoder(bytes.NewReader(line))
		t.dec.UseNumber()
	}
	token, err := t.dec.Token()
	if err != nil {
		return found{}, t.failed(err)
	}
	return t.row(token)
}

func (t *jsonRows) lineEnds(err error) error {
	t.dec = nil
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return fmt.Errorf("reading %s after row %d: %w", t.opt.File, t.number, err)
}

// readLine reads a line; of one that is longer than limit its beginning.
func readLine(in *bufio.Reader, limit int) (line []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > limit {
			long = true
		} else if !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && (len(line) > 0 || long):
			return line, long, nil
		default:
			return line, long, err
		}
	}
}

// wrongLine says why a line holds no JSON, "" where it does. What stands there is not
// said: it can be somebody's name.
func wrongLine(line []byte, long bool, limit int) string {
	switch {
	case long:
		return fmt.Sprintf("the line is longer than %d bytes", limit)
	case !utf8.Valid(line):
		return "the line is not UTF-8: bytes " + hexOf(line) + " (hex)"
	case json.Valid(line):
		return ""
	}
	d := json.NewDecoder(bytes.NewReader(line))
	for {
		var one json.RawMessage
		err := d.Decode(&one)
		if errors.Is(err, io.EOF) {
			return ""
		}
		if err != nil {
			return "the line is no JSON behind its byte " + strconv.FormatInt(d.InputOffset(), 10)
		}
	}
}

// utf8Marks puts U+FFFD for bytes that are no UTF-8, as the decoder of JSON would in
// silence, and knows where.
type utf8Marks struct {
	out int64 // bytes written
	bad []badByte
}

type badByte struct {
	at int64 // where U+FFFD stands
	b  byte
}

// Reset is asked for by transform.Transformer.
func (u *utf8Marks) Reset() {}

// Transform is transform.Transformer's.
func (u *utf8Marks) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	defer func() { u.out += int64(nDst) }()
	for nSrc < len(src) {
		r, size := utf8.DecodeRune(src[nSrc:])
		wrong := r == utf8.RuneError && size == 1
		if wrong && !atEOF && !utf8.FullRune(src[nSrc:]) {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		if wrong {
			u.bad = append(u.bad, badByte{u.out + int64(nDst), src[nSrc]})
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += size
	}
	return nDst, nSrc, nil
}

// between are the bytes that were no UTF-8, in hex and at most four, between two places
// in what was written; "" where there are none. Those before are forgotten.
func (u *utf8Marks) between(from, to int64) string {
	var found []byte
	n := 0
	for n < len(u.bad) && u.bad[n].at < to {
		if u.bad[n].at >= from && len(found) < 4 {
			found = append(found, u.bad[n].b)
		}
		n++
	}
	u.bad = append(u.bad[:0], u.bad[n:]...)
	if len(found) == 0 {
		return ""
	}
	return fmt.Sprintf("% x", found)
}
