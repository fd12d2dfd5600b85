// SPDX-License-Identifier: Apache-2.0

// Package mapping says what the columns of a list mean, and reads rows by it:
// one row is what one source says about one person. A mapping is a JSON file
// that people write and that is kept with the import; docs/mapping.md is its
// manual.
//
// Nothing is guessed and nothing is dropped: a value that a code list does not
// name is refused or kept under a code of the case's own, as the mapping says;
// a date or an age that cannot be read is left unknown beside the text as it
// was written, and reported as a doubt.
package mapping

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"recount/fault"
)

// Format is what a mapping says of itself.
const Format = "recount mapping/1"

// Mapping is a mapping as it was read. Its JSON is canonical.
type Mapping struct {
	Format     string   `json:"format"`
	Title      string   `json:"title,omitempty"`
	Source     string   `json:"source,omitempty"` // id, s-…; "" where the import names it
	Sheet      string   `json:"sheet,omitempty"`
	Header     string   `json:"header,omitempty"` // "none": the list has none, and columns are A, B, …
	HeaderRow  int      `json:"header_row,omitempty"`
	HeaderRows int      `json:"header_rows,omitempty"` // of a header with several rows
	Delimiter  string   `json:"delimiter,omitempty"`
	Encoding   string   `json:"encoding,omitempty"`
	Row        string   `json:"row"` // RowPerson, RowRecord or RowGroup
	Unknown    []string `json:"unknown,omitempty"`
	Handling   string   `json:"handling"`
	Basis      string   `json:"basis"`

	Only  *Only  `json:"only,omitempty"`
	Pivot *Pivot `json:"pivot,omitempty"`

	Languages *Languages `json:"languages,omitempty"`

	Sections string   `json:"sections,omitempty"`  // the column that headings between rows become
	FillDown []string `json:"fill_down,omitempty"` // columns in which a blank cell means what stands above it
	RowsOf   []string `json:"rows_of,omitempty"`   // columns by which rows that follow each other are of one person
	Repeats  Repeats  `json:"repeats,omitempty"`   // by name

	Record Record  `json:"record"`
	Harms  []Harm  `json:"harms,omitempty"`
	Group  Group   `json:"group,omitzero"`
	Own    Owns    `json:"own,omitempty"` // fields of the case's own, by name
	Others []Other `json:"others,omitempty"`

	Consent *Consent `json:"consent,omitempty"`

	Classes     Classes  `json:"classes,omitempty"`     // of columns, by name
	Key         []string `json:"key,omitempty"`         // columns by which a later edition finds a row again
	Was         *Was     `json:"was,omitempty"`         // where a row says which key it had before
	Identifiers []string `json:"identifiers,omitempty"` // columns of identifiers: text, never numbers
	NotMapped   []string `json:"not_mapped,omitempty"`  // columns left out on purpose
}

// What a row of the list is.
const (
	RowPerson = "person" // what one source says about one person
	RowRecord = "record" // a record as this program writes it into a worksheet
	RowGroup  = "group"  // how many people without names
)

// Record maps columns to the fields of a record.
type Record struct {
	Name        *Field `json:"name,omitempty"`
	Given       *Field `json:"given,omitempty"`
	Family      *Field `json:"family,omitempty"`
	Father      *Field `json:"father,omitempty"`
	OtherNames  *Field `json:"other_names,omitempty"`
	Sex         *Field `json:"sex,omitempty"`
	Age         *Field `json:"age,omitempty"`
	Birth       *Field `json:"birth,omitempty"`
	Occupation  *Field `json:"occupation,omitempty"`
	Nationality *Field `json:"nationality,omitempty"`
	Affiliation *Field `json:"affiliation,omitempty"`
	Child       *Field `json:"child,omitempty"`
	Status      *Field `json:"status,omitempty"`
	Note        *Field `json:"note,omitempty"`
}

// Harm maps columns to the fields of one harm.
type Harm struct {
	Repeat        string `json:"repeat,omitempty"` // it is one for each of these
	Code          *Field `json:"code"`
	Incident      *Field `json:"incident,omitempty"`
	Date          *Field `json:"date,omitempty"`
	End           *Field `json:"end,omitempty"`
	Place         *Field `json:"place,omitempty"`
	Cause         *Field `json:"cause,omitempty"`
	Alleged       *Field `json:"alleged,omitempty"`
	Determination string `json:"determination"`
	Standard      string `json:"standard"`
}

// Group maps columns to the fields of a group: people without names, of whom the
// source says how many.
type Group struct {
	Description *Field `json:"description,omitempty"`
	Low         *Field `json:"low,omitempty"`  // how many at least
	High        *Field `json:"high,omitempty"` // at most; without it the same number
	Code        *Field `json:"code,omitempty"`
	Date        *Field `json:"date,omitempty"`
	End         *Field `json:"end,omitempty"`       // where it is not the same day, the date is all from the one to the other
	Precision   *Field `json:"precision,omitempty"` // how exact the date is: codes day, about, month, year
	Place       *Field `json:"place,omitempty"`
}

// Only says which rows of the list are meant; others are passed over, and counted.
type Only struct {
	Column string   `json:"column"`
	Values []string `json:"values,omitempty"`
	Not    []string `json:"not,omitempty"` // without values: all but the rows with these
}

// Languages is of a list that has a row for each language: the rows of a key are one
// row, with a column NAME__LANGUAGE for what another language says differently.
type Languages struct {
	By     []string `json:"by"`
	Column string   `json:"column"`
	First  string   `json:"first,omitempty"` // the language that comes first; "": that of the first row
}

// Was is of a list that gives a row another key when somebody edits it.
type Was struct {
	Columns []string `json:"columns"`          // each names a key that the row had before
	Prefix  string   `json:"prefix,omitempty"` // that stands before the key there, and not in the key's own column
}

// Pivot is of a list that says one thing a row: the rows of a key are one row, with a
// column NAME.THING for each thing.
type Pivot struct {
	By    []string `json:"by"`
	Name  string   `json:"name"`
	Value string   `json:"value"`
}

// Own maps a column to a field of the case's own.
type Own struct {
	Name  string
	Field Field
}

// Owns are such fields, sorted by name; in JSON an object by name.
type Owns []Own

// MarshalJSON writes them as a mapping has them.
func (o Owns) MarshalJSON() ([]byte, error) {
	return objectOf(len(o), func(i int) (string, any) { return o[i].Name, o[i].Field })
}

// objectOf writes an object with the keys in the order in which they are given.
func objectOf(n int, member func(i int) (key string, value any)) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		key, value := member(i)
		if err := e.Encode(key); err != nil {
			return nil, fmt.Errorf("writing the mapping: %w", err)
		}
		b.WriteByte(':')
		if err := e.Encode(value); err != nil {
			return nil, fmt.Errorf("writing the mapping: %w", err)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Field is where a field's value comes from: a constant, one column, or
// several joined.
type Field struct {
	Constant *string  `json:"constant,omitempty"`
	Columns  []string `json:"columns,omitempty"`
	Join     string   `json:"join,omitempty"` // between several columns

	Codes       map[string]*string `json:"codes,omitempty"` // value as written → code; null: it says no such thing
	Other       string             `json:"other,omitempty"` // a value that codes lack: "refuse" or "x-"
	Unknown     []string           `json:"unknown,omitempty"`
	Date        string             `json:"date,omitempty"`          // order of day, month, year
	Calendar    string             `json:"calendar,omitempty"`      // of a date; "" is the civil one
	Unit        string             `json:"unit,omitempty"`          // of an age
	YearIsBirth bool               `json:"year_is_birth,omitempty"` // a year in the age column is taken as the year of birth

	Split    string   `json:"split,omitempty"`    // between several dates in a cell
	Range    []string `json:"range,omitempty"`    // between the first and the last day in a cell, any of these
	Interval []string `json:"interval,omitempty"` // which end of a time each of the columns says
	Open     []string `json:"open,omitempty"`     // what the list writes for an end that is open
	Unlike   []string `json:"unlike,omitempty"`   // what one of these columns says too is left out
}

// JSON is the canonical form, which is stored and hashed: keys in a fixed
// order, codes sorted, short forms written out, no space. Two files that mean
// the same have the same JSON.
func (m Mapping) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("writing the mapping: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// SHA256 is the hash of JSON, in hex.
func (m Mapping) SHA256() (string, error) {
	b, err := m.JSON()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// slot is a field of a mapping with its name and its kind.
type slot struct {
	name string
	kind fieldKind
	at   **Field
	role int // of a record's field: its index in a row's roles
}

// NoHeader reports whether the first row of the list is a row of it.
func (m *Mapping) NoHeader() bool { return m.Header == "none" }

// fieldKind says how the value of a field is read.
type fieldKind uint8

const (
	asText fieldKind = iota // kept as written
	asCode                  // through codes
	asDate
	asAge
	asNumber // of people
)

func (r *Record) slots() []slot {
	return []slot{
		{"name", asText, &r.Name, roleName}, {"given", asText, &r.Given, roleGiven},
		{"family", asText, &r.Family, roleFamily}, {"father", asText, &r.Father, roleFather},
		{"other_names", asText, &r.OtherNames, roleOtherNames}, {"sex", asCode, &r.Sex, roleSex},
		{"age", asAge, &r.Age, roleAge}, {"birth", asDate, &r.Birth, roleBirth},
		{"occupation", asText, &r.Occupation, roleOccupation}, {"nationality", asText, &r.Nationality, roleNationality},
		{"affiliation", asText, &r.Affiliation, roleAffiliation}, {"child", asCode, &r.Child, roleChild},
		{"status", asText, &r.Status, roleStatus}, {"note", asText, &r.Note, roleNote},
	}
}

func (h *Harm) slots() []slot {
	return []slot{
		{"code", asCode, &h.Code, roleCode}, {"incident", asCode, &h.Incident, roleIncident},
		{"date", asDate, &h.Date, roleDate}, {"end", asDate, &h.End, roleEnd},
		{"place", asText, &h.Place, rolePlace}, {"cause", asCode, &h.Cause, roleCause},
		{"alleged", asText, &h.Alleged, roleAlleged},
	}
}

func (g *Group) slots() []slot {
	return []slot{
		{"description", asText, &g.Description, roleDescription}, {"low", asNumber, &g.Low, roleLow}, {"high", asNumber, &g.High, roleHigh},
		{"code", asCode, &g.Code, roleCode}, {"date", asDate, &g.Date, roleDate}, {"end", asDate, &g.End, roleEnd},
		{"precision", asCode, &g.Precision, rolePrecision}, {"place", asText, &g.Place, rolePlace},
	}
}

// Roles of the fields of a record, of a harm and of a group.
const (
	roleName = iota
	roleGiven
	roleFamily
	roleFather
	roleOtherNames
	roleSex
	roleAge
	roleBirth
	roleOccupation
	roleNationality
	roleAffiliation
	roleChild
	roleStatus
	roleNote
	roleCode
	roleIncident
	roleDate
	roleEnd
	rolePlace
	roleCause
	roleAlleged
	roleDescription
	roleLow
	roleHigh
	rolePrecision
	roleOwn
	roleAnswer
)

// fields calls visit for every field that is mapped, with a name such as
// "record.age" or "harms[0].date".
func (m *Mapping) fields(visit func(name string, s slot)) {
	ofRecord("", &m.Record, visit)
	ofHarms("", m.Harms, visit)
	for i := range m.Others {
		in := fmt.Sprintf("others[%d].", i)
		ofRecord(in, &m.Others[i].Record, visit)
		ofHarms(in, m.Others[i].Harms, visit)
	}
	for _, s := range m.Group.slots() {
		if *s.at != nil {
			visit("group."+s.name, s)
		}
	}
	if m.Consent != nil {
		for _, s := range m.Consent.slots() {
			if *s.at != nil {
				visit("consent."+s.name, s)
			}
		}
	}
	for i := range m.Own {
		field := &m.Own[i].Field
		visit("own."+m.Own[i].Name, ownSlot(m.Own[i].Name, &field))
	}
}

// ownSlot is that of a field of the case's own: a text, or a date where the mapping
// says how one is read.
func ownSlot(name string, at **Field) slot {
	s := slot{name, asText, at, roleOwn}
	if *at != nil && (*at).dated() {
		s.kind = asDate
	}
	return s
}

func ofRecord(in string, r *Record, visit func(name string, s slot)) {
	for _, s := range r.slots() {
		if *s.at != nil {
			visit(in+"record."+s.name, s)
		}
	}
}

func ofHarms(in string, harms []Harm, visit func(name string, s slot)) {
	for i := range harms {
		for _, s := range harms[i].slots() {
			if *s.at != nil {
				visit(fmt.Sprintf("%sharms[%d].%s", in, i, s.name), s)
			}
		}
	}
}

// Wanted are the columns that the mapping reads, each once, in its order.
func (m *Mapping) Wanted() []string {
	var out []string
	seen := map[string]bool{}
	add := func(c string) {
		if !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	if m.Pivot != nil {
		for _, c := range append(slices.Clone(m.Pivot.By), m.Pivot.Name, m.Pivot.Value) {
			add(c)
		}
	}
	if m.Languages != nil {
		for _, c := range append(slices.Clone(m.Languages.By), m.Languages.Column) {
			add(c)
		}
	}
	m.fields(func(_ string, s slot) {
		for _, c := range slices.Concat((*s.at).Columns, (*s.at).Unlike) {
			add(c)
		}
	})
	if m.Only != nil {
		add(m.Only.Column)
	}
	for _, c := range slices.Concat(m.Key, m.Identifiers, m.RowsOf, m.FillDown) {
		add(c)
	}
	if m.Was != nil {
		for _, c := range m.Was.Columns {
			add(c)
		}
	}
	return out
}

func invalidf(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{fault.Invalid}, args...)...)
}

// Incidents are the ids of incidents that the mapping names.
func (m *Mapping) Incidents() []string {
	seen := map[string]bool{}
	harms := slices.Clone(m.Harms)
	for _, o := range m.Others {
		harms = append(harms, o.Harms...)
	}
	for _, h := range harms {
		if h.Incident == nil {
			continue
		}
		if h.Incident.Constant != nil {
			seen[*h.Incident.Constant] = true
		}
		for _, id := range h.Incident.Codes {
			if id != nil {
				seen[*id] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
