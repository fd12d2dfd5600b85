// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// workbook is what a sheet's rows need of the rest of the workbook.
type workbook struct {
	pack     *pack
	sheets   []bookSheet
	date1904 bool
	styles   []numberFormat // by the number of a cell's style
	shared   sharedTexts
}

type bookSheet struct {
	Sheet
	part string // "" where the workbook names a sheet and does not hold it
}

func openWorkbook(p *pack) (*workbook, error) {
	w := &workbook{pack: p}
	if err := w.readBook(); err != nil {
		return nil, err
	}
	return w, nil
}

// readBook finds the workbook's parts by its relationships.
func (w *workbook) readBook() error {
	roots, err := w.pack.relations("")
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	part := roots.ofKind("officeDocument")
	if part == "" {
		part = "xl/workbook.xml"
	}
	part = strings.TrimPrefix(part, "/")
	if strings.HasSuffix(part, ".bin") {
		return w.pack.opt.refuse("a binary workbook (.xlsb)", "a workbook saved as .xlsx, or CSV")
	}
	if w.pack.find(part) == nil {
		return w.pack.opt.refuse("a ZIP that holds no workbook", "a workbook saved as .xlsx, or CSV")
	}
	related, err := w.pack.relations(part)
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	if err := w.readSheets(part, related); err != nil {
		return err
	}
	if err := w.readStyles(related.ofKind("styles")); err != nil {
		return err
	}
	return w.readShared(related.ofKind("sharedStrings"))
}

// readSheets reads the names of the sheets. One that is a chart, a dialog or a program
// has no rows; one that the workbook does not hold is a sheet all the same.
func (w *workbook) readSheets(part string, related relations) error {
	return w.pack.each(part, func(x *xmlScanner) error {
		switch string(x.name) {
		case "workbookPr":
			v, _ := x.attr("date1904")
			v = strings.ToLower(strings.TrimSpace(v))
			w.date1904 = v != "" && v != "0" && v != "false" && v != "off"
		case "sheet":
			name, _ := x.attr("name")
			state, _ := x.attr("state")
			id, _ := x.attr("id") // r:id; sheetId is another
			of := related.byID(id)
			if of.kind != "" && !strings.HasSuffix(strings.ToLower(of.kind), "worksheet") {
				return nil
			}
			w.sheets = append(w.sheets, bookSheet{Sheet{name, state == "hidden" || state == "veryHidden"}, of.target})
		}
		return nil
	})
}

// readStyles keeps what each cell style shows of a date.
func (w *workbook) readStyles(part string) error {
	if part == "" {
		return nil
	}
	custom := map[int]numberFormat{}
	var ids []int
	inCells := false
	err := w.pack.each(part, func(x *xmlScanner) error {
		switch string(x.name) {
		case "numFmt":
			id, _ := x.attr("numFmtId")
			code, _ := x.attr("formatCode")
			if n, err := strconv.Atoi(id); err == nil {
				custom[n] = formatOf(code)
			}
		case "cellXfs":
			inCells = true
		case "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst":
			inCells = x.depth > 2 && inCells // another part of the styles begins
		case "xf":
			if !inCells {
				return nil
			}
			id, _ := x.attr("numFmtId")
			n, err := strconv.Atoi(id)
			if err != nil {
				n = -1
			}
			ids = append(ids, n)
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil
	}
	for _, id := range ids {
		w.styles = append(w.styles, formatNumbered(id, custom))
	}
	return err
}

// formatNumbered is the format of that number: the workbook's own, or one that has no
// text in the file.
func formatNumbered(id int, custom map[int]numberFormat) numberFormat {
	if f, ok := custom[id]; ok {
		return f
	}
	return numberFormat{show: builtinFormat(id)}
}

// sharedTexts are the texts that cells point to, one behind the other.
type sharedTexts struct {
	all  []byte
	ends []uint32
}

func (s *sharedTexts) at(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = s.ends[i-1]
	}
	return string(s.all[start:s.ends[i]]), true
}

// readShared gathers the shared texts: runs of a rich text are joined, the
// phonetic ones beside them are passed over.
func (w *workbook) readShared(part string) (err error) {
	if part == "" {
		return nil
	}
	r, err := w.pack.open(part)
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	x := newXMLScanner(r)
	var t textGatherer
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.pack.damaged(err)
		}
		name := string(x.name)
		if token == xmlStart && name == "si" {
			t.reset()
		}
		if token == xmlEnd && name == "si" {
			w.shared.all = append(w.shared.all, unescapeX(t.text)...)
			w.shared.ends = append(w.shared.ends, uint32(len(w.shared.all)))
			if int64(len(w.shared.all)+4*len(w.shared.ends)) > min(w.pack.opt.Limits.Strings, 1<<32-1) {
				return w.pack.opt.refuse(fmt.Sprintf("the workbook's texts are more than %d MiB", w.pack.opt.Limits.Strings>>20),
					"the list as CSV, which has no limit")
			}
			continue
		}
		t.take(token, name, x.text)
	}
}

// textGatherer joins the <t> of a shared or an inline text.
type textGatherer struct {
	text     []byte
	inText   bool
	phonetic bool
}

func (t *textGatherer) reset() { t.text, t.inText, t.phonetic = t.text[:0], false, false }

func (t *textGatherer) take(token xmlToken, name string, text []byte) {
	switch {
	case token == xmlText:
		if t.inText && !t.phonetic {
			t.text = append(t.text, text...)
		}
	case name == "t":
		t.inText = token == xmlStart
	case name == "rPh":
		t.phonetic = token == xmlStart
	}
}

// unescapeX resolves _x000D_ and the like, by which workbooks write characters
// that XML cannot hold (ECMA-376 part 1, 22.9.2.19, ST_Xstring).
func unescapeX(b []byte) []byte {
	s := string(b)
	if !strings.Contains(s, "_x") {
		return b
	}
	var out []byte
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			return append(out, s...)
		}
		out = append(out, s[:i]...)
		s = s[i:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil && n != 0 && (n < 0xd800 || n > 0xdfff) {
				out = append(out, string(rune(n))...)
				s = s[7:]
				continue
			}
		}
		out = append(out, "_x"...)
		s = s[2:]
	}
}
