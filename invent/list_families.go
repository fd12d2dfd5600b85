// SPDX-License-Identifier: Apache-2.0

package invent

// The committee of families: a CSV with semicolons and a byte order mark,
// headers in words of its own, names in the writing of each family, years of
// birth, days that are not always sure, and room for two harms.
func familiesList() list {
	return list{
		key: "families", title: "Those who did not come home", source: familiesSource, delimiter: ';', mark: true,
		columns: []string{"Друм", "Кведа", "Тирма", "Лезо", "Шавул", "Грима", "Грима дир", "Грима 2", "Грима дир 2", "Пелто", "Вокна"},
	}
}

func familiesCover(f Fate) int {
	switch f.Code {
	case "missing", "captured":
		return 85
	case "displaced":
		return 70
	case "injured":
		return 30
	}
	return 60
}

func familiesCode(f Fate) string {
	return map[string]string{"killed": "10", "died-indirect": "12", "injured": "20", "captured": "31", "missing": "40", "displaced": "50"}[f.Code]
}

func (c clerk) familiesDay(f Fate) string {
	written := f.Date.Format("2006-01-02")
	switch {
	case c.percent(4):
		return written[:7] // the month alone
	case c.percent(4):
		return written + "?"
	case c.percent(2):
		return "NA"
	}
	return written
}

func (c clerk) familiesRow(number int, p Person) []any {
	given, family := c.name(p)
	birth := p.Birth
	if c.percent(4) {
		birth = birth.AddDate(pick(c.dice, []int{-3, -1, 1, 2}), 0, 0)
	}
	born := birth.Format("2006")
	switch {
	case c.percent(10):
		born = "NA"
	case c.percent(15):
		born += "~"
	}
	sex := map[string]string{"female": "д", "male": "т"}[p.Sex]
	if c.percent(3) {
		sex = "NA"
	}
	code, on := "", ""
	if len(p.Fates) > 1 {
		code, on = familiesCode(p.Fates[1]), c.familiesDay(p.Fates[1])
	}
	first := p.Fates[0]
	return []any{number, given + " " + family, c.father(p), sex, born, familiesCode(first), c.familiesDay(first), code, on, c.place(first), "invented"}
}

func familiesMapping() string {
	return `"delimiter": ";",
  "row": "person",
  "unknown": ["NA"],
  "handling": "confidential",
  "basis": "family",
  "record": {
    "name": "Кведа",
    "father": "Тирма",
    "sex": {"column": "Лезо", "codes": {"д": "female", "т": "male"}},
    "birth": {"column": "Шавул", "date": "edtf"},
    "note": "Вокна"
  },
  "harms": [
    {
      "code": {"column": "Грима", "codes": {"10": "killed", "12": "died-indirect", "20": "injured", "31": "captured", "40": "missing", "50": "displaced"}},
      "date": {"column": "Грима дир", "date": "edtf"},
      "place": "Пелто",
      "determination": "included",
      "standard": "rgb"
    },
    {
      "code": {"column": "Грима 2", "codes": {"10": "killed", "12": "died-indirect", "": null}},
      "date": {"column": "Грима дир 2", "date": "edtf"},
      "determination": "included",
      "standard": "rgb"
    }
  ],
  "not_mapped": ["Друм"]`
}
