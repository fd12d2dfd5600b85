// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"recount/access"
	"recount/fault"
	"recount/internal/durable"
	"recount/store"
	"recount/strongroom"
	"recount/vault"
)

// RestoreOptions is what a restoring is told.
type RestoreOptions struct {
	From, Keys string                       // the two places
	Identities []age.Identity               // one of them opens what is there
	Config     store.Config                 // the archive to make: its folder, which is empty or not there, and its engine
	Check      bool                         // only try: on SQLite in a temporary folder, which is removed
	Temp       string                       // where that folder is made; "": where the system has such
	Cases      []string                     // ids; nil: all
	Actor      string                       // who restores, for the audit journal; "": whoever opened the case
	Progress   func(objects, entries int64) // of the case that is at work; may be nil
}

// Restored is what was put back.
type Restored struct {
	Time     time.Time `json:"time"` // of the run that wrote it last
	Into     string    `json:"into,omitempty"`
	Checked  bool      `json:"checked"` // tried and removed again
	Accounts int       `json:"accounts"`
	Cases    []PutBack `json:"cases"`
	// Audit is the archive's own audit journal; nil where the backup has none, or
	// cases were named.
	Audit *RestoredAudit `json:"audit,omitempty"`
}

// PutBack is one case of it.
type PutBack struct {
	Case    string    `json:"case"`
	Origin  string    `json:"origin"`
	VKey    string    `json:"vkey"`
	Time    time.Time `json:"time"`
	Entries int64     `json:"entries"`
	Objects int64     `json:"objects"`
	Bytes   int64     `json:"bytes"`
	// Behind is how many entries of a published checkpoint are missing: more
	// than 0, and the case refuses to grow.
	Behind int64 `json:"behind"`
	// Unerased tells that keys of a later run lie in the place for keys, made
	// after an erasure that this backup does not have: what was erased is back.
	Unerased bool `json:"unerased"`
	// Audit is the case's audit journal; nil where the backup has none.
	Audit *RestoredAudit `json:"audit,omitempty"`
}

// Restore makes an archive of a backup: every file is compared with what the
// signed manifest says of it, journal, keys and objects are put in place, the
// projections are written anew, the case is verified, the head of its log
// compared with the manifest's, and every object opened. The archive gets its
// folder's name only when all of that is done.
//
// fault.Conflict where something lies in the folder. fault.Tampered names the
// file that was changed, cut off, exchanged or is missing. fault.Forbidden:
// none of the identities fits. fault.NotFound: the keys, or the backup, are not
// there.
func Restore(ctx context.Context, o RestoreOptions) (r Restored, err error) {
	defer fault.Wrap(&err, "restoring")
	if o.Config.Files == nil {
		o.Config.Files = durable.OS()
	}
	found, err := o.find()
	if err != nil {
		return r, err
	}
	audits, err := o.findAudits()
	if err != nil {
		return r, err
	}
	into := o.Config.Dir
	if o.Check { // encrypted under a key that ends with the trial
		o.Config.Postgres, o.Config.VFS, o.Config.Lock = "", "", o.passing
	} else if empty, err := emptyOrNot(into); err != nil {
		return r, err
	} else if !empty {
		return r, fmt.Errorf("%w: the folder %s is not empty; name one that is empty or not there", fault.Conflict, into)
	}
	if o.Config.Dir, err = o.workshop(into); err != nil {
		return r, err
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, explain(o.Config.Dir, os.RemoveAll(o.Config.Dir)))
		}
	}()
	if r, err = o.all(ctx, found, audits); err != nil || o.Check {
		r.Checked = err == nil
		return r, err
	}
	if err := os.Remove(into); err != nil && !errors.Is(err, os.ErrNotExist) {
		return r, explain(into, err)
	}
	if err := errors.Join(os.Rename(o.Config.Dir, into), o.Config.Files.SyncDir(filepath.Dir(into))); err != nil {
		return r, explain(into, err)
	}
	done, r.Into = true, into
	return r, nil
}

// workshop is the folder in which the archive is made: beside its place.
func (o *RestoreOptions) workshop(into string) (dir string, err error) {
	parent, name := o.Temp, "recount-check-"
	if !o.Check {
		abs, err := filepath.Abs(into)
		if err != nil {
			return "", fmt.Errorf("%w: %w", fault.Invalid, err)
		}
		parent, name = filepath.Dir(abs), filepath.Base(abs)+".restoring-"
		if err := durable.MakeDirs(o.Config.Files, parent, 0o700); err != nil {
			return "", explain(parent, err)
		}
	}
	dir, err = os.MkdirTemp(parent, name)
	return dir, explain(parent, err)
}

// passing locks an archive that is only tried out by a key that is kept
// nowhere: what a trial that is cut off leaves behind says nothing.
func (o *RestoreOptions) passing() (*strongroom.Ring, *strongroom.Key, error) {
	key, err := strongroom.NewKey(o.Config.Rand)
	if err != nil {
		return nil, nil, err
	}
	text, err := strongroom.NewKeyFile(o.Config.Rand)
	if err != nil {
		return nil, nil, err
	}
	way, err := strongroom.KeyFile(text)
	if err != nil {
		return nil, nil, err
	}
	ring, err := strongroom.New(key, way, strongroom.UsualCost(), o.Config.Now(), o.Config.Rand)
	return ring, key, err
}

// all puts every case back.
func (o *RestoreOptions) all(ctx context.Context, found []foundCase, audits map[string]foundAudit) (r Restored, err error) {
	newest := slices.MaxFunc(found, func(a, b foundCase) int { return a.m.Time.Compare(b.m.Time) })
	r = Restored{Time: newest.m.Time, Cases: []PutBack{}}
	a, err := store.Create(ctx, o.Config, store.Opening{PublicName: newest.m.Archive})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	size := int64(0)
	for _, f := range found {
		p, err := o.putBack(ctx, a, f)
		if err != nil {
			return r, fmt.Errorf("case %s: %w", f.head.Case, err)
		}
		if looks, is := audits[f.m.Origin]; is {
			if p.Audit, err = o.putAuditBack(ctx, a, p.Case, looks); err != nil {
				return r, fmt.Errorf("case %s: %w", f.head.Case, err)
			}
			size += looks.m.bytes()
		}
		if err := o.note(ctx, a, f); err != nil {
			return r, fmt.Errorf("case %s: %w", f.head.Case, err)
		}
		r.Cases = append(r.Cases, p)
		size += f.m.Bytes
	}
	if own, is := audits[""]; is && len(o.Cases) == 0 {
		if r.Audit, err = o.putAuditBack(ctx, a, "", own); err != nil {
			return r, fmt.Errorf("the archive: %w", err)
		}
		size += own.m.bytes()
	}
	if r.Accounts, err = o.office(ctx, a, newest.m); err != nil {
		return r, err
	}
	return r, a.NoteBackup(ctx, r.Time, size)
}

func (o *RestoreOptions) office(ctx context.Context, a *store.Archive, m manifest) (n int, err error) {
	if m.Office == nil {
		return 0, nil
	}
	var accounts []access.Account
	err = readFile(o.Config.Files, o.From, *m.Office, o.Identities, func(r io.Reader) error {
		accounts, err = readOffice(r)
		return err
	})
	if err != nil || len(accounts) == 0 {
		return 0, err
	}
	office, err := a.Office(ctx)
	if err != nil {
		return 0, err
	}
	return len(accounts), office.PutBack(ctx, accounts)
}

func (o *RestoreOptions) putBack(ctx context.Context, a *store.Archive, f foundCase) (p PutBack, err error) {
	folder, err := vault.FolderOn(o.Config.Files, filepath.Join(f.dir, objectsFolder))
	if err != nil {
		return p, err
	}
	from := &namedObjects{FolderBackend: folder, dir: f.dir, stored: map[string]int64{}}
	for _, named := range f.list.Objects {
		from.stored[named.Address] = named.Stored
	}
	var c *store.Case
	err = readFile(o.Config.Files, f.keysDir, f.m.Keys, o.Identities, func(r io.Reader) error {
		var damaged error
		c, err = a.Import(ctx, store.Import{Keys: r, Journal: o.pieces(f, &damaged), Objects: from, Done: o.Progress})
		if damaged != nil {
			return damaged
		}
		return err
	})
	if err != nil {
		return p, err
	}
	if from.opened != len(from.stored) {
		return p, fmt.Errorf("%w: %s names %d objects, and there are keys for %d", fault.Tampered, filepath.Join(f.dir, f.m.List.Name), len(from.stored), from.opened)
	}
	if err := o.verify(ctx, c, f); err != nil {
		return p, err
	}
	p = PutBack{Case: c.ID(), Origin: c.Origin(), VKey: c.VKey(), Time: f.m.Time, Entries: f.m.Entries, Objects: f.m.Objects, Bytes: f.m.Bytes, Unerased: f.unerased}
	for _, signed := range f.published {
		behind, err := c.CarryPublished(ctx, signed)
		if err != nil {
			return p, err
		}
		p.Behind = max(p.Behind, behind)
	}
	return p, nil
}

// pieces opens one piece after the other. What is wrong with a file is noted in
// damaged, also when its reader has given up by then.
func (o *RestoreOptions) pieces(f foundCase, damaged *error) iter.Seq2[io.Reader, error] {
	return func(yield func(io.Reader, error) bool) {
		for _, p := range f.list.Pieces {
			more, opened := true, false
			err := readFile(o.Config.Files, f.dir, p.File, o.Identities, func(r io.Reader) error {
				opened = true
				more = yield(r, nil)
				return nil
			})
			if err != nil {
				*damaged = err
				if more && !opened {
					yield(nil, err)
				}
				return
			}
			if !more {
				return
			}
		}
	}
}

// verify verifies the case, compares it with the manifest and opens all that
// its vault holds.
func (o *RestoreOptions) verify(ctx context.Context, c *store.Case, f foundCase) error {
	if err := c.Verify(ctx); err != nil {
		return err
	}
	signed, err := c.Checkpoint(ctx, f.m.Entries)
	if err != nil || string(signed) != string(f.m.Checkpoint) {
		return errors.Join(err, fmt.Errorf("%w: the log that was put back has another head than %s says", fault.Tampered, filepath.Join(f.dir, manifestFile)))
	}
	for _, named := range f.list.Objects {
		if err := openWhole(ctx, c, named.Address); err != nil {
			return fmt.Errorf("object %s: %w", named.Address, err)
		}
	}
	return nil
}

func openWhole(ctx context.Context, c *store.Case, address string) (err error) {
	a, err := vault.ParseAddress(address)
	if err != nil {
		return err
	}
	o, err := c.ObjectKey(ctx, a)
	if err != nil {
		return err
	}
	r, err := c.Vault().OpenChecked(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	_, err = io.Copy(io.Discard, r)
	return err
}

// namedObjects gives the objects that a list names, and no others.
type namedObjects struct {
	*vault.FolderBackend
	dir    string
	stored map[string]int64
	opened int
}

// Open makes namedObjects a vault.Backend that says which file is at fault.
func (n *namedObjects) Open(ctx context.Context, a vault.Address) (io.ReadCloser, error) {
	name := filepath.Join(n.dir, objectsFolder, a.String()[:2], a.String()[2:4], a.String())
	want, named := n.stored[a.String()]
	if !named {
		return nil, fmt.Errorf("%w: there is a key for object %s, and the list does not name it", fault.Tampered, a)
	}
	size, err := n.Size(ctx, a)
	switch {
	case errors.Is(err, fault.NotFound):
		return nil, fmt.Errorf("%w: the file %s of this backup is missing", fault.Tampered, name)
	case err != nil:
		return nil, err
	case size != want:
		return nil, fmt.Errorf("%w: the file %s of this backup was changed or cut off: it has %d bytes, %d were written", fault.Tampered, name, size, want)
	}
	n.opened++
	return n.FolderBackend.Open(ctx, a)
}
