// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"recount/casework"
	"recount/fault"
	"recount/store"
)

const (
	scatteredList = "Id,Name,Fate,Remark\n1,Zyxqwv Plomvark,killed,Kvintrubble\n2,Orban Tessel,killed,brother of Zyxqwv Plomvark\n3,Ann Bo,killed,\n4,Mira Quand,killed,\n5,Senna Polt,killed,\n6,Ilva Dorrin,killed,\n"
	scatteredMap  = `{"format":"recount mapping/1","row":"person","record":{"name":"Name"},"harms":[{"code":{"column":"Fate","codes":{"killed":"killed"}}}],"identifiers":["Id"]}`
	whitePicture  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)

// scattered is a case in which a name stands in every kind of place, in other
// cases, orders and encodings than in the person's record.
type scattered struct {
	*office
	person, brother, list string
	files                 map[string]string // exhibits by what they are
	bundle                string
}

func scatter(t *testing.T) *scattered {
	t.Helper()
	return scatterIn(t, newOffice(t))
}

func scatterIn(t *testing.T, o *office) *scattered {
	t.Helper()
	s := &scattered{office: o, files: map[string]string{}}
	source := s.do("add", "source", "The village's list")
	s.do("import", s.file("list.csv", scatteredList), "--mapping", s.file("mapping.json", scatteredMap), "--source", source)
	for what, content := range map[string]string{
		"order": "PLOMVARK Zyxqwv and zyxqwv plomvark were here\n",
		"utf16": inUTF16("On that day Zyxqwv Plomvark was shot at the weir."),
		"pack":  packed(t, "word/document.xml", "<w:p><w:r><w:t>Zyx</w:t></w:r><w:r><w:t>qwv PLOMVA</w:t></w:r><w:r><w:t>rk</w:t></w:r></w:p>"),
		"page":  "<p>Zyxqwv&#32;<b>Plom</b>vark</p>\n",
		"clean": "Nobody is named here.\n",
	} {
		s.files[what] = s.do("add", "exhibit", s.file(what, content), "--source", source)
	}
	s.files["titled"] = s.do("add", "exhibit", s.file("titled", "Nothing is said here either.\n"), "--source", source, "--title", "What zyxqwv PLOMVARK signed")
	s.files["picture"] = s.do("add", "exhibit", s.file("picture.png", whitePicture), "--source", source)
	var all []struct {
		Leaf, Person string
		Record       struct{ Name, Exhibit string }
	}
	s.ask(&all, "show", "records")
	people := map[string]string{}
	for _, r := range all {
		people[r.Record.Name] = r.Person
		if s.list = r.Record.Exhibit; r.Record.Name == "Orban Tessel" {
			s.brother = r.Leaf
		}
	}
	s.person = people["Zyxqwv Plomvark"]
	s.do("link", "distinguish", s.person, people["Ann Bo"], "--reason", "Plomvark is not Bo")
	s.do("figure", "define", s.file("f.json", `{"figure":"f-killed","title":"Killed","unit":"persons","harms":["killed"],"rule":"count@1"}`))
	dossier := s.do("dossier", "compose", s.file("statement.md", "# Said\n\nKilled: {{figure f-killed}}. We remember Zyxqwv Plomvark.\n"), "--title", "Said")
	s.do("dossier", "freeze", dossier)
	quiet := s.do("dossier", "compose", s.file("quiet.md", "# Counted\n\nKilled: {{figure f-killed}}.\n"), "--title", "Counted")
	s.do("dossier", "freeze", quiet)
	s.run("search", "plomvark") // fills the index
	s.bundle = s.dir + "-bundle"
	s.do("dossier", "export", dossier, "--out", s.bundle)
	return s
}

func inUTF16(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func packed(t *testing.T, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestErasureEverywhere: the plan finds the name wherever it is written, says
// what it could not look into, and once everything is chosen neither part of
// the name is found in any case.
func TestErasureEverywhere(t *testing.T) {
	t.Parallel()
	s := scatter(t)
	text, _, _ := s.run("erase", "plan", s.person)
	if lower := strings.ToLower(text); strings.Contains(lower, "zyxqwv") || strings.Contains(lower, "plomvark") {
		t.Errorf("the plan says the name:\n%s", text)
	}
	var plan casework.ErasurePlan
	s.ask(&plan, "erase", "plan", s.person)
	s.places(plan)

	everywhere := []string{"Zyxqwv", "zyxqwv", "ZYXQWV", "Plomvark", "plomvark", "PLOMVARK", "PLOMVA"}
	if n := searchAll(t, s.office, everywhere, func(c *store.Case) everyKey { return steal(t, c, s.office) }).total(); n < 10 {
		t.Errorf("before: found %d times; the search does not reach", n)
	}
	decide := []string{"erase", "decide", s.person, "--ground", "withdrawal", "--decider", "Ana Bel", "--decider", "Tomas Erlik", "--erase", "others"}
	if _, errs, code := s.run(decide...); code != fault.ExitInvalid || !strings.Contains(errs, "--destroy page-") || !strings.Contains(errs, s.files["utf16"]) {
		t.Errorf("no decision on files and texts: exit %d, %s", code, errs)
	}
	for _, e := range plan.Exhibits {
		decide = append(decide, "--destroy", e.Exhibit)
	}
	for _, e := range plan.Texts {
		decide = append(decide, "--destroy", e.ID)
	}
	s.do(decide...)
	after := searchAll(t, s.office, everywhere, func(c *store.Case) everyKey { return steal(t, c, s.office) })
	if n := after.total(); n != 0 {
		t.Errorf("after: found %d times: %v", n, after.found)
	}
	if out, errs, code := s.run("verify", s.dir); code != 0 {
		t.Errorf("the archive: exit %d\n%s%s", code, out, errs)
	}
	s.do("rebuild")
}

// places holds what the plan must list.
func (s *scattered) places(plan casework.ErasurePlan) {
	s.t.Helper()
	want := map[string]bool{s.list: true}
	for _, what := range []string{"order", "utf16", "pack", "page", "titled"} {
		want[s.files[what]] = true
	}
	got := map[string]bool{}
	for _, e := range plan.Exhibits {
		got[e.Exhibit] = !e.Possible
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("files in the plan (-want +got):\n%s", diff)
	}
	if len(plan.Others) != 1 || plan.Others[0].Leaf.String() != s.brother || !slices.Equal(plan.Others[0].Fields, []string{"raw"}) || plan.Others[0].Possible || len(plan.Others[0].With) < 3 {
		s.t.Errorf("records of others %+v; the brother's, for its raw row, with its harm, lines and members is right", plan.Others)
	}
	kinds := map[string][]string{}
	for _, e := range plan.Entries {
		kinds[e.Kind] = e.Fields
	}
	if diff := cmp.Diff(map[string][]string{"persons.distinguished@1": {"reason"}, "exhibit.received@1": {"title"}}, kinds); diff != "" {
		s.t.Errorf("entries (-want +got):\n%s", diff)
	}
	if len(plan.Unseen) != 1 || plan.Unseen[0].What != s.files["picture"] || plan.Unseen[0].Why != "a picture" {
		s.t.Errorf("not looked into: %+v; the picture is right", plan.Unseen)
	}
	if len(plan.Texts) != 3 {
		s.t.Errorf("texts %+v; the statement as composed and as frozen, and the page, are right", plan.Texts)
	}
	var names []string
	for _, e := range plan.Dossiers {
		names = append(names, e.Names)
	}
	if diff := cmp.Diff([]string{casework.NamesPerson, casework.DoesNotName}, names); diff != "" {
		s.t.Errorf("editions (-want +got):\n%s", diff)
	}
}

// TestDeciders: two writings of one name are one person.
func TestDeciders(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	person, exhibit, _ := o.erasable()
	o.do("member", "seat", "Ana Bel", "--role", "custodian")
	for _, second := range []string{"Ana Bel", "ana  bel", "Bel, ANA", "Aña Bel"} {
		_, errs, code := o.run("--actor", "Ana Bel", "erase", "decide", person, "--ground", "withdrawal", "--decider", "Ana Bel", "--decider", second, "--destroy", exhibit)
		if code != fault.ExitInvalid || !strings.Contains(errs, "accepted are two different people") {
			t.Errorf("deciders Ana Bel and %q: exit %d, %s", second, code, errs)
		}
	}
	if _, errs, code := o.run("erase", "decide", person, "--ground", "withdrawal", "--decider", "Ana Bel", "--decider", " - ", "--destroy", exhibit); code != fault.ExitInvalid || !strings.Contains(errs, "has no name") {
		t.Errorf("a decider without a name: exit %d, %s", code, errs)
	}
}
