// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/store"
)

// damageFound changes one thing by hand, sees that Verify says so, and puts it
// back. What each statement undoes stands beside it.
func damageFound(g *ground) {
	g.furnish()
	g.verify(g.c)
	body := g.blob(false, "SELECT body FROM j_entry WHERE seq = 1")
	header := g.blob(false, "SELECT header FROM j_entry WHERE seq = 1")
	hash := g.blob(false, "SELECT hash FROM j_hash WHERE number = 2")
	note := g.blob(false, "SELECT note FROM j_checkpoint WHERE size = 3")
	early := g.blob(false, "SELECT note FROM j_checkpoint WHERE size = 2")
	wrapped := g.blob(true, "SELECT wrapped FROM k_entry WHERE seq = 1")
	row := g.blob(true, "SELECT leaf FROM k_row ORDER BY batch, leaf LIMIT 1")
	rowKey := g.blob(true, "SELECT wrapped FROM k_row ORDER BY batch, leaf LIMIT 1")
	for _, damage := range []struct {
		what     string
		keys     bool
		do, undo string
	}{
		{"a name in a projection", false, "UPDATE p_source SET name = 'Other list'", "UPDATE p_source SET name = 'Harbour list'"},
		{"a record's sex", false, "UPDATE p_record SET sex = 'male' WHERE row_no = 5", "UPDATE p_record SET sex = NULL WHERE row_no = 5"},
		{"since when a batch stands", false, "UPDATE p_batch SET from_seq = from_seq + 100", "UPDATE p_batch SET from_seq = from_seq - 100"},
		{"blank for absent", false, "UPDATE p_source SET note = ''", "UPDATE p_source SET note = NULL"},
		{"an entry's content", false, "UPDATE j_entry SET body = " + g.lit(flip(body)) + " WHERE seq = 1", "UPDATE j_entry SET body = " + g.lit(body) + " WHERE seq = 1"},
		{"an entry's header", false, "UPDATE j_entry SET header = " + g.lit(flip(header)) + " WHERE seq = 1", "UPDATE j_entry SET header = " + g.lit(header) + " WHERE seq = 1"},
		{"an entry's kind", false, "UPDATE j_entry SET kind = 'exhibit.received@1' WHERE seq = 1", "UPDATE j_entry SET kind = 'source.described@1' WHERE seq = 1"},
		{"an entry that is missing", false, "UPDATE j_entry SET seq = -5 WHERE seq = 1", "UPDATE j_entry SET seq = 1 WHERE seq = -5"},
		{"a hash of the tree", false, "UPDATE j_hash SET hash = " + g.lit(flip(hash)) + " WHERE number = 2", "UPDATE j_hash SET hash = " + g.lit(hash) + " WHERE number = 2"},
		{"a hash that is missing", false, "UPDATE j_hash SET number = -5 WHERE number = 2", "UPDATE j_hash SET number = 2 WHERE number = -5"},
		{"a checkpoint's signature", false, "UPDATE j_checkpoint SET note = " + g.lit(flipLate(note)) + " WHERE size = 3", "UPDATE j_checkpoint SET note = " + g.lit(note) + " WHERE size = 3"},
		{"a checkpoint of another size", false, "UPDATE j_checkpoint SET note = " + g.lit(early) + " WHERE size = 3", "UPDATE j_checkpoint SET note = " + g.lit(note) + " WHERE size = 3"},
		{"an entry's key", true, "UPDATE k_entry SET wrapped = " + g.lit(flip(wrapped)) + " WHERE seq = 1", "UPDATE k_entry SET wrapped = " + g.lit(wrapped) + " WHERE seq = 1"},
		{"a row's key that nobody decided to destroy", true, "DELETE FROM k_row WHERE leaf = " + g.lit(row), "INSERT INTO k_row (batch, leaf, wrapped) VALUES (1, " + g.lit(row) + ", " + g.lit(rowKey) + ")"},
	} {
		g.edit(damage.keys, damage.do)
		if err := g.c.Verify(g.ctx); !errors.Is(err, fault.Tampered) {
			g.t.Errorf("%s: %v; fault.Tampered is right", damage.what, err)
		}
		g.edit(damage.keys, damage.undo)
		g.verify(g.c)
	}
	g.damagedRows()
}

// damagedRows changes a byte of each row file; a rebuild refuses it and leaves
// the projections as they were.
func (g *ground) damagedRows() {
	before := g.dump(g.c)
	err := filepath.WalkDir(filepath.Join(g.caseDir(), "vault"), func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		changed := flip(content)
		if err := errors.Join(os.Chmod(name, 0o600), os.WriteFile(name, changed, 0o600)); err != nil {
			return err
		}
		if err := g.c.Verify(g.ctx); !errors.Is(err, fault.Tampered) {
			g.t.Errorf("a row file was changed: %v; fault.Tampered is right", err)
		}
		if err := g.c.Rebuild(g.ctx, nil); !errors.Is(err, fault.Tampered) {
			g.t.Errorf("rebuilding from a row file that was changed: %v; fault.Tampered is right", err)
		}
		return os.WriteFile(name, content, 0o600)
	})
	if err != nil {
		g.t.Fatal(err)
	}
	if g.dump(g.c) != before {
		g.t.Error("a rebuild that failed has changed the projections")
	}
	g.verify(g.c)
}

func (g *ground) blob(keys bool, query string) (b []byte) {
	g.t.Helper()
	g.sql(keys, func(ctx context.Context, conn *sql.Conn) error { return conn.QueryRowContext(ctx, query).Scan(&b) })
	return b
}

// lit writes bytes as a literal of the engine.
func (g *ground) lit(b []byte) string {
	if g.config.Postgres != "" {
		return fmt.Sprintf(`'\x%x'::bytea`, b)
	}
	return fmt.Sprintf("x'%x'", b)
}

// flip changes one bit in the middle.
func flip(b []byte) []byte {
	b = append([]byte(nil), b...)
	b[len(b)/2] ^= 1
	return b
}

// flipLate changes the signature at the end of a note.
func flipLate(b []byte) []byte {
	b = append([]byte(nil), b...)
	if b[len(b)-12] == 'A' {
		b[len(b)-12] = 'B'
	} else {
		b[len(b)-12] = 'A'
	}
	return b
}

// cutLog takes the last entries out of the tables, as putting back an older
// copy of them does.
func (g *ground) cutLog(size int64, hashes int64) {
	for _, statement := range []string{
		fmt.Sprintf("DELETE FROM j_entry WHERE seq >= %d", size), fmt.Sprintf("DELETE FROM j_hash WHERE number >= %d", hashes),
		fmt.Sprintf("DELETE FROM j_checkpoint WHERE size > %d", size), fmt.Sprintf("DELETE FROM p_source WHERE from_seq >= %d", size),
		fmt.Sprintf("DELETE FROM p_entry WHERE seq >= %d", size),
	} {
		g.edit(false, statement)
	}
}

// olderCopy: what was published binds a log, also when its tables are put back
// from an older copy, with the keys of that day.
func olderCopy(g *ground) {
	for n := range 3 {
		g.act(draftOf(g.newSource(fmt.Sprint("list ", n))))
	}
	signed, err := g.c.Checkpoint(g.ctx, 4)
	if err == nil {
		err = g.c.Publish(g.ctx, signed)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	earlier, err := g.c.Checkpoint(g.ctx, 2)
	if err == nil {
		err = g.c.Publish(g.ctx, earlier) // what was published before takes nothing back
	}
	if err != nil {
		g.t.Fatal(err)
	}
	foreign := strings.Replace(string(signed), g.c.Origin(), "other.example/0123456789abcdef", 1)
	if err := g.c.Publish(g.ctx, []byte(foreign)); err == nil {
		g.t.Error("the checkpoint of another case was published")
	}
	g.act(draftOf(g.newSource("a list that was not published")))
	g.cutLog(3, 4)
	g.edit(true, "DELETE FROM k_entry WHERE seq >= 3")
	g.reopenAlone()
	refuse := func(what string, want error) {
		_, err := g.c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return draftOf(g.newSource("x")), nil })
		if !errors.Is(err, want) {
			g.t.Errorf("%s: %v; %v is right", what, err, want)
		}
		if err := g.c.Verify(g.ctx); !errors.Is(err, want) {
			g.t.Errorf("verifying, %s: %v; %v is right", what, err, want)
		}
	}
	refuse("an act in an older copy", fault.Conflict)
	// Somebody takes the note away, records other things, and puts it back.
	note := filepath.Join(g.keyDir(), "published")
	if err := os.Rename(note, note+".away"); err != nil {
		g.t.Fatal(err)
	}
	for range 3 {
		g.act(draftOf(g.newSource("another history")))
	}
	if err := os.Rename(note+".away", note); err != nil {
		g.t.Fatal(err)
	}
	refuse("an act in another history", fault.Tampered)
}

// newerKeys: tables of an older copy beside today's keys. The keys of what the
// tables do not name are not destroyed.
func newerKeys(g *ground) {
	for n := range 4 {
		g.act(draftOf(g.newSource(fmt.Sprint("list ", n))))
	}
	keys := g.count(true, "k_entry")
	g.cutLog(3, 4)
	g.reopenAlone()
	_, err := g.c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return draftOf(g.newSource("x")), nil })
	if !errors.Is(err, fault.Conflict) {
		g.t.Errorf("an act beside newer keys: %v; fault.Conflict is right", err)
	}
	g.equal("keys", g.count(true, "k_entry"), keys)
}
