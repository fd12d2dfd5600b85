// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"recount/fault"
	"recount/store"
)

// auditRunning is one run on one audit journal.
type auditRunning struct {
	*Options
	c            *store.AuditCopy
	dir, keysDir string
	before       *auditManifest // nil: there was no run
	now          auditManifest
	w            WrittenAudit
}

// WrittenAudit is what a run wrote of an audit journal.
type WrittenAudit struct {
	Events    int64     `json:"events"`
	NewEvents int64     `json:"new_events"`
	NewBytes  int64     `json:"new_bytes"` // in both places
	Lingering []OldKeys `json:"old_keys"`  // that open search texts which were forgotten since
}

// audited is a case or an archive.
type audited interface {
	Audited() (bool, error)
	Audit(context.Context) (*store.Audit, error)
}

// backUpAudit brings the backup of an audit journal up to it; nil where it has
// not begun.
func (o *Options) backUpAudit(ctx context.Context, of audited, at time.Time) (*WrittenAudit, error) {
	if begun, err := of.Audited(); err != nil || !begun {
		return nil, err
	}
	a, err := of.Audit(ctx)
	if err != nil {
		return nil, err
	}
	var w WrittenAudit
	err = a.Copying(ctx, func(c *store.AuditCopy) error {
		folder, err := folderOf(c.Origin())
		if err != nil {
			return err
		}
		r := &auditRunning{Options: o, c: c, dir: filepath.Join(o.To, auditFolder, folder), keysDir: filepath.Join(o.KeysTo, auditFolder, folder)}
		r.now = auditManifest{Of: c.Of(), Origin: c.Origin(), Run: 1, Time: at, Events: c.Size(), Checkpoint: c.Checkpoint(), Recipients: sealedTo(o.Recipients)}
		err = r.run(ctx)
		w = r.w
		return err
	})
	return &w, err
}

func (r *auditRunning) run(ctx context.Context) error {
	if err := r.earlier(ctx); err != nil {
		return err
	}
	r.w.Events = r.c.Size()
	if err := r.writePieces(ctx); err != nil {
		return err
	}
	if err := r.writeKeys(ctx); err != nil {
		return err
	}
	r.Pause("backup.audit.keys")
	signed, err := r.c.Sign([]byte(r.now.text()))
	if err != nil {
		return err
	}
	if _, err := writeFile(r.Files, r.dir, manifestFile, nil, func(w io.Writer) error { _, err := w.Write(signed); return err }); err != nil {
		return err
	}
	r.Pause("backup.audit")
	if err := r.writeHead(); err != nil {
		return err
	}
	if err := r.sweep(); err != nil {
		return err
	}
	return r.prune()
}

// writeHead keeps the checkpoint beside the keys: it does not go back when the
// first place is put back from an older copy.
func (r *auditRunning) writeHead() error {
	_, err := writeFile(r.Files, r.keysDir, headFile, nil, func(w io.Writer) error { _, err := w.Write(r.now.Checkpoint); return err })
	return err
}

// earlier reads what the last run left. A journal that does not lead to it is
// not written over it.
func (r *auditRunning) earlier(ctx context.Context) error {
	m, signed, err := unverifiedAudit(r.Files, r.dir)
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil {
		err = verified(r.dir, signed, r.c.VKey())
	}
	if err == nil {
		err = r.c.Holds(ctx, m.Checkpoint)
	}
	if err != nil {
		return fmt.Errorf("%w (the backup of the audit journal was left as it is)", err)
	}
	r.before, r.now.Run = &m, m.Run+1
	return nil
}

// writePieces keeps what is whole and goes on behind it.
func (r *auditRunning) writePieces(ctx context.Context) error {
	from := int64(0)
	if r.before != nil {
		for _, p := range r.before.Pieces {
			size, err := sizeOf(r.Files, filepath.Join(r.dir, p.File.Name))
			if err != nil {
				return err
			}
			if size != p.File.Size || r.before.Recipients != r.now.Recipients {
				if p, err = r.writePiece(ctx, p); err != nil {
					return err
				}
			}
			r.now.Pieces, from = append(r.now.Pieces, p), p.To
		}
	}
	r.w.NewEvents = r.c.Size() - from
	for ; from < r.c.Size(); from += piecesOf {
		p, err := r.writePiece(ctx, auditPiece{From: from, To: min(from+piecesOf, r.c.Size())})
		if err != nil {
			return err
		}
		r.now.Pieces = append(r.now.Pieces, p)
	}
	return nil
}

func (r *auditRunning) writePiece(ctx context.Context, p auditPiece) (_ auditPiece, err error) {
	p.File, err = writeFile(r.Files, r.dir, p.name(r.now.Run), r.Recipients, func(w io.Writer) error {
		return r.c.WriteEvents(ctx, w, p.From, p.To)
	})
	r.w.NewBytes += p.File.Size
	return p, err
}

// writeKeys writes the keys into the other place, unless those of the last run
// are the same. The name says under which epoch: it grows with each forgetting.
func (r *auditRunning) writeKeys(ctx context.Context) error {
	sum := sha256.New()
	if err := r.c.WriteKeys(ctx, sum); err != nil {
		return err
	}
	r.now.KeysPlain = [32]byte(sum.Sum(nil))
	if r.before != nil && r.before.KeysPlain == r.now.KeysPlain && r.before.Recipients == r.now.Recipients {
		size, err := sizeOf(r.Files, filepath.Join(r.keysDir, r.before.Keys.Name))
		if err != nil {
			return err
		}
		if size == r.before.Keys.Size {
			r.now.Keys = r.before.Keys
			return nil
		}
	}
	name := keysFile{Time: r.now.Time, Run: r.now.Run, Erased: r.c.Epoch()}.name()
	var err error
	r.now.Keys, err = writeFile(r.Files, r.keysDir, name, r.Recipients, func(w io.Writer) error { return r.c.WriteKeys(ctx, w) })
	r.w.NewBytes += r.now.Keys.Size
	return err
}

// sweep removes pieces that the manifest does not name.
func (r *auditRunning) sweep() error {
	named := map[string]bool{manifestFile: true}
	for _, p := range r.now.Pieces {
		named[p.File.Name] = true
	}
	entries, err := r.Files.ReadDir(r.dir)
	if err != nil {
		return explain(r.dir, err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if whole := trimNew(name); (whole == manifestFile || auditPieceName.MatchString(whole)) && !named[name] {
			if err := remove(r.Files, filepath.Join(r.dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// prune destroys keys of earlier runs whose time is over.
func (r *auditRunning) prune() (err error) {
	if _, err = pruneKeys(r.Files, r.keysDir, r.now.Keys.Name, r.now.Time, r.KeepKeys); err != nil {
		return err
	}
	r.w.Lingering, err = lingering(r.Files, r.keysDir, r.now.Keys.Name, r.c.Epoch(), r.KeepKeys)
	return err
}
