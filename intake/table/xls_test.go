// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

func TestXLSRows(t *testing.T) {
	t.Parallel()
	number := func(row, column, style uint16, f float64) []byte { return biff(biffNumber, row, column, style, f) }
	rk := func(row, column uint16, v uint32) []byte { return biff(biffRK, row, column, uint16(0), v) }
	formula := func(row, column uint16, value ...any) []byte {
		return biff(biffFormula, row, column, uint16(0), packed(value...), uint16(0), uint32(0), uint16(0))
	}
	text := packed(uint8(0), make([]byte, 5), uint16(0xffff))
	head := func(n int) []byte { return oldRow(0, strings.Split("abcdefgh"[:n], "")...) }
	for name, tt := range map[string]struct {
		records []byte
		opt     Options
		want    []string
	}{
		"cells at their places": {packed(head(3), number(2, 2, 0, 1), biff(biffBlank, uint16(65535), uint16(0), uint16(1))), Options{}, []string{"a|b|c", "3: ||1"}},
		"kinds": {packed(head(6), oldRow(1, "Ada Vell"), biff(biffRString, uint16(1), uint16(1), uint16(0), long("Bor"), uint16(1), uint32(0)), biff(biffBoolErr, uint16(1), uint16(2), uint16(0), uint8(1), uint8(0)),
			biff(biffBoolErr, uint16(1), uint16(3), uint16(0), uint8(0), uint8(0)), biff(biffBoolErr, uint16(1), uint16(4), uint16(0), uint8(0x2a), uint8(1)), biff(biffBoolErr, uint16(1), uint16(5), uint16(0), uint8(0x63), uint8(1))), Options{},
			[]string{"a|b|c|d|e|f", "2: Ada Vell|Bor|TRUE|FALSE|#N/A|#ERROR 99"}},
		"days": {packed(head(8), number(1, 0, 1, 1), number(1, 1, 1, 59), number(1, 2, 1, 60), number(1, 3, 1, 61), number(1, 4, 1, 33660), number(1, 5, 2, 33660), number(1, 6, 3, 33660.5), number(1, 7, 1, -1)), Options{},
			[]string{"a|b|c|d|e|f|g|h", "2: 1900-01-01|1900-02-28|1900-02-29|1900-03-01|1992-02-26|1992-02|1992-02-26T12:00:00|-1"}},
		"numbers": {packed(head(7), number(1, 0, 0, 57), number(1, 1, 0, -33.406879), number(1, 2, 0, 1500), number(1, 3, 0, 110101199003074510), number(1, 4, 99, 1.1010119900307451e20), number(1, 5, 0, 5e-7), number(1, 6, 0, 0.1)), Options{},
			[]string{"a|b|c|d|e|f|g", "2: 57|-33.406879|1500|1.1010119900307451E+17|1.1010119900307451E+20|0.0000005|0.1"}},
		"short numbers": {packed(head(6), rk(1, 0, 7<<2|2), rk(1, 1, 0xfffffffe), rk(1, 2, 1234<<2|3), rk(1, 3, 0x3ff80000), rk(1, 4, 0x40c5f301), biff(biffRK, uint16(1), uint16(5), uint16(1), uint32(33660<<2|2))), Options{},
			[]string{"a|b|c|d|e|f", "2: 7|-1|12.34|1.5|112.38|1992-02-26"}},
		"several in one record": {packed(head(4), biff(biffMulBlank, uint16(1), uint16(0), uint16(0), uint16(0), uint16(1)), biff(biffMulRK, uint16(1), uint16(2), uint16(0), uint32(7<<2|2), uint16(1), uint32(33660<<2|2), uint16(3))), Options{},
			[]string{"a|b|c|d", "2: ||7|1992-02-26"}},
		"formulas": {packed(head(7), formula(1, 0, 1.5), formula(1, 1, text), biff(biffShared, make([]byte, 8)), biff(biffString, long("Ada Vell")), formula(1, 2, uint8(1), uint8(0), uint8(1), make([]byte, 3), uint16(0xffff)),
			formula(1, 3, uint8(2), uint8(0), uint8(7), make([]byte, 3), uint16(0xffff)), formula(1, 4, uint8(3), make([]byte, 5), uint16(0xffff)), formula(1, 5, text), number(1, 6, 0, 9)), Options{},
			[]string{"a|b|c|d|e|f|g", "2: 1.5|Ada Vell|TRUE|#DIV/0!|||9"}},
		"a text that goes on": {packed(head(1), formula(1, 0, text), biff(biffString, uint16(5), uint8(0), "Do"), biff(biffContinue, uint8(1), []byte("\x37\x05n\x00")), biff(biffContinue, uint8(0), "e")), Options{}, []string{"a", "2: DoԷne"}},
		"as a person typed them": {packed(oldRow(2, "Cyra"), oldRow(0, "a"), oldRow(1, "Bor"), oldRow(2, "", "x"), oldRow(0, "", "b"), oldRow(1, "", "y"), oldRow(7, "Dorin"), biff(biffRow, uint16(1), make([]byte, 10), uint16(0x20), uint16(0))), Options{},
			[]string{"a|b", "2: Bor|y", "3: Cyra|x", "8: Dorin|"}},
		"a chart inside": {packed(head(1), bof(0x20), bof(0x20), oldRow(1, "chart"), biffEnd, oldRow(3, "chart"), biffEnd, oldRow(1, "Ada"), bof(0x20), oldRow(1, "chart"), biffEnd, oldRow(2, "Bor")), Options{}, []string{"a", "2: Ada", "3: Bor"}},
		"right of the header": {packed(head(1), number(1, 0, 0, 1), number(1, 2, 0, 2), number(2, 0, 0, 1), biff(biffBlank, uint16(2), uint16(2), uint16(1))), Options{},
			[]string{"a", `2! not accepted: sheet "people", row 2: cell C2 stands right of the last column of the header; accepted: a header above every column that is filled`, "3: 1"}},
		"header in a later row": {packed(number(0, 0, 0, 9), oldRow(1, "", "name"), number(2, 1, 0, 1)), Options{HeaderRow: 2}, []string{"|name", "3: |1"}},
		"no header":             {oldRow(3, "Ada", "Vell"), Options{NoHeader: true}, []string{"A|B", "4: Ada|Vell"}},
		"a size that is untrue": {packed(biff(0x200, uint32(0), uint32(0xffffffff), uint16(0), uint16(0xffff), uint16(0)), head(1), oldRow(1, "Ada")), Options{}, []string{"a", "2: Ada"}},
		"half a letter":         {packed(head(1), biff(biffLabel, uint16(1), uint16(0), uint16(0), uint16(4), uint8(1), []byte("\x00\xd8a\x00\x00\xdc\x01\xd8"))), Options{}, []string{"a", "2: \ufffda\ufffd\ufffd"}},
		"a NUL":                 {packed(head(1), oldRow(1, "a\x00b"), oldRow(2, "Bor")), Options{}, []string{"a", `2! not accepted: sheet "people", row 2, column "a": the cell holds a NUL byte (hex 00); accepted: text in UTF-8`, "3: Bor"}},
	} {
		got, _, err := readAll(t, oldBook(tt.records), tt.opt)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestXLSCells: what a cell is by the file, as it stands there, and what makes one doubt.
func TestXLSCells(t *testing.T) {
	t.Parallel()
	number := func(column, style uint16, f float64) []byte { return biff(biffNumber, uint16(1), column, style, f) }
	data := oldBook(oldRow(0, "a", "b", "c", "d", "e", "f", "g"), number(0, 0, 1234567890123456), number(1, 0, 1.5e20), number(2, 1, 33660), number(3, 1, 60), biff(biffBoolErr, uint16(1), uint16(4), uint16(0), uint8(1), uint8(0)),
		biff(biffFormula, uint16(1), uint16(5), uint16(0), packed(uint8(0), make([]byte, 5), uint16(0xffff)), make([]byte, 8)), biff(biffFormula, uint16(1), uint16(6), uint16(0), 0.0, make([]byte, 8)))
	tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := tab.Next()
	if err != nil {
		t.Fatal(err)
	}
	want := []Cell{
		{"1234567890123456", "1234567890123456", "a number of 16 digits: a workbook keeps 15, so the last ones may not be what was typed", Number},
		{"1.5E+20", "1.5E+20", "the file holds 2 digits of a longer number: the rest was lost before the file was received", Number},
		{"33660", "1992-02-26", "", Date},
		{"60", "1900-02-29", "a day that does not exist: the workbook's calendar takes 1900 for a leap year", Date},
		{"1", "TRUE", "", Bool},
		{"", "", "a formula whose value the file does not hold", Error},
		{"0", "0", "a formula whose value is 0 in the file, as some programs also write where it is a text", Number},
	}
	if diff := cmp.Diff(want, row.Cells); diff != "" {
		t.Error(diff)
	}
}

// TestXLSBook: sheets by their name and state, days from 1904, and what is told.
func TestXLSBook(t *testing.T) {
	t.Parallel()
	data := compoundOf("Book", []byte("of an older program"), "Workbook", oldStream(packed(biff(biffDateMode, uint16(1))),
		oldSheet{"people", 0, 0, packed(biff(biffColInfo, uint16(1), uint16(2), uint16(0), uint16(0), uint16(1), uint16(0)), biff(biffColInfo, uint16(3), uint16(256), uint16(0), uint16(0), uint16(0), uint16(0)),
			biff(biffRow, uint16(2), make([]byte, 10), uint16(0x20), uint16(0)), biff(biffRow, uint16(3), make([]byte, 10), uint16(0x20), uint16(0)), oldRow(0, "name", "day"), oldRow(2, "Ada"), biff(biffNumber, uint16(2), uint16(1), uint16(1), 32198.0),
			biff(biffFormula, uint16(4), uint16(0), uint16(0), 7.0, make([]byte, 8)), biff(biffMerged, uint16(2), make([]byte, 16)), biff(biffMerged, uint16(60000)))},
		oldSheet{"chart", 0, 2, nil}, oldSheet{"old", 1, 0, oldRow(0, "x")}, oldSheet{"very old", 2, 0, oldRow(0, "Միրվա", "y")}))
	got, tab, err := readAll(t, data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"name|day", "3: Ada|1992-02-26", "5: 7|"}, got); diff != "" {
		t.Error(diff)
	}
	notices := []string{"blank rows passed over: 1", "hidden rows, read like the others: 1", "hidden columns, read like the others: 2", "cells with a formula, of which the value was taken that the file holds: 1",
		"merged areas, whose value stands in their first cell alone: 2", "hidden sheets in the workbook: 2", "the workbook counts its days from 1904"}
	if diff := cmp.Diff(notices, tab.Notices()); diff != "" {
		t.Error(diff)
	}
	info := tab.Info()
	if diff := cmp.Diff([]Sheet{{"people", false}, {"old", true}, {"very old", true}}, info.Sheets); diff != "" || info.Format != "xls" || !info.Date1904 || info.Pinpoint(3) != "people!row 3" {
		t.Errorf("%+v: %s", info, diff)
	}
	if tab.BytesRead() == 0 || tab.BytesRead() > info.Size {
		t.Errorf("%d of %d bytes were read", tab.BytesRead(), info.Size)
	}
	if got, _, err := readAll(t, data, Options{Sheet: "very old"}); err != nil || got[0] != "Միրվա|y" {
		t.Errorf("the hidden sheet by its name: %q, %v", got, err)
	}
}

// TestXLSSharedTexts: shared texts are the same wherever the records are cut.
func TestXLSSharedTexts(t *testing.T) {
	t.Parallel()
	texts := []string{"name", "Ada Vell", "", "Միրվա Դորեն", "é", "a𐀀b𐀁", strings.Repeat("Sorvant ", 9)}
	want := []string{"name", "2: Ada Vell", "4: Միրվա Դորեն", "5: é", "6: a𐀀b𐀁", "7: " + strings.Repeat("Sorvant ", 9)}
	for limit := 9; limit < 120; limit++ {
		sst := [][]byte{packed(uint32(99), uint32(len(texts)))}
		add := func(data []byte) { // what is not cut
			if len(sst[len(sst)-1])+len(data) > limit {
				sst = append(sst, nil)
			}
			sst[len(sst)-1] = append(sst[len(sst)-1], data...)
		}
		var cells []byte
		for i, s := range texts {
			units, n := wide(s)
			step, flags, behind := 2, uint8(1), []byte(nil)
			if strings.IndexFunc(s, func(r rune) bool { return r > 0xff }) < 0 {
				step, flags = 1, 0
				for i := range n {
					units[i] = units[2*i]
				}
				units = units[:n]
			}
			header := packed(uint16(n), flags)
			if i%2 == 1 { // with the look of letters, and the sound
				header = packed(uint16(n), flags|12, uint16(2), uint32(5))
				behind = make([]byte, 13)
			}
			add(header)
			for len(units) > 0 {
				if room := limit - len(sst[len(sst)-1]); room < step {
					sst = append(sst, []byte{flags})
				}
				add(units[:step])
				units = units[step:]
			}
			for i := range behind {
				add(behind[i : i+1])
			}
			cells = append(cells, biff(biffLabelSST, uint16(i), uint16(0), uint16(0), uint32(i))...)
		}
		globals := biff(biffSST, sst[0])
		for _, more := range sst[1:] {
			globals = append(globals, biff(biffContinue, more)...)
		}
		got, _, err := readAll(t, compoundOf("Workbook", oldStream(globals, oldSheet{name: "people", records: cells})), Options{})
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("records of %d bytes: %v: %s", limit, err, diff)
		}
	}
}

// TestXLSOldLetters: a workbook of Excel 95 is read by the code page that it states.
func TestXLSOldLetters(t *testing.T) {
	t.Parallel()
	book := func(page uint16) []byte {
		begin := func(kind uint16) []byte { return biff(biffBOF, uint16(biff5), kind, uint32(0)) }
		name := "\xcb\xfe\xe4\xe8" // Люди in windows-1251
		globals := packed(biff(biffCodePage, page), biff(biffFormat, uint16(170), uint8(7), "dd/mm/y"), biff(biffXF, uint16(0), uint16(0), make([]byte, 12)), biff(biffXF, uint16(0), uint16(170), make([]byte, 12)))
		at := len(begin(5)) + len(globals) + len(biff(biffBoundSheet, uint32(0), uint16(0), uint8(4), name)) + len(biffEnd)
		return compoundOf("Book", packed(begin(5), globals, biff(biffBoundSheet, uint32(at), uint16(0), uint8(4), name), biffEnd, begin(0x10),
			biff(biffLabel, uint32(0), uint16(0), uint16(3), "\xe8\xec\xff"), biff(biffLabel, uint16(0), uint16(1), uint16(0), uint16(1), "d"),
			biff(biffRString, uint16(1), uint16(0), uint16(0), uint16(4), "\xca\xe8\xf0\xe0", uint8(1), uint16(0)), biff(biffNumber, uint16(1), uint16(1), uint16(1), 33660.0),
			biff(biffFormula, uint16(2), uint16(0), uint16(0), packed(uint8(0), make([]byte, 5), uint16(0xffff)), make([]byte, 8)), biff(biffString, uint16(4), "\xc0\xe4"), biff(biffContinue, "\xe0!"), biffEnd))
	}
	for page, want := range map[uint16][]string{
		1251: {"Люди", "имя|d", "2: Кира|1992-02-26", "3: Ада!|"},
		1250: {"Ëţäč", "čě˙|d", "2: Ęčđŕ|1992-02-26", "3: Ŕäŕ!|"},
	} {
		got, tab, err := readAll(t, book(page), Options{})
		if err != nil {
			t.Errorf("code page %d: %v", page, err)
			continue
		}
		if diff := cmp.Diff(want, append([]string{tab.Info().Sheet}, got...)); diff != "" {
			t.Errorf("code page %d: %s", page, diff)
		}
	}
	if _, _, err := readAll(t, book(932), Options{}); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "code page 932, which is not read") {
		t.Errorf("code page 932: %v", err)
	}
}

// TestXLSFiles: the same workbook as three programs wrote it. One writes small ones
// among the small streams of the file, and 0 where a formula is a text; another works
// out no formula; the third writes for Excel 95, in Western letters, and for Excel 97.
func TestXLSFiles(t *testing.T) {
	t.Parallel()
	told := []string{"hidden rows, read like the others: 1", "hidden columns, read like the others: 1", "cells with a formula, of which the value was taken that the file holds: 9", "merged areas, whose value stands in their first cell alone: 1", "hidden sheets in the workbook: 1"}
	for name, tt := range map[string]struct {
		want    []string
		notices []string
	}{
		"people.xls": {[]string{"id|name|born|age|seen|state|x|y", "2: 0012|Ada Vell|1992-02-26|17|1992-02-26T10:30:00|TRUE|1.5|-0.07", "3: 100E10|Միրվա Դորեն|1992-02|123456789012345|1992|FALSE|1000000000000|0.1",
			"4: #N/A|0|1900-03-01|3|10:30:00|Ÿ𐀀 ́é|123456.78|#DIV/0!", "6: Bor|Cyra|0|||1||1992-02", "7: Dorin|||536870912|-536870913||two\nlines| a\tb "},
			told},
		"people-1995.xls": {[]string{"id|name|born|age|seen|state|x|y", "2: 0012|Ada Vell|1992-02-26|17|1992-02-26T10:30:00|TRUE|1.5|-0.07", "3: 100E10|????? ?????|1992-02|123456789012345|1992|FALSE|1000000000000|0.1",
			"4: #N/A|Bor Ada Vell|1900-03-01|3|10:30:00|Ÿ? ?é|123456.78|#DIV/0!", "6: Bor|Cyra||||TRUE||1992-02", "7: Dorin|||536870912|-536870913||two\nlines| a\tb "},
			told},
		"people-1997.xls": {[]string{"id|name|born|age|seen|state|x|y", "2: 0012|Ada Vell|1992-02-26|17|1992-02-26T10:30:00|TRUE|1.5|-0.07", "3: 100E10|Միրվա Դորեն|1992-02|123456789012345|1992|FALSE|1000000000000|0.1",
			"4: #N/A|Bor Ada Vell|1900-03-01|3|10:30:00|Ÿ𐀀 ́é|123456.78|#DIV/0!", "6: Bor|Cyra||||TRUE||1992-02", "7: Dorin|||536870912|-536870913||two\nlines| a\tb "},
			told},
		"people-uncalculated.xls": {[]string{"id|name|born|age|seen|state|x|y", "2: 0012|Ada Vell|1992-02-26|17|1992-02-26T10:30:00|TRUE|1.5|-0.07", "3: 100E10|Միրվա Դորեն|1992-02|123456789012345|1992|FALSE|1000000000000|0.1",
			"4: #N/A||1900-03-01||10:30:00|Ÿ𐀀 ́é|123456.78|", "6: Bor|Cyra||||||", "7: Dorin|||536870912|-536870913||two\nlines| a\tb "},
			[]string{"hidden rows, read like the others: 1", "hidden columns, read like the others: 1", "cells with a formula, of which the value was taken that the file holds: 6",
				"cells with a formula whose value is an empty text, as it also is where a program did not work it out: 6", "merged areas, whose value stands in their first cell alone: 1", "hidden sheets in the workbook: 1"}},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		got, tab, err := readAll(t, data, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got) + cmp.Diff(tt.notices, tab.Notices()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for n := range data { // cut off anywhere
			if tab, err := Open(bytes.NewReader(data[:n]), int64(n), Options{}); err == nil {
				_, _ = drain(tab)
			}
		}
	}
}

// FuzzXLS: whatever stands in the file, or in the workbook in it, reading it ends.
func FuzzXLS(f *testing.F) {
	for _, name := range []string{"people.xls", "people-uncalculated.xls", "people-1995.xls"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, true)
	}
	f.Add(oldStream(biff(biffSST, uint32(1), uint32(1), long("Ada")), oldSheet{name: "a", records: packed(oldRow(0, "n", "m"), biff(biffLabelSST, uint16(1), uint16(0), uint16(0), uint32(0)))}), false)
	f.Add(oldStream(nil, oldSheet{name: "a", records: packed(oldRow(1, "n"), oldRow(0, "m"), bof(0x20), biffEnd, biff(biffMulRK, uint16(1), uint16(2), uint16(0), uint32(7<<2|2), uint16(2)))}), false)
	f.Fuzz(func(t *testing.T, data []byte, whole bool) {
		if !whole {
			data = compoundOf("Workbook", data[:min(len(data), 1<<20)])
		}
		opt := Options{Limits: Limits{Cells: 10_000, Strings: 1 << 20}}
		if tab, err := openXLS(bytes.NewReader(data), int64(len(data)), opt); err == nil {
			_, _ = drain(tab)
		}
		look, err := Look(bytes.NewReader(data), int64(len(data)), opt)
		for err == nil {
			_, err = look.Next()
		}
	})
}
