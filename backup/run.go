// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"

	"recount/fault"
	"recount/internal/durable"
	"recount/store"
)

// Options is what a run is told.
type Options struct {
	Archive    string          // the archive's folder
	To, KeysTo string          // the two places
	Recipients []age.Recipient // who can open what is written
	KeepKeys   time.Duration   // for how long keys of earlier runs are kept; 0: not at all
	Cases      []string        // ids; nil: all
	Now        func() time.Time
	Rand       io.Reader
	Files      durable.Files            // nil: the machine's
	Pause      func(point string)       // nil, or as store.Config has it; see Points
	Progress   func(objects, all int64) // of the case that is at work; may be nil
}

// Points are the names that Options.Pause is called with, in the order of the
// work.
func Points() []string {
	return []string{"backup.object", "backup.piece", "backup.keys", "backup.list", "backup.manifest", "backup.swept", "backup.audit.keys", "backup.audit"}
}

// Report is what a run did, case by case.
type Report struct {
	Time  time.Time `json:"time"`
	Cases []Written `json:"cases"`
	All   bool      `json:"all"`   // every case of the archive
	Bytes int64     `json:"bytes"` // that the first place has now
	// Audit is what was written of the archive's own audit journal; nil where it
	// has none yet, or cases were named.
	Audit *WrittenAudit `json:"audit,omitempty"`
}

// Written is what a run wrote of one case.
type Written struct {
	Case        string    `json:"case"`
	Origin      string    `json:"origin"`
	Run         int64     `json:"run"`
	Entries     int64     `json:"entries"`
	NewEntries  int64     `json:"new_entries"`
	Objects     int64     `json:"objects"`
	NewObjects  int64     `json:"new_objects"`
	NewBytes    int64     `json:"new_bytes"` // in both places
	Bytes       int64     `json:"bytes"`
	Pieces      int64     `json:"pieces_written"`
	Rewritten   int64     `json:"pieces_rewritten"` // of Pieces: for content that was erased, or for damage
	Removed     int64     `json:"objects_removed"`
	KeysWritten bool      `json:"keys_written"`
	KeysPruned  int64     `json:"keys_pruned"`
	Lingering   []OldKeys `json:"old_keys"` // that can still open what was erased since

	Audit *WrittenAudit `json:"audit,omitempty"` // nil: nobody has looked yet
}

// Run brings the two places up to the archive: all cases, or those named. What
// is there already is not written again. When it fails, or is cut off, each
// case's backup is as it was before or as it should be after, and the next run
// goes on.
//
// fault.Conflict: a place holds other things, or the backup is of a later state
// than the archive. fault.Tampered: the backup was changed, or the archive is
// damaged: then the backup is left as it is. fault.Unavailable: another run is
// at work on the place, or there is no room.
func Run(ctx context.Context, a *store.Archive, o Options) (r Report, err error) {
	defer fault.Wrap(&err, "backing up")
	if err := o.check(); err != nil {
		return r, err
	}
	all, err := a.Cases(ctx)
	if err != nil {
		return r, err
	}
	ids := o.Cases
	if len(ids) == 0 {
		ids = all
	}
	if len(ids) == 0 {
		return r, fmt.Errorf("%w: this archive has no case", fault.NotFound)
	}
	if err := claim(o.Files, o.To, markFile, markText); err != nil {
		return r, err
	}
	if err := claim(o.Files, o.KeysTo, keysMarkFile, keysMarkText); err != nil {
		return r, err
	}
	release, err := alone(o.To)
	if err != nil {
		return r, err
	}
	defer release()
	r = Report{Time: o.Now().UTC().Truncate(time.Second), All: len(o.Cases) == 0}
	office, err := o.writeOffice(ctx, a)
	if err != nil {
		return r, err
	}
	for _, id := range ids {
		w, err := o.backUp(ctx, a, id, r.Time, office)
		if err != nil {
			return r, fmt.Errorf("case %s: %w", id, err)
		}
		r.Cases = append(r.Cases, w)
	}
	if r.All {
		if r.Audit, err = o.backUpAudit(ctx, a, r.Time); err != nil {
			return r, fmt.Errorf("the archive: %w", err)
		}
	}
	if err := o.sweepOffice(); err != nil {
		return r, err
	}
	if r.Bytes, err = o.total(); err != nil || !r.All {
		return r, err
	}
	return r, a.NoteBackup(ctx, r.Time, r.Bytes)
}

func (o *Options) check() error {
	if o.Files == nil {
		o.Files = durable.OS()
	}
	if o.Pause == nil {
		o.Pause = func(string) {}
	}
	if o.Now == nil || o.Rand == nil {
		return fmt.Errorf("%w: a backup needs a clock and a source of randomness", fault.Invalid)
	}
	if o.To == "" || o.KeysTo == "" {
		return fmt.Errorf("%w: a backup needs a place for journals and objects, and one apart for keys", fault.Invalid)
	}
	if len(o.Recipients) == 0 {
		return fmt.Errorf("%w: a backup is sealed to somebody; accepted are public keys that begin with age1, such as \"recount backup keygen\" prints", fault.Invalid)
	}
	if o.KeepKeys < 0 {
		return fmt.Errorf("%w: keys are kept for 0 days or more", fault.Invalid)
	}
	return apart(map[string]string{"the archive": o.Archive, "the backup": o.To, "the place for keys": o.KeysTo})
}

// alone takes the place for this run. The lock goes with the process.
func alone(dir string) (release func(), err error) {
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%w: the lock %s: %w", fault.Unavailable, lock.Path(), err)
	}
	if !taken {
		return nil, errors.Join(fmt.Errorf("%w: another run is at work on %s", fault.Unavailable, dir), lock.Close())
	}
	return func() { _ = lock.Close() }, nil // closing lets the lock go in any case
}

// manifests are those of all cases in the first place, by their folders.
func manifests(files durable.Files, to string) (all map[string]manifest, err error) {
	all = map[string]manifest{}
	folders, err := caseFolders(files, to)
	if err != nil {
		return nil, err
	}
	for _, dir := range folders {
		m, _, err := unverified(files, dir)
		if errors.Is(err, fault.NotFound) {
			continue // a first run that was cut off
		}
		if err != nil {
			return nil, err
		}
		all[dir] = m
	}
	return all, nil
}

func (o *Options) total() (n int64, err error) {
	all, err := manifests(o.Files, o.To)
	if err != nil {
		return 0, err
	}
	for _, m := range all {
		n += m.Bytes
	}
	folders, err := auditFolders(o.Files, o.To)
	for _, dir := range folders {
		m, _, err := unverifiedAudit(o.Files, dir)
		if err != nil && !errors.Is(err, fault.NotFound) { // a first run that was cut off
			return 0, err
		}
		n += m.bytes()
	}
	return n, err
}

// writeOffice writes the accounts, under a name of chance: what names the
// earlier ones stays whole until its own run ends.
func (o *Options) writeOffice(ctx context.Context, a *store.Archive) (*file, error) {
	accounts, err := a.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var random [8]byte
	if _, err := io.ReadFull(o.Rand, random[:]); err != nil {
		return nil, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
	}
	data, err := marshalOffice(accounts)
	if err != nil {
		return nil, err
	}
	f, err := writeFile(o.Files, o.To, "office."+hex.EncodeToString(random[:])+".age", o.Recipients, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	return &f, err
}

// sweepOffice removes accounts that no manifest names any more.
func (o *Options) sweepOffice() error {
	all, err := manifests(o.Files, o.To)
	if err != nil {
		return err
	}
	named := []string{}
	for _, m := range all {
		if m.Office != nil {
			named = append(named, m.Office.Name)
		}
	}
	entries, err := o.Files.ReadDir(o.To)
	if err != nil {
		return explain(o.To, err)
	}
	for _, entry := range entries {
		if name := entry.Name(); officeName.MatchString(trimNew(name)) && !slices.Contains(named, name) {
			if err := remove(o.Files, filepath.Join(o.To, name)); err != nil {
				return err
			}
		}
	}
	return nil
}
