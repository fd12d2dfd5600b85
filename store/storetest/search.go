// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// Search tries what is found. What is right is written in the tests, so all
// engines find the same.
func Search(t *testing.T, engine Engine) {
	for _, test := range []struct {
		name string
		run  func(*ground)
	}{
		{"words in many scripts", searchScripts},
		{"every kind of thing, in its order", searchKinds},
		{"a query is words and nothing else", searchHostile},
		{"only the newest is found", searchNewest},
		{"page by page", searchPaged},
		{"a beginning that many words have", searchBegun},
		{"the index lags and catches up", searchLags},
		{"an index that is stopped goes on", indexStopped},
		{"an erasure takes the index along", indexErased},
		{"a rebuild in the middle of indexing", indexRebuilt},
		{"the census", census},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(newGround(t, engine))
		})
	}
}

func (g *ground) index() {
	g.t.Helper()
	if err := g.c.Index(g.ctx, nil); err != nil {
		g.t.Fatal(err)
	}
}

func (g *ground) search(q store.Query, p store.Page) (found store.Found) {
	g.t.Helper()
	g.read(func(r store.Reader) (err error) {
		found, err = r.Search(g.ctx, q, p)
		return err
	})
	return found
}

// titles are what is found is called.
func (g *ground) titles(words string, kinds ...string) (titles []string) {
	g.t.Helper()
	for _, hit := range g.search(store.Query{Words: words, Kinds: kinds}, store.Page{Limit: 100}).Hits {
		titles = append(titles, hit.Title)
	}
	return titles
}

// names adds one record for each name, in a batch of its own, so that they are
// found in this order.
func (g *ground) names(all ...string) {
	for i, name := range all {
		g.add(account{g.person("s-1", "e-1", name, strings.ToLower(name), int64(900+i)), nil})
	}
}

// All names are invented.
func searchScripts(g *ground) {
	g.names("Ágota Vellén-Őri", "Пётр Зелёный", "الخطيبو سمرين", "خطيبو نورادين", "Սեվակ Արևնի", "ნინო ბარველი", "שָׁלוֹם ברוואל", "王小明德", "小王明", "Brandt Ila")
	g.index()
	for _, test := range []struct {
		words string
		want  []string
	}{
		{"agota", []string{"Ágota Vellén-Őri"}},
		{"VELLEN ori", []string{"Ágota Vellén-Őri"}},
		{"őri ágota", []string{"Ágota Vellén-Őri"}},
		{"vel", []string{"Ágota Vellén-Őri"}},
		{"ellen", nil},
		{"gota", nil},
		{"vel agota", nil}, // only the last word may be a beginning
		{"agota vel", []string{"Ágota Vellén-Őri"}},
		{"петр", []string{"Пётр Зелёный"}},
		{"ЗЕЛЁ", []string{"Пётр Зелёный"}},
		{"елен", nil},
		{"خطيبو", []string{"الخطيبو سمرين", "خطيبو نورادين"}},
		{"الخطيبو", []string{"الخطيبو سمرين", "خطيبو نورادين"}},
		{"الخَطيبو سمرين", []string{"الخطيبو سمرين"}},
		{"الخط", []string{"الخطيبو سمرين", "خطيبو نورادين"}},
		{"ال", []string{"الخطيبو سمرين"}},
		{"يبو", nil},
		{"ՍԵՎԱԿ", []string{"Սեվակ Արևնի"}},
		{"արեւ", []string{"Սեվակ Արևնի"}},
		{"ᲜᲘᲜᲝ", []string{"ნინო ბარველი"}},
		{"שלום", []string{"שָׁלוֹם ברוואל"}},
		{"王", []string{"王小明德", "小王明"}},
		{"小明", []string{"王小明德"}},
		{"小明德", []string{"王小明德"}},
		{"王小明", []string{"王小明德"}},
		{"明小", nil},
		{"ila brandt", []string{"Brandt Ila"}},
		{"row 909", []string{"Brandt Ila"}},
		{"90", nil}, // a number is no beginning
	} {
		g.equal("found by "+test.words, g.titles(test.words), test.want)
	}
}

func (g *ground) described() (figureID, dossierID string) {
	source := g.newSource("Harbour list")
	source.Affiliation, source.Note = "Port of Tessaly", "kept by the pilots"
	g.act(draftOf(source))
	exhibit := register.Exhibit{Exhibit: g.id("e"), Title: "Letter of the pilots", FileName: "scan_0012.pdf", Object: strings.Repeat("ab", 32), SHA256: strings.Repeat("0", 64)}
	g.act(exhibit.Draft("received", "duty", "internal"))
	g.act(register.Citation{Citation: g.id("c"), Exhibit: exhibit.Exhibit, ExhibitSHA256: exhibit.SHA256, Scheme: "page", Pinpoint: "1", Quote: "The pilots saw two boats."}.Draft("cited", "duty", "internal"))
	g.act(register.Incident{Incident: g.id("i"), Title: "Two boats", PlaceWritten: "off Tessaly", Note: "seen by pilots", Kind: "shelling", Context: "unknown"}.Draft("named", "duty", "internal"))
	definition := figure.Definition{Figure: g.id("f"), Title: "Pilots killed", Unit: figure.Unit, Harms: []string{"killed"}, Rule: figure.Rule}
	g.act(journal.Draft{Kind: "figure.defined@1", Reason: "asked", Basis: "duty", Handling: "internal", Fields: map[string]journal.Value{
		"figure": journal.Text(definition.Figure), "definition": journal.Text(string(definition.JSON())), "definition_sha256": journal.Text(strings.Repeat("ef", 32)),
	}})
	dossierID = g.id("d")
	g.act(journal.Draft{Kind: "dossier.composed@1", Reason: "draft", Basis: "duty", Handling: "internal", Fields: map[string]journal.Value{
		"dossier": journal.Text(dossierID), "title": journal.Text("The pilots of Tessaly"), "statement_sha256": journal.Text(strings.Repeat("12", 32)), "object": journal.Text(strings.Repeat("34", 32)),
	}})
	p := g.person(source.Source, exhibit.Exhibit, "Ila Brandt", "brandt ila", 7)
	p.Occupation, p.Note, p.Father, p.OtherNames = journal.Text("one of the pilots"), journal.Text("her boat was the Aurelka"), journal.Text("Oskarin"), journal.Text("Ilka")
	g.add(account{p, []register.Harm{killed("2031-02-26", "2031-02", "Tessaly mole", "tessaly")}})
	return definition.Figure, dossierID
}

func searchKinds(g *ground) {
	g.described()
	g.index()
	var kinds, texts []string
	for _, hit := range g.search(store.Query{Words: "pilots"}, store.Page{}).Hits {
		kinds, texts = append(kinds, hit.Kind), append(texts, hit.Text)
	}
	g.equal("kinds", kinds, store.SearchKinds())
	g.equal("where it was found", texts, []string{"kept by the pilots", "Letter of the pilots", "The pilots saw two boats.", "seen by pilots", "Pilots killed", "The pilots of Tessaly", "one of the pilots"})
	g.equal("of two kinds", g.titles("pilots", "record", "incident"), []string{"Two boats", "Ila Brandt"})
	for words, want := range map[string][]string{
		"tessaly port": {"Harbour list"}, "0012": {"Letter of the pilots"}, "off tessaly": {"Two boats"}, "mole": {"Ila Brandt"},
		"aurelka oskarin": {"Ila Brandt"}, "ilka": {"Ila Brandt"}, "dead": nil,
	} {
		g.equal("found by "+words, g.titles(words), want)
	}
	g.read(func(r store.Reader) error {
		_, err := r.Search(g.ctx, store.Query{Words: "x", Kinds: []string{"person"}}, store.Page{})
		_, err2 := r.Search(g.ctx, store.Query{Words: "pilots"}, store.Page{After: "i-none"})
		_, err3 := r.Search(g.ctx, store.Query{Words: "pilots"}, store.Page{After: "'"})
		for _, err := range []error{err, err2, err3} {
			if !errors.Is(err, fault.Invalid) {
				g.t.Errorf("%v; fault.Invalid is right", err)
			}
		}
		return nil
	})
}

func searchHostile(g *ground) {
	long := strings.Repeat("ж", 10_000)
	s := g.newSource(`AND <script>alert("x")</script> not: OR NEAR`)
	s.Note = strings.Repeat("words and ", 3000) + "endword"
	g.act(draftOf(s))
	g.names("x\x00y\xff'; DROP TABLE s_text; --", long[:20_000])
	g.index()
	name := s.Name
	for words, want := range map[string][]string{
		"": nil, "  \t": nil, `"*-:()^+'\`: nil, "AND": {name}, "and or not near": {name}, `NOT "script"`: {name}, "script*": {name}, "<script>": {name},
		"alert OR nothing": nil, "note:alert": nil, "near(": {name}, "endword": {name}, "drop-table:s": {"x\x00y\xff'; DROP TABLE s_text; --"}, long: {long[:20_000]},
		strings.Repeat("a", 10_000): nil, strings.Repeat("and ", 2_500): {name}, "\x00\xff": nil, "…": nil, "sc…": {name},
	} {
		g.equal("found by "+words[:min(40, len(words))], g.titles(words), want)
	}
	hits := g.search(store.Query{Words: "endword"}, store.Page{}).Hits
	if len(hits) != 1 || len([]rune(hits[0].Text)) != 300 || !strings.HasSuffix(hits[0].Text, "endword") {
		g.t.Errorf("the text around the last word of a long one: %q", hits)
	}
}

func searchNewest(g *ground) {
	source := g.newSource("Harbour list")
	g.act(draftOf(source))
	old, _, _ := g.add(account{g.person("s-1", "e-1", "Tomas Vell", "tomas vell", 1), nil})
	g.index()
	change := func() {
		source.Name = "Pier list"
		g.act(draftOf(source))
		right := g.person("s-1", "e-1", "Thomas Vell", "thomas vell", 1)
		right.Supersedes = old[0]
		g.add(account{right, nil})
	}
	change()
	for range 2 { // before what is new is indexed, and after
		g.equal("what was corrected", g.titles("tomas"), []string(nil))
		g.equal("what was described anew", g.titles("harbour"), []string(nil))
		g.equal("what stayed", g.titles("list"), []string{"Pier list"})
		g.index()
	}
	g.equal("the correction", g.titles("thomas"), []string{"Thomas Vell"})
	g.equal("the description", g.titles("pier"), []string{"Pier list"})
	g.equal("after a corrected one", len(g.search(store.Query{Words: "vell"}, store.Page{After: old[0].String()}).Hits), 1)
	g.at(2, func(r store.Reader) error {
		found, err := r.Search(g.ctx, store.Query{Words: "pier"}, store.Page{})
		g.equal("search is of now", len(found.Hits), 1)
		return err
	})
}

func searchPaged(g *ground) {
	g.described()
	var accounts []account
	for i := range int64(40) {
		accounts = append(accounts, account{g.person("s-1", "e-1", "Pilots Amoral", "amoral pilots", i), nil})
	}
	g.add(accounts...)
	g.index()
	all := g.search(store.Query{Words: "pilots"}, store.Page{}).Hits
	g.equal("how many", len(all), 47)
	var paged []store.Hit
	for after := ""; ; {
		page := g.search(store.Query{Words: "pilots"}, store.Page{After: after, Limit: 7}).Hits
		if paged = append(paged, page...); len(page) < 7 {
			break
		}
		after = page[6].ID
	}
	g.equal("page by page", paged, all)
	leaves := make([]string, 0, 40)
	for _, hit := range all[7:] {
		leaves = append(leaves, hit.ID)
	}
	g.equal("records of a batch are in the order of their leaves", slices.IsSorted(leaves), true)
}

// searchBegun: beginnings of two, three and more characters, and more words
// than are asked for one by one.
func searchBegun(g *ground) {
	var accounts []account
	for i := range int64(26 * 26) {
		name := "Korva" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		accounts = append(accounts, account{g.person("s-1", "e-1", name, strings.ToLower(name), i), nil})
	}
	g.add(accounts...)
	g.names("Korvus", "Kor")
	g.index()
	for words, want := range map[string]int{"k": 0, "ko": 678, "kor": 678, "korv": 677, "korva": 676, "korvab": 26, "korvabc": 1, "korvabcd": 0, "orva": 0} {
		g.equal("found by "+words, len(g.search(store.Query{Words: words}, store.Page{}).Hits), want)
	}
}

func searchLags(g *ground) {
	g.act(draftOf(g.newSource("Harbour list")))
	none := g.search(store.Query{Words: "harbour"}, store.Page{})
	g.equal("before there is an index", none, store.Found{Size: 2})
	g.index()
	g.act(draftOf(g.newSource("Harbour log")))
	one := g.search(store.Query{Words: "harbour"}, store.Page{})
	g.equal("behind the journal", []int64{int64(len(one.Hits)), one.Indexed, one.Size}, []int64{1, 2, 3})
	told := 0
	if err := g.c.Index(g.ctx, func(int64, int64) { told++ }); err != nil {
		g.t.Fatal(err)
	}
	g.index()
	both := g.search(store.Query{Words: "harbour"}, store.Page{})
	g.equal("caught up", []int64{int64(len(both.Hits)), both.Indexed, both.Size, int64(told)}, []int64{2, 3, 3, 1})
	g.verify(g.c)
	g.reopen()
	g.equal("opened again", g.titles("harbour"), []string{"Harbour list", "Harbour log"})
}
