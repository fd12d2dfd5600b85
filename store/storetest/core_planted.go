// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"recount/fault"
	"recount/store"
)

// planted adds to a database what the program never makes, and what lies
// without any table being changed; checking and opening say so.
func planted(g *ground) {
	g.furnish()
	letter, _ := g.keep("a letter")
	g.verify(g.c)
	postgres := g.config.Postgres != ""
	trigger := [2]string{"CREATE TRIGGER later AFTER INSERT ON j_entry BEGIN DELETE FROM p_source; END", "DROP TRIGGER later"}
	if postgres {
		trigger = [2]string{"CREATE RULE later AS ON INSERT TO p_source DO INSTEAD NOTHING", "DROP RULE later ON p_source"}
	}
	for _, plant := range []struct {
		what     string
		keys     bool
		do, undo string
	}{
		{"a trigger or rule", false, trigger[0], trigger[1]},
		{"a view", false, "CREATE VIEW p_other AS SELECT * FROM p_source", "DROP VIEW p_other"},
		{"a view of keys", true, "CREATE VIEW k_other AS SELECT * FROM k_state", "DROP VIEW k_other"},
	} {
		g.script(plant.keys, plant.do)
		if err := g.c.Verify(g.ctx); !errors.Is(err, fault.Tampered) || !strings.Contains(err.Error(), "never makes") {
			g.t.Errorf("%s: %v; fault.Tampered is right", plant.what, err)
		}
		if archive, err := store.Open(g.ctx, g.config); err != nil {
			g.t.Error(err)
		} else {
			if _, err := archive.Case(g.ctx, g.caseID); !errors.Is(err, fault.Tampered) {
				g.t.Errorf("opening with %s: %v; fault.Tampered is right", plant.what, err)
			}
			if err := archive.Close(); err != nil {
				g.t.Error(err)
			}
		}
		g.script(plant.keys, plant.undo)
		g.verify(g.c)
	}
	g.keyMissing(letter.Address[:])
	if !postgres {
		g.staleIndex()
	}
}

// script runs statements that change no row.
func (g *ground) script(keys bool, statements ...string) {
	g.t.Helper()
	g.sql(keys, func(ctx context.Context, conn *sql.Conn) error {
		for _, statement := range statements {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
}

// keyMissing takes the key of an exhibit's bytes away, which nobody decided.
func (g *ground) keyMissing(address []byte) {
	where := " FROM k_object WHERE address = " + g.lit(address)
	wrapped, plain := g.blob(true, "SELECT wrapped"+where), g.blob(true, "SELECT plain"+where)
	g.script(true, "CREATE TABLE k_aside AS SELECT size, stored"+where)
	g.edit(true, "DELETE"+where)
	if _, err := g.c.VerifyObjects(g.ctx, nil); !errors.Is(err, fault.Tampered) {
		g.t.Errorf("a key of an object is missing: %v; fault.Tampered is right", err)
	}
	g.edit(true, "INSERT INTO k_object (address, wrapped, plain, size, stored) SELECT "+g.lit(address)+", "+g.lit(wrapped)+", "+g.lit(plain)+", size, stored FROM k_aside")
	g.script(true, "DROP TABLE k_aside")
	if _, err := g.c.VerifyObjects(g.ctx, nil); err != nil {
		g.t.Errorf("with its key again: %v", err)
	}
}

// staleIndex changes a column while its index is out of the schema: each table
// is right, and what is looked up by the index is not.
func (g *ground) staleIndex() {
	var name, table, text string
	var root int64
	g.sql(false, func(ctx context.Context, conn *sql.Conn) error {
		return conn.QueryRowContext(ctx, `SELECT name, tbl_name, rootpage, sql FROM sqlite_schema WHERE name = 'p_exhibit_sha256'`).Scan(&name, &table, &root, &text)
	})
	const other = "UPDATE p_exhibit SET sha256 = 'f' || substr(sha256, 2)"
	g.edit(false, other)
	g.script(false, "PRAGMA writable_schema = ON", "DELETE FROM sqlite_schema WHERE name = '"+name+"'", "PRAGMA writable_schema = RESET")
	g.edit(false, "UPDATE p_exhibit SET sha256 = '0' || substr(sha256, 2)")
	if err := g.c.Verify(g.ctx); !errors.Is(err, fault.Tampered) {
		g.t.Errorf("an index that is missing: %v; fault.Tampered is right", err)
	}
	g.script(false, "PRAGMA writable_schema = ON",
		fmt.Sprintf("INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('index', '%s', '%s', %d, '%s')", name, table, root, text), "PRAGMA writable_schema = RESET")
	g.reopen()
	if err := g.c.Verify(g.ctx); !errors.Is(err, fault.Tampered) || !strings.Contains(err.Error(), "damaged") {
		g.t.Errorf("an index that is not its table's: %v; fault.Tampered is right", err)
	}
	if err := g.c.Rebuild(g.ctx, nil); err != nil {
		g.t.Fatal(err)
	}
	g.verify(g.c)
}
