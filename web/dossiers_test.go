// SPDX-License-Identifier: Apache-2.0

package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"recount/access"
	"recount/casework"
	"recount/figure"
	"recount/intake"
	"recount/register"
	"recount/verify"
)

// published is a case with a figure of ten persons, seven of them in it, and a citation.
func (r *reading) published() (figureID, citation string) {
	r.t.Helper()
	ctx := context.Background()
	var records []string
	for i := range 10 {
		code := "killed"
		if i > 6 {
			code = "injured"
		}
		records = append(records, fmt.Sprintf(`"record":{"name":"Person %d"},"harms":[{"code":%q,"date":"2031-05-01"}]`, i, code))
	}
	_, exhibit := r.told(records...)
	done, err := r.desk().DefineFigure(ctx, figure.Definition{Title: "Killed & counted", Unit: figure.Unit, Rule: figure.Rule, Harms: []string{"killed"}}, casework.Why{Reason: "a test"})
	if err != nil {
		r.t.Fatal(err)
	}
	cited, err := r.desk().Clerk().Cite(ctx, register.Citation{Exhibit: exhibit, Scheme: "line", Pinpoint: "2", Quote: "They did not come back.", Attribution: "A <ferryman>"}, intake.Act{Reason: "a test"})
	if err != nil {
		r.t.Fatal(err)
	}
	return done.ID, cited.Citation.Citation
}

// TestDossier: a statement is written with figures and quotations named, seen
// as a page, frozen, checked and downloaded; what was downloaded holds.
func TestDossier(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // what stays there is ours
	r := open(t)
	f, c := r.published()
	form := r.get("/case/case-1/dossiers/new")
	has(t, form, "{{figure "+f+"}}", "{{figure "+f+" unknown}}", "{{quote "+c+"}}", "They did not come back.", "A &lt;ferryman&gt;", "/static/insert.js")
	text := "# At the ferry\r\n\r\nKilled: {{figure " + f + "}}, not known {{figure " + f + " unknown}}.\r\n\r\n{{quote " + c + "}}\r\n"
	typed := url.Values{"title": {"The ferry <i>"}, "statement": {text}, "reason": {"for the court"}, "base_seq": {"-1"}}

	w := r.send(writer, "POST", "/case/case-1/dossiers/preview", typed.Encode())
	if w.Code != http.StatusOK {
		t.Fatalf("preview: %d %s", w.Code, w.Body)
	}
	has(t, w.Body.String(), "At the ferry", `class="figure"`, ">7<", "They did not come back.", "The ferry &lt;i&gt;", "fixed when it is frozen")
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "'self'") {
		t.Errorf("policy of the page alone: %s", policy)
	}
	has(t, r.get("/case/case-1/dossiers"), "No dossier is here yet")

	to, _ := r.post("/case/case-1/dossiers/new", typed, http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	has(t, shown(r.get(to)), "The statement is kept.", "The ferry &lt;i&gt;", "It was never frozen", "for the court", "{{quote "+c+"}}")
	has(t, r.send(access.Reader, "GET", address+"/preview", "").Body.String(), ">7<")
	has(t, shown(r.get(address+"/freeze")), "It becomes edition 1.", "The edition never changes.", "Smallest group that may be shown")

	to, _ = r.post(address+"/freeze", url.Values{"limit": {"3"}, "reason": {"first edition"}}, http.StatusSeeOther)
	edition, _, _ := strings.Cut(to, "?")
	page := r.get(to)
	has(t, shown(page), "The edition is frozen.", "Killed &amp; counted 7 7 0", "first edition", "recount verify BUNDLE --vkey")
	alone := r.send(access.Reader, "GET", edition+"/page", "")
	has(t, alone.Body.String(), ">7<", "edition 1")
	has(t, shown(r.get("/case/case-1/dossiers")), "1 edition")

	_, checked := r.post(edition+"/check", url.Values{"x": {"1"}}, http.StatusOK)
	has(t, shown(checked), "Its files are those that were sealed holds", "Every line of every count is there holds", "which was not rewritten holds", "follow from the lines holds", "How to check this bundle")
	r.download(edition)
	left, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range left {
		if strings.HasPrefix(x.Name(), "recount-bundle-") {
			t.Errorf("%s stayed in the temporary folder", x.Name())
		}
	}
}

// download fetches a bundle and checks it as a stranger does.
func (r *reading) download(edition string) {
	r.t.Helper()
	if w := r.send(access.Reader, "POST", edition+"/bundle", "x=1"); w.Code != http.StatusForbidden {
		r.t.Errorf("a reader lets a checkpoint leave: %d", w.Code)
	}
	w := r.send(writer, "POST", edition+"/bundle", "x=1")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/zip" || !strings.Contains(w.Header().Get("Content-Disposition"), "-1.zip") {
		r.t.Fatalf("download: %d %v", w.Code, w.Header())
	}
	raw := w.Body.Bytes()
	fsys, err := verify.OpenZip(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		r.t.Fatal(err)
	}
	report, err := verify.Bundle(context.Background(), fsys, verify.Options{VKeys: []string{r.Case.VKey(), r.Case.SealVKey()}})
	if err != nil || report.Exit != verify.ExitHolds {
		r.t.Errorf("what was downloaded: %v, %+v", err, report.Claims)
	}
	bag, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range bag.File {
		in, err := f.Open()
		if err != nil {
			r.t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil || bytes.Contains(text, []byte("Person 3")) {
			r.t.Errorf("%s: %v, or it names a person", f.Name, err)
		}
	}
}

// TestDossierRefused: what is wrong is said with its line and what was typed
// stays; an edition that would show a small group is refused, and says why.
func TestDossierRefused(t *testing.T) {
	t.Parallel()
	r := open(t)
	f, _ := r.published()
	long := strings.Repeat("ա", 10_000)
	_, page := r.post("/case/case-1/dossiers/new", url.Values{"title": {`"><img src=x>`}, "statement": {long + "\n\n{{figure f-none}}\n"}}, http.StatusUnprocessableEntity)
	has(t, page, long, "line 3", "f-none", "&#34;&gt;&lt;img", `aria-invalid="true"`)
	_, page = r.post("/case/case-1/dossiers/new", url.Values{"title": {"T"}, "statement": {"<script>alert(1)</script>"}}, http.StatusUnprocessableEntity)
	has(t, page, "HTML", "&lt;script&gt;")
	_, page = r.post("/case/case-1/dossiers/preview", url.Values{"title": {"T"}, "statement": {"{{figure f-none}}"}}, http.StatusUnprocessableEntity)
	has(t, page, "line 1")

	to, _ := r.post("/case/case-1/dossiers/new", url.Values{"title": {"Small"}, "statement": {"{{figure " + f + "}}"}}, http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	_, page = r.post(address+"/freeze", url.Values{"limit": {"8"}, "reason": {"kept in the form?"}}, http.StatusForbidden)
	has(t, page, "It was not frozen", f, `value="8"`)
	_, page = r.post(address+"/freeze", url.Values{"limit": {"few"}}, http.StatusUnprocessableEntity)
	has(t, page, "few", "0 or more")
	has(t, r.get(address), "It was never frozen")
	r.sexualViolence()
	for _, gone := range []string{"/case/case-1/dossiers/d-0000000000000000", "/case/case-1/dossiers/x/compose", address + "/editions/1", address + "/editions/x", address + "/editions/1/page"} {
		if w := r.send(writer, "GET", gone, ""); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", gone, w.Code)
		}
	}
}

// sexualViolence: a figure that asks for it is frozen where it is said, with a reason.
func (r *reading) sexualViolence() {
	r.t.Helper()
	done, err := r.desk().DefineFigure(r.t.Context(), figure.Definition{Title: "Of either", Unit: figure.Unit, Rule: figure.Rule, Harms: []string{"killed", "sexual-violence"}}, casework.Why{Reason: "a test"})
	if err != nil {
		r.t.Fatal(err)
	}
	to, _ := r.post("/case/case-1/dossiers/new", url.Values{"title": {"Said"}, "statement": {"{{figure " + done.ID + "}}"}}, http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	_, page := r.post(address+"/freeze", url.Values{"limit": {"3"}}, http.StatusForbidden)
	has(r.t, page, "It was not frozen", done.ID, "sexual violence")
	_, page = r.post(address+"/freeze", url.Values{"limit": {"3"}, "sexual_violence": {"yes"}}, http.StatusUnprocessableEntity)
	has(r.t, page, "needs a reason", "checked")
	r.post(address+"/freeze", url.Values{"limit": {"3"}, "sexual_violence": {"yes"}, "reason": {"asked for by those it was done to"}}, http.StatusSeeOther)
}

// TestDossierStale: a statement that was written anew meanwhile is not
// overwritten, and not frozen unseen.
func TestDossierStale(t *testing.T) {
	t.Parallel()
	r := open(t)
	to, _ := r.post("/case/case-1/dossiers/new", url.Values{"title": {"One"}, "statement": {"First."}}, http.StatusSeeOther)
	address, _, _ := strings.Cut(to, "?")
	page := r.get(address + "/compose")
	base := regexp.MustCompile(`name="base_seq" value="(\d+)"`).FindStringSubmatch(page)
	if base == nil || !strings.Contains(page, "First.") {
		t.Fatalf("the form is not made from what stands: %v", base)
	}
	r.post(address+"/compose", url.Values{"title": {"One"}, "statement": {"Second."}, "base_seq": {base[1]}}, http.StatusSeeOther)
	_, page = r.post(address+"/compose", url.Values{"title": {"One"}, "statement": {"Third."}, "base_seq": {base[1]}}, http.StatusConflict)
	has(t, page, "First.", "Second.", "Third.")
	_, page = r.post(address+"/freeze", url.Values{"limit": {"5"}, "base_seq": {base[1]}}, http.StatusConflict)
	has(t, page, "written anew")
	has(t, shown(r.get(address)), "Second.", "It was never frozen")
}
