// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"time"
)

// WriteCSV streams a list of n persons, for measuring: 12 columns that
// BulkMapping maps, an identifier and a mark that it is invented. Persons are
// not those of the case. Row i of one seed is about the same person however
// many rows there are; no two of the first million have the same name.
func (c *Case) WriteCSV(w io.Writer, n int) error {
	b := bufio.NewWriterSize(w, 256<<10)
	// bufio keeps the first error and Flush returns it.
	_, _ = b.WriteString("id,given,family,father,sex,birth,age,occupation,minor,status,date,place,cause,origin\n")
	d, t := newDice(c.Seed, forBulk), newBulk(c)
	line := make([]byte, 0, 256)
	for i := range n {
		line = t.row(line[:0], d, i)
		if _, err := b.Write(line); err != nil {
			return fmt.Errorf("writing row %d of the invented list: %w", i+1, err)
		}
	}
	return b.Flush()
}

// bulk holds what rows are made of.
type bulk struct {
	syllables, given, family []string // Latin, lower case
	places, occupations      []string
}

func newBulk(c *Case) bulk {
	t := bulk{occupations: []string{"teacher", "farmer", "baker", "nurse", "driver", "weaver", "mason", "NA"}}
	for _, s := range syllables() {
		t.syllables = append(t.syllables, s[0])
	}
	for _, list := range [][]Spelling{womanEndings(), manEndings()} {
		for _, s := range list {
			t.given = append(t.given, s[0])
		}
	}
	for _, s := range familyEndings() {
		t.family = append(t.family, s[0])
	}
	for i := range c.Land.Places {
		t.places = append(t.places, strconv.Quote(plain(c.Land.Written(i, Latin)))) // Latin letters: Go's quotes are CSV's
	}
	return t
}

// name appends two of the syllables, chosen by number, and an ending.
func (t bulk) name(line []byte, number int, ending string) []byte {
	k := len(t.syllables)
	line = append(line, capital(t.syllables[number%k])...)
	line = append(line, t.syllables[number/k%k]...)
	return append(line, ending...)
}

// row appends one row. Its number gives the name: one of 30·30·4 families and,
// within the family, one of 30·30 given names, which 31 (prime to 900) walks
// through without a repetition.
func (t bulk) row(line []byte, d dice, i int) []byte {
	k := len(t.syllables)
	families := k * k * len(t.family)
	family := i % families
	given := (i/families*31 + family) % (k * k)
	sex := d.below(2)
	ending := t.given[sex*3+d.below(3)]
	on := day(year, time.March, 1).AddDate(0, 0, d.below(60))
	birth := day(year-d.between(1, 85), time.Month(d.between(1, 12)), d.between(1, 28))
	age := Person{Birth: birth}.AgeOn(on)
	line = append(line, 'Z')
	line = strconv.AppendInt(line, int64(1_000_000_000+i), 10)
	line = append(line, ',')
	line = t.name(line, given, ending)
	line = append(line, ',')
	line = t.name(line, family/len(t.family), t.family[family%len(t.family)])
	line = append(line, ',')
	line = t.name(line, d.below(k*k), t.given[3+d.below(3)])
	line = append(line, [...]string{",F,", ",M,"}[sex]...)
	line = birth.AppendFormat(line, "2006-01-02")
	line = append(line, ',')
	if d.percent(5) {
		line = append(line, "-1"...)
	} else {
		line = strconv.AppendInt(line, int64(age), 10)
	}
	line = append(line, ',')
	line = append(line, pick(d, t.occupations)...)
	line = append(line, [...]string{",0,", ",1,"}[flagOf(age < 18)]...)
	line = append(line, pick(d, []string{"K", "K", "K", "W", "P", "M"})...)
	line = append(line, ',')
	line = on.AppendFormat(line, "02.01.2006")
	line = append(line, ',')
	line = append(line, pick(d, t.places)...)
	return append(line, pick(d, []string{",G,invented\n", ",S,invented\n", ",NA,invented\n"})...)
}

func flagOf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// BulkMapping is the mapping file for WriteCSV; the import names the source.
func BulkMapping() []byte {
	return []byte(`{
  "format": "recount mapping/1",
  "title": "Invented: a long list for measuring",
  "delimiter": ",",
  "row": "person",
  "unknown": ["NA", "-1"],
  "handling": "internal",
  "basis": "public",
  "record": {
    "name": {"columns": ["given", "family"]},
    "given": "given",
    "family": "family",
    "father": "father",
    "sex": {"column": "sex", "codes": {"F": "female", "M": "male"}},
    "birth": {"column": "birth", "date": "iso"},
    "age": {"column": "age", "unit": "years"},
    "occupation": "occupation",
    "child": {"column": "minor", "codes": {"1": "yes", "0": "no"}}
  },
  "harms": [
    {
      "code": {"column": "status", "codes": {"K": "killed", "W": "injured", "P": "captured", "M": "missing"}},
      "date": {"column": "date", "date": "dmy"},
      "place": "place",
      "cause": {"column": "cause", "codes": {"G": "small-arms", "S": "heavy-weapons"}},
      "determination": "included",
      "standard": "rgb"
    }
  ],
  "identifiers": ["id"],
  "not_mapped": ["origin"]
}
`)
}
