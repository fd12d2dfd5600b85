// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"recount/register"
	"recount/store"
)

// many adds so many records that the index takes several transactions.
func (g *ground) many(n int64) {
	g.t.Helper()
	b, err := g.c.Stage(g.ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	for i := range n {
		name := fmt.Sprintf("Orla Karvelan%d", i)
		if _, err := b.Add("record@1", g.person("s-1", "e-1", name, strings.ToLower(name), i).Values()); err != nil {
			g.t.Fatal(err)
		}
	}
	staged, err := b.Finish(g.ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	g.act(addition(staged))
}

func (g *ground) countFound(words string) int {
	g.t.Helper()
	return len(g.search(store.Query{Words: words}, store.Page{}).Hits)
}

// allFound looks for some of those whom many added, the last among them.
func (g *ground) allFound(n int64) {
	g.t.Helper()
	for i := int64(0); i < n; i += 899 {
		name := fmt.Sprintf("karvelan%d", i)
		g.equal("found by "+name, g.countFound(name), 1)
	}
	g.equal("the last", g.countFound(fmt.Sprintf("karvelan%d", n-1)), 1)
}

// indexStopped: what was put in stays, nobody else fills it meanwhile, and the
// next call goes on.
func indexStopped(g *ground) {
	g.many(9_000)
	_, other := g.beside(nil)
	ctx, stop := context.WithCancel(g.ctx)
	var first int64
	err := g.c.Index(ctx, func(done, all int64) {
		if err := other.Index(g.ctx, func(int64, int64) { g.t.Error("two fill the index at once") }); err != nil {
			g.t.Error(err)
		}
		first = done
		stop()
	})
	if !errors.Is(err, context.Canceled) {
		g.t.Errorf("stopped: %v", err)
	}
	var next, all int64
	if err := other.Index(g.ctx, func(d, a int64) {
		if next == 0 {
			next = d
		}
		all = a
	}); err != nil {
		g.t.Fatal(err)
	}
	if first == 0 || next == 0 || all >= 9_000 {
		g.t.Errorf("done at first %d, then %d of %d: the second call has begun anew", first, next, all)
	}
	g.allFound(9_000)
}

// inFiles tells whether bytes stand in any file of the archive.
func (g *ground) inFiles(what string) (found bool) {
	g.t.Helper()
	err := filepath.WalkDir(g.config.Dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		found = found || bytes.Contains(bytes.ToLower(content), []byte(what))
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return found
}

// indexErased: words stand in the index each for itself, and FTS5 writes of one
// only what differs from the one before: its end is looked for.
func indexErased(g *ground) {
	const end = "rrowdusk"
	leaves, letter := g.witness()
	g.index()
	g.equal("the index has the name", g.countFound("morrowdusk"), 2)
	if plain := g.config.Unlock == nil; g.config.Postgres == "" && g.inFiles(end) != plain {
		g.t.Errorf("that the name is in the files of the index is %t, of an archive of which it is %t that it is plain", !plain, plain)
	}
	g.decide(leaves, letter.Address)
	if err := g.c.Erase(g.ctx, nil); err != nil {
		g.t.Fatal(err)
	}
	for range 2 {
		g.equal("the erased name", g.countFound("morrowdusk"), 0)
		if g.config.Postgres == "" && g.inFiles(end) {
			g.t.Error("the erased name stands in a file")
		}
		g.index()
	}
	if g.config.Postgres != "" {
		g.equal("its words in the database", g.count(false, `s_word WHERE word LIKE '%`+end+`'`), 0)
		g.equal("its texts in the database", g.count(false, `s_text WHERE words::text LIKE '%`+end+`%'`), 0)
	}
	g.equal("who stays", g.titles("tomas vell"), []string{"Tomas Vell"})
}

// indexRebuilt: what was read before an erasure is not written after it.
func indexRebuilt(g *ground) {
	leaves, letter := g.witness()
	g.many(9_000)
	_, other := g.beside(nil)
	times := 0
	err := g.c.Index(g.ctx, func(int64, int64) {
		times++
		if times == 1 {
			g.decide(leaves, letter.Address)
			if err := other.Erase(g.ctx, nil); err != nil {
				g.t.Error(err)
			}
		}
		if times == 3 {
			if err := other.Rebuild(g.ctx, nil); err != nil {
				g.t.Error(err)
			}
		}
	})
	if err != nil {
		g.t.Fatal(err)
	}
	if g.config.Postgres == "" && g.inFiles("rrowdusk") {
		g.t.Error("the erased name stands in a file")
	}
	g.equal("the erased name", g.countFound("morrowdusk"), 0)
	g.allFound(9_000)
}

func census(g *ground) {
	var got store.Census
	read := func() store.Census {
		g.read(func(r store.Reader) (err error) { got, err = r.Census(g.ctx); return err })
		return got
	}
	g.equal("never counted", read(), store.Census{})
	g.described()
	g.index()
	want := store.Census{
		Size: 8, Entries: 8, Sources: 1, Exhibits: 1, Citations: 1, Incidents: 1, Figures: 1, Dossiers: 1, Records: 1, Persons: 1,
		Ageless: 1, Sexless: 1, Unfrozen: 1,
	}
	g.equal("counted", read(), want)
	nameless := g.person("s-1", "e-2", "", "", 1)
	nameless.Sex, nameless.Birth = "f", "2001"
	pending := killed("", "", "", "")
	pending.Determination = "pending"
	records, _, _ := g.add(account{nameless, []register.Harm{pending}}, account{g.person("s-1", "e-2", "Tomas Vell", "tomas vell", 2), nil})
	g.run(moveOf(records[0], g.id("p")), moveOf(records[1], "p-moved"))
	g.keep("a letter")
	want.Size, want.Entries = g.size(g.c), g.size(g.c)
	g.equal("as of when it was counted", read().Size, int64(8))
	g.index()
	want.Exhibits, want.Unread, want.Records, want.Persons = 2, 1, 3, 3
	want.Nameless, want.Sexless, want.Ageless, want.Undated, want.Placeless, want.Pending = 1, 2, 2, 2, 2, 1
	g.equal("counted again", read(), want)
	_, staged := g.stage(row{"record@1", g.person("s-1", "e-3", "Vessel", "vessel", 3).Values()})
	x := register.Import{Source: "s-1", Exhibit: "e-3", ExhibitSHA256: strings.Repeat("ab", 32), Mapping: "name: B", MappingSHA256: strings.Repeat("cd", 32), RowFile: staged.RowFile(), Rows: 9, Records: 1, Refused: 2, Doubtful: 5}
	g.act(x.Draft("imported", "duty", "internal"))
	g.index()
	read()
	g.equal("after an import", []int64{got.Imports, got.Refused, got.Doubtful, got.Unlinked, got.Records, got.Persons}, []int64{1, 2, 5, 1, 4, 4})
	if err := g.c.Rebuild(g.ctx, nil); err != nil {
		g.t.Fatal(err)
	}
	g.equal("after a rebuild", read(), store.Census{})
	g.index()
	before := read()
	g.index()
	g.equal("counted once more", read(), before)
}
