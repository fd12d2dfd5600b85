// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"recount/edtf"
	"recount/intake/table"
	"recount/intake/worksheet"
	"recount/register"
)

// Reader reads the rows of one list by a mapping. It is used by one goroutine.
type Reader struct {
	m        *Mapping
	info     table.Info
	file     string
	columns  map[string]int // by key
	record   [roleNote + 1]*bound
	harms    []boundHarm
	others   []boundOther
	group    [rolePrecision + 1]*bound // by role
	own      []*bound
	declared register.DeclaredFields // of the case's own; nil: all are texts
	consent  [2]*bound               // the answer, and the day
	sheet    *worksheet.Binding      // of rows that are records
	all      []*bound
	bounds   []*bound     // those too of which all has another: of the n-th of what is repeated
	closes   []FieldClass // by the mapping's classes
	rawKeys  []string     // `["name",` of each column, for the row as it stood
	unlisted []string
	ids      []int // columns of identifiers
	key      []int // columns of the row's key: Mapping.Key, or else the identifiers
	was      []int // columns that name keys which the row had before
	seen     map[uint64]int
	seed     maphash.Seed
	folds    map[string]string   // districts by place, bounded
	words    map[string][]string // folded words of names, bounded
	settled  []settled           // of the row that is being read
	Counts   Counts
}

type boundHarm struct {
	determination, standard string
	split                   *repeated // values in one cell, one harm for each
	of                      []int     // columns of what is repeated: where all are blank there is none
	at                      [roleAlleged - roleCode + 1]*bound
}

// boundOther is a further person of whom a row speaks, the n-th of its kind.
type boundOther struct {
	name   string
	number int
	record [roleNote + 1]*bound
	harms  []boundHarm
	of     []int // its columns: where all are blank there is nobody
}

// Counts are what a Reader has read so far.
type Counts struct {
	Read           int64            `json:"read"` // rows that became records
	Refused        int64            `json:"refused"`
	Others         int64            `json:"others,omitempty"` // of those read: further persons of a row
	Nobody         int64            `json:"nobody,omitempty"` // rows that are about such persons alone
	Doubtful       int64            `json:"doubtful"`         // rows read with at least one doubt
	Harms          int64            `json:"harms"`
	Contradictions int64            `json:"contradictions"` // rows whose flag and age disagree about a child
	ChildFlag      map[string]int64 `json:"child_flag"`
	ChildAge       map[string]int64 `json:"child_age"` // yes, no, "" not known
	NoName         int64            `json:"no_name"`
	Groups         int64            `json:"groups,omitempty"` // of those read: people without names
	Own            int64            `json:"own,omitempty"`    // fields of the case's own
}

// bound is a field of the mapping tied to its columns.
type bound struct {
	name    string
	slot    slot
	field   *Field
	cols    []int
	unlike  []int // what one of these columns says too is left out
	unknown map[string]bool
	longest int // of the markers of unknown
	folded  map[string]*string
	cache   map[string]reading
	absent  bool        // of the n-th of what is repeated: the list has no such column for it
	tally   *FieldCount // one for all of what is repeated
}

// FieldCount is what was found in one mapped field.
type FieldCount struct {
	Field    string           `json:"field"`             // "record.age", "harms[0].code"
	Columns  []string         `json:"columns,omitempty"` // "" none: a constant
	Said     int64            `json:"read"`              // cells that were read
	Blank    int64            `json:"blank"`             // empty cells
	Unknown  int64            `json:"unknown"`           // cells with a marker of unknown
	None     int64            `json:"none"`              // cells whose value says that there is no such thing
	Doubtful int64            `json:"doubtful"`          // cells with a doubt
	Codes    map[string]int64 `json:"codes,omitempty"`   // of a coded field: cells per code
	Order    *DateOrder       `json:"order,omitempty"`   // of dates with numbers alone
	Stated   string           `json:"-"`                 // the order that the mapping states
}

// state says which of three things an empty reading is.
type state uint8

const (
	said state = iota
	blank
	unknown
	none
)

// reading is what was read from one cell.
type reading struct {
	state     state
	text      string // code or EDTF
	date      edtf.Date
	low, high register.Number
	birth     string // a year found in a column of ages
	orders    []ordered
	doubt     string
	refused   string
	want      string
}

// Bind ties a mapping to the columns of an open list. A column that the list
// does not have is refused with the headers that are there.
func Bind(m *Mapping, info table.Info, file string) (*Reader, error) {
	r := &Reader{m: m, info: info, file: file, columns: map[string]int{}, folds: map[string]string{}, words: map[string][]string{},
		seen: map[uint64]int{}, seed: maphash.MakeSeed(),
		Counts: Counts{ChildFlag: map[string]int64{}, ChildAge: map[string]int64{}}}
	for i, c := range info.Columns {
		r.columns[c.Key] = i
		r.rawKeys = append(r.rawKeys, string(append(appendJSON([]byte{'['}, c.Name), ',')))
	}
	used := map[int]bool{}
	if m.Row == RowRecord {
		if err := r.bindWorksheet(used); err != nil {
			return nil, err
		}
	}
	if err := r.bindFields(used); err != nil {
		return nil, err
	}
	if err := r.bindRows(used); err != nil {
		return nil, err
	}
	if err := r.bindClasses(); err != nil {
		return nil, err
	}
	for i, c := range info.Columns {
		if !used[i] {
			r.unlisted = append(r.unlisted, c.Key)
		}
	}
	return r, nil
}

// bindRows ties the columns that say of a row which one it is.
func (r *Reader) bindRows(used map[int]bool) (err error) {
	m := r.m
	tie := func(columns []string, why string) (at []int) {
		for _, c := range columns {
			i, e := r.find(c, why)
			if e != nil && err == nil {
				err = e
			}
			if e == nil {
				used[i] = true
				at = append(at, i)
			}
		}
		return at
	}
	r.ids = tie(m.Identifiers, "identifiers")
	if m.Only != nil {
		tie([]string{m.Only.Column}, "only")
	}
	if r.key = r.ids; len(m.Key) > 0 {
		r.key = tie(m.Key, "key")
	}
	if m.Was != nil {
		r.was = tie(m.Was.Columns, "was")
	}
	if m.Languages != nil {
		tie(append(slices.Clone(m.Languages.By), m.Languages.Column), "languages")
	}
	if err != nil {
		return err
	}
	for _, c := range m.NotMapped {
		if i, err := r.find(c, "not_mapped"); err == nil {
			used[i] = true
		}
	}
	return nil
}

func (r *Reader) bindFields(used map[int]bool) error {
	b := binder{Reader: r, used: used, repeats: map[string]*repeated{}}
	b.record("", &r.m.Record, &r.record, nil, 1)
	r.harms = b.harms("", r.m.Harms, nil, 1)
	for i := range r.m.Others {
		b.others(i, &r.m.Others[i])
	}
	for _, s := range r.m.Group.slots() {
		if *s.at != nil {
			r.group[s.role] = b.bind("group."+s.name, s, nil, 1)
		}
	}
	if c := r.m.Consent; c != nil {
		for i, s := range c.slots() {
			if *s.at != nil {
				r.consent[i] = b.bind("consent."+s.name, s, nil, 1)
			}
		}
	}
	for i := range r.m.Own {
		field := &r.m.Own[i].Field
		r.own = append(r.own, b.bind("own."+r.m.Own[i].Name, ownSlot(r.m.Own[i].Name, &field), nil, 1))
	}
	for _, x := range r.m.Repeats { // also those that nothing uses: their columns must be there
		b.repeat(x.Name)
	}
	return b.failed
}

// bindWorksheet ties the columns of a worksheet; those that none has are new.
func (r *Reader) bindWorksheet(used map[int]bool) (err error) {
	if r.sheet, err = worksheet.Bind(r.info.Keys()); err != nil {
		return &table.Refusal{File: r.file, Sheet: r.info.Sheet, Row: r.info.HeaderRow, Why: `it is no worksheet of records, since it has no column "name"`,
			Want: `the columns of one as "recount export" writes them; or a mapping whose "row" is "person"`}
	}
	for i, c := range r.info.Columns {
		used[i] = !slices.Contains(r.sheet.Unknown, c.Key)
	}
	return nil
}

// find is the column of that key; one whose header differs only in what
// table.FoldHeader leaves out is that column, where there is no other such.
func (r *Reader) find(key, why string) (int, error) {
	if i, ok := r.columns[key]; ok {
		return i, nil
	}
	found := -1
	want := table.FoldHeader(key)
	for i, c := range r.info.Columns {
		if table.FoldHeader(c.Key) != want {
			continue
		}
		if found >= 0 {
			found = -1
			break
		}
		found = i
	}
	if found >= 0 {
		return found, nil
	}
	quoted := make([]string, len(r.info.Columns))
	for i, c := range r.info.Columns {
		quoted[i] = strconv.Quote(c.Key)
	}
	return -1, &table.Refusal{File: r.file, Sheet: r.info.Sheet, Row: r.info.HeaderRow, Column: key, InColumn: true,
		Why:  fmt.Sprintf("the mapping's %s names this column, and the list does not have it", why),
		Want: "one of the columns that are there: " + strings.Join(quoted, ", ")}
}

// Unlisted are the columns that the mapping neither reads nor lists as not
// mapped: in a later edition of a list they are new. Their cells are kept in
// the row as it stood.
func (r *Reader) Unlisted() []string { return r.unlisted }

// Fields are the counts of the mapped fields so far, in the mapping's order.
func (r *Reader) Fields() []FieldCount {
	out := make([]FieldCount, len(r.all))
	for i, b := range r.all {
		out[i] = *b.tally
	}
	return out
}
