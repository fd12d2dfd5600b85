// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"recount/dossier"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
	"recount/verify"
)

// maxStatement is the longest statement that is read, in bytes.
const maxStatement = 16 << 20

// ComposeDossier keeps a statement under an id; without one the dossier is
// new. The figures and citations that it names must be there.
func (d Desk) ComposeDossier(ctx context.Context, id, title string, statement []byte, why Why) (Done, error) {
	isNew := id == ""
	if err := d.draw("d", &id); err != nil {
		return Done{}, err
	}
	if title == "" {
		return Done{}, fmt.Errorf("%w: a dossier needs a title", fault.Invalid)
	}
	if len(statement) > maxStatement {
		return Done{}, fmt.Errorf("%w: a statement of %d bytes; accepted are at most %d", fault.Invalid, len(statement), maxStatement)
	}
	err := d.Case.Read(ctx, func(r store.Reader) error {
		if !isNew {
			if _, err := r.Dossier(ctx, id); err != nil {
				return err
			}
		}
		text, err := called(ctx, r, id, statement, false)
		if err != nil {
			return err
		}
		_, err = dossier.Compose(ctx, namedIn{r}, text)
		return err
	})
	if err != nil {
		return Done{}, err
	}
	address, err := objects{d.Case}.Keep(ctx, bytes.NewReader(statement))
	if err != nil {
		return Done{}, err
	}
	sum := sha256.Sum256(statement)
	r, err := d.act(ctx, func(store.View) (journal.Draft, error) {
		return journal.Draft{Kind: "dossier.composed@1", Reason: why.Reason, Basis: why.Basis, Handling: why.Handling, Fields: map[string]journal.Value{
			"dossier": journal.Text(id), "title": journal.Optional(title),
			"statement_sha256": journal.Text(hex.EncodeToString(sum[:])), "object": journal.Text(address.String()),
		}}, nil
	})
	return Done{ID: id, Seq: r.Seq}, err
}

// FreezeDossier answers the figures of a dossier as the case stands and fixes
// statement, answers and lines by an entry.
func (d Desk) FreezeDossier(ctx context.Context, id string, showing dossier.Showing, why Why) (dossier.Frozen, int64, error) {
	var f freezing
	err := d.Case.Read(ctx, func(r store.Reader) (err error) {
		if showing.Closed, err = closedFields(ctx, r); err != nil {
			return err
		}
		return f.read(ctx, d.Case, r, id)
	})
	if err != nil {
		return dossier.Frozen{}, -1, err
	}
	if err := refusal(f.objections); err != nil {
		return dossier.Frozen{}, -1, err
	}
	stager := &stager{c: d.Case}
	frozen, err := dossier.Freeze(ctx, dossier.Case{
		Origin: d.Case.Origin(), Answers: f.columns, Objects: objects{d.Case}, Stager: stager,
	}, f.composed, dossier.Edition{
		Dossier: id, Edition: f.edition, Title: f.title, Showing: showing,
		Reason: why.Reason, Basis: why.Basis, Handling: why.Handling, Earlier: f.earlier,
	})
	if err != nil {
		return dossier.Frozen{}, -1, err
	}
	receipt, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
		return frozen.Draft, unchanged(v, f.columns.Stamp().Size, "the edition")
	})
	if err != nil {
		return dossier.Frozen{}, -1, errors.Join(err, stager.abort())
	}
	return frozen, receipt.Seq, nil
}

// ExportDossier writes the public bundle of the newest edition of a dossier, or
// of the one that was asked for (edition > 0), and notes that the checkpoint
// in it leaves the archive. What is quoted or counted in it has to be permitted
// now as it had to be at the freeze: a withdrawal since then is *Unpermitted.
func ExportDossier(ctx context.Context, c *store.Case, id string, edition int64, dir, zip string) (e dossier.Exported, err error) {
	return exportTo(ctx, c, id, edition, Outlet{}, dossier.Publication{Dir: dir, Zip: zip})
}

func exportTo(ctx context.Context, c *store.Case, id string, edition int64, to Outlet, p dossier.Publication) (e dossier.Exported, err error) {
	seq, size, err := exportable(ctx, c, id, edition)
	if err != nil {
		return e, err
	}
	if err := permitted(ctx, c, seq, to); err != nil {
		return e, err
	}
	if err := leaves(ctx, c, seq); err != nil {
		return e, err
	}
	checkpoint, err := c.Checkpoint(ctx, size)
	if err != nil {
		return e, err
	}
	if err := c.Publish(ctx, checkpoint); err != nil {
		return e, err
	}
	p.Seq, p.Size = seq, size
	return export(ctx, c, p)
}

// leaves refuses an edition with figures that ask for a field which was closed
// since it was frozen.
func leaves(ctx context.Context, c *store.Case, seq int64) error {
	var closed register.Shut
	err := c.Read(ctx, func(r store.Reader) (err error) {
		closed, err = closedFields(ctx, r)
		return err
	})
	if err != nil || len(closed) == 0 {
		return err
	}
	frozen, err := parseFrozen(ctx, c, seq)
	for _, count := range frozen.Counts {
		err = errors.Join(err, dossier.Leaves(count.Definition, closed))
	}
	return err
}

// closedFields are the fields of records that are closed to anybody. A bundle is
// public, whatever the handling of the entry that froze it.
func closedFields(ctx context.Context, r store.Reader) (closed register.Shut, err error) {
	all, err := r.FieldClasses(ctx)
	for _, f := range all {
		if f.Handling != register.OpenField {
			closed = append(closed, f.Code)
		}
	}
	return closed, err
}

// ExamineDossier makes the bundle as ExportDossier does, in a folder that is to
// be looked at and thrown away: nothing is noted to have left the archive.
func ExamineDossier(ctx context.Context, c *store.Case, id string, edition int64, dir string) (e dossier.Exported, err error) {
	seq, size, err := exportable(ctx, c, id, edition)
	if err != nil {
		return e, err
	}
	return export(ctx, c, dossier.Publication{Seq: seq, Size: size, Dir: dir})
}

func exportable(ctx context.Context, c *store.Case, id string, edition int64) (seq, size int64, err error) {
	err = c.Read(ctx, func(r store.Reader) error {
		size = r.Size()
		seq, err = editionOf(ctx, r, id, edition)
		return err
	})
	return seq, size, err
}

func export(ctx context.Context, c *store.Case, p dossier.Publication) (dossier.Exported, error) {
	return dossier.Export(ctx, dossier.Archive{Log: logOf{c}, Rows: rowsOf{c}, Objects: objects{c}, Sealer: c, History: c}, p)
}

func editionOf(ctx context.Context, r store.Reader, id string, edition int64) (int64, error) {
	if _, err := r.Dossier(ctx, id); err != nil {
		return -1, err
	}
	frozen, err := r.Frozen(ctx, id)
	if err != nil {
		return -1, err
	}
	for i := len(frozen) - 1; i >= 0; i-- {
		if edition <= 0 || frozen[i].Edition == edition {
			return frozen[i].Seq, nil
		}
	}
	if len(frozen) == 0 {
		return -1, fmt.Errorf("%w: dossier %s was never frozen; recount dossier freeze %s does that", fault.NotFound, id, id)
	}
	return -1, fmt.Errorf("%w: dossier %s has no edition %d; the last is %d", fault.NotFound, id, edition, frozen[len(frozen)-1].Edition)
}

// freezing is what a freeze reads before it writes.
type freezing struct {
	title    string
	edition  int64
	composed dossier.Composed
	columns  dossier.Answers
	earlier  []verify.Frozen

	objections []Objection // to what would be shown
}

func (f *freezing) read(ctx context.Context, c *store.Case, r store.Reader, id string) error {
	kept, err := r.Dossier(ctx, id)
	if err != nil {
		return err
	}
	f.title, f.edition = kept.Title, 1
	statement, err := readObject(ctx, c, kept.Object)
	if err != nil {
		return err
	}
	if statement, err = called(ctx, r, id, statement, true); err != nil {
		return err
	}
	if f.composed, err = dossier.Compose(ctx, namedIn{r}, statement); err != nil {
		return err
	}
	if err := keepsApart(ctx, r, id, f.title, f.composed, statement); err != nil {
		return err
	}
	if f.objections, err = objections(ctx, c, r, f.composed, Outlet{}); err != nil {
		return err
	}
	if len(f.objections) > 0 {
		return nil // nothing is answered for a page that may not be made
	}
	if f.columns, err = columnsOf(ctx, c, r); err != nil {
		return err
	}
	return f.before(ctx, c, r, id)
}

// before gathers the editions that were frozen so far.
func (f *freezing) before(ctx context.Context, c *store.Case, r store.Reader, id string) error {
	all, err := r.Frozen(ctx, "")
	if err != nil {
		return err
	}
	for _, before := range all {
		if before.Dossier == id {
			f.edition = max(f.edition, before.Edition+1)
		}
		parsed, err := parseFrozen(ctx, c, before.Seq)
		if err != nil {
			return err
		}
		f.earlier = append(f.earlier, parsed)
	}
	return nil
}

func parseFrozen(ctx context.Context, c *store.Case, seq int64) (verify.Frozen, error) {
	e, err := c.OpenEntry(ctx, seq)
	if err != nil {
		return verify.Frozen{}, err
	}
	return verify.ParseFrozen(func(field string) (journal.Value, bool) { return e.Get(field), true })
}

func readObject(ctx context.Context, c *store.Case, address string) ([]byte, error) {
	in, err := openObject(ctx, c, address)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(in, maxStatement+1))
	return text, errors.Join(err, in.Close())
}
