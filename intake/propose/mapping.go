// SPDX-License-Identifier: Apache-2.0

package propose

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recount/intake/mapping"
	"recount/intake/table"
)

// Mapping is the proposal as a file that people go on writing (docs/mapping.md).
// What happened to the people is needed of a harm: where no column says it, there is
// none, and the columns of its day and place are among those that are left.
// A header of several rows, storeys, is said in it.
func (p Proposal) Mapping(of table.Info, storeys int) (text []byte, left []string, err error) {
	m := map[string]any{"format": mapping.Format, "row": "person"}
	for name, said := range map[string]string{"sheet": of.Sheet, "delimiter": ifNotComma(of.Delimiter), "encoding": ifNotUTF8(of)} {
		if said != "" {
			m[name] = said
		}
	}
	switch {
	case of.HeaderRow > 1:
		m["header_row"] = of.HeaderRow
	case of.HeaderRow == 0 && (of.Format == "csv" || of.Sheet != "" && of.Format != "json"):
		m["header"] = "none"
	}
	if storeys > 1 {
		m["header_rows"] = storeys
	}
	if len(p.Unknown) > 0 {
		m["unknown"] = p.Unknown
	}
	record, harm, places := map[string]any{}, map[string]any{}, []string{}
	lists, classes := map[string][]string{}, map[string]string{}
	for _, c := range p.Columns {
		if class := c.Class(); class != "" && writable(c.Key) {
			classes[c.Key] = class
		}
		field := c.field()
		switch name, ofHarm := strings.CutPrefix(c.As, "harm."); {
		case c.As == "" || c.coded() && len(c.Codes) == 0 || !writable(c.Key):
			left = append(left, c.Key)
		case c.As == "identifier":
			lists["identifiers"] = append(lists["identifiers"], c.Key)
		case c.As == "not-mapped":
			lists["not_mapped"] = append(lists["not_mapped"], c.Key)
		case c.As == "harm.place":
			places = append(places, c.Key)
		case ofHarm:
			harm[name] = field
		default:
			record[name] = field
		}
	}
	switch {
	case len(places) == 1:
		harm["place"] = places[0]
	case len(places) > 1:
		harm["place"] = map[string]any{"columns": places, "join": ", "}
	}
	if harm["code"] != nil {
		m["harms"] = []any{harm}
	} else {
		for _, c := range p.Columns {
			if strings.HasPrefix(c.As, "harm.") && !slices.Contains(left, c.Key) {
				left = append(left, c.Key)
			}
		}
	}
	m["record"] = record
	if len(classes) > 0 {
		m["classes"] = classes
	}
	for name, list := range lists {
		m[name] = list
	}
	if text, err = json.MarshalIndent(m, "", "  "); err != nil {
		return nil, nil, fmt.Errorf("writing the proposal: %w", err)
	}
	return append(text, '\n'), left, nil
}

// writable is true of texts that a mapping can have: no file names a column by
// letters that are none.
func writable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Class is what is proposed that a column's values be at least, "" nothing.
func (c Column) Class() string {
	if c.Sensitive != "" {
		return "restricted"
	}
	return ""
}

// coded is true of columns whose values are read by codes.
func (c Column) coded() bool { return c.As == "sex" || c.As == "child" || c.As == "harm.code" }

// field is where the value comes from, as a mapping says it.
func (c Column) field() any {
	said := map[string]any{"column": c.Key}
	switch {
	case len(c.Codes) > 0:
		said["codes"] = c.Codes
		return said
	case c.End != "":
		said = map[string]any{"columns": []string{c.Key, c.End}, "interval": []string{"first", "last"}}
	}
	if c.Order != "" {
		said["date"] = c.Order
	}
	if len(c.Range) > 0 {
		said["range"] = c.Range
	}
	if c.Parts != "" && (c.As == "harm.date" || c.As == "birth") {
		said["split"] = c.Parts
	}
	if len(said) == 1 {
		return c.Key
	}
	return said
}

func ifNotComma(delimiter string) string {
	if delimiter == "," {
		return ""
	}
	return delimiter
}

// ifNotUTF8 is the encoding that was named to read the list.
func ifNotUTF8(of table.Info) string {
	if of.Encoding == "utf-8" || of.BOM {
		return ""
	}
	return of.Encoding
}
