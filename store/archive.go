// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"recount/fault"
	"recount/internal/durable"
	"recount/strongroom"
	"recount/vault"
)

// Config says where an archive lies and what it takes from outside.
type Config struct {
	Dir      string           // the archive's folder
	Postgres string           // DSN; "" keeps the tables in SQLite files in Dir
	Now      func() time.Time // the clock of the archive
	Rand     io.Reader        // crypto/rand.Reader, or in a test one that never repeats itself

	// Backend is where a case keeps its objects; nil: a folder beside its tables.
	Backend func(caseID string) (vault.Backend, error)
	// Files and VFS are the file layers under all that lasts: Files under
	// objects, keys and CURRENT, VFS (by the name under which it is registered)
	// under SQLite. Left out, they are the machine's own; a test of power
	// failures puts others there.
	Files durable.Files
	VFS   string
	// Lock makes the master key and the ring of an archive that is created, so
	// that all of it is encrypted; nil: a plain archive is created. Unlock opens
	// the ring of one that is encrypted, and answers its master key, which the
	// archive forgets when it is closed; nil: such an archive is not opened.
	Lock   func() (*strongroom.Ring, *strongroom.Key, error)
	Unlock func(*strongroom.Ring) (*strongroom.Key, error)

	// StageRows is how many rows of a bulk go into one transaction; 0: 49,152.
	StageRows int

	sealing *sealing // of an open archive; nil: it is plain

	// Pause is called at named points of long and of critical work, so that a
	// test can end the process there (see Points). nil costs nothing.
	Pause func(point string)
}

// Points are the names that Config.Pause is called with, in the order of the
// work: an object, an act, a bulk of rows, a rebuild, an erasure.
func Points() []string {
	return []string{
		"object.noted", "object", "object.kept",
		"before", "keys", "entry", "after",
		"marked", "staging", "staged.rows", "staged.object", "staged",
		"replaced.built", "replaced.current",
		"erasing.epoch", "erasing.objects", "erased",
	}
}

// Opening describes an archive's new case, and the archive where it is new.
type Opening struct {
	PublicName string // what strangers see for ever: best a domain name, "archive.example"
	CaseID     string // the case's name in paths and commands; Create: "" makes an archive without a case
	Title      string
	Actor      string
	Reason     string
	Basis      string
	Handling   string
}

// Archive is a folder of cases.
type Archive struct {
	config Config
	about  about

	mu     sync.Mutex
	open   map[string]*Case
	office *Office // nil: not asked for yet

	auditing sync.Mutex
	audit    *Audit // nil: not asked for yet
}

// about is recount.json.
type about struct {
	Format     string `json:"format"`
	PublicName string `json:"public_name"`
	Engine     string `json:"engine"`
}

const (
	archiveFormat  = "recount archive/1" // plain
	sealedFormat   = "recount archive/2" // encrypted
	engineSQLite   = "sqlite"
	enginePostgres = "postgres"
)

func (c Config) check() error {
	if c.Dir == "" || c.Now == nil || c.Rand == nil {
		return fmt.Errorf("%w: an archive needs a folder, a clock and a source of randomness", fault.Invalid)
	}
	return nil
}

func (c Config) engine() string {
	if c.Postgres != "" {
		return enginePostgres
	}
	return engineSQLite
}

// normal fills in what may be left out.
func (c Config) normal() (Config, error) {
	if err := c.check(); err != nil {
		return c, err
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return c, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	c.Dir = dir
	c.Rand = &oneByOne{r: c.Rand}
	if c.Files == nil {
		c.Files = durable.OS()
	}
	if c.Pause == nil {
		c.Pause = func(string) {}
	}
	return c, nil
}

// oneByOne makes a source of randomness safe for many goroutines.
type oneByOne struct {
	mu sync.Mutex
	r  io.Reader
}

func (o *oneByOne) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.r.Read(p)
}

// Create makes an archive in a folder that is empty or not there, with the
// first case if o names one. It answers fault.Conflict where an archive or
// anything else is.
func Create(ctx context.Context, config Config, o Opening) (a *Archive, err error) {
	defer fault.Wrap(&err, "creating the archive %s", config.Dir)
	if config, err = config.normal(); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := emptyDir(config.Files, config.Dir); err != nil {
		return nil, err
	}
	format, key := archiveFormat, (*strongroom.Key)(nil)
	if config.Lock != nil {
		format = sealedFormat
		if key, err = config.lock(); err != nil {
			return nil, err
		}
	} else if err := noRing(config.Dir); err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(about{format, o.PublicName, config.engine()}, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := durable.WriteFile(config.Files, aboutFile(config.Dir), append(data, '\n'), 0o600, true); err != nil {
		return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if config.Lock != nil {
		config.Unlock = func(*strongroom.Ring) (*strongroom.Key, error) { return key, nil }
	}
	if a, err = open(config); err != nil || o.CaseID == "" {
		return a, err
	}
	if _, err := a.NewCase(ctx, o); err != nil {
		// Without its first case the archive is not there; Create can be called again.
		return nil, errors.Join(err, a.Close(), config.Files.Remove(aboutFile(config.Dir)))
	}
	return a, nil
}

func aboutFile(dir string) string { return filepath.Join(dir, "recount.json") }

// emptyDir makes the folder, or sees that nothing of an archive is in it but
// what a creation that was cut off has left.
func emptyDir(files durable.Files, dir string) error {
	if err := durable.MakeDirs(files, dir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	started, err := casesIn(dir)
	if err != nil {
		return err
	}
	if len(started) > 0 {
		return fmt.Errorf("%w: there is an archive in this folder; open it, or name another folder", fault.Conflict)
	}
	for _, entry := range entries {
		switch entry.Name() {
		case "cases", "keys", "office", "recount.json", "recount.json.new":
		default:
			return fmt.Errorf("%w: the folder is not empty, it has %q; name one that is empty or not there", fault.Conflict, entry.Name())
		}
	}
	return nil
}

// Open opens an archive. It answers fault.NotFound where none is, and
// fault.Invalid when config names another engine than the archive has.
func Open(_ context.Context, config Config) (a *Archive, err error) {
	defer fault.Wrap(&err, "opening the archive %s", config.Dir)
	if config, err = config.normal(); err != nil {
		return nil, err
	}
	return open(config)
}

func open(config Config) (*Archive, error) {
	data, err := os.ReadFile(aboutFile(config.Dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: no recount.json is here; name the folder of an archive, or create one", fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	a := &Archive{config: config, open: map[string]*Case{}}
	if err := json.Unmarshal(data, &a.about); err != nil {
		return nil, fmt.Errorf("%w: recount.json: %w", fault.Tampered, err)
	}
	switch {
	case a.about.Format != archiveFormat && a.about.Format != sealedFormat:
		return nil, fmt.Errorf("%w: this archive has the format %q; this release reads %q and %q", fault.Invalid, a.about.Format, archiveFormat, sealedFormat)
	case a.about.Engine == enginePostgres && config.Postgres == "":
		return nil, fmt.Errorf("%w: this archive keeps its tables in PostgreSQL; give the DSN of its database", fault.Invalid)
	case a.about.Engine != config.engine():
		return nil, fmt.Errorf("%w: this archive keeps its tables in %s; open it without a DSN", fault.Invalid, a.about.Engine)
	}
	if a.about.Format == archiveFormat {
		if err := noRing(config.Dir); err != nil {
			return nil, err
		}
		return a, nil
	}
	if a.config.sealing, err = config.unlock(); err != nil {
		return nil, err
	}
	return a, nil
}

// PublicName is the name of the archive that strangers see.
func (a *Archive) PublicName() string { return a.about.PublicName }

// Cases are the ids of all cases, ascending.
func (a *Archive) Cases(context.Context) ([]string, error) {
	return casesIn(a.config.Dir)
}

func casesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, "cases"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	ids := []string{}
	for _, entry := range entries {
		if _, err := os.Stat(currentFile(filepath.Join(dir, "cases", entry.Name()))); err == nil && checkCaseID(entry.Name()) == nil {
			ids = append(ids, entry.Name())
		}
	}
	return ids, nil
}

// Case opens a case, once: later calls answer the same. What another process
// left half done is finished or swept first. fault.NotFound where there is none.
func (a *Archive) Case(ctx context.Context, id string) (c *Case, err error) {
	defer fault.Wrap(&err, "opening the case %q", id)
	if err := checkCaseID(id); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.open[id]; c != nil {
		return c, nil
	}
	if c, err = a.openCase(ctx, id); err != nil {
		return nil, err
	}
	a.open[id] = c
	return c, nil
}

// Close closes all cases.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	if a.office != nil {
		errs = append(errs, a.office.close())
		a.office = nil
	}
	a.auditing.Lock()
	if a.audit != nil {
		errs = append(errs, a.audit.close())
		a.audit = nil
	}
	a.auditing.Unlock()
	for id, c := range a.open {
		errs = append(errs, c.close())
		delete(a.open, id)
	}
	if a.config.sealing != nil {
		a.config.sealing.close()
	}
	return errors.Join(errs...)
}

var caseID = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func checkCaseID(id string) error {
	if !caseID.MatchString(id) {
		return fmt.Errorf("%w: the case id %.60q; a small letter and then up to 39 small letters, digits and hyphens are accepted, such as \"harbour-2031\"", fault.Invalid, id)
	}
	return nil
}

func (o Opening) check() error {
	if o.CaseID == "" {
		return nil
	}
	return checkCaseID(o.CaseID)
}
