// SPDX-License-Identifier: Apache-2.0

package followthemoney_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/exchange/followthemoney"
	"recount/intake/worksheet"
	"recount/journal"
	"recount/register"
)

// TestStatements: each thing that one source says is a statement with the source as
// its dataset, records of one person share the canonical id, and the id of a
// statement is the SHA-1 of "dataset.entity.prop.value" as the model has it.
func TestStatements(t *testing.T) {
	t.Parallel()
	row := worksheet.Row{Leaf: journal.Leaf{0xab}, Record: register.Record{
		Source: "s-0000000000000001", Exhibit: "e-0000000000000002", Pinpoint: "row 2", Person: "p-0000000000000003",
		Name: journal.Text("Ada Vell"), SexWritten: journal.Text("F"), Sex: "female", Birth: "1974-05/1974-06",
	}, Harms: []register.Harm{{Number: 1, Code: "killed", Date: "1992-02-25/1992-02-26", DateWritten: journal.Text("the night they came"), Place: "Tarn"}}}
	var b bytes.Buffer
	w := followthemoney.NewWriter(&b, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	if err := w.Write(row); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	entity := "r-ab" + strings.Repeat("0", 62)
	got := [][]string{}
	for _, l := range lines[1:] {
		got = append(got, []string{l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[8]})
	}
	person := func(prop, kind, value, original string) []string {
		return []string{"p-0000000000000003", entity, prop, kind, "Person", value, "s_0000000000000001", original}
	}
	event := func(prop, kind, value, original string) []string {
		return []string{entity + "-h1", entity + "-h1", prop, kind, "Event", value, "s_0000000000000001", original}
	}
	want := [][]string{
		person("name", "name", "Ada Vell", ""), person("gender", "gender", "female", "F"), person("birthDate", "date", "1974", ""),
		person("notes", "text", "where it stands: e-0000000000000002, row 2", ""), person("notes", "text", "birth (EDTF): 1974-05/1974-06", ""),
		event("name", "name", "killed", ""), event("date", "date", "1992-02", "the night they came"), event("location", "string", "Tarn", ""),
		event("involved", "entity", entity, ""), event("notes", "text", "date (EDTF): 1992-02-25/1992-02-26", ""),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("- want, + got:\n%s", diff)
	}
	// printf 's_0000000000000001.r-ab0….name.Ada Vell' | sha1sum
	if id := lines[1][13]; id != "5f22e4ce88be9c0191a38219fe3e280b8381bb92" {
		t.Errorf("the id of the name's statement is %s", id)
	}
}

// TestDate: a date is never more exact than it was.
func TestDate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1992-02-26": "1992-02-26", "1992-02": "1992-02", "1992": "1992", "1992-02-25/1992-02-26": "1992-02", "1992-02-28/1992-03-01": "1992",
		"1991-12-31/1992-01-01": "", "1992~": "1992", "../1992-02-26": "", "199X": "", "": "", "XXXX-07-04": "", "1992-21": "1992", "no date": "",
	} {
		if got := followthemoney.Date(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
