// SPDX-License-Identifier: Apache-2.0

package redact

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// xcell is a cell of a workbook in the row that is being read.
type xcell struct {
	raw     []byte
	ref     string // "B7", "" where it does not say
	style   string
	kind    string // t
	value   strings.Builder
	inline  strings.Builder
	formula strings.Builder
	asks    bool   // there is a formula
	shares  string // number of a formula that cells share
	form    string // "shared", "array", …
	v, f    [2]int // where <v> and <f> lie in raw; 0,0 nowhere
	shown   string // as a person sees it
}

// xrow is a row of a workbook.
type xrow struct {
	head   []byte // its tag
	tail   []byte
	prefix string
	number int
	cells  []*xcell
}

// readShared gathers the shared texts.
func (b *book) readShared() error {
	if b.part == "" {
		return nil
	}
	f := b.find(b.part)
	if f == nil {
		return nil
	}
	data, err := b.read(f)
	if err != nil {
		return err
	}
	var one strings.Builder
	in := false
	return b.scan(f.Name, data, func(t token) error {
		switch {
		case t.start == "si":
			one.Reset()
		case t.end == "si":
			b.texts = append(b.texts, one.String())
		case t.start == "t" || t.end == "t":
			in = t.start == "t"
		case in:
			one.WriteString(t.text)
		}
		return nil
	})
}

// sheets writes every sheet anew that has to be.
func (b *book) sheets() error {
	for i := range b.names {
		f := b.find(b.names[i].part)
		if f == nil {
			continue // a sheet that has no rows
		}
		data, err := b.read(f)
		if err != nil {
			return err
		}
		s := sheet{b: b, of: &b.names[i], number: i + 1, masters: map[string]bool{}, foreign: map[string]bool{}}
		s.scrub = scrubber{b: b, out: &s.out}
		if err := b.scan(f.Name, data, s.take); err != nil {
			return err
		}
		if s.changed || s.scrub.changed {
			b.fresh[f.Name] = s.out.Bytes()
		}
	}
	return nil
}

// sheet goes through one sheet.
type sheet struct {
	b       *book
	of      *bookSheet
	number  int
	out     bytes.Buffer
	changed bool

	row    *xrow
	cell   *xcell
	within string // "v", "f", "t": whose text comes
	last   int
	// masters are the shared formulas whose first cell was blanked: whether it
	// asked its own row alone.
	masters map[string]bool
	foreign map[string]bool // shared formulas that ask other rows
	scrub   scrubber        // of what stands beside the rows
}

func (s *sheet) take(t token) error {
	switch {
	case s.row == nil && t.start == "row":
		return s.begin(t)
	case s.row == nil:
		s.beside(t)
		return nil
	case t.end == "row":
		s.row.tail = t.raw
		s.finish()
		return nil
	case s.cell != nil:
		s.inCell(t)
		return nil
	case t.start == "c":
		s.cell = &xcell{raw: bytes.Clone(t.raw), ref: t.attr("r"), style: t.attr("s"), kind: t.attr("t")}
		s.row.cells = append(s.row.cells, s.cell)
		return nil
	}
	if len(s.row.cells) == 0 {
		s.row.head = append(s.row.head, t.raw...)
		return nil
	}
	last := s.row.cells[len(s.row.cells)-1]
	last.raw = append(last.raw, t.raw...)
	return nil
}

// begin is the tag of a row.
func (s *sheet) begin(t token) error {
	number := s.last + 1
	if r := t.attr("r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n <= s.last {
			return refused(s.b.opt, "its rows are not in order")
		}
		number = n
	}
	s.last = number
	s.row = &xrow{head: bytes.Clone(t.raw), prefix: t.prefix, number: number}
	return nil
}

// inCell is what stands in a cell.
func (s *sheet) inCell(t token) {
	c := s.cell
	from := len(c.raw)
	c.raw = append(c.raw, t.raw...)
	switch {
	case t.end == "c":
		s.cell = nil
	case t.start == "f":
		c.asks, c.form, c.shares, c.f[0], s.within = true, t.attr("t"), t.attr("si"), from, "f"
	case t.start == "v":
		c.v[0], s.within = from, "v"
	case t.start == "t":
		s.within = "t"
	case t.end == "f":
		c.f[1], s.within = len(c.raw), ""
	case t.end == "v":
		c.v[1], s.within = len(c.raw), ""
	case t.end == "t":
		s.within = ""
	case s.within == "v":
		c.value.WriteString(t.text)
	case s.within == "f":
		c.formula.WriteString(t.text)
	case s.within == "t":
		c.inline.WriteString(t.text)
	}
}

// text is what the cell says, to be looked through.
func (s *sheet) text(c *xcell) string {
	c.shown = c.value.String()
	if i, err := strconv.Atoi(c.shown); c.kind == "s" && err == nil && i >= 0 && i < len(s.b.texts) {
		c.shown = s.b.texts[i]
	}
	c.shown += c.inline.String()
	return c.shown + "\n" + c.formula.String()
}

// finish writes the row that was read.
func (s *sheet) finish() {
	row, o := s.row, s.b.order
	s.row = nil
	s.b.found.Add(s.of.name, row.number)
	var all strings.Builder
	for _, c := range row.cells {
		all.WriteString(s.text(c))
		all.WriteByte('\n')
	}
	erase := o.Erase.Has(s.of.name, row.number)
	blank := map[*xcell]bool{}
	if !erase && !o.Keep.Has(s.of.name, row.number) && o.Holds(all.String()) {
		for _, c := range row.cells {
			blank[c] = o.Holds(s.text(c))
			erase = erase || blank[c]
		}
		if erase = !erase; !erase {
			s.b.report.Cells = append(s.b.report.Cells, place(s.number, row.number))
		}
	}
	if erase {
		s.b.report.Rows = append(s.b.report.Rows, place(s.number, row.number))
		s.of.blanked[row.number] = true
		s.erase(row)
		return
	}
	own := s.ownRow(row)
	s.out.Write(row.head)
	for _, c := range row.cells {
		if blank[c] {
			s.lose(c)
			s.mark(row.prefix, c)
			continue
		}
		s.keep(c, own)
	}
	s.out.Write(row.tail)
}

// erase writes the row as one cell that says so.
func (s *sheet) erase(row *xrow) {
	s.changed = true
	if len(row.cells) == 0 {
		s.out.Write(row.head)
		s.out.Write(row.tail)
		return
	}
	for _, c := range row.cells {
		s.lose(c)
	}
	s.out.Write(row.head)
	s.mark(row.prefix, row.cells[0])
	s.out.Write(row.tail)
}

// lose notes what a cell said that is blanked.
func (s *sheet) lose(c *xcell) {
	s.b.lost[strings.TrimSpace(c.shown)] = true
	if c.form == "shared" && c.formula.Len() > 0 {
		s.masters[c.shares] = own(c.formula.String(), rowOf(c.ref))
	}
}

// mark writes a cell that says that it was blanked.
func (s *sheet) mark(prefix string, c *xcell) {
	s.changed = true
	ref, style := "", ""
	if c.ref != "" {
		ref = fmt.Sprintf(` r="%s"`, escaped(c.ref))
	}
	if c.style != "" {
		style = fmt.Sprintf(` s="%s"`, escaped(c.style))
	}
	fmt.Fprintf(&s.out, `<%[1]sc%[2]s%[3]s t="inlineStr"><%[1]sis><%[1]st>%[4]s</%[1]st></%[1]sis></%[1]sc>`, prefix, ref, style, Mark)
}

// keep writes a cell that stays. The value that a formula had is left out where
// other rows may have gone into it.
func (s *sheet) keep(c *xcell, ownRow bool) {
	if i, err := strconv.Atoi(c.value.String()); c.kind == "s" && err == nil {
		s.b.used[i] = true
	} else if c.kind == "inlineStr" || c.kind == "str" {
		s.b.stays[strings.TrimSpace(c.shown)] = true
	}
	cut := [][2]int{}
	if c.asks {
		wasOwn, orphan := s.masters[c.shares]
		if orphan = orphan && c.form == "shared" && c.formula.Len() == 0; orphan {
			cut = append(cut, c.f) // its formula stood in a cell that is gone
			ownRow = ownRow && wasOwn
		}
		if !ownRow {
			cut = append(cut, c.v)
		}
	}
	at := 0
	for _, piece := range cut {
		if piece[1] <= at {
			continue
		}
		s.changed = true
		s.out.Write(c.raw[at:piece[0]])
		at = piece[1]
	}
	s.out.Write(c.raw[at:])
}

// ownRow tells whether every formula of a row asks cells of that row alone.
func (s *sheet) ownRow(row *xrow) bool {
	for _, c := range row.cells {
		switch {
		case !c.asks:
		case c.form == "shared" && c.formula.Len() == 0:
			if was, orphan := s.masters[c.shares]; orphan && !was {
				return false
			}
			if s.foreign[c.shares] {
				return false
			}
		case c.form != "" && c.form != "normal" && c.form != "shared", !own(c.formula.String(), row.number):
			if c.form == "shared" {
				s.foreign[c.shares] = true
			}
			return false
		}
	}
	return true
}

var (
	quotedText = regexp.MustCompile(`"[^"]*"`)
	function   = regexp.MustCompile(`[A-Za-z_.][A-Za-z0-9_.]*\(`)
	reference  = regexp.MustCompile(`\$?[A-Z]{1,3}(\$?)([0-9]{1,7})`)
)

// own tells whether a formula asks nothing but cells of one row. Of names,
// areas over rows, other sheets and tables it is not known.
func own(formula string, row int) bool {
	rest := quotedText.ReplaceAllString(formula, "")
	for _, far := range []string{"INDIRECT", "OFFSET", "INDEX", "CELL", "GETPIVOTDATA"} {
		if strings.Contains(strings.ToUpper(rest), far) {
			return false
		}
	}
	rest = function.ReplaceAllString(rest, "(")
	is := true
	rest = reference.ReplaceAllStringFunc(rest, func(ref string) string {
		m := reference.FindStringSubmatch(ref)
		is = is && m[1] == "" && m[2] == strconv.Itoa(row)
		return ""
	})
	return is && !strings.ContainsFunc(rest, func(r rune) bool {
		return r == '!' || r == '[' || r == '_' || r >= 0x80 || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
	})
}

// beside is what stands before and behind the rows. Links of rows that were
// blanked go, with where they led.
func (s *sheet) beside(t token) {
	if t.start == "hyperlink" {
		from, to := rowsOf(t.attr("ref"))
		for n := from; n <= to; n++ {
			if s.of.blanked[n] {
				s.b.cut(s.of.part, t.attr("id"))
				s.scrub.skip(t)
				return
			}
			if s.b.order.Keep.Has(s.of.name, n) {
				s.out.Write(t.raw)
				s.scrub.open = append(s.scrub.open, t.start)
				return
			}
		}
	}
	s.scrub.take(t)
}

// rowsOf are the rows of an area such as B7:C9; 1, 0 where it says none.
func rowsOf(area string) (from, to int) {
	first, last, more := strings.Cut(area, ":")
	if from = rowOf(first); from == 0 {
		return 1, 0
	}
	to = from
	if more {
		to = min(rowOf(last), from+1<<20)
	}
	return from, to
}

// rowOf is the row of a reference such as B7, 0 where it says none.
func rowOf(ref string) int {
	n, err := strconv.Atoi(strings.TrimLeft(strings.ReplaceAll(ref, "$", ""), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
	if err != nil {
		return 0
	}
	return n
}
