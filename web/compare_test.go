// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"recount/access"
)

// TestCompare: a later edition is brought, looked at beside the earlier one,
// imported in its place, and both name each other; whoever may not see the earlier
// one learns nothing of it.
func TestCompare(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.seat(access.Reader)
	const first = "no,name,age\n1,Aram Velk,17\n2,Seda Velk,40\n3,Dorn Hal,50\n"
	second := strings.Replace(first, "40", "41", 1) + "4,Eda Hal,3\n"
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Registry"}, "kind": {"list"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	older, newer := r.exhibit("first.csv", []byte(first)), r.exhibit("second.csv", []byte(second))
	id := func(page string) string { return page[strings.LastIndex(page, "/")+1:] }
	has(t, shown(r.get(newer+"/compare")), "No other list that you may see was imported")
	form := func(exhibit string) url.Values {
		return url.Values{"exhibit": {id(exhibit)}, "source": {source}, "header_row": {"1"}, "meaning0": {"identifier"}, "meaning1": {"name"}, "meaning2": {"age"},
			"harm_of_all": {"killed"}, "step": {"import"}, "reason": {"a test"}}
	}
	job, _ := r.post("/case/case-1/lists", form(older), http.StatusSeeOther)
	has(t, r.ended(job), "3 records were made.")

	has(t, r.get(newer), newer+"/compare")
	has(t, r.get(newer+"/compare"), `value="`+id(older)+`"`, "first.csv")
	page := r.get(newer + "/compare?with=" + id(older))
	has(t, page, "<del><bdi>40</bdi></del>", "<ins><bdi>41</bdi></ins>", `href="#changed">1</a>`, `href="#added">1</a>`)
	has(t, shown(page), "The same 2", "Not there any more 0")

	update := form(newer)
	update.Set("edition_of", id(older))
	update.Set("step", "preview")
	_, page = r.post("/case/case-1/lists", update, http.StatusOK)
	has(t, shown(page), "rows that stand in the case already, and are not recorded again: 2; rows that supersede a record: 1")
	has(t, page, `value="`+id(older)+`" selected`)
	update.Set("step", "import")
	job, _ = r.post("/case/case-1/lists", update, http.StatusSeeOther)
	has(t, r.ended(job), "2 records were made.", "a later edition of exhibit")
	has(t, shown(r.get(newer)), "A later edition of first.csv")
	has(t, shown(r.get(older)), "A later edition of it: second.csv")
	has(t, shown(r.get("/case/case-1/journal")), "said that second.csv is a later edition of first.csv")

	r.post("/case/case-1/decisions", url.Values{"subject_kind": {"exhibit"}, "subject": {id(older)}, "to": {"restricted"}, "reason": {"a test"}}, http.StatusSeeOther)
	absent := r.send(access.Reader, "GET", newer+"/compare?with=e-0000000000000000", "")
	closed := r.send(access.Reader, "GET", newer+"/compare?with="+id(older), "")
	if closed.Code != http.StatusNotFound || absent.Code != http.StatusNotFound {
		t.Errorf("a closed list is compared: %d, one that is not there: %d", closed.Code, absent.Code)
	}
	for _, address := range []string{newer, newer + "/compare", "/case/case-1/journal"} {
		if page := r.send(access.Reader, "GET", address, "").Body.String(); strings.Contains(page, "first.csv") || strings.Contains(page, id(older)) || strings.Contains(page, "later edition of") {
			t.Errorf("%s names to a reader what is closed", address)
		}
	}
}
