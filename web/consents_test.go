// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recount/access"
	"recount/casework"
	"recount/intake"
	"recount/register"
)

// TestConsents: a basis is stated and a consent recorded, found, and withdrawn
// in the pages; what is not permitted is said where a dossier is frozen, before
// and when it is tried.
func TestConsents(t *testing.T) {
	t.Parallel()
	r := open(t)
	ctx := context.Background()
	done, err := r.desk().DescribeSource(ctx, register.Source{Name: "Harbour <witness>", Kind: "witness"}, casework.Why{Reason: "a test", Basis: "consent"})
	if err != nil {
		t.Fatal(err)
	}
	source := done.ID
	file := filepath.Join(t.TempDir(), "words.txt")
	if err := os.WriteFile(file, []byte("They did not come back.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept, err := r.desk().Clerk().Preserve(ctx, file, intake.Delivery{Source: source, Title: "A statement", Act: intake.Act{Reason: "a test"}})
	if err != nil {
		t.Fatal(err)
	}
	cited, err := r.desk().Clerk().Cite(ctx, register.Citation{Exhibit: kept.Exhibit.Exhibit, Scheme: "line", Pinpoint: "1", Quote: "They did not come back.", Attribution: "a nurse"}, intake.Act{Reason: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	dossier, err := r.desk().ComposeDossier(ctx, "", "At the ferry", []byte("# At the ferry\n\n{{quote "+cited.Citation.Citation+"}}\n"), casework.Why{Reason: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	freeze := "/case/case-1/dossiers/" + dossier.ID + "/freeze"
	at := "/case/case-1/sources/" + source
	has(t, shown(r.get(at)), "Basis and consent", "Held on Consent of the person", "Nothing by itself", "No consent is recorded.")
	has(t, shown(r.get(freeze)), "What may not be used so", "Harbour &lt;witness&gt;", "needs: Publish without names, Anyone, Quoted word by word.", "It is held by consent, and none is recorded.")
	_, refused := r.post(freeze, url.Values{"limit": {"0"}}, http.StatusForbidden)
	has(t, shown(refused), "What may not be used so", "none is recorded")

	has(t, r.get("/case/case-1/consents/new?subject="+source), "publish-named any any no", "Questions were passed over", "<code>publish-anonymised</code>")
	_, bad := r.post("/case/case-1/consents", url.Values{"subject": {source}, "uses": {"everything yes"}, "base_seq": {"-1"}}, http.StatusUnprocessableEntity)
	has(t, bad, "accepted are record, analyse", "everything yes")
	form := url.Values{
		"subject": {source}, "uses": {"publish-anonymised public quotation yes\nngo any any no"}, "explained_by": {"Ada Holm"}, "language": {"en"}, "explained": {strings.Repeat("ab", 32)},
		"way": {"oral"}, "obtained_by": {"Ben <Iversen>"}, "date": {"2031-05-02"}, "stopped": {"yes"}, "base_seq": {"-1"},
	}
	to, _ := r.post("/case/case-1/consents", form, http.StatusSeeOther)
	consent, _, _ := strings.Cut(to, "?")
	has(t, shown(r.get(to)), "The consent is recorded.", "given", "Publish without names, Anyone, Quoted word by word Yes", "Ben &lt;Iversen&gt;", "The conversation was ended early Yes", "In no edition so far.")
	has(t, shown(r.get("/case/case-1/consents")), "Harbour &lt;witness&gt;", "given", "without end")
	if strings.Contains(shown(r.get(freeze)), "What may not be used so") {
		t.Error("a quotation that was agreed to is objected to")
	}
	edition, _ := r.post(freeze, url.Values{"limit": {"0"}}, http.StatusSeeOther)
	has(t, shown(r.get(consent)), "At the ferry", "edition 1: 1 quotation, 0 figures")

	r.withdrawn(consent, edition, freeze)
	r.stated(at, source)
}

// withdrawn takes the consent back: nothing new, neither a freeze nor a bundle.
func (r *reading) withdrawn(consent, edition, freeze string) {
	t := r.t
	t.Helper()
	_, bad := r.post(consent+"/withdraw", url.Values{"uses": {"publish"}}, http.StatusUnprocessableEntity)
	has(t, bad, "accepted are record, analyse")
	to, _ := r.post(consent+"/withdraw", url.Values{"reason": {"she asked for it"}, "uses": {""}}, http.StatusSeeOther)
	has(t, shown(r.get(to)), "It is recorded that the consent was withdrawn.", "withdrawn", "all of it", "edition 1: 1 quotation")
	_, again := r.post(consent+"/withdraw", url.Values{"uses": {""}}, http.StatusConflict)
	has(t, again, "withdrawn already")
	has(t, shown(r.get(freeze)), "was withdrawn.")
	edition, _, _ = strings.Cut(edition, "?")
	_, refused := r.post(edition+"/bundle", url.Values{}, http.StatusForbidden)
	has(t, shown(refused), "What may not be used so", "was withdrawn.")
	has(t, r.get(consent+"/renew"), "publish-anonymised public quotation yes", "Ada Holm")
}

// stated: the basis in the place of the entry's; what may not be seen is not there.
func (r *reading) stated(at, source string) {
	t := r.t
	t.Helper()
	has(t, r.get(at+"/basis"), "Law or mandate")
	_, bad := r.post(at+"/basis", url.Values{"ground": {"duty"}, "uses": {""}}, http.StatusUnprocessableEntity)
	has(t, bad, "a duty is laid down somewhere")
	to, _ := r.post(at+"/basis", url.Values{"ground": {"duty"}, "legal_basis": {"Act <12>"}, "until": {"2091-01-01"}, "uses": {""}}, http.StatusSeeOther)
	has(t, shown(r.get(to)), "The basis is stated.", "A duty or task laid down by law", "Act &lt;12&gt;", "This does not rest on consent", "2091-01-01")
	for _, address := range []string{"/case/case-1/consents/n-0000000000000000", "/case/case-1/consents/new?subject=s-0000000000000000"} {
		if w := r.send(writer, "GET", address, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d; 404 is right", address, w.Code)
		}
	}
	for _, address := range []string{at + "/basis", "/case/case-1/consents/new?subject=" + source} {
		if w := r.send(access.Reader, "GET", address, ""); w.Code != http.StatusForbidden {
			t.Errorf("%s, for a reader: %d; 403 is right", address, w.Code)
		}
	}
}
