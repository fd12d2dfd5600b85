// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

const small = `{"format": "recount mapping/1", "row": "person", "record": {"name": "Name"}}`

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	with := func(more string) string { return strings.TrimSuffix(small, "}") + ",\n" + more + "}" }
	tests := map[string]struct{ text, want string }{
		"unknown key": {with(`"colour": "red"`), `line 2: the mapping has no "colour"; accepted: "basis", "classes", "consent", "delimiter", "encoding", "fill_down", "format", "group", "handling", "harms", "header", "header_row", "header_rows", "identifiers", "key", "languages", "not_mapped", "only", "others", "own", "pivot", "record", "repeats", "row", "rows_of", "sections", "sheet", "source", "title", "unknown", "was"`},
		"unknown key of a field": {with(`"harms": [{"code": {"constant": "killed"},
			"date": {"column": "when", "format": "dmy"}}]`), `line 3: harm.date has no "format"; accepted: "calendar", "column", "columns", "constant", "date", "interval", "join", "open", "range", "split", "unknown"`},
		"doubled key":          {with(`"title": "a", "title": "b"`), `line 2: the key "title" stands twice`},
		"not JSON":             {with(`"title": a`), "line 2: not JSON"},
		"ends early":           {`{"format": "recount mapping/1"`, "line 1: the mapping ends too early"},
		"more behind":          {small + "\n{}", "more stands behind the end"},
		"a zero byte":          {"{\"format\": \"a\\u0000\"}", "line 1: a text holds a zero byte"},
		"a zero byte in a key": {"{\n\"a\\u0000\": 1}", "line 2: a text holds a zero byte"},
		"half of a pair":       {"{\"format\": \"a\\ud800\"}", "half of a pair of escapes"},
		"not UTF-8":            {"{\"format\": \"\xff\"}", "not UTF-8"},
		"another format":       {`{"format": "recount mapping/9"}`, `line 1: not accepted: "recount mapping/9"; accepted: recount mapping/1`},
		"no format":            {`{"row": "person"}`, `it does not say what it is; accepted: "format": "recount mapping/1"`},
		"no row":               {`{"format": "recount mapping/1"}`, `accepted: "row": "person"`},
		"no columns":           {`{"format": "recount mapping/1", "row": "person"}`, "no column is mapped"},
		"wrong harm code":      {with(`"harms": [{"code": {"column": "c", "codes": {"x": "murdered"}}}]`), `line 2: not accepted: harm "murdered": accepted are killed`},
		"blank code":           {with(`"harms": [{"code": {"column": "c", "codes": {"x": ""}}}]`), `line 2: not accepted: a blank code`},
		"no codes":             {with(`"harms": [{"code": "c"}]`), `line 2: harm.code needs "codes"`},
		"no code":              {with(`"harms": [{"date": "c"}]`), `line 2: a harm has no "code"`},
		"wrong sex":            {with(`"record": {}`), `the key "record" stands twice`},
		"x- for sex":           {strings.Replace(small, `"name": "Name"`, `"sex": {"column": "s", "codes": {"m": "male"}, "other": "x-"}`, 1), `"x-"; accepted: refuse`},
		"constant and column":  {strings.Replace(small, `"Name"`, `{"constant": "a", "column": "b"}`, 1), "a constant and a column"},
		"column and columns":   {strings.Replace(small, `"Name"`, `{"columns": ["a", "c"], "column": "b"}`, 1), `"column" and "columns"`},
		"two columns of dates": {strings.Replace(small, `"name": "Name"`, `"birth": {"columns": ["a", "b"]}`, 1), "is read from one column"},
		"nothing":              {strings.Replace(small, `"Name"`, `{}`, 1), "names no column"},
		"join of one":          {strings.Replace(small, `"Name"`, `{"column": "a", "join": "-"}`, 1), "not several columns"},
		"mapped and not":       {with(`"not_mapped": ["Name"]`), `column "Name" is mapped and listed under not_mapped`},
		"header row":           {with(`"header_row": 0`), "header_row is the number of a row"},
		"header row as text":   {with(`"header_row": "1"`), "header_row is the number of a row"},
		"delimiter":            {with(`"delimiter": "||"`), "cannot be a delimiter"},
		"encoding":             {with(`"encoding": "latin"`), `unknown encoding "latin"`},
		"sheet and delimiter":  {with(`"sheet": "a", "delimiter": ";"`), "names a sheet and a delimiter"},
		"source":               {with(`"source": "Tarn"`), "line 2: not accepted: source id"},
		"handling":             {with(`"handling": "secret"`), "handling class"},
		"list of numbers":      {with(`"unknown": [1]`), "a number stands where a text is accepted"},
		"date constant":        {with(`"harms": [{"code": {"constant": "killed"}, "date": {"constant": "26.02.1992"}}]`), "not accepted"},
		"age constant":         {strings.Replace(small, `"name": "Name"`, `"age": {"constant": "17"}`, 1), "an age cannot be the same for all"},
		"interval of one":      {with(`"own": {"t": {"columns": ["a", "b"], "interval": ["first"]}}`), `own.t has 2 columns, and "interval" says of 1 what they are`},
		"interval of what":     {with(`"own": {"t": {"columns": ["a", "b"], "interval": ["first", "end"]}}`), `"end"; accepted: first, last, first-possible, last-possible`},
		"interval and range":   {with(`"own": {"t": {"columns": ["a", "b"], "interval": ["first", "last"], "range": ["~"]}}`), `own.t has "interval"; accepted beside it`},
		"open without ends":    {with(`"own": {"t": {"column": "a", "date": "iso", "open": ["x"]}}`), `own.t has "open"`},
		"blank range":          {with(`"own": {"t": {"column": "a", "range": [""]}}`), `a blank under "range"`},
		"blank split":          {with(`"own": {"t": {"column": "a", "split": " "}}`), "a blank stands where a sign"},
		"own constant date":    {with(`"own": {"t": {"constant": "a", "date": "iso"}}`), "own.t is a constant"},
		"unlike of a constant": {with(`"own": {"t": {"constant": "a", "unlike": ["b"]}}`), "own.t is a constant"},
		"two columns in own":   {with(`"own": {"t": {"columns": ["a", "b"], "date": "iso"}}`), "own.t is read from one column"},
		"was of nothing":       {with(`"was": {"prefix": "uuid:"}`), "was names no column"},
		"was of no key":        {with(`"was": {"columns": ["a"]}`), "the key has 0 columns"},
		"was of two":           {with(`"key": ["a", "b"], "was": {"columns": ["c"]}`), "the key has 2 columns"},
		"languages of none":    {with(`"languages": {"by": ["a"]}`), `languages needs "by"`},
		"only both":            {with(`"only": {"column": "a", "values": ["x"], "not": ["y"]}`), "only says no values, or both kinds"},
		"levels":               {strings.Repeat(`{"record":`, 20), "more than 12 levels"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := Parse([]byte(tt.text))
			if !errors.Is(err, fault.Invalid) || m != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want fault.Invalid with %q", err, tt.want)
			}
		})
	}
}

// Two files that mean the same have one canonical form, and it reads back.
func TestCanonical(t *testing.T) {
	t.Parallel()
	one, err := Parse([]byte(`{"format": "recount mapping/1", "row": "person", "unknown": ["NA", "-1"], "header_row": 1,
		"record": {"name": {"columns": ["given", "family"], "join": " "}, "age": "age <months>", "child": {"column": "minor", "codes": {"1": "yes", "0": "no"}}},
		"harms": [{"code": {"constant": "killed"}, "date": {"column": "when", "date": "iso"}, "place": {"columns": ["village", "district"]}}],
		"not_mapped": ["b", "a"]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"format":"recount mapping/1","row":"person","unknown":["-1","NA"],"handling":"confidential","basis":"confidential",` +
		`"record":{"name":{"columns":["given","family"],"join":" "},"age":{"columns":["age <months>"],"unit":"years"},` +
		`"child":{"columns":["minor"],"codes":{"0":"no","1":"yes"},"other":"refuse"}},` +
		`"harms":[{"code":{"constant":"killed"},"date":{"columns":["when"],"date":"iso"},"place":{"columns":["village","district"],"join":", "},"determination":"pending","standard":"ns"}],` +
		`"not_mapped":["a","b"]}`
	got, err := one.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	two, err := Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(one, two); d != "" {
		t.Error(d)
	}
	wanted := []string{"given", "family", "age <months>", "minor", "when", "village", "district"}
	if d := cmp.Diff(wanted, two.Wanted()); d != "" {
		t.Error(d)
	}
}

// What Parse accepts has a canonical form, which Parse accepts as the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(`{"format": "recount mapping/1", "row": "person", "record": {"age": {"column": "a", "unit": "months"}}, "harms": [{"code": {"column": "c", "other": "x-"}}]}`))
	f.Add([]byte("{\"a\": [1, null, {\"b\": true}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("%v is not fault.Invalid", err)
			}
			return
		}
		b, err := m.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(b)
		if err != nil {
			t.Fatalf("the canonical form %s is refused: %v", b, err)
		}
		c, err := again.JSON()
		if err != nil || string(b) != string(c) {
			t.Fatalf("%s became %s, %v", b, c, err)
		}
	})
}

func FuzzParseStatement(f *testing.F) {
	f.Add([]byte(`{"format": "recount record/1", "source": "s-0000000000000000", "exhibit": "e-0000000000000000", "pinpoint": "p", "record": {"age": "17", "birth": {"written": "x", "date": "1975"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := ParseStatement(data); err != nil && !errors.Is(err, fault.Invalid) {
			t.Fatalf("%v is not fault.Invalid", err)
		}
	})
}
