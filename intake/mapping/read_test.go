// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/intake/table"
	"recount/journal"
	"recount/names"
)

// readList reads a CSV by a mapping; refused rows end the test unless wanted.
func readList(t testing.TB, mapping, list string) ([]Person, []string, *Reader) {
	t.Helper()
	m, err := Parse([]byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	tab, err := table.Open(strings.NewReader(list), int64(len(list)), table.Options{File: "list.csv", Delimiter: m.Delimiter, Wanted: m.Wanted()})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Bind(m, tab.Info(), "list.csv")
	if err != nil {
		t.Fatal(err)
	}
	var people []Person
	var refused []string
	for {
		row, err := tab.Next()
		if errors.Is(err, io.EOF) {
			return people, refused, r
		}
		if err != nil {
			t.Fatal(err)
		}
		p, no := r.Read(row)
		if no != nil {
			refused = append(refused, no.Tell())
			continue
		}
		people = append(people, p)
	}
}

// Dates as lists write them; what is not certain is left unknown or widened,
// never completed.
func TestDates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		order, written, want string
		doubt                bool
	}{
		{"iso", "1992-02-26", "1992-02-26", false}, {"iso", "2004-00-00", "2004", false}, {"iso", "1892", "1892", false},
		{"iso", "00/00/1992", "1992", false}, {"iso", "2020", "2020", false}, {"iso", "0000", "", false}, {"iso", "0000-07-04", "XXXX-07-04", false},
		{"iso", "0000-00-00", "", false}, {"iso", "1829-10-00", "1829-10", false}, {"iso", "29.02.1965", "1965-02/1965-03", true},
		{"iso", "31.04.1992", "1992-04/1992-05", true}, {"iso", "bef. 1992-02-26", "../1992-02-26", false}, {"iso", "after 1992", "1992/..", false},
		// open ends and some days of a month, with its name too: what is not said is not completed
		{"iso", "before June 1853", "../1853-06", false}, {"iso", "aft. 26 February 1992", "1992-02-26/..", false}, {"iso", "bef 1992", "../1992", false}, {"dmy", "before 03/04/1992", "../1992-04-03", false},
		{"iso", "2–26 February 1992", "1992-02-02/1992-02-26", false}, {"iso", "25-27 de febrero de 1992", "1992-02-25/1992-02-27", false}, {"iso", "26-2 February 1992", "", true},
		{"iso", "after some June 1992", "", true}, {"iso", "2-26 1992", "", true}, {"iso", "28-31 April 1992", "", true},
		{"iso", "2–26.02.1992", "1992-02-02/1992-02-26", false}, {"iso", "199u", "199X", false}, {"iso", "199X", "199X", false},
		{"iso", "1992-XX-XX", "1992-XX-XX", false}, {"iso", "1992-uu-uu", "1992-XX-XX", false}, {"iso", "1992-02/..", "1992-02/..", false}, {"iso", "1992/unknown", "1992/", false},
		{"iso", "[27.02.1992, 25.02.1992]", "[1992-02-25,1992-02-27]", false}, {"edtf", "{1992,1994}", "{1992,1994}", false},
		// days that programs write for "none was entered": read, and said; the day 0 of a spreadsheet is no January
		{"iso", "1900-01-01", "1900-01-01", true}, {"dmy", "01/01/1900", "1900-01-01", true}, {"iso", "1900-01-00", "", true}, {"iso", "1970-01-01 00:00:00", "1970-01-01", true},
		{"iso", "11.11.1111", "1111-11-11", true}, {"iso", "9999-12-31", "9999-12-31", true}, {"iso", "9999", "9999", true}, {"iso", "0001-01-01", "0001-01-01", true}, {"iso", "1992-01-01", "1992-01-01", false},
		// plain days of long ago, which zones with the odd minutes of those years would move
		{"iso", "1901-12-12", "1901-12-12", false}, {"dmy", "12/12/1901", "1901-12-12", false}, {"iso", "1901-12-12 00:00:00", "1901-12-12", false},
		{"iso", "1992-02/open", "1992-02/..", false}, {"iso", "0988", "0988", false}, {"iso", "1992-02-26 00:00:00", "1992-02-26", false},
		{"iso", "1992-02-26T23:59:59", "1992-02-26", false}, {"iso", "03/04/1992", "", true}, {"dmy", "03/04/1992", "1992-04-03", false},
		{"mdy", "03/04/1992", "1992-03-04", false}, {"dmy", "3.4.92", "", true}, {"dmy", "sometime", "", true}, {"dmy", "1992-02-26", "1992-02-26", false},
		{"iso", "26 February 1992", "1992-02-26", false}, {"iso", "February 1992", "1992-02", false}, {"iso", "June 1853", "1853-06", false},
		{"iso", "Feb 26, 1992", "1992-02-26", false}, {"iso", "26-Feb-1992", "1992-02-26", false}, {"iso", "26-Feb-92", "", true},
		{"iso", "31 April 1992", "1992-04/1992-05", true}, {"iso", "1970-01-01", "1970-01-01", true}, {"edtf", "26.02.1992", "", true},
		{"edtf", "1992~", "1992~", false}, {"serial-1900", "33660", "1992-02-26", false}, {"serial-1904", "33262", "1995-01-25", false},
		{"serial-1900", "60", "1900-02/1900-03", true}, {"iso", "2020-02-30", "2020-02/2020-03", true}, {"dmy", "2020-02-30", "2020-02/2020-03", true},
		{"mdy", "2020-02-30 00:00:00", "2020-02/2020-03", true}, {"ymd", "2020/02/30", "2020-02/2020-03", true}, {"edtf", "2020-02-30", "2020-02/2020-03", true},
		{"dmy", "31/02/2020", "2020-02/2020-03", true}, {"dmy", "before 31.02.2020", "", true}, {"serial-1900", "0", "", true}, {"serial-1900", "soon", "", true}, {"iso", "٢٦/٠٢/١٩٩٢", "1992-02-26", false},
	} {
		r := readDate(tt.written, tt.order, "")
		if r.text != tt.want || (r.doubt != "") != tt.doubt {
			t.Errorf("%s %q: got %q with doubt %q, want %q", tt.order, tt.written, r.text, r.doubt, tt.want)
		}
		if strings.Contains(r.doubt, tt.written) && len(tt.written) > 4 {
			t.Errorf("the doubt %q holds the value", r.doubt)
		}
	}
}

// Dates of other calendars are kept as civil ones (edtf.ParseIn has the sources of
// the days); what is not certain is left unknown.
func TestDatesOfCalendars(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		calendar, order, written, want string
		doubt                          bool
	}{
		{"julian", "dmy", "01.02.1918", "1918-02-14", false}, {"julian", "iso", "1915-04", "1915-04", true}, {"julian", "iso", "1915~", "", true},
		{"solar-hijri", "ymd", "1357/11/22", "1979-02-11", false}, {"solar-hijri", "iso", "۲۲ بهمن ۱۳۵۷", "1979-02-11", false},
		{"solar-hijri", "iso", "1992-02-26", "", true}, {"solar-hijri", "iso", "1400-12-30", "", true},
		{"hijri", "iso", "1400-01-01", "1979-11-20/1979-11-22", false}, {"hijri", "iso", "03/04/1445", "", true}, {"hijri", "dmy", "03/04/1445", "2023-10-17/2023-10-19", false},
	} {
		r := readDate(tt.written, tt.order, tt.calendar)
		if r.text != tt.want || (r.doubt != "") != tt.doubt {
			t.Errorf("%s %s %q: got %q with doubt %q, want %q", tt.calendar, tt.order, tt.written, r.text, r.doubt, tt.want)
		}
	}
	for date, want := range map[string]string{`"calendar": "mayan"`: "gregorian", `"calendar": "hijri", "date": "edtf"`: "accepted beside it", `"calendar": "julian", "date": "serial-1900"`: "accepted beside it"} {
		text := `{"format": "recount mapping/1", "row": "person", "record": {"name": "n", "birth": {"column": "b", ` + date + `}}}`
		if _, err := Parse([]byte(text)); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want fault.Invalid with %q", date, err, want)
		}
	}
	m, err := Parse([]byte(`{"format": "recount mapping/1", "row": "person", "record": {"name": "n", "birth": {"column": "b", "calendar": "gregorian"}}}`))
	if err != nil || m.Record.Birth.Calendar != "" {
		t.Errorf("the civil calendar is what there is without one: %v", err)
	}
}

func TestAges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		unit, written, low, high string
		doubt                    bool
	}{
		{"years", "17", "204", "215", false}, {"years", "0.22", "2", "3", false}, {"years", "0,22", "2", "3", false}, {"years", "17.0", "204", "215", false},
		{"years", "17-19", "204", "239", false}, {"years", "17–19", "204", "239", false}, {"months", "5", "5", "5", false}, {"years", "6 months", "6", "6", false},
		{"years", "3 days", "0", "0", false}, {"years", "2 weeks", "0", "0", false}, {"years", "40 days", "1", "1", false}, {"years", "60+", "720", "1800", false},
		// years of birth in the column of ages: counted as ages they are old people who never were
		{"years", "1994", "", "", true}, {"years", "1983", "", "", true}, {"years", "1962", "", "", true}, {"years", "1991", "", "", true}, {"years", "1994.0", "", "", true},
		{"years", "١٩٩٤", "", "", true}, {"months", "1994", "", "", true}, {"years", "1992-1994", "", "", true}, {"years", "1994 years", "", "", true}, {"years", "999", "", "", true}, {"years", "150", "", "", true}, {"years", "-1", "", "", true},
		{"years", "about 40", "", "", true}, {"years", "2024-02-03", "", "", true}, {"years", "١٧", "204", "215", false}, {"years", "۱۷", "204", "215", false},
		{"years", "17 YEARS", "204", "215", false}, {"years", "0", "0", "11", false},
	} {
		r := readAge(tt.written, &Field{Unit: tt.unit})
		if r.low.String() != tt.low || r.high.String() != tt.high || (r.doubt != "") != tt.doubt {
			t.Errorf("%q in %s: got %q to %q with doubt %q, want %q to %q", tt.written, tt.unit, r.low, r.high, r.doubt, tt.low, tt.high)
		}
	}
	for _, written := range []string{"1983", "1983.0", "١٩٨٣"} {
		if r := readAge(written, &Field{Unit: "years", YearIsBirth: true}); r.birth != "1983" || r.low.Known || r.doubt == "" {
			t.Errorf("%q taken as the year of birth: %+v", written, r)
		}
		if r := readAge(written, &Field{Unit: "years"}); r.birth != "" || !strings.Contains(r.doubt, "year_is_birth") {
			t.Errorf("%q is not offered as the year of birth: %+v", written, r)
		}
	}
}

const codesMapping = `{"format": "recount mapping/1", "row": "person", "unknown": ["NA", "-1"],
 "record": {"name": {"columns": ["given", "family"]}, "sex": {"column": "sex", "codes": {"M": "male", "F": "female"}, "unknown": ["U"]}},
 "harms": [{"code": {"column": "what", "codes": {"Gunshot": "killed", "alive": null}, "other": "x-"}, "date": "when"},
           {"code": {"column": "torture", "codes": {"1": "tortured", "0": null}}}]}`

func TestCodes(t *testing.T) {
	t.Parallel()
	list := "given,family,sex,what,when,torture\n" +
		"Ada,Vell,M,Gunshot,1992,0\n" + // 2
		"Bor,NA,U, gunshot ,NA,1\n" + // 3: white space and case fold, with a doubt
		"Ceda,,F,GUNSHOT\u00a0,,0\n" + // 4
		"NA,NA,,alive,1992,0\n" + // 5: no such harm
		"Dorn,Senn,-1,Fell ill,1992,NA\n" + // 6: a code of the case's own; a harm that is not known
		"Edda,Senn,F,NA,,0\n" + // 7
		"Fenn,Vell,F,,,0\n" + // 8: a blank code and nothing else
		"Gora,Vell,F,,1992,0\n" + // 9: a blank code with a date
		"Hale,Vell,X,Gunshot,,0\n" + // 10: refused
		"Ivo,Vell,M,Утонул,,0\n" + // 11: no code can be made of these letters
		"Jon,Vell,M,Gunshot,,2\n" // 12: refused
	people, refused, r := readList(t, codesMapping, list)
	var got []string
	for _, p := range people {
		line := fmt.Sprintf("%s %q %q %s:", p.Record.Row, p.Record.Name.Text(), p.Record.NameFold, p.Record.Sex)
		for _, h := range p.Harms {
			line += fmt.Sprintf(" %d %q %q;", h.Number, h.Code, h.CodeWritten.Text())
		}
		for _, d := range p.Doubts {
			line += " ?" + d.Column
		}
		got = append(got, line)
	}
	want := []string{
		`2 "Ada Vell" "ada vell" male: 1 "killed" "Gunshot";`,
		`3 "Bor" "bor" : 1 "killed" " gunshot "; 2 "tortured" "1"; ?what`,
		`4 "Ceda" "ceda" female: 1 "killed" "GUNSHOT ` + `"; ?what`,
		`5 "NA" "" :`,
		`6 "Dorn Senn" "dorn senn" : 1 "x-fell-ill" "Fell ill"; 2 "" "NA";`,
		`7 "Edda Senn" "edda senn" female: 1 "" "NA";`,
		`8 "Fenn Vell" "fenn vell" female:`,
		`9 "Gora Vell" "gora vell" female: 1 "" "";`,
	}
	want[2] = strings.Replace(want[2], "GUNSHOT ", `GUNSHOT\u00a0`, 1)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	wantRefused := []string{
		`list.csv: row 10, column "sex": "X": the mapping does not name this value; accepted: "F", "M"; or the value added to the mapping's "codes" or "unknown"`,
		`list.csv: row 11, column "what": "Утонул": the mapping does not name this value, and no code of the case's own can be made of its letters; accepted: codes for: "Gunshot", "alive"; or the value added to the mapping's "codes" or "unknown"`,
		`list.csv: row 12, column "torture": "2": the mapping does not name this value; accepted: "0", "1"; or the value added to the mapping's "codes" or "unknown"`,
	}
	if d := cmp.Diff(wantRefused, refused); d != "" {
		t.Error(d)
	}
	if r.Counts.Read != 8 || r.Counts.Refused != 3 || r.Counts.Doubtful != 2 || r.Counts.NoName != 1 || r.Counts.Harms != 8 {
		t.Errorf("counts: %+v", r.Counts)
	}
}

// Values stay as they are: no number, no formula, no trimmed text.
func TestTextStaysText(t *testing.T) {
	t.Parallel()
	m := `{"format": "recount mapping/1", "row": "person", "record": {"name": "n", "note": "note", "occupation": "work"}, "identifiers": ["id"]}`
	people, _, r := readList(t, m, "id,n,note,work,new\n0012,Ada  Vell ,=1+1,@x,-5\n100E10,\"say \"\"hi\"\"\ttab\",+7,00123,3-4\n3.20001E+15,Bor,,,\n0012,Ceda,,,\n")
	first := people[0].Record
	if d := cmp.Diff([]journal.Value{journal.Text("Ada  Vell "), journal.Text("=1+1"), journal.Text("@x")}, []journal.Value{first.Name, first.Note, first.Occupation}); d != "" {
		t.Error(d)
	}
	var pairs [][2]string
	if err := json.Unmarshal([]byte(people[1].Record.Raw.Text()), &pairs); err != nil {
		t.Fatal(err)
	}
	want := [][2]string{{"id", "100E10"}, {"n", "say \"hi\"\ttab"}, {"note", "+7"}, {"work", "00123"}, {"new", "3-4"}}
	if d := cmp.Diff(want, pairs); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"new"}, r.Unlisted()); d != "" {
		t.Error(d)
	}
	doubts := append(people[2].Doubts, people[3].Doubts...)
	wantDoubts := []Doubt{
		{4, "id", "3.20001E+15", "an identifier that a spreadsheet has shortened: its last digits are lost", ""},
		{5, "id", "0012", "the same identifier stands in row 2", ""},
	}
	if d := cmp.Diff(wantDoubts, doubts); d != "" {
		t.Error(d)
	}
}

// The age at the harm follows from birth and date, where no age is stated.
func TestAgeFromBirth(t *testing.T) {
	t.Parallel()
	m := `{"format": "recount mapping/1", "row": "person", "record": {"name": "n", "birth": "born", "age": {"column": "age", "year_is_birth": true}, "child": {"column": "minor", "codes": {"1": "yes", "0": "no"}}},
	 "harms": [{"code": {"constant": "killed"}, "date": "when", "end": "until"}]}`
	list := "n,born,age,minor,when,until\n" +
		"Ada,1974-02-27,,0,1992-02-26,1992-02-20\n" + // seventeen, flagged as no child; ends before it begins
		"Bor,1974,,,1992-02-26,\n" + // seventeen or eighteen
		"Ceda,,1980,,1992,\n" + // a year for an age, where a birth column is there and blank: taken as birth only without one
		"Dorn,1993,,,1992,\n"
	people, _, r := readList(t, m, list)
	var got []string
	for _, p := range people {
		got = append(got, fmt.Sprintf("%s-%s %q %q %q %v %d", p.Record.AgeLow, p.Record.AgeHigh, p.Record.ChildAge, p.Record.AgeBand, p.Record.Birth, p.Contradict, len(p.Doubts)))
	}
	want := []string{`215-215 "yes" "15-17" "1974-02-27" true 1`, `205-217 "" "" "1974" false 0`, `- "" "" "" false 1`, `- "" "" "1993" false 1`}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if r.Counts.Contradictions != 1 {
		t.Errorf("%d contradictions", r.Counts.Contradictions)
	}
}

func TestBindNamesTheColumnsThatAreThere(t *testing.T) {
	t.Parallel()
	m, err := Parse([]byte(`{"format": "recount mapping/1", "row": "person", "record": {"name": "caf\u00e9", "note": "place#2"}}`))
	if err != nil {
		t.Fatal(err)
	}
	bind := func(header string) error {
		tab, err := table.Open(strings.NewReader(header), int64(len(header)), table.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = Bind(m, tab.Info(), "list.csv")
		return err
	}
	if err := bind("cafe\u0301 ,place,place\n"); err != nil {
		t.Errorf("a header in another composition of letters: %v", err)
	}
	err = bind("Café,place,place\n")
	want := `row 1, column "café": the mapping's record.name names this column, and the list does not have it; accepted: one of the columns that are there: "Café", "place", "place#2"`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// The remembered words of names give the same keys as the rules of names.
func TestNameKeyIsNamesKey(t *testing.T) {
	t.Parallel()
	r := &Reader{words: map[string][]string{}}
	for c := rune(0); c < 0x250; c++ {
		for _, name := range []string{string(c), "a" + string(c) + "Z", string(c) + " " + string(c)} {
			if got, want := r.nameKey(name), names.Key(name); got != want {
				t.Errorf("%q: %q, want %q", name, got, want)
			}
		}
	}
	for range 2 {
		for _, name := range []string{"Ada Vell", "  Vell,  Ada ", "Жанна д'Арк", "O'Neil-Senn", "محمد  علی", "Ada\u00a0Vell", "e\u0301 \u0301x", "ﬁn ＡＢ", "", "-", "İpek ıSSIZ", "Straße ss"} {
			if got, want := r.nameKey(name), names.Key(name); got != want {
				t.Errorf("%q: %q, want %q", name, got, want)
			}
		}
	}
}

// One system composes an accented letter, another takes it apart: a marker of unknown
// and a value of the mapping are found in both, and two codes that differ by an accent
// alone stay two. What the list wrote stays as it was.
func TestAccentsOfEitherForm(t *testing.T) {
	t.Parallel()
	const nfc, nfd = "descoñecé", "descon\u0303ece\u0301"
	for _, form := range []string{nfc, nfd} {
		m := `{"format": "recount mapping/1", "row": "person", "unknown": ["` + form + `"], "record": {"name": "n", "sex": {"column": "s", "codes": {"varón": "male", "varon": "other"}}},
		 "harms": [{"code": {"constant": "killed"}, "place": "p"}]}`
		people, refused, r := readList(t, m, "n,s,p\n"+nfd+",varo\u0301n,"+nfd+"\n"+nfc+",varón,"+nfc+"\nCera\u0301n,varon,Tarn\n")
		if len(refused) > 0 || r.Counts.NoName != 2 {
			t.Fatalf("%q: refused %q, without a name %d", form, refused, r.Counts.NoName)
		}
		for i, want := range []string{"male  " + nfd, "male  " + nfc, "other Tarn Cera\u0301n"} {
			p := people[i]
			place := p.Harms[0].Place
			if got := p.Record.Sex + " " + strings.TrimPrefix(strings.TrimPrefix(place, nfd), nfc) + " " + p.Record.Name.Text(); got != want || len(p.Doubts) > 0 {
				t.Errorf("%q, row %d: %q, %v; want %q", form, i+2, got, p.Doubts, want)
			}
		}
	}
}
