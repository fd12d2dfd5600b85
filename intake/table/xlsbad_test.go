// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"recount/fault"
)

// TestXLSRefused: what cannot be read says so, and what would be accepted.
func TestXLSRefused(t *testing.T) {
	t.Parallel()
	ada := packed(oldRow(0, "n"), oldRow(1, "Ada"))
	one, two := oldSheet{name: "a", records: ada}, oldSheet{name: "b", records: ada}
	book := func(globals []byte, sheets ...oldSheet) []byte {
		return compoundOf("Workbook", oldStream(globals, sheets...))
	}
	plain := oldStream(nil, one)
	wrongAt := bytes.Replace(plain, []byte("\x85\x00\x0a\x00"), []byte("\x85\x00\x0a\x00\x01"), 1)
	nothing := make([]byte, 600)
	for name, tt := range map[string]struct {
		data []byte
		opt  Options
		want string
	}{
		"a password":                 {book(biff(biffFilePass, uint16(1), make([]byte, 52)), one), Options{}, "a workbook with a password; accepted: a workbook saved without a password, or CSV"},
		"a new one, encrypted":       {compoundOf("EncryptionInfo", nothing, "EncryptedPackage", nothing), Options{}, "a workbook or document with a password; accepted: a workbook saved without"},
		"a document":                 {compoundOf("1Table", nothing, "WordDocument", nothing), Options{}, "an old document, .doc, and no workbook; accepted: the document saved as .docx"},
		"a presentation":             {compoundOf("PowerPoint Document", nothing), Options{}, "an old presentation, .ppt"},
		"a mail":                     {compoundOf("__properties_version1.0", nothing), Options{}, "a mail, .msg"},
		"something else":             {compoundOf("Contents", nothing), Options{}, "a compound file (OLE2) that holds no workbook"},
		"two workbooks":              {compoundOf("Workbook", plain, "WORKBOOK", plain), Options{}, "two workbooks of one name"},
		"two sheets":                 {book(nil, one, two), Options{}, `2 visible sheets; accepted: the mapping's "sheet" naming one of them: "a", "b"`},
		"no such sheet":              {book(nil, one), Options{Sheet: "c"}, `no such sheet; accepted: one of its sheets: "a"`},
		"a delimiter":                {book(nil, one), Options{Delimiter: ";"}, "names a delimiter"},
		"an encoding":                {book(nil, one), Options{Encoding: "windows-1251"}, "names a delimiter or an encoding"},
		"too many cells":             {oldBook(oldRow(0, "n"), biff(biffMulBlank, uint16(1), uint16(0), make([]byte, 200), uint16(99))), Options{Limits: Limits{Cells: 50}}, "more than 50 cells"},
		"too many sheets":            {book(nil, one, two), Options{Limits: Limits{Entries: 1}}, "more than 1 sheets"},
		"too many texts":             {book(biff(biffSST, uint32(2), uint32(2), long(strings.Repeat("x", 2000)), long("y")), one), Options{Limits: Limits{Strings: 1000}}, "texts are more than 0 MiB"},
		"too large":                  {book(nil, one), Options{Limits: Limits{Workbook: 1000}}, "the workbook has more than 0 MiB; accepted: the list as CSV"},
		"no header":                  {oldBook(biff(biffRow, make([]byte, 16))), Options{}, "row 1: the header row is blank"},
		"no rows":                    {oldBook(), Options{NoHeader: true}, "the sheet has no rows"},
		"a text that ends early":     {book(biff(biffSST, uint32(1), uint32(1), uint16(9), uint8(1), "x"), one), Options{}, "the workbook is damaged: it ends in the middle"},
		"a sound without end":        {book(biff(biffSST, uint32(1), uint32(1), uint16(1), uint8(4), uint32(0xffffffff), "x"), one), Options{}, "the workbook is damaged: it ends in the middle"},
		"a row too wide":             {oldBook(oldRow(0, "n"), biff(biffNumber, uint16(1), uint16(256), uint16(0), 1.0)), Options{}, "row 2 has more cells than a sheet has columns"},
		"a short cell":               {oldBook(oldRow(0, "n"), biff(biffNumber, uint16(1), uint16(0), uint16(0), uint32(0))), Options{}, "a record"},
		"a cell of no place":         {oldBook(oldRow(0, "n"), biff(biffBlank, uint16(1))), Options{}, "one of its records is too short"},
		"a chart without end":        {oldBook(oldRow(0, "n"), bof(0x20), bof(0x20)), Options{}, "the workbook is damaged"},
		"a sheet that is elsewhere":  {compoundOf("Workbook", wrongAt), Options{}, "the workbook is damaged"},
		"an old version":             {compoundOf("Book", packed(biff(0x0409, uint16(0), uint16(0x100)), biffEnd)), Options{}, "a workbook of a version that is not read"},
		"an unknown version":         {compoundOf("Workbook", packed(biff(biffBOF, uint16(0x0700), uint16(5)), biffEnd)), Options{}, "a workbook of a version that is not read"},
		"no workbook in Workbook":    {compoundOf("Workbook", []byte("x")), Options{}, "the workbook is damaged"},
		"records alone":              {plain, Options{}, "not kept in a compound file"},
		"records alone, as one does": {[]byte("\x09\x08\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00"), Options{}, "not kept in a compound file"},
	} {
		rows, _, err := readAll(t, tt.data, tt.opt)
		want := strings.Replace(tt.want, "a record", "one of its records is too short", 1)
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Ada") {
			t.Errorf("%s: %q, %v, want fault.Invalid with %q", name, rows, err, want)
		}
	}
}

// TestCompoundHostile: a compound file whose tables are untrue is refused, without
// the memory that they ask for.
func TestCompoundHostile(t *testing.T) {
	t.Parallel()
	whole := oldBook(oldRow(0, "n"), oldRow(1, "x"))
	const sector = 512
	directory := (int(binary.LittleEndian.Uint32(whole[48:])) + 1) * sector
	fat := (int(binary.LittleEndian.Uint32(whole[76:])) + 1) * sector
	put := func(at int, n uint32) func([]byte) {
		return func(b []byte) { binary.LittleEndian.PutUint32(b[at:], n) }
	}
	sizeAt := directory + 128 + 120
	for name, tt := range map[string]struct {
		spoil []func([]byte)
		want  string
	}{
		// 109 + 127 × 33818640 is 93 in 32 bits, less than the 109 entries that the header has
		"more DIFAT than there is":    {[]func([]byte){put(72, 33818640)}, "more sectors than the file is long"},
		"more FAT than there is":      {[]func([]byte){put(44, 1<<31)}, "more sectors than the file is long"},
		"more mini FAT than there is": {[]func([]byte){put(64, 1<<31)}, "more sectors than the file is long"},
		"a stream longer than all":    {[]func([]byte){put(sizeAt, 1<<31)}, "more sectors than the file is long"},
		"a directory in a circle":     {[]func([]byte){put(fat+4*(directory/sector-1), uint32(directory/sector-1))}, "damaged"},
		"a directory beyond the end":  {[]func([]byte){put(48, 1<<30)}, "damaged"},
		"entries in a circle":         {[]func([]byte){put(directory+128+72, 1)}, "damaged"},
		"an entry that is not there":  {[]func([]byte){put(directory+76, 1<<20)}, "damaged"},
		"a stream beyond the end":     {[]func([]byte){put(directory+128+116, 1<<30)}, "damaged"},
		"a FAT beyond the end":        {[]func([]byte){put(76, 1<<30)}, "damaged"},
		"a sector of another size":    {[]func([]byte){put(30, 7)}, "damaged"},
		"a large sector":              {[]func([]byte){put(30, 12)}, "damaged"},
	} {
		data := slices.Clone(whole)
		for _, spoil := range tt.spoil {
			spoil(data)
		}
		rows, _, err := readAll(t, data, Options{})
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %q, %v, want fault.Invalid with %q", name, rows, err, tt.want)
		}
	}
	circle := slices.Clone(whole) // the first sector again and again
	put(fat, 0)(circle)
	if tab, err := Open(bytes.NewReader(circle), int64(len(circle)), Options{}); err == nil {
		_, _ = drain(tab)
	}
}

// TestCompoundDeep: the directory of a compound file is not read for as long as it is.
func TestCompoundDeep(t *testing.T) {
	t.Parallel()
	streams := []any{}
	for range cfbEntries + 10 {
		streams = append(streams, "x", []byte(nil))
	}
	few := compoundOf(append([]any{"Workbook", oldStream(nil, oldSheet{name: "a", records: packed(oldRow(0, "n"), oldRow(1, "x"))})}, streams[:2000]...)...)
	if rows, _, err := readAll(t, few, Options{}); err != nil || len(rows) != 2 {
		t.Errorf("1000 streams beside it: %q, %v", rows, err)
	}
	data := deepDirectory(20_000)
	if _, _, err := readAll(t, data, Options{}); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "its directory has more than 4096 entries") {
		t.Errorf("a deep directory: %v", err)
	}
}

// deepDirectory is a compound file in which each folder has another one in it.
func deepDirectory(depth int) []byte {
	const sector, free = 512, 0xffffffff
	data := oldBook(oldRow(0, "n"))
	at := (int(binary.LittleEndian.Uint32(data[48:])) + 1) * sector
	sectors := len(data)/sector - 1
	root := slices.Clone(data[at : at+128])
	var directory []byte
	for i := range depth {
		entry := slices.Clone(root)
		entry[66] = 1
		if i == 0 {
			entry[66] = 5
		}
		child := uint32(i + 1)
		if i == depth-1 {
			child = free
		}
		binary.LittleEndian.PutUint32(entry[76:], child)
		directory = append(directory, entry...)
	}
	more := (len(directory) + sector - 1) / sector
	first := sectors // behind what is there
	data = append(data, directory...)
	data = append(data, make([]byte, more*sector-len(directory))...)
	fat := make([]uint32, 0, first+more)
	for i := range first + more {
		fat = append(fat, uint32(i+1))
	}
	fat[first+more-1] = 0xfffffffe
	fats := (len(fat) + 127) / 128
	binary.LittleEndian.PutUint32(data[44:], uint32(fats))
	binary.LittleEndian.PutUint32(data[48:], uint32(first))
	for i := range fats {
		binary.LittleEndian.PutUint32(data[76+4*i:], uint32(first+more+i))
	}
	for len(fat)%128 != 0 {
		fat = append(fat, free)
	}
	for _, n := range fat {
		data = binary.LittleEndian.AppendUint32(data, n)
	}
	return data
}

// unreadableFile fails where it is read behind its first bytes.
type unreadableFile struct{ data []byte }

var errDisk = errors.New("the disk is gone")

func (f unreadableFile) ReadAt(b []byte, off int64) (int, error) {
	if off+int64(len(b)) > int64(len(f.data)) {
		return 0, errDisk
	}
	return copy(b, f.data[off:]), nil
}

// TestXLSUnreadable: a file that cannot be got at is not called damaged.
func TestXLSUnreadable(t *testing.T) {
	t.Parallel()
	data := oldBook(oldRow(0, "n"), oldRow(1, "x"))
	for _, n := range []int{100, 600, len(data) - 512} {
		if _, err := Open(unreadableFile{data[:n]}, int64(len(data)), Options{File: "list"}); !errors.Is(err, errDisk) || errors.Is(err, fault.Invalid) {
			t.Errorf("%d bytes can be read: %v", n, err)
		}
	}
}
