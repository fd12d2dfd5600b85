// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"recount/intake/table"
	"recount/register"
)

// MaxSize is how long a mapping may be, in bytes: its canonical form is one
// field of an entry.
const MaxSize = 1 << 20

// Parse reads a mapping. It is strict: an unknown key, a code that is none, a
// key that stands twice are refused with their line and what is accepted.
func Parse(data []byte) (*Mapping, error) {
	if len(data) > MaxSize {
		return nil, invalidf("the mapping has %d bytes; accepted: at most %d", len(data), MaxSize)
	}
	n, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	m := &Mapping{Handling: "confidential", Basis: "confidential"}
	f := form{
		"format": text(&m.Format, oneOf(Format)), "title": text(&m.Title, nil),
		"source": text(&m.Source, func(s string) error { return register.CheckID("s", s) }),
		"sheet":  text(&m.Sheet, nil), "header": text(&m.Header, oneOf("none")), "header_row": headerRow(&m.HeaderRow), "header_rows": headerRows(&m.HeaderRows),
		"delimiter": text(&m.Delimiter, checkDelimiter), "encoding": text(&m.Encoding, table.CheckEncoding),
		"row": text(&m.Row, oneOf(RowPerson, RowRecord, RowGroup)), "unknown": texts(&m.Unknown),
		"handling": text(&m.Handling, register.CheckHandling), "basis": text(&m.Basis, register.CheckBasis),
		"record": m.Record.read, "harms": m.readHarms, "group": m.Group.read, "own": m.readOwn, "consent": m.readConsent,
		"classes": m.readClasses,
		"only":    m.readOnly, "pivot": m.readPivot, "languages": m.readLanguages, "sections": text(&m.Sections, register.CheckOwnName), "fill_down": texts(&m.FillDown), "rows_of": texts(&m.RowsOf),
		"repeats": m.readRepeats, "others": m.readOthers,
		"key": texts(&m.Key), "was": m.readWas, "identifiers": texts(&m.Identifiers), "not_mapped": texts(&m.NotMapped),
	}
	if err := f.read("the mapping", n); err != nil {
		return nil, err
	}
	if err := m.check(n); err != nil {
		return nil, err
	}
	b, err := m.JSON()
	if err != nil {
		return nil, err
	}
	if len(b) > register.MaxField {
		return nil, invalidf("the mapping has %d bytes in its canonical form; accepted: at most %d", len(b), register.MaxField)
	}
	return m, nil
}

func headerRow(to *int) func(node) error {
	return func(n node) error {
		i, err := strconv.Atoi(n.text)
		if n.kind != "number" || err != nil || i < 1 || i > 1<<20 {
			return n.errorf("header_row is the number of a row, from 1")
		}
		if *to = i; i == 1 {
			*to = 0 // the default, so that saying it changes no hash
		}
		return nil
	}
}

func headerRows(to *int) func(node) error {
	return func(n node) error {
		i, err := strconv.Atoi(n.text)
		if n.kind != "number" || err != nil || i < 1 || i > 9 {
			return n.errorf("header_rows is how many rows the header has, 1 to 9")
		}
		if *to = i; i == 1 {
			*to = 0
		}
		return nil
	}
}

func checkDelimiter(s string) error {
	if len(s) == 1 && s[0] < 0x80 && !strings.ContainsAny(s, "\"\r\n\x00") {
		return nil
	}
	return invalidf(`%q cannot be a delimiter; accepted: one character such as ";", "," or "\t"`, s)
}

func (r *Record) read(n node) error {
	return readSlots("record", r.slots(), form{}, n)
}

// readSlots reads an object whose members are fields, and the others of f.
func readSlots(what string, slots []slot, f form, n node) error {
	for _, s := range slots {
		f[s.name] = func(n node) error {
			field, err := readField(what+"."+s.name, s, n)
			*s.at = field
			return err
		}
	}
	return f.read(what, n)
}

func (g *Group) read(n node) error {
	return readSlots("group", g.slots(), form{}, n)
}

// readOwn reads the fields of the case's own: name → column, sorted by name.
func (m *Mapping) readOwn(n node) error {
	if n.kind != "object" {
		return n.errorf(`own is a %s; accepted: an object from the name of a field of the case's own to its column, such as {"Plot": "Plot no."}`, n.kind)
	}
	for _, x := range n.members {
		if err := register.CheckOwnName(x.key); err != nil {
			return x.value.wrap(err)
		}
		f, err := readField("own."+x.key, ownSlot(x.key, new(*Field)), x.value)
		if err != nil {
			return err
		}
		m.Own = append(m.Own, Own{x.key, *f})
	}
	slices.SortFunc(m.Own, func(a, b Own) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// checkRow sees that what is mapped is what a row is said to be.
func (m *Mapping) checkRow(n node) error {
	record, group := len(m.Harms) > 0 || len(m.Own) > 0, m.Group != Group{}
	for _, s := range m.Record.slots() {
		record = record || *s.at != nil
	}
	switch {
	case m.Row == RowPerson && group:
		return n.errorf(`a row is a person, and "group" is mapped; accepted: "row": "group", whose rows are people without names`)
	case m.Row != RowPerson && m.Consent != nil:
		return n.errorf(`consent is given by persons, and a row is none ("row": %q); accepted: "row": "person"`, m.Row)
	case m.Row == RowRecord && (record || group || m.NoHeader()):
		return n.errorf(`a row is a record of a worksheet, whose columns say themselves what they are; accepted beside "row": "record": neither "record", "harms", "own", "group" nor "header"`)
	case m.Row == RowGroup && record:
		return n.errorf(`a row is a group of people without names; accepted beside "row": "group": "group", and neither "record", "harms" nor "own"`)
	case m.Row == RowGroup && (m.Group.Low == nil || m.Group.Code == nil):
		return n.errorf(`a group needs "low", how many people at least, and "code", what happened to them; accepted: such as "group": {"low": "Dead", "code": {"constant": "killed"}}`)
	}
	return nil
}

func (m *Mapping) readHarms(n node) (err error) {
	m.Harms, err = readHarmsOf(n)
	return err
}

func readHarmsOf(n node) (harms []Harm, err error) {
	if n.kind != "list" {
		return nil, n.errorf("harms is a %s; accepted: a list of objects", n.kind)
	}
	for _, item := range n.items {
		h := Harm{Determination: "pending", Standard: "ns"}
		f := form{
			"repeat":        text(&h.Repeat, nil),
			"determination": text(&h.Determination, register.CheckDetermination),
			"standard":      text(&h.Standard, register.CheckStandard),
		}
		if err := readSlots("harm", h.slots(), f, item); err != nil {
			return nil, err
		}
		if h.Code == nil {
			return nil, item.errorf(`a harm has no "code"; accepted: a column with codes, or {"constant": "killed"}`)
		}
		harms = append(harms, h)
	}
	return harms, nil
}

// readField reads a field: a text names one column; an object says more.
func readField(name string, s slot, n node) (*Field, error) {
	f := &Field{}
	if n.kind == "text" {
		f.Columns = []string{n.text}
		return f, f.check(name, s, n)
	}
	var column, constant string
	var hasColumn, hasConstant bool
	forms := form{
		"column":   func(n node) error { hasColumn = true; return text(&column, nil)(n) },
		"columns":  texts(&f.Columns),
		"join":     text(&f.Join, nil),
		"constant": func(n node) error { hasConstant = true; return text(&constant, checkOf(s))(n) },
		"unknown":  texts(&f.Unknown),
	}
	switch s.kind {
	case asText:
		forms["unlike"] = texts(&f.Unlike)
		if s.role == roleOwn {
			f.spanKeys(forms)
		}
	case asCode:
		forms["codes"] = f.readCodes(s)
		forms["other"] = text(&f.Other, oneOf(othersOf(s)...))
	case asDate:
		f.spanKeys(forms)
	case asAge:
		forms["unit"] = text(&f.Unit, oneOf("years", "months"))
		forms["year_is_birth"] = func(n node) error {
			if n.kind != "yes or no" {
				return n.errorf("year_is_birth is true or false")
			}
			f.YearIsBirth = n.yes
			return nil
		}
	}
	if err := forms.read(name, n); err != nil {
		return nil, err
	}
	if hasConstant {
		f.Constant = &constant
	}
	if s.role == roleOwn {
		s = ownSlot(s.name, &f)
	}
	if hasColumn {
		if f.Columns != nil {
			return nil, n.errorf(`%s has "column" and "columns"; accepted: one of them`, name)
		}
		f.Columns = []string{column}
	}
	return f, f.check(name, s, n)
}

// check finds what does not fit together, and fills in defaults.
func (f *Field) check(name string, s slot, n node) error {
	switch {
	case f.Constant != nil && len(f.Columns) > 0:
		return n.errorf("%s has a constant and a column; accepted: one of them", name)
	case f.Constant == nil && len(f.Columns) == 0:
		return n.errorf(`%s names no column; accepted: "column", "columns" or "constant"`, name)
	case len(f.Columns) > 1 && s.kind != asText && len(f.Interval) == 0:
		return n.errorf("%s is read from one column; accepted: several columns only for names, place and other texts", name)
	case f.Constant != nil && (len(f.Unlike) > 0 || s.role == roleOwn && f.dated()):
		return n.errorf(`%s is a constant; accepted beside it: nothing`, name)
	case f.Constant != nil && (f.Codes != nil || f.Unknown != nil):
		return n.errorf("%s is a constant; accepted beside it: nothing", name)
	case s.kind == asCode && f.Constant == nil && len(f.Codes) == 0 && f.Other != "x-":
		return n.errorf(`%s needs "codes" that say what each value means`, name)
	}
	if err := f.checkSpans(name, n); err != nil {
		return err
	}
	if f.Calendar == "gregorian" {
		f.Calendar = ""
	}
	if f.Calendar != "" && (f.Constant != nil || f.Date == "edtf" || f.Date == "unix" || strings.HasPrefix(f.Date, "serial-")) {
		return n.errorf(`%s has "calendar"; accepted beside it: a column, and "date" as "iso", "dmy", "mdy" or "ymd"`, name)
	}
	if f.Join != "" && len(f.Columns) < 2 {
		return n.errorf(`%s has "join" but not several columns`, name)
	}
	if f.Join == "" && len(f.Columns) > 1 && len(f.Interval) == 0 {
		f.Join = " "
		if s.role == rolePlace {
			f.Join = ", "
		}
	}
	if f.Constant == nil {
		f.defaults(s)
	}
	return nil
}

func (f *Field) defaults(s slot) {
	switch {
	case s.kind == asCode && f.Other == "":
		f.Other = "refuse"
	case s.kind == asDate && f.Date == "":
		f.Date = "iso"
	case s.kind == asAge && f.Unit == "":
		f.Unit = "years"
	}
}

// readCodes reads value → code; null says that the value means no such thing.
func (f *Field) readCodes(s slot) func(node) error {
	check := checkOf(s)
	return func(n node) error {
		if n.kind != "object" {
			return n.errorf("codes is a %s; accepted: an object from the value as written to its code", n.kind)
		}
		f.Codes = map[string]*string{}
		for _, m := range n.members {
			if m.value.kind == "null" {
				f.Codes[m.key] = nil
				continue
			}
			var code string
			if err := text(&code, check)(m.value); err != nil {
				return err
			}
			f.Codes[m.key] = &code
		}
		return nil
	}
}

// checkOf is the check of a code, or of a constant, of that field.
func checkOf(s slot) func(string) error {
	notBlank := func(check func(string) error) func(string) error {
		return func(code string) error {
			if code == "" {
				return invalidf(`a blank code; accepted: a code, null for a value that says no such thing, or the value among "unknown"`)
			}
			return check(code)
		}
	}
	switch s.role {
	case roleSex:
		return notBlank(register.CheckSex)
	case roleChild:
		return notBlank(func(c string) error { return register.CheckFlag("child", c) })
	case roleCode:
		return notBlank(register.CheckHarm)
	case roleCause:
		return notBlank(register.CheckCause)
	case roleIncident:
		return notBlank(func(c string) error { return register.CheckID("i", c) })
	case roleAnswer:
		return oneOf("yes", "no")
	case rolePrecision:
		return oneOf("day", "about", "month", "year")
	case roleBirth, roleDate, roleEnd:
		return checkEDTF
	case roleAge:
		return func(string) error { return invalidf("an age cannot be the same for all; accepted: a column") }
	}
	return nil
}

// othersOf: codes of the case's own exist for harms and causes alone.
func othersOf(s slot) []string {
	if s.role == roleCode || s.role == roleCause {
		return []string{"refuse", "x-"}
	}
	return []string{"refuse"}
}

// check finds what a mapping lacks as a whole.
func (m *Mapping) check(n node) error {
	switch {
	case m.Format == "":
		return n.errorf(`it does not say what it is; accepted: "format": %q`, Format)
	case m.Row == "":
		return n.errorf(`it does not say what a row is; accepted: "row": "person"`)
	case m.Header != "" && m.HeaderRow+m.HeaderRows > 0:
		return n.errorf(`it names a header row, and says that there is none; accepted: the one or the other`)
	case m.Sheet != "" && m.Delimiter != "":
		return n.errorf("it names a sheet and a delimiter; accepted: the one for a workbook or a page, or the other for a CSV")
	}
	if err := errors.Join(m.checkRow(n), m.checkRepeats(n), m.checkWas(n)); err != nil {
		return err
	}
	wanted := m.Wanted()
	for _, c := range m.NotMapped {
		if slices.Contains(wanted, c) {
			return n.errorf("column %q is mapped and listed under not_mapped; accepted: one of them", c)
		}
	}
	mapped := 0
	m.fields(func(_ string, s slot) { mapped += len((*s.at).Columns) })
	if mapped == 0 && m.Row != RowRecord {
		return n.errorf("no column is mapped to a field of the record, of a harm or of a group; accepted: at least one")
	}
	for _, list := range []*[]string{&m.FillDown, &m.RowsOf, &m.Unknown, &m.Key, &m.Identifiers, &m.NotMapped} {
		slices.Sort(*list) // sets: their order says nothing and shall change no hash
	}
	m.fields(func(_ string, s slot) { slices.Sort((*s.at).Unknown); slices.Sort((*s.at).Unlike) })
	return nil
}
