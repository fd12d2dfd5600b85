// SPDX-License-Identifier: Apache-2.0

package casework_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"recount/audit"
	"recount/casework"
	"recount/dossier"
	"recount/fault"
	"recount/identities"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// scene is a plain archive, so that whatever lies on the disk can be read, with
// two people at work in its case.
type scene struct {
	*testing.T
	dir        string
	archive    *store.Archive
	c          *store.Case
	ana, tomas casework.Desk
}

var why = casework.Why{Reason: "asked for it", Basis: "duty", Handling: "confidential"}

const (
	anaPass   = "gulls over the old harbour"
	tomasPass = "seven grey herons asleep"
)

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, dir: filepath.Join(t.TempDir(), "archive")}
	at := time.Date(2031, 5, 1, 8, 0, 0, 0, time.UTC)
	var err error
	s.archive, err = store.Create(t.Context(), store.Config{Dir: s.dir, Now: func() time.Time { return at }, Rand: rand.Reader},
		store.Opening{PublicName: "archive.example", CaseID: "karvel", Title: "Karvel", Actor: "Ana Bel", Reason: "begin", Basis: "duty", Handling: "internal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.archive.Close() })
	if s.c, err = s.archive.Case(t.Context(), "karvel"); err != nil {
		t.Fatal(err)
	}
	s.ana, s.tomas = casework.Desk{Case: s.c, Actor: "Ana Bel", Rand: rand.Reader}, casework.Desk{Case: s.c, Actor: "Tomas Erlik", Rand: rand.Reader}
	for _, o := range []struct {
		d    casework.Desk
		text string
	}{{s.ana, anaPass}, {s.tomas, tomasPass}} {
		if _, err := o.d.BecomeOpener(t.Context(), s.way(o.text), strongroom.LeastCost(), why); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *scene) way(text string) strongroom.Way {
	s.Helper()
	w, err := strongroom.Passphrase(text)
	if err != nil {
		s.Fatal(err)
	}
	return w
}

func person() identities.Content {
	return identities.Content{Names: []string{"Ilvane Torresk"}, Contact: "asks at the Quillmark bakery", Residence: "Lower Brambeck 4", Relatives: "a sister, Maren Oddvik"}
}

func (s *scene) protect(openers ...string) string {
	s.Helper()
	done, err := s.ana.Protect(s.Context(), casework.ToProtect{Openers: openers, Content: person()}, why)
	if err != nil {
		s.Fatal(err)
	}
	return done.ID
}

func (s *scene) identity(id string) (x store.IdentityProtected) {
	s.Helper()
	err := s.c.Read(s.Context(), func(r store.Reader) (err error) {
		x, err = r.Identity(s.Context(), id)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return x
}

func (s *scene) proposal(d casework.Desk, id string) string {
	s.Helper()
	done, err := d.ProposeReveal(s.Context(), id, "the court of appeal", why)
	if err != nil {
		s.Fatal(err)
	}
	return done.ID
}

func (s *scene) compose(id, text string) string {
	s.Helper()
	done, err := s.ana.ComposeDossier(s.Context(), id, "A report", []byte(text), why)
	if err != nil {
		s.Fatal(err)
	}
	return done.ID
}

// TestReveal: an identity is opened by a second person who is an opener, with
// their own passphrase, and only once for each decision; the journal and the
// audit journal say so.
func TestReveal(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id := s.protect("Ana Bel", "Tomas Erlik")
	asked := s.proposal(s.ana, id)
	for _, c := range []struct {
		what string
		d    casework.Desk
		pass string
		want error
	}{
		{"who asked opens", s.ana, anaPass, fault.Forbidden},
		{"a wrong passphrase", s.tomas, anaPass, fault.Forbidden},
		{"no opener", casework.Desk{Case: s.c, Actor: "Stranger", Rand: rand.Reader}, tomasPass, fault.Forbidden},
	} {
		if got, err := c.d.Reveal(t.Context(), asked, "", s.way(c.pass), why); !errors.Is(err, c.want) || len(got.Content.Names) > 0 {
			t.Errorf("%s: %v, want %v and nothing shown", c.what, err, c.want)
		}
	}
	naming := why
	naming.Reason = "to warn Torresk, Ilvane"
	if got, err := s.tomas.Reveal(t.Context(), asked, "", s.way(tomasPass), naming); !errors.Is(err, fault.Invalid) || len(got.Content.Names) > 0 {
		t.Errorf("a reason that names the person: %v, want fault.Invalid", err)
	}
	got, err := s.tomas.Reveal(t.Context(), asked, "", s.way(tomasPass), why)
	if err != nil {
		t.Fatal(err)
	}
	if got.Content.Names[0] != "Ilvane Torresk" || got.Content.Relatives != "a sister, Maren Oddvik" {
		t.Errorf("revealed: %+v", got.Content)
	}
	if _, err := s.tomas.Reveal(t.Context(), asked, "", s.way(tomasPass), why); !errors.Is(err, fault.Conflict) {
		t.Errorf("a second time by the same decision: %v, want fault.Conflict", err)
	}
	err = s.c.Read(t.Context(), func(r store.Reader) error {
		openings, err := r.IdentityOpenings(t.Context(), id)
		if len(openings) != 1 || openings[0].ForWhom != "the court of appeal" || openings[0].Entry.Actor != "Tomas Erlik" || openings[0].Entry.Reason != "asked for it" || openings[0].Decision != asked {
			t.Errorf("openings: %+v", openings)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.c.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	looks, err := a.Newest(t.Context(), audit.Filter{Kind: "identities", ID: id}, -1, 10)
	if err != nil || len(looks) != 3 || looks[0].Act != audit.Revealed || looks[0].Actor != "Tomas Erlik" || looks[1].Act != audit.Refused || looks[2].Act != audit.Refused {
		t.Errorf("the audit journal: %+v, %v; want a revealing after two that were refused", looks, err)
	}
}

// TestAmended: what is given replaces what was, the rest stays, and an older
// file is gone.
func TestAmended(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id := s.protect("Tomas Erlik")
	before := s.identity(id)
	change := casework.ToProtect{Identity: id, Openers: []string{"Ana Bel", "Tomas Erlik"}, Content: identities.Content{Contact: "moved"}}
	if _, err := s.ana.Amend(t.Context(), change, s.way(anaPass), why); !errors.Is(err, fault.Forbidden) {
		t.Errorf("amended by who is no opener: %v", err)
	}
	if _, err := s.tomas.Amend(t.Context(), change, s.way(tomasPass), why); err != nil {
		t.Fatal(err)
	}
	m, err := s.c.IdentityMap(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Get(before.Sealed); !errors.Is(err, fault.NotFound) {
		t.Errorf("the older file: %v, want fault.NotFound", err)
	}
	if after := s.identity(id); after.Pseudonym != before.Pseudonym {
		t.Errorf("the pseudonym was %q and is %q", before.Pseudonym, after.Pseudonym)
	}
	got, err := s.ana.Reveal(t.Context(), s.proposal(s.tomas, id), "", s.way(anaPass), why)
	if err != nil {
		t.Fatal(err)
	}
	if got.Content.Contact != "moved" || got.Content.Residence != "Lower Brambeck 4" {
		t.Errorf("amended to %+v", got.Content)
	}
}

// TestNoNameOnDisk: in no encoding does the archive, the map, a bundle or an
// audit journal hold what was sealed, while the pseudonym is there to be found.
func TestNoNameOnDisk(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id := s.protect("Ana Bel", "Tomas Erlik")
	d := s.compose("", "As {{witness "+id+"}} says.\n")
	if _, _, err := s.ana.GivePseudonym(t.Context(), register.GivenPseudonym{Identity: id, Dossier: d, Pseudonym: "Witness ZZ-98"}, why); err != nil {
		t.Fatal(err)
	}
	if _, err := s.tomas.Reveal(t.Context(), s.proposal(s.ana, id), "", s.way(tomasPass), why); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ana.FreezeDossier(t.Context(), d, dossier.Showing{Limit: 5}, why); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(t.TempDir(), "bundle")
	if _, err := casework.ExportDossier(t.Context(), s.c, d, 0, bundle, ""); err != nil {
		t.Fatal(err)
	}
	internal := s.identity(id).Pseudonym
	for _, secret := range []string{"Torresk", "Quillmark", "Brambeck", "Oddvik"} {
		if at := found(t, secret, s.dir, bundle); at != "" {
			t.Errorf("%q lies in %s", secret, at)
		}
	}
	for _, inside := range []string{internal, id} {
		if at := found(t, inside, bundle); at != "" {
			t.Errorf("%q left in the bundle: %s", inside, at)
		}
		if found(t, inside, s.dir) == "" {
			t.Errorf("%q is not found in the archive: the search would find nothing", inside)
		}
	}
	if found(t, "Witness ZZ-98", bundle) == "" {
		t.Error("the bundle does not have the pseudonym of its dossier")
	}
}

// found is a file below the folders in whose name or bytes a text lies, in
// UTF-8, UTF-16, hex or base64; "" where there is none.
func found(t *testing.T, text string, dirs ...string) (at string) {
	t.Helper()
	forms := [][]byte{[]byte(text), []byte(hex.EncodeToString([]byte(text)))}
	var wide []byte
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	forms = append(forms, wide)
	for skip := range 3 {
		coded := base64.RawStdEncoding.EncodeToString(append(make([]byte, skip), text...))
		forms = append(forms, []byte(coded[skip+1:len(coded)-1]))
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			for _, form := range forms {
				if bytes.Contains(data, form) || bytes.Contains([]byte(path), form) {
					at = path
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// TestTwoPseudonyms: the same witness has another pseudonym in each dossier,
// and no text may hold one that belongs elsewhere.
func TestTwoPseudonyms(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id, other := s.protect("Ana Bel"), s.protect("Ana Bel")
	one := s.compose("", "As {{witness "+id+"}} says.\n")
	two := s.compose("", "As {{witness "+id+"}} says.\n")
	if _, _, err := s.ana.FreezeDossier(t.Context(), one, dossier.Showing{Limit: 5}, why); !errors.Is(err, fault.Invalid) {
		t.Errorf("frozen without a pseudonym: %v, want fault.Invalid", err)
	}
	give := func(x register.GivenPseudonym) (string, error) {
		_, name, err := s.ana.GivePseudonym(t.Context(), x, why)
		return name, err
	}
	first, err := give(register.GivenPseudonym{Identity: id, Dossier: one})
	if err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]register.GivenPseudonym{
		"the same in another dossier":        {Identity: id, Dossier: two, Pseudonym: first},
		"another's in the same dossier":      {Identity: other, Dossier: one, Pseudonym: strings.ToUpper(first)},
		"that of the case":                   {Identity: id, Dossier: two, Pseudonym: s.identity(id).Pseudonym},
		"another's of the case":              {Identity: id, Dossier: two, Pseudonym: s.identity(other).Pseudonym},
		"linked, and another's all the same": {Identity: other, Dossier: two, Pseudonym: first, LinkedTo: one},
	} {
		if _, err := give(x); !errors.Is(err, fault.Conflict) {
			t.Errorf("%s: %v, want fault.Conflict", what, err)
		}
	}
	second, err := give(register.GivenPseudonym{Identity: id, Dossier: two})
	if err != nil || second == first {
		t.Fatalf("in the second dossier: %q, %v; in the first: %q", second, err, first)
	}
	for id, want := range map[string]string{one: first, two: second} {
		frozen, _, err := s.ana.FreezeDossier(t.Context(), id, dossier.Showing{Limit: 5}, why)
		if err != nil {
			t.Fatal(err)
		}
		e, err := casework.FrozenEdition(t.Context(), s.c, id, frozen.Edition)
		if err != nil {
			t.Fatal(err)
		}
		page, err := casework.EditionPage(t.Context(), s.c, e)
		if err != nil || !bytes.Contains(page, []byte("As "+want+" says.")) {
			t.Errorf("the page of %s does not say %q: %v", id, want, err)
		}
	}
	third := s.compose("", "As {{witness "+id+"}} says, whom we called "+first+" before.\n")
	if name, err := give(register.GivenPseudonym{Identity: id, Dossier: third}); err != nil || name == first || name == second {
		t.Fatal(name, err)
	}
	if _, _, err := s.ana.FreezeDossier(t.Context(), third, dossier.Showing{Limit: 5}, why); !errors.Is(err, fault.Forbidden) {
		t.Errorf("frozen with a pseudonym of another dossier: %v, want fault.Forbidden", err)
	}
	if name, err := give(register.GivenPseudonym{Identity: id, Dossier: third, LinkedTo: one}); err != nil || name != first {
		t.Errorf("linked on purpose: %q, %v; want %q", name, err, first)
	}
	if _, _, err := s.ana.FreezeDossier(t.Context(), third, dossier.Showing{Limit: 5}, why); err != nil {
		t.Errorf("frozen, linked on purpose: %v", err)
	}
	for _, text := range []string{"As {{witness w-0000000000000000}} says.", "As {{witness Ilvane}} says.", "As {{witness}} says."} {
		if _, err := s.ana.ComposeDossier(t.Context(), "", "A report", []byte(text+"\n"), why); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want fault.Invalid", text, err)
		}
	}
}

// TestMediumAway: without the map everything else of a case works; what needs
// it says plainly that it is away.
func TestMediumAway(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id := s.protect("Ana Bel", "Tomas Erlik")
	stick := filepath.Join(t.TempDir(), "stick", "map")
	if err := s.ana.PlaceIdentities(t.Context(), stick); err != nil {
		t.Fatal(err)
	}
	if at := filepath.Join(s.dir, "cases", "karvel", "identities"); found(t, "recount identit", at) != "" {
		t.Error("the old place still has the map")
	}
	if _, err := s.ana.Reveal(t.Context(), s.proposal(s.tomas, id), "", s.way(anaPass), why); err != nil {
		t.Fatalf("from the other medium: %v", err)
	}
	away := stick + " (taken out)"
	if err := os.Rename(stick, away); err != nil {
		t.Fatal(err)
	}
	asked := s.proposal(s.tomas, id)
	if _, err := s.ana.Reveal(t.Context(), asked, "", s.way(anaPass), why); !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), stick) {
		t.Errorf("opened without the map: %v, want fault.Unavailable that names %s", err, stick)
	}
	if _, err := s.ana.Protect(t.Context(), casework.ToProtect{Openers: []string{"Ana Bel"}, Content: person()}, why); !errors.Is(err, fault.Unavailable) {
		t.Errorf("protected without the map: %v, want fault.Unavailable", err)
	}
	d := s.compose("", "As {{witness "+id+"}} says.\n")
	if _, _, err := s.ana.GivePseudonym(t.Context(), register.GivenPseudonym{Identity: id, Dossier: d}, why); err != nil {
		t.Error(err)
	}
	if _, _, err := s.ana.FreezeDossier(t.Context(), d, dossier.Showing{Limit: 5}, why); err != nil {
		t.Error(err)
	}
	if err := s.c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if err := os.Rename(away, stick); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ana.Reveal(t.Context(), asked, "", s.way(anaPass), why); err != nil {
		t.Errorf("once the medium is back: %v", err)
	}
}

// TestCutOff: a sealed file that no entry came to name is swept when it is old;
// an act that is refused leaves none.
func TestCutOff(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	id := s.protect("Ana Bel")
	m, err := s.c.IdentityMap(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ana.Protect(t.Context(), casework.ToProtect{Openers: []string{"Ana Bel"}, StandsFor: "s-0000000000000000", Content: person()}, why); !errors.Is(err, fault.NotFound) {
		t.Errorf("for a source that is not there: %v, want fault.NotFound", err)
	}
	all, err := m.List()
	if err != nil || len(all) != 1 || all[0] != s.identity(id).Sealed {
		t.Fatalf("the map has %v, %v; want the file of %s alone", all, err, id)
	}
	orphan, err := m.Put([]byte("written, and then the power failed"))
	if err != nil {
		t.Fatal(err)
	}
	old := time.Date(2031, 5, 1, 6, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(m.Dir(), "sealed", orphan), old, old); err != nil {
		t.Fatal(err)
	}
	if err := s.ana.SweepIdentities(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if all, err = m.List(); err != nil || len(all) != 1 {
		t.Errorf("after the sweep the map has %v, %v", all, err)
	}
}

// TestNames: what would give the person away is refused, and the check of a
// statement finds a true name in any case and order, for openers alone.
func TestNames(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	source, err := s.ana.DescribeSource(t.Context(), register.Source{Name: "Statement of Ilvane TORRESK", Kind: "witness"}, why)
	if err != nil {
		t.Fatal(err)
	}
	naming := why
	naming.Reason = "Ilvane Torresk asked for it"
	for what, c := range map[string]struct {
		p    casework.ToProtect
		why  casework.Why
		want error
	}{
		"a pseudonym that names":  {casework.ToProtect{Pseudonym: "Ilvane T"}, why, fault.Invalid},
		"a reason that names":     {casework.ToProtect{}, naming, fault.Invalid},
		"a source that names":     {casework.ToProtect{StandsFor: source.ID}, why, fault.Conflict},
		"a thing of another kind": {casework.ToProtect{StandsFor: "i-0000000000000000"}, why, fault.Invalid},
		"no opener of that name":  {casework.ToProtect{Openers: []string{"Nobody Here"}}, why, fault.NotFound},
	} {
		c.p.Content = person()
		if c.p.Openers == nil {
			c.p.Openers = []string{"Ana Bel"}
		}
		_, err := s.ana.Protect(t.Context(), c.p, c.why)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "Torresk") || strings.Contains(err.Error(), "Ilvane")) {
			t.Errorf("%s: the message names the person: %v", what, err)
		}
	}
	id := s.protect("Ana Bel")
	d := s.compose("", "First.\n\nSeen by TORRESK, ilvane.\n")
	hits, looked, err := s.ana.CheckNames(t.Context(), d, "", s.way(anaPass), "before freezing")
	if err != nil || looked != 1 || len(hits) != 1 || hits[0].Identity != id || !hits[0].Whole || len(hits[0].Lines) != 1 || hits[0].Lines[0] != 3 {
		t.Errorf("CheckNames = %+v, %d, %v; want line 3 of %s", hits, looked, err, id)
	}
	if hits, looked, err = s.tomas.CheckNames(t.Context(), d, "", s.way(tomasPass), "before freezing"); err != nil || looked != 0 || len(hits) != 0 {
		t.Errorf("by who may open none: %+v, %d, %v", hits, looked, err)
	}
	clean := s.compose("", "Nobody is named.\n")
	if hits, _, err = s.ana.CheckNames(t.Context(), clean, "", s.way(anaPass), "before freezing"); err != nil || len(hits) != 0 {
		t.Errorf("a clean text: %+v, %v", hits, err)
	}
}
