// SPDX-License-Identifier: Apache-2.0

package propose

import (
	"slices"
	"strconv"
	"strings"
)

// put puts into a mapping what this way of writing needs: names and properties in
// other languages, several values in a cell, and every column that nothing is known of
// as a field of the case's own.
func (c *cells) put(m map[string]any, p Proposal, left []string) (still []string) {
	own, _ := m["own"].(map[string]any)
	if own == nil {
		own = map[string]any{}
	}
	var names []any
	nameColumn := ""
	for _, x := range p.Columns {
		switch {
		case x.As == "name":
			nameColumn = x.Key
		case (x.Why == "translation" || x.Why == "mixed") && asOf(p, x.Taken) == "name":
			names = append(names, x.Key)
		}
	}
	for _, x := range p.Columns {
		if !slices.Contains(left, x.Key) || slices.Contains(names, any(x.Key)) || isEnd(p, x.Key) || asOf(p, x.Taken) == "harm.code" && x.Why == "besides" {
			continue
		}
		name, ok := c.ownName(x.Key, own)
		if !ok {
			still = append(still, x.Key)
			continue
		}
		switch {
		case x.Why == "translation" || x.Why == "mixed":
			own[name] = map[string]any{"column": x.Key, "unlike": []string{x.Taken}}
		case x.End != "":
			own[name] = map[string]any{"columns": []string{x.Key, x.End}, "interval": []string{"first", "last"}, "date": c.order()}
		default:
			own[name] = x.Key
		}
	}
	if record, is := m["record"].(map[string]any); is && len(names) > 0 {
		if was, is := record["other_names"].(string); is {
			names = append([]any{was}, names...)
		}
		record["other_names"] = map[string]any{"columns": names, "join": "; ", "unlike": []string{nameColumn}}
		if len(names) == 1 {
			record["other_names"] = map[string]any{"column": names[0], "unlike": []string{nameColumn}}
		}
	}
	c.repeat(m, p)
	if len(own) > 0 {
		m["own"] = own
	}
	return still
}

// repeat has a harm made of each of several values.
func (c *cells) repeat(m map[string]any, p Proposal) {
	harms, _ := m["harms"].([]any)
	at := slices.IndexFunc(p.Columns, func(x Column) bool { return x.As == "harm.code" && x.Parts != "" })
	if at < 0 || len(harms) == 0 {
		return
	}
	harm, _ := harms[0].(map[string]any)
	harm["repeat"] = "kind"
	if x := p.Columns[at]; c.Inside == "" {
		m["repeats"] = map[string]any{"kind": map[string]any{"split": []string{x.Key}, "by": x.Parts}}
	} else {
		m["repeats"] = map[string]any{"kind": map[string]any{"columns": x.Parts}}
		if code, is := harm["code"].(map[string]any); is {
			code["column"] = x.Key[strings.LastIndex(x.Key, "].")+len("]."):]
		}
	}
}

func (c *cells) order() string {
	if c.Unix {
		return "unix"
	}
	return "iso"
}

// ownName is a column as the name of a field of the case's own, which no other has.
func (c *cells) ownName(key string, taken map[string]any) (string, bool) {
	p := c.propertyOf(0, key)
	name := key
	if c.Inside != "" {
		if name = p.base; p.number > 1 {
			name += " " + strconv.Itoa(p.number)
		}
		if p.language != "" {
			name += c.Languages + p.language
		}
	}
	if _, is := taken[name]; is || strings.HasSuffix(name, ".value") {
		name = key + " "
	}
	name = strings.TrimSpace(strings.Join(strings.Fields(name), " "))
	_, is := taken[name]
	return name, !is && name != "" && len(name) <= 200 && !strings.HasSuffix(name, ".value")
}

func asOf(p Proposal, key string) string {
	for _, x := range p.Columns {
		if key != "" && x.Key == key {
			return x.As
		}
	}
	return ""
}

func isEnd(p Proposal, key string) bool {
	return slices.ContainsFunc(p.Columns, func(x Column) bool { return x.End == key && key != "" })
}
