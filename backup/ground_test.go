// SPDX-License-Identifier: Apache-2.0

package backup_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"recount/backup"
	"recount/journal"
	"recount/register"
	"recount/store"
	"recount/vault"
)

// ground is an archive with one case, two places for its backup, and somebody
// who can open it.
type ground struct {
	t        *testing.T
	ctx      context.Context
	dsn      string
	dir      string // all lies below
	id       string
	a        *store.Archive
	c        *store.Case
	clock    clock
	identity *age.X25519Identity
	options  backup.Options
	last     int
}

// secret is a name that stands nowhere else.
const secret = "Ilvana Morrowdusk"

// engines runs a test on SQLite and, where there is one, on PostgreSQL.
func engines(t *testing.T, test func(g *ground)) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); test(newGround(t, "")) })
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		dsn := os.Getenv("RECOUNT_TEST_POSTGRES")
		if dsn == "" {
			t.Skip("RECOUNT_TEST_POSTGRES names no PostgreSQL (.ci/postgres.sh starts one)")
		}
		test(newGround(t, dsn))
	})
}

func newGround(t *testing.T, dsn string) *ground {
	t.Helper()
	var name [8]byte
	_, err := rand.Read(name[:])
	g := &ground{t: t, ctx: t.Context(), dsn: dsn, dir: t.TempDir(), id: fmt.Sprintf("t%x", name), clock: clock{at: time.Date(2031, 4, 5, 6, 7, 8, 0, time.UTC)}}
	g.check(err)
	g.identity, err = age.GenerateX25519Identity()
	g.check(err)
	g.a, err = store.Create(g.ctx, g.config(g.path("archive")), store.Opening{PublicName: "archive.example", CaseID: g.id, Title: "Karvel", Actor: "ann"})
	g.check(err)
	t.Cleanup(func() { g.dropSchemas() })
	t.Cleanup(func() { _ = g.a.Close() }) // a test that has closed it may find it closed
	g.c, err = g.a.Case(g.ctx, g.id)
	g.check(err)
	g.options = backup.Options{
		Archive: g.path("archive"), To: g.path("backup"), KeysTo: g.path("keys"), Recipients: []age.Recipient{g.identity.Recipient()},
		KeepKeys: 30 * 24 * time.Hour, Now: g.clock.now, Rand: rand.Reader,
	}
	return g
}

func (g *ground) dropSchemas() {
	if g.dsn == "" {
		return
	}
	db, err := sql.Open("pgx", g.dsn)
	g.check(err)
	_, err = db.Exec(fmt.Sprintf(`DROP SCHEMA IF EXISTS "case_%s" CASCADE; DROP SCHEMA IF EXISTS "case_%s_keys" CASCADE; DROP SCHEMA IF EXISTS "case_%s_audit" CASCADE`, g.id, g.id, g.id))
	g.check(errors.Join(err, db.Close()))
}

func (g *ground) config(dir string) store.Config {
	return store.Config{Dir: dir, Postgres: g.dsn, Now: g.clock.now, Rand: rand.Reader}
}

func (g *ground) path(name string) string { return filepath.Join(g.dir, name) }

func (g *ground) check(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *ground) equal(what string, got, want any) {
	g.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		g.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (g *ground) newID(prefix string) string {
	g.last++
	return fmt.Sprintf("%s-%016x", prefix, g.last)
}

func (g *ground) act(draft journal.Draft) int64 {
	g.t.Helper()
	receipt, err := g.c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return draft, nil })
	g.check(err)
	return receipt.Seq
}

func (g *ground) source(name string) int64 {
	g.t.Helper()
	return g.act(register.Source{Source: g.newID("s"), Name: name, Kind: "list", Reliability: "unknown"}.Draft("described", "duty", "internal"))
}

// keep seals a file and records it as an exhibit.
func (g *ground) keep(content string) vault.Object {
	g.t.Helper()
	object, err := g.c.Vault().Seal(g.ctx, strings.NewReader(content))
	g.check(err)
	g.check(g.c.KeepObject(g.ctx, object))
	g.act(register.Exhibit{Exhibit: g.newID("e"), Title: "letter", Object: object.Address.String(), SHA256: strings.Repeat("0", 64)}.Draft("received", "duty", "restricted"))
	return object
}

// people adds records as one batch.
func (g *ground) people(names ...string) (leaves []journal.Leaf) {
	g.t.Helper()
	b, err := g.c.Stage(g.ctx)
	g.check(err)
	for i, name := range names {
		leaf, err := b.Add("record@1", register.Record{
			Source: g.newID("s"), Exhibit: g.newID("e"), Pinpoint: fmt.Sprintf("row %d", i+1), Row: register.Exactly(int64(i + 1)),
			Person: g.newID("p"), Name: journal.Text(name), NameFold: strings.ToLower(name), Handling: "confidential", Basis: "duty", Raw: journal.Text(name + ";;"),
		}.Values())
		g.check(err)
		leaves = append(leaves, leaf)
	}
	staged, err := b.Finish(g.ctx)
	g.check(err)
	g.act(register.Addition{RowFile: staged.RowFile()}.Draft("added by hand", "duty", "internal"))
	return leaves
}

// witness adds a record, a letter and an entry that have the secret.
func (g *ground) witness() (leaves []journal.Leaf, letter vault.Object) {
	g.t.Helper()
	leaves = g.people(secret, "Tomas Vell")[:1]
	letter = g.keep("what " + secret + " wrote")
	entry, err := g.c.OpenEntry(g.ctx, g.source(secret))
	g.check(err)
	return append(leaves, entry.Header.Leaf), letter
}

// erase decides to erase and carries it out.
func (g *ground) erase(leaves []journal.Leaf, objects ...vault.Address) {
	g.t.Helper()
	e := register.Erasure{Erasure: g.newID("z"), Ground: "a witness withdrew", Deciders: []string{"ann", "ben"}, PlanSHA256: strings.Repeat("0", 64)}
	for _, l := range leaves {
		e.Leaves = append(e.Leaves, l.String())
	}
	for _, a := range objects {
		e.Objects = append(e.Objects, a.String())
	}
	g.act(e.Draft("withdrawn", "consent", "restricted"))
	g.check(g.c.Erase(g.ctx, nil))
}

// clock stands still but when it is set; those who write beside a backup look at
// it as well.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *clock) forward(d time.Duration) { c.set(c.now().Add(d)) }

// backUp runs a backup, an hour after the last.
func (g *ground) backUp() backup.Written {
	g.t.Helper()
	g.clock.forward(time.Hour)
	r, err := backup.Run(g.ctx, g.a, g.options)
	g.check(err)
	if len(r.Cases) != 1 {
		g.t.Fatalf("%d cases were backed up", len(r.Cases))
	}
	return r.Cases[0]
}

func (g *ground) restoring(name string) backup.RestoreOptions {
	config := g.config(g.path(name))
	config.Postgres = "" // the other case still lies there
	return backup.RestoreOptions{From: g.options.To, Keys: g.options.KeysTo, Identities: []age.Identity{g.identity}, Config: config}
}

// restore puts the backup back and answers the case.
func (g *ground) restore(name string) (backup.Restored, *store.Case) {
	g.t.Helper()
	o := g.restoring(name)
	r, err := backup.Restore(g.ctx, o)
	g.check(err)
	a, err := store.Open(g.ctx, o.Config)
	g.check(err)
	g.t.Cleanup(func() { _ = a.Close() })
	c, err := a.Case(g.ctx, g.id)
	g.check(err)
	return r, c
}

func (g *ground) dump(c *store.Case) [32]byte {
	g.t.Helper()
	sum, err := c.Dump(g.ctx, io.Discard)
	g.check(err)
	return sum
}

// same: the restored case is the one that it was made of.
func (g *ground) same(c *store.Case, objects ...vault.Object) {
	g.t.Helper()
	g.equal("the projections", g.dump(c), g.dump(g.c))
	g.check(c.Verify(g.ctx))
	for _, o := range objects {
		g.equal("an exhibit", g.content(c, o.Address), g.content(g.c, o.Address))
	}
}

func (g *ground) content(c *store.Case, a vault.Address) string {
	g.t.Helper()
	o, err := c.ObjectKey(g.ctx, a)
	g.check(err)
	r, err := c.Vault().OpenChecked(g.ctx, o)
	g.check(err)
	data, err := io.ReadAll(r)
	g.check(errors.Join(err, r.Close()))
	return string(data)
}

// files are all files below a folder, with what is in them.
func (g *ground) files(dir string) map[string]string {
	g.t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || entry.Name() == "lock" {
			return err
		}
		data, err := os.ReadFile(name)
		all[strings.TrimPrefix(name, dir)] = string(data)
		return err
	})
	g.check(err)
	return all
}

// without sees that a text stands in no file below a folder.
func (g *ground) without(dir, text string) {
	g.t.Helper()
	for name, data := range g.files(dir) {
		if bytes.Contains([]byte(data), []byte(text)) {
			g.t.Errorf("%q stands in %s", text, name)
		}
	}
}

// timeID is a number as eight digits of an id.
func timeID(n int) string { return fmt.Sprintf("%08d", n) }

// keysEdited changes the keys of a case on SQLite by hand.
func (g *ground) keysEdited(statement string) {
	g.t.Helper()
	names, err := filepath.Glob(g.path("archive/cases/" + g.id + "/keys.*.db"))
	g.check(err)
	db, err := sql.Open("sqlite3", "file:"+filepath.ToSlash(names[0]))
	g.check(err)
	_, err = db.Exec(statement)
	g.check(errors.Join(err, db.Close()))
}
