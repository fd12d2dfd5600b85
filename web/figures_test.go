// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"recount/access"
	"recount/casework"
	"recount/figure"
	"recount/intake"
	"recount/intake/mapping"
	"recount/register"
)

// desk is somebody at work in the test's case.
func (r *reading) desk() casework.Desk {
	return casework.Desk{Case: r.Case, Actor: "A writer", Rand: rand.Reader}
}

// told puts records in, each as JSON of docs/mapping.md without source and format, and answers the source.
func (r *reading) told(records ...string) (source, exhibit string) {
	r.t.Helper()
	ctx := context.Background()
	done, err := r.desk().DescribeSource(ctx, register.Source{Name: "Ferry book <b>", Kind: "ngo"}, casework.Why{Reason: "a test", Basis: "public"})
	if err != nil {
		r.t.Fatal(err)
	}
	path := filepath.Join(r.t.TempDir(), "ferry.txt")
	if err := os.WriteFile(path, []byte("Who was at the ferry.\nThey did not come back.\n"), 0o600); err != nil {
		r.t.Fatal(err)
	}
	kept, err := r.desk().Clerk().Preserve(ctx, path, intake.Delivery{Source: done.ID, Title: "Ferry book", Act: intake.Act{Reason: "a test"}})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, text := range records {
		r.tell(done.ID, kept.Exhibit.Exhibit, text)
	}
	return done.ID, kept.Exhibit.Exhibit
}

func (r *reading) tell(source, exhibit, record string) {
	r.t.Helper()
	s, err := mapping.ParseStatement(fmt.Appendf(nil, `{"format":"recount record/1","source":%q,"exhibit":%q,"pinpoint":"1",%s}`, source, exhibit, record))
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.desk().Clerk().AddRecord(context.Background(), s, intake.Act{Reason: "a test"}); err != nil {
		r.t.Fatal(err)
	}
}

// fourTold: of two it is known that they were killed in May 2031, of one it is
// not known when, one was injured. One of the first is called a child and is 30.
func (r *reading) fourTold() (source, exhibit string) {
	return r.told(
		`"record":{"name":"Ada Vell","child":"yes"},"harms":[{"code":"killed","date":"2031-05-02","place":"Tarn, the mill"}]`,
		`"record":{"name":"Bo <script>alert(1)</script>","child":"yes","age":"30"},"harms":[{"code":"killed","date":"2031-05"}]`,
		`"record":{"name":"Cyr Holm"},"harms":[{"code":"killed"}]`,
		`"record":{"name":"Dov Marr"},"harms":[{"code":"injured","date":"2031-05"}]`,
	)
}

func killedInMay() url.Values {
	return url.Values{
		"title": {"Killed in May <i>"}, "harm.killed": {"yes"}, "period": {"2031-05"}, "base_seq": {"-1"}, "reason": {"asked by the court"},
		"part.1.title": {"Children"}, "part.1.child": {"either"},
	}
}

var tag = regexp.MustCompile(`(?s)<[^>]*>`) //nolint:gochecknoglobals // never changes

// shown is what a page says, without its markup and with single spaces.
func shown(page string) string {
	_, main, _ := strings.Cut(page, "<main")
	return strings.Join(strings.Fields(tag.ReplaceAllString(main, " ")), " ")
}

// TestFigure: a figure is defined by choosing and answered. By count@1, of the
// four: two count, of one it cannot be said, one does not. A child by the flag
// counts as one though the age says otherwise, and stands among the contradictions.
func TestFigure(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.fourTold()
	preview := killedInMay()
	preview.Set("preview", "yes")
	_, page := r.post("/case/case-1/figures/new", preview, http.StatusOK)
	has(t, shown(page), "What the records say to this", "2 persons, each counted once At least 2 At most 3 Not known 1", "Nothing is recorded yet")
	has(t, r.get("/case/case-1/figures"), "No figure is defined yet")

	to, _ := r.post("/case/case-1/figures/new", killedInMay(), http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	page = r.get(to)
	has(t, page, "Killed in May &lt;i&gt;")
	has(t, shown(page), "The definition stands in the journal.", "2 persons, each counted once At least 2 At most 3 Not known 1",
		"They count 2", "or contradict each other 1", "They do not count 1", "All who could be counted 4", "Children 2 &#43; 1 not known, at most 3",
		"Called a child and by age none, or the reverse 1 person", "asked by the court", "Killed: died directly from the incident", "2031-05")
	has(t, shown(r.get("/case/case-1/figures")), "Killed in May &lt;i&gt; with 1 part 2 2 3 1")
	has(t, shown(r.get(address+"/persons")), "Ada Vell", "Bo &lt;script&gt;alert(1)&lt;/script&gt;")
	unknown := shown(r.get(address + "/persons?verdict=unknown"))
	has(t, unknown, "Cyr Holm", "not known", "called a child: not known")
	if strings.Contains(unknown, "Ada") || strings.Contains(unknown, "Dov") {
		t.Error("others stand among those of whom it cannot be said")
	}
	has(t, shown(r.get(address+"/persons?verdict=unknown&part=children")), "called a child: not known", "Cyr Holm")
	has(t, shown(r.get(address+"/persons?part=children")), "Bo &lt;script", "called a child: Yes", "child by age: No")
	has(t, shown(r.get(address+"/contradictions")), "Bo &lt;script", "called a child: Yes; by age: No", "Ferry book &lt;b&gt;")
	has(t, shown(r.get("/case/case-1/figures/contradictions")), "Bo &lt;script")
}

// TestFigureThen: as known at an earlier size the answer is the one of then,
// and a definition that changes nothing that is counted needs no reading anew.
func TestFigureThen(t *testing.T) {
	t.Parallel()
	r := open(t)
	source, exhibit := r.fourTold()
	to, _ := r.post("/case/case-1/figures/new", killedInMay(), http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	if r.counts["case-1"] != nil {
		t.Fatal("columns were read before anybody asked")
	}
	has(t, shown(r.get(address)), "2 persons, each counted once")
	loaded := r.counts["case-1"].kept[0]
	r.tell(source, exhibit, `"record":{"name":"Eda"},"harms":[{"code":"killed","date":"2031-05-09"}]`)
	has(t, shown(r.get(address)), "3 persons, each counted once", "the journal had 9 entries")
	has(t, shown(r.get(address+"?at=8")), "2 persons, each counted once", "As known when the journal had 8 entries; it has 9 now.")
	if kept := r.counts["case-1"].kept; len(kept) != 2 || kept[0] != loaded {
		t.Error("the columns of then were read again")
	}
	for at, want := range map[string]int{"x": 422, "-1": 422, "99": 422, "7": 404} {
		if w := r.send(writer, "GET", address+"?at="+at, ""); w.Code != want {
			t.Errorf("?at=%s: %d, want %d", at, w.Code, want)
		}
	}
	form := killedInMay()
	form.Set("title", "Another question")
	newest := r.counts["case-1"].kept[1]
	r.post("/case/case-1/figures/new", form, http.StatusSeeOther)
	has(t, shown(r.get("/case/case-1/figures")), "the journal had 10 entries")
	if r.counts["case-1"].kept[0] != newest {
		t.Error("a definition had the case read again")
	}
}

// TestFigureAnew: a definition that was changed meanwhile is never overwritten
// silently, and a box that was unticked stays so.
func TestFigureAnew(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.fourTold()
	to, _ := r.post("/case/case-1/figures/new", killedInMay(), http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	page := r.get(address + "/define")
	has(t, page, `name="harm.killed" value="yes" checked`, `value="children"`)
	seq := baseSeqField.FindStringSubmatch(page)[1]
	form := killedInMay()
	form.Set("base_seq", seq)
	form.Set("title", "Killed, first")
	r.post(address+"/define", form, http.StatusSeeOther)
	form.Set("title", "Killed, second")
	_, page = r.post(address+"/define", form, http.StatusConflict)
	has(t, page, "Killed in May &lt;i&gt;", "Killed, first", "Killed, second")
	if strings.Contains(r.get(address), "Killed, second") {
		t.Error("what was out of date was written")
	}
	form.Del("harm.killed")
	form.Set("period", "in May")
	form.Set("preview", "yes")
	_, page = r.post(address+"/define", form, http.StatusUnprocessableEntity)
	has(t, page, "in May", "Killed, second", `aria-invalid="true"`)
	if strings.Contains(page, `name="harm.killed" value="yes" checked`) {
		t.Error("a box that was unticked came back ticked")
	}
}

// TestFigureRefused: bad input, and what a reader may not do.
func TestFigureRefused(t *testing.T) {
	t.Parallel()
	r := open(t)
	long := strings.Repeat("ա", 10_000)
	_, page := r.post("/case/case-1/figures/new", url.Values{"title": {long}, "own": {`"><img src=x>`}}, http.StatusUnprocessableEntity)
	has(t, page, long, "&#34;&gt;&lt;img")
	_, page = r.post("/case/case-1/figures/new", url.Values{"title": {"T"}, "part.2.title": {"Nothing asked"}}, http.StatusUnprocessableEntity)
	has(t, page, "Nothing asked", "no condition")
	for _, address := range []string{"f-0000000000000000", "x", "f-0000000000000000/persons", "f-0000000000000000/contradictions", "f-0000000000000000/define"} {
		if w := r.send(writer, "GET", "/case/case-1/figures/"+address, ""); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", address, w.Code)
		}
	}
	r.fourTold()
	to, _ := r.post("/case/case-1/figures/new", killedInMay(), http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	for query, want := range map[string]int{"/persons?verdict=guilty": 422, "/persons?part=none": 404, "/contradictions?kind=none": 422} {
		if w := r.send(access.Reader, "GET", address+query, ""); w.Code != want {
			t.Errorf("%s: %d, want %d", query, w.Code, want)
		}
	}
	w := r.send(access.Reader, "GET", "/case/case-1/figures", "")
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "Define a figure") {
		t.Errorf("a reader is offered to define a figure (%d)", w.Code)
	}
}

// TestPersonsAfter: the persons behind a number go on where the last page ended.
func TestPersonsAfter(t *testing.T) {
	t.Parallel()
	r := open(t)
	var records []string
	for i := range perPage + 3 {
		records = append(records, fmt.Sprintf(`"record":{"name":"Person %d"},"harms":[{"code":"killed","date":"2031-05-01"}]`, i))
	}
	r.told(records...)
	done, err := r.desk().DefineFigure(context.Background(), figure.Definition{Title: "Killed", Unit: figure.Unit, Rule: figure.Rule, Harms: []string{"killed"}}, casework.Why{})
	if err != nil {
		t.Fatal(err)
	}
	first := r.get("/case/case-1/figures/" + done.ID + "/persons")
	next := regexp.MustCompile(`href="([^"]*after=[^"]*)" rel="next"`).FindStringSubmatch(first)
	if next == nil {
		t.Fatal("no next page")
	}
	second := r.get(strings.ReplaceAll(next[1], "&amp;", "&"))
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`Person \d+`).FindAllString(first+second, -1) {
		seen[m] = true
	}
	if len(seen) != perPage+3 || strings.Contains(second, `rel="next"`) {
		t.Errorf("%d persons on two pages, want %d", len(seen), perPage+3)
	}
}
