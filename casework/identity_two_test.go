// SPDX-License-Identifier: Apache-2.0

package casework_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// TestErasedIdentity: after an erasure no copy of the map opens it any more,
// also where the map was away.
func TestErasedIdentity(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id, stays := s.protect("Ana Bel", "Tomas Erlik"), s.protect("Ana Bel")
	was := s.identity(id)
	copied := filepath.Join(t.TempDir(), "copy")
	if err := s.ana.CopyIdentities(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	asked, err := s.ana.ProposeErasingIdentity(t.Context(), id, "she asked for it", why)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ana.EraseIdentity(t.Context(), asked.ID, why, nil); !errors.Is(err, fault.Forbidden) {
		t.Errorf("erased by who asked: %v, want fault.Forbidden", err)
	}
	if _, err := s.tomas.EraseIdentity(t.Context(), asked.ID, why, nil); err != nil {
		t.Fatal(err)
	}
	if e, err := s.c.OpenEntry(t.Context(), was.Seq); err != nil || !e.Erased() {
		t.Error(err, ": the entry with the share can still be opened")
	}
	m, err := s.c.IdentityMap(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Get(was.Sealed); !errors.Is(err, fault.NotFound) {
		t.Errorf("the sealed file: %v, want fault.NotFound", err)
	}
	if found(t, was.Sealed, copied) == "" {
		t.Error("the copy does not have the file: this test says nothing")
	}
	if found(t, was.Pseudonym, filepath.Join(s.dir, "cases")) != "" {
		t.Error("the pseudonym is still there")
	}
	if err := s.c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if s.identity(stays).Pseudonym == "" {
		t.Error("another identity went with it")
	}
}

// TestHeldIdentity: while the case, or what an identity stands for, is under a
// legal hold, nobody destroys the identity.
func TestHeldIdentity(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	source, err := s.ana.DescribeSource(t.Context(), register.Source{Name: "A statement", Kind: "witness"}, why)
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.ana.Protect(t.Context(), casework.ToProtect{Openers: []string{"Ana Bel"}, StandsFor: source.ID, Content: person()}, why)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := s.ana.ProposeErasingIdentity(t.Context(), done.ID, "she asked for it", why)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ana.PlaceHold(t.Context(), register.Hold{SubjectKind: "source", Subject: source.ID, Ground: "an order of the court"}, why); err != nil {
		t.Fatal(err)
	}
	if _, err := s.tomas.EraseIdentity(t.Context(), asked.ID, why, nil); !errors.Is(err, fault.Forbidden) {
		t.Errorf("erased under a hold: %v, want fault.Forbidden", err)
	}
	if _, err := s.ana.ProposeErasingIdentity(t.Context(), done.ID, "she asked for it", why); !errors.Is(err, fault.Forbidden) {
		t.Errorf("asked for under a hold: %v, want fault.Forbidden", err)
	}
	if s.identity(done.ID).Sealed == "" {
		t.Error("the identity is gone")
	}
}

// TestNotShownUnaudited: where the audit journal cannot be written nothing is
// shown, and the journal says all the same that the identity was opened.
func TestNotShownUnaudited(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id := s.protect("Ana Bel", "Tomas Erlik")
	asked := s.proposal(s.ana, id)
	if err := os.WriteFile(filepath.Join(s.dir, "cases", "karvel", "audit"), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := s.tomas.Reveal(t.Context(), asked, "", s.way(tomasPass), why)
	if err == nil || len(got.Content.Names) > 0 || !strings.Contains(err.Error(), "nothing is shown") {
		t.Errorf("without an audit journal: %+v, %v; want nothing shown", got.Content, err)
	}
	err = s.c.Read(t.Context(), func(r store.Reader) error {
		openings, err := r.IdentityOpenings(t.Context(), id)
		if len(openings) != 1 {
			t.Errorf("the journal has %d openings, want 1", len(openings))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOutsideOpens: in an office of one person who is an opener, somebody from
// outside signs for one opening, and their signature opens no other.
func TestOutsideOpens(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id, other := s.protect("Ana Bel"), s.protect("Ana Bel")
	skey, vkey, err := journal.GenerateKey(rand.Reader, "second.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ana.NameSecond(t.Context(), register.Second{Name: "Oda Lind", Capacity: "notary", VKey: vkey}, why); err != nil {
		t.Fatal(err)
	}
	asked, elsewhere := s.proposal(s.ana, id), s.proposal(s.ana, other)
	a, err := s.ana.AgreementOn(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := a.Sign(skey)
	if err != nil {
		t.Fatal(err)
	}
	alone := s.ana
	alone.Outside = string(signed)
	if got, err := alone.Reveal(t.Context(), elsewhere, "", s.way(anaPass), why); err == nil || len(got.Content.Names) > 0 {
		t.Error("a signature on one opening opened another")
	}
	if got, err := alone.Reveal(t.Context(), asked, "", s.way(anaPass), why); err != nil || got.Content.Names[0] != "Ilvane Torresk" {
		t.Errorf("with an agreement from outside: %v", err)
	}
	if err := s.c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
