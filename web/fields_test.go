// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"recount/access"
	"recount/casework"
	"recount/register"
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

// TestClosedForm: an incident's form leaves out what is closed, and keeps it; once
// it is open, the form that did not ask for it is refused: it would be taken for empty.
func TestClosedForm(t *testing.T) {
	t.Parallel()
	r := open(t)
	for _, role := range []access.Role{access.Investigator, access.Reviewer} {
		r.seat(role)
	}
	to, _ := r.post("/case/case-1/incidents", url.Values{"title": {"Shelling of Tarn"}, "kind": {"shelling"}, "when": {"1992-02-25"}, "place_written": {"Tarn, North"}, "note": {"told by the miller"}}, http.StatusSeeOther)
	incident, _, _ := strings.Cut(to, "?")
	k, err := r.desk().DescribeCompartment(context.Background(), register.Compartment{Name: "Places", Members: []string{"A reviewer", "A writer"}}, casework.Why{Reason: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"place", "note"} {
		r.post("/case/case-1/decisions", url.Values{"subject_kind": {"field"}, "subject": {field}, "to": {"restricted/" + k.ID}, "reason": {"the town is watched"}}, http.StatusSeeOther)
	}
	asked := r.send(access.Investigator, "GET", incident+"/edit", "")
	form := asked.Body.String()
	has(t, shown(form), "Shelling of Tarn", "Notes on persons and incidents")
	if asked.Code != http.StatusOK || strings.Contains(form, "miller") || strings.Contains(form, "North") || strings.Contains(form, `name="place_written"`) || strings.Contains(form, `name="note"`) {
		t.Errorf("%d: the form asks for what is closed:\n%s", asked.Code, form)
	}
	closed := regexp.MustCompile(`name="closed" value="([^"]+)"`).FindStringSubmatch(form)
	if closed == nil {
		t.Fatal("the form does not say what it left out")
	}
	sent := url.Values{"title": {"Shelling of the town"}, "kind": {"shelling"}, "when": {"1992-02-26"}, "closed": {closed[1]}, "base_seq": {baseSeqField.FindStringSubmatch(form)[1]}}
	if w := r.send(access.Investigator, "POST", incident, sent.Encode()); w.Code != http.StatusSeeOther {
		t.Fatalf("describing it anew: %d\n%s", w.Code, w.Body)
	}
	has(t, shown(r.get(incident)), "Shelling of the town", "Tarn, North", "told by the miller")

	form = r.send(access.Investigator, "GET", incident+"/edit", "").Body.String()
	sent.Set("base_seq", baseSeqField.FindStringSubmatch(form)[1])
	r.post("/case/case-1/decisions", url.Values{"subject_kind": {"field"}, "subject": {"note"}, "to": {"public"}, "reason": {"the town is free"}}, http.StatusSeeOther)
	decision := regexp.MustCompile(`q-[0-9a-f]{16}`).FindString(r.get("/case/case-1/decisions"))
	if w := r.send(access.Reviewer, "POST", "/case/case-1/decisions/"+decision+"/confirm", "reason=so+it+is"); w.Code != http.StatusSeeOther {
		t.Fatalf("opening the field: %d\n%s", w.Code, w.Body)
	}
	w := r.send(access.Investigator, "POST", incident, sent.Encode())
	has(t, shown(w.Body.String()), "is open to you now")
	if w.Code != http.StatusConflict {
		t.Errorf("a form that did not ask for what is open now: %d, want 409", w.Code)
	}
	has(t, shown(r.get(incident)), "told by the miller")
}
