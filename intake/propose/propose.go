// SPDX-License-Identifier: Apache-2.0

// Package propose says what the columns of a list probably mean, each with its
// reason: by what a column is called, in the languages that lists are written in,
// and by what stands in it. It decides nothing: a proposal is a beginning for
// whoever reads the list. What is not known for certain is marked, what is not known
// is left open, and a value that no word is known for stays out of the codes.
package propose

import (
	"slices"
	"strings"

	"recount/intake/mapping"
	"recount/intake/table"
)

// Column is what a column probably means.
type Column struct {
	Key   string `json:"key"`
	As    string `json:"as,omitempty"`    // "name", "harm.date", "identifier", …; "" nothing is proposed
	Sure  bool   `json:"sure"`            // the header is exactly a known word, or the values leave no doubt
	Why   string `json:"why,omitempty"`   // a code of Reasons
	Taken string `json:"taken,omitempty"` // of "taken": the column that means it more probably
	Of    int    `json:"of,omitempty"`    // values that were looked at, blank and unknown ones left out
	Fit   int    `json:"fit,omitempty"`   // of them those that fit

	Codes     map[string]string `json:"codes,omitempty"`     // value as written → code
	Undecided []string          `json:"undecided,omitempty"` // values that no code is proposed for
	Order     string            `json:"order,omitempty"`     // of a date: "dmy", "mdy", by evidence
	Unknown   []string          `json:"unknown,omitempty"`   // markers that stand in it
	Sensitive string            `json:"sensitive,omitempty"` // a code of Sensitivities

	Parts string   `json:"parts,omitempty"` // between several values in a cell, or the form of the columns with them
	Range []string `json:"range,omitempty"` // of a date: between its first and its last day
	End   string   `json:"end,omitempty"`   // the column with the last day, where this one has the first
}

// Reasons are why something is proposed, or is not.
//
//	header        the column is called so
//	header-part   what it is called has such a word in it
//	header-values it is called so, and its values fit
//	values        its values fit, whatever it is called
//	taken         it could mean what another column means more probably
//	both          two columns mean the same alike, so neither is proposed
//	sensitive     it is called so, and can put somebody in danger
//	translation   it says in another language what another column says
//	mixed         so it does, and the other column does not say its language
//	besides       it says more of what another column says
func Reasons() []string {
	return []string{"header", "header-part", "header-values", "values", "taken", "both", "sensitive", "translation", "mixed", "besides"}
}

// Sensitivities are what can put somebody in danger, or what the law protects most.
func Sensitivities() []string {
	return []string{"telephone", "identity-number", "address", "coordinates", "device", "enumerator", "ethnicity", "religion", "health", "sexual-violence"}
}

// Proposal is what a list probably says.
type Proposal struct {
	Columns []Column `json:"columns"`
	Unknown []string `json:"unknown,omitempty"` // what the list writes where it does not know
	Rows    int      `json:"rows"`              // that were looked at
}

// Propose looks at the columns of a list, by their names, and at some of its rows,
// cells in the order of the columns. Nothing is proposed of a name that is blank.
func Propose(columns []table.Column, rows [][]string) Proposal {
	ask := make([]asked, len(columns))
	for i, c := range columns {
		ask[i] = asked{key: c.Key, header: c.Name, values: known(rows, i)}
	}
	return proposeOf(ask, rows)
}

// known are the values in a column that say something.
func known(rows [][]string, i int) (values []string) {
	for _, row := range rows {
		if i < len(row) && !table.IsBlank(row[i]) {
			values = append(values, strings.TrimSpace(row[i]))
		}
	}
	return values
}

// asked is a column of which somebody asks what it means.
type asked struct {
	key, header string
	values      []string
	means       string // what is known of it already
	sensitive   string // with "not-mapped"
	silent      bool   // nothing is asked: another column says it
}

// proposeOf judges columns by what they are called and by their values.
func proposeOf(ask []asked, rows [][]string) Proposal {
	p := Proposal{Rows: len(rows)}
	scores := make([]int, len(ask))
	markers := map[string]bool{}
	for i, a := range ask {
		column := Column{Key: a.key}
		values := column.leaveUnknown(a.values)
		for _, m := range column.Unknown {
			markers[m] = true
		}
		switch {
		case a.silent:
		case a.means != "":
			column.As, column.Why, column.Sure, column.Of = a.means, "header", true, len(values)
			if column.Sensitive = a.sensitive; a.sensitive != "" {
				column.Why = "sensitive"
			}
			scores[i] = byKind
		default:
			scores[i] = column.judge(a.header, values)
		}
		p.Columns = append(p.Columns, column)
	}
	for m := range markers {
		p.Unknown = append(p.Unknown, m)
	}
	slices.Sort(p.Unknown)
	p.settle(scores)
	p.wholeNames(rows)
	return p
}

// mostMarkers bounds the different markers of a column.
const mostMarkers = 5

// leaveUnknown takes out the values that say that nothing is known.
func (c *Column) leaveUnknown(values []string) (known []string) {
	for _, v := range values {
		if !words().unknown[marker(v)] || len(c.Unknown) >= mostMarkers {
			known = append(known, v)
			continue
		}
		if !slices.Contains(c.Unknown, v) {
			c.Unknown = append(c.Unknown, v)
		}
	}
	return known
}

// How much speaks for a meaning.
const (
	byValues = 1 + iota
	byPart
	byHeader
	byHeaderAndValues
	byKind // the kind of list that it is says it
)

// judge says what a column probably means, and how much speaks for it.
func (c *Column) judge(header string, values []string) int {
	folded := fold(header)
	c.Of = len(values)
	if kind := meaningOf(words().sensitive, folded); kind != "" {
		c.Sensitive, c.As, c.Why = kind, "not-mapped", "sensitive"
		return byHeader
	}
	if meaningOf(words().headers, folded) == notWhatItSeems {
		return 0
	}
	if as := words().headers[folded]; folded != "" && as != "" {
		c.As, c.Why, c.Sure = as, "header", true
		return c.confirm(values, byHeader)
	}
	if as := meaningOf(words().headers, folded); as != "" {
		c.As, c.Why = as, "header-part"
		return c.confirm(values, byPart)
	}
	return c.byValues(values)
}

// meaningOf is the meaning of the longest known word in a header, as a whole word.
func meaningOf(of map[string]string, folded string) string {
	if folded == "" {
		return ""
	}
	if as, ok := of[folded]; ok {
		return as
	}
	best, longest := "", 0
	tokens := strings.Fields(folded)
	if len(tokens) > 5 {
		return "" // a sentence, such as a question of a form
	}
	for from := range tokens {
		for to := from + 1; to <= len(tokens); to++ {
			part := strings.Join(tokens[from:to], " ")
			if as, ok := of[part]; ok && len(part) > longest && (to-from > 1 || saysAlone(as, part)) {
				best, longest = as, len(part)
			}
		}
	}
	return best
}

// saysAlone is true of a single word that says what a column is about, whatever
// stands beside it: "victim's age" is an age. A date, a number and a person can be
// anything's.
func saysAlone(as, word string) bool {
	switch as {
	case "family", "given", "father", "sex", "age", "birth", "harm.place", "occupation", "nationality",
		"telephone", "identity-number", "address", "coordinates", "device", "enumerator", "ethnicity", "religion", "health", "sexual-violence":
		return len([]rune(word)) > 2
	case "name":
		return word == "name"
	}
	return false
}

// confirm holds what a column is called to what stands in it: a column of ages whose
// values are none means something else.
func (c *Column) confirm(values []string, score int) int {
	switch c.As {
	case "sex", "child", "harm.code":
		c.Codes, c.Undecided, c.Fit = codesIn(c.As, values)
	case "age":
		c.Fit = count(values, mapping.IsAge)
	case "birth", "harm.date":
		c.Fit = c.dates(values)
	default:
		c.Fit = len(values)
		return score
	}
	if len(values) == 0 {
		return score
	}
	if c.As != "harm.code" && c.Fit*2 < len(values) {
		c.Sure = false
		if c.Fit == 0 {
			*c = Column{Key: c.Key, Of: c.Of, Unknown: c.Unknown}
			return 0
		}
		return score
	}
	if c.Fit*10 >= len(values)*8 && c.Why == "header" {
		c.Why = "header-values"
		return byHeaderAndValues
	}
	return score
}

// byValues proposes what can be told by values alone: words for the sexes, and days.
func (c *Column) byValues(values []string) int {
	if len(values) < 2 {
		return 0
	}
	if codes, undecided, fit := codesIn("sex", values); len(undecided) == 0 && fit == len(values) && len(codes) >= 2 && longWord(codes) {
		c.As, c.Why, c.Codes, c.Fit = "sex", "values", codes, fit
		return byValues
	}
	if fit := c.dates(values); fit*10 >= len(values)*9 && count(values, hasSeparator) > 0 {
		c.As, c.Why, c.Fit = "harm.date", "values", fit
		return byValues
	}
	c.Order = ""
	return 0
}

// longWord: one letter is not enough to tell by values alone what they mean.
func longWord(codes map[string]string) bool {
	for value := range codes {
		if len([]rune(value)) > 1 {
			return true
		}
	}
	return false
}

func hasSeparator(s string) bool { return strings.ContainsAny(s, ".-/ ") }

// dates counts the values that are dates, and finds the order by evidence.
func (c *Column) dates(values []string) int {
	order := mapping.OrderOf(values)
	switch {
	case order.DayFirst > 0 && order.MonthFirst == 0:
		c.Order = "dmy"
	case order.MonthFirst > 0 && order.DayFirst == 0:
		c.Order = "mdy"
	}
	return count(values, func(s string) bool { return mapping.IsDate(s, c.Order) })
}

func count(values []string, is func(string) bool) (n int) {
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	return n
}

// mostCodes bounds the different values of a column of codes.
const mostCodes = 40

// codesIn are the codes of values that words are known for, and the values that none
// is known for.
func codesIn(as string, values []string) (codes map[string]string, undecided []string, fit int) {
	codes = map[string]string{}
	for _, v := range values {
		meaning := ""
		if writable(v) {
			meaning = words().codes[fold(v)]
		}
		code, ok := strings.CutPrefix(meaning, as+".")
		switch {
		case ok:
			codes[v] = code
			fit++
		case !slices.Contains(undecided, v) && len(undecided) < mostCodes:
			undecided = append(undecided, v)
		}
	}
	return codes, undecided, fit
}

// several can be the meaning of any number of columns.
func several(as string) bool {
	return as == "" || as == "identifier" || as == "not-mapped" || as == "harm.place"
}

// settle lets one column have each meaning: the one that most speaks for. Where two
// have as much, neither has it.
func (p *Proposal) settle(scores []int) {
	for i := range p.Columns {
		c := &p.Columns[i]
		if several(c.As) || c.Why == "taken" || c.Why == "both" {
			continue
		}
		best, alike := i, -1
		for n := range p.Columns {
			if n == i || p.Columns[n].As != c.As || p.Columns[n].Why == "taken" {
				continue
			}
			switch {
			case scores[n] > scores[best]:
				best, alike = n, -1
			case scores[n] == scores[best]:
				alike = n
			}
		}
		as := c.As
		for n := range p.Columns {
			if p.Columns[n].As != as || n == best && alike < 0 {
				continue
			}
			why, other := "taken", best
			if alike >= 0 && scores[n] == scores[best] {
				why = "both"
				if n == best {
					other = alike
				}
			}
			p.Columns[n] = Column{Key: p.Columns[n].Key, Why: why, Taken: p.Columns[other].Key, Of: p.Columns[n].Of, Unknown: p.Columns[n].Unknown}
		}
	}
}

// wholeNames: a column of first names, where nothing is a family name, has whole
// names if most values have two words.
func (p *Proposal) wholeNames(rows [][]string) {
	has := func(as string) int { return slices.IndexFunc(p.Columns, func(c Column) bool { return c.As == as }) }
	at := has("given")
	if at < 0 || has("family") >= 0 || has("name") >= 0 {
		return
	}
	two, all := 0, 0
	for _, row := range rows {
		if at < len(row) && !table.IsBlank(row[at]) {
			if all++; len(strings.Fields(row[at])) > 1 {
				two++
			}
		}
	}
	if all > 0 && two*2 > all {
		p.Columns[at].As, p.Columns[at].Sure = "name", false
	}
}
