// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recount/derive"
	"recount/fault"
	"recount/intake/mapping"
	"recount/register"
)

// meanings are what a column of a list can mean, in the order in which they
// are offered; harm fields begin with "harm.".
func meanings() []string {
	return []string{
		"", "not-mapped", "identifier", "name", "given", "family", "father", "other_names", "sex", "age", "age-months", "birth", "child",
		"harm.code", "harm.date", "harm.end", "harm.place", "harm.cause", "harm.alleged",
		"occupation", "nationality", "affiliation", "status", "note",
	}
}

// coded are the meanings whose values are read through codes.
func coded(meaning string) (set string, codes []register.Code) {
	switch meaning {
	case "sex":
		return "sex", register.SexCodes()
	case "child":
		return "yes-no", register.YesNo()
	case "harm.code":
		return "harm", register.HarmCodes()
	case "harm.cause":
		return "cause", register.CauseCodes()
	}
	return "", nil
}

// column is a column of a list in the form that says what it means.
type column struct {
	Number  int
	Key     string // as a mapping names it
	Samples []string
	Meaning []option
	Why     string        // it is proposed, or not
	Check   bool          // what is proposed may be wrong
	Values  []columnValue // of a coded column: what stands in it, and which code it is
}

// Means is what a field of a mapping is called on the page: "record.age" is what a
// column means that has ages.
func (p *listPage) Means(field string) string {
	name, ofRecord := strings.CutPrefix(field, "record.")
	if _, of, ok := strings.Cut(field, "]."); ok && !ofRecord {
		name = "harm." + of
	}
	if key := "lists.meaning." + name; p.Has(key) {
		return p.T(key)
	}
	return field
}

// columnValue is a value that stands in a coded column.
type columnValue struct {
	Value string
	Codes []option
}

// noSuchThing is what is chosen for a value that says that there is none.
const noSuchThing = "-"

// howManyValues bounds the different values of a coded column that are offered.
const howManyValues = 40

// columns are the form's columns, as they were chosen so far.
func (v *visit) columns(t derive.Table) []column {
	var all []column
	for i, key := range columnKeys(t.Header) {
		c := column{Number: i, Key: key}
		chosen := v.text("meaning" + strconv.Itoa(i))
		for _, m := range meanings() {
			name := m
			if m == "" {
				name = "none"
			}
			c.Meaning = append(c.Meaning, option{Value: m, Text: v.words.T("lists.meaning." + name), Chosen: m == chosen})
		}
		values := distinct(t.Rows, i)
		c.Samples = values[:min(4, len(values))]
		if set, codes := coded(chosen); set != "" {
			for n, value := range values[:min(howManyValues, len(values))] {
				c.Values = append(c.Values, columnValue{value, v.codeOptions(set, codes, v.text(valueField(i, n)))})
			}
		}
		all = append(all, c)
	}
	return all
}

func valueField(column, value int) string { return fmt.Sprintf("code%d_%d", column, value) }

func (v *visit) codeOptions(set string, codes []register.Code, chosen string) []option {
	b := base{Language: v.words}
	return append([]option{{Text: v.words.T("lists.choose")}, {Value: noSuchThing, Text: v.words.T("lists.no-such-thing"), Chosen: chosen == noSuchThing}},
		b.codes(set, codes, chosen)...)
}

// columnKeys are the names of columns as a mapping has them (docs/mapping.md):
// the second of one name is "name#2".
func columnKeys(header []string) []string {
	seen, keys := map[string]int{}, make([]string, len(header))
	for i, h := range header {
		h = strings.TrimSpace(h)
		seen[h]++
		keys[i] = h
		if n := seen[h]; n > 1 {
			keys[i] = h + "#" + strconv.Itoa(n)
		}
	}
	return keys
}

// distinct are the different values of a column, in the order in which they stand.
func distinct(rows []derive.Row, column int) (values []string) {
	seen := map[string]bool{"": true}
	for _, r := range rows {
		if column >= len(r.Cells) {
			continue
		}
		if s := strings.TrimSpace(r.Cells[column]); !seen[s] {
			seen[s] = true
			values = append(values, s)
		}
	}
	return values
}

// mapping is what was chosen, as the file that the command takes: what is
// accepted, and why not, is said in one place.
func (v *visit) mapping(t derive.Table) (*mapping.Mapping, error) {
	m := map[string]any{"format": mapping.Format, "row": "person", "unknown": markers(v.text("unknown"))}
	if t.Sheet != "" {
		m["sheet"] = t.Sheet
	}
	switch n := v.whole("header_row", 1); {
	case t.Named:
	case t.HeaderRow == 0:
		m["header"] = "none"
	case n > 1:
		m["header_row"] = n
	}
	for from, to := range map[string]string{"basis": "basis", "handling": "handling"} {
		if s := v.text(from); s != "" {
			m[to] = s
		}
	}
	if err := v.meansOnce(t); err != nil {
		return nil, err
	}
	record, harm := map[string]any{}, map[string]any{}
	identifiers, notMapped, places := []string{}, []string{}, []string{} // written as empty lists, never as null
	for i, key := range columnKeys(t.Header) {
		switch meaning := v.text("meaning" + strconv.Itoa(i)); meaning {
		case "":
		case "not-mapped":
			notMapped = append(notMapped, key)
		case "identifier":
			identifiers = append(identifiers, key)
		case "harm.place":
			places = append(places, key)
		case "age-months":
			record["age"] = map[string]any{"column": key, "unit": "months"}
		default:
			if name, of := strings.CutPrefix(meaning, "harm."); of {
				harm[name] = v.source(t, i, key, meaning)
			} else {
				record[meaning] = v.source(t, i, key, meaning)
			}
		}
	}
	switch len(places) {
	case 0:
	case 1:
		harm["place"] = places[0]
	default:
		harm["place"] = map[string]any{"columns": places, "join": ", "}
	}
	if all := v.text("harm_of_all"); all != "" && harm["code"] == nil {
		harm["code"] = map[string]any{"constant": all}
	}
	m["record"] = record
	if len(harm) > 0 {
		m["harms"] = []any{harm}
	}
	m["identifiers"], m["not_mapped"] = identifiers, notMapped
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("the form of a mapping: %w", err)
	}
	return mapping.Parse(raw)
}

// markers are what a list writes where it does not know: with spaces between, or
// with semicolons where one has a space in it.
func markers(typed string) []string {
	all := []string{}
	split := strings.Fields(typed)
	if strings.ContainsAny(typed, ";؛") {
		split = strings.FieldsFunc(typed, func(r rune) bool { return r == ';' || r == '؛' })
	}
	for _, one := range split {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// meansOnce refuses what would leave a column out in silence, or a column's
// values without meaning, by the names that the page gives them.
func (v *visit) meansOnce(t derive.Table) error {
	first := map[string]string{}
	for i, key := range columnKeys(t.Header) {
		meaning := v.text("meaning" + strconv.Itoa(i))
		said := v.words.T("lists.meaning." + meaning)
		switch field := strings.TrimSuffix(meaning, "-months"); field {
		case "", "not-mapped", "identifier", "harm.place": // any number of columns
		default:
			if earlier, twice := first[field]; twice {
				return fmt.Errorf("%w: %s", fault.Invalid, v.words.T("lists.means-twice", "one", earlier, "other", key, "meaning", said))
			}
			first[field] = key
		}
		if set, _ := coded(meaning); set == "" {
			continue
		}
		values := distinct(t.Rows, i)
		given := slices.ContainsFunc(values[:min(howManyValues, len(values))], func(value string) bool {
			return v.text(valueField(i, slices.Index(values, value))) != ""
		})
		if len(values) > 0 && !given {
			return fmt.Errorf("%w: %s", fault.Invalid, v.words.T("lists.values-needed", "column", key, "meaning", said))
		}
	}
	return nil
}

// source says where a field's value comes from: the column, with its codes or
// the order of its dates.
func (v *visit) source(t derive.Table, i int, key, meaning string) any {
	if set, _ := coded(meaning); set != "" {
		codes := map[string]any{}
		for n, value := range distinct(t.Rows, i) {
			switch code := v.text(valueField(i, n)); code {
			case "":
			case noSuchThing:
				codes[value] = nil
			default:
				codes[value] = code
			}
		}
		return map[string]any{"column": key, "codes": codes}
	}
	order, calendar := v.text("dates"), v.text("calendar")
	if order+calendar != "" && (meaning == "birth" || meaning == "harm.date" || meaning == "harm.end") {
		from := map[string]any{"column": key}
		if order != "" {
			from["date"] = order
		}
		if calendar != "" {
			from["calendar"] = calendar
		}
		return from
	}
	return key
}
