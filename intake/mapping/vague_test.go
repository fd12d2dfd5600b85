// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const vagueMapping = `{"format": "recount mapping/1", "row": "person", "record": {"name": "n", "birth": "born"},
 "harms": [{"code": {"constant": "killed"}, "date": "when", "end": "until"}]}`

// TestVagueDatesContradictNothing: a month taken for its first day puts an event before
// a birth, or an end before a beginning, and a true record is called an error. Dates are
// compared as what they can be.
func TestVagueDatesContradictNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		row    string
		age    string
		doubts []string
	}{
		{"1853-06-05,June 1853,", "0-0", nil},
		{"1853-06-05,1853-06,1853-06-04", "0-0", nil},
		{"1853-06-05,1853,", "0-6", nil},
		{"June 1853,1853-06-05,", "0-0", nil},
		{"1853-06-05,1992-02-26,1992-02", "1664-1664", nil},
		{"1953-06-05,1992-02,1992-02-01", "463-464", nil},
		{"1853-06-05,May 1853,", "-", []string{"born: birth and date of the harm give no age from 0 to 150 years"}},
		{"1953-06-05,1992-02-26,1992-02-25", "464-464", []string{"until: the end lies before the beginning; both were kept as they are"}},
		{"1953-06-05,\"[1992-02-25, 1992-02-27]\",1992-02-26", "464-464", nil},
		{"29.02.1965,1983-02-27,", "214-216", []string{"born: its month has no such day; read as that month or the next one"}},
	} {
		people, refused, _ := readList(t, vagueMapping, "n,born,when,until\nAda Vell,"+tt.row+"\n")
		if len(refused) > 0 {
			t.Fatal(refused)
		}
		p := people[0]
		var doubts []string
		for _, d := range p.Doubts {
			doubts = append(doubts, d.Column+": "+d.Why)
		}
		if age := fmt.Sprintf("%s-%s", p.Record.AgeLow, p.Record.AgeHigh); age != tt.age {
			t.Errorf("%s: age %s, want %s", tt.row, age, tt.age)
		}
		if d := cmp.Diff(tt.doubts, doubts); d != "" {
			t.Errorf("%s: %s", tt.row, d)
		}
	}
}

// TestVerbatim: whatever is read of a date, what the list wrote stays beside it letter by
// letter. A day that its month does not have is not moved to another.
func TestVerbatim(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"29.02.1965": "1965-02/1965-03", "31.04.1992": "1992-04/1992-05", "1992-04-31": "1992-04/1992-05", "30/02/1992": "1992-02/1992-03", "31 June 1992": "1992-06/1992-07",
		"29.02.1900": "1900-02/1900-03", "29.02.1992": "1992-02-29", "2004-00-00": "2004", "1892": "1892", "00/00/1992": "1992", "2020": "2020", "0000": "", "0000-07-04": "XXXX-07-04",
		"1829-10-00": "1829-10", "bef. 1992-02-26": "../1992-02-26", "2–26.02.1992": "1992-02-02/1992-02-26", "199u": "199X", "32.01.1992": "", "sometime": "",
	} {
		people, _, _ := readList(t, vagueMapping, "n,born,when,until\nAda Vell,"+written+",,\n")
		if r := people[0].Record; r.BirthWritten.Text() != written || r.Birth != want || !strings.Contains(r.Raw.Text(), `"`+written+`"`) {
			t.Errorf("%q is kept as %q and read as %q, want %q", written, r.BirthWritten.Text(), r.Birth, want)
		}
	}
}

// TestFiftyWithoutBirth: a database writes noughts for every birth that nobody entered.
// They are no dates: nobody is born on them, has an age by them or shares them.
func TestFiftyWithoutBirth(t *testing.T) {
	t.Parallel()
	for _, nought := range []string{"0000-00-00", "00.00.0000", "0000-00-00 00:00:00", "00/00/0000", "0000"} {
		people, _, r := readList(t, vagueMapping, "n,born,when,until\n"+strings.Repeat("Ada Vell,"+nought+",1992-02-26,\n", 50))
		for _, p := range people {
			if p.Record.Birth != "" || p.Record.AgeLow.Known || p.Record.BirthWritten.Text() != nought {
				t.Fatalf("%s: %+v", nought, p.Record)
			}
		}
		for _, f := range r.Fields() {
			if f.Field == "birth" && f.Unknown != 50 && f.Doubtful != 50 {
				t.Errorf("%s: %+v", nought, f)
			}
		}
	}
}
