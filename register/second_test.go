// SPDX-License-Identifier: Apache-2.0

package register

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"recount/fault"
	"recount/journal"
)

// TestAgreement: what was signed is taken from whom it was signed by, and no
// other text, key or change of either.
func TestAgreement(t *testing.T) {
	t.Parallel()
	skey, vkey, err := NewSecondKey(rand.Reader, "notary")
	_, other, err2 := NewSecondKey(rand.Reader, "notary")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	a := AgreementTo("north/0011223344556677", Proposal{Decision: "q" + anID, Act: "erase", SubjectKind: "person", Subject: "p" + anID}, journal.Leaf{1})
	want := "recount agreement/1\nnorth/0011223344556677\nq" + anID + "\nerase person p" + anID + "\n01" + strings.Repeat("00", 31) + "\n"
	if a.Text() != want { // docs/formats/agreement.md
		t.Errorf("the text is %q, want %q", a.Text(), want)
	}
	signed, err := a.Sign(skey + "\n")
	if err != nil {
		t.Fatal(err)
	}
	notary := Second{Name: "Nara Tull", VKey: vkey}
	if by, err := a.SignedBy(string(signed), []Second{{Name: "else", VKey: other}, notary}); err != nil || by.Name != notary.Name {
		t.Errorf("signed by %+v, %v", by, err)
	}
	lowered := a
	lowered.Leaf = journal.Leaf{2}.String()
	for name, refused := range map[string]error{
		"another key":        second(a.SignedBy(string(signed), []Second{{Name: "else", VKey: other}})),
		"nobody":             second(a.SignedBy(string(signed), nil)),
		"another proposal":   second(lowered.SignedBy(string(signed), []Second{notary})),
		"a changed text":     second(a.SignedBy(strings.Replace(string(signed), "erase", "lower", 1), []Second{notary})),
		"no signature":       second(a.SignedBy(a.Text(), []Second{notary})),
		"text before it":     second(a.SignedBy("x\n"+string(signed), []Second{notary})),
		"nothing whatsoever": second(a.SignedBy("", []Second{notary})),
	} {
		if !errors.Is(refused, fault.Forbidden) {
			t.Errorf("%s: %v", name, refused)
		}
	}
	if _, err := a.Sign("no key"); !errors.Is(err, fault.Invalid) {
		t.Errorf("no key: %v", err)
	}
}

func second(_ Second, err error) error { return err }

// FuzzParseAgreement: what is read is what is written, or it is refused.
func FuzzParseAgreement(f *testing.F) {
	f.Add("recount agreement/1\no/0\nq" + anID + "\nerase person\n" + strings.Repeat("ab", 32) + "\n")
	f.Add("recount agreement/1\n\n\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAgreement(text)
		switch {
		case err == nil && a.Text() != text:
			t.Errorf("%q became %q", text, a.Text())
		case err != nil && !errors.Is(err, fault.Invalid):
			t.Errorf("%q: %v", text, err)
		}
	})
}
