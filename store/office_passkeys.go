// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"recount/fault"
	"recount/register"
)

// Passkey is the public half of a passkey of an account.
type Passkey struct {
	ID         string // names it to its holder; opens nothing
	Name       string // as its holder calls it
	Site       string // the host that it is bound to
	Credential []byte // the device's id of it
	Record     []byte // what a signature is checked against
	Counter    uint32 // how often it has signed, by what the device says
	Made       time.Time
	Used       time.Time // zero: never
	Copied     time.Time // when its counter went back; zero: never
}

// mostPasskeys is how many an account may have, longestPasskey how long a name is.
const (
	mostPasskeys   = 30
	longestPasskey = 100
)

// Passkeys are those of an account, in the order in which they were made.
func (o *Office) Passkeys(ctx context.Context, account string) (all []Passkey, err error) {
	defer fault.Wrap(&err, "listing passkeys")
	err = o.read(ctx, func(t *tx) (err error) {
		all, err = collect(ctx, Reader{t: t}, scanPasskey, selectPasskey+` WHERE account = ? ORDER BY made, id`, account)
		return err
	})
	return all, err
}

// PasskeyOf is the passkey of an account with the device's id; fault.NotFound
// where it has none such.
func (o *Office) PasskeyOf(ctx context.Context, account string, credential []byte) (k Passkey, err error) {
	defer fault.Wrap(&err, "looking up a passkey")
	err = o.read(ctx, func(t *tx) error {
		all, err := collect(ctx, Reader{t: t}, scanPasskey, selectPasskey+` WHERE account = ? AND credential = ?`, account, credential)
		if err == nil && len(all) == 0 {
			err = errNoPasskey()
		}
		if err == nil {
			k = all[0]
		}
		return err
	})
	return k, err
}

const selectPasskey = `SELECT id, name, site, credential, record, counter, made, used, copied FROM o_passkey`

func scanPasskey(rows *sql.Rows) (k Passkey, err error) {
	var made, used, copied int64
	err = rows.Scan(&k.ID, &k.Name, &k.Site, &k.Credential, &k.Record, &k.Counter, &made, &used, &copied)
	k.Made, k.Used, k.Copied = moment(made), past(used), past(copied)
	return k, err
}

// past is a moment, or the zero time for one that never was.
func past(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return moment(seconds)
}

func errNoPasskey() error {
	return fmt.Errorf("%w: this account has no such passkey", fault.NotFound)
}

// passkeyName is a passkey's name as it is kept.
func passkeyName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || utf8.RuneCountInString(name) > longestPasskey || !utf8.ValidString(name) || strings.ContainsFunc(name, disguises) {
		return "", fmt.Errorf("%w: name: a passkey's name has from 1 to %d characters and none that control or turn the text; accepted is what tells your devices apart, such as “blue laptop”", fault.Invalid, longestPasskey)
	}
	return name, nil
}

// AddPasskey gives an account one more. Of the passkey it takes name, site, what
// the device calls it, the record and the counter. fault.Conflict where
// an account has that one, or as many as it may have.
func (o *Office) AddPasskey(ctx context.Context, account string, k Passkey) (err error) {
	defer fault.Wrap(&err, "adding a passkey")
	name, err := passkeyName(k.Name)
	if err != nil {
		return err
	}
	id, err := register.NewID(o.config.Rand, "v") // as sessions: what somebody is in by
	if err != nil {
		return err
	}
	return o.write(ctx, func(t *tx) error {
		var n, same int64
		if err := t.get(ctx, []any{&n, &same}, `SELECT COALESCE(SUM(CASE WHEN account = ? THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN credential = ? THEN 1 ELSE 0 END), 0) FROM o_passkey`, account, k.Credential); err != nil {
			return err
		}
		if same > 0 {
			return fmt.Errorf("%w: this passkey is in use already (accepted: one that is new)", fault.Conflict)
		}
		if n >= mostPasskeys {
			return fmt.Errorf("%w: the account has %d passkeys, as many as it may have (accepted: to remove one first)", fault.Conflict, n)
		}
		_, err := t.exec(ctx, `INSERT INTO o_passkey (id, account, credential, record, counter, name, site, made, used, copied) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
			id, account, k.Credential, k.Record, int64(k.Counter), name, k.Site, o.now())
		return err
	})
}

// NamePasskey gives a passkey of an account another name.
func (o *Office) NamePasskey(ctx context.Context, account, id, name string) (err error) {
	defer fault.Wrap(&err, "naming a passkey")
	if name, err = passkeyName(name); err != nil {
		return err
	}
	return o.changePasskey(ctx, `UPDATE o_passkey SET name = ? WHERE account = ? AND id = ?`, name, account, id)
}

// RemovePasskey takes one away; nobody signs in by it any more.
func (o *Office) RemovePasskey(ctx context.Context, account, id string) (err error) {
	defer fault.Wrap(&err, "removing a passkey")
	return o.changePasskey(ctx, `DELETE FROM o_passkey WHERE account = ? AND id = ?`, account, id)
}

// PasskeyCopied notes that a passkey's counter went back.
func (o *Office) PasskeyCopied(ctx context.Context, account string, credential []byte) (err error) {
	defer fault.Wrap(&err, "noting that there is a copy of a passkey")
	return o.changePasskey(ctx, `UPDATE o_passkey SET copied = ? WHERE account = ? AND credential = ?`, o.now(), account, credential)
}

func (o *Office) changePasskey(ctx context.Context, change string, args ...any) error {
	return o.write(ctx, func(t *tx) error { return touch(ctx, t, errNoPasskey(), change, args...) })
}

// touch changes something that has to be there.
func touch(ctx context.Context, t *tx, none error, change string, args ...any) error {
	changed, err := t.exec(ctx, change, args...)
	if err != nil {
		return err
	}
	n, err := changed.RowsAffected()
	if err == nil && n == 0 {
		err = none
	}
	return err
}

// EnterByPasskey begins a session of somebody whose passkey signed: was is the
// passkey as the signature was checked against, record and counter what to keep of it. Of two who
// come with one count at once one gets in, unless the device does not count.
func (o *Office) EnterByPasskey(ctx context.Context, account string, was Passkey, record []byte, counter uint32, agent string) (token string, err error) {
	defer fault.Wrap(&err, "signing in")
	err = o.write(ctx, func(t *tx) error {
		err := touch(ctx, t, fmt.Errorf("%w: the passkey was removed or used meanwhile", fault.NotFound),
			`UPDATE o_passkey SET record = ?, counter = ?, used = ? WHERE id = ? AND account = ? AND counter = ?`,
			record, int64(counter), o.now(), was.ID, account, int64(was.Counter))
		if err != nil {
			return err
		}
		_, token, err = o.begin(ctx, t, account, agent)
		return err
	})
	return token, err
}
