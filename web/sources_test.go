// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// post sends a form as the writer and answers where it leads.
func (r *reading) post(address string, form url.Values, want int) (to, body string) {
	r.t.Helper()
	w := r.send(writer, "POST", address, form.Encode())
	if w.Code != want {
		r.t.Fatalf("POST %s: %d, want %d\n%s", address, w.Code, want, w.Body)
	}
	return w.Header().Get("Location"), w.Body.String()
}

func has(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page has no %q:\n%s", text, page)
		}
	}
}

var baseSeqField = regexp.MustCompile(`name="base_seq" value="(-?\d+)"`) //nolint:gochecknoglobals // never changes

// TestSourceByHand: a source is described, described anew, and found in its history.
func TestSourceByHand(t *testing.T) {
	t.Parallel()
	r := open(t)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Registry office of Tavresk"}, "kind": {"state-body"}, "reason": {"it gave the first list"}}, http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	has(t, r.get(to), "Registry office of Tavresk", "The source is described.", "it gave the first list", "A writer")
	form := r.get(address + "/edit")
	seq := baseSeqField.FindStringSubmatch(form)
	if seq == nil || seq[1] == "-1" {
		t.Fatalf("the form does not say from which entry it was made: %v", seq)
	}
	r.post(address, url.Values{"name": {"Registry office"}, "kind": {"state-body"}, "base_seq": {seq[1]}}, http.StatusSeeOther)
	has(t, r.get(address), "Registry office")

	// Somebody else still has the older form open.
	_, page := r.post(address, url.Values{"name": {"Registry of Tavresk"}, "kind": {"state-body"}, "base_seq": {seq[1]}}, http.StatusConflict)
	has(t, page, "Registry office of Tavresk", "Registry office", "Registry of Tavresk", "Send my version anyway")
	if strings.Contains(r.get(address), "Registry of Tavresk") {
		t.Error("what was refused was written")
	}
	newer := baseSeqField.FindStringSubmatch(page)
	r.post(address, url.Values{"name": {"Registry of Tavresk"}, "kind": {"state-body"}, "base_seq": {newer[1]}}, http.StatusSeeOther)
	has(t, r.get(address), "Registry of Tavresk")
}

// TestSourceRefused: what was typed stays in the form, what is wrong stands
// beside its field, and markup stays text.
func TestSourceRefused(t *testing.T) {
	t.Parallel()
	r := open(t)
	long := strings.Repeat("ն", 10_000)
	_, page := r.post("/case/case-1/sources", url.Values{"name": {long}, "kind": {"ngo"}, "affiliation": {`"><script>alert(1)</script>`}, "language": {"no tag!"}}, http.StatusUnprocessableEntity)
	has(t, page, long, "&#34;&gt;&lt;script&gt;", "BCP 47", "at most 2000", `aria-invalid="true"`, "no tag!")
	if strings.Contains(page, "<script>alert") {
		t.Error("markup that somebody typed is markup in the page")
	}
	for _, address := range []string{"/case/case-1/sources/s-0000000000000000", "/case/case-1/sources/x"} {
		if w := r.send(writer, "GET", address, ""); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", address, w.Code)
		}
	}
	if w := r.send(writer, "GET", "/case/none/sources", ""); w.Code != http.StatusForbidden {
		t.Errorf("a case that is not there: %d, want 403, as for one that is somebody else's", w.Code)
	}
}

// TestDraftOfSource: what is typed and not sent is in the form when it is
// opened anew, for whoever typed it.
func TestDraftOfSource(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.post("/case/case-1/drafts", url.Values{"_form": {"source"}, "_about": {""}, "_at": {"/case/case-1/sources/new"}, "name": {"Half a na"}}, http.StatusOK)
	has(t, r.get("/case/case-1/sources/new"), "Half a na", "You began this before")
	has(t, r.get("/case/case-1/drafts"), "/case/case-1/sources/new")
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Half a name, whole"}, "kind": {"ngo"}}, http.StatusSeeOther)
	r.get(to)
	if strings.Contains(r.get("/case/case-1/sources/new"), "Half a na") {
		t.Error("the draft outlives what was made of it")
	}
}

// TestIncidentByHand: incidents stand in the order of what is known of when.
func TestIncidentByHand(t *testing.T) {
	t.Parallel()
	r := open(t)
	for _, x := range [][2]string{{"Shelling of the mill", "2031-05"}, {"Shots at the bridge", "2031-05-02"}, {"A fire, nobody knows when", ""}, {"Round-up", "2030~"}} {
		r.post("/case/case-1/incidents", url.Values{"title": {x[0]}, "kind": {"attack"}, "when": {x[1]}}, http.StatusSeeOther)
	}
	page := r.get("/case/case-1/incidents")
	at := -1
	for _, title := range []string{"Round-up", "Shelling of the mill", "Shots at the bridge", "A fire, nobody knows when"} {
		next := strings.Index(page, title)
		if next < at {
			t.Errorf("%q stands too early", title)
		}
		at = next
	}
	has(t, page, "Of no known date", "2030~")
	_, refused := r.post("/case/case-1/incidents", url.Values{"title": {"Shots"}, "kind": {"attack"}, "when": {"2031-13-45"}}, http.StatusUnprocessableEntity)
	has(t, refused, "2031-13-45", "Shots")
}
