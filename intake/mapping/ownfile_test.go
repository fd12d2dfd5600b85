// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/register"
)

// Values are read as docs/formats/own-fields.md says; its vectors are for other
// programs, too.
func TestOwnVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/formats/vectors/own.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		File   json.RawMessage
		Values []struct {
			Field, Written string
			Value          *string
		}
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	f, err := ParseOwnFile(vectors.File)
	if err != nil {
		t.Fatal(err)
	}
	var fields []register.OwnField
	for _, x := range f.Fields {
		fields = append(fields, x.OwnField)
	}
	declared, err := register.Declared(fields, f.Lists)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors.Values {
		got, ok := declared.Value(v.Field, v.Written)
		if ok != (v.Value != nil) || ok && got != *v.Value {
			t.Errorf("%s %q: read %q, %t", v.Field, v.Written, got, ok)
		}
	}
	if diff := cmp.Diff([]string{"firearm", "rifle"}, f.Lists[0].Under("firearm")); diff != "" {
		t.Error(diff)
	}
}

// A file that is written out and read again declares the same.
func TestOwnFileAgain(t *testing.T) {
	t.Parallel()
	f := register.OwnFile{
		Fields: []register.ClassedField{
			{OwnField: register.OwnField{Field: "Wea|pon <1>", Labels: []string{"en A \"b\" & c", "pt-BR Arma"}, Type: "code", CodeList: "l-x", Note: "asked"}, Handling: "restricted/k-0011223344556677"},
			{OwnField: register.OwnField{Field: "دفن", Type: "date"}},
		},
		Lists: []register.CodeList{{CodeList: "l-x", Labels: []string{"en Things"}, Note: "n", Codes: []string{
			register.OwnCode{Code: "a", Labels: []string{"en One | two"}, Spellings: []string{"<b>", "= c"}}.Line(),
			register.OwnCode{Code: "b", Parent: "a"}.Line(),
		}}},
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseOwnFile(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, got); diff != "" {
		t.Error(diff)
	}
}

func TestOwnFileRefuses(t *testing.T) {
	t.Parallel()
	list := func(codes string) string {
		return `{"format": "recount own fields/1", "lists": [{"list": "l-x", "codes": [` + codes + `]}]}`
	}
	field := func(rest string) string {
		return `{"format": "recount own fields/1", "fields": [{"field": "F"` + rest + `}]}`
	}
	for name, test := range map[string][2]string{
		"nothing":               {`{"format": "recount own fields/1"}`, "nothing is declared"},
		"no format":             {`{"fields": [{"field": "F"}]}`, `there is no "format"`},
		"another key":           {field(`, "colour": "red"`), `a field has no "colour"`},
		"another type":          {field(`, "type": "picture"`), "accepted are text, number, date, flag, code"},
		"codes without a list":  {field(`, "type": "code"`), "accepted is l- and then"},
		"a list without codes":  {field(`, "list": "l-x"`), "has no list of codes"},
		"a label of no tongue":  {field(`, "labels": {"English language": "F"}`), "accepted is a language tag"},
		"sealed":                {field(`, "handling": "sealed"`), "sealing takes two people"},
		"a field twice":         {`{"format": "recount own fields/1", "fields": [{"field": "F"}, {"field": "F"}]}`, "stands twice"},
		"a name of a worksheet": {`{"format": "recount own fields/1", "fields": [{"field": "F.value"}]}`, "cannot be the name of a field"},
		"no codes":              {list(``), "there is none"},
		"a code twice":          {list(`{"code": "a"}, {"code": "a"}`), "stands twice"},
		"a code of capitals":    {list(`{"code": "A"}`), "small letters"},
		"two of one label":      {list(`{"code": "a", "labels": {"en": "Gun"}}, {"code": "b", "spellings": [" GUN"]}`), "is both a and b"},
		"a code's own label":    {list(`{"code": "a", "labels": {"en": "b"}}, {"code": "b"}`), "is both"},
		"under what is not":     {list(`{"code": "a", "parent": "z"}`), "not in the list"},
		"in a circle":           {list(`{"code": "a", "parent": "b"}, {"code": "b", "parent": "a"}`), "is under itself"},
	} {
		_, err := ParseOwnFile([]byte(test[0]))
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), test[1]) {
			t.Errorf("%s: got %v, want fault.Invalid with %q", name, err, test[1])
		}
	}
}

func FuzzOwnFile(f *testing.F) {
	f.Add([]byte(`{"format": "recount own fields/1", "fields": [{"field": "F", "labels": {"en": "x"}}], "lists": [{"list": "l-x", "codes": [{"code": "a", "parent": "a"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ParseOwnFile(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseOwnFile(text)
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v in %s", err, text)
		}
		if diff := cmp.Diff(file, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
