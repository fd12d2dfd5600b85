// SPDX-License-Identifier: Apache-2.0

package invent

import "strings"

// The commission of one party: a workbook in capitals, words for codes, ages
// and a flag for minors, and a word on who is responsible where the other side
// is said to be.
func commissionList() list {
	return list{
		key: "commission", title: "Victims established by the commission", source: commissionSource, sheet: "LIST",
		columns: []string{"REF", "NAME", "SURNAME", "GENDER", "AGE", "MINOR", "PROFESSION", "STATUS", "DATE", "PLACE", "RESPONSIBLE", "NOTE"},
	}
}

func (c clerk) commissionRow(number int, p Person) []any {
	f := last(p)
	if c.percent(30) {
		f = p.Fates[0]
	}
	given, family := c.name(p)
	gender := p.Sex
	switch {
	case c.percent(3):
		gender = "unknown"
	case c.percent(1):
		gender = map[string]string{"female": "male", "male": "female"}[p.Sex]
	}
	age := any(c.age(p, f.Date))
	if c.percent(8) {
		age = "NA"
	}
	status := map[string]string{"killed": "DEAD", "died-indirect": "DEAD OF COLD", "injured": "WOUNDED", "captured": "PRISONER", "missing": "NOT FOUND", "displaced": "DRIVEN OUT"}[f.Code]
	date := f.Date
	if c.percent(3) {
		date = date.AddDate(0, 0, 1)
	}
	written := any(date)
	if c.percent(10) {
		written = date.Format("02.01.2006")
	}
	responsible := "not established"
	if c.events[f.Event].Side == 0 {
		responsible = c.land.Parties[1].Force
	}
	return []any{
		number, strings.ToUpper(given), strings.ToUpper(family), gender, age, c.flag(p.AgeOn(f.Date) < 18, "yes", "no", "?"), strings.ToUpper(p.Occupation),
		status, written, strings.ToUpper(c.place(f)), responsible, "INVENTED",
	}
}

func commissionMapping() string {
	return `"sheet": "LIST",
  "row": "person",
  "unknown": ["NA", "?", "unknown"],
  "handling": "internal",
  "basis": "public",
  "record": {
    "name": {"columns": ["NAME", "SURNAME"]},
    "given": "NAME",
    "family": "SURNAME",
    "sex": {"column": "GENDER", "codes": {"female": "female", "male": "male"}},
    "age": {"column": "AGE", "unit": "years"},
    "child": {"column": "MINOR", "codes": {"yes": "yes", "no": "no"}},
    "occupation": "PROFESSION",
    "status": "STATUS",
    "note": "NOTE"
  },
  "harms": [
    {
      "code": {"column": "STATUS", "codes": {"DEAD": "killed", "DEAD OF COLD": "died-indirect", "WOUNDED": "injured", "PRISONER": "captured", "NOT FOUND": "missing", "DRIVEN OUT": "displaced"}},
      "date": {"column": "DATE", "date": "dmy"},
      "place": "PLACE",
      "alleged": {"column": "RESPONSIBLE", "unknown": ["not established"]},
      "determination": "included",
      "standard": "rgb"
    }
  ],
  "not_mapped": ["REF"]`
}
