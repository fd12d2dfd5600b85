// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"recount/audit"
	"recount/fault"
)

// Forget destroys the keys of what was searched for before a moment, and notes
// that it did. The other keys are wrapped anew under a new key, and the old one
// is destroyed, so that older copies of the tables open none of these texts. The
// events stay. It answers how many texts were forgotten.
func (a *Audit) Forget(ctx context.Context, before time.Time, actor, why string) (n int64, err error) {
	defer fault.Wrap(&err, "forgetting search texts of %s", a.whose)
	err = a.alone(ctx, func(t *tx) error {
		done, err := t.exec(ctx, `DELETE FROM a_key WHERE time < ?`, audit.At(before))
		if err != nil {
			return err
		}
		if n, err = done.RowsAffected(); err != nil {
			return err
		}
		if err := a.rewrap(ctx, t); err != nil {
			return err
		}
		e := audit.Event{Actor: actor, Act: audit.Forgot, Kind: "audit", ID: "before " + audit.At(before), Shown: n, Why: strings.TrimSpace(why)}
		return a.append(ctx, t, Look{Event: e})
	})
	if err != nil {
		return 0, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.in(ctx, reading, func(t *tx) error { return a.readKeys(ctx, t) }); err != nil {
		return 0, err
	}
	return n, a.destroyOld()
}

type wrappedKey struct {
	seq     int64
	words   []byte
	wrapped []byte
}

// rewrap wraps what is kept under a new key.
func (a *Audit) rewrap(ctx context.Context, t *tx) error {
	next, err := newEpoch(a.config, a.keyDir, a.number+1)
	if err != nil {
		return err
	}
	keys, err := collect(ctx, Reader{t: t}, func(rows *sql.Rows) (k wrappedKey, err error) {
		err = rows.Scan(&k.seq, &k.words, &k.wrapped)
		return k, err
	}, `SELECT k.seq, w.body, k.wrapped FROM a_key k JOIN a_words w ON w.seq = k.seq ORDER BY k.seq`)
	if err != nil {
		return err
	}
	from, to := newWrapper(a.key), newWrapper(next)
	for _, k := range keys {
		if len(k.wrapped) != 32 {
			return fmt.Errorf("%w: the key of event %d has %d bytes; 32 were written", fault.Tampered, k.seq, len(k.wrapped))
		}
		sum := sha256.Sum256(k.words)
		wrapped := to.wrap(tagAudit, sum, from.wrap(tagAudit, sum, [32]byte(k.wrapped)))
		if _, err := t.exec(ctx, `UPDATE a_key SET wrapped = ? WHERE seq = ?`, wrapped[:], k.seq); err != nil {
			return err
		}
	}
	return a.writeKeys(ctx, t, next, a.number+1)
}
