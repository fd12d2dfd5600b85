// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"recount/fault"
	"recount/journal"
)

// said reads back what entries of a kind said, from the table that apply put
// it into.
type said[T any] struct {
	kind  string
	table string
	from  func(journal.Entry) (T, error)
}

// id is the column of the thing's id.
func (s said[T]) id() string { return projectionTable(s.table).key[0] }

// all are the things that stand at the reader's size and meet the condition,
// in the order in which they were first described.
func (s said[T]) all(ctx context.Context, r Reader, p Page, where string, args ...any) ([]T, error) {
	id := s.id()
	condition := standing("d")
	all := []any{r.size, r.size}
	if where != "" {
		condition += " AND " + where
		all = append(all, args...)
	}
	if p.After != "" {
		var first int64
		err := r.t.get(ctx, []any{&first}, `SELECT MIN(first_seq) FROM `+s.table+` WHERE `+id+` = ? HAVING COUNT(*) > 0`, p.After)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("%w: a list after %q: there is nothing of that id", fault.Invalid, p.After)
		}
		if err != nil {
			return nil, err
		}
		condition += " AND d.first_seq > ?"
		all = append(all, first)
	}
	return s.matching(ctx, r, condition+` ORDER BY d.first_seq LIMIT ?`, append(all, p.limit())...)
}

// one is the thing of that id.
func (s said[T]) one(ctx context.Context, r Reader, what, id string) (T, error) {
	list, err := s.matching(ctx, r, standing("d")+` AND d.`+s.id()+` = ?`, r.size, r.size, id)
	var none T
	switch {
	case err != nil:
		return none, err
	case len(list) == 0:
		return none, r.missing(ctx, what+" "+id, s.kind)
	}
	return list[0], nil
}

// matching reads the rows that meet a condition on the table d.
func (s said[T]) matching(ctx context.Context, r Reader, condition string, args ...any) ([]T, error) {
	table := projectionTable(s.table)
	cells, dest := table.cells()
	return collect(ctx, r, func(rows *sql.Rows) (T, error) {
		var none T
		if err := rows.Scan(dest...); err != nil {
			return none, err
		}
		return s.from(s.entry(table, cells))
	}, `SELECT d.`+strings.Join(table.columnNames(), ", d.")+` FROM `+s.table+` d WHERE `+condition, args...)
}

// entry is the entry as far as the table has it: the fields of its kind.
func (s said[T]) entry(table table, cells []cell) journal.Entry {
	kind, _ := journal.KindNamed(s.kind)
	e := journal.Entry{Kind: kind, Values: make([]journal.Value, len(kind.Fields))}
	for i, c := range table.columns {
		if c.name == "from_seq" {
			e.Header.Seq = cells[i].number.Int64
		}
		if at := kind.Index(fieldOf(c.name)); at >= 0 {
			e.Values[at] = valueOfCell(&cells[i])
		}
	}
	return e
}

// histories are the tables of things that can be described again, by the first
// letter of their ids.
func historyTable(id string) string {
	switch {
	case strings.HasPrefix(id, "s-"):
		return "p_source"
	case strings.HasPrefix(id, "e-"):
		return "p_exhibit"
	case strings.HasPrefix(id, "c-"):
		return "p_citation"
	case strings.HasPrefix(id, "i-"):
		return "p_incident"
	case strings.HasPrefix(id, "f-"):
		return "p_figure"
	case strings.HasPrefix(id, "d-"):
		return "p_dossier"
	case strings.HasPrefix(id, "w-"):
		return "p_identity"
	case strings.HasPrefix(id, "n-"):
		return "p_consent"
	case strings.HasPrefix(id, "k-"):
		return "p_compartment"
	case strings.HasPrefix(id, "h-"):
		return "p_hold"
	case strings.HasPrefix(id, "q-"):
		return "p_proposal"
	}
	return ""
}

// History are the entries that described a source, exhibit, citation,
// incident, figure, dossier, protected identity or consent, oldest first; the last of them is what stands.
func (r Reader) History(ctx context.Context, id string) ([]EntryLine, error) {
	table := historyTable(id)
	if table == "" {
		return nil, fmt.Errorf("%w: the history of %.40q: accepted are ids that begin with s-, e-, c-, i-, f-, d-, w-, n-, k-, h- or q-", fault.Invalid, id)
	}
	return collect(ctx, r, scanLine, entryQuery+` WHERE seq < ? AND seq IN (SELECT from_seq FROM `+table+` WHERE `+projectionTable(table).key[0]+` = ?) ORDER BY seq`, r.size, id)
}
