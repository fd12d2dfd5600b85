// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// An OpenDocument spreadsheet (OASIS OpenDocument 1.3, part 3, ISO/IEC 26300):
// content.xml holds the styles and then the sheets, each as rows of cells.
const (
	odsMedia   = "application/vnd.oasis.opendocument.spreadsheet"
	odsContent = "content.xml"
)

// odsBook is what the rows of a sheet need of the rest of the document.
type odsBook struct {
	sheets []Sheet
	shows  map[string]shown // by the name of a cell's style: what it shows of a date
}

func openODS(p *pack, opt Options) (*grid, error) {
	if opt.Delimiter != "" || opt.Encoding != "" {
		return nil, opt.refuse("the mapping names a delimiter or an encoding, but the file is a workbook", "the mapping without them, or a CSV")
	}
	if err := p.plainODS(); err != nil {
		return nil, err
	}
	book, err := p.readODS()
	if err != nil {
		return nil, err
	}
	p.left = opt.Limits.Unpacked // what was unfolded to find the sheets is unfolded again for their rows
	all := make([]bookSheet, len(book.sheets))
	for i, s := range book.sheets {
		all[i] = bookSheet{s, strconv.Itoa(i)}
	}
	sheet, err := chooseSheet(all, opt)
	if err != nil {
		return nil, err
	}
	opt.Sheet, p.opt.Sheet = sheet.Name, sheet.Name
	part, err := p.open(odsContent)
	if err != nil {
		return nil, p.damaged(err)
	}
	at, err := strconv.Atoi(sheet.part)
	if err != nil {
		return nil, errors.Join(p.damaged(err), part.Close())
	}
	t := &odsRows{pack: p, book: book, opt: opt, part: part, in: &counter{r: part}}
	t.x = newXMLScanner(t.in)
	if err := t.skipTo(at); err != nil {
		return nil, errors.Join(p.damaged(err), part.Close())
	}
	info := Info{Format: "ods", Sheet: sheet.Name, Sheets: book.sheets, HeaderRow: opt.headerRow(), Size: int64(p.find(odsContent).UncompressedSize64)}
	return newGrid(opt, info, t)
}

// plainODS refuses a document with a password: its parts are there and cannot be read.
func (p *pack) plainODS() error {
	encrypted := false
	err := p.each("META-INF/manifest.xml", func(x *xmlScanner) error {
		encrypted = encrypted || string(x.name) == "encryption-data"
		return nil
	})
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	if encrypted {
		return p.opt.refuse("a workbook with a password", "a workbook saved without a password, or CSV")
	}
	if p.find(odsContent) == nil {
		return p.opt.refuse("a ZIP that holds no workbook", "a workbook that opens in a spreadsheet program, or CSV")
	}
	return nil
}

// readODS finds the sheets, and what styles show of a date.
func (p *pack) readODS() (b *odsBook, err error) {
	r, err := p.open(odsContent)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	b = &odsBook{shows: map[string]shown{}}
	s := odsStyles{book: b, dates: map[string]shown{}, hidden: map[string]bool{}}
	x := newXMLScanner(r)
	for depth := 0; ; {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return b, nil
		}
		if err != nil {
			return nil, p.damaged(err)
		}
		if token == xmlText {
			continue
		}
		if string(x.name) != "table" {
			if token == xmlStart && depth == 0 {
				s.take(x)
			}
			continue
		}
		if token == xmlEnd {
			depth--
			continue
		}
		if depth++; depth == 1 {
			name, _ := x.attr("name")
			style, _ := x.attr("style-name")
			b.sheets = append(b.sheets, Sheet{name, s.hidden[style]})
		}
		if len(b.sheets) > p.opt.Limits.Entries {
			return nil, p.opt.refuse(fmt.Sprintf("the workbook has more than %d sheets", p.opt.Limits.Entries), "a workbook with fewer sheets, or CSV")
		}
	}
}

// odsStyles gathers the styles, which stand before the sheets.
type odsStyles struct {
	book   *odsBook
	dates  map[string]shown // by the name of a date style
	hidden map[string]bool  // by the name of a sheet's style
	date   string           // the date style that is being read, "" none
	style  string           // the style that is being read
	parts  string           // which parts of a date it shows: a letter each
}

func (s *odsStyles) take(x *xmlScanner) {
	switch name := string(x.name); name {
	case "date-style":
		s.date, _ = x.attr("name")
		s.parts = ""
	case "day", "month", "year", "hours":
		s.parts += name[:1]
		s.dates[s.date] = showsOf(s.parts)
	case "style":
		s.style, _ = x.attr("name")
		if of, ok := x.attr("data-style-name"); ok {
			if show, known := s.dates[of]; known {
				s.book.shows[s.style] = show
			}
		}
	case "table-properties":
		display, _ := x.attr("display")
		s.hidden[s.style] = display == "false"
	}
}

// showsOf are the first letters of day, month, year and hours.
func showsOf(parts string) shown {
	has := func(letter byte) bool { return bytes.IndexByte([]byte(parts), letter) >= 0 }
	switch {
	case has('d'):
		return showsDay
	case has('m'):
		return showsMonth
	case has('y'):
		return showsYear
	}
	return showsDay
}
