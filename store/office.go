// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"recount/access"
	"recount/fault"
	"recount/internal/durable"
	"recount/names"
	"recount/register"
)

//go:embed schema/office.sql
var officeSchema string

// Office keeps who may enter the archive's reading room: accounts, one-time
// links and sessions. It is operational, not journalled (docs/decisions/0006):
// whoever can alter it can make himself an account and act from then on under
// that name; what is in a journal he cannot change. It is safe for concurrent use.
type Office struct {
	config   Config
	database *database // SQLite
	postgres *sql.DB
	turn     int64 // PostgreSQL: the advisory lock that whoever writes takes
}

// OfficeSchema is the schema of an archive's office in PostgreSQL; those of cases begin with
// "case_". Archives of other names in one database have others.
func OfficeSchema(publicName string) string {
	return fmt.Sprintf("recount_office_%x", sha256.Sum256([]byte(publicName)))[:32]
}

// Office opens the office, once, and makes it where there is none yet.
func (a *Archive) Office(ctx context.Context) (o *Office, err error) {
	defer fault.Wrap(&err, "opening the office of the archive")
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.office != nil {
		return a.office, nil
	}
	o = &Office{config: a.config}
	if a.config.Postgres == "" {
		err = o.openSQLite(ctx)
	} else {
		err = o.openPostgres(ctx, OfficeSchema(a.about.PublicName))
	}
	if err != nil {
		return nil, errors.Join(err, o.close())
	}
	a.office = o
	return o, nil
}

func (o *Office) openSQLite(ctx context.Context) (err error) {
	dir := filepath.Join(o.config.Dir, "office")
	if err := durable.MakeDirs(o.config.Files, dir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if o.database, err = o.config.disk().openDatabase(dir, filepath.Join(dir, "office.db"), 1<<10); err != nil {
		return err
	}
	return o.write(ctx, func(t *tx) error { return t.script(ctx, officeSchema) })
}

func (o *Office) openPostgres(ctx context.Context, schema string) error {
	p, err := openPostgres(o.config.Postgres, schema, o.config.Pause)
	if err != nil {
		return err
	}
	o.postgres = p.tables
	if err := errors.Join(p.keys.Close(), p.leases.Close()); err != nil {
		return err
	}
	o.turn = p.advisory("office")
	return o.write(ctx, func(t *tx) error {
		if err := t.run(ctx, "CREATE SCHEMA IF NOT EXISTS "+quoted(schema)); err != nil {
			return err
		}
		return t.script(ctx, officeSchema)
	})
}

func (o *Office) close() error {
	var errs []error
	if o.database != nil {
		errs = append(errs, o.database.close())
	}
	if o.postgres != nil {
		errs = append(errs, o.postgres.Close())
	}
	return errors.Join(errs...)
}

// write does work in one transaction that is durable when it returns.
func (o *Office) write(ctx context.Context, work func(*tx) error) error {
	return o.in(ctx, acting, work)
}

func (o *Office) read(ctx context.Context, work func(*tx) error) error {
	return o.in(ctx, reading, work)
}

func (o *Office) in(ctx context.Context, m mode, work func(*tx) error) (err error) {
	var t *tx
	if o.database != nil {
		t, err = o.database.begin(ctx, m)
	} else {
		t, err = beginOn(ctx, o.postgres, postgres, nil)
	}
	if err != nil {
		return err
	}
	defer t.rollback()
	if o.postgres != nil && m == acting { // one after the other, as on SQLite: what was looked at still holds
		if err := t.run(ctx, fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", o.turn)); err != nil {
			return err
		}
	}
	if err := work(t); err != nil || m == reading {
		return err
	}
	return t.commit()
}

func (o *Office) now() int64 { return o.config.Now().Unix() }

// Accounts are all accounts, by their names as folded.
func (o *Office) Accounts(ctx context.Context) (all []access.Account, err error) {
	defer fault.Wrap(&err, "listing accounts")
	err = o.read(ctx, func(t *tx) (err error) {
		all, err = collect(ctx, Reader{t: t}, scanAccount, `SELECT account, name, role FROM o_account ORDER BY folded`)
		return err
	})
	return all, err
}

func scanAccount(rows *sql.Rows) (a access.Account, err error) {
	err = rows.Scan(&a.ID, &a.Name, &a.Role)
	return a, err
}

// longestName is how many characters an account's name may have.
const longestName = 200

// accountName is a name as it is kept: the journal will have it as the actor's.
func accountName(name string) (kept, folded string, err error) {
	kept = strings.Join(strings.Fields(name), " ")
	folded = names.Fold(kept)
	if folded == "" || utf8.RuneCountInString(kept) > longestName || !utf8.ValidString(kept) || strings.ContainsFunc(kept, disguises) {
		return "", "", fmt.Errorf("%w: the name of an account needs letters or digits, has at most %d characters, and none that control or turn the text; accepted is a name or a role that colleagues know", fault.Invalid, longestName)
	}
	return kept, folded, nil
}

// disguises tells the characters that make a name look like another one: those
// that control, and those that turn the direction of what follows (Unicode
// Standard Annex 9, section 2). Joiners, which scripts need, are none of them.
func disguises(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// meet answers the account of a name, and makes it where the name is new and a
// role is given. A role that an account does not have yet becomes its own.
func (o *Office) meet(ctx context.Context, t *tx, name string, role access.Role) (a access.Account, err error) {
	kept, folded, err := accountName(name)
	if err != nil {
		return a, err
	}
	if role != "" {
		if role, err = access.ParseRole(string(role)); err != nil {
			return a, err
		}
	}
	err = t.get(ctx, []any{&a.ID, &a.Name, &a.Role}, `SELECT account, name, role FROM o_account WHERE folded = ?`, folded)
	switch {
	case err == nil && (role == "" || role == a.Role):
		return a, nil
	case err == nil:
		a.Role = role
		_, err = t.exec(ctx, `UPDATE o_account SET role = ? WHERE account = ?`, string(role), a.ID)
		return a, err
	case !errors.Is(err, sql.ErrNoRows):
		return a, err
	case role == "":
		return a, fmt.Errorf("%w: there is no account %q; a new one needs a role: member, auditor or administrator", fault.NotFound, kept)
	}
	id, err := register.NewID(o.config.Rand, "a")
	if err != nil {
		return a, err
	}
	a = access.Account{ID: id, Name: kept, Role: role}
	_, err = t.exec(ctx, `INSERT INTO o_account (account, name, folded, role, made, language, look) VALUES (?, ?, ?, ?, ?, '', '')`,
		a.ID, a.Name, folded, string(role), o.now())
	return a, err
}

// Dismiss ends all sessions, links and other ways to sign in of an account, which stays: the journal
// names it. It can be invited again.
func (o *Office) Dismiss(ctx context.Context, account string) (err error) {
	defer fault.Wrap(&err, "dismissing the account %s", account)
	return o.write(ctx, func(t *tx) error {
		var n int64
		if err := t.get(ctx, []any{&n}, `SELECT COUNT(*) FROM o_account WHERE account = ?`, account); err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%w: there is no such account", fault.NotFound)
		}
		if _, err := t.exec(ctx, `DELETE FROM o_link WHERE account = ?`, account); err != nil {
			return err
		}
		if err := forgetWays(ctx, t, account); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM o_sitting WHERE account = ?`, account)
		return err
	})
}

// moment is a time as the office keeps it.
func moment(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
