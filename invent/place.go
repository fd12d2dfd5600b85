// SPDX-License-Identifier: Apache-2.0

package invent

import "slices"

// Place is an invented town or village. Its district is its own name: lists
// write "village, town".
type Place struct {
	Name Spelling
	Town bool
}

// Party is one of the two sides. Neither is right and neither is wrong.
type Party struct {
	Name  string // as it calls itself
	Force string // its armed people
}

// Land is where the case happens.
type Land struct {
	Country Spelling
	Town    Place
	Places  []Place // the town first, then the villages
	River   string
	Parties [2]Party
}

// realPlaces are names of the world that a draw must not hit. The list is
// short: the endings of invented places belong to no language, and this is the
// second fence.
func realPlaces() []string {
	return []string{
		"Aleppo", "Ankara", "Baku", "Basra", "Beirut", "Berlin", "Bishkek", "Bogota", "Bucha", "Bujumbura", "Cairo", "Dakar", "Damascus",
		"Dili", "Dresden", "Fallujah", "Freetown", "Gaza", "Gernika", "Goma", "Grozny", "Guernica", "Halabja", "Homs", "Hama", "Idlib",
		"Juba", "Kabul", "Kigali", "Kyiv", "Khartoum", "Lima", "Lidice", "Madrid", "Mariupol", "Mosul", "Nanjing", "Nyala", "Oradour",
		"Paris", "Prague", "Pristina", "Raqqa", "Sabra", "Sarajevo", "Skopje", "Srebrenica", "Tbilisi", "Tigray", "Tirana", "Vukovar",
		"Warsaw", "Yerevan", "Zagreb", "Zvornik", "Bulgaria", "Croatia", "Georgia", "Armenia", "Azerbaijan", "Serbia", "Syria", "Sudan",
		"Rwanda", "Ukraine", "Russia", "Israel", "Palestine", "Iraq", "Iran", "Myanmar", "Ethiopia", "Turkey",
	}
}

// place draws a name of two syllables and an ending that no earlier place has.
func (d dice) place(taken *[]string, endings []Spelling) Spelling {
	for {
		name := joined(pick(d, syllables()), pick(d, syllables()), pick(d, endings))
		if latin := plain(name[0]); !slices.Contains(*taken, latin) {
			*taken = append(*taken, latin)
			return name
		}
	}
}

const villages = 4

func newLand(d dice) Land {
	taken := realPlaces()
	countries := []Spelling{{"esta", "еста", "يستا", "եստա"}, {"undia", "ундиа", "ونديا", "ունդիա"}}
	land := Land{Country: d.place(&taken, countries)}
	for range 1 + villages {
		land.Places = append(land.Places, Place{Name: d.place(&taken, placeEndings())})
	}
	land.Places[0].Town = true
	land.Town = land.Places[0]
	land.River = plain(d.place(&taken, []Spelling{{"a", "а", "ا", "ա"}})[0])
	one, other := plain(d.place(&taken, placeEndings())[0]), plain(d.place(&taken, placeEndings())[0])
	land.Parties = [2]Party{
		{Name: "Council of " + one, Force: one + " Guard"},
		{Name: "Union of " + other, Force: other + " Levy"},
	}
	return land
}

// Written is a place as lists write it in a script: the most exact part first.
func (l Land) Written(place int, script Script) string {
	p := l.Places[place]
	if p.Town {
		return p.Name.In(script)
	}
	comma := ", "
	if script == Arabic {
		comma = "، "
	}
	return p.Name.In(script) + comma + l.Town.Name.In(script)
}
