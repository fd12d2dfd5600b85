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
	styles   []shown // by the number of a cell's style
	shared   sharedTexts
}

type bookSheet struct {
	Sheet
	part string
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
	_, roots, err := w.pack.relations("")
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	part, ok := roots["officeDocument"]
	if !ok {
		part = "xl/workbook.xml"
	}
	part = strings.TrimPrefix(part, "/")
	if strings.HasSuffix(part, ".bin") {
		return w.pack.opt.refuse("a binary workbook (.xlsb)", "a workbook saved as .xlsx, or CSV")
	}
	if w.pack.find(part) == nil {
		return w.pack.opt.refuse("a ZIP that holds no workbook", "a workbook saved as .xlsx, or CSV")
	}
	byID, byType, err := w.pack.relations(part)
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	if err := w.readSheets(part, byID); err != nil {
		return err
	}
	if err := w.readStyles(byType["styles"]); err != nil {
		return err
	}
	return w.readShared(byType["sharedStrings"])
}

func (w *workbook) readSheets(part string, targets map[string]string) error {
	return w.pack.each(part, func(x *xmlScanner) error {
		switch string(x.name) {
		case "workbookPr":
			v, _ := x.attr("date1904")
			w.date1904 = v == "1" || v == "true"
		case "sheet":
			name, _ := x.attr("name")
			state, _ := x.attr("state")
			id, _ := x.attr("id") // r:id; sheetId is another
			target, ok := targets[id]
			if !ok || strings.Contains(target, "chartsheets/") {
				return nil // a sheet that is one chart has no rows
			}
			w.sheets = append(w.sheets, bookSheet{Sheet{name, state == "hidden" || state == "veryHidden"}, target})
		}
		return nil
	})
}

// readStyles keeps what each cell style shows of a date.
func (w *workbook) readStyles(part string) error {
	if part == "" {
		return nil
	}
	custom := map[int]shown{}
	inCells, done := false, false
	err := w.pack.each(part, func(x *xmlScanner) error {
		switch string(x.name) {
		case "numFmt":
			id, _ := x.attr("numFmtId")
			code, _ := x.attr("formatCode")
			if n, err := strconv.Atoi(id); err == nil {
				custom[n] = classify(code)
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			done = true
		case "xf":
			if !inCells || done {
				return nil
			}
			id, _ := x.attr("numFmtId")
			n, err := strconv.Atoi(id)
			show, ok := custom[n]
			if !ok && err == nil {
				show = builtinFormat(n)
			}
			w.styles = append(w.styles, show)
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil
	}
	return err
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
