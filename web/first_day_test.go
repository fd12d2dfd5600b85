// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"recount/web/words"
)

// firstDay is docs/first-day.md.
func firstDay(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../docs/first-day.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestFirstDayWords: what the page for beginners quotes from the pages, in bold,
// stands in the English catalogue, letter by letter.
func TestFirstDayWords(t *testing.T) {
	t.Parallel()
	book, err := words.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{"bold": true} // the page says what bold means
	for _, key := range book.Keys() {
		text, _ := book.Text(words.Source, key)
		for _, form := range text.Forms {
			texts[form] = true
		}
	}
	quoted := regexp.MustCompile(`\*\*([^*]+)\*\*`).FindAllStringSubmatch(firstDay(t), -1)
	if len(quoted) < 40 {
		t.Fatalf("%d quotations: this test would say nothing", len(quoted))
	}
	for _, q := range quoted {
		if text := strings.Join(strings.Fields(q[1]), " "); !texts[text] {
			t.Errorf("docs/first-day.md quotes %q, which no page says", text)
		}
	}
}

// TestFirstDay does what the page says, with the list that stands in it.
func TestFirstDay(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	r := open(t)
	r.t.Cleanup(r.Close)
	list := regexp.MustCompile("(?s)```csv hospital.csv\n(.*?)```").FindStringSubmatch(firstDay(t))
	if list == nil {
		t.Fatal("the page has no list")
	}
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Hospital of Tarnvale"}, "kind": {"medical"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	page := r.exhibit("hospital.csv", []byte(list[1]))
	has(t, r.get("/case/case-1/exhibits/new"), ">Preserve</button>", "Who speaks in it")
	has(t, r.get(page), "Import a list", "Kara Velst")
	form := url.Values{
		"exhibit": {page[strings.LastIndex(page, "/")+1:]}, "source": {source}, "unknown": {"NA"}, "dates": {"dmy"}, "step": {"columns"},
		"meaning0": {"identifier"}, "meaning1": {"name"}, "meaning2": {"sex"}, "meaning3": {"age"}, "meaning4": {"harm.date"}, "meaning5": {"harm.place"}, "meaning6": {"harm.code"},
	}
	_, asked := r.post("/case/case-1/lists", form, http.StatusOK)
	has(t, asked, "code2_0", "code2_1", "code6_0", "code6_1", "<bdi>Wounded</bdi>")
	for name, value := range map[string]string{"code2_0": "female", "code2_1": "male", "code6_0": "killed", "code6_1": "injured", "step": "import"} {
		form.Set(name, value)
	}
	job, _ := r.post("/case/case-1/lists", form, http.StatusSeeOther)
	has(t, r.ended(job), "16 records were made.")

	question := url.Values{"title": {"Persons recorded as killed"}, "harm.killed": {"yes"}, "period": {"1992-02"}, "base_seq": {"-1"}, "preview": {"yes"}}
	_, answer := r.post("/case/case-1/figures/new", question, http.StatusOK)
	has(t, shown(answer), "At least 11", "At most 11")
	question.Del("preview")
	to, _ = r.post("/case/case-1/figures/new", question, http.StatusSeeOther)
	figure := regexp.MustCompile(`f-[0-9a-f]{16}`).FindString(to)

	has(t, r.get("/case/case-1/figures/new"), ">Show the answer</button>", ">Record the definition</button>")
	has(t, r.get("/case/case-1/dossiers/new"), ">See it as a page</button>", ">Record it</button>", "Figures to name")
	statement := url.Values{"title": {"Tarnvale"}, "statement": {"According to the hospital, {{figure " + figure + "}} persons were killed in February 1992.\n"}, "base_seq": {"-1"}}
	to, _ = r.post("/case/case-1/dossiers/new", statement, http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	has(t, r.get(address), "Freeze an edition")
	has(t, r.get(address+"/freeze"), ">Freeze this edition</button>")
	to, _ = r.post(address+"/freeze", url.Values{"limit": {"5"}}, http.StatusSeeOther)
	edition, _, _ := strings.Cut(to, "?")
	has(t, shown(r.get(edition)), "Persons recorded as killed 11 11 0")
	has(t, r.get(edition), "Check it as a stranger would", "Download the bundle", "What a stranger does with it")
	_, checked := r.post(edition+"/check", url.Values{"x": {"1"}}, http.StatusOK)
	if got := strings.Count(shown(checked), " holds"); got < 4 {
		t.Errorf("%d claims hold, want 4", got)
	}
	r.download(edition)
}
