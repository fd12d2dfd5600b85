// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"fmt"
	"io"

	"recount/fault"
	"recount/intake/collate"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/register"
)

// Edition is a list that is compared with another edition of it, and what its
// columns mean. Open opens it anew, from its first row.
type Edition struct {
	Mapping *mapping.Mapping
	File    string
	Open    func(ctx context.Context) (t table.Table, shut func() error, err error)
}

// FileEdition is a list of size bytes that need not be in an archive.
func FileEdition(src io.ReaderAt, size int64, file string, m *mapping.Mapping, limits table.Limits) Edition {
	return Edition{m, file, func(context.Context) (table.Table, func() error, error) {
		t, err := openFile(src, size, file, m, limits)
		if err != nil {
			return nil, nil, err
		}
		return t, t.Close, nil
	}}
}

// ExhibitEdition is a list that was preserved. Without a mapping it is the one by
// which it was imported; fault.Invalid where it was not.
func (c *Clerk) ExhibitEdition(ctx context.Context, exhibit string, m *mapping.Mapping, limits table.Limits) (Edition, error) {
	var x register.Exhibit
	var lists []register.Import
	err := c.Case.Look(ctx, func(v View) (err error) {
		if x, err = v.Exhibit(ctx, exhibit); err != nil {
			return fmt.Errorf("exhibit %s: %w", exhibit, err)
		}
		lists, err = v.Imports(ctx, exhibit)
		return err
	})
	if err != nil {
		return Edition{}, err
	}
	if m == nil {
		if len(lists) == 0 {
			return Edition{}, fmt.Errorf("%w: exhibit %s was not imported, so that no mapping says what its columns mean; accepted: a mapping for it", fault.Invalid, exhibit)
		}
		if m, err = mapping.Parse([]byte(lists[len(lists)-1].Mapping)); err != nil {
			return Edition{}, fmt.Errorf("the mapping by which exhibit %s was imported: %w", exhibit, err)
		}
	}
	return Edition{m, x.FileName, func(ctx context.Context) (table.Table, func() error, error) {
		t, err := c.openList(ctx, x, m, limits)
		if err != nil {
			return nil, nil, err
		}
		return t, t.Close, nil
	}}, nil
}

// Compare compares two editions of a list by the keys of their rows, and calls
// visit with what became of each (collate.Compare). Nothing is written.
// fault.Invalid where a mapping names neither a key nor identifiers.
func Compare(ctx context.Context, older, newer Edition, visit func(collate.Found) error) (collate.Outcome, error) {
	one, err := older.readable(ctx)
	if err != nil {
		return collate.Outcome{}, err
	}
	two, err := newer.readable(ctx)
	if err != nil {
		return collate.Outcome{}, err
	}
	return collate.Compare(ctx, one, two, visit)
}

// readable is the edition for comparing: its columns now, its rows when asked.
func (e Edition) readable(ctx context.Context) (collate.Edition, error) {
	if !e.Mapping.HasKey() {
		return collate.Edition{}, fmt.Errorf(`%w: the mapping of %s says by no column which row is which: rows can only be found again by "key" or "identifiers"; accepted: such as "key": ["Case no."]`, fault.Invalid, e.File)
	}
	t, shut, err := e.Open(ctx)
	if err != nil {
		return collate.Edition{}, err
	}
	columns := t.Info().Keys()
	if err := shut(); err != nil {
		return collate.Edition{}, err
	}
	return collate.Edition{Columns: columns, Each: e.each}, nil
}

// each reads the edition from its first row to its last.
func (e Edition) each(ctx context.Context, visit func(*collate.Row) error, refused func(int)) (err error) {
	t, shut, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	r, err := mapping.Bind(e.Mapping, t.Info(), e.File)
	if err != nil {
		return err
	}
	var to collate.Row
	for n := int64(1); ; n++ {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		if n%progressRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if said, no := r.Try(row); no != nil {
			refused(row.Number)
		} else {
			collated(&to, row, &said, r.KeyOf(row))
			to.Was = r.WasOf(row)
			if err := visit(&to); err != nil {
				return err
			}
		}
	}
}

// collated is a row as it is compared.
func collated(to *collate.Row, row *table.Row, said *register.Record, key string) {
	*to = collate.Row{Number: row.Number, Cells: to.Cells[:0], Key: key, Name: said.NameFold, Sex: said.Sex, Birth: said.Birth, Low: -1, High: -1}
	if said.AgeLow.Known && said.AgeHigh.Known {
		to.Low, to.High = said.AgeLow.N, said.AgeHigh.N
	}
	for i := range row.Cells {
		to.Cells = append(to.Cells, row.Cells[i].Text)
	}
}
