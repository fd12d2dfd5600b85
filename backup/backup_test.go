// SPDX-License-Identifier: Apache-2.0

package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"recount/access"
	"recount/backup"
	"recount/fault"
	"recount/store"
)

func TestBackUpAndRestore(t *testing.T) {
	engines(t, func(g *ground) {
		g.people("Ani Sor", "Ben Sor")
		first := g.keep(strings.Repeat("a letter from Karvel\n", 10000))
		w := g.backUp()
		g.equal("entries, objects, pieces", []int64{w.Entries, w.NewEntries, w.Objects, w.NewObjects, w.Pieces}, []int64{3, 3, 2, 2, 1})
		before := g.files(g.options.To)

		// A second run of the same writes the manifest, and nothing that is large.
		w = g.backUp()
		g.equal("nothing new", []int64{w.NewEntries, w.NewObjects, w.NewBytes, w.Pieces}, []int64{0, 0, 0, 0})
		g.equal("no new keys", w.KeysWritten, false)

		second := g.keep("a second letter")
		g.source("Harbour list")
		w = g.backUp()
		g.equal("only what is new", []int64{w.Entries, w.NewEntries, w.Objects, w.NewObjects, w.Pieces, w.Rewritten, w.Removed}, []int64{5, 2, 3, 1, 1, 0, 0})
		after := g.files(g.options.To)
		for name, data := range before {
			fixed := strings.Contains(name, "/objects/") || strings.Contains(name, "/journal/")
			if fixed && after[name] != data {
				t.Errorf("%s was written again, or is gone", name)
			}
		}
		r, c := g.restore("restored")
		g.same(c, first, second)
		g.equal("what is said of it", r.Cases[0], backup.PutBack{Case: g.id, Origin: g.c.Origin(), VKey: g.c.VKey(), Time: g.clock.now(), Entries: 5, Objects: 3, Bytes: w.Bytes})

		// It goes on: acts in the restored one, and its backup into the same places.
		g.c = c
		g.source("Quay list")
		g.check(c.Verify(g.ctx))
	})
}

func TestNoteOfTheLastBackup(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	if _, _, err := g.a.LastBackup(g.ctx); !errors.Is(err, fault.NotFound) {
		t.Errorf("never backed up: %v", err)
	}
	w := g.backUp()
	at, size, err := g.a.LastBackup(g.ctx)
	g.check(err)
	g.equal("the note", []any{at, size}, []any{g.clock.now(), w.Bytes})
	_, err = g.a.NewCase(g.ctx, store.Opening{CaseID: "other", Title: "Tarn", Actor: "ann"})
	g.check(err)
	g.options.Cases = []string{"other"}
	g.clock.forward(time.Hour)
	_, err = backup.Run(g.ctx, g.a, g.options)
	g.check(err)
	again, _, err := g.a.LastBackup(g.ctx)
	g.check(err)
	g.equal("a backup of one case is not noted", again, at)

	// Both are there, and one can be restored by itself.
	s, err := backup.Look(nil, g.options.To, g.options.KeysTo, 0)
	g.check(err)
	g.equal("the status", []any{len(s.Cases), s.Entries, s.Time, s.Apart, *s.Cases[0].KeysThere}, []any{2, int64(2), at, true, true})
	o := g.restoring("one")
	o.Cases = []string{"other"}
	r, err := backup.Restore(g.ctx, o)
	g.check(err)
	g.equal("one case", []any{len(r.Cases), r.Cases[0].Case}, []any{1, "other"})
	o.Cases = []string{"third"}
	if _, err = backup.Restore(g.ctx, o); !errors.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "other") {
		t.Errorf("a case that is not there: %v", err)
	}
}

func TestAccountsComeBack(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.backUp()
	if _, err := os.Stat(g.path("archive/office")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a backup made an office: %v", err)
	}
	office, err := g.a.Office(g.ctx)
	g.check(err)
	link, err := office.Invite(g.ctx, "Ann Analyst", access.Administrator, time.Hour)
	g.check(err)
	want, err := office.Accounts(g.ctx)
	g.check(err)
	g.backUp()
	files, err := filepath.Glob(g.path("backup/office.*.age"))
	g.check(err)
	g.equal("files of accounts", len(files), 1)
	g.without(g.path("backup"), "Ann Analyst")
	g.without(g.path("backup"), g.id) // the case's id is not shown either
	o := g.restoring("restored")
	r, err := backup.Restore(g.ctx, o)
	g.check(err)
	g.equal("how many", r.Accounts, 1)
	a, err := store.Open(g.ctx, o.Config)
	g.check(err)
	defer a.Close()
	got, err := a.Accounts(g.ctx)
	g.check(err)
	g.equal("accounts", got, want)
	restored, err := a.Office(g.ctx)
	g.check(err)
	if _, err := restored.Invited(g.ctx, link); !errors.Is(err, fault.NotFound) {
		t.Errorf("a link came along: %v", err)
	}
}

func TestCheckLeavesNothing(t *testing.T) {
	engines(t, func(g *ground) {
		g.people("Ani Sor")
		g.backUp()
		o := g.restoring("")
		o.Config.Postgres, o.Check, o.Temp = g.dsn, true, g.path("temp")
		g.check(os.Mkdir(o.Temp, 0o700))
		r, err := backup.Restore(g.ctx, o)
		g.check(err)
		g.equal("checked", []any{r.Checked, r.Into, len(r.Cases)}, []any{true, "", 1})
		left, err := os.ReadDir(o.Temp)
		g.check(err)
		g.equal("left behind", len(left), 0)
	})
}

func TestRestoredOnPostgreSQL(t *testing.T) {
	t.Parallel()
	dsn := os.Getenv("RECOUNT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("RECOUNT_TEST_POSTGRES names no PostgreSQL (.ci/postgres.sh starts one)")
	}
	g := newGround(t, "")
	g.people("Ani Sor", "Ben Sor")
	letter := g.keep("a letter")
	leaves, other := g.witness()
	g.erase(leaves, other.Address)
	g.backUp()
	g.dsn = dsn
	o := g.restoring("restored")
	o.Config.Postgres = dsn
	_, err := backup.Restore(g.ctx, o)
	g.check(err)
	a, err := store.Open(g.ctx, o.Config)
	g.check(err)
	defer a.Close()
	c, err := a.Case(g.ctx, g.id)
	g.check(err)
	g.same(c, letter)
	if _, err = backup.Restore(g.ctx, o); !errors.Is(err, fault.Conflict) {
		t.Errorf("a second time: %v", err)
	}
}

func TestRefusedPlaces(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.check(os.Mkdir(g.path("full"), 0o700))
	g.check(os.WriteFile(g.path("full/a.txt"), []byte("a"), 0o600))
	for _, test := range []struct {
		what     string
		to, keys string
		want     error
	}{
		{"one place for both", "both", "both", fault.Invalid},
		{"keys in the backup", "both", "both/keys", fault.Invalid},
		{"the backup in the archive", "archive/backup", "keys", fault.Invalid},
		{"the archive's own keys", "backup", "archive/keys", fault.Invalid},
		{"a folder of something else", "full", "keys", fault.Conflict},
		{"keys into a folder of something else", "backup", "full", fault.Conflict},
		{"no place for keys", "backup", "", fault.Invalid},
	} {
		o := g.options
		o.To, o.KeysTo = g.path(test.to), g.path(test.keys)
		if test.keys == "" {
			o.KeysTo = ""
		}
		if _, err := backup.Run(g.ctx, g.a, o); !errors.Is(err, test.want) {
			t.Errorf("%s: %v; %v is right", test.what, err, test.want)
		}
	}
	g.backUp()
	o := g.options
	o.To, o.KeysTo = o.KeysTo, o.To
	if _, err := backup.Run(g.ctx, g.a, o); !errors.Is(err, fault.Conflict) {
		t.Errorf("the places exchanged: %v", err)
	}
	restoring := g.restoring("full")
	if _, err := backup.Restore(g.ctx, restoring); !errors.Is(err, fault.Conflict) {
		t.Errorf("into a folder that is not empty: %v", err)
	}
	left, err := filepath.Glob(g.path("*.restoring-*"))
	g.check(err)
	g.equal("left behind", len(left), 0)
}

func TestIdentitiesThatDoNotFit(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.backUp()
	other, err := age.GenerateX25519Identity()
	g.check(err)
	o := g.restoring("restored")
	o.Identities = []age.Identity{other}
	if _, err := backup.Restore(g.ctx, o); !errors.Is(err, fault.Forbidden) {
		t.Errorf("another's identity: %v; fault.Forbidden is right", err)
	}
	o = g.restoring("restored")
	o.Keys = g.path("nowhere")
	if _, err := backup.Restore(g.ctx, o); !errors.Is(err, fault.NotFound) {
		t.Errorf("without keys: %v; fault.NotFound is right", err)
	}
	o = g.restoring("restored")
	o.From = g.path("nowhere")
	if _, err := backup.Restore(g.ctx, o); !errors.Is(err, fault.NotFound) {
		t.Errorf("without a backup: %v; fault.NotFound is right", err)
	}

	// Sealed to two, either opens it; and all is sealed anew to those who are named.
	g.options.Recipients = []age.Recipient{g.identity.Recipient(), other.Recipient()}
	w := g.backUp()
	g.equal("sealed anew", []any{w.Rewritten, w.KeysWritten}, []any{int64(1), true})
	g.identity = other
	g.restore("by the other")
}

func TestOlderArchiveDoesNotReplaceItsBackup(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.source("Harbour list")
	g.backUp()
	g.check(g.a.Close())
	g.check(os.CopyFS(g.path("older"), os.DirFS(g.path("archive"))))
	var err error
	g.a, err = store.Open(g.ctx, g.config(g.path("archive")))
	g.check(err)
	g.c, err = g.a.Case(g.ctx, g.id)
	g.check(err)
	g.source("Quay list")
	g.backUp()
	before := g.files(g.path("backup"))
	older, err := store.Open(g.ctx, g.config(g.path("older")))
	g.check(err)
	defer older.Close()
	o := g.options
	o.Archive = g.path("older")
	if _, err := backup.Run(g.ctx, older, o); !errors.Is(err, fault.Conflict) {
		t.Errorf("from an older copy: %v; fault.Conflict is right", err)
	}
	after := g.files(g.path("backup"))
	for name, data := range before {
		if after[name] != data {
			t.Errorf("%s was changed", name)
		}
	}
	g.restore("restored")
}

func TestBehindWhatWasPublished(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.source("Harbour list")
	g.backUp()
	g.check(os.CopyFS(g.path("earlier"), os.DirFS(g.path("backup"))))
	g.source("Quay list")
	signed, err := g.c.Checkpoint(g.ctx, 3)
	g.check(err)
	g.check(g.c.Publish(g.ctx, signed))
	g.backUp()
	r, c := g.restore("newest")
	g.equal("the newest is not behind", r.Cases[0].Behind, int64(0))
	g.c = c
	g.source("Tarn list")

	// The earlier backup with the place for keys of today.
	g.options.To = g.path("earlier")
	r, c = g.restore("restored")
	g.equal("behind", r.Cases[0].Behind, int64(1))
	_, err = c.Act(g.ctx, "ann", nil)
	if !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "older copy") {
		t.Errorf("acting behind what was published: %v; fault.Conflict is right", err)
	}
}
