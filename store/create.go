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
	"recount/journal"
	"recount/register"
)

// identity is what makes a case's log its own: the origin and the keys that
// sign its checkpoints and its seals.
type identity struct {
	publicName, origin string
	skey, vkey         string
	sealKey, sealVKey  string
}

// secrets of k_secret.
const (
	secretLog  = "log"
	secretSeal = "seal"
)

func (a *Archive) newIdentity(publicName string) (identity, error) {
	if publicName == "" {
		publicName = a.about.PublicName
	}
	n := identity{publicName: publicName}
	var err error
	if n.origin, err = journal.NewOrigin(a.config.Rand, publicName); err != nil {
		return n, err
	}
	if n.skey, n.vkey, err = journal.GenerateKey(a.config.Rand, n.origin); err != nil {
		return n, err
	}
	n.sealKey, n.sealVKey, err = journal.GenerateKey(a.config.Rand, n.origin+"/seal")
	return n, err
}

// NewCase makes a case and records that it was opened. It answers
// fault.Conflict where there is a case of that id.
func (a *Archive) NewCase(ctx context.Context, o Opening) (c *Case, err error) {
	defer fault.Wrap(&err, "making the case %q", o.CaseID)
	id, err := a.newIdentity(o.PublicName)
	if err != nil {
		return nil, err
	}
	draft := register.CaseOpened{Title: o.Title, PublicName: id.publicName}.Draft(o.Reason, o.Basis, o.Handling)
	err = a.makeCase(ctx, o.CaseID, id, func(c *Case, t *tx, keys *keyring) error {
		_, err := c.append(ctx, t, o.Actor, draft, func(seq int64, leaf journal.Leaf, key journal.Key) error {
			return keys.putEntry(ctx, seq, leaf, key)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.Case(ctx, o.CaseID)
}

// makeCase makes the folders, the first epoch key and the tables of a case and
// has fill write into them, all or nothing.
func (a *Archive) makeCase(ctx context.Context, id string, n identity, fill func(*Case, *tx, *keyring) error) error {
	if err := checkCaseID(id); err != nil {
		return err
	}
	c := a.newCase(id)
	for _, dir := range []string{c.dir, c.keyDir} {
		if err := durable.MakeDirs(a.config.Files, dir, 0o700); err != nil {
			return fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
	}
	release, err := fileLock(ctx, c.dir, "lock", true)
	if err != nil {
		return err
	}
	defer release()
	if _, err := os.Stat(currentFile(c.dir)); err == nil {
		return fmt.Errorf("%w: there is a case %q already", fault.Conflict, id)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if err := c.clearAway(); err != nil {
		return err
	}
	c.identity = n
	c.sealer = journal.NewSealer(a.config.Rand, n.origin)
	epoch, err := newEpoch(a.config, c.keyDir, 1)
	if err != nil {
		return err
	}
	err = a.makeTables(ctx, c, func(tables, keys *tx) error {
		tables.origin = n.origin
		ring := &keyring{t: keys, w: newWrapper(epoch)}
		if n.origin != "" { // a copy brings its own
			if err := n.write(ctx, tables, ring, a.config.Rand); err != nil {
				return err
			}
		}
		return fill(c, tables, ring)
	})
	if err != nil {
		return errors.Join(err, c.clearAway())
	}
	return nil
}

func (a *Archive) makeTables(ctx context.Context, c *Case, fill func(tables, keys *tx) error) error {
	if a.config.Postgres == "" {
		return newSQLite(ctx, a.config.disk(), c.dir, fill)
	}
	p, err := openPostgres(a.config.Postgres, schemaOf(c.id), c.pause)
	if err != nil {
		return err
	}
	if err := newPostgres(ctx, p, fill); err != nil {
		return errors.Join(err, p.close())
	}
	return errors.Join(generation{tables: 1, keys: 1}.write(a.config.Files, c.dir), p.close())
}

// clearAway removes what a making that was cut off has left. There is no
// CURRENT, so nothing of it was ever a case.
func (c *Case) clearAway() error {
	first := generation{tables: 1, keys: 1}
	d := c.config.disk()
	return errors.Join(d.removeDatabase(first.tablesFile(c.dir)), d.destroyDatabase(first.keysFile(c.dir)), d.destroyFile(epochFile(c.keyDir, 1)))
}

func schemaOf(id string) string { return "case_" + id }

// write keeps the identity of a new case.
func (n identity) write(ctx context.Context, tables *tx, keys *keyring, rand interface{ Read([]byte) (int, error) }) error {
	for _, row := range [][2]string{{"public_name", n.publicName}, {"origin", n.origin}, {"vkey", n.vkey}, {"seal_vkey", n.sealVKey}} {
		if _, err := tables.exec(ctx, `INSERT INTO j_case (name, value) VALUES (?, ?)`, row[0], row[1]); err != nil {
			return err
		}
	}
	if err := keys.putState(ctx, "epoch", keys.t.epoch); err != nil {
		return err
	}
	if n.skey == "" {
		return nil // a look back has no keys to sign with
	}
	if err := keys.putSecret(ctx, secretLog, n.skey, rand); err != nil {
		return err
	}
	return keys.putSecret(ctx, secretSeal, n.sealKey, rand)
}

// read reads the public part of an identity.
func (n *identity) read(ctx context.Context, t *tx) error {
	for name, dest := range map[string]*string{"public_name": &n.publicName, "origin": &n.origin, "vkey": &n.vkey, "seal_vkey": &n.sealVKey} {
		if err := t.get(ctx, []any{dest}, `SELECT value FROM j_case WHERE name = ?`, name); err != nil {
			return fmt.Errorf("the case's %s: %w", name, err)
		}
	}
	return nil
}

// casePath is the folder of a case below one of the archive's.
func casePath(dir, below, id string) string { return filepath.Join(dir, below, id) }
