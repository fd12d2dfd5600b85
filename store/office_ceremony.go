// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"recount/fault"
)

// mostCeremonies is how many may be under way: anybody can begin one. The oldest
// go for further ones.
const mostCeremonies = 10_000

// BeginCeremony keeps what the second half of a ceremony needs and whoever ends
// it must not choose: a challenge, who asked. kind tells ceremonies apart, account
// is "" where nobody is known yet. Whoever holds the secret can end it, once, until
// it is out of date.
func (o *Office) BeginCeremony(ctx context.Context, kind, account string, pending []byte, lasts time.Duration) (secret string, err error) {
	defer fault.Wrap(&err, "beginning to sign in")
	secret, hash, err := o.secret()
	if err != nil {
		return "", err
	}
	err = o.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM o_ceremony WHERE until <= ?`, o.now()); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM o_ceremony WHERE hash IN (SELECT hash FROM o_ceremony ORDER BY until DESC, hash LIMIT ? OFFSET ?)`, mostCeremonies, mostCeremonies-1)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO o_ceremony (hash, kind, account, pending, until) VALUES (?, ?, ?, ?, ?)`,
			hash, kind, account, pending, o.now()+int64(lasts/time.Second))
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// EndCeremony answers what was kept, and uses it up. fault.NotFound where it was
// ended before, is out of date, of another kind or account, or was never begun.
func (o *Office) EndCeremony(ctx context.Context, kind, account, secret string) (pending []byte, err error) {
	defer fault.Wrap(&err, "signing in")
	err = o.write(ctx, func(t *tx) error {
		err := t.get(ctx, []any{&pending}, `DELETE FROM o_ceremony WHERE hash = ? AND kind = ? AND account = ? AND until > ? RETURNING pending`,
			hashed(secret), kind, account, o.now())
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: this took too long, or was ended before (accepted: to begin again)", fault.NotFound)
		}
		return err
	})
	return pending, err
}
