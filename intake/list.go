// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"fmt"
	"io"

	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/journal"
	"recount/register"
)

// Order is a list to import.
type Order struct {
	Act
	Exhibit       string // id of the exhibit that holds the list
	Source        string // id of the source; "" the mapping's own
	Mapping       *mapping.Mapping
	AcceptRefused bool   // import although rows are refused; the receipt lists them
	EditionOf     string // id of the exhibit that the list is a later edition of; "" none
	Another       bool   // import although most rows stand in earlier lists of the source, or may
	Limits        table.Limits
	Progress      func(Progress)       // now and then, never twice at once
	Refused       func(*table.Refusal) // each refused row, with its value, for the importing person
	GoingOn       func(GoingOn)        // where the same import was cut off before
}

// Progress is how far an import is.
type Progress struct {
	Stage string // "checking" a list that is not preserved yet, "reading" it, then "writing" what was read
	Rows  int64  // read, or written, so far; when writing, harms are rows too
	Of    int64  // rows to write; 0 before
	Bytes int64  // read of Size
	Size  int64  // of the list, unfolded where it is a workbook; 0 not known
}

// ErrRefused is wrapped by the error of an import that was stopped by refused
// rows, so that a command can say how to go on without them.
var ErrRefused = errors.New("rows were refused")

// Import reads the list in an exhibit by a mapping, and records its rows as one
// entry. Nobody sees a row before that entry; on an error nothing is left. Where
// an import is cut off, by the end of ctx, of the process or of the room on the
// disk, what it has sealed is left, and the same order goes on with it
// (goingon.go). One refused row stops the import, after all of them were
// read and told, unless the order accepts them.
//
// Rows that stand in an earlier list of the same source are counted, and said
// in the receipt; where most do, the error is an *AlreadyStanding, unless the
// order says that the list is another edition.
//
// A list that is an edition of another changes what the case has of it: rows that
// stand there are not recorded again, rows that were changed supersede the record
// of the row before, under the same person, and rows of which nobody can say what
// they correct are refused (update). Records of rows that are gone stay.
//
// The same exhibit, mapping and source again change nothing, and the receipt
// says so. Another mapping or source for an exhibit that was imported is
// fault.Conflict: its people would stand in the case twice.
func (c *Clerk) Import(ctx context.Context, o Order) (Receipt, error) {
	if o.Exhibit == "" {
		return Receipt{}, fmt.Errorf("%w: no exhibit is named; accepted: the id of one, e-…", fault.Invalid)
	}
	told := 0
	if tell := o.Refused; tell != nil {
		o.Refused = func(r *table.Refusal) {
			if r.Row > told {
				told = r.Row
				tell(r)
			}
		}
	}
	r, err := c.importOnce(ctx, o, "")
	if errors.Is(err, errOtherRows) {
		r, err = c.importOnce(ctx, o, anewRead)
	}
	return r, err
}

// importOnce imports; errOtherRows where nothing is left of what it went on with,
// and why as it is begun anew for it.
func (c *Clerk) importOnce(ctx context.Context, o Order, anew string) (Receipt, error) {
	j, err := c.prepare(ctx, o)
	if err != nil {
		return Receipt{}, err
	}
	if j.receipt.Unchanged {
		return j.receipt, nil
	}
	if err := j.readUpdate(ctx, Edition{Mapping: o.Mapping, File: j.exhibit.FileName, Open: j.open}); err != nil {
		return j.receipt, err
	}
	batch, err := j.stage(ctx)
	if err != nil {
		return Receipt{}, err
	}
	if anew != "" {
		j.goesOn(GoingOn{Anew: anew})
	}
	if err := j.through(ctx, batch); errors.Is(err, errOtherRows) {
		return j.receipt, errors.Join(err, batch.Abort())
	} else if err != nil {
		return j.receipt, errors.Join(err, batch.GiveUp(err))
	}
	return j.receipt, nil
}

// through reads the list into a batch and records it.
func (j *importing) through(ctx context.Context, batch Marked) error {
	if err := j.run(ctx, batch); err != nil {
		return err
	}
	file, err := batch.Finish(ctx)
	if err != nil {
		return err
	}
	if err := j.nameEdition(ctx); err != nil {
		return err
	}
	if err := j.closeFields(ctx, j.closes); err != nil {
		return err
	}
	return j.record(ctx, file)
}

// importing is an import under way.
type importing struct {
	clerk    *Clerk
	order    Order
	source   string
	exhibit  register.Exhibit
	mapping  string // canonical
	receipt  Receipt
	earlier  *earlierLists // nil: the source gave none before
	update   *update       // nil: it is no edition of another list
	declared register.DeclaredFields
	closes   []mapping.FieldClass // that the mapping asks for
	closed   map[string]bool      // exhibits of earlier lists that are closed to whoever imports
}

// prepare checks what can be checked before a row is read.
func (c *Clerk) prepare(ctx context.Context, o Order) (*importing, error) {
	if o.Mapping == nil {
		return nil, fmt.Errorf("%w: there is no mapping", fault.Invalid)
	}
	o.Act = o.Act.orDefault()
	if o.EditionOf != "" && len(o.Mapping.Others) > 0 {
		return nil, fmt.Errorf(`%w: rows of this mapping speak of several persons ("others"), and editions are compared person by person; accepted: a mapping in which a row is one person`, fault.Invalid)
	}
	if o.EditionOf != "" && o.Mapping.Row != mapping.RowPerson {
		return nil, fmt.Errorf(`%w: rows of this mapping are no persons of a list ("row": %q), and editions are compared person by person; accepted: a mapping whose "row" is "person"; of a worksheet, "recount changes"`, fault.Invalid, o.Mapping.Row)
	}
	if o.EditionOf != "" {
		if err := c.Case.Sees(ctx, c.Actor, o.EditionOf); err != nil {
			return nil, fmt.Errorf("the edition before: %w", err)
		}
	}
	j := &importing{clerk: c, order: o, source: o.Source}
	switch own := o.Mapping.Source; {
	case j.source == "" && own == "" && o.EditionOf != "":
		var err error
		if j.source, err = c.sourceOf(ctx, o.EditionOf); err != nil {
			return nil, err
		}
	case j.source == "" && own == "":
		return nil, fmt.Errorf(`%w: neither the import nor the mapping names the source; accepted: the id of a source that is described, s-…`, fault.Invalid)
	case j.source == "":
		j.source = own
	case own != "" && own != j.source:
		return nil, fmt.Errorf("%w: the import names source %s, the mapping %s; accepted: the same one, or one of them", fault.Invalid, j.source, own)
	}
	canonical, err := o.Mapping.JSON()
	if err != nil {
		return nil, err
	}
	j.mapping = string(canonical)
	sum, err := o.Mapping.SHA256()
	if err != nil {
		return nil, err
	}
	j.receipt = Receipt{Format: receiptFormat, Source: j.source, Exhibit: o.Exhibit, MappingSHA256: sum}
	if j.closed, err = c.closedLists(ctx, j.source); err != nil {
		return nil, err
	}
	err = c.Case.Look(ctx, func(v View) error { return j.look(ctx, v) })
	if errors.Is(err, errAlreadyThere) {
		j.receipt.Unchanged, err = true, nil
	}
	j.receipt.SHA256 = j.exhibit.SHA256
	return j, err
}

// closedLists are the exhibits of a source's earlier lists that are closed to
// whoever imports.
func (c *Clerk) closedLists(ctx context.Context, source string) (map[string]bool, error) {
	var lists []Imported
	err := c.Case.Look(ctx, func(v View) (err error) { lists, err = v.Lists(ctx, source); return err })
	if err != nil {
		return nil, err
	}
	closed := map[string]bool{}
	for _, list := range lists {
		switch err := c.Case.Sees(ctx, c.Actor, list.Exhibit); {
		case errors.Is(err, fault.NotFound):
			closed[list.Exhibit] = true
		case err != nil:
			return nil, err
		}
	}
	return closed, nil
}

// look sees that what the import points to is there. A list that is not
// preserved yet has no exhibit.
func (j *importing) look(ctx context.Context, v View) (err error) {
	if err := checkSource(ctx, v, j.source); err != nil {
		return err
	}
	if err := j.incidents(ctx, v); err != nil {
		return err
	}
	if j.declared, err = v.Declared(ctx); err != nil {
		return err
	}
	if j.order.Exhibit == "" {
		j.earlier, err = j.readEarlier(ctx, v)
		return err
	}
	if j.exhibit, err = v.Exhibit(ctx, j.order.Exhibit); err != nil {
		return fmt.Errorf("exhibit %s: %w", j.order.Exhibit, err)
	}
	if err := j.before(ctx, v); err != nil {
		if errors.Is(err, errAlreadyThere) {
			if other := j.sameEdition(ctx, v); other != nil {
				return other
			}
		}
		return err
	}
	j.earlier, err = j.readEarlier(ctx, v)
	return err
}

// incidents sees that those which the mapping names are there.
func (j *importing) incidents(ctx context.Context, v View) error {
	for _, id := range j.order.Mapping.Incidents() {
		if _, err := v.Incident(ctx, id); err != nil {
			return fmt.Errorf("incident %s: %w", id, err)
		}
	}
	return nil
}

// before compares with what was imported from the exhibit earlier:
// errAlreadyThere for the same, fault.Conflict for another reading of it.
func (j *importing) before(ctx context.Context, v View) error {
	earlier, err := v.Imports(ctx, j.order.Exhibit)
	if err != nil {
		return err
	}
	for _, e := range earlier {
		if e.MappingSHA256 == j.receipt.MappingSHA256 && e.Source == j.source {
			j.receipt.fill(e)
			if m := j.order.Mapping; m.Row == mapping.RowPerson && len(m.Own) == 0 {
				j.receipt.Harms = e.N - e.Records // the row file has nothing else
			}
			return errAlreadyThere
		}
	}
	if len(earlier) == 0 {
		return nil
	}
	if e := earlier[0]; e.MappingSHA256 == j.receipt.MappingSHA256 {
		return fmt.Errorf("%w: exhibit %s was imported as the word of source %s, not %s", fault.Conflict, j.order.Exhibit, e.Source, j.source)
	}
	return fmt.Errorf("%w: exhibit %s was imported by another mapping (SHA-256 %.12s…, this one %.12s…): its people would stand in the case twice; accepted: that mapping, or corrections of single records",
		fault.Conflict, j.order.Exhibit, earlier[0].MappingSHA256, j.receipt.MappingSHA256)
}

// open opens the list as it was preserved.
func (j *importing) open(ctx context.Context) (table.Table, func() error, error) {
	t, err := j.clerk.openList(ctx, j.exhibit, j.order.Mapping, j.order.Limits)
	if err != nil {
		return nil, nil, err
	}
	return t, t.Close, nil
}

func tableOptions(m *mapping.Mapping, file string, limits table.Limits) table.Options {
	return table.Options{
		File: file, Sheet: m.Sheet, HeaderRow: m.HeaderRow, NoHeader: m.NoHeader(), Storeys: m.HeaderRows, Delimiter: m.Delimiter, Encoding: m.Encoding,
		Wanted: m.Wanted(), Limits: limits,
	}
}

// run reads every row, and hands people on to be sealed while none is refused.
func (j *importing) run(ctx context.Context, batch Marked) (err error) {
	t, shut, err := j.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	r, err := mapping.Bind(j.order.Mapping, t.Info(), j.exhibit.FileName)
	if err != nil {
		return err
	}
	r.Declare(j.declared)
	j.closes = r.Closes()
	j.receipt.Unlisted = r.Unlisted()
	s := newSealing(ctx, batch)
	defer s.end()
	rows, readErr := j.readRows(ctx, t, r, s)
	if readErr == nil && rows < s.from.Rows {
		readErr = errOtherRows
	}
	if err := errors.Join(s.wait(), readErr); err != nil {
		return err
	}
	j.receipt.count(r.Counts, t.Notices(), j.earlier, j.updated())
	if err := j.acceptable(); err != nil || rows < markRows {
		return err
	}
	return j.mark(ctx, rows, s)
}

// progressRows is after how many rows progress is told.
const progressRows = 2048

// readRows answers how many rows were read.
func (j *importing) readRows(ctx context.Context, t table.Table, r *mapping.Reader, s *sealing) (n int64, err error) {
	people := newPeople(j)
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return n, err
		}
		n++
		if !j.skips(row.Number) {
			going, err := j.take(r, row, people, s)
			if err != nil {
				return n, err
			}
			if !going {
				break // sealing failed; wait says why
			}
		}
		if err := j.settled(ctx, n, s); err != nil {
			return n, err
		}
		if n%progressRows == 0 {
			if err := ctx.Err(); err != nil {
				return n, err
			}
			j.progress(Progress{Stage: "reading", Rows: n, Bytes: t.BytesRead(), Size: t.Info().Size})
		}
	}
	s.flush()
	j.progress(Progress{Stage: "reading", Rows: r.Counts.Rows(), Bytes: t.BytesRead(), Size: t.Info().Size})
	return n, ctx.Err()
}

// take reads a row and hands its person on; false where nobody takes it any more.
func (j *importing) take(r *mapping.Reader, row *table.Row, people *people, s *sealing) (going bool, err error) {
	p, refused := j.read(r, row)
	if refused != nil {
		j.refuse(refused)
		return true, nil
	}
	if j.receipt.Refused > 0 && !j.order.AcceptRefused {
		return true, nil
	}
	if err := people.complete(&p); err != nil {
		return false, err
	}
	if j.update == nil {
		j.earlier.compare(p.Record)
	}
	j.receipt.doubt(p.Doubts)
	return s.add(p), nil
}

// read reads a row, which may be refused for what it would change as well.
func (j *importing) read(r *mapping.Reader, row *table.Row) (mapping.Person, *table.Refusal) {
	if row.Refused == nil {
		if refused := j.refuses(row.Number); refused != nil {
			r.Counts.Refused++
			return mapping.Person{}, refused
		}
	}
	return r.Read(row)
}

func (j *importing) progress(p Progress) {
	if j.order.Progress != nil {
		j.order.Progress(p)
	}
}

// record appends the entry. What was seen before may have changed meanwhile.
func (j *importing) record(ctx context.Context, file register.RowFile) error {
	x := register.Import{
		Source: j.source, Exhibit: j.exhibit.Exhibit, ExhibitSHA256: j.exhibit.SHA256,
		Mapping: j.mapping, MappingSHA256: j.receipt.MappingSHA256, RowFile: file,
		Rows: j.receipt.Rows, Records: j.receipt.Records, Refused: j.receipt.Refused, Doubtful: j.receipt.Doubtful,
	}
	if err := x.Check(); err != nil {
		return err
	}
	seq, err := j.clerk.Case.Act(ctx, j.clerk.Actor, func(v View) (journal.Draft, error) {
		if err := j.before(ctx, v); err != nil {
			if errors.Is(err, errAlreadyThere) {
				err = fmt.Errorf("%w: somebody else has just imported exhibit %s", fault.Conflict, j.exhibit.Exhibit)
			}
			return journal.Draft{}, err
		}
		if err := j.earlier.unchanged(ctx, v, j.source); err != nil {
			return journal.Draft{}, err
		}
		if err := j.incidents(ctx, v); err != nil {
			return journal.Draft{}, err
		}
		if err := j.stillStanding(ctx, v); err != nil {
			return journal.Draft{}, err
		}
		return x.Draft(j.order.Reason, j.order.Basis, j.order.Handling), nil
	})
	if err != nil {
		return err
	}
	j.receipt.Seq = seq
	j.receipt.fill(x)
	return nil
}
