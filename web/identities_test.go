// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/store"
	"recount/strongroom"
)

const reviewersPhrase = "gulls over the old harbour"

func hasNot(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(page, text) {
			t.Errorf("the page has %q:\n%s", text, page)
		}
	}
}

// protectedIn is a room in which a reviewer is an opener and somebody is
// protected by the form; it answers the address of the protected person.
func protectedIn(t *testing.T) (r *reading, at string) {
	t.Helper()
	r = open(t)
	r.seat(access.Reviewer)
	has(t, r.get("/case/case-1/identities/new"), "Nobody is an opener yet")
	reviewer := r.desk()
	reviewer.Actor = "A reviewer"
	way, err := strongroom.Passphrase(reviewersPhrase)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reviewer.BecomeOpener(t.Context(), way, strongroom.LeastCost(), casework.Why{Reason: "a test", Basis: "duty", Handling: "internal"}); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"true_names": {"Ilvane Torresk\nИльване"}, "contact": {"asks at the Quillmark bakery"}, "pseudonym": {"Witness AB-12"}, "opener-0": {"yes"}, "reason": {"she asked for it"}, "handling": {"confidential"}}
	refused := url.Values{"true_names": {"Ilvane Torresk"}, "pseudonym": {"Ilvane"}, "opener-0": {"yes"}, "reason": {"x"}, "handling": {"confidential"}}
	_, page := r.post("/case/case-1/identities", refused, http.StatusUnprocessableEntity)
	has(t, page, "holds a true name")
	refused.Del("opener-0")
	_, page = r.post("/case/case-1/identities", refused, http.StatusUnprocessableEntity)
	has(t, page, "at least one opener")
	at, _ = r.post("/case/case-1/identities", form, http.StatusSeeOther)
	at, _, _ = strings.Cut(at, "?")
	return r, at
}

// TestOpenedByForm: what was sealed by one form is shown by another, once, to
// the second person alone, and nothing of it stands on any other page.
func TestOpenedByForm(t *testing.T) {
	t.Parallel()
	r, at := protectedIn(t)
	page := r.get(at)
	has(t, page, "Witness AB-12", "A reviewer", "never opened")
	r.post(at+"/ask", url.Values{"for_whom": {"the court of appeal"}, "reason": {"a summons"}}, http.StatusSeeOther)
	var decision string
	err := r.Case.Read(t.Context(), func(reader store.Reader) error {
		all, err := reader.Proposals(t.Context())
		decision = all[0].Decision
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if page := r.get(at); strings.Contains(page, `/open"`) {
		t.Error("who asked is offered to open it")
	}
	opening := url.Values{"opening": {decision}, "passphrase": {reviewersPhrase}, "reason": {"a summons"}}
	_, page = r.post(at+"/open", opening, http.StatusForbidden)
	hasNot(t, page, "Torresk", reviewersPhrase)
	has(t, r.send(access.Reviewer, "GET", at, "").Body.String(), `/open"`, "the court of appeal")
	wrong := url.Values{"opening": {decision}, "passphrase": {"no boats came in that winter"}, "reason": {"a summons"}}
	w := r.send(access.Reviewer, "POST", at+"/open", wrong.Encode())
	if w.Code != http.StatusForbidden {
		t.Errorf("a wrong passphrase: %d", w.Code)
	}
	has(t, w.Body.String(), "not the identity passphrase of A reviewer")
	hasNot(t, w.Body.String(), "Torresk", "no boats")
	w = r.send(access.Reviewer, "POST", at+"/open", opening.Encode())
	has(t, w.Body.String(), "Ilvane Torresk", "Ильване", "Quillmark", "Witness AB-12")
	if got := w.Header().Get("Cache-Control"); w.Code != http.StatusOK || got != "no-store" {
		t.Errorf("the answer: %d, Cache-Control %q; want 200, no-store", w.Code, got)
	}
	w = r.send(access.Reviewer, "POST", at+"/open", opening.Encode())
	if w.Code != http.StatusConflict {
		t.Errorf("a second time: %d, want 409", w.Code)
	}
	hasNot(t, w.Body.String(), "Torresk")
	has(t, r.get(at), "for the court of appeal: a summons")
	for _, address := range []string{"/case/case-1/identities", at, "/case/case-1/journal", "/case/case-1/decisions", "/case/case-1/decisions/" + decision, "/case/case-1/search?q=Quillmark+bakery"} {
		hasNot(t, r.get(address), "Torresk", "asks at")
	}
	a, err := r.Case.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	looks, err := a.Newest(context.Background(), audit.Filter{Act: audit.Revealed}, -1, 10)
	if err != nil || len(looks) != 1 || looks[0].Actor != "A reviewer" {
		t.Errorf("the audit journal: %+v, %v", looks, err)
	}
}

// TestIdentityByForms: a pseudonym for a dossier, a passphrase, and that one
// person asks for an identity to be destroyed and another destroys it.
func TestIdentityByForms(t *testing.T) {
	t.Parallel()
	r, at := protectedIn(t)
	id := at[strings.LastIndex(at, "/")+1:]
	d, err := r.desk().ComposeDossier(t.Context(), "", "A report", []byte("As {{witness "+id+"}} says.\n"), casework.Why{Reason: "a test", Basis: "duty", Handling: "internal"})
	if err != nil {
		t.Fatal(err)
	}
	has(t, r.get("/case/case-1/dossiers/"+d.ID+"/preview"), "As (no pseudonym yet) says.")
	_, page := r.post(at+"/pseudonym", url.Values{"dossier": {d.ID}, "pseudonym": {"witness ab-12"}, "reason": {"x"}}, http.StatusConflict)
	has(t, page, "one that the case itself uses")
	r.post(at+"/pseudonym", url.Values{"dossier": {d.ID}, "pseudonym": {"Witness QX-90"}, "reason": {"x"}}, http.StatusSeeOther)
	has(t, r.get(at), "Witness QX-90", "A report")
	has(t, r.get("/case/case-1/dossiers/"+d.ID+"/preview"), "As Witness QX-90 says.")

	change := url.Values{"passphrase": {"not the one"}, "new_passphrase": {"no boats came in that winter"}, "new_passphrase_again": {"no boats came in that winter"}}
	if w := r.send(access.Reviewer, "POST", "/case/case-1/identities/passphrase", change.Encode()); w.Code != http.StatusForbidden {
		t.Errorf("changed by a wrong passphrase: %d", w.Code)
	}
	change.Set("passphrase", reviewersPhrase)
	if w := r.send(access.Reviewer, "POST", "/case/case-1/identities/passphrase", change.Encode()); w.Code != http.StatusSeeOther {
		t.Errorf("changed: %d\n%s", w.Code, w.Body)
	}
	change.Set("new_passphrase_again", "another")
	_, page = r.post("/case/case-1/identities/passphrase", change, http.StatusUnprocessableEntity)
	hasNot(t, page, "no boats")

	_, page = r.post(at+"/erase", url.Values{"ground": {""}, "reason": {"x"}}, http.StatusUnprocessableEntity)
	has(t, page, "one line of text")
	r.post(at+"/erase", url.Values{"ground": {"she asked for it"}, "reason": {"x"}}, http.StatusSeeOther)
	var decision string
	err = r.Case.Read(t.Context(), func(reader store.Reader) error {
		all, err := reader.Proposals(t.Context())
		decision = all[0].Decision
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.post(at+"/destroy", url.Values{"erasing": {decision}, "reason": {"x"}}, http.StatusForbidden)
	if w := r.send(access.Reviewer, "POST", at+"/destroy", url.Values{"erasing": {decision}, "reason": {"x"}}.Encode()); w.Code != http.StatusSeeOther {
		t.Errorf("destroyed: %d\n%s", w.Code, w.Body)
	}
	if w := r.send(writer, "GET", at, ""); w.Code != http.StatusNotFound {
		t.Errorf("the page of a destroyed identity: %d, want 404", w.Code)
	}
}

// TestAmendedByForm: an opener seals anew what they give, and is shown nothing;
// what they leave empty stays. Nobody else has the form.
func TestAmendedByForm(t *testing.T) {
	t.Parallel()
	r, at := protectedIn(t)
	hasNot(t, r.get(at), "Change what is sealed")
	opener := func(form url.Values, want int) string {
		t.Helper()
		w := r.send(access.Reviewer, "POST", at+"/amend", form.Encode())
		if w.Code != want {
			t.Fatalf("amended: %d, want %d\n%s", w.Code, want, w.Body)
		}
		hasNot(t, w.Body.String(), "Ilvane", "Quillmark")
		return w.Body.String()
	}
	page := r.send(access.Reviewer, "GET", at, "").Body.String()
	has(t, page, "Change what is sealed", "what you leave empty stays as it is")
	hasNot(t, page, "Ilvane", "Quillmark")
	form := url.Values{"residence": {"Lower Brambeck 4"}, "reason": {"she moved"}, "passphrase": {"not the right one at all"}}
	has(t, opener(form, http.StatusForbidden), "not the identity passphrase")
	form.Set("passphrase", reviewersPhrase)
	form.Set("pseudonym", "Torresk")
	has(t, opener(form, http.StatusUnprocessableEntity), "holds a true name")
	form.Set("pseudonym", "")
	opener(form, http.StatusSeeOther)
	has(t, shown(r.send(access.Reviewer, "GET", at+"?done=identity-amended", "").Body.String()), "sealed anew", "Witness AB-12")
	if w := r.send(writer, "POST", at+"/amend", form.Encode()); w.Code < 400 {
		t.Errorf("somebody who is no opener of it amends it: %d", w.Code)
	}

	asked, err := r.desk().ProposeReveal(t.Context(), at[strings.LastIndex(at, "/")+1:], "the court", casework.Why{Reason: "a summons"})
	if err != nil {
		t.Fatal(err)
	}
	opened := r.send(access.Reviewer, "POST", at+"/open", url.Values{"opening": {asked.ID}, "passphrase": {reviewersPhrase}, "reason": {"a summons"}}.Encode()).Body.String()
	has(t, opened, "Ilvane Torresk", "Quillmark bakery", "Lower Brambeck 4")
}
