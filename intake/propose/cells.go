// SPDX-License-Identifier: Apache-2.0

package propose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"recount/intake/table"
)

// cells is how a program writes what does not fit into a cell: several values, terms
// under others, times with two ends, the same property in several languages.
type cells struct {
	Parts     string            // between several values
	Under     string            // between a term and what stands below it
	Range     []string          // between the first and the last day
	Languages string            // between a column and its language
	Inside    string            // before the properties of an object; what stands beside them is left in the row as it stood
	Unix      bool              // days are seconds since 1970
	Means     map[string]string // by what a column is called, without case
}

// property is what a column says of which property.
type property struct {
	column   int
	base     string // its name
	language string // "" it has none
	part     string // of an object in a list: "value", "label", …
	number   int    // which of several, from 1; 0: it is no list
	of       int    // of a translation, an id or a further value: the column that says it; -1 none
}

var (
	languageCode = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z]{2,4})?$`)
	inList       = regexp.MustCompile(`^(.*)\[(\d{1,4})\]\.(.+)$`)
	latLon       = regexp.MustCompile(`^\s*-?\d{1,3}(\.\d+)?\s*\|\s*-?\d{1,3}(\.\d+)?\s*$`)
	seconds      = regexp.MustCompile(`^-?\d{1,11}$`)
)

// propertyOf takes a column's name apart.
func (c *cells) propertyOf(i int, key string) property {
	p := property{column: i, base: key, of: -1}
	if c.Languages != "" {
		if at := strings.LastIndex(key, c.Languages); at > 0 && languageCode.MatchString(key[at+len(c.Languages):]) {
			p.base, p.language = key[:at], key[at+len(c.Languages):]
		}
	}
	if c.Inside == "" {
		return p
	}
	if m := inList.FindStringSubmatch(p.base); m != nil {
		p.base, p.part = m[1], m[3]
		p.number, _ = strconv.Atoi(m[2]) // digits, by the pattern
	}
	p.base = strings.TrimPrefix(p.base, c.Inside)
	return p
}

// properties are the columns by what they say, each of those that say more of another
// one tied to it.
func (c *cells) properties(columns []table.Column) []property {
	all := make([]property, len(columns))
	first := ""
	for i, col := range columns {
		all[i] = c.propertyOf(i, col.Key)
		if first == "" {
			first = all[i].language
		}
	}
	main := map[string]int{}
	for i := range all {
		at, there := main[all[i].base]
		if !there || c.better(&all[i], &all[at], first) {
			main[all[i].base] = i
		}
	}
	for i := range all {
		if at := main[all[i].base]; at != i {
			all[i].of = at
		}
	}
	return all
}

// better: of two columns of one property the first value before others, then the plain
// name, then the language that comes first, then the word before its id. A list without
// any value is a column of its own, and says nothing.
func (c *cells) better(a, b *property, first string) bool {
	rank := func(p *property) int {
		n := 0
		if p.number > 1 {
			n += 8
		}
		if c.Inside != "" && p.number == 0 {
			n += 16
		}
		switch p.language {
		case "":
		case first:
			n += 2
		default:
			n += 4
		}
		if p.part != "" && p.part != "label" && p.part != "value.from" {
			n++
		}
		return n
	}
	return rank(a) < rank(b)
}

// cellsOf are the filled cells of a property: of its column, and of those with further
// values of it.
func cellsOf(all []property, rows [][]string, i int) (filled []string) {
	for n, p := range all {
		if n != i && (p.of != i || p.part != all[i].part || p.language != all[i].language) {
			continue
		}
		for _, row := range rows {
			if n < len(row) && !table.IsBlank(row[n]) {
				filled = append(filled, row[n])
			}
		}
	}
	return filled
}

// valuesOf are the values in cells, as they can be judged: each of several, a term
// without what it stands under, each end of a time, and days as days.
func (c *cells) valuesOf(filled []string) (values []string) {
	for _, cell := range filled {
		for _, v := range c.parted(cell) {
			v = c.last(v)
			from, to := v, ""
			for _, sign := range c.Range {
				if a, b, is := strings.Cut(v, sign); is && startsWithYear(a) && startsWithYear(b) {
					from, to = a, b
					break
				}
			}
			for _, s := range []string{from, to} {
				if s = strings.TrimSpace(s); s != "" {
					values = append(values, c.asDay(s))
				}
			}
		}
	}
	return values
}

// startsWithYear keeps a sign that stands in texts too from parting them.
func startsWithYear(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || strings.ContainsAny(s, "0123456789٠١٢٣٤٥٦٧٨٩")
}

func (c *cells) asDay(s string) string {
	if !c.Unix || !seconds.MatchString(s) || len(s) < 6 {
		return s
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return s
	}
	return time.Unix(n, 0).UTC().Format(time.DateOnly)
}

// parted are the values of a cell.
func (c *cells) parted(s string) []string {
	if c.Parts == "" || latLon.MatchString(s) {
		return []string{s}
	}
	return slices.DeleteFunc(strings.Split(s, c.Parts), table.IsBlank)
}

// last is a term without what it stands under.
func (c *cells) last(s string) string {
	if c.Under == "" {
		return strings.TrimSpace(s)
	}
	parts := strings.Split(s, c.Under)
	return strings.TrimSpace(parts[len(parts)-1])
}

// propose says what the columns of such a list mean.
func (c *cells) propose(columns []table.Column, rows [][]string, single bool) Proposal {
	all := c.properties(columns)
	ask := make([]asked, len(columns))
	for i, col := range columns {
		p := all[i]
		ask[i] = asked{key: col.Key, header: p.base, means: c.Means[strings.ToLower(p.base)]}
		switch {
		case c.Inside != "" && !strings.HasPrefix(col.Key, c.Inside) && ask[i].means == "":
			ask[i].means = "not-mapped"
		case p.of < 0:
			ask[i].values = c.valuesOf(cellsOf(all, rows, i))
			if isCoordinates(cellsOf(all, rows, i)) || p.part == "value.lat" || p.part == "value.lon" {
				ask[i].means, ask[i].sensitive = "not-mapped", "coordinates"
			}
		default:
			ask[i].silent = true
		}
	}
	out := proposeOf(ask, rows)
	for i := range out.Columns {
		c.finish(&out.Columns[i], cellsOf(all, rows, i))
	}
	for i, p := range all {
		if p.of >= 0 {
			c.tie(&out, all, p, i, single)
		}
	}
	return out
}

// finish says of a column how its cells are read.
func (c *cells) finish(x *Column, filled []string) {
	if x.As == "harm.date" || x.As == "birth" {
		x.Range, x.Parts = c.Range, c.Parts
		if c.Unix && x.Order == "" && onlySeconds(filled) {
			x.Order = "unix"
		}
		return
	}
	if !x.coded() {
		return
	}
	codes := map[string]string{}
	var undecided []string
	for _, cell := range filled {
		parts := c.parted(cell)
		if len(parts) > 1 {
			x.Parts = c.Parts
		}
		for _, v := range parts {
			v = strings.TrimSpace(v)
			if code, ok := x.Codes[c.last(v)]; ok {
				codes[v] = code
			} else if slices.Contains(x.Undecided, c.last(v)) && !slices.Contains(undecided, v) {
				undecided = append(undecided, v)
			}
		}
	}
	x.Codes, x.Undecided = codes, undecided
}

func onlySeconds(filled []string) bool {
	return !slices.ContainsFunc(filled, func(s string) bool { return !seconds.MatchString(strings.TrimSpace(s)) })
}

// tie says of a column that says more of another one what it is to it.
func (c *cells) tie(out *Proposal, all []property, p property, i int, single bool) {
	x, main := &out.Columns[i], &out.Columns[p.of]
	x.Taken = main.Key
	switch {
	case main.As == "not-mapped":
		x.As, x.Why, x.Sensitive = "not-mapped", main.Why, main.Sensitive
		if x.Sensitive == "" {
			x.Why = "besides"
		}
	case p.part == "value.to" && all[p.of].part == "value.from" && p.number == all[p.of].number && p.language == all[p.of].language:
		x.Why, main.End = "besides", x.Key
	case p.language != all[p.of].language && p.part == all[p.of].part:
		x.Why = "translation"
		if single && all[p.of].language == "" {
			x.Why = "mixed"
		}
	case p.number > 1 && p.part == all[p.of].part:
		if x.Why = "besides"; main.As == "harm.code" {
			main.Parts = c.Inside + p.base + "[#].*"
		}
	case strings.HasPrefix(p.part, "value."):
		x.Why = "besides"
	default: // an id beside its word, or a word of what it stands under
		x.As, x.Why = "not-mapped", "besides"
	}
}

// isCoordinates: every value is a latitude and a longitude.
func isCoordinates(filled []string) bool {
	return len(filled) > 0 && !slices.ContainsFunc(filled, func(s string) bool { return !latLon.MatchString(s) })
}
