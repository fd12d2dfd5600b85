// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestListOfJSON: the wizard asks for no header row where a list names its columns
// itself, and the records point to the objects.
func TestListOfJSON(t *testing.T) {
	t.Parallel()
	r := open(t)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Registry"}, "kind": {"list"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	page := r.exhibit("people.json", []byte(`[{"name": "Aram Velk", "age": 17}, {"name": "Seda Velk", "age": 40, "note": "x"}]`))
	id := page[strings.LastIndex(page, "/")+1:]
	has(t, r.get(page+"?as=table"), "Aram Velk", "/lists/new?exhibit="+id)
	wizard := r.get("/case/case-1/lists/new?exhibit=" + id)
	has(t, wizard, "Aram Velk", `name="meaning2"`)
	if strings.Contains(wizard, `name="header_row"`) {
		t.Error("the wizard asks for the row with the names of the columns")
	}
	form := url.Values{"exhibit": {id}, "source": {source}, "meaning0": {"name"}, "meaning1": {"age"}, "harm_of_all": {"killed"}, "step": {"preview"}, "reason": {"a test"}}
	_, page = r.post("/case/case-1/lists", form, http.StatusOK)
	has(t, page, "Records that it would make</dt><dd>2</dd>")
	if strings.Contains(page, "header") && strings.Contains(page, "&#34;header") {
		t.Error("the mapping names a header")
	}
	form.Set("step", "import")
	job, _ := r.post("/case/case-1/lists", form, http.StatusSeeOther)
	has(t, r.ended(job), "2 records were made.")
	has(t, r.get("/case/case-1/records"), "Aram Velk", "Seda Velk")
}

// TestListProposed: the wizard opens with what the columns probably mean, says why,
// and what is left out for whose sake; it can begin empty, and what is chosen holds.
func TestListProposed(t *testing.T) {
	t.Parallel()
	r := open(t)
	page := r.exhibit("people.csv", []byte("No,Name,Sex,Phone,Date,Full name\n1,Aram Velk,m,123,26/02/1992,Aram Velk\n2,Seda Velk,f,456,unknown,Seda Velk\n"))
	id := page[strings.LastIndex(page, "/")+1:]
	wizard := r.get("/case/case-1/lists/new?exhibit=" + id)
	has(t, wizard, `<option value="identifier" selected>`, `<option value="sex" selected>`, `<option value="not-mapped" selected>`, `<option value="harm.date" selected>`,
		`<option value="male" selected>`, `<option value="female" selected>`, `<option value="dmy" selected>`, `name="unknown" value="unknown"`, "empty=1")
	has(t, shown(wizard), "The column is called so, and 2 of 2 values fit.", "A telephone number can put somebody in danger", "Not proposed: the column “Full name” could mean the same.")
	if strings.Contains(wizard, `<option value="name" selected>`) {
		t.Error("two columns could be the name, and one is proposed")
	}
	empty := r.get("/case/case-1/lists/new?exhibit=" + id + "&empty=1")
	if strings.Contains(empty, `<option value="sex" selected>`) {
		t.Error("the form that begins empty is filled")
	}
	_, again := r.post("/case/case-1/lists", url.Values{"exhibit": {id}, "meaning1": {"name"}, "meaning2": {""}, "step": {"columns"}}, http.StatusOK)
	if has(t, again, `<option value="name" selected>`); strings.Contains(again, `<option value="sex" selected>`) {
		t.Error("a choice is overwritten by what is proposed")
	}
}
