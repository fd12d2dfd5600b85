// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// Records of old workbooks ([MS-XLS] 2.3), as far as a list needs them.
const (
	biffFormula    = 0x0006
	biffEOF        = 0x000a
	biffDateMode   = 0x0022
	biffFilePass   = 0x002f
	biffContinue   = 0x003c
	biffCodePage   = 0x0042
	biffColInfo    = 0x007d
	biffBoundSheet = 0x0085
	biffMulRK      = 0x00bd
	biffMulBlank   = 0x00be
	biffRString    = 0x00d6
	biffXF         = 0x00e0
	biffMerged     = 0x00e5
	biffSST        = 0x00fc
	biffLabelSST   = 0x00fd
	biffBlank      = 0x0201
	biffNumber     = 0x0203
	biffLabel      = 0x0204
	biffBoolErr    = 0x0205
	biffString     = 0x0207
	biffRow        = 0x0208
	biffArray      = 0x0221
	biffTable      = 0x0236
	biffRK         = 0x027e
	biffFormat     = 0x041e
	biffShared     = 0x04bc
	biffBOF        = 0x0809
)

var (
	errRecordsEnd  = errors.New("it ends in the middle of its contents")
	errRecordShort = errors.New("one of its records is too short for what it is")
)

// record is one record; data is a part of the stream.
type record struct {
	id   uint16
	data []byte
	end  int // where the next one begins
}

func recordAt(stream []byte, at int) (record, error) {
	if at < 0 || len(stream)-at < 4 {
		return record{}, errRecordsEnd
	}
	length := int(binary.LittleEndian.Uint16(stream[at+2:]))
	if len(stream)-at-4 < length {
		return record{}, errRecordsEnd
	}
	return record{binary.LittleEndian.Uint16(stream[at:]), stream[at+4 : at+4+length], at + 4 + length}, nil
}

// substream reads the records of the workbook or of a sheet, up to its end.
// Charts inside of a sheet have records like those of cells, and are passed over.
type substream struct {
	stream []byte
	at     int
	inside int // charts that are open
}

func (s *substream) next() (record, error) {
	for {
		r, err := recordAt(s.stream, s.at)
		if err != nil {
			return record{}, err
		}
		s.at = r.end
		switch {
		case r.id == biffBOF:
			s.inside++
		case r.id == biffEOF && s.inside == 0:
			return record{}, io.EOF
		case r.id == biffEOF:
			s.inside--
		case s.inside == 0:
			return r, nil
		}
	}
}

// pieces reads what goes on in the CONTINUE records behind a record.
type pieces struct {
	stream []byte
	rest   []byte // of the record that is being read
	at     int    // where the record behind it begins
}

func (p *pieces) more() error {
	for len(p.rest) == 0 {
		r, err := recordAt(p.stream, p.at)
		if err != nil {
			return err
		}
		if r.id != biffContinue {
			return errRecordsEnd
		}
		p.rest, p.at = r.data, r.end
	}
	return nil
}

// uint reads a number of n bytes, the lowest first.
func (p *pieces) uint(n int) (int, error) {
	v := 0
	for i := range n {
		if err := p.more(); err != nil {
			return 0, err
		}
		v |= int(p.rest[0]) << (8 * i)
		p.rest = p.rest[1:]
	}
	return v, nil
}

func (p *pieces) skip(n int) error {
	for n > 0 {
		if err := p.more(); err != nil {
			return err
		}
		m := min(n, len(p.rest))
		p.rest, n = p.rest[m:], n-m
	}
	return nil
}

// appendText reads a text of Unicode ([MS-XLS] 2.5.293 and 2.5.294) and adds it to
// b: its length in so many bytes, how its letters are written, and the letters. The
// sound of East Asian words and the look of single letters are passed over.
func (p *pieces) appendText(b []byte, lengthBytes int) ([]byte, error) {
	length, err := p.uint(lengthBytes)
	if err != nil {
		return b, err
	}
	flags, err := p.uint(1)
	if err != nil {
		return b, err
	}
	behind := 0
	if flags&8 != 0 {
		runs, err := p.uint(2)
		if err != nil {
			return b, err
		}
		behind = 4 * runs
	}
	if flags&4 != 0 {
		sound, err := p.uint(4)
		if err != nil {
			return b, err
		}
		behind += sound
	}
	if b, err = p.appendLetters(b, length, flags&1 != 0); err != nil {
		return b, err
	}
	return b, p.skip(behind)
}

// appendLetters reads length units of UTF-16: of two bytes where wide, else of one,
// the high one left out. Where the text goes on in another record, that says anew
// which of them it is.
func (p *pieces) appendLetters(b []byte, length int, wide bool) ([]byte, error) {
	high := rune(0) // the first half of a letter that needs two
	for length > 0 {
		if len(p.rest) == 0 {
			flags, err := p.uint(1)
			if err != nil {
				return b, err
			}
			wide = flags&1 != 0
			continue
		}
		unit := rune(p.rest[0])
		if wide {
			if len(p.rest) < 2 {
				return b, errRecordsEnd
			}
			unit |= rune(p.rest[1]) << 8
			p.rest = p.rest[2:]
		} else {
			p.rest = p.rest[1:]
		}
		length--
		low := unit >= 0xdc00 && unit <= 0xdfff
		if high != 0 && low {
			b, high = utf8.AppendRune(b, (high-0xd800)<<10+(unit-0xdc00)+0x10000), 0
			continue
		}
		if high != 0 {
			b, high = utf8.AppendRune(b, utf8.RuneError), 0
		}
		if unit >= 0xd800 && unit <= 0xdbff {
			high = unit
			continue
		}
		b = utf8.AppendRune(b, unit) // half a letter becomes U+FFFD
	}
	if high != 0 {
		b = utf8.AppendRune(b, utf8.RuneError)
	}
	return b, nil
}

// byteText reads a text as workbooks before 1997 write it: bytes of a code page.
func (p *pieces) byteText(lengthBytes int, by encoding.Encoding) (string, error) {
	length, err := p.uint(lengthBytes)
	if err != nil {
		return "", err
	}
	raw := make([]byte, 0, min(length, len(p.rest)))
	for len(raw) < length {
		if err := p.more(); err != nil {
			return "", err
		}
		n := min(length-len(raw), len(p.rest))
		raw, p.rest = append(raw, p.rest[:n]...), p.rest[n:]
	}
	text, err := by.NewDecoder().Bytes(raw)
	return string(text), err
}
