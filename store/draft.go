// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"recount/fault"
)

// Draft is what an account has typed into a form and not sent. It is
// operational: no entry speaks of it, a rebuild carries it over, and an
// erasure takes out those that name whom it forgets.
type Draft struct {
	Account, Form, About string // Form: the form's name; About: the thing's id, "" for a new one
	Fields               map[string][]string
	Changed              time.Time
	Base                 int64 // the entry that the form was made from; -1: none
}

// mostDrafts is how many drafts an account may have in a case.
const mostDrafts = 100

// longestDraft bounds a draft's fields, in bytes of JSON.
const longestDraft = 1 << 20

// longestDraftName bounds a draft's account, form and id, in bytes.
const longestDraftName = 200

// KeepDraft keeps a draft in the place of the account's earlier one of that form.
func (c *Case) KeepDraft(ctx context.Context, d Draft) (err error) {
	defer fault.Wrap(&err, "keeping a draft of %s", d.Form)
	if err := c.grows(); err != nil {
		return err
	}
	for _, name := range []string{d.Account, d.Form, d.About} {
		if len(name) > longestDraftName || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return fmt.Errorf("%w: account, form and id of a draft; text of at most %d bytes each is accepted", fault.Invalid, longestDraftName)
		}
	}
	if d.Account == "" || d.Form == "" || d.Base < -1 {
		return fmt.Errorf("%w: a draft without its account, its form or the entry that it was made from; both names, and an entry or -1, are accepted", fault.Invalid)
	}
	fields, err := draftText(d.Fields)
	if err != nil {
		return err
	}
	if len(fields) > longestDraft {
		return fmt.Errorf("%w: a draft of %d bytes; up to %d are kept. Send the form, or shorten what is in it: the page still has all of it", fault.Invalid, len(fields), longestDraft)
	}
	return c.office(ctx, acting, func(t *tx) error {
		var others int64
		if err := t.get(ctx, []any{&others}, `SELECT COUNT(*) FROM o_draft WHERE account = ? AND NOT (form = ? AND about = ?)`, d.Account, d.Form, d.About); err != nil {
			return err
		}
		if others >= mostDrafts {
			return fmt.Errorf("%w: %d drafts of this account are kept already; send or drop some", fault.Conflict, others)
		}
		_, err := t.exec(ctx, `INSERT INTO o_draft (account, form, about, fields, changed, base) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (account, form, about) DO UPDATE SET fields = excluded.fields, changed = excluded.changed, base = excluded.base`,
			d.Account, d.Form, d.About, fields, c.now().Unix(), d.Base)
		return err
	})
}

// draftText is the canonical JSON of a draft's fields: names in order, no
// spaces, characters as themselves.
func draftText(fields map[string][]string) (string, error) {
	if fields == nil {
		fields = map[string][]string{}
	}
	var text strings.Builder
	to := json.NewEncoder(&text)
	to.SetEscapeHTML(false)
	err := to.Encode(fields)
	return strings.TrimSuffix(text.String(), "\n"), err
}

// makeOffice makes the operational tables that a case of an earlier release lacks.
func (c *Case) makeOffice(ctx context.Context) error {
	for name, schema := range map[string]string{"o_draft": draftSchema, "o_staging": stagingSchema} {
		there := false
		err := c.office(ctx, reading, func(t *tx) (err error) {
			there, err = t.has(ctx, name)
			return err
		})
		if err == nil && !there {
			err = c.office(ctx, acting, func(t *tx) error { return t.script(ctx, schema) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// office does work on the case's operational tables.
func (c *Case) office(ctx context.Context, m mode, work func(*tx) error) error {
	t, err := c.place.begin(ctx, m)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := work(t); err != nil || m == reading {
		return err
	}
	return t.commit()
}

const dropDraft = `DELETE FROM o_draft WHERE account = ? AND form = ? AND about = ?`

const draftColumns = `SELECT account, form, about, fields, changed, base FROM o_draft`

// Draft is the account's draft of a form; fault.NotFound where there is none.
func (c *Case) Draft(ctx context.Context, account, form, about string) (d Draft, err error) {
	all, err := c.drafts(ctx, draftColumns+` WHERE account = ? AND form = ? AND about = ?`, account, form, about)
	if err != nil {
		return d, err
	}
	if len(all) == 0 {
		return d, fmt.Errorf("%w: no draft of this form is kept", fault.NotFound)
	}
	return all[0], nil
}

// Drafts are the account's drafts, the one last typed in first.
func (c *Case) Drafts(ctx context.Context, account string) ([]Draft, error) {
	return c.drafts(ctx, draftColumns+` WHERE account = ? ORDER BY changed DESC, form, about`, account)
}

func (c *Case) drafts(ctx context.Context, query string, args ...any) (all []Draft, err error) {
	defer fault.Wrap(&err, "reading drafts")
	err = c.office(ctx, reading, func(t *tx) (err error) {
		all, err = collect(ctx, Reader{t: t}, scanDraft, query, args...)
		return err
	})
	return all, err
}

func scanDraft(rows *sql.Rows) (d Draft, err error) {
	var fields string
	var changed int64
	if err := rows.Scan(&d.Account, &d.Form, &d.About, &fields, &changed, &d.Base); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(fields), &d.Fields); err != nil {
		return d, fmt.Errorf("%w: the draft of %s is damaged; it can be dropped: %w", fault.Tampered, d.Form, err)
	}
	d.Changed = moment(changed)
	return d, nil
}

// DropDraft lets a draft go, if there is one.
func (c *Case) DropDraft(ctx context.Context, account, form, about string) (err error) {
	defer fault.Wrap(&err, "dropping a draft of %s", form)
	return c.office(ctx, acting, func(t *tx) error {
		_, err := t.exec(ctx, dropDraft, account, form, about)
		return err
	})
}
