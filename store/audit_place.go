// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"recount/fault"
	"recount/internal/durable"
)

// auditPlace is whose an audit journal is, and where it lies.
type auditPlace struct {
	config     Config
	whose      string // "case harbour-2031", in errors
	of         string // the origin of the case; "" of the archive's own
	publicName string
	dir        string // of the file, with SQLite
	keyDir     string
	schema     string // with PostgreSQL
}

// archiveAuditKeys is the folder in keys that has those of the archive's own
// audit journal. No case can have this id.
const archiveAuditKeys = "archive.audit"

func (c *Case) auditPlace() auditPlace {
	return auditPlace{
		config: c.config, whose: "case " + c.id, of: c.origin, publicName: c.publicName,
		dir: filepath.Join(c.dir, "audit"), keyDir: filepath.Join(c.keyDir, "audit"), schema: schemaOf(c.id) + "_audit",
	}
}

func (a *Archive) auditPlace() auditPlace {
	return auditPlace{
		config: a.config, whose: "the archive", publicName: a.about.PublicName,
		dir: filepath.Join(a.config.Dir, "office", "audit"), keyDir: filepath.Join(a.config.Dir, "keys", archiveAuditKeys),
		schema: ArchiveAuditSchema(a.about.PublicName),
	}
}

// ArchiveAuditSchema is the schema of the archive's own audit journal in PostgreSQL.
func ArchiveAuditSchema(publicName string) string { return OfficeSchema(publicName) + "_audit" }

// Audit opens the case's audit journal, once, and makes it where there is none yet.
func (c *Case) Audit(ctx context.Context) (*Audit, error) {
	c.auditing.Lock()
	defer c.auditing.Unlock()
	return auditAt(ctx, &c.audit, c.auditPlace())
}

// Audit opens the archive's own audit journal, once, and makes it where there is
// none yet. It has what belongs to no case: who signed in, what was done to
// accounts, and what was asked for outside of cases.
func (a *Archive) Audit(ctx context.Context) (*Audit, error) {
	a.auditing.Lock()
	defer a.auditing.Unlock()
	return auditAt(ctx, &a.audit, a.auditPlace())
}

// Audited tells whether anybody has looked at the case yet: whether it has an
// audit journal. It makes none to find that out.
func (c *Case) Audited() (bool, error) { return c.auditPlace().begun() }

// Audited tells whether the archive has an audit journal of its own.
func (a *Archive) Audited() (bool, error) { return a.auditPlace().begun() }

func (p auditPlace) begun() (bool, error) {
	for _, name := range []string{filepath.Join(p.keyDir, "head"), filepath.Join(p.dir, "audit.db")} {
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			if err != nil {
				err = fmt.Errorf("%w: the audit journal of %s: %w", fault.Unavailable, p.whose, err)
			}
			return err == nil, err
		}
	}
	return false, nil
}

func auditAt(ctx context.Context, at **Audit, place auditPlace) (_ *Audit, err error) {
	defer fault.Wrap(&err, "the audit journal of %s", place.whose)
	if *at != nil {
		return *at, nil
	}
	a, err := openAudit(place)
	if err == nil {
		err = a.begin(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	*at = a
	return a, nil
}

// openAudit opens the database, and reads nothing.
func openAudit(place auditPlace) (*Audit, error) {
	a := &Audit{auditPlace: place}
	if place.config.Postgres == "" {
		return a, a.openSQLite()
	}
	return a, a.openPostgres()
}

func (a *Audit) openSQLite() (err error) {
	if err := durable.MakeDirs(a.config.Files, a.dir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	a.database, err = a.config.disk().openDatabase(a.dir, filepath.Join(a.dir, "audit.db"), 1<<10)
	return err
}

func (a *Audit) openPostgres() error {
	p, err := openPostgres(a.config.Postgres, a.schema, a.config.Pause)
	if err != nil {
		return err
	}
	a.postgres, a.turn = p.tables, p.advisory("audit")
	return errors.Join(p.keys.Close(), p.leases.Close())
}

func (a *Audit) close() error {
	var errs []error
	if a.database != nil {
		errs = append(errs, a.database.close())
	}
	if a.postgres != nil {
		errs = append(errs, a.postgres.Close())
	}
	return errors.Join(errs...)
}
