// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"recount/access"
	"recount/fault"
	"recount/names"
)

// Enrolled is an account as whoever looks after the archive sees it.
type Enrolled struct {
	access.Account
	Password     bool      // with codes
	Recovery     int64     // recovery codes that are left
	Passkeys     int64     // how many
	Institutions int64     // how many vouch for it
	Links        int64     // one-time links that can still be used
	Sessions     int64     // that are going on
	Seen         time.Time // zero: never, or before this was kept
}

// Roll are all accounts with their ways to sign in, by their names as folded.
func (o *Office) Roll(ctx context.Context) (all []Enrolled, err error) {
	defer fault.Wrap(&err, "listing accounts")
	accounts, err := o.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	began, seen := o.alive()
	err = o.read(ctx, func(t *tx) error {
		for _, a := range accounts {
			e, last, password := Enrolled{Account: a}, int64(0), int64(0)
			err := t.get(ctx, []any{&password, &e.Recovery, &e.Passkeys, &e.Institutions, &e.Links, &e.Sessions, &last}, `SELECT
				(SELECT COUNT(*) FROM o_password WHERE account = ?), (SELECT COUNT(*) FROM o_recovery WHERE account = ?),
				(SELECT COUNT(*) FROM o_passkey WHERE account = ?), (SELECT COUNT(*) FROM o_institution WHERE account = ?),
				(SELECT COUNT(*) FROM o_link WHERE account = ? AND until > ?), (SELECT COUNT(*) FROM o_sitting WHERE account = ? AND began > ? AND seen > ?),
				COALESCE((SELECT MAX(seen) FROM o_seen WHERE account = ?), 0)`,
				a.ID, a.ID, a.ID, a.ID, a.ID, o.now(), a.ID, began, seen, a.ID)
			if err != nil {
				return err
			}
			e.Password, e.Seen = password > 0, past(last)
			all = append(all, e)
		}
		return nil
	})
	return all, err
}

// AccountNamed is the account of a name or an id; fault.NotFound where there is none.
func (o *Office) AccountNamed(ctx context.Context, name string) (a access.Account, err error) {
	accounts, err := o.Accounts(ctx)
	if err != nil {
		return a, err
	}
	for _, one := range accounts {
		if one.ID == name || names.Fold(one.Name) == names.Fold(name) {
			return one, nil
		}
	}
	return a, fmt.Errorf("%w: there is no account %.200q (accepted: a name or an id that recount account list shows)", fault.NotFound, name)
}

// Reset takes away all that an account signs in with, ends its sessions and its
// links, and answers the secret of a new link, in one transaction: whoever had
// got in is out, and only who gets this link gets in.
func (o *Office) Reset(ctx context.Context, account string, valid time.Duration) (secret string, err error) {
	defer fault.Wrap(&err, "resetting an account")
	if valid < time.Second || valid > longestLink {
		return "", fmt.Errorf("%w: a link that can be used for %s; from a second to %d days are accepted", fault.Invalid, valid, int(longestLink.Hours()/24))
	}
	secret, hash, err := o.secret()
	if err != nil {
		return "", err
	}
	err = o.write(ctx, func(t *tx) error {
		var id string
		err := t.get(ctx, []any{&id}, `SELECT account FROM o_account WHERE account = ?`, account)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: there is no such account", fault.NotFound)
		}
		if err != nil {
			return err
		}
		if err := forgetWays(ctx, t, account); err != nil {
			return err
		}
		for _, table := range []string{"o_link", "o_sitting"} {
			if _, err := t.exec(ctx, `DELETE FROM `+table+` WHERE account = ?`, account); err != nil {
				return err
			}
		}
		_, err = t.exec(ctx, `INSERT INTO o_link (hash, account, until) VALUES (?, ?, ?)`, hash, account, o.now()+int64(valid/time.Second))
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}
