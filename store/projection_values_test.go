// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/journal"
)

// What cellOf makes of a value is fixed: it is what every projection holds.
func TestCellOf(t *testing.T) {
	t.Parallel()
	leaf := journal.Leaf{0xab, 1}
	for _, test := range []struct {
		name  string
		value journal.Value
		as    columnType
		want  any
		err   error
	}{
		{"absent", journal.Absent, text, nil, nil},
		{"empty value", "", integer, nil, nil},
		{"blank", journal.Text(""), text, "", nil},
		{"text", journal.Text("Məryəm"), text, "Məryəm", nil},
		{"no UTF-8", journal.Text("a\xffb"), text, "a\uFFFDb", nil},
		{"zero byte", journal.Text("a\x00b"), text, "a\uFFFDb", nil},
		{"nought", journal.Text("0"), integer, int64(0), nil},
		{"number", journal.Text("9007199254740993"), integer, int64(9007199254740993), nil},
		{"blank number", journal.Text(""), integer, nil, fault.Invalid},
		{"sign", journal.Text("+1"), integer, nil, fault.Invalid},
		{"too long", journal.Text("9223372036854775808"), integer, nil, fault.Invalid},
		{"leaf", journal.Text(leaf.String()), octets, leaf[:], nil},
		{"no leaf", journal.Text("ab"), octets, nil, fault.Invalid},
	} {
		got, err := cellOf(test.value, test.as)
		if !errors.Is(err, test.err) || test.err == nil && err != nil {
			t.Errorf("%s: error %v; %v is right", test.name, err, test.err)
		}
		if test.err == nil {
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
	}
}

func TestClipCell(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "short", strings.Repeat("a", mostInCell), strings.Repeat("a", mostInCell+1), "a" + strings.Repeat("ə", mostInCell), strings.Repeat("😀", mostInCell)} {
		got := clipCell(s)
		if !strings.HasPrefix(s, got) || !utf8.ValidString(got) || len(got) > mostInCell || len(s) <= mostInCell && got != s {
			t.Errorf("clipCell of %d bytes gives %d; a valid beginning of at most %d is right", len(s), len(got), mostInCell)
		}
	}
}

// A row comes back as it went in, whatever bytes its fields hold.
func FuzzLayout(f *testing.F) {
	f.Add("Mira", "\x00\xff", uint8(0))
	f.Add(strings.Repeat("ə", 700), "", uint8(3))
	f.Fuzz(func(t *testing.T, a, b string, absent uint8) {
		for kind, l := range layouts() {
			if !l.rest {
				continue // columns alone: what they cannot hold is lost, and said so
			}
			values := make([]journal.Value, len(l.kind.Fields))
			for i, name := range l.kind.Fields {
				values[i] = []journal.Value{journal.Text(a), journal.Text(b), journal.Absent}[(i+int(absent))%3]
				for _, c := range l.table.columns {
					switch {
					case c.name != columnOf(name):
					case c.kind == integer:
						values[i] = journal.Text("7")
					case c.kind == octets:
						values[i] = journal.Text(journal.Leaf{1}.String())
					}
				}
			}
			row, err := l.cells(nil, journal.Leaf{2}, "b-1", values)
			if err != nil {
				t.Fatal(err)
			}
			cells, _ := l.table.cells()
			for i := range row {
				switch v := row[i].(type) {
				case int64:
					cells[i].number.Int64, cells[i].number.Valid = v, true
				case string:
					cells[i].chars.String, cells[i].chars.Valid = v, true
				case []byte:
					cells[i].raw = v
				}
			}
			got, err := l.values(cells)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(values, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", kind, diff)
			}
		}
	})
}

// unpack refuses whatever was cut, and never panics.
func FuzzUnpack(f *testing.F) {
	f.Add(pack(nil, []journal.Value{journal.Text("a"), journal.Absent}, []int{0, 1}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, packed []byte) {
		values := make([]journal.Value, 2)
		if err := unpack(packed, values, []int{0, 1}); err != nil && !errors.Is(err, fault.Tampered) {
			t.Errorf("%v; fault.Tampered is right", err)
		}
	})
}
