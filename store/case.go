// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// Case is one open case. It is safe for concurrent use.
type Case struct {
	identity
	id     string
	dir    string // cases/ID
	keyDir string // keys/ID
	config Config
	now    func() time.Time
	pause  func(point string)
	place  place
	sealer *journal.Sealer
	vault  *vault.Vault
	store  vault.Backend
	leave  func() // lets the lease of presence go
	apply  func(context.Context, *tx, journal.Entry) error

	mu          sync.Mutex
	epochNumber int64 // 0: none read yet
	epochKey    epochKey
	batches     map[string]*Batch // staged here and named by no entry yet

	travel *Travel // nil: the case itself

	auditing sync.Mutex
	audit    *Audit // nil: not asked for yet
}

func (a *Archive) newCase(id string) *Case {
	return &Case{
		id: id, config: a.config, now: a.config.Now, pause: a.config.Pause, apply: applyEntry,
		dir: casePath(a.config.Dir, "cases", id), keyDir: casePath(a.config.Dir, "keys", id),
		leave: func() {}, batches: map[string]*Batch{},
	}
}

func (a *Archive) openCase(ctx context.Context, id string) (c *Case, err error) {
	c = a.newCase(id)
	if _, err := os.Stat(currentFile(c.dir)); err != nil {
		return nil, fmt.Errorf("%w: this archive has no case %q", fault.NotFound, id)
	}
	if c.store, err = a.backend(c); err != nil {
		return nil, err
	}
	c.vault = vault.New(noting{c.store, c}, a.config.Rand)
	if a.config.Postgres == "" {
		c.place = &sqliteFiles{disk: c.config.disk(), dir: c.dir, pause: c.pause}
	} else if c.place, err = openPostgres(a.config.Postgres, schemaOf(id), c.pause); err != nil {
		return nil, err
	}
	if err := c.enter(ctx); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (a *Archive) backend(c *Case) (vault.Backend, error) {
	if a.config.Backend != nil {
		return a.config.Backend(c.id)
	}
	return vault.FolderOn(a.config.Files, filepath.Join(c.dir, "vault"))
}

// enter reads who the case is, finishes what was decided and sweeps what was
// cut off, if nobody else has the case open.
func (c *Case) enter(ctx context.Context) error {
	release, alone, err := c.place.lease(ctx, present, true, false)
	if err != nil {
		return err
	}
	if alone {
		defer func() { release() }()
	}
	if err := c.refuseStrangers(ctx); err != nil {
		return err
	}
	if err := c.readIdentity(ctx); err != nil {
		return err
	}
	if err := c.makeOffice(ctx); err != nil {
		return err
	}
	if err := c.finishErasures(ctx); err != nil {
		return err
	}
	if err := c.modernize(ctx); err != nil {
		return err
	}
	if alone {
		if err := c.sweep(ctx); err != nil {
			return err
		}
		release()
		release = func() {}
	}
	c.leave, _, err = c.place.lease(context.WithoutCancel(ctx), present, false, true)
	if err != nil {
		c.leave = func() {}
	}
	return err
}

// modernize rebuilds projections that another release has made.
func (c *Case) modernize(ctx context.Context) error {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	modern, err := t.modern(ctx)
	t.rollback()
	if err != nil || modern {
		return err
	}
	return c.Rebuild(ctx, nil)
}

func (c *Case) readIdentity(ctx context.Context) error {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := c.identity.read(ctx, t); err != nil {
		return err
	}
	c.sealer = journal.NewSealer(c.config.Rand, c.origin)
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	if c.skey, err = keys.secret(ctx, secretLog); err != nil {
		return err
	}
	if c.sealKey, err = keys.secret(ctx, secretSeal); err != nil {
		return err
	}
	return c.readTravel(ctx, keys)
}

// close ends what this process holds of the case. Batches that no entry
// names stay until the next opening sweeps them.
func (c *Case) close() error {
	c.mu.Lock()
	var errs []error
	for _, b := range c.batches {
		b.ended.Store(true)
		if b.release(); b.work == nil {
			errs = append(errs, b.spill.remove())
		} else {
			errs = append(errs, b.spill.close())
		}
	}
	clear(c.batches)
	c.mu.Unlock()
	c.leave()
	c.auditing.Lock()
	if c.audit != nil {
		errs = append(errs, c.audit.close())
		c.audit = nil
	}
	c.auditing.Unlock()
	if c.place != nil {
		errs = append(errs, c.place.close())
	}
	return errors.Join(errs...)
}

// ID is the case's name in paths and commands.
func (c *Case) ID() string { return c.id }

// Origin is the case's name in every proof.
func (c *Case) Origin() string { return c.origin }

// VKey is the public key that checkpoints are checked with.
func (c *Case) VKey() string { return c.vkey }

// SealVKey is the public key that seals are checked with.
func (c *Case) SealVKey() string { return c.sealVKey }

// Vault keeps the case's bytes. What is sealed there is kept only once
// KeepObject has its key and an entry names it. Sealing writes a note into the
// tables, so within the decision of an Act nothing can be sealed: it would
// wait for that act.
func (c *Case) Vault() *vault.Vault { return c.vault }

// View is what an act is decided on: the case as it is, until the act is done.
type View = Reader

// Read calls f with one snapshot of the case. The Reader ends with f. Within f
// nothing else that reads or acts on the same case may be called, but for
// objects and their keys: a rebuild that waits for f to end keeps others out.
func (c *Case) Read(ctx context.Context, f func(Reader) error) error {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	t.origin = c.origin
	return f(newReader(t))
}

// Now is the time by the archive's clock.
func (c *Case) Now() time.Time { return c.now() }
