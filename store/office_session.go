// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"recount/access"
	"recount/fault"
	"recount/register"
)

// SessionIdle is how long a session lives without a visit, SessionLasts how long
// it lives at all.
const (
	SessionIdle  = 30 * time.Minute
	SessionLasts = 12 * time.Hour
)

// longestLink is the longest that a one-time link may wait to be used.
const longestLink = 30 * 24 * time.Hour

// Session is somebody who is signed in, and how he likes the pages.
type Session struct {
	ID             string // names it, opens nothing
	Account        access.Account
	Language, Look string // "" where nothing was chosen
	Until          time.Time
}

// secret draws 32 bytes as text, and says the hash by which they are kept.
func (o *Office) secret() (text string, hash []byte, err error) {
	var raw [32]byte
	if _, err := io.ReadFull(o.config.Rand, raw[:]); err != nil {
		return "", nil, fmt.Errorf("%w: drawing a secret: %w", fault.Unavailable, err)
	}
	text = base64.RawURLEncoding.EncodeToString(raw[:])
	return text, hashed(text), nil
}

func hashed(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// errNoLink is said of a link that is used, out of date or was never made,
// without telling which.
func errNoLink() error {
	return fmt.Errorf("%w: this link is used up, out of date, or was never made", fault.NotFound)
}

// Invite makes a one-time link's secret for the account of that name, which is
// made where the name is new (role is then needed). role "" leaves an
// account's role as it is; another one becomes its role.
func (o *Office) Invite(ctx context.Context, name string, role access.Role, valid time.Duration) (secret string, err error) {
	defer fault.Wrap(&err, "inviting")
	if valid < time.Second || valid > longestLink {
		return "", fmt.Errorf("%w: a link that can be used for %s; from a second to %d days are accepted", fault.Invalid, valid, int(longestLink.Hours()/24))
	}
	err = o.write(ctx, func(t *tx) error {
		account, err := o.meet(ctx, t, name, role)
		if err != nil {
			return err
		}
		var hash []byte
		if secret, hash, err = o.secret(); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM o_link WHERE until <= ?`, o.now()); err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO o_link (hash, account, until) VALUES (?, ?, ?)`, hash, account.ID, o.now()+int64(valid/time.Second))
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Invited says whom a link signs in, without using it. fault.NotFound for one
// that is used, out of date or was never made.
func (o *Office) Invited(ctx context.Context, secret string) (a access.Account, err error) {
	err = o.read(ctx, func(t *tx) error {
		return t.get(ctx, []any{&a.ID, &a.Name, &a.Role}, `SELECT a.account, a.name, a.role FROM o_link l JOIN o_account a ON a.account = l.account
			WHERE l.hash = ? AND l.until > ?`, hashed(secret), o.now())
	})
	if errors.Is(err, sql.ErrNoRows) {
		return access.Account{}, errNoLink()
	}
	return a, err
}

// SignIn uses a link up and begins a session; of two who try at once one gets
// in. agent says coarsely what kind of browser it is, for whoever looks over his
// sessions. fault.NotFound as for Invited.
func (o *Office) SignIn(ctx context.Context, secret, agent string) (token string, who access.Account, err error) {
	defer fault.Wrap(&err, "signing in")
	err = o.write(ctx, func(t *tx) error {
		err := t.get(ctx, []any{&who.ID}, `DELETE FROM o_link WHERE hash = ? AND until > ? RETURNING account`, hashed(secret), o.now())
		if errors.Is(err, sql.ErrNoRows) {
			return errNoLink()
		}
		if err != nil {
			return err
		}
		who, token, err = o.begin(ctx, t, who.ID, agent)
		return err
	})
	if err != nil {
		return "", access.Account{}, err
	}
	return token, who, nil
}

func errNoSession() error { return fmt.Errorf("%w: this session is over", fault.NotFound) }

// longestAgent is how many bytes of what a browser is are kept.
const longestAgent = 60

// begin begins a session of an account, and sweeps out those that are over.
func (o *Office) begin(ctx context.Context, t *tx, account, agent string) (who access.Account, token string, err error) {
	err = t.get(ctx, []any{&who.ID, &who.Name, &who.Role}, `SELECT account, name, role FROM o_account WHERE account = ?`, account)
	if errors.Is(err, sql.ErrNoRows) {
		return who, "", fmt.Errorf("%w: there is no such account", fault.NotFound)
	}
	if err != nil {
		return who, "", err
	}
	token, hash, err := o.secret()
	if err != nil {
		return who, "", err
	}
	id, err := register.NewID(o.config.Rand, "v")
	if err != nil {
		return who, "", err
	}
	if len(agent) > longestAgent {
		agent = strings.ToValidUTF8(agent[:longestAgent], "")
	}
	began, seen := o.alive()
	if _, err := t.exec(ctx, `DELETE FROM o_sitting WHERE began <= ? OR seen <= ?`, began, seen); err != nil {
		return who, "", err
	}
	if _, err := t.exec(ctx, `INSERT INTO o_sitting (hash, id, account, began, seen, agent) VALUES (?, ?, ?, ?, ?, ?)`, hash, id, account, o.now(), o.now(), agent); err != nil {
		return who, "", err
	}
	return who, token, noteSeen(ctx, t, account, o.now())
}

// noteSeen keeps when an account was last seen, for longer than its sessions are kept.
func noteSeen(ctx context.Context, t *tx, account string, at int64) error {
	_, err := t.exec(ctx, `INSERT INTO o_seen (account, seen) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET seen = excluded.seen`, account, at)
	return err
}

// alive says after when a session has to have begun, and to have been seen, to
// be going on.
func (o *Office) alive() (began, seen int64) {
	return o.now() - int64(SessionLasts/time.Second), o.now() - int64(SessionIdle/time.Second)
}

// Session is who holds a token. A visit is noted, at most once a minute.
// fault.NotFound where the session is over or never was.
func (o *Office) Session(ctx context.Context, token string) (s Session, err error) {
	var began, seen int64
	after, since := o.alive()
	err = o.read(ctx, func(t *tx) error {
		return t.get(ctx, []any{&s.ID, &s.Account.ID, &s.Account.Name, &s.Account.Role, &s.Language, &s.Look, &began, &seen},
			`SELECT s.id, a.account, a.name, a.role, a.language, a.look, s.began, s.seen FROM o_sitting s JOIN o_account a ON a.account = s.account
			WHERE s.hash = ? AND s.began > ? AND s.seen > ?`, hashed(token), after, since)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, errNoSession()
	}
	if err != nil {
		return Session{}, err
	}
	if now := o.now(); now-seen >= 60 {
		seen = now
		err = o.write(ctx, func(t *tx) error {
			if _, err := t.exec(ctx, `UPDATE o_sitting SET seen = ? WHERE hash = ? AND seen < ?`, seen, hashed(token), seen); err != nil {
				return err
			}
			return noteSeen(ctx, t, s.Account.ID, seen)
		})
	}
	s.Until = moment(min(seen+int64(SessionIdle/time.Second), began+int64(SessionLasts/time.Second)))
	return s, err
}

// Prefer keeps how the holder of a token likes the pages, for all his
// sessions. fault.NotFound where the session is over.
func (o *Office) Prefer(ctx context.Context, token, language, look string) (err error) {
	defer fault.Wrap(&err, "keeping preferences")
	odd := func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if len(language) > 35 || strings.ContainsFunc(language, odd) || look != "" && look != "light" && look != "dark" { // BCP 47 section 4.4.1: 35 characters suffice
		return fmt.Errorf("%w: a language tag and a look (\"\", light or dark) are accepted", fault.Invalid)
	}
	after, since := o.alive()
	return o.write(ctx, func(t *tx) error {
		changed, err := t.exec(ctx, `UPDATE o_account SET language = ?, look = ? WHERE account = (SELECT account FROM o_sitting WHERE hash = ? AND began > ? AND seen > ?)`,
			language, look, hashed(token), after, since)
		if err != nil {
			return err
		}
		if n, err := changed.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errNoSession(), err)
		}
		return nil
	})
}

// SignOut ends the session of a token, if there is one.
func (o *Office) SignOut(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "signing out")
	return o.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM o_sitting WHERE hash = ?`, hashed(token))
		return err
	})
}
