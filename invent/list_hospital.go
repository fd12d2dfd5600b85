// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"fmt"
	"strconv"
)

// The hospital: a CSV with commas, Latin letters, days before months, ages in
// years or months, a flag for children, -1 for an age that nobody knew.
func hospitalList() list {
	return list{
		key: "hospital", title: "Wounded brought in and dead laid out", source: hospitalSource, delimiter: ',',
		columns: []string{"case_no", "patient", "father", "sex", "age", "minor", "date", "place", "outcome", "cause", "origin"},
	}
}

func hospitalCovers(f Fate) int {
	switch f.Code {
	case "killed", "died-indirect":
		return 55
	case "injured":
		return 85
	}
	return 0
}

func (c clerk) hospitalRow(number int, p Person) []any {
	f := last(p)
	given, family := c.name(p)
	age := strconv.Itoa(c.age(p, f.Date))
	switch {
	case c.percent(6):
		age = "-1"
	case p.AgeOn(f.Date) == 0:
		age = fmt.Sprintf("%d months", min(11, int(f.Date.Sub(p.Birth).Hours()/24)/31))
	}
	sex := map[string]string{"female": "2", "male": "1"}[p.Sex]
	if c.percent(2) {
		sex = "9"
	}
	outcome := map[string]string{"killed": "D", "died-indirect": "DC", "injured": "W"}[f.Code]
	cause := map[string]string{"small-arms": "G", "heavy-weapons": "S", "": ""}[f.Cause]
	if c.percent(10) {
		cause = "NA"
	}
	return []any{
		fmt.Sprintf("H%05d", number), family + ", " + given, c.father(p), sex, age, c.flag(p.AgeOn(f.Date) < 18, "1", "0", ""),
		f.Date.Format("02/01/2006"), c.place(f), outcome, cause, "invented",
	}
}

func hospitalMapping() string {
	return `"row": "person",
  "unknown": ["NA", "-1"],
  "handling": "internal",
  "basis": "duty",
  "record": {
    "name": "patient",
    "father": "father",
    "sex": {"column": "sex", "codes": {"1": "male", "2": "female"}, "unknown": ["9"]},
    "age": {"column": "age", "unit": "years"},
    "child": {"column": "minor", "codes": {"1": "yes", "0": "no"}},
    "status": "outcome",
    "note": "origin"
  },
  "harms": [
    {
      "code": {"column": "outcome", "codes": {"D": "killed", "DC": "died-indirect", "W": "injured"}},
      "date": {"column": "date", "date": "dmy"},
      "place": "place",
      "cause": {"column": "cause", "codes": {"G": "small-arms", "S": "heavy-weapons"}},
      "determination": "included",
      "standard": "rgb"
    }
  ],
  "identifiers": ["case_no"]`
}
