// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"recount/access"
	"recount/casework"
	"recount/register"
	"recount/store"
)

// guarded is a case with a source, and how it is asked and acted in.
type guarded struct {
	*reading
	source, page string
}

func guardedSource(t *testing.T) *guarded {
	g := &guarded{reading: open(t)}
	done, err := g.desk().DescribeSource(context.Background(), register.Source{Name: "The ferry's log", Kind: "list"}, casework.Why{Reason: "a test", Handling: "restricted"})
	if err != nil {
		t.Fatal(err)
	}
	g.source, g.page = done.ID, "/case/case-1/sources/"+done.ID
	return g
}

// act sends a form, which has to be answered so.
func (g *guarded) act(as access.Role, want int, path string, fields ...string) string {
	g.t.Helper()
	form := url.Values{"reason": {"a test"}, "handling": {"internal"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	w := g.send(as, "POST", "/case/case-1/"+path, form.Encode())
	if w.Code != want {
		g.t.Fatalf("%s by a %s: %d, want %d\n%s", path, as, w.Code, want, w.Body)
	}
	return w.Header().Get("Location") + w.Body.String()
}

// says holds that a page, as somebody sees it, has a text, or has it not.
func (g *guarded) says(as access.Role, page, text string, want bool) {
	g.t.Helper()
	w := g.send(as, "GET", page, "")
	if got := strings.Contains(w.Body.String(), text); w.Code != http.StatusOK || got != want {
		g.t.Errorf("%s as a %s (%d): %q is there: %v, want %v", page, as, w.Code, text, got, want)
	}
}

// waiting is the one decision that is open.
func (g *guarded) waiting() string {
	g.t.Helper()
	var open []string
	err := g.Case.Read(context.Background(), func(r store.Reader) error {
		all, err := r.Proposals(context.Background())
		for _, p := range all {
			if p.Open() {
				open = append(open, p.Decision)
			}
		}
		return err
	})
	if err != nil || len(open) != 1 {
		g.t.Fatalf("open decisions %v, %v: one is right", open, err)
	}
	return open[0]
}

func (g *guarded) about(more ...string) []string {
	return append([]string{"subject_kind", "source", "subject", g.source}, more...)
}

// TestHoldPages: one person holds and it is told on the page of what is held, to
// those who see that; it takes another to lift it.
func TestHoldPages(t *testing.T) {
	t.Parallel()
	g := guardedSource(t)
	g.says(writer, g.page, "Held since", false)
	g.act(writer, http.StatusUnprocessableEntity, "holds", g.about()...)
	g.act(writer, http.StatusUnprocessableEntity, "holds", g.about("ground", "an order", "until", "2001-01-01")...)
	g.act(writer, http.StatusUnprocessableEntity, "holds", "subject_kind", "figure", "subject", "f-0000000000000001", "ground", "an order")
	g.act(access.Reader, http.StatusForbidden, "holds", g.about("ground", "an order")...)
	g.act(writer, http.StatusSeeOther, "holds", g.about("ground", "order of the river court", "until", "2999-12-31")...)
	g.says(writer, g.page, "order of the river court", true)
	g.says(writer, "/case/case-1/holds", "order of the river court", true)
	g.says(access.Reader, "/case/case-1/holds", "order of the river court", false) // the source is restricted, and so is what is said of it
	g.says(access.Reader, "/case/case-1/journal", "order of the river court", false)
	var hold string
	err := g.Case.Read(context.Background(), func(r store.Reader) error {
		all, err := r.Holds(context.Background())
		hold = all[0].Hold
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	g.act(writer, http.StatusSeeOther, "holds/"+hold+"/lift")
	g.act(writer, http.StatusConflict, "holds/"+hold+"/lift")
	decision := g.waiting()
	g.says(access.Reviewer, "/case/case-1/decisions/"+decision, "Agreeing ends the hold", true)
	g.act(writer, http.StatusForbidden, "decisions/"+decision+"/confirm")
	g.says(writer, g.page, "order of the river court", true)
	g.act(access.Reviewer, http.StatusSeeOther, "decisions/"+decision+"/confirm")
	g.says(writer, g.page, "order of the river court", false)
	g.says(writer, "/case/case-1/holds", "Nothing is held.", true)
}

// TestHidePages: one person hides, with a reason; from then on it is there for
// nobody, until two bring it back.
func TestHidePages(t *testing.T) {
	t.Parallel()
	g := guardedSource(t)
	answer := g.act(writer, http.StatusUnprocessableEntity, "hide", g.about("reason", "")...)
	if !strings.Contains(answer, "reason") {
		t.Error("it is not said that the reason is missing")
	}
	g.says(writer, g.page, "Hide at once", true)
	g.act(access.Reviewer, http.StatusForbidden, "hide", g.about()...)
	if led := g.act(writer, http.StatusSeeOther, "hide", g.about()...); !strings.HasPrefix(led, "/case/case-1/hidden") {
		t.Errorf("hiding leads to %s", led)
	}
	for _, as := range []access.Role{writer, access.Custodian, access.Reviewer} {
		if w := g.send(as, "GET", g.page, ""); w.Code != http.StatusNotFound {
			t.Errorf("hidden, and a %s gets %d", as, w.Code)
		}
		g.says(as, "/case/case-1/sources", "ferry", false)
	}
	g.says(writer, "/case/case-1/hidden", g.source, true)
	g.says(writer, "/case/case-1/hidden", "ferry", false)
	g.says(access.Publisher, "/case/case-1/hidden", g.source, false) // who never saw it does not learn of it
	var seq string
	for _, part := range strings.Split(g.get("/case/case-1/hidden"), `action="/case/case-1/hidden/`)[1:] {
		seq, _, _ = strings.Cut(part, "/")
	}
	g.act(access.Publisher, http.StatusNotFound, "hidden/"+seq+"/show")
	g.act(writer, http.StatusNotFound, "hidden/1/show")
	g.act(writer, http.StatusSeeOther, "hidden/"+seq+"/show")
	decision := g.waiting()
	g.act(writer, http.StatusForbidden, "decisions/"+decision+"/confirm")
	g.act(access.Reviewer, http.StatusSeeOther, "decisions/"+decision+"/confirm")
	g.says(writer, g.page, "ferry", true)
	g.says(writer, "/case/case-1/hidden", g.source, false)
}

// TestSecondPages: in an office of one, somebody from outside signs what its page
// offers as a file, and whoever proposed carries it out with that.
func TestSecondPages(t *testing.T) {
	t.Parallel()
	g := guardedSource(t)
	skey, vkey, err := register.NewSecondKey(rand.Reader, "notary")
	if err != nil {
		t.Fatal(err)
	}
	g.act(writer, http.StatusUnprocessableEntity, "seconds", "name", "Nara Tull", "capacity", "notary", "vkey", "no key")
	g.act(access.Analyst, http.StatusForbidden, "seconds", "name", "Nara Tull", "capacity", "notary", "vkey", vkey)
	g.act(writer, http.StatusSeeOther, "hide", g.about()...)
	var seq string
	for _, part := range strings.Split(g.get("/case/case-1/hidden"), `action="/case/case-1/hidden/`)[1:] {
		seq, _, _ = strings.Cut(part, "/")
	}
	g.act(writer, http.StatusSeeOther, "hidden/"+seq+"/show")
	page := "/case/case-1/decisions/" + g.waiting()
	g.says(writer, page, "The signed text", false)
	g.act(writer, http.StatusSeeOther, "seconds", "name", "Nara Tull", "capacity", "notary", "vkey", vkey)
	g.says(writer, "/case/case-1/seconds", "Nara Tull", true)
	g.says(writer, page, "The signed text", true)
	w := g.send(writer, "GET", page+"/text", "")
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the text to sign: %d %v", w.Code, w.Header())
	}
	agreement, err := register.ParseAgreement(w.Body.String())
	if err != nil {
		t.Fatal(err)
	}
	signed, err := agreement.Sign(skey)
	if err != nil {
		t.Fatal(err)
	}
	confirm := strings.TrimPrefix(page, "/case/case-1/") + "/confirm"
	g.act(writer, http.StatusForbidden, confirm, "outside", strings.ReplaceAll(agreement.Text(), "\n", "\r\n"))
	g.act(writer, http.StatusSeeOther, confirm, "outside", strings.ReplaceAll(string(signed), "\n", "\r\n")) // as a browser sends it
	g.says(writer, g.page, "ferry", true)
}
