// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"hash/maphash"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"recount/intake/table"
	"recount/journal"
	"recount/register"
)

// Doubt is a cell that a person should look at. Why never holds the value.
type Doubt struct {
	Row    int    `json:"row"`
	Column string `json:"column"`
	Value  string `json:"value"`
	Why    string `json:"why"`
	Taken  string `json:"taken,omitempty"` // what was read all the same, "" nothing
}

// Person is what one row says: a record and its harms. Source, exhibit, person
// and the harms' leaf are for the import to fill in.
type Person struct {
	Record     register.Record
	Harms      []register.Harm
	Own        []register.Extra
	Group      *register.Group // of people without names: then there is no record
	Nobody     bool            // the row is about its Others alone
	Others     []Person        // further persons of the same row, without doubts of their own
	Doubts     []Doubt
	Contradict bool // the source's flag and the age disagree about a child
}

// cacheSize bounds what is remembered of cells that repeat, column by column:
// there are some 30,000 days on which people of one list can be born.
const cacheSize = 32768

// maxSeen bounds the identifiers that are remembered to find doubled ones.
const maxSeen = 4_000_000

// Read reads one row. A row that cannot be taken gives a refusal.
func (r *Reader) Read(row *table.Row) (Person, *table.Refusal) {
	p, refused := r.read(row, true)
	if refused != nil {
		r.Counts.Refused++
		return p, refused
	}
	r.count(&p)
	return p, nil
}

// Try gives the refusal that Read would give, or the record as the row has it,
// its name and the row as it stood. It counts nothing, and looks for no doubts
// of cells.
func (r *Reader) Try(row *table.Row) (register.Record, *table.Refusal) {
	p, refused := r.read(row, false)
	return p.Record, refused
}

func (r *Reader) read(row *table.Row, counted bool) (Person, *table.Refusal) {
	if row.Refused != nil {
		return Person{}, row.Refused
	}
	raw := r.raw(row.Cells)
	if len(raw) > register.MaxField {
		return Person{}, r.refusal(row, -1, fmt.Sprintf("the row has %d bytes", len(raw)), fmt.Sprintf("rows of at most %d bytes", register.MaxField))
	}
	p := Person{Record: register.Record{
		Pinpoint: r.info.Pinpoint(row.Number), Row: register.Exactly(int64(row.Number)),
		Handling: r.m.Handling, Basis: r.m.Basis, Raw: journal.Text(raw),
	}}
	r.settled = r.settled[:0]
	rr := rowReader{Reader: r, row: row, p: &p, record: &r.record, harms: r.harms}
	if counted {
		rr.lookAtCells()
	}
	rr.readRow()
	if rr.refused != nil {
		return Person{}, rr.refused
	}
	if !counted {
		return p, nil
	}
	if r.m.Row == RowPerson && !p.Nobody {
		rr.finish()
	}
	r.countFields()
	return p, nil
}

// readRow reads what the mapping says that a row is.
func (rr *rowReader) readRow() {
	switch rr.m.Row {
	case RowRecord:
		rr.readWorksheet()
	case RowGroup:
		rr.readGroup()
	default:
		if rr.p.Nobody = rr.m.othersAlone(); !rr.p.Nobody {
			rr.readRecord()
			rr.readHarms()
			rr.readOwn()
			for _, b := range rr.consent { // counted, and refused where it cannot be read; Consented has what it says
				if b != nil {
					rr.value(b)
				}
			}
		}
		rr.readOthers()
	}
}

// rowReader reads one row; the first refusal ends it.
type rowReader struct {
	*Reader
	row     *table.Row
	p       *Person
	refused *table.Refusal
	events  []reading // dates of harms

	record *[roleNote + 1]*bound // of the person that is read
	harms  []boundHarm
	parts  map[int]table.Cell // the value that is read of a cell with several
}

// cell is what stands in a column, or the value of several there that is read.
func (rr *rowReader) cell(col int) *table.Cell {
	if part, ok := rr.parts[col]; ok {
		return &part
	}
	return &rr.row.Cells[col]
}

func (r *Reader) refusal(row *table.Row, col int, why, want string) *table.Refusal {
	f := &table.Refusal{File: r.file, Sheet: r.info.Sheet, Row: row.Number, Why: why, Want: want}
	if col >= 0 {
		f.Column, f.InColumn = r.info.Columns[col].Key, true
		f.Value, f.HasValue = row.Cells[col].Text, true
	}
	return f
}

func (rr *rowReader) doubt(col int, why, taken string) {
	rr.p.Doubts = append(rr.p.Doubts, Doubt{rr.row.Number, rr.info.Columns[col].Key, rr.row.Cells[col].Text, why, taken})
}

// scientific is a number that a spreadsheet has shortened: 3.20001E+15.
var scientific = regexp.MustCompile(`^\d\.\d+[eE]\+\d+$`)

// lookAtCells reports what the file itself makes doubtful, and identifiers
// that are damaged or stand twice.
func (rr *rowReader) lookAtCells() {
	for i := range rr.row.Cells {
		c := &rr.row.Cells[i]
		switch {
		case c.Doubt != "":
			rr.doubt(i, c.Doubt, "")
		case table.MixedScripts(c.Text):
			rr.doubt(i, "one word has letters of two scripts: the encoding may be another one, or a letter is from another keyboard; it was kept as it is", "")
		}
	}
	for _, i := range rr.ids {
		c := &rr.row.Cells[i]
		if table.IsBlank(c.Text) || c.Kind == table.Error || rr.isMarker(c.Text) {
			continue
		}
		if c.Doubt == "" && scientific.MatchString(c.Text) {
			rr.doubt(i, "an identifier that a spreadsheet has shortened: its last digits are lost", "")
		}
		h := maphash.String(rr.seed, fmt.Sprintf("%d\x00%s", i, c.Text))
		if first, ok := rr.seen[h]; ok {
			rr.doubt(i, fmt.Sprintf("the same identifier stands in row %d", first), "")
		} else if len(rr.seen) < maxSeen {
			rr.seen[h] = rr.row.Number
		}
	}
}

func (r *Reader) isMarker(text string) bool {
	t := norm.NFC.String(strings.TrimSpace(text))
	for _, u := range r.m.Unknown {
		if t == norm.NFC.String(u) {
			return true
		}
	}
	return false
}

// value reads the one column of a coded, dated or aged field.
func (rr *rowReader) value(b *bound) (journal.Value, reading) {
	if b == nil || b.absent {
		return "", reading{state: none}
	}
	if b.field.Constant != nil {
		return "", rr.constant(b)
	}
	if len(b.field.Interval) > 0 {
		return rr.interval(b)
	}
	col := b.cols[0]
	c := rr.cell(col)
	written := journal.Text(c.Text)
	r, counted := rr.empty(b, c)
	if !counted {
		if r, counted = b.cache[c.Text]; !counted {
			r = b.parse(c.Text)
			if len(b.cache) >= cacheSize {
				clear(b.cache)
			}
			b.cache[strings.Clone(c.Text)] = r
		}
	}
	rr.settle(b, col, r)
	return written, r
}

func (rr *rowReader) constant(b *bound) reading {
	r, ok := b.cache[""]
	if !ok {
		r = reading{text: *b.field.Constant}
		if b.slot.kind == asDate {
			r = readDate(r.text, "edtf", "")
		}
		b.cache[""] = r
	}
	rr.settle(b, -1, r)
	return r
}

// empty answers for cells that hold no value: blank, a marker of unknown, an
// error of a workbook.
func (rr *rowReader) empty(b *bound, c *table.Cell) (reading, bool) {
	if len(c.Text) <= b.longest || c.Text == "" || c.Text[0] <= ' ' || c.Text[0] >= 0x80 {
		t := norm.NFC.String(strings.TrimSpace(c.Text)) // a marker is one however its accents are composed
		switch {
		case t == "" && c.Kind == table.Error:
		case b.unknown[t]:
			return reading{state: unknown}, true
		case t == "":
			if code, ok := b.field.Codes[""]; ok {
				return coded(code), true
			}
			return reading{state: blank}, true
		}
	}
	if c.Kind == table.Error {
		if c.Text == "" {
			return reading{refused: "a formula stands here whose value the workbook does not hold", want: "the workbook opened and saved by a spreadsheet program, or CSV"}, true
		}
		return reading{refused: "the cell holds an error of the workbook", want: `a value; or the error's text among the mapping's "unknown"`}, true
	}
	return reading{}, false
}

func (b *bound) parse(text string) reading {
	switch b.slot.kind {
	case asCode:
		return b.readCode(text)
	case asDate:
		r := b.field.readDates(text)
		if b.field.Calendar == "" && b.field.Date != "unix" && !strings.HasPrefix(b.field.Date, "serial-") {
			r.orders = b.field.orderOf(text)
		}
		return r
	case asAge:
		return readAge(text, b.field)
	case asNumber:
		return readNumber(text)
	}
	return reading{text: text}
}

// settle notes a reading to be counted, and reports its doubt or refusal.
func (rr *rowReader) settle(b *bound, col int, r reading) {
	if r.refused != "" {
		if rr.refused == nil {
			rr.refused = rr.refusal(rr.row, col, r.refused, r.want)
		}
		return
	}
	rr.settled = append(rr.settled, settled{b, r.state, r.text, r.doubt != "" && col >= 0})
	for _, o := range r.orders {
		if b.tally.Order == nil {
			b.tally.Order, b.tally.Stated = &DateOrder{}, b.field.Date
		}
		b.tally.Order.count(o, rr.row.Number)
	}
	if r.doubt != "" && col >= 0 {
		rr.doubt(col, r.doubt, r.text)
	}
}

// settled is a field that was read; it counts once the whole row is taken.
type settled struct {
	b     *bound
	state state
	code  string
	doubt bool
}

func (r *Reader) countFields() {
	for _, s := range r.settled {
		if s.doubt {
			s.b.tally.Doubtful++
		}
		switch s.state {
		case blank:
			s.b.tally.Blank++
		case unknown:
			s.b.tally.Unknown++
		case none:
			s.b.tally.None++
		default:
			s.b.tally.Said++
			if s.b.slot.kind == asCode {
				s.b.tally.Codes[s.code]++
			}
		}
	}
}

// words reads a field that is kept as written, of one column or several. known
// is false where it holds blanks or markers of unknown alone.
func (rr *rowReader) words(b *bound) (written journal.Value, known bool) {
	if b == nil || b.absent {
		return "", false
	}
	if b.field.Constant != nil {
		rr.settle(b, -1, reading{})
		return journal.Text(*b.field.Constant), true
	}
	var parts []string
	state := blank
	marker := ""
	for _, col := range b.cols {
		c := rr.cell(col)
		r, isEmpty := rr.empty(b, c)
		if r.refused != "" {
			rr.settle(b, col, r)
			return "", false
		}
		if !isEmpty {
			parts = append(parts, c.Text)
		} else if r.state == unknown {
			state, marker = unknown, c.Text
		}
	}
	if len(b.unlike) > 0 {
		said := len(parts)
		if parts = rr.besides(b, parts); len(parts) == 0 && said > 0 {
			rr.settle(b, -1, reading{state: none})
			return "", false
		}
	}
	if len(parts) == 0 {
		rr.settle(b, -1, reading{state: state})
		if len(b.cols) == 1 { // as it stands: white space alone is not an absent cell
			marker = rr.cell(b.cols[0]).Text
		}
		return journal.Text(marker), false
	}
	rr.settle(b, -1, reading{})
	if len(b.cols) == 1 {
		return journal.Text(parts[0]), true
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return journal.Text(strings.Join(parts, b.field.Join)), true
}

// besides are those parts of a text that no column beside it says too, each once.
func (rr *rowReader) besides(b *bound, parts []string) (left []string) {
	said := map[string]bool{}
	for _, col := range b.unlike {
		said[sameText(rr.cell(col).Text)] = true
	}
	for _, p := range parts {
		if key := sameText(p); !said[key] {
			said[key] = true
			left = append(left, p)
		}
	}
	return left
}

// sameText is a text as two are compared: white space around it, and how an accented
// letter is composed, are no difference.
func sameText(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// readRecord reads the fields of the record.
func (rr *rowReader) readRecord() {
	rec := &rr.p.Record
	rr.readNames(rec)
	var r reading
	rec.SexWritten, r = rr.value(rr.record[roleSex])
	rec.Sex = r.text
	rec.BirthWritten, r = rr.value(rr.record[roleBirth])
	rec.Birth = r.text
	rec.AgeWritten, r = rr.value(rr.record[roleAge])
	rec.AgeLow, rec.AgeHigh = r.low, r.high
	if r.birth != "" && rec.Birth == "" && !rec.BirthWritten.Present() {
		rec.Birth = r.birth
	}
	rec.ChildWritten, r = rr.value(rr.record[roleChild])
	rec.ChildFlag = r.text
	rec.Occupation, _ = rr.words(rr.record[roleOccupation])
	rec.Nationality, _ = rr.words(rr.record[roleNationality])
	rec.Affiliation, _ = rr.words(rr.record[roleAffiliation])
	rec.Status, _ = rr.words(rr.record[roleStatus])
	rec.Note, _ = rr.words(rr.record[roleNote])
}

// readNames reads the name and its parts. Without a name of its own the parts
// are one, given name first. The key for linking leaves unknown parts out.
func (rr *rowReader) readNames(rec *register.Record) {
	var known, g, fa, f bool
	rec.Name, known = rr.words(rr.record[roleName])
	rec.Given, g = rr.words(rr.record[roleGiven])
	rec.Father, fa = rr.words(rr.record[roleFather])
	rec.Family, f = rr.words(rr.record[roleFamily])
	rec.OtherNames, _ = rr.words(rr.record[roleOtherNames])
	if rr.record[roleName] == nil {
		var parts []string
		for _, p := range []struct {
			v     journal.Value
			known bool
		}{{rec.Given, g}, {rec.Father, fa}, {rec.Family, f}} {
			if p.known {
				parts = append(parts, strings.TrimSpace(p.v.Text()))
			}
		}
		if len(parts) > 0 {
			rec.Name, known = journal.Text(strings.Join(parts, " ")), true
		}
	}
	if known {
		rec.NameFold = rr.nameKey(rec.Name.Text())
	}
	if rec.NameFold == "" {
		rr.Counts.NoName++
	}
}
