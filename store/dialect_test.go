// SPDX-License-Identifier: Apache-2.0

package store

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRewrite(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		`SELECT 1`:                               `SELECT 1`,
		`a = ? AND b = ?`:                        `a = $1 AND b = $2`,
		`a = '?' AND "b?" = ? AND c = 'it''s ?'`: `a = '?' AND "b?" = $1 AND c = 'it''s ?'`,
		strings.Repeat("?,", 11):                 `$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,`,
	} {
		if got := postgres.rewrite(query); got != want {
			t.Errorf("rewrite(%q) = %q; %q is right", query, got, want)
		}
		if got := sqlite.rewrite(query); got != query {
			t.Errorf("SQLite takes ? as it is, not %q", got)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	const schema = `-- of things; and others
CREATE TABLE p_thing (
	leaf BLOB PRIMARY KEY, -- a leaf
	n INTEGER NOT NULL,
	name TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX p_thing_n ON p_thing (n);
`
	want := []string{"CREATE TABLE p_thing (\n\tleaf BYTEA PRIMARY KEY,\n\tn BIGINT NOT NULL,\n\tname TEXT COLLATE \"C\"\n)", "CREATE INDEX p_thing_n ON p_thing (n)"}
	if diff := cmp.Diff(want, postgres.statements(schema)); diff != "" {
		t.Error(diff)
	}
	if got := sqlite.statements(schema); len(got) != 2 || !strings.HasSuffix(got[0], ") STRICT, WITHOUT ROWID") {
		t.Errorf("%q", got)
	}
}
