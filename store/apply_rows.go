// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"recount/fault"
	"recount/journal"
)

// rowsToStatement is how many rows one INSERT takes: above some fifty nothing
// is gained.
const rowsToStatement = 60

// projectedRows is the rowApplier: it lays rows out and gathers them by table.
type projectedRows struct {
	ctx     context.Context
	dialect dialect
	put     putter
	batch   string
	tables  map[string]*inserter // by kind
	gone    *inserter            // p_erased
	sources map[[2]string]bool   // source and exhibit of the batch, seen so far
	cells   []any
}

// newRowApplier begins to write rows of a batch within t.
func newRowApplier(ctx context.Context, t *tx, batch string) rowApplier {
	return newProjectedRows(ctx, t.dialect, t.put, batch)
}

func newProjectedRows(ctx context.Context, d dialect, put putter, batch string) *projectedRows {
	return &projectedRows{
		ctx: ctx, dialect: d, put: put, batch: batch, tables: map[string]*inserter{}, sources: map[[2]string]bool{},
		gone: newInserterBy(d, put, "p_erased", projectionTable("p_erased").columnNames(), rowsToStatement),
	}
}

// apply takes one row. A line of a count file and its members have no
// projection: they are answers, not what was recorded. A member that names no
// person is one of those.
func (p *projectedRows) apply(leaf journal.Leaf, kind string, values []journal.Value) error {
	l, ok := layouts()[kind]
	if !ok {
		if _, known := journal.KindNamed(kind); known {
			return nil
		}
		return fmt.Errorf("%w: a row of kind %.64q, which this release does not know", journal.ErrUnknownKind, kind)
	}
	if err := l.check(values); err != nil {
		return err
	}
	if kind == "member@1" && !values[1].Present() {
		return nil
	}
	cells, err := l.cells(p.cells[:0], leaf, p.batch, values)
	if err != nil {
		return err
	}
	p.cells = cells
	if err := p.into(kind, l).add(p.ctx, cells...); err != nil {
		return err
	}
	if kind == "record@1" {
		return p.origin(l, values)
	}
	return nil
}

func (p *projectedRows) into(kind string, l layout) *inserter {
	in := p.tables[kind]
	if in == nil {
		in = newInserterBy(p.dialect, p.put, l.table.name, l.table.columnNames(), rowsToStatement)
		p.tables[kind] = in
	}
	return in
}

// origin notes of which source and exhibit the records of the batch speak.
func (p *projectedRows) origin(l layout, values []journal.Value) error {
	from := [2]string{values[l.kind.Index("source")].Text(), values[l.kind.Index("exhibit")].Text()}
	if p.sources[from] {
		return nil
	}
	p.sources[from] = true
	_, err := p.put(p.ctx, `INSERT INTO p_batch_source (batch, source, exhibit) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		[]any{p.batch, textCell(from[0]), textCell(from[1])})
	return err
}

// erased keeps of a row that it stood there, of what kind, in which batch.
func (p *projectedRows) erased(leaf journal.Leaf, kind string) error {
	return p.gone.add(p.ctx, leaf[:], textCell(kind), p.batch)
}

// close writes what is held back.
func (p *projectedRows) close() error {
	for _, in := range p.tables {
		if err := in.flush(p.ctx); err != nil {
			return err
		}
	}
	return p.gone.flush(p.ctx)
}

// invalidf is an entry or row that no release of the program writes.
func invalidf(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{fault.Invalid}, args...)...)
}
