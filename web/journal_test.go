// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/access"
	"recount/casework"
	"recount/figure"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// TestJournal: what was done stands in sentences, newest first, with the words
// of whoever did it, and leads to what it speaks of.
func TestJournal(t *testing.T) {
	t.Parallel()
	r := open(t)
	ctx := context.Background()
	r.fourTold()
	var persons []string
	err := r.Case.Read(ctx, func(s store.Reader) error {
		list, err := s.Persons(ctx, store.PersonFilter{}, store.Page{})
		for _, p := range list {
			persons = append(persons, p.Person)
		}
		return err
	})
	if err != nil || len(persons) != 4 {
		t.Fatalf("%d persons, %v", len(persons), err)
	}
	if _, err := r.desk().Distinguish(ctx, persons[0], persons[1], casework.Why{Reason: "the families know <both>"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.desk().Merge(ctx, persons[2], persons[3], casework.Why{Reason: "one & the same"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.desk().DefineFigure(ctx, figure.Definition{Title: "Killed <i>", Unit: figure.Unit, Rule: figure.Rule, Harms: []string{"killed"}}, casework.Why{}); err != nil {
		t.Fatal(err)
	}
	page := r.get("/case/case-1/journal")
	text := shown(page)
	has(t, text, "Who did what, when and why: 10 entries.", "A writer defined the figure Killed &lt;i&gt; entry 9", "judged that", "are one person", "one &amp; the same",
		"are not one person", "the families know &lt;both&gt;", "took in the exhibit Ferry book", "described the source Ferry book &lt;b&gt;", "opened the case “ Invented case ”")
	if strings.Contains(text, "⟦") || strings.Contains(text, " p-") {
		t.Errorf("a sentence has a hole, or calls a person by an id: %s", text)
	}
	at := -1
	for _, words := range []string{"defined the figure", "are one person", "are not one person", "entered a record by hand", "took in the exhibit", "opened the case"} {
		next := strings.Index(text, words)
		if next < at {
			t.Errorf("%q stands too early", words)
		}
		at = next
	}
	text = shown(r.get("/case/case-1/journal?kind=persons"))
	if has(t, text, "are one person", "are not one person"); strings.Contains(text, "took in the exhibit") {
		t.Error("the filter lets others through")
	}
	has(t, shown(r.get("/case/case-1/journal?actor=Nobody+at+all")), "No entry is of this kind")
	has(t, shown(r.get("/case/case-1/journal?before=2")), "opened the case", "Back to the newest")
	for address, want := range map[string]int{"?kind=x": 422, "/10": 404, "/x": 404, "/-1": 404, "/01": 404, "/9": 200} {
		if w := r.send(writer, "GET", "/case/case-1/journal"+address, ""); w.Code != want {
			t.Errorf("%s: %d, want %d", address, w.Code, want)
		}
	}
}

// TestJournalPages: every entry once, a page after the other.
func TestJournalPages(t *testing.T) {
	t.Parallel()
	r := open(t)
	for i := range perPage + 5 {
		if _, err := r.desk().DescribeIncident(context.Background(), register.Incident{Title: fmt.Sprintf("Day %d", i), Kind: "attack"}, casework.Why{}); err != nil {
			t.Fatal(err)
		}
	}
	first := r.get("/case/case-1/journal?kind=incidents")
	next := regexp.MustCompile(`href="([^"]*before=[^"]*)" rel="next"`).FindStringSubmatch(first)
	if next == nil {
		t.Fatal("no second page")
	}
	second := r.get(strings.ReplaceAll(next[1], "&amp;", "&"))
	seen := map[string]int{}
	for _, m := range regexp.MustCompile(`>Day \d+<`).FindAllString(first+second, -1) {
		seen[m]++
	}
	if len(seen) != perPage+5 || seen[">Day 0<"] != 1 || strings.Contains(second, `rel="next"`) {
		t.Errorf("%d incidents on two pages, want %d: %v", len(seen), perPage+5, seen)
	}
}

// TestEntry: an entry's own page has each field as it was recorded, and its
// place in the log; nothing of an erased one but that.
func TestEntry(t *testing.T) {
	t.Parallel()
	r := open(t)
	ctx := context.Background()
	source, _ := r.told(`"record":{"name":"Ada"},"harms":[{"code":"killed"}]`)
	page := r.get("/case/case-1/journal/1")
	has(t, page, `href="/case/case-1/sources/`+source+`"`)
	has(t, shown(page), "Entry 1", "Why this is done a test", "name Ferry book &lt;b&gt;", "kind ngo", "language not said", "source.described@1", "of the log of 4 entries")
	header, err := r.Case.Header(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	has(t, strings.ReplaceAll(page, "&#43;", "+"), string(header))

	leaf, err := journal.ParseHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	erasure := register.Erasure{Erasure: "z-0000000000000001", Ground: "withdrawn", Deciders: []string{"one"}, Leaves: []string{leaf.Leaf.String()}, PlanSHA256: strings.Repeat("0", 64)}
	if _, err := r.Case.Act(ctx, "one", func(store.View) (journal.Draft, error) { return erasure.Draft("", "", ""), nil }); err != nil {
		t.Fatal(err)
	}
	if err := r.Case.Erase(ctx, nil); err != nil {
		t.Fatal(err)
	}
	page = r.get("/case/case-1/journal/1")
	has(t, shown(page), "An erased entry of the kind source.described@1", "This entry was erased.", "of the log of 5 entries")
	if strings.Contains(page, "Ferry") {
		t.Error("what was erased is shown")
	}
	has(t, shown(r.get("/case/case-1/journal")), "An erased entry of the kind source.described@1", "one decided an erasure: withdrawn")
}

// TestCheckpoint: the signed state can be copied as it was signed, with the keys.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	r := open(t)
	page := r.get("/case/case-1/journal/checkpoint")
	signed, err := r.Case.Checkpoint(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	pre := regexp.MustCompile(`(?s)<pre dir="ltr">(.*?)</pre>`).FindAllStringSubmatch(page, -1)
	if len(pre) != 3 {
		t.Fatalf("%d texts to copy, want 3", len(pre))
	}
	for i, want := range []string{string(signed), r.Case.VKey(), r.Case.SealVKey()} {
		if diff := cmp.Diff(want, strings.ReplaceAll(pre[i][1], "&#43;", "+")); diff != "" {
			t.Errorf("text %d: %s", i, diff)
		}
	}
	if w := r.send(access.Reader, "GET", "/case/case-1/journal/checkpoint", ""); w.Code != http.StatusOK {
		t.Errorf("for a reader: %d", w.Code)
	}
}
