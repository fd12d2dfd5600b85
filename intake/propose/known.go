// SPDX-License-Identifier: Apache-2.0

package propose

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
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
	columns []string       // that say that it is one
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
			Columns                  []string
			Mapping                  map[string]any
		}
		if err := json.Unmarshal(text, &x); err != nil {
			return nil, fmt.Errorf("known list %s: %w", file, err)
		}
		all = append(all, Known{strings.TrimSuffix(path.Base(file), ".json"), x.Title, x.Lost, x.Form, x.Key, x.Parent, x.Columns, x.Mapping})
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
		if !slices.ContainsFunc(k.columns, func(c string) bool {
			return !slices.ContainsFunc(columns, func(has table.Column) bool { return has.Key == c })
		}) {
			return k, true, nil
		}
	}
	return Known{}, false, nil
}

// Columns are those of the list as its mapping puts its rows together, which are
// others than the list's own where a row says one thing.
func (k Known) Columns(open func(table.Options) (table.Table, error), of table.Info, opt table.Options) (table.Info, error) {
	if k.mapping["pivot"] == nil {
		return of, nil
	}
	text, err := json.Marshal(k.mapping)
	if err != nil {
		return of, fmt.Errorf("known list %s: %w", k.Name, err)
	}
	m, err := mapping.Parse(text)
	if err != nil {
		return of, err
	}
	t, err := m.Shape().List(open, opt)
	if err != nil {
		return of, err
	}
	of.Columns = t.Info().Columns
	return of, t.Close()
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
	if text, err = json.MarshalIndent(known, "", "  "); err != nil {
		return nil, nil, fmt.Errorf("writing the proposal: %w", err)
	}
	_, err = mapping.Parse(text)
	return append(text, '\n'), nil, err
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
			if name == "record" || name == "group" {
				x = fieldsOf(x, has)
			}
			out[name] = x
		case []any:
			if name == "not_mapped" || name == "key" || name == "identifiers" {
				x = slices.DeleteFunc(slices.Clone(x), func(c any) bool { column, _ := c.(string); return !has[column] })
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
			there := slices.DeleteFunc(slices.Clone(columns), func(c any) bool { s, _ := c.(string); return !has[s] })
			switch {
			case one && !has[column], several && len(there) == 0:
			case several && len(there) == 1:
				out[name] = there[0]
			case several:
				out[name] = map[string]any{"columns": there, "join": x["join"]}
			default:
				out[name] = x
			}
		}
	}
	return out
}
