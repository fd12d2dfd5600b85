// SPDX-License-Identifier: Apache-2.0

// Package storetest is what every engine of package store has to pass: acts
// and bulk rows, rebuilding, erasing, what damage is found, what a crash
// leaves, many writers in several processes, and every question that can be
// asked of the projections.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recount/store"
)

// Core tries the journal, the keys and the work of the store itself.
func Core(t *testing.T, engine Engine) {
	type coreTest struct {
		name string
		run  func(*ground)
	}
	tests := []coreTest{
		{"an act leaves what proves it", actsAreProven},
		{"an act that is not decided leaves nothing", refusedActs},
		{"many act at once", manyAct},
		{"rows are seen once an entry names them", bulk},
		{"a batch that is given up leaves nothing", bulkGivenUp},
		{"a draft that says another thing of its batch is refused", bulkMisnamed},
		{"an import beside others", bulkBesideActs},
		{"what was cut off is swept when nobody has the case open", sweptWhenAlone},
		{"work that was cut off is gone on with", bulkGoesOn},
		{"work that was cut off begins anew when it must", bulkBeginsAnew},
		{"work that was cut off is given up", bulkIsLeft},
		{"a failure at any point leaves all or nothing", failures},
		{"a rebuild gives the same", rebuiltIsLive},
		{"projections of another release are rebuilt", otherRelease},
		{"a rebuild under those who write loses nothing", rebuiltUnderWriters},
		{"who reads while reading is let through", readWhileReading},
		{"a look back is the case as it was", lookedBack},
		{"a copy on another engine is the same", copied},
		{"erased is gone", erasedIsGone},
		{"a decision to erase stays readable", decisionsStay},
		{"an erasure that was cut off is finished", erasureCutOff},
		{"random acts and erasures: live is rebuilt", randomActs},
		{"what was changed by hand is found", damageFound},
		{"what was added to a database is found", planted},
		{"an older copy refuses to grow", olderCopy},
		{"keys of a newer copy", newerKeys},
	}
	if engine.Encrypted {
		tests = append(tests, coreTest{"older copies of an encrypted case are lost", olderCopiesAreLost}, coreTest{"a changed file of an encrypted archive is found", changedFilesFound})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(newGround(t, engine))
		})
	}
}

// ground is an archive with one case, to be tried out.
type ground struct {
	*desk
	config store.Config
	caseID string
	a      *store.Archive
	others []*store.Archive // opened beside it
}

func newGround(t *testing.T, engine Engine) *ground {
	t.Helper()
	g := &ground{caseID: newCaseID(t), config: engine.Config(store.Config{Dir: filepath.Join(t.TempDir(), "archive"), Now: time.Now, Rand: rand.Reader})}
	var err error
	g.a, err = store.Create(t.Context(), g.config, store.Opening{PublicName: "archive.example", CaseID: g.caseID, Title: "Karvel", Actor: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dropSchemas(t, engine.Postgres, g.caseID) })
	t.Cleanup(func() { _ = g.a.Close() }) // a test that has closed it may find it closed
	g.desk = &desk{t: t, ctx: t.Context()}
	g.c = g.open(g.a)
	return g
}

func newCaseID(t *testing.T) string {
	t.Helper()
	var name [8]byte
	if _, err := rand.Read(name[:]); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("t%x", name)
}

func dropSchemas(t *testing.T, dsn, id string) {
	if dsn == "" {
		return
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Error(err)
		return
	}
	_, err = db.Exec(fmt.Sprintf(`DROP SCHEMA IF EXISTS "case_%s" CASCADE; DROP SCHEMA IF EXISTS "case_%s_keys" CASCADE`, id, id))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Error(err)
	}
}

func (g *ground) open(a *store.Archive) *store.Case {
	g.t.Helper()
	c, err := a.Case(g.t.Context(), g.caseID)
	if err != nil {
		g.t.Fatal(err)
	}
	return c
}

// beside opens the archive once more, as another process would, with a pause.
func (g *ground) beside(pause func(point string)) (*store.Archive, *store.Case) {
	g.t.Helper()
	config := g.config
	config.Pause = pause
	a, err := store.Open(g.ctx, config)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = a.Close() })
	g.others = append(g.others, a)
	return a, g.open(a)
}

// reopenAlone closes the archive wherever it is open and opens it again.
func (g *ground) reopenAlone() {
	g.t.Helper()
	for _, a := range g.others {
		if err := a.Close(); err != nil {
			g.t.Fatal(err)
		}
	}
	g.reopen()
}

// reopen closes the archive and opens it again.
func (g *ground) reopen() {
	g.t.Helper()
	if err := g.a.Close(); err != nil {
		g.t.Fatal(err)
	}
	g.a, g.c = g.beside(nil)
}

// dump is the canonical dump of a case.
func (g *ground) dump(c *store.Case) string {
	g.t.Helper()
	var b strings.Builder
	if _, err := c.Dump(g.ctx, &b); err != nil {
		g.t.Fatal(err)
	}
	return b.String()
}

// sum is the SHA-256 of it.
func (g *ground) sum(c *store.Case) [32]byte {
	g.t.Helper()
	sum, err := c.Dump(g.ctx, io.Discard)
	if err != nil {
		g.t.Fatal(err)
	}
	return sum
}

func (g *ground) verify(c *store.Case) {
	g.t.Helper()
	if err := c.Verify(g.ctx); err != nil {
		g.t.Error(err)
	}
}

func (g *ground) size(c *store.Case) (size int64) {
	g.t.Helper()
	if err := c.Read(g.ctx, func(r store.Reader) error { size = r.Size(); return nil }); err != nil {
		g.t.Fatal(err)
	}
	return size
}

// sql calls f with a connection to the tables, or to those of the keys: what
// somebody can do who gets at them.
func (g *ground) sql(keys bool, f func(context.Context, *sql.Conn) error) {
	g.t.Helper()
	driver, name := "sqlite3", "file:"+filepath.ToSlash(g.databaseFile(keys))
	switch {
	case g.config.Postgres != "":
		driver, name = "pgx", g.config.Postgres
	case g.config.Unlock != nil:
		name = g.sealedDSN(g.databaseFile(keys))
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		g.t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(g.ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	defer conn.Close()
	if g.config.Postgres != "" {
		schema := "case_" + g.caseID
		if keys {
			schema += "_keys"
		}
		if _, err := conn.ExecContext(g.ctx, fmt.Sprintf(`SET search_path TO "%s"`, schema)); err != nil {
			g.t.Fatal(err)
		}
	}
	if err := f(g.ctx, conn); err != nil {
		g.t.Fatal(err)
	}
}

// edit changes something by hand.
func (g *ground) edit(keys bool, statement string) {
	g.t.Helper()
	g.sql(keys, func(ctx context.Context, conn *sql.Conn) error {
		result, err := conn.ExecContext(ctx, statement)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%s: nothing was changed: %v", statement, err)
		}
		return nil
	})
}

// count asks how many rows a table has.
func (g *ground) count(keys bool, table string) (n int) {
	g.t.Helper()
	g.sql(keys, func(ctx context.Context, conn *sql.Conn) error {
		return conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n)
	})
	return n
}

func (g *ground) caseDir() string { return filepath.Join(g.config.Dir, "cases", g.caseID) }
func (g *ground) keyDir() string  { return filepath.Join(g.config.Dir, "keys", g.caseID) }

func (g *ground) databaseFile(keys bool) string {
	if g.config.Postgres != "" {
		return ""
	}
	current, err := os.ReadFile(filepath.Join(g.caseDir(), "CURRENT"))
	if err != nil {
		g.t.Fatal(err)
	}
	lines := strings.Split(string(current), "\n")
	if len(lines) < 3 {
		g.t.Fatalf("CURRENT is %q", current)
	}
	if keys {
		return filepath.Join(g.caseDir(), "keys."+strings.TrimPrefix(lines[2], "keys ")+".db")
	}
	return filepath.Join(g.caseDir(), "case."+strings.TrimPrefix(lines[1], "tables ")+".db")
}

// objects is how many objects lie in the vault of the case.
func (g *ground) objects() (n int) {
	g.t.Helper()
	err := filepath.WalkDir(filepath.Join(g.caseDir(), "vault"), func(_ string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return n
}
