// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// scene is a command about to be run on an archive that is ready for it.
type scene struct {
	title string
	// ready prepares a new archive and answers the command.
	ready func(o *office) (args []string)
	// fully is how many entries the command records.
	fully int64
	// known is an answer to the same command again, after it was carried out;
	// "" where doing it again does it again.
	known string
}

const listMapping = `{
  "format": "recount mapping/1",
  "title": "Lists of a valley",
  "row": "person",
  "record": {
    "given": "given", "family": "family",
    "sex": {"column": "sex", "codes": {"m": "male", "f": "female"}},
    "age": {"column": "age", "unit": "years"}
  },
  "harms": [{
    "code": {"column": "what", "codes": {"killed": "killed"}},
    "date": {"column": "when", "date": "iso"},
    "place": "where"
  }]
}`

// list is one list of 24 people; all lists speak of the same, each row a
// little of its own.
func list(note string) string {
	var b strings.Builder
	b.WriteString("given,family,sex,age,what,when,where,note\n")
	for i := range 24 {
		fmt.Fprintf(&b, "Ada%c,Vell%c,%s,%d,killed,2031-02-%02d,\"Karvel, Tarn\",%s\n", 'a'+rune(i%7), 'a'+rune(i), []string{"m", "f"}[i%2], 6+3*i, 1+i, note)
	}
	return b.String()
}

// withList imports a list of its own source.
func (o *office) withList(name string) (source string) {
	source = o.do("add", "source", "The list "+name)
	o.do("import", o.file(name+".csv", list(name)), "--mapping", o.file("mapping.json", listMapping), "--source", source)
	return source
}

func addScenes() []scene {
	return []scene{
		{title: "exhibit", fully: 1, known: "here already", ready: func(o *office) []string {
			return []string{"add", "exhibit", o.file("letter.txt", strings.Repeat("What was seen at the mill.\n", 9000))}
		}},
		{title: "record", fully: 1, ready: func(o *office) []string {
			source := o.do("add", "source", "A witness")
			exhibit := o.do("add", "exhibit", o.file("statement.txt", "They came at night."), "--source", source)
			return []string{"add", "record", o.file("record.json", fmt.Sprintf(`{"format": "recount record/1", "source": %q, "exhibit": %q, "pinpoint": "line 1",
				"record": {"given": "Ada", "family": "Vell", "age": "17"}, "harms": [{"code": "killed", "date": "2031-02-25/2031-02-26", "place": "the mill, Tarn"}]}`, source, exhibit))}
		}},
		{title: "source", fully: 1, ready: func(*office) []string {
			return []string{"add", "source", "A hospital's register"}
		}},
	}
}

func importScene() scene {
	return scene{title: "list", fully: 2, known: "imported before", ready: func(o *office) []string {
		source := o.do("add", "source", "The valley's list")
		return []string{"import", o.file("valley.csv", list("valley")), "--mapping", o.file("mapping.json", listMapping), "--source", source}
	}}
}

func editionScene() scene {
	return scene{title: "later edition", fully: 3, known: "imported before", ready: func(o *office) []string {
		keyed := o.file("keyed.json", strings.Replace(listMapping, "{", `{"key": ["given", "family"],`, 1))
		source := o.do("add", "source", "The valley's list")
		first := list("valley")
		var receipt struct{ Exhibit string }
		o.ask(&receipt, "import", o.file("first.csv", first), "--mapping", keyed, "--source", source)
		second := strings.Replace(first, ",6,killed,", ",7,killed,", 1) + "Zora,Ulm,f,30,killed,2031-02-25,Karvel,valley\n"
		return []string{"import", o.file("second.csv", second), "--mapping", keyed, "--edition-of", receipt.Exhibit}
	}}
}

func linkScene() scene {
	return scene{title: "rules", fully: 1, known: "nothing was recorded", ready: func(o *office) []string {
		o.withList("one")
		o.withList("two")
		return []string{"link"}
	}}
}

func freezeScene() scene {
	return scene{title: "edition", fully: 1, ready: func(o *office) []string {
		o.withList("one")
		o.do("figure", "define", o.file("figure.json", `{"figure": "f-killed", "title": "Killed", "unit": "persons", "harms": ["killed"], "rule": "count@1"}`))
		dossier := o.do("dossier", "compose", o.file("statement.md", "In the valley {{figure f-killed}} people were killed.\n"), "--title", "The valley")
		return []string{"dossier", "freeze", dossier}
	}}
}
