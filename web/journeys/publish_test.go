// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"recount/verify"
)

// TestDefineFigure: a question is chosen, its answer is looked at before
// anything is recorded, then it is recorded; behind each number stand as many
// persons, and a person opens from there.
func TestDefineFigure(t *testing.T) {
	p := onStage(t).open(t).writer()
	p.follow("Figures")
	p.follow("Define a figure")
	p.fill("What is counted", "Recorded as captured at Krobakirk (invented)")
	p.click("Captured")
	p.fill("Period", "1987-03")
	p.fill("Why this is done", "Asked by a colleague (invented)")
	p.follow("Show the answer")
	p.sees("Nothing is recorded yet.")
	p.holds("What is counted", "Recorded as captured at Krobakirk (invented)")
	p.holds("Why this is done", "Asked by a colleague (invented)")
	number := p.all(".figure-number .number")
	p.follow("Record the definition")
	p.at(in("figures", "f-"))
	p.sees("The definition stands in the journal.", "Recorded as captured at Krobakirk (invented)", "1987-03", "Asked by a colleague (invented)")
	if got := p.all(".figure-number .number"); !slices.Equal(got, number) {
		t.Errorf("the figure answers %q, the preview said %q", got, number)
	}
	counted, _, _ := strings.Cut(number[0], " ")
	if p.row("table.list", "They count")[0] != counted {
		t.Errorf("the number is %q, those who count are %q", number, p.row("table.list", "They count"))
	}
	p.follow(counted)
	p.sees("Persons behind")
	if got := len(p.behind()); counted != "0" && (got == 0 || len(counted) < 3 && strconv.Itoa(got) != counted) {
		t.Errorf("%d persons stand behind the number %s", got, counted)
	}
	p.followOn("table.list tbody th a")
	p.at(in("persons", "p-"))
	p.sees("captured")
}

// behind are the persons that a page lists, and those of the pages after it.
func (p *page) behind() (all []string) {
	p.t.Helper()
	for {
		all = append(all, p.all("table.list tbody th[scope=row]")...)
		if len(p.all(`nav.pager a[rel=next]`)) == 0 || len(all) >= 100 {
			return all
		}
		p.followOn(`nav.pager a[rel=next]`)
	}
}

// TestDossier: a statement that names a figure is written, and freezing it is
// refused, since beside the demo's own edition it would show whose record was
// erased. It is written anew with another figure, frozen, and its bundle is
// downloaded and checked as a stranger would, with the public keys of the demo.
func TestDossier(t *testing.T) {
	s := onStage(t)
	p := s.open(t).writer()
	p.open(in("figures"))
	p.follow("Persons recorded as dead (invented)")
	dead := p.id()
	p.open(in("figures", "new"))
	p.fill("What is counted", "Persons recorded as injured (invented)")
	p.click("Injured or wounded")
	p.fill("Why this is done", "Asked by a colleague (invented)")
	p.follow("Record the definition")
	injured := p.id()
	p.follow("Dossiers")
	p.follow("Write a statement")
	p.fill("Title", "What the lists say (invented)")
	p.fill("Statement", "The lists name {{figure "+dead+"}} people (invented).\n")
	p.fill("Why this is done", "For those who asked (invented)")
	p.follow("Record it")
	p.at(in("dossiers", "d-"))
	p.sees("The statement is kept. Nothing of it is frozen.", "It was never frozen.")
	p.follow("Freeze an edition")
	p.sees("The edition never changes.", "Nothing leaves the archive yet")
	p.fill("Why this is done", "Looked through by two people (invented)")
	p.follow("Freeze this edition")
	p.sees("It was not frozen: the edition would show a group that is too small.", "Nothing was recorded.")

	p.follow("What the lists say (invented)")
	p.follow("Write it anew")
	p.fill("Statement", "The lists name {{figure "+injured+"}} people (invented).\n")
	p.fill("Why this is done", "The other number singles somebody out (invented)")
	p.follow("Record it")
	p.follow("Freeze an edition")
	p.fill("Why this is done", "Looked through by two people (invented)")
	p.follow("Freeze this edition")
	p.at(in("dossiers", "d-"))
	p.sees("The edition is frozen. It will not change any more.", "Figures as they were frozen", "Looked through by two people (invented)")

	p.follow("Check it as a stranger would")
	p.sees("What checking the bundle found", "What no check shows")
	if verdicts := p.all("#checked ~ table.list tbody b"); !slices.Equal(verdicts, []string{"holds", "holds", "holds", "holds"}) {
		t.Errorf("the page's own check says %q", verdicts)
	}
	bundle, closer, err := verify.Open(p.downloads("Download the bundle"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}()
	keys, err := os.ReadFile(filepath.Join(s.demo, "keys.txt"))
	if err != nil {
		t.Fatal(err)
	}
	vkeys := regexp.MustCompile(`\S+\+[0-9a-f]{8}\+\S+`).FindAllString(string(keys), -1)
	if len(vkeys) != 2 {
		t.Fatalf("keys.txt of the demo has %d keys", len(vkeys))
	}
	report, err := verify.Bundle(t.Context(), bundle, verify.Options{VKeys: vkeys})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Claims) != 4 || report.Exit != 0 {
		t.Errorf("the downloaded bundle: exit %d, %+v", report.Exit, report.Claims)
	}
}

// id is the last part of the page's address.
func (p *page) id() string {
	p.t.Helper()
	return eval[string](p, `location.pathname.split("/").pop()`)
}

// downloads clicks on what has these words and gives the path of the file that
// the browser then has.
func (p *page) downloads(name string) string {
	p.t.Helper()
	dir := p.t.TempDir()
	if _, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	}); err != nil {
		p.t.Fatal(err)
	}
	p.click(name)
	for ends := time.Now().Add(longest); time.Now().Before(ends); time.Sleep(100 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			p.t.Fatal(err)
		}
		if len(files) == 1 && filepath.Ext(files[0]) == ".zip" {
			return files[0]
		}
	}
	p.fatal("no file arrived after %q", name)
	return ""
}

// TestHistory: what is done stands in the journal with who did it and why, in
// a sentence; an entry opens, says what was recorded, and that it is in the log.
func TestHistory(t *testing.T) {
	p := onStage(t).open(t).writer()
	p.beginsSource("Witness 79", "Wrote a letter (invented).")
	p.follow("Record it")
	p.follow("Journal")
	newest := p.all(".history > li")[0]
	for _, want := range []string{"Writer of the test described the source Witness 79", "Spoke to us (invented)"} {
		if !strings.Contains(newest, want) {
			t.Errorf("the newest entry is told as %q, want %q in it", newest, want)
		}
	}
	p.follow("Persons")
	p.follow("Journal")
	p.clickOn(`main nav.facets a[href*="persons"]`)
	p.waits("The family showed both (invented)")
	p.missing("Witness 79")
	p.open(in("journal"))
	p.followOn(".history > li a.ref")
	p.sees("Spoke to us (invented)", "Writer of the test", "Wrote a letter (invented).", "In the log", "its header leads to the signed root")
	entry := p.where()
	p.followOn("nav.pager a")
	if p.where() == entry {
		t.Error("there is no entry before the newest")
	}
	p.open(in("journal", "checkpoint"))
	p.sees("invented.example/")
}

// TestRestore: the archive is backed up and restored by the commands; what the
// browser shows of the one, it shows of the other.
func TestRestore(t *testing.T) {
	s := onStage(t)
	r := s.open(t)
	p := r.writer()
	p.counted()
	before := p.all("main .columns > div")
	p.person(cyrillic)
	person := p.all("main .beside")
	r.stop()

	dir := t.TempDir()
	identity, first, second, into := filepath.Join(dir, "identity"), filepath.Join(dir, "first"), filepath.Join(dir, "second"), filepath.Join(dir, "archive")
	recipient := regexp.MustCompile(`age1\S+`).FindString(s.run(t, "backup", "keygen", "--out", identity))
	s.run(t, "backup", "--archive", r.archive, "--to", first, "--keys-to", second, "--recipient", recipient)
	s.run(t, "restore", "--plain", "--from", first, "--keys", second, "--identity", identity, "--into", into)

	p = s.serve(t, into).writer()
	p.counted()
	if got := p.all("main .columns > div"); !slices.Equal(got, before) {
		t.Errorf("the restored archive shows\n%q\nthe one that was backed up\n%q", got, before)
	}
	p.person(cyrillic)
	if got := p.all("main .beside"); !slices.Equal(got, person) {
		t.Errorf("the restored archive shows the person\n%q\nthe one that was backed up\n%q", got, person)
	}
}

// counted waits until the overview has caught up with the journal.
func (p *page) counted() {
	p.t.Helper()
	for ends := time.Now().Add(longest); time.Now().Before(ends); time.Sleep(200 * time.Millisecond) {
		p.open(in())
		if words := p.words(); !strings.Contains(words, "has not been counted yet") && !strings.Contains(words, "lag behind") {
			return
		}
	}
	p.fatal("the case is not counted")
}
