// SPDX-License-Identifier: Apache-2.0

package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recount/audit"
	"recount/backup"
	"recount/fault"
	"recount/store"
)

// look is somebody's look at the case, or a search for something.
func look(actor, text string) store.Look {
	l := store.Look{Event: audit.Event{Actor: actor, Act: audit.Viewed, Kind: "records", ID: "x"}, Text: text}
	if text != "" {
		l.Act, l.Kind, l.ID, l.Class = audit.Searched, "search", "", "internal"
	}
	return l
}

// journal is the case's audit journal, or the archive's own.
func (g *ground) journal(own bool) *store.Audit {
	g.t.Helper()
	a, err := g.c.Audit(g.ctx)
	if own {
		a, err = g.a.Audit(g.ctx)
	}
	g.check(err)
	return a
}

func (g *ground) searches(a *store.Audit) (texts []string) {
	g.t.Helper()
	all, err := a.Newest(g.ctx, audit.Filter{Act: audit.Searched}, -1, 100)
	g.check(err)
	for _, l := range all {
		if l.Forgotten {
			l.Text = "forgotten"
		}
		texts = append(texts, l.Text)
	}
	return texts
}

func TestWhoLookedComesBack(t *testing.T) {
	engines(t, func(g *ground) {
		g.people("Ani Sor")
		g.check(g.journal(false).Note(g.ctx, look("Mira Olten", ""), look("Mira Olten", secret)))
		if g.dsn == "" { // archives of one name in one database share the schema
			g.check(g.journal(true).Note(g.ctx, look("unknown", "")))
		}
		w := g.backUp()
		g.equal("events", []int64{w.Audit.Events, w.Audit.NewEvents}, []int64{2, 2})
		before := g.files(g.path("backup/audit"))

		// What is there is not written again; what is forgotten is in no new keys.
		g.clock.forward(time.Hour)
		if n, err := g.journal(false).Forget(g.ctx, g.clock.now(), "Keeper", ""); err != nil || n != 1 {
			t.Fatalf("Forget = %d, %v", n, err)
		}
		g.check(g.journal(false).Note(g.ctx, look("Mira Olten", "Tarn quarry")))
		w = g.backUp()
		g.equal("events", []int64{w.Audit.Events, w.Audit.NewEvents, int64(len(w.Audit.Lingering))}, []int64{4, 2, 1})
		after := g.files(g.path("backup/audit"))
		for name, data := range before {
			if strings.HasSuffix(name, ".age") && after[name] != data {
				t.Errorf("%s was written again, or is gone", name)
			}
		}
		want, err := g.journal(false).Verify(g.ctx)
		g.check(err)
		r, c := g.restore("restored")
		g.equal("what is said of it", r.Cases[0].Audit, &backup.RestoredAudit{Events: 4, Forgotten: 1, VKey: want.VKey})
		looks, err := c.Audit(g.ctx)
		g.check(err)
		got, err := looks.Verify(g.ctx)
		g.check(err)
		g.equal("the journal", []any{got.Size, got.Forgotten, got.VKey}, []any{want.Size + 1, want.Forgotten, want.VKey})
		newest, err := looks.Newest(g.ctx, audit.Filter{Act: audit.Restored}, -1, 10)
		g.check(err)
		if len(newest) != 1 || newest[0].Seq != 4 || newest[0].Actor != "ann" || newest[0].ID != "run 2" {
			t.Errorf("that it was restored is noted as %+v", newest)
		}
		g.equal("searches", g.searches(looks), []string{"Tarn quarry", "forgotten"})
		if g.dsn == "" {
			g.equal("the archive's own", []int64{r.Audit.Events, r.Audit.Behind}, []int64{1, 0})
		}
		g.goesOn(c, looks)
	})
}

// goesOn: the restored journal is backed up into the same places, and the keys
// that opened what was forgotten are destroyed when their time is over.
func (g *ground) goesOn(c *store.Case, looks *store.Audit) {
	g.t.Helper()
	g.check(looks.Note(g.ctx, look("Mira Olten", "")))
	g.c = c
	keys, err := filepath.Glob(g.path("keys/audit/*/keys.*"))
	g.check(err)
	g.clock.forward(40 * 24 * time.Hour)
	o := g.options
	o.Archive = g.path("restored")
	a, err := store.Open(g.ctx, g.restoring("restored").Config)
	g.check(err)
	defer a.Close()
	w, err := backup.Run(g.ctx, a, o)
	g.check(err)
	g.equal("events", []int64{w.Cases[0].Audit.Events, w.Cases[0].Audit.NewEvents, int64(len(w.Cases[0].Audit.Lingering))}, []int64{6, 2, 0})
	left, err := filepath.Glob(g.path("keys/audit/*/keys.*"))
	g.check(err)
	want := 1
	if g.dsn == "" {
		want = 2 // with those of the archive's own journal
	}
	if len(left) != want || len(keys) != want+1 {
		g.t.Errorf("files of keys before and after: %d, %d; want %d, %d", len(keys), len(left), want+1, want)
	}
}

// TestOlderLooks: an older copy of the first place says that it is one, and that
// what was forgotten since is back.
func TestOlderLooks(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.check(g.journal(false).Note(g.ctx, look("Mira Olten", "Tarn quarry")))
	g.backUp()
	older := t.TempDir()
	g.check(os.CopyFS(older, os.DirFS(g.path("backup"))))
	g.clock.forward(time.Hour)
	_, err := g.journal(false).Forget(g.ctx, g.clock.now(), "Keeper", "")
	g.check(err)
	g.backUp()
	o := g.restoring("older")
	o.From = older
	r, err := backup.Restore(g.ctx, o)
	g.check(err)
	if got := r.Cases[0].Audit; got.Behind != 1 || !got.Remembered || got.Forgotten != 0 {
		t.Errorf("an older copy: %+v; want one event behind, and the text back", got)
	}
	g.options.KeepKeys = 0
	g.check(g.journal(false).Note(g.ctx, look("Mira Olten", "")))
	g.backUp()
	o = g.restoring("later")
	o.From = older
	if _, err := backup.Restore(g.ctx, o); !errors.Is(err, fault.NotFound) {
		t.Errorf("once the older keys are destroyed: %v, want fault.NotFound", err)
	}
}

// TestDamageOfLooksIsNamed cuts, lengthens, changes and removes every file of
// audit journals in both places.
func TestDamageOfLooksIsNamed(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.check(g.journal(false).Note(g.ctx, look("Mira Olten", "Tarn quarry")))
	g.check(g.journal(true).Note(g.ctx, look("unknown", "")))
	g.backUp()
	g.check(g.journal(false).Note(g.ctx, look("Mira Olten", "")))
	g.backUp()
	tried := 0
	for _, place := range []string{"backup/audit", "keys/audit"} {
		for name, data := range g.files(g.path(place)) {
			tried++
			whole := g.path(place) + name
			kind := "audit"
			if place == "keys/audit" && strings.Contains(name, "/keys.") {
				kind = "keys"
			}
			for what, damaged := range damages(data) {
				g.damaged(whole, what, []byte(damaged), kind)
			}
			if filepath.Base(name) != "head" { // then the manifest says how far it was
				g.damaged(whole, "removed", nil, kind)
			}
		}
	}
	if tried != 9 { // two manifests, three pieces, two files of keys, two heads
		t.Errorf("%d files were tried, want 9", tried)
	}
	folders, err := filepath.Glob(g.path("backup/audit/*"))
	g.check(err)
	g.check(os.Rename(folders[0], g.path("taken-away")))
	if _, err := backup.Restore(g.ctx, g.restoring("restored")); !errors.Is(err, fault.Tampered) || !strings.Contains(err.Error(), filepath.Base(folders[0])) {
		t.Errorf("a journal that was taken away whole: %v", err)
	}
	g.check(os.Rename(g.path("taken-away"), folders[0]))
	g.restore("in the end")
}

// TestFirstLooksCutOff: a first run that was cut off before the manifest of an
// audit journal hinders nobody who restores the case.
func TestFirstLooksCutOff(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.check(g.journal(false).Note(g.ctx, look("Mira Olten", "")))
	g.backUp()
	for _, pattern := range []string{"backup/audit/*/manifest", "keys/audit/*/head"} {
		names, err := filepath.Glob(g.path(pattern))
		g.check(err)
		g.equal(pattern, len(names), 1)
		g.check(os.Remove(names[0]))
	}
	if r, _ := g.restore("restored"); r.Cases[0].Audit != nil {
		t.Errorf("an audit journal without a manifest: %+v", r.Cases[0].Audit)
	}
	if w := g.backUp(); w.Audit.NewEvents != 1 {
		t.Errorf("the next run: %+v", w.Audit)
	}
}

// TestLooksOfAnotherHistory: a journal that does not lead to its backup is not
// written over it.
func TestLooksOfAnotherHistory(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.check(g.journal(false).Note(g.ctx, look("Mira Olten", "")))
	older := t.TempDir()
	g.check(g.a.Close())
	g.check(os.CopyFS(older, os.DirFS(g.path("archive"))))
	g.open("archive")
	g.check(g.journal(false).Note(g.ctx, look("Mira Olten", "")))
	g.backUp()
	before := g.files(g.path("backup/audit"))
	g.check(g.a.Close())
	g.check(os.RemoveAll(g.path("archive")))
	g.check(os.CopyFS(g.path("archive"), os.DirFS(older)))
	g.open("archive")
	if _, err := backup.Run(g.ctx, g.a, g.options); !errors.Is(err, fault.Conflict) {
		t.Errorf("an older copy of the journal: %v, want fault.Conflict", err)
	}
	g.check(g.journal(false).Note(g.ctx, look("Joren Pell", "")))
	if _, err := backup.Run(g.ctx, g.a, g.options); !errors.Is(err, fault.Tampered) {
		t.Errorf("a journal that was rewritten: %v, want fault.Tampered", err)
	}
	g.equal("what is there", g.files(g.path("backup/audit")), before)
}

func (g *ground) open(name string) {
	g.t.Helper()
	var err error
	g.a, err = store.Open(g.ctx, g.config(g.path(name)))
	g.check(err)
	g.c, err = g.a.Case(g.ctx, g.id)
	g.check(err)
}
