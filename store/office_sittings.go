// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"recount/fault"
)

// Sitting is a session as whoever may end it sees it.
type Sitting struct {
	ID          string
	Began, Seen time.Time // Seen to the minute
	Agent       string    // what kind of browser it is, coarsely; "" where it did not say
}

// Sessions are the sessions of an account that are going on, the newest first.
func (o *Office) Sessions(ctx context.Context, account string) (all []Sitting, err error) {
	defer fault.Wrap(&err, "listing the sessions of %s", account)
	began, seen := o.alive()
	err = o.read(ctx, func(t *tx) (err error) {
		all, err = collect(ctx, Reader{t: t}, scanSitting,
			`SELECT id, began, seen, agent FROM o_sitting WHERE account = ? AND began > ? AND seen > ? ORDER BY began DESC, id`, account, began, seen)
		return err
	})
	return all, err
}

func scanSitting(rows *sql.Rows) (s Sitting, err error) {
	var began, seen int64
	err = rows.Scan(&s.ID, &began, &seen, &s.Agent)
	s.Began, s.Seen = moment(began), moment(seen)
	return s, err
}

// EndSession ends one session of an account. fault.NotFound where it has none of that id.
func (o *Office) EndSession(ctx context.Context, account, id string) (err error) {
	defer fault.Wrap(&err, "ending a session")
	return o.write(ctx, func(t *tx) error {
		changed, err := t.exec(ctx, `DELETE FROM o_sitting WHERE account = ? AND id = ?`, account, id)
		if err != nil {
			return err
		}
		n, err := changed.RowsAffected()
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: there is no such session of this account", fault.NotFound)
		}
		return err
	})
}

// EndSessions ends all sessions of an account but one; but is that one's id, "" ends all.
func (o *Office) EndSessions(ctx context.Context, account, but string) (err error) {
	defer fault.Wrap(&err, "ending the sessions of %s", account)
	return o.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM o_sitting WHERE account = ? AND id <> ?`, account, but)
		return err
	})
}
