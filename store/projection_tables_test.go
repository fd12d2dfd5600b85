// SPDX-License-Identifier: Apache-2.0

package store

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/journal"
)

// The tables that are read out of the schema are those that SQLite makes of it.
func TestProjectionTablesAreThoseOfTheSchema(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite3", "file:"+filepath.ToSlash(filepath.Join(t.TempDir(), "schema.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, statement := range sqlite.statements(projectionsSchema) {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v in\n%s", err, statement)
		}
	}
	rows, err := db.QueryContext(t.Context(), `SELECT m.name, c.name, lower(c.type), c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' ORDER BY m.rowid, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var want, got []string
	keys := map[string]int{}
	for rows.Next() {
		var table, name, kind string
		var key int
		if err := rows.Scan(&table, &name, &kind, &key); err != nil {
			t.Fatal(err)
		}
		want = append(want, table+"."+name+" "+strings.Replace(kind, "blob", "bytes", 1))
		if key > 0 {
			keys[table+"."+name] = key
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, table := range projectionTables() {
		for _, c := range table.columns {
			got = append(got, table.name+"."+c.name+" "+string(c.kind))
		}
		for i, name := range table.key {
			found[table.name+"."+name] = i + 1
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-of SQLite +read):\n%s", diff)
	}
	if diff := cmp.Diff(keys, found); diff != "" {
		t.Errorf("keys (-of SQLite +read):\n%s", diff)
	}
}

// Every column is filled by something, and every field of a described thing
// has its column: nothing that was recorded is out of reach of a question.
func TestEveryFieldHasItsPlace(t *testing.T) {
	t.Parallel()
	for kindName, name := range map[string]string{
		"source.described@1": "p_source", "exhibit.received@1": "p_exhibit", "citation.made@1": "p_citation",
		"incident.described@1": "p_incident", "figure.defined@1": "p_figure", "dossier.composed@1": "p_dossier",
		"case.opened@1": "p_case", "dossier.frozen@1": "p_frozen", "erasure.decided@1": "p_erasure",
		"basis.stated@1": "p_basis", "consent.given@1": "p_consent", "consent.withdrawn@1": "p_withdrawal", "bundle.shared@1": "p_shared",
		"list.imported@1": "p_import", "records.added@1": "p_import", "persons.linked@1": "p_linking",
		"opener.named@1": "p_opener", "identity.protected@1": "p_identity", "identity.opened@1": "p_opening", "pseudonym.given@1": "p_pseudonym",
		"exhibit.redacted@1": "p_redacted", "edition.named@1": "p_edition", "field.declared@1": "p_field", "codes.declared@1": "p_code_list", "erasure.decided@2": "p_erasure",
		"hold.placed@1": "p_hold", "hold.lifted@1": "p_lifted", "thing.hidden@1": "p_hidden", "thing.shown@1": "p_hidden", "second.named@1": "p_second",
	} {
		kind, ok := journal.KindNamed(kindName)
		table := projectionTable(name)
		if !ok || len(table.columns) == 0 {
			t.Errorf("there is no kind %s or no table %s", kindName, name)
		}
		for _, field := range kind.Fields[6:] {
			if field == "share" { // half of a key, which no table holds
				if table.has(field) {
					t.Errorf("%s has the share of an identity's key", name)
				}
				continue
			}
			if !table.has(columnOf(field)) || fieldOf(columnOf(field)) != field {
				t.Errorf("%s has no place for the field %s of %s", name, field, kindName)
			}
		}
	}
	for kindName, l := range layouts() {
		places := map[int]bool{}
		for _, at := range l.fields {
			places[at] = true
		}
		for _, at := range l.packed {
			places[at] = true
		}
		for i, field := range l.kind.Fields {
			if !places[i] {
				t.Errorf("%s has no place for the field %s of %s", l.table.name, field, kindName)
			}
		}
		if !l.rest && len(l.packed) > 0 {
			t.Errorf("%s has fields to pack and no column rest", l.table.name)
		}
		if l.rest && l.fields[len(l.fields)-1] != isRest {
			t.Errorf("the last column of %s is not rest", l.table.name)
		}
	}
}
