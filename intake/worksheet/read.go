// SPDX-License-Identifier: Apache-2.0

package worksheet

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recount/edtf"
	"recount/fault"
	"recount/journal"
	"recount/register"
)

// Binding ties the columns of a table to those of a worksheet, in whatever order
// they stand.
type Binding struct {
	columns []string
	own     []string // names of own fields, in their order
	harms   int
	at      map[string]int
	Unknown []string // columns that a worksheet does not have
}

// Bind finds the columns. fault.Invalid where it is no worksheet.
func Bind(columns []string) (*Binding, error) {
	b := &Binding{columns: columns, at: map[string]int{}}
	fields := append(told("record@1", from()), append(place(), ColumnRecord, columnNamed, columnCells, "raw")...)
	for i, c := range columns {
		n, _, harm := harmOf(c)
		name, own := strings.CutPrefix(c, ownPrefix)
		switch {
		case harm:
			b.harms = max(b.harms, n)
		case own && name != "":
			if name = strings.TrimSuffix(name, ".value"); !slices.Contains(b.own, name) {
				b.own = append(b.own, name)
			}
		case !slices.Contains(fields, c):
			b.Unknown = append(b.Unknown, c)
			continue
		}
		b.at[c] = i
	}
	if _, ok := b.at["name"]; !ok {
		return nil, fmt.Errorf(`%w: it is no worksheet of records: it has no column "name"; accepted: the columns of one as "recount export" writes them (docs/formats/worksheet.md)`, fault.Invalid)
	}
	return b, nil
}

// Has reports whether a worksheet's column is there.
func (b *Binding) Has(column string) bool { _, ok := b.at[column]; return ok }

// Read reads a row. What is wrong with it is a *register.Wrong for each cell,
// whose Field is the column (register.Wrongs).
func (b *Binding) Read(cells []string) (Row, error) {
	values, leaf, err := b.values(cells)
	if err != nil {
		return Row{}, err
	}
	named := strings.TrimSpace(values[columnNamed].Text())
	if named != "" && named != "yes" && named != "no" {
		return Row{}, wrong(columnNamed, `accepted: "yes", or "no" where the name says that none is known`)
	}
	return b.row(values, leaf, named != "no")
}

// values are what stands in the cells, by column, and which record it is.
func (b *Binding) values(cells []string) (values map[string]journal.Value, leaf journal.Leaf, err error) {
	odd, err := parseOdd(b.cell(cells, columnCells))
	if err != nil {
		return nil, leaf, wrong(columnCells, "it is not what the program wrote there; accepted: that, or nothing")
	}
	values = map[string]journal.Value{}
	for c, i := range b.at {
		if text := cells[i]; text != "" {
			if slices.Contains(odd.Apostrophe, c) {
				text = strings.TrimPrefix(text, "'")
			}
			if exact, has := odd.Exact[c]; has && visible(exact) == text {
				text = exact
			}
			values[c] = journal.Text(text)
		} else if slices.Contains(odd.Blank, c) {
			values[c] = journal.Text("")
		}
	}
	if v, ok := values[ColumnRecord]; ok {
		if leaf, err = journal.ParseLeaf(strings.TrimSpace(v.Text())); err != nil {
			return nil, leaf, wrong(ColumnRecord, "it is no record; accepted: the 64 digits that the program wrote there, or nothing for a new record")
		}
	}
	return values, leaf, nil
}

// row puts a record together.
func (b *Binding) row(values map[string]journal.Value, leaf journal.Leaf, named bool) (r Row, err error) {
	r.Leaf = leaf
	if r.Record, err = b.record(values); err != nil {
		return r, err
	}
	if r.Harms, err = b.readHarms(values); err != nil {
		return r, err
	}
	r.Own = b.readOwn(values)
	r.finish(named)
	return r, r.check()
}

func (b *Binding) cell(cells []string, column string) string {
	if i, ok := b.at[column]; ok {
		return cells[i]
	}
	return ""
}

func wrong(column, why string) error {
	return &register.Wrong{What: "record", Field: column, Err: fmt.Errorf("%w: %s", fault.Invalid, why)}
}

// trimmed: codes, dates and numbers are read without the white space around them.
func trimmed(field string) bool {
	switch field {
	case "sex", "age_low", "age_high", "birth", "child_flag", "handling", "basis", "code", "incident", "date", "end", "cause", "determination", "standard":
		return true
	}
	return false
}

// fill puts a kind's fields together; one that cannot be is told with its column.
func fill(kind, prefix string, fields []string, values map[string]journal.Value) ([]journal.Value, error) {
	k, _ := journal.KindNamed(kind)
	out := make([]journal.Value, len(k.Fields))
	for i := range out {
		out[i] = journal.Absent
	}
	for _, f := range fields {
		v, ok := values[prefix+f]
		if !ok {
			continue
		}
		if trimmed(f) {
			v = journal.Optional(strings.TrimSpace(v.Text()))
		}
		if strings.HasPrefix(f, "age_") && f != "age_written" && v.Present() {
			if _, err := strconv.ParseUint(v.Text(), 10, 16); err != nil {
				return nil, wrong(prefix+f, "it is no number of months; accepted: a whole number such as 204")
			}
		}
		out[k.Index(f)] = v
	}
	return out, nil
}

func (b *Binding) record(values map[string]journal.Value) (register.Record, error) {
	fields, err := fill("record@1", "", append(told("record@1", from()), append(place(), "raw")...), values)
	if err != nil {
		return register.Record{}, err
	}
	r, err := register.RecordFrom(fields)
	if err != nil {
		return r, wrong("name", err.Error())
	}
	if r.Handling == "" {
		r.Handling = "confidential"
	}
	if r.Basis == "" {
		r.Basis = "confidential"
	}
	return r, nil
}

// readHarms reads those that anything is said of.
func (b *Binding) readHarms(values map[string]journal.Value) (harms []register.Harm, err error) {
	k, _ := journal.KindNamed("harm@1")
	for n := 1; n <= b.harms; n++ {
		prefix := fmt.Sprintf("harm%d.", n)
		said := slices.ContainsFunc(told("harm@1", ofHarm()), func(f string) bool {
			_, ok := values[prefix+f]
			return ok && f != "determination" && f != "standard" && f != "handling"
		})
		if !said {
			continue
		}
		fields, err := fill("harm@1", prefix, told("harm@1", ofHarm()), values)
		if err != nil {
			return nil, err
		}
		fields[k.Index("number")] = journal.Text(strconv.Itoa(len(harms) + 1))
		h, err := register.HarmFrom(fields)
		if err != nil {
			return nil, wrong(prefix+"code", err.Error())
		}
		h.Determination, h.Standard = or(h.Determination, "pending"), or(h.Standard, "ns")
		h.Handling = or(h.Handling, or(strings.TrimSpace(values["handling"].Text()), "confidential"))
		harms = append(harms, h)
	}
	return harms, nil
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (b *Binding) readOwn(values map[string]journal.Value) (own []register.Extra) {
	for _, name := range b.own {
		written, ok := values[ownPrefix+name]
		value, read := values[ownPrefix+name+".value"]
		if !ok {
			written = journal.Absent
		}
		if ok || read {
			own = append(own, register.Extra{Name: name, Written: written, Value: value.Text()})
		}
	}
	slices.SortFunc(own, func(a, b register.Extra) int { return strings.Compare(a.Name, b.Name) })
	return own
}

// events are the dates on which somebody's age is asked for.
func (r *Row) events() (dates []edtf.Date) {
	for _, h := range r.Harms {
		if d, err := edtf.Parse(h.Date); err == nil && h.Date != "" {
			dates = append(dates, d)
		}
	}
	return dates
}

// check finds every cell whose code, date or number is none. What only a case can
// say, such as a record's source, is not asked here.
func (r *Row) check() error {
	var errs []error
	take := func(prefix string, err error, whole []string) {
		for _, w := range register.Wrongs(err) {
			if !slices.Contains(whole, w.Field) {
				errs = append(errs, &register.Wrong{What: w.What, Field: prefix + w.Field, Err: w.Err})
			}
		}
	}
	take("", r.Record.Check(), []string{"source", "exhibit", "pinpoint", "person"})
	for n, h := range r.Harms {
		take(fmt.Sprintf("harm%d.", n+1), h.Check(), []string{"record"})
	}
	return errors.Join(errs...)
}
