// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"recount/fault"
)

// strangers asks an engine for what this program never makes in a database and
// what changes answers without changing a table: triggers, views, rules, and
// row security.
func (d dialect) strangers() string {
	if d == sqlite {
		return `SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY name`
	}
	return `SELECT 'trigger', t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = current_schema() AND NOT t.tgisinternal
		UNION ALL SELECT 'rule', r.rulename::text FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = current_schema() AND c.relkind NOT IN ('v', 'm')
		UNION ALL SELECT 'view', c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = current_schema() AND c.relkind IN ('v', 'm')
		UNION ALL SELECT 'row security of', c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = current_schema() AND c.relrowsecurity
		ORDER BY 1, 2`
}

// noStrangers refuses a database to which somebody has added what would change
// its answers, or what is written into it.
func (t *tx) noStrangers(ctx context.Context) error {
	found, err := collect(ctx, Reader{t: t}, scanPair, t.dialect.strangers())
	if err != nil || len(found) == 0 {
		return err
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = fmt.Sprintf("%s %.60q", f[0], f[1])
	}
	return fmt.Errorf("%w: the database has what this program never makes, and what may change every answer: %s; accepted is a database without", fault.Tampered, strings.Join(names, ", "))
}

func scanPair(rows *sql.Rows) (p [2]string, err error) {
	err = rows.Scan(&p[0], &p[1])
	return p, err
}

// refuseStrangers looks at tables and keys when a case is opened.
func (c *Case) refuseStrangers(ctx context.Context) error {
	for _, begin := range []func(context.Context, mode) (*tx, error){c.place.begin, c.place.beginKeys} {
		t, err := begin(ctx, reading)
		if err != nil {
			return err
		}
		err = t.noStrangers(ctx)
		t.rollback()
		if err != nil {
			return err
		}
	}
	return nil
}

// verifyDatabases asks SQLite whether tables and indexes agree, page by page
// (PRAGMA integrity_check), and compares what stands in each schema with what
// this program makes. PostgreSQL has no such check of its own.
func (c *Case) verifyDatabases(ctx context.Context, t *tx, dir string) error {
	keys, err := c.place.beginKeys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.rollback()
	for _, one := range []struct {
		what string
		t    *tx
		make func(*tx, context.Context) error
	}{
		{"tables", t, func(t *tx, ctx context.Context) error { return errors.Join(t.schema(ctx), t.newIndex(ctx)) }},
		{"keys", keys, (*tx).keySchema},
	} {
		err := one.t.noStrangers(ctx)
		if err == nil && one.t.dialect == sqlite {
			if err = one.t.intact(ctx); err == nil {
				err = c.sameSchema(ctx, one.t, filepath.Join(dir, "schema.db"), one.make)
			}
		}
		if err != nil {
			return fmt.Errorf("the database of %s: %w", one.what, err)
		}
	}
	return nil
}

// intact holds that every index has the rows of its table and no other.
func (t *tx) intact(ctx context.Context) error {
	said, err := collect(ctx, Reader{t: t}, scanOne[string], `PRAGMA integrity_check(3)`)
	if err == nil && (len(said) != 1 || said[0] != "ok") {
		err = fmt.Errorf("%w: SQLite finds it damaged: %.200q; a rebuild makes tables and their indexes anew", fault.Tampered, strings.Join(said, "; "))
	}
	return err
}

// sameSchema compares the schema with that of a database made anew. The search
// index need not be there.
func (c *Case) sameSchema(ctx context.Context, t *tx, file string, make func(*tx, context.Context) error) error {
	scratch, err := c.config.disk().under(passingEpoch).newFresh(ctx, file, make)
	if err != nil {
		return err
	}
	defer scratch.drop()
	want, err := scratch.tx.schemaText(ctx)
	if err != nil {
		return err
	}
	got, err := t.schemaText(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if text, known := want[name]; !known {
			return fmt.Errorf("%w: %.80q stands in its schema, which this program never makes", fault.Tampered, name)
		} else if text != got[name] {
			return fmt.Errorf("%w: %.80q stands otherwise in its schema than this program makes it; a rebuild makes it anew", fault.Tampered, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, there := got[name]; !there && !strings.Contains(name, " s_") {
			return fmt.Errorf("%w: %.80q is missing from its schema; a rebuild makes it anew", fault.Tampered, name)
		}
	}
	return nil
}

// schemaText is what SQLite keeps of each thing in a schema, by its type and
// name, without the difference of spaces. What it makes by itself has no text.
func (t *tx) schemaText(ctx context.Context) (map[string]string, error) {
	all, err := collect(ctx, Reader{t: t}, scanPair, `SELECT type || ' ' || name, tbl_name || ': ' || COALESCE(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_stat%' ESCAPE '!'`)
	texts := map[string]string{}
	for _, one := range all {
		texts[one[0]] = strings.Join(strings.Fields(one[1]), " ")
	}
	return texts, err
}
