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
	"recount/register"
)

// Vouched is who an account is to an institution that vouches for it (OpenID
// Connect Core 1.0, section 2: "sub" is unique within "iss" and never reassigned).
type Vouched struct {
	ID              string // names it to its holder; opens nothing
	Issuer, Subject string
	Made            time.Time
	Used            time.Time // zero: never
}

// VouchedFor are an account's, the oldest first.
func (o *Office) VouchedFor(ctx context.Context, account string) (all []Vouched, err error) {
	defer fault.Wrap(&err, "listing who vouches for an account")
	err = o.read(ctx, func(t *tx) (err error) {
		all, err = collect(ctx, Reader{t: t}, scanVouched, `SELECT id, issuer, subject, made, used FROM o_institution WHERE account = ? ORDER BY made, id`, account)
		return err
	})
	return all, err
}

func scanVouched(rows *sql.Rows) (b Vouched, err error) {
	var made, used int64
	err = rows.Scan(&b.ID, &b.Issuer, &b.Subject, &made, &used)
	b.Made, b.Used = moment(made), past(used)
	return b, err
}

// Vouch binds an account to whom an institution says somebody is. fault.Conflict
// where that one is bound already, or the account to another one of the same institution.
func (o *Office) Vouch(ctx context.Context, account, issuer, subject string) (err error) {
	defer fault.Wrap(&err, "connecting an account")
	if issuer == "" || subject == "" || len(subject) > 255 { // OpenID Connect Core 1.0, section 2: at most 255
		return fmt.Errorf("%w: an issuer and a subject of at most 255 characters are accepted", fault.Invalid)
	}
	id, err := register.NewID(o.config.Rand, "v")
	if err != nil {
		return err
	}
	return o.write(ctx, func(t *tx) error {
		var taken, other int64
		if err := t.get(ctx, []any{&taken, &other}, `SELECT COALESCE(SUM(CASE WHEN subject = ? THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN account = ? THEN 1 ELSE 0 END), 0) FROM o_institution WHERE issuer = ?`,
			subject, account, issuer); err != nil {
			return err
		}
		if taken+other > 0 {
			return fmt.Errorf("%w: this account, or whom the institution says you are, is connected already (accepted: to disconnect first, in the account that is)", fault.Conflict)
		}
		_, err := t.exec(ctx, `INSERT INTO o_institution (issuer, subject, id, account, made, used) VALUES (?, ?, ?, ?, ?, 0)`, issuer, subject, id, account, o.now())
		return err
	})
}

// EndVouched undoes it.
func (o *Office) EndVouched(ctx context.Context, account, id string) (err error) {
	defer fault.Wrap(&err, "disconnecting an account")
	return o.write(ctx, func(t *tx) error {
		return touch(ctx, t, fmt.Errorf("%w: this account is not connected so", fault.NotFound), `DELETE FROM o_institution WHERE account = ? AND id = ?`, account, id)
	})
}

// EnterVouched begins a session of the account that is bound to a subject of an
// issuer; fault.NotFound where none is.
func (o *Office) EnterVouched(ctx context.Context, issuer, subject, agent string) (token string, who access.Account, err error) {
	defer fault.Wrap(&err, "signing in")
	err = o.write(ctx, func(t *tx) error {
		var account string
		err := t.get(ctx, []any{&account}, `UPDATE o_institution SET used = ? WHERE issuer = ? AND subject = ? RETURNING account`, o.now(), issuer, subject)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: no account is connected to whom the institution says this is", fault.NotFound)
		}
		if err != nil {
			return err
		}
		who, token, err = o.begin(ctx, t, account, agent)
		return err
	})
	return token, who, err
}
