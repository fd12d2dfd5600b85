// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"recount/access"
	"recount/store"
)

// TestFields: a field is closed on the page of members; a reader is told that it
// is, and not what stands in it; who corrects without seeing it keeps it.
func TestFields(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.seat(access.Reader)
	r.seat(access.Investigator)
	r.told(`"record":{"given":"Zorvan","father":"Orvant","family":"Keld","note":"seen at the ford"},"harms":[{"code":"killed","alleged":"The third company"}]`)
	var leaf, person string
	if err := r.Case.Read(context.Background(), func(rd store.Reader) error {
		all, err := rd.Records(context.Background(), store.RecordFilter{}, store.Page{})
		if err == nil {
			leaf, person = all[0].Leaf.String(), all[0].Person
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	page := r.get("/case/case-1/members")
	has(t, shown(page), "Fields of records", "Name of the father", "Whoever sees the record")
	has(t, page, "/case/case-1/decisions/handling?subject=father&amp;subject_kind=field")
	form := r.get("/case/case-1/decisions/handling?subject_kind=field&subject=father")
	has(t, shown(form), "field of all records: Name of the father", "Whoever sees the record")
	for _, field := range []string{"father", "note"} {
		r.post("/case/case-1/decisions", url.Values{"subject_kind": {"field"}, "subject": {field}, "to": {"restricted"}, "reason": {"kin are threatened"}}, http.StatusSeeOther)
	}
	as := func(role access.Role, address string) string { return r.send(role, "GET", address, "").Body.String() }
	record, of := "/case/case-1/records/"+leaf, "/case/case-1/persons/"+person
	for _, address := range []string{record, of, "/case/case-1/records?name=Keld", "/case/case-1/search?q=Orvant"} {
		page := as(access.Reader, address)
		if address != "/case/case-1/search?q=Orvant" {
			has(t, shown(page), "Zorvan Keld")
			page = strings.ReplaceAll(page, "q=Orvant", "")
			if strings.Contains(page, "Orvant") {
				t.Errorf("%s shows a reader the name of the father", address)
			}
		} else if strings.Contains(page, "Zorvan") {
			t.Errorf("%s finds for a reader what is closed", address)
		}
		if strings.Contains(page, "at the ford") {
			t.Errorf("%s shows a reader a note", address)
		}
	}
	for _, address := range []string{record, of} {
		has(t, shown(as(access.Reader, address)), "Closed to you in this case, whatever the source says of it: Name of the father, Notes on persons and incidents")
		has(t, shown(as(access.Investigator, address)), "Orvant")
	}
	members := shown(as(access.Reader, "/case/case-1/members"))
	if strings.Contains(members, "Name of the father") || !strings.Contains(members, "Occupation") {
		t.Error("the page of members says to a reader what is closed to them")
	}
	for _, unknown := range []string{"father", "shoe-size"} {
		if w := r.send(access.Reader, "GET", "/case/case-1/decisions/handling?subject_kind=field&subject="+unknown, ""); w.Code < 400 {
			t.Errorf("a reader is shown the handling of %s: %d", unknown, w.Code)
		}
	}
	has(t, shown(as(access.Investigator, "/case/case-1/decisions/handling?subject_kind=field&subject=father")), "Now")
}
