// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"

	"recount/audit"
	"recount/fault"
	"recount/internal/durable"
	"recount/journal"
	"recount/store"
)

// foundAudit is an audit journal as a backup has it: the manifest, checked
// against the key that comes from the other place, and its keys.
type foundAudit struct {
	dir, keysDir string
	m            auditManifest
	keys         store.AuditKeys
	behind       int64
	remembered   bool // keys lie in their place of one after a forgetting that this backup does not have
}

// RestoredAudit is an audit journal that was put back.
type RestoredAudit struct {
	Events    int64  `json:"events"`
	Forgotten int64  `json:"forgotten"` // of these, whose search text is forgotten
	VKey      string `json:"vkey"`
	// Behind is how many events are missing that the place for keys knows of: this
	// is an older copy. Remembered: search texts that were forgotten since are back.
	Behind     int64 `json:"behind"`
	Remembered bool  `json:"remembered"`
}

// findAudits reads the manifests and keys of all audit journals; of several of
// one case, the one that was backed up last.
func (o *RestoreOptions) findAudits() (map[string]foundAudit, error) {
	files := o.Config.Files
	found := map[string]foundAudit{}
	there := map[string]bool{}
	dirs, err := auditFolders(files, o.From)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		there[filepath.Base(dir)] = true
		f, err := o.findAudit(dir)
		if errors.Is(err, errNoAudit) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if other, is := found[f.m.Of]; !is || other.m.Time.Before(f.m.Time) {
			found[f.m.Of] = f
		}
	}
	keys, err := auditFolders(files, o.Keys)
	for _, dir := range keys {
		if ended, err := o.endedAudit(dir); err != nil {
			return nil, err
		} else if ended && !there[filepath.Base(dir)] {
			return nil, fmt.Errorf("%w: there are keys of an audit journal in %s, and no such journal in %s: it was taken away", fault.Tampered, dir, filepath.Join(o.From, auditFolder))
		}
	}
	return found, err
}

// errNoAudit: the first run of an audit journal was cut off before its manifest
// was there. Then there is no such journal yet.
var errNoAudit = errors.New("a first run was cut off")

// endedAudit tells whether a run has ended: then the head lies with the keys.
func (o *RestoreOptions) endedAudit(keysDir string) (bool, error) {
	size, err := sizeOf(o.Config.Files, filepath.Join(keysDir, headFile))
	return size >= 0, err
}

func (o *RestoreOptions) findAudit(dir string) (f foundAudit, err error) {
	files := o.Config.Files
	f.dir, f.keysDir = dir, filepath.Join(o.Keys, auditFolder, filepath.Base(dir))
	m, signed, err := unverifiedAudit(files, dir)
	if errors.Is(err, fault.NotFound) {
		ended, err := o.endedAudit(f.keysDir)
		if err == nil && !ended {
			err = errNoAudit
		}
		if err != nil {
			return f, err
		}
		return f, fmt.Errorf("%w: the manifest of an audit journal, %s, is missing", fault.Tampered, filepath.Join(dir, manifestFile))
	}
	if err != nil {
		return f, err
	}
	f.m = m
	place := filepath.Join(f.keysDir, m.Keys.Name)
	if size, err := sizeOf(files, place); err != nil {
		return f, err
	} else if size < 0 {
		return f, fmt.Errorf("%w: the keys %s of this backup are missing. If the place for keys is of another day than the backup, find the backup of its day", fault.NotFound, place)
	}
	err = readFile(files, f.keysDir, m.Keys, o.Identities, func(r io.Reader) (err error) {
		f.keys, err = store.ReadAuditKeys(bufio.NewReaderSize(r, 1<<16))
		return err
	})
	if err != nil {
		return f, err
	}
	if err := verified(dir, signed, f.keys.VKey); err != nil {
		return f, err
	}
	folder, err := folderOf(m.Origin)
	if err != nil || folder != filepath.Base(dir) || m.Origin != f.keys.Origin || m.Of != f.keys.Of {
		return f, fmt.Errorf("%w: %s is of the audit journal %s of %q, the keys of %s of %q", fault.Tampered, filepath.Join(dir, manifestFile), m.Origin, m.Of, f.keys.Origin, f.keys.Of)
	}
	return f, f.laterRuns(files)
}

// laterRuns looks what the place for keys knows that is later than this backup.
func (f *foundAudit) laterRuns(files durable.Files) error {
	name := filepath.Join(f.keysDir, headFile)
	signed, err := readAll(files, name, maxManifest)
	if errors.Is(err, fs.ErrNotExist) { // the first run was cut off before it
		signed, err = f.m.Checkpoint, nil
	}
	if err != nil {
		return explain(name, err)
	}
	head, _, err := journal.OpenCheckpoint(signed, f.keys.VKey)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", fault.Tampered, name, err)
	}
	own, _, err := journal.OpenCheckpoint(f.m.Checkpoint, f.keys.VKey)
	if err != nil {
		return fmt.Errorf("%w: the checkpoint in %s: %w", fault.Tampered, filepath.Join(f.dir, manifestFile), err)
	}
	if head.Origin != own.Origin || head.Size == own.Size && head.Root != own.Root {
		return fmt.Errorf("%w: %s is of another audit journal than %s, or of another history", fault.Tampered, name, filepath.Join(f.dir, manifestFile))
	}
	f.behind = max(0, head.Size-f.m.Events)
	whole, _, err := keysIn(files, f.keysDir)
	for _, k := range whole {
		f.remembered = f.remembered || k.Erased > f.keys.Epoch
	}
	return err
}

// putAuditBack puts the journal of a case back, or the archive's own where
// caseID is "".
func (o *RestoreOptions) putAuditBack(ctx context.Context, a *store.Archive, caseID string, f foundAudit) (*RestoredAudit, error) {
	var damaged error
	s, err := a.ImportAudit(ctx, caseID, f.keys, f.m.Checkpoint, o.auditPieces(f, &damaged))
	if damaged != nil {
		return nil, damaged
	}
	if err != nil {
		return nil, err
	}
	if s.Size != f.m.Events {
		return nil, fmt.Errorf("%w: %s says %d events, %d were put back", fault.Tampered, filepath.Join(f.dir, manifestFile), f.m.Events, s.Size)
	}
	return &RestoredAudit{s.Size, s.Forgotten, s.VKey, f.behind, f.remembered}, nil
}

// note writes down, in the audit journal of a case that is put back, that it is.
func (o *RestoreOptions) note(ctx context.Context, a *store.Archive, f foundCase) error {
	if o.Check {
		return nil // nothing is kept of it
	}
	c, err := a.Case(ctx, f.head.Case)
	if err != nil {
		return err
	}
	e := audit.Event{Actor: o.Actor, Act: audit.Restored, Kind: "backup", ID: fmt.Sprintf("run %d", f.m.Run), Shown: 1}
	if e.Actor == "" {
		opened, err := c.OpenEntry(ctx, 0)
		if err != nil {
			return fmt.Errorf("who restores? The entry that opened the case does not say: %w", err)
		}
		e.Actor = opened.Get("actor").Text()
	}
	looks, err := c.Audit(ctx)
	if err != nil {
		return err
	}
	return looks.Note(ctx, store.Look{Event: e})
}

func (o *RestoreOptions) auditPieces(f foundAudit, damaged *error) iter.Seq2[io.Reader, error] {
	return func(yield func(io.Reader, error) bool) {
		for _, p := range f.m.Pieces {
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
