// SPDX-License-Identifier: Apache-2.0

package worksheet

import (
	"encoding/json"
	"slices"
	"strings"

	"recount/journal"
)

// Cells are a row's cells, in the order of Columns. guarded keeps programs that
// take a text for a formula from it (OWASP, "CSV Injection"): an apostrophe stands
// in front, and the column "cells" says of which.
func (l Layout) Cells(r Row, guarded bool) []string {
	values := r.values()
	var odd oddCells
	columns := l.Columns()
	out := make([]string, len(columns))
	for i, c := range columns {
		switch c {
		case ColumnRecord:
			if r.Leaf != (journal.Leaf{}) {
				out[i] = r.Leaf.String()
			}
			continue
		case columnNamed:
			out[i] = "no"
			if r.Record.NameFold != "" {
				out[i] = "yes"
			}
			continue
		case columnCells:
			continue
		}
		v, present := values[c]
		text := v.Text()
		if out[i] = text; !present {
			continue
		}
		if text == "" {
			odd.Blank = append(odd.Blank, c)
		}
		if shown := visible(text); shown != text {
			if odd.Exact == nil {
				odd.Exact = map[string]string{}
			}
			odd.Exact[c], text, out[i] = text, shown, shown
		}
		if guarded && isFormula(text) {
			out[i] = "'" + text
			odd.Apostrophe = append(odd.Apostrophe, c)
		}
	}
	out[slices.Index(columns, columnCells)] = odd.String()
	return out
}

// isFormula: a spreadsheet program may run it, or take it for an error.
func isFormula(text string) bool {
	return text != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(text[0]))
}

// oddCells are the cells of a row that are not what they look like.
type oddCells struct {
	Blank      []string `json:"blank,omitempty"`      // the source has an empty cell; others that are empty are absent
	Apostrophe []string `json:"apostrophe,omitempty"` // the first character is no part of the text

	Exact map[string]string `json:"exact,omitempty"` // of cells with a character that no XML can hold: what they say
}

// visible is a text without the characters that no XML document can hold (XML 1.0,
// section 2.2), a U+FFFD in the place of each.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, text)
}

// String is JSON, "" where there are none.
func (o oddCells) String() string {
	if len(o.Blank)+len(o.Apostrophe)+len(o.Exact) == 0 {
		return ""
	}
	b, err := json.Marshal(o)
	if err != nil { // texts can be written
		return ""
	}
	return string(b)
}

func parseOdd(text string) (o oddCells, err error) {
	if strings.TrimSpace(text) == "" {
		return o, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	err = d.Decode(&o)
	return o, err
}
