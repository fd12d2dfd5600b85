// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"recount/access"
	"recount/fault"
	"recount/internal/durable"
	"recount/names"
)

// Ways are what an account can sign in with, besides one-time links.
type Ways struct {
	Password time.Time // when it was set, with its codes; zero: there is none
	Recovery int64     // recovery codes that are left
}

// Password is what a password and the codes beside it are checked against.
type Password struct {
	Account string
	Hash    string // PHC string
	Secret  []byte // of the codes that change with time
	Failed  int64  // how often signing in failed in this window
}

// FailuresWindow is for how long failures to sign in are counted together.
const FailuresWindow = 15 * time.Minute

// Ways says what an account can sign in with.
func (o *Office) Ways(ctx context.Context, account string) (w Ways, err error) {
	defer fault.Wrap(&err, "looking up ways to sign in")
	err = o.read(ctx, func(t *tx) error {
		var made int64
		err := t.get(ctx, []any{&made}, `SELECT made FROM o_password WHERE account = ?`, account)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		w.Password = moment(made)
		return t.get(ctx, []any{&w.Recovery}, `SELECT COUNT(*) FROM o_recovery WHERE account = ?`, account)
	})
	return w, err
}

// SetPassword gives an account a password, the secret of its codes and the
// hashes of its recovery codes, in place of those that it had. step is the step
// of the code that confirmed it, which is thereby used. All other sessions end;
// but is the id of the one that stays.
func (o *Office) SetPassword(ctx context.Context, account, but, hash string, secret []byte, step int64, recovery [][]byte) (err error) {
	defer fault.Wrap(&err, "setting a password")
	return o.write(ctx, func(t *tx) error {
		w, err := o.wrapper(true)
		if err != nil {
			return err
		}
		sealed, err := w.sealSecret("codes of "+account, string(secret), o.config.Rand)
		if err != nil {
			return err
		}
		if err := forget(ctx, t, account); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO o_password (account, hash, sealed, step, made) VALUES (?, ?, ?, ?, ?)`, account, hash, sealed, step, o.now()); err != nil {
			return err
		}
		for _, h := range recovery {
			if _, err := t.exec(ctx, `INSERT INTO o_recovery (account, hash) VALUES (?, ?)`, account, h); err != nil {
				return err
			}
		}
		_, err = t.exec(ctx, `DELETE FROM o_sitting WHERE account = ? AND id <> ?`, account, but)
		return err
	})
}

// ForgetPassword takes an account's password, codes and recovery codes away.
func (o *Office) ForgetPassword(ctx context.Context, account string) (err error) {
	defer fault.Wrap(&err, "taking a password away")
	return o.write(ctx, func(t *tx) error { return forget(ctx, t, account) })
}

func forget(ctx context.Context, t *tx, account string) error {
	if _, err := t.exec(ctx, `DELETE FROM o_password WHERE account = ?`, account); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM o_recovery WHERE account = ?`, account)
	return err
}

// forgetWays takes away everything that an account can sign in with but links.
func forgetWays(ctx context.Context, t *tx, account string) error {
	for _, table := range []string{"o_passkey", "o_institution", "o_ceremony"} {
		if _, err := t.exec(ctx, `DELETE FROM `+table+` WHERE account = ?`, account); err != nil {
			return err
		}
	}
	return forget(ctx, t, account)
}

// PasswordOf is what the password of an account of that name is checked
// against; fault.NotFound where there is no such account or it has none.
func (o *Office) PasswordOf(ctx context.Context, name string) (p Password, err error) {
	var sealed []byte
	err = o.read(ctx, func(t *tx) error {
		err := t.get(ctx, []any{&p.Account, &p.Hash, &sealed}, `SELECT a.account, w.hash, w.sealed FROM o_account a JOIN o_password w ON w.account = a.account WHERE a.folded = ?`, names.Fold(name))
		if err != nil {
			return err
		}
		return t.get(ctx, []any{&p.Failed}, `SELECT COALESCE(MAX(n), 0) FROM o_failed WHERE account = ? AND since = ?`, p.Account, o.window())
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Password{}, fmt.Errorf("%w: nobody of that name has a password", fault.NotFound)
	}
	if err != nil {
		return Password{}, err
	}
	w, err := o.wrapper(false)
	if err != nil {
		return Password{}, err
	}
	secret, err := w.openSecret("codes of "+p.Account, sealed)
	p.Secret = []byte(secret)
	return p, err
}

// EnterByCode begins a session of somebody whose password was right, and uses up
// the code of a step; one of that step or an earlier one that was used before is
// fault.NotFound. Of two who come with one code at once one gets in.
func (o *Office) EnterByCode(ctx context.Context, account string, step int64, agent string) (token string, who access.Account, err error) {
	return o.enterBy(ctx, account, agent, `UPDATE o_password SET step = ? WHERE account = ? AND step < ?`, step, account, step)
}

// EnterByRecovery does the same with a recovery code, by its hash.
func (o *Office) EnterByRecovery(ctx context.Context, account string, hash []byte, agent string) (token string, who access.Account, err error) {
	return o.enterBy(ctx, account, agent, `DELETE FROM o_recovery WHERE account = ? AND hash = ?`, account, hash)
}

func (o *Office) enterBy(ctx context.Context, account, agent, use string, args ...any) (token string, who access.Account, err error) {
	defer fault.Wrap(&err, "signing in")
	err = o.write(ctx, func(t *tx) error {
		changed, err := t.exec(ctx, use, args...)
		if err != nil {
			return err
		}
		n, err := changed.RowsAffected()
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: this code is used or was never given", fault.NotFound)
		}
		if err != nil {
			return err
		}
		who, token, err = o.begin(ctx, t, account, agent)
		return err
	})
	return token, who, err
}

// window is when the window of failures that is going on began.
func (o *Office) window() int64 {
	return o.now() - o.now()%int64(FailuresWindow/time.Second)
}

// NoteFailed counts a failure to sign in: one row for each account and window;
// account "" counts all names that nobody has together. Rows of more than a day
// ago go.
func (o *Office) NoteFailed(ctx context.Context, account string) (err error) {
	defer fault.Wrap(&err, "counting a failure to sign in")
	return o.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM o_failed WHERE since < ?`, o.now()-24*60*60); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO o_failed (account, since, n) VALUES (?, ?, 1) ON CONFLICT (account, since) DO UPDATE SET n = o_failed.n + 1`, account, o.window())
		return err
	})
}

// wrapper seals the secrets of codes, by a key in a file apart from the tables,
// which is made when it is first needed. In an encrypted archive the file is too.
func (o *Office) wrapper(makes bool) (*wrapper, error) {
	dir := filepath.Join(o.config.Dir, "office-key")
	if _, err := o.config.readFile(epochFile(dir, 1)); makes && errors.Is(err, fs.ErrNotExist) {
		if err := durable.MakeDirs(o.config.Files, dir, 0o700); err != nil {
			return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		if _, err := newEpoch(o.config, dir, 1); err != nil {
			return nil, err
		}
	}
	key, err := readEpoch(o.config, dir, 1)
	if err != nil {
		return nil, fmt.Errorf("the key of the office: %w", err)
	}
	return newWrapper(key), nil
}
