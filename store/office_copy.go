// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"recount/access"
	"recount/fault"
)

// Accounts are all accounts of the archive, for a copy; none where no reading
// room was opened yet. In SQLite it makes no office to find that out.
func (a *Archive) Accounts(ctx context.Context) ([]access.Account, error) {
	if a.config.Postgres == "" {
		if _, err := os.Stat(filepath.Join(a.config.Dir, "office", "office.db")); errors.Is(err, fs.ErrNotExist) {
			return []access.Account{}, nil
		}
	}
	o, err := a.Office(ctx)
	if err != nil {
		return nil, err
	}
	return o.Accounts(ctx)
}

// PutBack makes accounts as a copy of the archive has them, with their ids. One
// that is there stays as it is. Nobody can sign in by that: whoever is to needs
// a new invitation.
func (o *Office) PutBack(ctx context.Context, accounts []access.Account) (err error) {
	defer fault.Wrap(&err, "putting accounts back")
	return o.write(ctx, func(t *tx) error {
		for _, a := range accounts {
			kept, folded, err := accountName(a.Name)
			if err != nil {
				return err
			}
			role, err := access.ParseRole(string(a.Role))
			if err != nil {
				return err
			}
			if a.ID == "" {
				return fmt.Errorf("%w: the account %q has no id", fault.Invalid, a.Name)
			}
			_, err = t.exec(ctx, `INSERT INTO o_account (account, name, folded, role, made, language, look) VALUES (?, ?, ?, ?, ?, '', '') ON CONFLICT DO NOTHING`,
				a.ID, kept, folded, string(role), o.now())
			if err != nil {
				return err
			}
		}
		return nil
	})
}
