// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"recount/fault"
)

const openingLine = "recount opening/1"

// NoSeq stands for the number of a leaf that is no entry: a row or a line.
const NoSeq int64 = -1

// MarshalOpening is an opening as a file: that of the entry seq, or with
// NoSeq that of a row.
func MarshalOpening(origin string, seq int64, o Opening) []byte {
	var b bytes.Buffer
	b.WriteString(openingLine + "\n" + origin + "\n")
	if seq == NoSeq {
		b.WriteString("-\n")
	} else {
		b.WriteString(strconv.FormatInt(seq, 10) + "\n")
	}
	b.WriteString(o.Kind + "\n")
	for _, f := range o.Fields {
		line := append([]byte(f.Name), ' ')
		b.Write(appendToken(line, f))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// ParseOpening reads exactly what MarshalOpening writes. It takes kinds that
// this release does not know; Opening.Leaf is what checks the fields.
func ParseOpening(b []byte) (origin string, seq int64, o Opening, err error) {
	fail := func(err error) (string, int64, Opening, error) {
		return "", 0, Opening{}, fmt.Errorf("opening: %w", err)
	}
	lines, err := splitLines(b, openingLine, maxLine)
	if err != nil {
		return fail(err)
	}
	if len(lines) < 4 || len(lines) > 3+maxFields {
		return fail(fmt.Errorf("%w: %d lines; origin, number, kind and 1 to %d fields are accepted", fault.Invalid, len(lines), maxFields))
	}
	origin = lines[0]
	if err := checkOrigin(origin); err != nil {
		return fail(err)
	}
	seq = NoSeq
	if lines[1] != "-" {
		if seq, err = parseNumber(lines[1]); err != nil {
			return fail(err)
		}
	}
	o.Kind = lines[2]
	if err := checkKindName(o.Kind); err != nil {
		return fail(err)
	}
	o.Fields = make([]OpenField, len(lines)-3)
	for j, line := range lines[3:] {
		name, token, found := strings.Cut(line, " ")
		if !found {
			return fail(fmt.Errorf("%w: field %d: a name, a space and a token are accepted", fault.Invalid, j+1))
		}
		if err := checkFieldName(name); err != nil {
			return fail(fmt.Errorf("field %d: %w", j+1, err))
		}
		if o.Fields[j], err = parseToken(name, token); err != nil {
			return fail(err)
		}
	}
	return origin, seq, o, nil
}

// maxLine bounds the base64 of the fields of one leaf, in bytes.
const maxLine = 96 << 20

// appendToken writes a field as "o:salt:value" or "c:commitment" in base64.
// An open value that encodes nothing is written as absent.
func appendToken(b []byte, f OpenField) []byte {
	if !f.Open {
		return std.AppendEncode(append(b, "c:"...), f.Commitment[:])
	}
	b = std.AppendEncode(append(b, "o:"...), f.Salt[:])
	return std.AppendEncode(append(b, ':'), []byte(f.Value.encoded()))
}

func parseToken(name, token string) (OpenField, error) {
	f := OpenField{Name: name}
	if s, ok := strings.CutPrefix(token, "c:"); ok {
		if err := decode64(f.Commitment[:], s); err != nil {
			return OpenField{}, fmt.Errorf("commitment of %s: %w", name, err)
		}
		return f, nil
	}
	s, ok := strings.CutPrefix(token, "o:")
	salt, value, found := strings.Cut(s, ":")
	if !ok || !found {
		return OpenField{}, fmt.Errorf("%w: field %s: \"o:\" salt \":\" value, or \"c:\" commitment, is accepted", fault.Invalid, name)
	}
	f.Open = true
	if err := decode64(f.Salt[:], salt); err != nil {
		return OpenField{}, fmt.Errorf("salt of %s: %w", name, err)
	}
	b, err := decodeAny(value, 1+MaxField)
	if err != nil {
		return OpenField{}, fmt.Errorf("value of %s: %w", name, err)
	}
	f.Value = Value(b)
	if err := f.Value.check(); err != nil {
		return OpenField{}, fmt.Errorf("value of %s: %w", name, err)
	}
	return f, nil
}
