// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"fmt"
	"strings"

	"recount/figure"
)

// statement is what the people of the case publish: every number in it is a
// figure and every quotation a citation.
func (c *Case) statement(figures []figure.Definition, cited []Quote) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n\n", args...) }
	town, country := plain(c.Land.Town.Name.In(Latin)), plain(c.Land.Country.In(Latin))
	ask := func(i int, part string) string { return "{{figure " + figures[i].Figure + part + "}}" }
	line("---\nlang: en\nstandard: Reasonable grounds to believe\n---")
	line("# What happened at %s in %s", town, country)
	line("*%s*", Notice)
	line("This statement belongs to no party. It says who says what; nobody is called guilty in it.")
	line("## How many")
	line("The four lists that we were given name %s people as dead, of whom %s were children under 18 and %s women or girls. Where the lists contradict each other or are silent about a child, the number of children lies anywhere in %s.",
		ask(0, ""), ask(0, ".children"), ask(0, ".women"), ask(0, ".children range"))
	line("%s people were recorded as captured and %s as missing.", ask(1, ""), ask(2, ""))
	line("In %s itself %s people were recorded as dead within the month of the attack. The hospital and the registry office together know of %s dead, %s of them aged 60 or more; of %s it cannot be told.",
		town, ask(3, ""), ask(4, ""), ask(4, ".aged-60"), ask(4, ".aged-60 unknown"))
	line("A person who stands in several lists is counted once.")
	line("## What those who were there say")
	for _, q := range cited {
		if strings.HasPrefix(q.File, "statements/") {
			line("{{quote %s}}", q.Citation)
		}
	}
	line("## What the parties say")
	line("Both parties spoke to the press. Their numbers are theirs:")
	for _, q := range cited {
		if strings.HasPrefix(q.File, "releases/") {
			line("{{quote %s}}", q.Citation)
		}
	}
	line("## What is not known")
	line("People of whom no list speaks are not counted here. Whether the %s or the %s, or both, are responsible for a single death is not decided by counting.",
		c.Land.Parties[0].Force, c.Land.Parties[1].Force)
	return strings.TrimSuffix(b.String(), "\n")
}
