// SPDX-License-Identifier: Apache-2.0

package invent

// The registry office: a workbook with a heading above its headers, names in
// the writing of each family, days of birth and no ages.
func registryList() list {
	return list{
		key: "registry", title: "Register of deaths, wounded and missing", source: registrySource, sheet: "Register",
		above:   []string{Notice, "Extract from the register"},
		columns: []string{"No.", "Family name", "Given name", "Father", "Sex", "Born", "Occupation", "Village", "Town", "Entry", "Day", "Remark"},
	}
}

func registryCovers(f Fate) int {
	switch f.Code {
	case "killed", "died-indirect":
		return 80
	case "missing":
		return 60
	case "displaced":
		return 0
	}
	return 45
}

func (c clerk) registryRow(number int, p Person) []any {
	f := last(p)
	given, family := c.name(p)
	born := any(p.Birth)
	switch {
	case c.percent(8):
		born = ""
	case c.percent(6):
		born = p.Birth.Format("2006") // the year alone
	}
	sex := map[string]string{"female": "F", "male": "M"}[p.Sex]
	if c.percent(2) {
		sex = "-"
	}
	village := ""
	if place := c.land.Places[f.Place]; !place.Town {
		village = plain(place.Name.In(Latin))
	}
	entry := map[string]string{"killed": "K", "died-indirect": "E", "injured": "W", "captured": "P", "missing": "M"}[f.Code]
	remark := "invented"
	if c.percent(5) {
		remark = "invented; entered from what neighbours said"
	}
	return []any{number, family, given, c.father(p), sex, born, p.Occupation, village, plain(c.land.Town.Name.In(Latin)), entry, f.Date, remark}
}

func registryMapping() string {
	return `"sheet": "Register",
  "header_row": 3,
  "row": "person",
  "unknown": ["-", "n/k"],
  "handling": "internal",
  "basis": "duty",
  "record": {
    "name": {"columns": ["Given name", "Family name"]},
    "given": "Given name",
    "family": "Family name",
    "father": "Father",
    "sex": {"column": "Sex", "codes": {"F": "female", "M": "male"}},
    "birth": {"column": "Born", "date": "iso"},
    "occupation": "Occupation",
    "status": "Entry",
    "note": "Remark"
  },
  "harms": [
    {
      "code": {"column": "Entry", "codes": {"K": "killed", "E": "died-indirect", "W": "injured", "P": "captured", "M": "missing"}},
      "date": {"column": "Day", "date": "iso"},
      "place": {"columns": ["Village", "Town"]},
      "determination": "included",
      "standard": "rgb"
    }
  ],
  "not_mapped": ["No."]`
}
