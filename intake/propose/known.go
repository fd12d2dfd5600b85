// SPDX-License-Identifier: Apache-2.0

package propose

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"recount/intake/mapping"
	"recount/intake/table"
)

//go:embed known/*.json
var knownFiles embed.FS

// Known is a kind of list that a program or a register writes, known by its columns.
type Known struct {
	Name    string // of Kinds
	Title   string
	Lost    string         // what a mapping cannot take, and where it stays
	Form    bool           // a form's own questions stand beside the columns that are known
	Key     string         // of a form: the column by which repeated groups
	Parent  string         // say with this one to which answer they belong
	columns [][]string     // any of these lists of columns says that it is one; * is a language
	cells   *cells         // how it writes what does not fit into a cell
	mapping map[string]any // ready, or of a form the part that is known
}

// Kinds are all that are known, by name.
func Kinds() ([]Known, error) {
	files, err := fs.Glob(knownFiles, "known/*.json")
	if err != nil {
		return nil, fmt.Errorf("known lists: %w", err)
	}
	var all []Known
	for _, file := range files {
		text, err := knownFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("known lists: %w", err)
		}
		var x struct {
			Title, Lost, Key, Parent string
			Form                     bool
			Columns                  []string   // of which it has all,
			Or                       [][]string // or all of one of these
			Cells                    *cells
			Mapping                  map[string]any
		}
		if err := json.Unmarshal(text, &x); err != nil {
			return nil, fmt.Errorf("known list %s: %w", file, err)
		}
		all = append(all, Known{strings.TrimSuffix(path.Base(file), ".json"), x.Title, x.Lost, x.Form, x.Key, x.Parent, append(x.Or, x.Columns), x.Cells, x.Mapping})
	}
	return all, nil
}

// Recognise is the kind of list that has these columns, if it is one that is known.
func Recognise(columns []table.Column) (Known, bool, error) {
	kinds, err := Kinds()
	if err != nil {
		return Known{}, false, err
	}
	for _, k := range kinds {
		if slices.ContainsFunc(k.columns, func(all []string) bool { return len(all) > 0 && hasAll(columns, all) }) {
			return k, true, nil
		}
	}
	return Known{}, false, nil
}

// hasAll: a list has all of these columns.
func hasAll(columns []table.Column, all []string) bool {
	for _, c := range all {
		before, _, any := strings.Cut(c, "*")
		if !slices.ContainsFunc(columns, func(has table.Column) bool {
			language, is := strings.CutPrefix(has.Key, before)
			return has.Key == c || any && is && languageCode.MatchString(language)
		}) {
			return false
		}
	}
	return true
}

// Propose says what the columns of such a list probably mean: those of the list as
// List puts it together.
func (k Known) Propose(columns []table.Column, rows [][]string) Proposal {
	if k.cells == nil {
		return Propose(columns, rows)
	}
	return k.cells.propose(columns, rows, k.mapping["languages"] == nil)
}

// List is the list as its mapping puts its rows together, where a row of it says one
// thing, or says it in one of several languages; the list as it is otherwise.
func (k Known) List(open func(table.Options) (table.Table, error), opt table.Options) (table.Table, error) {
	shaped := map[string]any{"format": mapping.Format, "row": "person", "record": map[string]any{"name": "name"}}
	for _, key := range []string{"pivot", "languages"} {
		if k.mapping[key] != nil {
			shaped[key] = k.mapping[key]
		}
	}
	text, err := json.Marshal(shaped)
	if err != nil {
		return nil, fmt.Errorf("known list %s: %w", k.Name, err)
	}
	m, err := mapping.Parse(text)
	if err != nil {
		return nil, err
	}
	s := m.Shape()
	s.Totals = false
	return s.List(open, opt)
}

// ColumnsIn are those of Columns, by the first rows of a list.
func (k Known) ColumnsIn(columns []table.Column, rows [][]string) []table.Column {
	pivot, _ := k.mapping["pivot"].(map[string]any)
	if pivot == nil {
		return columns
	}
	of := slices.IndexFunc(columns, func(c table.Column) bool { return c.Key == pivot["name"] })
	var names []string
	for _, c := range columns {
		if c.Key != pivot["name"] && c.Key != pivot["value"] {
			names = append(names, c.Name)
		}
	}
	for _, row := range rows {
		if of < 0 || of >= len(row) {
			continue
		}
		if name := columns[of].Key + "." + strings.TrimSpace(row[of]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return table.Columns(names)
}

// Mapping is the mapping of such a list with what it has: fields whose columns it
// lacks are left out. repeats are the sheets of a form's repeated groups.
func (k Known) Mapping(of table.Info, p Proposal, repeats []string) (text []byte, left []string, err error) {
	has := map[string]bool{}
	for _, c := range of.Columns {
		has[c.Key] = true
	}
	known, _ := kept(k.mapping, has).(map[string]any)
	if k.Form {
		text, left, err := k.form(of, p, known, repeats)
		return text, left, err
	}
	if of.Sheet != "" {
		known["sheet"] = of.Sheet
	}
	if d := ifNotComma(of.Delimiter); d != "" {
		known["delimiter"] = d
	}
	if !noted(of.Columns) {
		delete(known, "repeats")
		delete(known, "harms")
	}
	if known["row"] == mapping.RowPerson {
		if err := closeColumns(known, of, p); err != nil {
			return nil, nil, err
		}
	}
	if text, err = json.MarshalIndent(known, "", "  "); err != nil {
		return nil, nil, fmt.Errorf("writing the proposal: %w", err)
	}
	_, err = mapping.Parse(text)
	return append(text, '\n'), nil, err
}

// closeColumns gives the columns of a known list of persons that can put somebody in
// danger the class that is proposed for such, but for those that the mapping reads
// into a field which has none of its own.
func closeColumns(known map[string]any, of table.Info, p Proposal) error {
	classes, _ := known["classes"].(map[string]any)
	if classes == nil {
		classes = map[string]any{}
	}
	for _, c := range p.Columns {
		there := slices.ContainsFunc(of.Columns, func(o table.Column) bool { return o.Key == c.Key })
		if c.Class() == "" || classes[c.Key] != nil || !there || !writable(c.Key) {
			continue
		}
		known["classes"] = map[string]any{c.Key: c.Class()}
		text, err := json.Marshal(known)
		if err != nil {
			return fmt.Errorf("writing the proposal: %w", err)
		}
		m, err := mapping.Parse(text)
		if err != nil {
			return err
		}
		if _, err := mapping.Bind(m, of, ""); err == nil {
			classes[c.Key] = c.Class()
		}
	}
	delete(known, "classes")
	if len(classes) > 0 {
		known["classes"] = classes
	}
	return nil
}

// noted: columns that are repeated are there, or none are asked for.
func noted(columns []table.Column) bool {
	return slices.ContainsFunc(columns, func(c table.Column) bool { return strings.Contains(c.Key, "[1].") })
}

// form puts what is known of a form's own columns to what is proposed of its questions.
func (k Known) form(of table.Info, p Proposal, known map[string]any, repeats []string) (text []byte, left []string, err error) {
	text, left, err = p.Mapping(of, 0)
	if err != nil {
		return nil, nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, nil, fmt.Errorf("the proposal: %w", err)
	}
	if k.cells != nil {
		left = k.cells.put(m, p, left)
	}
	for name, value := range known {
		switch own := value.(type) {
		case []any:
			m[name] = joined(m[name], own)
		case map[string]any:
			of, _ := m[name].(map[string]any)
			if of == nil {
				of = map[string]any{}
			}
			for field, column := range own {
				of[field] = column
			}
			m[name] = of
		default:
			m[name] = value
		}
	}
	taken, _ := m["not_mapped"].([]any)
	if rows, is := known["languages"].(map[string]any); is {
		taken = slices.DeleteFunc(taken, func(c any) bool { return c == rows["column"] })
		m["not_mapped"] = taken
	}
	if ids, some := m["identifiers"].([]any); some { // what is known of a column goes before what is guessed
		m["identifiers"] = slices.DeleteFunc(ids, func(c any) bool { return slices.Contains(taken, c) })
	}
	left = slices.DeleteFunc(left, func(c string) bool { return slices.Contains(taken, any(c)) })
	if len(repeats) > 0 {
		of := map[string]any{}
		for _, sheet := range repeats {
			of[named(sheet)] = map[string]any{"sheet": sheet, "key": k.Key, "parent": k.Parent}
		}
		m["repeats"] = of
	}
	if text, err = json.MarshalIndent(m, "", "  "); err != nil {
		return nil, nil, fmt.Errorf("writing the proposal: %w", err)
	}
	return append(text, '\n'), left, nil
}

// named is a sheet as the name of what is repeated.
func named(sheet string) string {
	return strings.NewReplacer("[", "(", "]", ")", "#", "", "*", "").Replace(sheet)
}

// joined are two lists as one, each thing once, without what the other lists know.
func joined(a any, b []any) []any {
	list, _ := a.([]any)
	for _, x := range b {
		if !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// kept is a mapping without the columns that the list lacks: a field that names them
// alone is left out. Columns of what is repeated are not asked for.
func kept(v any, has map[string]bool) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for name, value := range m {
		switch x := value.(type) {
		case map[string]any:
			if name == "record" || name == "group" || name == "own" {
				x = fieldsOf(x, has)
			}
			if column, is := x["column"].(string); name == "only" && is && !has[column] {
				continue
			}
			if columns, is := x["columns"].([]any); name == "was" && is {
				if x = map[string]any{"columns": there(columns, has), "prefix": x["prefix"]}; len(there(columns, has)) == 0 {
					continue
				}
			}
			out[name] = x
		case []any:
			if name == "not_mapped" || name == "key" || name == "identifiers" {
				x = there(x, has)
			}
			out[name] = x
		default:
			out[name] = value
		}
	}
	return out
}

// fieldsOf are the fields of a record or a group whose columns are there.
func fieldsOf(fields map[string]any, has map[string]bool) map[string]any {
	out := map[string]any{}
	for name, f := range fields {
		switch x := f.(type) {
		case string:
			if has[x] {
				out[name] = x
			}
		case map[string]any:
			column, one := x["column"].(string)
			columns, several := x["columns"].([]any)
			if unlike, is := x["unlike"].([]any); is {
				if x = maps.Clone(x); len(there(unlike, has)) > 0 {
					x["unlike"] = there(unlike, has)
				} else {
					delete(x, "unlike")
				}
			}
			there := there(columns, has)
			switch {
			case one && !has[column], several && len(there) == 0:
			case several && x["interval"] != nil:
				out[name] = endsOf(x, columns, has)
			case several && len(there) == 1:
				x = maps.Clone(x)
				delete(x, "columns")
				delete(x, "join")
				x["column"] = there[0]
				out[name] = x
			case several:
				x = maps.Clone(x)
				x["columns"] = there
				out[name] = x
			default:
				out[name] = x
			}
		}
	}
	return out
}

// there are those columns that the list has.
func there(columns []any, has map[string]bool) []any {
	return slices.DeleteFunc(slices.Clone(columns), func(c any) bool { s, _ := c.(string); return !has[s] })
}

// endsOf is a time whose ends stand in columns of their own, with those that are there.
func endsOf(field map[string]any, columns []any, has map[string]bool) map[string]any {
	out := maps.Clone(field)
	said, _ := field["interval"].([]any)
	var ends []any
	for i, c := range columns {
		if s, _ := c.(string); has[s] && i < len(said) {
			ends = append(ends, said[i])
		}
	}
	out["columns"], out["interval"] = there(columns, has), ends
	return out
}
