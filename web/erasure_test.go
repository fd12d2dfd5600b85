// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"recount/access"
	"recount/casework"
	"recount/intake"
	"recount/register"
	"recount/store"
)

// ended waits for the work that an address leads to, and answers its page.
func (g *guarded) ended(as access.Role, address string) *httptest.ResponseRecorder {
	g.t.Helper()
	for range 600 {
		w := g.send(as, "GET", address, "")
		if w.Header().Get("Refresh") == "" {
			return w
		}
		time.Sleep(20 * time.Millisecond)
	}
	g.t.Fatalf("%s is still under way", address)
	return nil
}

var planField = regexp.MustCompile(`name="plan" value="([0-9a-f]{64})"`) //nolint:gochecknoglobals // never changes

// plan has the case looked through, and answers the page and the plan's fingerprint.
func (g *guarded) plan(as access.Role, path string) (page, sum string) {
	g.t.Helper()
	w := g.ended(as, g.act(as, http.StatusSeeOther, path))
	m := planField.FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || m == nil {
		g.t.Fatalf("the plan of %s: %d\n%s", path, w.Code, w.Body)
	}
	return w.Body.String(), m[1]
}

// personOf is the person under whom the record with a name stands.
func (g *guarded) personOf(name string) (person string) {
	g.t.Helper()
	err := g.Case.Read(context.Background(), func(r store.Reader) error {
		all, err := r.Persons(context.Background(), store.PersonFilter{}, store.Page{})
		for _, p := range all {
			if casework.NameOf(p.Records[0].Said) == name {
				person = p.Person
			}
		}
		return err
	})
	if err != nil || person == "" {
		g.t.Fatalf("nobody is called %s: %v", name, err)
	}
	return person
}

// preserve takes a letter in that names somebody.
func (g *guarded) preserve(source, title, text, handling string) string {
	g.t.Helper()
	path := filepath.Join(g.t.TempDir(), "letter.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
	kept, err := g.desk().Clerk().Preserve(context.Background(), path, intake.Delivery{Source: source, Title: title, Act: intake.Act{Reason: "a test", Handling: handling}})
	if err != nil {
		g.t.Fatal(err)
	}
	return kept.Exhibit.Exhibit
}

// TestErasurePages: a plan on a page, a proposal that says something of each thing,
// and a second person who sees the same plan: then nothing is left. One alone, a
// plan that has changed, a name in the ground and a hold are refused.
func TestErasurePages(t *testing.T) {
	t.Parallel()
	g := &guarded{reading: open(t)}
	source, exhibit := g.told(`"record":{"name":"Mira Quand"},"harms":[{"code":"killed"}]`, `"record":{"name":"Ann Bo"},"harms":[{"code":"killed"}]`)
	mira := g.personOf("Mira Quand")
	page := "/case/case-1/persons/" + mira
	erase := "persons/" + mira + "/erase"
	g.says(writer, page, "Plan an erasure", true)
	g.says(writer, page+"/erase", "What cannot be undone", true)
	g.says(writer, page+"/erase", "Mira", false) // the title stands in the browser's history
	g.act(access.Reviewer, http.StatusForbidden, erase)
	secret := g.preserve(source, "A letter of the miller", "Mira Quand was seen.\n", "restricted")
	shown, sum := g.plan(writer, erase)
	has(t, shown, exhibit, secret, "A letter of the miller", "None is known to this archive", "Propose this erasure")
	if told, _ := g.plan(access.Publisher, erase); strings.Contains(told, "miller") || !strings.Contains(told, secret) {
		t.Error("whoever may not see a file is told its title, or not that it is there")
	}
	propose := func(want int, says string, fields ...string) {
		t.Helper()
		led := g.act(writer, http.StatusSeeOther, erase+"/propose", append([]string{"plan", sum}, fields...)...)
		if w := g.ended(writer, led); w.Code != want || !strings.Contains(w.Body.String()+w.Header().Get("Location"), says) {
			t.Errorf("proposed with %v: %d, want %d with %q\n%s", fields, w.Code, want, says, w.Body)
		}
	}
	all := []string{"ground", "she withdrew", "do-" + exhibit, "keep", "basis-" + exhibit, "the only list", "do-" + secret, "destroy"}
	g.act(writer, http.StatusUnprocessableEntity, erase+"/propose", "ground", "she withdrew")
	propose(http.StatusUnprocessableEntity, `value="she withdrew"`, "ground", "she withdrew")
	propose(http.StatusUnprocessableEntity, "names the person", append(all, "ground", "Quand, Mira withdrew")...)
	propose(http.StatusSeeOther, "done=proposed", all...)
	g.act(writer, http.StatusConflict, erase+"/propose", append([]string{"plan", sum}, all...)...)
	g.says(writer, page, "An erasure is proposed", true)

	decision := "decisions/" + g.waiting()
	g.says(access.Reviewer, "/case/case-1/"+decision, "the only list", true)
	g.act(access.Reviewer, http.StatusUnprocessableEntity, decision+"/confirm")
	g.act(writer, http.StatusForbidden, decision+"/confirm", "plan", sum)
	another := g.preserve(source, "A second letter", "Quand, Mira.\n", "internal")
	if w := g.ended(access.Reviewer, g.act(access.Reviewer, http.StatusSeeOther, decision+"/confirm", "plan", sum)); w.Code != http.StatusConflict {
		t.Errorf("the plan has changed: %d", w.Code)
	}
	shown, sum = g.plan(access.Reviewer, decision+"/plan")
	has(t, shown, "another plan than was proposed", another)
	if strings.Contains(shown, "Agree and erase") {
		t.Error("a plan that has changed can be agreed to")
	}
	g.act(access.Reviewer, http.StatusConflict, decision+"/confirm", "plan", sum)
	g.act(writer, http.StatusSeeOther, decision+"/withdraw")

	all = append(all, "do-"+another, "destroy")
	hold, err := g.desk().PlaceHold(context.Background(), register.Hold{SubjectKind: "exhibit", Subject: another, Ground: "an order"}, casework.Why{Reason: "a test", Handling: "internal"})
	if err != nil {
		t.Fatal(err)
	}
	shown, sum = g.plan(writer, erase)
	has(t, shown, "A legal hold stands against it", hold.ID)
	propose(http.StatusForbidden, hold.ID, all...)
	lift, err := g.desk().ProposeLifting(context.Background(), hold.ID, casework.Why{Reason: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	g.act(access.Reviewer, http.StatusSeeOther, "decisions/"+lift.ID+"/confirm")
	_, sum = g.plan(writer, erase)
	propose(http.StatusSeeOther, "done=proposed", all...)
	decision = "decisions/" + g.waiting()
	shown, seen := g.plan(access.Reviewer, decision+"/plan")
	has(t, shown, "the only list", "Agree and erase for ever", "What no erasure reaches")
	if seen != sum {
		t.Errorf("the second sees the plan %s, proposed was %s", seen, sum)
	}
	w := g.ended(access.Reviewer, g.act(access.Reviewer, http.StatusSeeOther, decision+"/confirm", "plan", seen))
	if led := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasSuffix(led, "done=erased") {
		t.Fatalf("erasing: %d %s\n%s", w.Code, led, w.Body)
	}
	g.says(access.Reviewer, "/case/case-1/"+decision+"?done=erased", "Run the backup now", true)
	if w := g.send(writer, "GET", page, ""); w.Code != http.StatusNotFound {
		t.Errorf("the person is erased, and its page answers %d", w.Code)
	}
	for _, address := range []string{"persons", "search?q=Quand", "journal", "decisions"} {
		g.says(writer, "/case/case-1/"+address, "Mira", false)
	}
	g.says(writer, "/case/case-1/persons", "Ann Bo", true)
}

// TestErasureBySignature: in an office of one, whoever proposed erases with the
// signature of somebody from outside, and with no other.
func TestErasureBySignature(t *testing.T) {
	t.Parallel()
	g := &guarded{reading: open(t)}
	_, exhibit := g.told(`"record":{"name":"Mira Quand"},"harms":[{"code":"killed"}]`)
	skey, vkey, err := register.NewSecondKey(rand.Reader, "notary")
	if err != nil {
		t.Fatal(err)
	}
	g.act(writer, http.StatusSeeOther, "seconds", "name", "Nara Tull", "capacity", "notary", "vkey", vkey)
	erase := "persons/" + g.personOf("Mira Quand") + "/erase"
	_, sum := g.plan(writer, erase)
	g.ended(writer, g.act(writer, http.StatusSeeOther, erase+"/propose", "plan", sum, "ground", "she withdrew", "do-"+exhibit, "destroy"))
	decision := "decisions/" + g.waiting()
	agreement, err := register.ParseAgreement(g.get("/case/case-1/" + decision + "/text"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := agreement.Sign(skey)
	if err != nil {
		t.Fatal(err)
	}
	page, sum := g.plan(writer, decision+"/plan")
	has(t, page, "The signed text", "Nara Tull", "Agree and erase for ever")
	g.act(writer, http.StatusForbidden, decision+"/confirm", "plan", sum, "outside", agreement.Text())
	g.act(access.Analyst, http.StatusForbidden, decision+"/confirm", "plan", sum, "outside", string(signed)) // no second's seat
	w := g.ended(writer, g.act(writer, http.StatusSeeOther, decision+"/confirm", "plan", sum, "outside", strings.ReplaceAll(string(signed), "\n", "\r\n")))
	if led := w.Header().Get("Location"); !strings.HasSuffix(led, "done=erased") {
		t.Errorf("erasing by a signature: %d %s\n%s", w.Code, led, w.Body)
	}
}

// TestErasureOfWhatIsHidden: what one person has hidden is there for nobody, and is
// erased by two who could see it before.
func TestErasureOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	g := &guarded{reading: open(t)}
	_, exhibit := g.told(`"record":{"name":"Mira Quand"},"harms":[{"code":"killed"}]`)
	mira := g.personOf("Mira Quand")
	g.act(writer, http.StatusSeeOther, "hide", "subject_kind", "person", "subject", mira)
	var seq string
	for _, part := range strings.Split(g.get("/case/case-1/hidden"), `action="/case/case-1/hidden/`)[1:] {
		seq, _, _ = strings.Cut(part, "/")
	}
	g.act(writer, http.StatusNotFound, "persons/"+mira+"/erase")
	g.act(writer, http.StatusNotFound, "hidden/1/erase")
	erase := "hidden/" + seq + "/erase"
	_, sum := g.plan(writer, erase)
	g.ended(writer, g.act(writer, http.StatusSeeOther, erase+"/propose", "plan", sum, "ground", "in danger", "do-"+exhibit, "destroy"))
	decision := "decisions/" + g.waiting()
	_, sum = g.plan(access.Reviewer, decision+"/plan")
	w := g.ended(access.Reviewer, g.act(access.Reviewer, http.StatusSeeOther, decision+"/confirm", "plan", sum))
	if led := w.Header().Get("Location"); !strings.HasSuffix(led, "done=erased") {
		t.Errorf("erasing what is hidden: %d %s\n%s", w.Code, led, w.Body)
	}
	g.says(writer, "/case/case-1/hidden", mira, false) // there is nothing to bring back
}
