// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"recount/access"
	"recount/fault"
	"recount/journal"
	"recount/register"
)

// Fields can have a class of their own, for all records of a case. What is closed
// to a reader is left out where rows come out of the tables, twice over: the
// table that scope puts in the place of the real one has nothing in the columns
// that hold it, so that no condition, order or count can tell, and what is packed
// in the column rest is stripped as it is unpacked (tx.strip). A question has
// nothing to think of.

// FieldClass is a field of records and its class; register.OpenField: whoever
// sees the record sees it.
type FieldClass struct {
	Code, Handling string
	seq            int64 // the entry that gave the class last
}

// fieldClasses are those of all fields, as they are now: the fields that every
// case has, in their order, then those of its own that are declared or have a
// class, by name.
func fieldClasses(ctx context.Context, t *tx) ([]FieldClass, error) {
	now := map[string]FieldClass{}
	err := eachRow(ctx, t, `SELECT subject, becomes, from_seq FROM p_reclassed WHERE subject_kind = 'field' ORDER BY from_seq`, func(rows *sql.Rows) error {
		var code, class sql.NullString
		var seq int64
		err := rows.Scan(&code, &class, &seq)
		now[code.String] = FieldClass{code.String, class.String, seq}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(ctx, t, `SELECT DISTINCT field FROM p_field`, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		if code := register.OwnFieldCode(name); now[code].Code == "" {
			now[code] = FieldClass{Code: code}
		}
		return err
	})
	var all []FieldClass
	for _, c := range register.FieldCodes() {
		all = append(all, FieldClass{c.Code, now[c.Code].Handling, now[c.Code].seq})
	}
	for _, code := range slices.Sorted(maps.Keys(now)) {
		if _, single := register.OwnFieldOf(code); single {
			all = append(all, now[code])
		}
	}
	for i := range all {
		if all[i].Handling == "" {
			all[i].Handling = register.OpenField
		}
	}
	return all, err
}

// shutTo are the fields that are closed to somebody.
func shutTo(ctx context.Context, t *tx, who access.Scope) (register.Shut, error) {
	shut, _, err := shutBy(ctx, t, who)
	return shut, err
}

// shutBy are the fields that are closed to somebody, and the entries that closed
// single ones of the case's own.
func shutBy(ctx context.Context, t *tx, who access.Scope) (shut register.Shut, own []int64, err error) {
	all, err := fieldClasses(ctx, t)
	for _, f := range all {
		if f.Handling == register.OpenField || who.Admits(f.Handling) {
			continue
		}
		shut = append(shut, f.Code)
		if _, single := register.OwnFieldOf(f.Code); single {
			own = append(own, f.seq)
		}
	}
	return shut, own, err
}

// FieldClasses are the fields that the reader sees, each with its class.
func (r Reader) FieldClasses(ctx context.Context) ([]FieldClass, error) {
	all, err := fieldClasses(ctx, r.t)
	return slices.DeleteFunc(all, func(f FieldClass) bool { return r.Shut().Has(f.Code) }), err
}

// Shut are the fields that are closed to the reader.
func (r Reader) Shut() register.Shut {
	if r.t.scope == nil {
		return nil
	}
	return r.t.scope.shut
}

// ShutTo are the fields that are closed to somebody, whoever reads.
func (r Reader) ShutTo(ctx context.Context, who access.Scope) (register.Shut, error) {
	return shutTo(ctx, r.t, who)
}

// Stripped is an entry as the reader may see it.
func (r Reader) Stripped(e journal.Entry) journal.Entry {
	e.Values = slices.Clone(e.Values)
	r.Shut().Strip(e.Kind, e.Values)
	return e
}

// handlingOfField is the class of a field. fault.NotFound where it is closed to
// the reader, to whom its class is not said either.
func (r Reader) handlingOfField(ctx context.Context, code string) (string, error) {
	if err := register.CheckField(code); err != nil {
		return "", err
	}
	all, err := r.FieldClasses(ctx)
	for _, f := range all {
		if f.Code == code {
			return f.Handling, err
		}
	}
	if _, single := register.OwnFieldOf(code); single && !r.Shut().Has(code) && err == nil {
		return register.OpenField, nil // nothing was said of it yet
	}
	if err == nil {
		err = fmt.Errorf("%w: field %s", fault.NotFound, code)
	}
	return "", err
}

// strip leaves what is closed out of the values of a row that was unpacked.
func (t *tx) strip(kind journal.Kind, values []journal.Value) {
	if t.scope != nil {
		t.scope.shut.Strip(kind, values)
	}
}

// valuesOf are the fields of a row out of its columns, as the reader may see them.
func (t *tx) valuesOf(l layout, cells []cell) ([]journal.Value, error) {
	values, err := l.values(cells)
	if err == nil {
		t.strip(l.kind, values)
	}
	return values, err
}

// columns are what stands in the place of a table's columns: nothing, where it
// would be what is closed.
func (s *scope) columns(name string) string {
	kinds := map[string]string{"p_record": "record@1", "p_harm": "harm@1", "p_group": "group@1", "p_incident": "incident.described@1"}
	closed := s.shut.Parts(kinds[name])
	compared := name == "p_member" && (s.shut.Has("birth") || s.shut.Has("place"))
	if len(closed) == 0 && !compared {
		return "x.*"
	}
	var columns []string
	for _, c := range projectionTable(name).columns {
		text := "x." + c.name
		switch {
		case compared && c.name == "why": // the rule's name says which fields agree
			text = "CASE WHEN x.leaf IS NULL THEN x.why ELSE 'a rule' END AS why"
		case slices.Contains(closed, fieldOf(c.name)):
			text = "CAST(NULL AS TEXT) AS " + c.name
		}
		columns = append(columns, text)
	}
	return strings.Join(columns, ", ")
}

// rungs is a condition on p_rung, x: the rung is closed.
func (s *scope) rungs() string {
	if s.shut.Rung("district") {
		return "x.rung = 'district'"
	}
	return "0 = 1"
}

// own is a condition on a column that holds the name of a field of the case's
// own: it is closed. What closed it is named by its entries, so that no name that
// somebody typed stands in a question.
func (s *scope) own(column string) string {
	switch {
	case s.shut.Has("own"):
		return "1 = 1"
	case len(s.shutOwn) == 0:
		return "0 = 1"
	}
	entries := make([]string, len(s.shutOwn))
	for i, seq := range s.shutOwn {
		entries[i] = strconv.FormatInt(seq, 10)
	}
	return s.any("p_reclassed", "hc", "hc.subject = '"+register.OwnFieldCode("")+"' || "+column, "hc.from_seq IN ("+strings.Join(entries, ", ")+")")
}

// recordsByPartOfName are the records whose name has what is asked for when that
// of the father is not in it: the folded name in the tables may have it, so they
// are found by one word of what is asked, and looked at again.
func (r Reader) recordsByPartOfName(ctx context.Context, f RecordFilter, p Page) (all []Record, err error) {
	wide := f
	wide.Name, wide.Word = "", firstWord(either(f.Name, f.Word))
	for {
		page, err := r.recordsIn(ctx, wide, Page{After: p.After, Limit: chunkOfStream})
		if err != nil {
			return nil, err
		}
		for _, x := range page {
			if fold := x.Said.NameFold; !strings.HasPrefix(fold, f.Name) || !strings.Contains(fold, f.Word) {
				continue
			}
			if all = append(all, x); int64(len(all)) == p.limit() {
				return all, nil
			}
		}
		if len(page) < chunkOfStream {
			return all, nil
		}
		p.After = page[len(page)-1].Leaf.String()
	}
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return word
}
