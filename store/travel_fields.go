// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"strings"

	"recount/journal"
	"recount/register"
)

// leaveFields leaves what says anything in a field that is closed above the
// copy: what a row or an entry says is sealed as one, so that it goes whole or
// not at all. A record stays with all that is said beside it.
func (l *leaving) leaveFields(ctx context.Context, shut register.Shut) error {
	if len(shut) == 0 {
		return nil
	}
	stay := map[journal.Leaf]bool{} // records and groups
	for _, kind := range writtenKinds() {
		if err := l.sayClosed(ctx, layouts()[kind], shut, stay); err != nil {
			return err
		}
	}
	for _, table := range []string{"p_record", "p_group"} {
		err := eachRow(ctx, l.s.t, `SELECT leaf, exhibit FROM `+table, func(rows *sql.Rows) error {
			var raw []byte
			var exhibit sql.NullString
			if err := rows.Scan(&raw, &exhibit); err != nil {
				return err
			}
			leaf, err := leafOf(raw)
			if stay[leaf] && l.rows[leaf] {
				l.fields++
				l.held[exhibit.String] = true
				delete(l.rows, leaf)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, table := range []string{"p_harm", "p_rung", "p_extra", "p_member"} {
		err := eachRow(ctx, l.s.t, `SELECT record, leaf FROM `+table+` WHERE leaf IS NOT NULL`, func(rows *sql.Rows) error {
			var of, raw []byte
			if err := rows.Scan(&of, &raw); err != nil {
				return err
			}
			record, err := leafOf(of)
			if err != nil || !stay[record] {
				return err
			}
			leaf, err := leafOf(raw)
			delete(l.rows, leaf)
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := l.declarationsStay(ctx, shut); err != nil {
		return err
	}
	return l.incidentsStay(ctx, shut)
}

// declarationsStay leaves what was declared of fields of the case's own that are closed.
func (l *leaving) declarationsStay(ctx context.Context, shut register.Shut) error {
	return eachRow(ctx, l.s.t, `SELECT from_seq, field FROM p_field`, func(rows *sql.Rows) error {
		var seq int64
		var field string
		err := rows.Scan(&seq, &field)
		if shut.HasOwn(field) {
			delete(l.entries, seq)
		}
		return err
	})
}

// sayClosed notes the records and groups of which a row of a kind says anything
// that is closed.
func (l *leaving) sayClosed(ctx context.Context, layout layout, shut register.Shut, stay map[journal.Leaf]bool) error {
	of := "record"
	if !layout.table.has(of) {
		of = "leaf"
	}
	cells, dest := layout.table.cells()
	var raw []byte
	dest = append(dest, &raw)
	return eachRow(ctx, l.s.t, `SELECT `+strings.Join(layout.table.columnNames(), ", ")+`, `+of+` FROM `+layout.table.name, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		values, err := layout.values(cells)
		if err != nil || !shut.Says(layout.kind, values) && !hasRow(layout.kind, values) {
			return err
		}
		leaf, err := leafOf(raw)
		stay[leaf] = true
		return err
	})
}

// hasRow reports whether the row as it stood in a list is kept: it has columns that
// no field stands for, and what is closed may be in one.
func hasRow(kind journal.Kind, values []journal.Value) bool {
	at := kind.Index("raw")
	return at >= 0 && values[at].Text() != ""
}

// incidentsStay leaves the entries that describe an incident with what is closed.
func (l *leaving) incidentsStay(ctx context.Context, shut register.Shut) error {
	parts := shut.Parts("incident.described@1")
	if len(parts) == 0 {
		return nil
	}
	for i, field := range parts {
		parts[i] = `COALESCE(` + columnOf(field) + `, '') <> ''`
	}
	return eachRow(ctx, l.s.t, `SELECT from_seq FROM p_incident WHERE `+strings.Join(parts, " OR "), func(rows *sql.Rows) error {
		var seq int64
		err := rows.Scan(&seq)
		if l.entries[seq] {
			l.fields++
			delete(l.entries, seq)
		}
		return err
	})
}
