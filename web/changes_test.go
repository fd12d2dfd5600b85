// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"recount/access"
	"recount/audit"
	"recount/intake"
	"recount/intake/mapping"
	"recount/store"
)

// TestWorksheet: records are taken out of the page that lists them, somebody works
// in the file, brings it back as an exhibit, sees what was changed beside what the
// records say, and records it.
func TestWorksheet(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.seat(access.Reader)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Registry"}, "kind": {"list"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	list := r.exhibit("list.csv", []byte("no,name,age\n1,Aram Velk,17\n2,Seda Velk,40\n"))
	id := func(page string) string { return page[strings.LastIndex(page, "/")+1:] }
	job, _ := r.post("/case/case-1/lists", url.Values{"exhibit": {id(list)}, "source": {source}, "header_row": {"1"}, "meaning0": {"identifier"}, "meaning1": {"name"}, "meaning2": {"age"},
		"harm_of_all": {"killed"}, "step": {"import"}, "reason": {"a test"}}, http.StatusSeeOther)
	has(t, r.ended(job), "2 records were made.")

	of := "/case/case-1/records?source=" + source
	has(t, r.get(of), "Take these records out", `name="source" value="`+source+`"`)
	answer := r.send(writer, "GET", "/case/case-1/records/worksheet?format=csv&source="+source, "")
	sheet := answer.Body.String()
	if answer.Code != http.StatusOK || answer.Header().Get("Content-Disposition") != `attachment; filename=records.csv` || strings.Count(sheet, "\n") != 3 {
		t.Fatalf("%d %v\n%s", answer.Code, answer.Header(), sheet)
	}
	if got := r.send(writer, "GET", "/case/case-1/records/worksheet?format=doc", "").Code; got != http.StatusUnprocessableEntity {
		t.Errorf("a format that is none: %d", got)
	}

	r.looked(func(all []store.Looked) bool {
		return slices.ContainsFunc(all, func(l store.Looked) bool { return l.Act == audit.Exported && l.Kind == "records" })
	})

	sheet = regexp.MustCompile(`(?m)^([0-9a-f]{64},.*?)Seda Velk`).ReplaceAllString(sheet, "${1}Seda Velkan")
	sheet += strings.Repeat("ab", 32) + strings.Repeat(",", strings.Count(sheet[:strings.Index(sheet, "\n")], ",")) + "\n"
	back := r.exhibit("records.csv", []byte(sheet))
	page := r.get(back + "/changes")
	has(t, page, "<del><bdi>Seda Velk</bdi></del>", "<ins><bdi>Seda Velkan</bdi></ins>", "there is no such record in this case", "Record these changes")
	if strings.Contains(page, "Aram Velk") {
		t.Error("a record that says the same is listed")
	}
	has(t, shown(r.send(writer, "GET", list+"/changes", "").Body.String()), "This is no worksheet that can be compared")
	_, page = r.post(back+"/changes", url.Values{"reason": {"read again"}}, http.StatusUnprocessableEntity)
	has(t, shown(page), "nothing was written")
	entry, _ := r.post(back+"/changes", url.Values{"reason": {"read again"}, "leave_out": {"yes"}}, http.StatusSeeOther)
	has(t, entry, "/journal/")
	has(t, shown(r.get(of)), "Seda Velkan")
	has(t, shown(r.get(back+"/changes")), "This worksheet proposes nothing.")
	if got := r.send(access.Reader, "POST", back+"/changes", "").Code; got != http.StatusForbidden {
		t.Errorf("a reader records what a worksheet proposes: %d", got)
	}
}

// groups imports a list of people without names.
func (r *reading) groups(source, list string) {
	r.t.Helper()
	m, err := mapping.Parse([]byte(`{"format": "recount mapping/1", "row": "group",
		"group": {"description": "what", "low": "low", "high": "high", "code": {"constant": "killed"}, "date": "day"}}`))
	if err != nil {
		r.t.Fatal(err)
	}
	exhibit := r.exhibit("groups.csv", []byte(list))
	if _, err := r.desk().Clerk().Import(r.t.Context(), intake.Order{Exhibit: exhibit[strings.LastIndex(exhibit, "/")+1:], Source: source, Mapping: m}); err != nil {
		r.t.Fatal(err)
	}
}

// TestGroups: what a source says of people without names is listed with its
// numbers, and linked from the page of the source.
func TestGroups(t *testing.T) {
	t.Parallel()
	r := open(t)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Registry"}, "kind": {"list"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	has(t, shown(r.get("/case/case-1/groups")), "No source speaks of people without names.")
	if strings.Contains(r.get("/case/case-1/sources/"+source), "/groups") {
		t.Error("a source that speaks of none has a link to them")
	}
	r.groups(source, "what,low,high,day\n5 men of the mill,5,,1992-02\nthose at the ford,3,7,\nmany,10+,,\n")
	page := r.get("/case/case-1/groups?source=" + source)
	has(t, shown(page), "5 men of the mill", "3–7", "at least 10", "1992-02", "Killed")
	has(t, r.get("/case/case-1/sources/"+source), "/case/case-1/groups?source="+source)
}

// TestRefusedRows: rows that an import left out are taken out from its receipt, with
// the list's own columns, so that they can be mended and imported.
func TestRefusedRows(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.seat(access.Reader)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Registry"}, "kind": {"list"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	list := r.exhibit("list.csv", []byte("no,name,sex\n1,Aram Velk,m\n2,Seda Velk,woman\n"))
	m, err := mapping.Parse([]byte(`{"format": "recount mapping/1", "row": "person", "record": {"name": "name", "sex": {"column": "sex", "codes": {"m": "male"}}}, "identifiers": ["no"]}`))
	if err != nil {
		t.Fatal(err)
	}
	id := list[strings.LastIndex(list, "/")+1:]
	if _, err := r.desk().Clerk().Import(t.Context(), intake.Order{Exhibit: id, Source: source, Mapping: m, AcceptRefused: true}); err != nil {
		t.Fatal(err)
	}
	answer := r.send(writer, "GET", list+"/refused", "")
	want := "no,name,sex,Row of the list,Why it was refused\n2,Seda Velk,woman,3,the mapping does not name this value\n"
	if answer.Code != http.StatusOK || answer.Body.String() != want {
		t.Errorf("%d %q", answer.Code, answer.Body)
	}
	other := r.exhibit("other.csv", []byte("no,name\n1,Aram Velk\n"))
	if got := r.send(writer, "GET", other+"/refused", "").Code; got != http.StatusUnprocessableEntity {
		t.Errorf("a list that was not imported: %d", got)
	}
	r.looked(func(all []store.Looked) bool {
		return slices.ContainsFunc(all, func(l store.Looked) bool { return l.Act == audit.Downloaded && l.ID == id })
	})
}
