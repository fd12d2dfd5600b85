// SPDX-License-Identifier: Apache-2.0

package pfif_test

import (
	"bytes"
	"encoding/xml"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/exchange/pfif"
	"recount/intake/worksheet"
	"recount/journal"
	"recount/register"
)

type document struct {
	XMLName xml.Name `xml:"http://zesty.ca/pfif/1.4 pfif"`
	Persons []struct {
		ID     string `xml:"person_record_id"`
		Name   string `xml:"full_name"`
		Given  string `xml:"given_name"`
		Author string `xml:"author_name"`
		Sex    string `xml:"sex"`
		Birth  string `xml:"date_of_birth"`
		Age    string `xml:"age"`
		Notes  []struct {
			ID     string `xml:"note_record_id"`
			Person string `xml:"person_record_id"`
			Status string `xml:"status"`
			Place  string `xml:"last_known_location"`
			Text   string `xml:"text"`
		} `xml:"note"`
	} `xml:"person"`
}

// TestPersons: the elements of PFIF 1.4, whose age is "n" or "n-m", whose dates are
// a year, a month or a day, and whose status is always that of a note.
func TestPersons(t *testing.T) {
	t.Parallel()
	ada := worksheet.Row{Leaf: journal.Leaf{0x01}, Record: register.Record{
		Source: "s-0000000000000001", Name: journal.Text("Ada <Vell>"), Given: journal.Text("Ada"), Sex: "female", Birth: "1974-05",
		AgeLow: register.Exactly(204), AgeHigh: register.Exactly(239),
	}, Harms: []register.Harm{{Number: 1, Code: "missing", Place: "Tarn", Date: "1992-02-26"}, {Number: 2, Code: "injured"}}}
	open := worksheet.Row{Leaf: journal.Leaf{0x02}, Record: register.Record{AgeLow: register.Exactly(720), AgeHigh: register.Exactly(register.MaxMonths)}}
	var b bytes.Buffer
	w := pfif.NewWriter(&b, "tarn.example", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), func(string) (string, error) { return "Office of Tarn", nil })
	for _, r := range []worksheet.Row{ada, open} {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := xml.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatalf("%v\n%s", err, &b)
	}
	if len(d.Persons) != 2 || len(d.Persons[0].Notes) != 2 {
		t.Fatalf("%+v", d)
	}
	p, q := d.Persons[0], d.Persons[1]
	id := ada.Leaf.String()
	got := []string{p.ID, p.Name, p.Given, p.Author, p.Sex, p.Birth, p.Age, p.Notes[0].ID, p.Notes[0].Person, p.Notes[0].Status, p.Notes[0].Place, p.Notes[0].Text, p.Notes[1].Status, q.Name, q.Age}
	want := []string{"tarn.example/r-" + id, "Ada <Vell>", "Ada", "Office of Tarn", "female", "1974-05", "17-19", "tarn.example/r-" + id + "-h1", "tarn.example/r-" + id,
		"believed_missing", "Tarn", "harm: missing\ndate: 1992-02-26", "", "?", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("- want, + got:\n%s", diff)
	}
}
