// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf16"
)

// packed are numbers and bytes one behind the other: uint8, uint16, uint32, float64,
// string and []byte.
func packed(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch v := p.(type) {
		case uint8:
			b = append(b, v)
		case uint16:
			b = binary.LittleEndian.AppendUint16(b, v)
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, v)
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		case string:
			b = append(b, v...)
		case []byte:
			b = append(b, v...)
		default:
			panic(fmt.Sprintf("%T", p))
		}
	}
	return b
}

// biff is a record.
func biff(id uint16, parts ...any) []byte {
	data := packed(parts...)
	return packed(id, uint16(len(data)), data)
}

// wide are the letters of a text, each unit two bytes.
func wide(s string) (units []byte, length int) {
	for _, u := range utf16.Encode([]rune(s)) {
		units = binary.LittleEndian.AppendUint16(units, u)
		length++
	}
	return units, length
}

// long is a text whose length has two bytes, short one whose length has one.
func long(s string) []byte {
	units, n := wide(s)
	return packed(uint16(n), uint8(1), units)
}

func short(s string) []byte {
	units, n := wide(s)
	return packed(uint8(n), uint8(1), units)
}

var biffEnd = string(biff(biffEOF))

func bof(kind uint16) []byte {
	return biff(biffBOF, uint16(biff8), kind, uint32(0), uint32(0), uint32(6))
}

// oldSheet is a sheet of an old workbook: its name, its state, and its records.
type oldSheet struct {
	name    string
	state   uint8
	kind    uint8
	records []byte
}

// oldStream is the stream of a workbook of Excel 97 with four styles: 0 plain, 1 a
// day, 2 a month, 3 day and time.
func oldStream(globals []byte, sheets ...oldSheet) []byte {
	globals = packed(globals, biff(biffFormat, uint16(165), long(`mmm\-yy;@`)))
	for _, format := range []uint16{0, 14, 165, 22} {
		globals = append(globals, biff(biffXF, uint16(0), format, make([]byte, 16))...)
	}
	named := 0
	for _, s := range sheets {
		named += len(biff(biffBoundSheet, uint32(0), s.state, s.kind, short(s.name)))
	}
	at := len(bof(5)) + len(globals) + named + len(biffEnd)
	stream := packed(bof(5), globals)
	var behind []byte
	for _, s := range sheets {
		stream = append(stream, biff(biffBoundSheet, uint32(at+len(behind)), s.state, s.kind, short(s.name))...)
		behind = packed(behind, bof(0x10), s.records, biffEnd)
	}
	return packed(stream, biffEnd, behind)
}

// oldBook is a workbook of one sheet "people".
func oldBook(records ...any) []byte {
	return compoundOf("Workbook", oldStream(nil, oldSheet{name: "people", records: packed(records...)}))
}

// oldRow are cells that hold texts.
func oldRow(row uint16, texts ...string) []byte {
	var b []byte
	for i, s := range texts {
		if s != "" {
			b = append(b, biff(biffLabel, row, uint16(i), uint16(0), long(s))...)
		}
	}
	return b
}

// compoundOf is a compound file of streams: names and contents by turns. They are
// filled up so that each has sectors of its own.
func compoundOf(parts ...any) []byte {
	const sector, least, free, end = 512, 4096, 0xffffffff, 0xfffffffe
	var body []byte
	var fat []uint32
	add := func(data []byte) (first uint32) {
		first = uint32(len(fat))
		data = append([]byte(nil), data...)
		data = append(data, make([]byte, (sector-len(data)%sector)%sector)...)
		for n := range len(data) / sector {
			fat = append(fat, first+uint32(n)+1)
		}
		fat[len(fat)-1] = end
		body = append(body, data...)
		return first
	}
	entry := func(name string, kind uint8, right, child, first uint32, size int) []byte {
		units, _ := wide(name)
		return packed(units, make([]byte, 64-len(units)), uint16(len(units)+2), kind, uint8(1), uint32(free), right, child, make([]byte, 36), first, uint32(size), uint32(0))
	}
	directory := entry("Root Entry", 5, free, 1, end, 0)
	for i := 0; i < len(parts); i += 2 {
		data := append([]byte(nil), parts[i+1].([]byte)...)
		data = append(data, make([]byte, max(0, least-len(data)))...)
		right := uint32(i/2 + 2)
		if i+2 == len(parts) {
			right = free
		}
		directory = append(directory, entry(parts[i].(string), 2, right, free, add(data), len(data))...)
	}
	for len(directory)%sector != 0 {
		directory = append(directory, entry("", 0, free, free, 0, 0)...)
	}
	directoryAt := add(directory)
	sectors := 1 // of the FAT, which has an entry for each of its own
	for sectors*sector/4 < len(fat)+sectors {
		sectors++
	}
	difat := make([]uint32, 109)
	for i := range difat {
		difat[i] = free
		if i < sectors {
			difat[i] = uint32(len(fat) + i)
		}
	}
	for range sectors {
		fat = append(fat, 0xfffffffd)
	}
	for len(fat)%(sector/4) != 0 {
		fat = append(fat, free)
	}
	head := packed("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", make([]byte, 16), uint16(0x3e), uint16(3), uint16(0xfffe), uint16(9), uint16(6), make([]byte, 6),
		uint32(0), uint32(sectors), directoryAt, uint32(0), uint32(least), uint32(end), uint32(0), uint32(end), uint32(0))
	for _, n := range difat {
		head = binary.LittleEndian.AppendUint32(head, n)
	}
	for _, n := range fat {
		body = binary.LittleEndian.AppendUint32(body, n)
	}
	return append(head, body...)
}
