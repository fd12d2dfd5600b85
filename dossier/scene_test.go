// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"fmt"

	"recount/figure"
	"recount/register"
)

// The scene of the tests: an invented town, Orlen, in an invented month. Every
// name, number and sentence of it is made up.

const (
	killedID   = "f-00000000000000a1"
	detainedID = "f-00000000000000b2"
	quoteID    = "c-00000000000000c3"
	dossierID  = "d-00000000000000d4"
)

const statement = `---
lang: en
dir: ltr
standard: reasonable grounds to believe
---
# What happened in Orlen

In March 1994 **{{figure f-00000000000000a1}} people** were killed in Orlen
([method](https://archive.example/method?year=1994)), of whom at least
{{figure f-00000000000000a1.flag}} were children by the word of a source and
{{figure f-00000000000000a1.age}} by their age ({{figure f-00000000000000a1.age unknown}} of
unknown age; {{figure f-00000000000000a1.age range}} in all).

| held | number |
| :--- | -----: |
| detained | {{figure f-00000000000000b2 range}} |

{{quote c-00000000000000c3}}

1. Café & "quoted" *words*; see [the list][1].
2. Nothing else.

[1]: https://archive.example/list
`

// definitions are the figures of the scene.
func definitions() []figure.Definition {
	return []figure.Definition{
		{
			Figure: killedID, Title: "Persons killed in Orlen in March 1994", Unit: figure.Unit, Rule: figure.Rule,
			Harms: []string{"killed"}, Period: "1994-03", District: []string{"orlen"},
			Parts: []figure.Part{
				{Part: "flag", Title: "of whom children, by the word of a source", Child: figure.ChildByFlag},
				{Part: "age", Title: "of whom children, by age", Child: figure.ChildByAge},
			},
		},
		{Figure: detainedID, Title: "Persons <detained>", Unit: figure.Unit, Rule: figure.Rule, Harms: []string{"detained"}},
	}
}

// scene is a case with one list of people.
func scene(seed string, list []someone) *memoryCase {
	return populate(newCase(seed), list)
}

// populate puts the scene into an empty case.
func populate(m *memoryCase, list []someone) *memoryCase {
	m.act(register.CaseOpened{Title: "Orlen", PublicName: "archive.example"}.Draft("opened", "public", "internal"))
	for _, d := range definitions() {
		m.figures[d.Figure] = d
	}
	m.cite(register.Citation{
		Citation: quoteID, Scheme: "page", Pinpoint: "12", Quote: "They came at night <all of them> & we\nran to the *orchard*.",
		Language: "en", Attribution: "a witness, to the invented commission",
	})
	m.list("s-00000000000000f5", "e-00000000000000e1", list)
	return m
}

// crowd are so many people of each sort, each a person of its own.
type crowd []someone

func (c *crowd) add(n int, s someone) {
	for range n {
		s.person = fmt.Sprintf("p-%016x", len(*c)+1)
		*c = append(*c, s)
	}
}

var killed = register.Harm{Code: "killed", Month: "1994-03", District: "orlen"}

// few are nine people in groups of three.
func few() []someone {
	var list crowd
	list.add(3, someone{flag: "no", age: "no", band: "30-44", sex: "male", harm: killed})
	list.add(3, someone{flag: "yes", age: "yes", band: "5-9", sex: "female", harm: killed})
	list.add(3, someone{sex: "male", harm: register.Harm{Code: "detained", Month: "1994-03", District: "vasht"}})
	return list
}

// people are 27 people, whose groups suit a limit of 3: two are children by
// the flag and adults by age, so that the two parts stand in count files of
// their own.
func people() []someone {
	var list crowd
	list.add(8, someone{flag: "no", age: "no", band: "30-44", sex: "male", harm: killed})
	list.add(4, someone{flag: "yes", age: "yes", band: "5-9", sex: "female", harm: killed})
	list.add(2, someone{flag: "yes", age: "no", sex: "female", harm: killed})
	list.add(3, someone{flag: "no", sex: "male", harm: killed})
	list.add(3, someone{sex: "male", harm: register.Harm{Code: "killed", District: "orlen"}})
	list.add(1, someone{sex: "male", harm: register.Harm{Code: "killed", Month: "1994-04", District: "orlen"}})
	list.add(6, someone{sex: "male", harm: register.Harm{Code: "detained", Month: "1994-03", District: "vasht"}})
	return list
}

func edition(n int64) Edition {
	return Edition{Dossier: dossierID, Edition: n, Title: "Orlen, March 1994", Showing: Showing{Limit: 3}, Reason: "published", Basis: "public", Handling: "public"}
}
