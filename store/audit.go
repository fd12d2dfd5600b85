// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"recount/fault"
	"recount/internal/durable"
	"recount/journal"
)

//go:embed schema/audit.sql
var auditSchema string

// Audit is an audit journal: who looked at what in a case, or, of the archive's
// own, what belongs to no case (sign-ins, accounts). It lies apart from the
// case's tables (a file of its own with SQLite, a schema of its own with
// PostgreSQL), so that looking never waits for those who act. Its own origin
// and key are in nobody's proof of the case. It is safe for concurrent use.
type Audit struct {
	auditPlace
	database *database // SQLite
	postgres *sql.DB
	turn     int64 // PostgreSQL: the advisory lock that whoever writes takes

	mu         sync.Mutex // held while written
	origin     string
	skey, vkey string
	number     int64 // of the key that search texts' keys are wrapped under
	key        epochKey
}

// secretAudit is the name under which the signing key is sealed.
const secretAudit = "audit"

// begin makes the tables and the keys of a new audit journal, or reads them.
func (a *Audit) begin(ctx context.Context) error {
	if err := a.makeKeyDir(); err != nil {
		return err
	}
	release, err := fileLock(ctx, a.keyDir, "lock", true)
	if err != nil {
		return err
	}
	defer release()
	err = a.in(ctx, acting, func(t *tx) error {
		if err := a.tables(ctx, t); err != nil {
			return err
		}
		origin, err := a.state(ctx, t, "origin")
		if errors.Is(err, sql.ErrNoRows) {
			return a.make(ctx, t)
		}
		a.origin = string(origin)
		return err
	})
	if err != nil {
		return err
	}
	if err := a.in(ctx, reading, func(t *tx) error { return a.readKeys(ctx, t) }); err != nil {
		return err
	}
	return a.destroyOld()
}

func (a *Audit) makeKeyDir() error {
	if err := durable.MakeDirs(a.config.Files, a.keyDir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return nil
}

// tables makes the tables where there are none.
func (a *Audit) tables(ctx context.Context, t *tx) error {
	if a.postgres != nil {
		if err := t.run(ctx, "CREATE SCHEMA IF NOT EXISTS "+quoted(a.schema)); err != nil {
			return err
		}
	}
	return t.script(ctx, auditSchema)
}

// make draws what a new audit journal is told by. One whose head is known
// elsewhere was there, and is missing.
func (a *Audit) make(ctx context.Context, t *tx) error {
	before, err := a.head()
	if err != nil {
		return err
	}
	if before.Size > 0 {
		return fmt.Errorf("%w: the audit journal is missing, and %s says that it had %d events. Put it back from where copies are kept", fault.Tampered, a.headFile(), before.Size)
	}
	if a.origin, err = journal.NewOrigin(a.config.Rand, a.publicName); err != nil {
		return err
	}
	if a.skey, a.vkey, err = journal.GenerateKey(a.config.Rand, a.origin); err != nil {
		return err
	}
	key, err := newEpoch(a.config, a.keyDir, 1)
	if err != nil {
		return err
	}
	if err := a.writeKeys(ctx, t, key, 1); err != nil {
		return err
	}
	signed, err := a.sign(ctx, t)
	if err != nil {
		return err
	}
	return a.config.writeFile(a.headFile(), signed)
}

// head is the newest checkpoint as it is kept with the keys, and so apart from
// the tables; nobody has checked its signature. Of size 0 where there is none.
func (a *Audit) head() (journal.Checkpoint, error) {
	signed, err := a.config.readFile(a.headFile())
	if errors.Is(err, fs.ErrNotExist) {
		return journal.Checkpoint{}, nil
	}
	if err != nil {
		return journal.Checkpoint{}, err
	}
	return journal.ReadCheckpoint(signed)
}

// writeKeys keeps the signing keys under a key that wraps, and which that is.
func (a *Audit) writeKeys(ctx context.Context, t *tx, key epochKey, number int64) error {
	body, err := newWrapper(key).sealSecret(secretAudit, a.skey+"\n"+a.vkey, a.config.Rand)
	if err != nil {
		return err
	}
	for name, value := range map[string][]byte{"origin": []byte(a.origin), "epoch": []byte(strconv.FormatInt(number, 10)), "skey": body} {
		if err := a.setState(ctx, t, name, value); err != nil {
			return err
		}
	}
	return nil
}

// readKeys reads the key that wraps, where it is another than is known, and the signing key.
func (a *Audit) readKeys(ctx context.Context, t *tx) error {
	raw, err := a.state(ctx, t, "epoch")
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || number < 1 {
		return fmt.Errorf("%w: the audit journal is wrapped under no key", fault.Tampered)
	}
	if number == a.number {
		return nil
	}
	key, err := readEpoch(a.config, a.keyDir, number)
	if err != nil {
		return err
	}
	body, err := a.state(ctx, t, "skey")
	if err != nil {
		return err
	}
	keys, err := newWrapper(key).openSecret(secretAudit, body)
	if err != nil {
		return err
	}
	a.number, a.key = number, key
	a.skey, a.vkey, _ = strings.Cut(keys, "\n")
	return nil
}

func (a *Audit) headFile() string { return filepath.Join(a.keyDir, "head") }

// destroyOld destroys keys that a forgetting has left when it was cut off.
func (a *Audit) destroyOld() error {
	return eachNumbered(a.keyDir, "epoch-", func(name string, n int64) error {
		if n >= a.number {
			return nil
		}
		return a.config.disk().destroyFile(name)
	})
}

func (a *Audit) in(ctx context.Context, m mode, work func(*tx) error) (err error) {
	var t *tx
	if a.database != nil {
		t, err = a.database.begin(ctx, m)
	} else {
		t, err = beginOn(ctx, a.postgres, postgres, nil)
	}
	if err != nil {
		return err
	}
	defer t.rollback()
	if a.postgres != nil && m == acting { // one after the other, as on SQLite
		if err := t.run(ctx, fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", a.turn)); err != nil {
			return err
		}
	}
	if err := work(t); err != nil || m == reading {
		return err
	}
	return t.commit()
}

func (a *Audit) state(ctx context.Context, t *tx, name string) (value []byte, err error) {
	err = t.get(ctx, []any{&value}, `SELECT value FROM a_state WHERE name = ?`, name)
	return value, err
}

func (a *Audit) setState(ctx context.Context, t *tx, name string, value []byte) error {
	if _, err := t.exec(ctx, `DELETE FROM a_state WHERE name = ?`, name); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO a_state (name, value) VALUES (?, ?)`, name, value)
	return err
}
