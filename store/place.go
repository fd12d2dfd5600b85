// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
)

// place is where the tables of one case lie: files of SQLite, or schemas of
// PostgreSQL. The tables of keys lie apart from the others and are committed
// apart.
type place interface {
	// begin opens a transaction on the tables j_, p_, o_ once nobody replaces
	// them. Its size is that of the log.
	begin(ctx context.Context, m mode) (*tx, error)
	// beginKeys opens a transaction on the tables k_. Its epoch is the one
	// under which they are wrapped. Who needs both begins the other one first.
	beginKeys(ctx context.Context, m mode) (*tx, error)
	// snapshot opens two transactions that read, on the tables and on the keys,
	// at a moment in which nobody acts and no work is noted: all that the keys
	// hold is named by the journal or noted as work under way. It calls quiet
	// in that moment.
	snapshot(ctx context.Context, quiet func() error) (tables, keys *tx, err error)
	// lease takes a lock that outlives transactions. Without wait, taken is
	// false when another holder excludes it.
	lease(ctx context.Context, name leaseName, exclusive, wait bool) (release func(), taken bool, err error)
	// replace builds new tables, and with rekey new keys, while nobody else
	// has a transaction, and puts them in the place of the old ones in one
	// step. The old ones are destroyed. When build fails nothing changes. rekey
	// makes the key of the new epoch; it is called before anything is built.
	replace(ctx context.Context, rekey func(epoch int64) error, build func(context.Context, replacement) error) error
	// close lets everything go.
	close() error
}

// mode is what a transaction is for.
type mode int

const (
	reading mode = iota // one snapshot; nothing is written
	acting              // alone among those who act on the case
	writing             // rows that nobody sees yet, beside an act where the engine bears it
)

// replacement is what a build works on. The new tables have the journal of
// the old ones and empty projections; the new keys are empty and wrapped under
// the epoch that stands in keys.epoch. Without rekey, keys is nil.
type replacement struct {
	old, tables   *tx
	oldKeys, keys *tx
}

//go:embed schema/journal.sql
var journalSchema string

//go:embed schema/draft.sql
var draftSchema string

//go:embed schema/staging.sql
var stagingSchema string

//go:embed schema/keys.sql
var keysSchema string

// journalTables are what a rebuild carries over and a copy carries along.
func journalTables() []table {
	return []table{
		{"j_case", []string{"name"}, []column{{"name", text}, {"value", text}}},
		{"j_entry", []string{"seq"}, []column{{"seq", integer}, {"leaf", octets}, {"kind", text}, {"header", octets}, {"body", octets}}},
		{"j_hash", []string{"number"}, []column{{"number", integer}, {"hash", octets}}},
		{"j_checkpoint", []string{"size"}, []column{{"size", integer}, {"note", octets}}},
	}
}

// officeTables are those of work under way: a rebuild carries them over, a
// copy does not.
func officeTables() []table {
	return []table{
		{"o_batch", []string{"batch"}, []column{{"batch", text}, {"n", integer}, {"root", octets}, {"object", octets}}},
		{"o_object", []string{"address"}, []column{{"address", octets}}},
		{"o_draft", []string{"account", "form", "about"}, []column{
			{"account", text}, {"form", text}, {"about", text}, {"fields", text}, {"changed", integer}, {"base", integer},
		}},
		{"o_staging", []string{"batch"}, []column{
			{"batch", text}, {"work", text}, {"actor", text}, {"about", text}, {"said", text}, {"begun", integer},
			{"row_count", integer}, {"leaf_count", integer}, {"digest", octets}, {"parts", text}, {"laid", octets}, {"lost", text},
		}},
	}
}

// schema makes the tables j_, o_ and p_ in an empty place.
func (t *tx) schema(ctx context.Context) error {
	for _, script := range []string{journalSchema, draftSchema, stagingSchema, projectionsSchema} {
		if err := t.script(ctx, script); err != nil {
			return fmt.Errorf("making the tables: %w", err)
		}
	}
	_, err := t.exec(ctx, `INSERT INTO o_state (name, value) VALUES ('layout', ?)`, fingerprint())
	return err
}

// keySchema makes the tables k_ in an empty place.
func (t *tx) keySchema(ctx context.Context) error {
	if err := t.script(ctx, keysSchema); err != nil {
		return fmt.Errorf("making the tables of keys: %w", err)
	}
	return nil
}

// projectionsVersion goes up when the projections change and their schema does
// not.
const projectionsVersion = "1"

// fingerprint tells the projections of this release from those of others.
func fingerprint() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(projectionsVersion+"\n"+projectionsSchema)))
}

// modern tells whether the projections are those of this release.
func (t *tx) modern(ctx context.Context) (bool, error) {
	var layout string
	err := t.get(ctx, []any{&layout}, `SELECT value FROM o_state WHERE name = 'layout'`)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return layout == fingerprint(), err
}
