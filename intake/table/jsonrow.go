// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// jsonRow reads one object into the cells of a row.
type jsonRow struct {
	rows    *jsonRows
	refused **Refusal // the first reason, nil none
	array   bool
	objects bool // the list read last had objects, and gives columns
}

func (r *jsonRow) refuse(why, want string) {
	if *r.refused == nil {
		*r.refused = r.rows.refuse(why, want)
	}
}

// object reads the members of an object whose brace was read.
func (r *jsonRow) object(prefix string, depth int) error {
	if depth > mostDepth {
		r.refuse(fmt.Sprintf("more than %d objects stand inside of each other", mostDepth), "objects whose members are texts and numbers")
	}
	var seen keysSeen
	for r.rows.dec.More() {
		key, err := r.rows.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if seen.again(name) {
			r.refuse(twice, onceWanted)
		}
		token, err := r.rows.dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'):
			if depth > mostDepth {
				if err := r.rows.passOver(token); err != nil {
					return err
				}
			} else if err := r.object(prefix+name+".", depth+1); err != nil {
				return err
			}
		case json.Delim('['):
			text, err := r.several(prefix+name, depth)
			if err != nil {
				return err
			}
			if text != "" || !r.objects {
				r.put(prefix+name, textCell(text))
			}
		default:
			r.put(prefix+name, scalar(token))
		}
	}
	_, err := r.rows.dec.Token() // the closing brace
	return err
}

const (
	twice      = "a key stands twice in the object, and nothing says which value holds"
	onceWanted = "objects whose keys stand once"
)

// keysSeen are the keys of one object so far.
type keysSeen struct {
	few  []string
	many map[string]bool
}

// fewKeys is up to how many keys are looked through one by one.
const fewKeys = 32

// again tells whether a key was there, and remembers it.
func (k *keysSeen) again(name string) bool {
	if k.many == nil {
		if slices.Contains(k.few, name) {
			return true
		}
		if k.few = append(k.few, name); len(k.few) <= fewKeys {
			return false
		}
		k.many = map[string]bool{}
		for _, one := range k.few {
			k.many[one] = true
		}
		return false
	}
	was := k.many[name]
	k.many[name] = true
	return was
}

// put puts a cell in its place.
func (r *jsonRow) put(name string, c Cell) {
	t := r.rows
	at := t.column(name)
	for len(t.cells) <= at {
		t.cells, t.set = append(t.cells, Cell{}), append(t.set, false)
	}
	if t.set[at] {
		r.refuse(twice, onceWanted)
		return
	}
	t.cells[at], t.set[at] = c, true
}

// scalar is a cell by the type of its value. A number keeps the digits that it has
// in the file.
func scalar(token json.Token) Cell {
	switch v := token.(type) {
	case string:
		return textCell(v)
	case json.Number:
		return Cell{Raw: v.String(), Text: v.String(), Kind: Number}
	case bool:
		text := strings.ToUpper(strconv.FormatBool(v))
		return Cell{Raw: strconv.FormatBool(v), Text: text, Kind: Bool}
	}
	return Cell{} // null
}

// several are the values of an array, joined. Objects in it give columns of their
// own: harms[1].code, harms[2].code.
func (r *jsonRow) several(name string, depth int) (string, error) {
	var all []string
	r.objects = false
	inside := 0
	for r.rows.dec.More() {
		token, err := r.rows.dec.Token()
		if err != nil {
			return "", err
		}
		if token == json.Delim('{') && depth <= mostDepth {
			inside++
			if err := r.object(fmt.Sprintf("%s[%d].", name, inside), depth+1); err != nil {
				return "", err
			}
			continue
		}
		if _, inside := token.(json.Delim); inside {
			r.refuse("lists stand in a list inside of the row, or too many objects inside of each other", "objects and values in lists inside of a row")
			if err := r.rows.passOver(token); err != nil {
				return "", err
			}
			continue
		}
		if c := scalar(token); c.Kind != Empty {
			all = append(all, c.Text)
		}
	}
	_, err := r.rows.dec.Token() // the closing bracket
	r.array, r.objects = r.array || len(all) > 1, inside > 0
	return strings.Join(all, "; "), err
}

// choose finds the list: the array that the file is, the objects one behind the
// other, or the array that is a member of the one object, the only one or the one
// that is named.
func (t *jsonRows) choose() (Options, error) {
	opt := t.opt
	if t.text != nil {
		if opt.Sheet != "" {
			return opt, t.opt.refuse("the mapping names a sheet, but the file is one list", `the mapping without "sheet"`)
		}
		t.lines = true
		return opt, nil
	}
	token, err := t.dec.Token()
	if err != nil {
		return opt, t.failed(err)
	}
	if token == json.Delim('[') {
		if opt.Sheet != "" {
			return opt, t.opt.refuse("the mapping names a sheet, but the file is one list", `the mapping without "sheet"`)
		}
		return opt, nil
	}
	lists, lines, err := t.members()
	if err != nil {
		return opt, err
	}
	if err := t.again(); err != nil {
		return opt, err
	}
	if t.lists = lists; lines || len(lists) == 0 {
		if opt.Sheet != "" {
			return opt, t.opt.refuse("the mapping names a sheet, but the file is one list", `the mapping without "sheet"`)
		}
		t.lines, t.lists = true, nil
		return opt, nil
	}
	all := make([]bookSheet, len(lists))
	for i, name := range lists {
		all[i] = bookSheet{Sheet{Name: name}, name}
	}
	sheet, err := chooseSheet(all, opt)
	if err != nil {
		return opt, err
	}
	opt.Sheet, t.opt.Sheet, t.wrapped = sheet.Name, sheet.Name, true
	return opt, t.enter(sheet.Name)
}

// members are those of the first object that are arrays of objects; lines tells
// that another value stands behind it.
func (t *jsonRows) members() (lists []string, lines bool, err error) {
	for n := 0; t.dec.More(); n++ {
		t.room.left = max(t.room.left, t.opt.Limits.Row)
		key, err := t.dec.Token()
		if err != nil {
			return nil, false, t.failed(err)
		}
		token, err := t.dec.Token()
		if err != nil {
			return nil, false, t.failed(err)
		}
		name, _ := key.(string)
		if token == json.Delim('[') && n < mostMembers {
			objects, err := t.passArray()
			if err != nil {
				return nil, false, err
			}
			if objects && slices.Contains(lists, name) {
				return nil, false, t.opt.refuse("two lists have the same name, and nothing says which one is meant", "lists of different names")
			}
			if objects {
				lists = append(lists, name)
			}
			continue
		}
		if err := t.passOver(token); err != nil {
			return nil, false, err
		}
	}
	if _, err := t.dec.Token(); err != nil {
		return nil, false, t.failed(err)
	}
	_, err = t.dec.Token()
	if err != nil && err != io.EOF { //nolint:errorlint // the decoder answers it as it is
		return nil, false, t.failed(err)
	}
	return lists, err == nil, nil
}

// passArray passes over an array whose bracket was read, and tells whether it is
// one of objects.
func (t *jsonRows) passArray() (objects bool, err error) {
	for first := true; t.dec.More(); first = false {
		t.room.left = t.opt.Limits.Row
		t.marks.between(0, t.dec.InputOffset())
		token, err := t.dec.Token()
		if err != nil {
			return false, t.failed(err)
		}
		if first {
			objects = token == json.Delim('{')
		}
		if err := t.passOver(token); err != nil {
			return false, err
		}
	}
	if _, err := t.dec.Token(); err != nil {
		return false, t.failed(err)
	}
	return objects, nil
}

// again goes back to the beginning of the file.
func (t *jsonRows) again() error {
	section, ok := t.in.r.(*io.SectionReader)
	if !ok {
		return fmt.Errorf("reading %s: it cannot be read again", t.opt.File)
	}
	if _, err := section.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading %s: %w", t.opt.File, err)
	}
	return t.begin()
}

// enter reads up to the array of that name.
func (t *jsonRows) enter(name string) error {
	if _, err := t.dec.Token(); err != nil {
		return t.failed(err)
	}
	for t.dec.More() {
		t.room.left = t.opt.Limits.Row
		key, err := t.dec.Token()
		if err != nil {
			return t.failed(err)
		}
		token, err := t.dec.Token()
		if err != nil {
			return t.failed(err)
		}
		if said, _ := key.(string); said == name && token == json.Delim('[') {
			return nil
		}
		if token == json.Delim('[') {
			if _, err := t.passArray(); err != nil {
				return err
			}
		} else if err := t.passOver(token); err != nil {
			return err
		}
	}
	return t.opt.refuse("the file has no such list", "one of its lists")
}
