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
	"recount/vault"
)

// piecesOf is how many entries a piece has at most: what is written anew when
// the content of one of them is erased.
const piecesOf = 4096

// running is one run on one case.
type running struct {
	*Options
	c            *store.Case
	dir, keysDir string
	before       *manifest // nil: there was no run
	listed       list      // what it named
	objects      *vault.FolderBackend
	now          manifest
	next         list
	w            Written
}

func (o *Options) backUp(ctx context.Context, a *store.Archive, id string, at time.Time, office *file) (w Written, err error) {
	c, err := a.Case(ctx, id)
	if err != nil {
		return w, err
	}
	r := &running{Options: o, c: c}
	r.w = Written{Case: id, Origin: c.Origin()}
	r.now = manifest{Archive: a.PublicName(), Origin: c.Origin(), Run: 1, Time: at, Office: office, Recipients: sealedTo(o.Recipients)}
	folder, err := folderOf(c.Origin())
	if err != nil {
		return w, err
	}
	r.dir, r.keysDir = filepath.Join(o.To, casesFolder, folder), filepath.Join(o.KeysTo, folder)
	if err := r.earlier(); err != nil {
		return w, err
	}
	if r.objects, err = vault.FolderOn(o.Files, filepath.Join(r.dir, objectsFolder)); err != nil {
		return w, err
	}
	if err := r.ahead(ctx); err != nil {
		return w, err
	}
	if err := r.snapshot(ctx); err != nil {
		return w, err
	}
	if err := r.sweep(ctx); err != nil {
		return w, err
	}
	o.Pause("backup.swept")
	if err := r.prune(); err != nil {
		return r.w, err
	}
	r.w.Audit, err = o.backUpAudit(ctx, c, at)
	return r.w, err
}

// earlier reads what the last run left.
func (r *running) earlier() error {
	m, signed, err := unverified(r.Files, r.dir)
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil {
		err = verified(r.dir, signed, r.c.SealVKey())
	}
	if err == nil {
		r.listed, err = readList(r.Files, r.dir, m)
	}
	if err != nil {
		return fmt.Errorf("%w (nothing was written; to keep what is there, name another place, and look into this one)", err)
	}
	r.before, r.now.Run = &m, m.Run+1
	return nil
}

// ahead copies objects before the snapshot is taken, so that the snapshot, in
// which no erasure can be carried out, is short.
func (r *running) ahead(ctx context.Context) error {
	kept, err := r.c.KeptObjects(ctx)
	if err != nil {
		return err
	}
	for i, a := range kept {
		if _, err := r.objects.Size(ctx, a); errors.Is(err, fault.NotFound) {
			err = r.copy(ctx, a)
			if errors.Is(err, fault.NotFound) {
				continue // erased or given up meanwhile
			}
			if err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		r.progress(i+1, len(kept))
	}
	return nil
}

func (r *running) progress(done, all int) {
	if r.Progress != nil {
		r.Progress(int64(done), int64(all))
	}
}

func (r *running) copy(ctx context.Context, a vault.Address) (err error) {
	in, err := r.c.OpenStored(ctx, a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := r.objects.Create(ctx)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, in)
	if err != nil {
		return errors.Join(explain(r.dir, err), out.Abort())
	}
	if err := out.Commit(ctx, a); err != nil {
		return fmt.Errorf("object %s of the archive: %w", a, err)
	}
	r.w.NewObjects++
	r.w.NewBytes += n
	r.Pause("backup.object")
	return nil
}

// snapshot writes all that is new and then, in one step, the manifest.
func (r *running) snapshot(ctx context.Context) error {
	s, err := r.c.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if r.before != nil {
		if err := s.Holds(ctx, r.before.Checkpoint); err != nil {
			return fmt.Errorf("the backup of %s is not of an earlier state of this case, and is left as it is: %w", r.before.Time.Format(time.RFC3339), err)
		}
	}
	if r.now.Checkpoint, err = s.Checkpoint(ctx); err != nil {
		return err
	}
	r.now.Entries, r.now.Erased = s.Size(), s.Erased()
	if err := r.writeObjects(ctx, s); err != nil {
		return err
	}
	if err := r.writePieces(ctx, s); err != nil {
		return err
	}
	if err := r.writeKeys(ctx, s); err != nil {
		return err
	}
	r.Pause("backup.keys")
	r.now.List, err = writeFile(r.Files, r.dir, fmt.Sprintf("list.%d", r.now.Run), nil, func(w io.Writer) error { return r.next.write(w, r.now.Origin) })
	if err != nil {
		return err
	}
	r.Pause("backup.list")
	r.now.Objects, r.now.Bytes = int64(len(r.next.Objects)), r.next.bytes()+r.now.List.Size
	signed, err := r.c.SignSeal([]byte(r.now.text()))
	if err != nil {
		return err
	}
	_, err = writeFile(r.Files, r.dir, manifestFile, nil, func(w io.Writer) error { _, err := w.Write(signed); return err })
	if err != nil {
		return err
	}
	r.Pause("backup.manifest")
	r.w.Run, r.w.Entries, r.w.Objects, r.w.Bytes = r.now.Run, r.now.Entries, r.now.Objects, r.now.Bytes
	r.w.NewEntries = r.now.Entries - r.listed.entries()
	return nil
}

// writeObjects sees that every object of the snapshot is there. An object that
// the last run had and this snapshot has not must have been erased: what was
// lost in the archive is not taken out of its backup.
func (r *running) writeObjects(ctx context.Context, s *store.Snapshot) error {
	there := map[string]bool{}
	err := s.Objects(ctx, func(a vault.Address, stored int64) error {
		there[a.String()] = true
		r.next.Objects = append(r.next.Objects, object{a.String(), stored})
		size, err := r.objects.Size(ctx, a)
		if err == nil && size != stored { // damaged in the backup
			if err := r.objects.Remove(ctx, a); err != nil {
				return err
			}
			err = fault.NotFound
		}
		if errors.Is(err, fault.NotFound) {
			err = r.copy(ctx, a)
			if errors.Is(err, fault.NotFound) {
				return fmt.Errorf("%w: the archive's vault lacks object %s, which has a key", fault.Tampered, a)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, o := range r.listed.Objects {
		a, err := vault.ParseAddress(o.Address)
		if err != nil {
			return err
		}
		if !there[o.Address] && !s.Erases(a) {
			return fmt.Errorf("%w: the archive no longer has the key of object %s, and no erasure names it. The backup is left as it is; put the archive's keys back from it", fault.Tampered, o.Address)
		}
	}
	return nil
}

// writePieces keeps the pieces that are whole and hold nothing that was erased
// since and is sealed to those it is to be, writes the others anew, and goes on behind the last.
func (r *running) writePieces(ctx context.Context, s *store.Snapshot) error {
	erased, err := s.ErasedEntries(ctx)
	if err != nil {
		return err
	}
	others := r.before != nil && r.before.Recipients != r.now.Recipients
	for _, p := range r.listed.Pieces {
		leftOut := int64(0)
		for _, seq := range erased {
			if p.From <= seq && seq < p.To {
				leftOut++
			}
		}
		size, err := sizeOf(r.Files, filepath.Join(r.dir, filepath.FromSlash(p.File.Name)))
		if err != nil {
			return err
		}
		if others || leftOut != p.LeftOut || size != p.File.Size {
			r.w.Rewritten++
			if p, err = r.writePiece(ctx, s, p); err != nil {
				return err
			}
		}
		r.next.Pieces = append(r.next.Pieces, p)
	}
	for from := r.listed.entries(); from < s.Size(); from += piecesOf {
		p, err := r.writePiece(ctx, s, piece{From: from, To: min(from+piecesOf, s.Size())})
		if err != nil {
			return err
		}
		r.next.Pieces = append(r.next.Pieces, p)
	}
	return nil
}

func (r *running) writePiece(ctx context.Context, s *store.Snapshot, p piece) (_ piece, err error) {
	p.File, err = writeFile(r.Files, r.dir, p.name(r.now.Run), r.Recipients, func(w io.Writer) (err error) {
		p.LeftOut, err = s.WriteJournal(ctx, w, p.From, p.To)
		return err
	})
	r.w.Pieces++
	r.w.NewBytes += p.File.Size
	if err == nil {
		r.Pause("backup.piece")
	}
	return p, err
}

// writeKeys writes the keys into the other place, unless those of the last run
// are the same.
func (r *running) writeKeys(ctx context.Context, s *store.Snapshot) error {
	sum := sha256.New()
	count, err := s.WriteKeys(ctx, sum)
	if err != nil {
		return err
	}
	r.now.Rows, r.now.KeysPlain = count.Rows, [32]byte(sum.Sum(nil))
	if r.before != nil {
		if lost := r.before.Rows - count.Rows; lost > s.ErasedLeaves() {
			return fmt.Errorf("%w: the archive has lost the keys of %d rows, and erasures name %d. The backup is left as it is; put the archive's keys back from it", fault.Tampered, lost, s.ErasedLeaves())
		}
	}
	if err := r.writePublished(s.Published()); err != nil {
		return err
	}
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
	name := keysFile{Time: r.now.Time, Run: r.now.Run, Erased: r.now.Erased}.name()
	r.now.Keys, err = writeFile(r.Files, r.keysDir, name, r.Recipients, func(w io.Writer) error {
		_, err := s.WriteKeys(ctx, w)
		return err
	})
	r.w.KeysWritten = true
	r.w.NewBytes += r.now.Keys.Size
	return err
}

// sweep removes what the manifest does not name: erased objects, pieces that
// were written anew, lists of earlier runs, and what was cut off.
func (r *running) sweep(ctx context.Context) error {
	named := map[string]bool{manifestFile: true, r.now.List.Name: true}
	for _, p := range r.next.Pieces {
		named[p.File.Name] = true
	}
	for _, folder := range []string{"", journalFolder} {
		dir := filepath.Join(r.dir, folder)
		entries, err := r.Files.ReadDir(dir)
		if err != nil {
			return explain(dir, err)
		}
		for _, entry := range entries {
			name := entry.Name()
			if folder != "" {
				name = folder + "/" + name
			}
			whole := trimNew(name)
			ours := whole == manifestFile || listName.MatchString(whole) || pieceName.MatchString(whole)
			if ours && !named[name] {
				if err := remove(r.Files, filepath.Join(dir, entry.Name())); err != nil {
					return err
				}
			}
		}
	}
	for _, o := range r.next.Objects {
		named[o.Address] = true
	}
	for a, err := range r.objects.List(ctx) {
		if err != nil {
			return err
		}
		if !named[a.String()] {
			if err := r.objects.Remove(ctx, a); err != nil {
				return err
			}
			r.w.Removed++
		}
	}
	_, err := r.objects.Sweep(ctx, time.Now().Add(time.Minute)) // nobody else is at work here
	return err
}
