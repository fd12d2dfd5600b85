// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// ended waits for long work to end and answers its page.
func (r *reading) ended(address string) string {
	r.t.Helper()
	for range 600 {
		w := r.send(writer, "GET", address, "")
		if w.Header().Get("Refresh") == "" {
			return w.Body.String()
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.t.Fatalf("%s does not end", address)
	return ""
}

// TestListByForm: a list is brought, its columns are given meanings, what is
// understood is shown, and it is imported; the rules then join two of its
// people with those of another list.
func TestListByForm(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.t.Cleanup(r.Close)
	source := func(name string) string {
		to, _ := r.post("/case/case-1/sources", url.Values{"name": {name}, "kind": {"list"}}, http.StatusSeeOther)
		return to[strings.Index(to, "s-"):][:18]
	}
	list := func(name, content, source string) url.Values {
		page := r.exhibit(name, []byte(content))
		return url.Values{
			"exhibit": {page[strings.LastIndex(page, "/")+1:]}, "source": {source}, "unknown": {"NA"}, "harm_of_all": {"killed"}, "dates": {"dmy"},
			"meaning0": {"name"}, "meaning1": {"sex"}, "meaning2": {"age"}, "meaning3": {"harm.date"}, "meaning4": {"harm.place"},
			"code1_0": {"male"}, "code1_1": {"female"},
		}
	}
	first := list("a.csv", "Name,Sex,Age,Day,Village\nAram Velk,M,17,02/05/2031,Tavresk\nMira Olten,F,NA,02/05/2031,Tavresk\n", source("Registry"))
	has(t, r.get("/case/case-1/lists/new?exhibit="+first.Get("exhibit")), "Aram Velk", "meaning4", "whole name")
	first.Set("step", "columns")
	_, page := r.post("/case/case-1/lists", first, http.StatusOK)
	has(t, page, "code1_0", "code1_1", "<bdi>M</bdi>")
	first.Set("step", "preview")
	_, page = r.post("/case/case-1/lists", first, http.StatusOK)
	has(t, page, "Records that it would make", "nothing is written yet", `<th scope="row">date of it</th>`, "recount mapping/1")
	has(t, r.get("/case/case-1/records"), "No record is here yet")
	first.Set("step", "import")
	job, _ := r.post("/case/case-1/lists", first, http.StatusSeeOther)
	has(t, r.ended(job), "2 records were made.")
	has(t, r.get("/case/case-1/records"), "Aram Velk", "17 years", "2031-05-02", "Registry")

	persian := list("p.csv", "Name,Sex,Age,Day,Village\nLeyla Orm,F,30,22/11/1357,Tavresk\n", source("Office"))
	persian.Set("step", "preview")
	persian.Set("calendar", "solar-hijri")
	persian.Del("code1_0")
	persian.Set("code1_0", "female")
	_, page = r.post("/case/case-1/lists", persian, http.StatusOK)
	has(t, page, "1979-02-11", "22/11/1357", `value="solar-hijri" selected`)

	again, _ := r.post("/case/case-1/lists", first, http.StatusSeeOther)
	has(t, r.ended(again), "imported before, read the same way")

	wrong := list("b.csv", "Name,Sex,Age,Day,Village\nVelk Aram,X,17,02/05/2031,Tavresk\nNora Tamm,F,30,02/05/2031,Tavresk\n", source("Hospital"))
	wrong.Set("step", "import")
	wrong.Del("code1_0")
	wrong.Del("code1_1")
	_, page = r.post("/case/case-1/lists", wrong, http.StatusUnprocessableEntity)
	has(t, page, "none of its values has a meaning yet", `<option value="name" selected>`)
	wrong.Set("code1_1", "female")
	wrong.Set("meaning4", "name") // as meaning0 already is: one would be left out in silence
	_, page = r.post("/case/case-1/lists", wrong, http.StatusUnprocessableEntity)
	has(t, page, "The columns “Name” and “Village” are both given as: whole name")
	wrong.Set("meaning4", "harm.place")
	job, _ = r.post("/case/case-1/lists", wrong, http.StatusSeeOther)
	page = r.ended(job)
	has(t, page, "This was not done", "Sex", `name="meaning0" value="name"`)
	wrong.Set("code1_0", "-")
	job, _ = r.post("/case/case-1/lists", wrong, http.StatusSeeOther)
	has(t, r.ended(job), "2 records were made.")

	rules := r.get("/case/case-1/persons/link")
	from := strings.Index(rules, `spellcheck="false">`) + len(`spellcheck="false">`)
	text := strings.ReplaceAll(rules[from:from+strings.Index(rules[from:], "</textarea>")], "&#34;", `"`)
	for _, step := range []string{"try", "run"} {
		job, _ = r.post("/case/case-1/persons/link", url.Values{"rules": {text}, "step": {step}}, http.StatusSeeOther)
		has(t, r.ended(job), "Persons after</dt><dd>3</dd>")
	}
	has(t, r.get("/case/case-1/persons?linked=1"), "Velk Aram", "Aram Velk", "Hospital")
	_, page = r.post("/case/case-1/persons/link", url.Values{"rules": {"{"}, "step": {"try"}}, http.StatusUnprocessableEntity)
	has(t, page, "This was not taken")
	if w := r.send(writer, "GET", "/case/case-1/jobs/b-0000000000000000", ""); w.Code != http.StatusNotFound {
		t.Errorf("work that is not under way: %d", w.Code)
	}
}

// TestDecideOnPersons: two persons are merged from the page that shows them
// side by side, and one record is split off again.
func TestDecideOnPersons(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.t.Cleanup(r.Close)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Registry"}, "kind": {"list"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	exhibit := r.exhibit("s.txt", []byte("Aram Velk, aged 17.\nVelk Aram, aged 40.\n"))
	id := exhibit[strings.LastIndex(exhibit, "/")+1:]
	person := func(name, age, line string) (person, leaf string) {
		to, _ := r.post("/case/case-1/records", url.Values{"exhibit": {id}, "source": {source}, "pinpoint": {"line " + line}, "name": {name}, "age": {age}}, http.StatusSeeOther)
		page := r.get(to)
		at := strings.Index(page, "/persons/p-")
		return page[at+len("/persons/"):][:20], to[strings.Index(to, "/records/")+9:][:64]
	}
	one, _ := person("Aram Velk", "17", "1")
	other, leaf := person("Velk Aram", "40", "2")
	one, other = strings.TrimSuffix(one, `"`)[:18], strings.TrimSuffix(other, `"`)[:18]
	has(t, r.get("/case/case-1/persons/"+one), "Others of the same name", "/beside/"+other)
	has(t, r.get("/case/case-1/persons/"+one+"/beside/"+other), "cannot all be so", "17 years", "40 years", "Merge them")
	merged, _ := r.post("/case/case-1/persons/"+one+"/beside/"+other+"/merge", url.Values{"reason": {"one man, says the clerk"}}, http.StatusSeeOther)
	has(t, r.get(merged), "They stand as one person now", "2 records", "one man, says the clerk")
	_, page := r.post("/case/case-1/persons/"+one+"/split", url.Values{"reason": {"no"}}, http.StatusUnprocessableEntity)
	has(t, page, "name at least one record")
	split, _ := r.post("/case/case-1/persons/"+one+"/split", url.Values{"record": {leaf}, "reason": {"his father"}}, http.StatusSeeOther)
	has(t, r.get(split), "stand as a person of their own", "40 years")
	if strings.Contains(r.get("/case/case-1/persons/"+one), "40 years") {
		t.Error("the record still stands where it was split off")
	}
	_, page = r.post("/case/case-1/persons/"+one+"/beside/"+one+"/merge", url.Values{}, http.StatusUnprocessableEntity)
	has(t, page, "one person already")
}
