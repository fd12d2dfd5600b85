// SPDX-License-Identifier: Apache-2.0

package register

import (
	"strings"
)

// shortestSpelling is how many characters a spelling has at least: what is
// shorter stands in too many other words to be looked for.
const shortestSpelling = 4

// Spellings are the ways in which a record writes the person's name, to be
// looked for in other texts: the whole name, the other names, and given and
// family name together in either order. Those of less than four characters,
// or two of a script in which one is a syllable or a word, are left out; there
// may be none.
func (r Record) Spellings() (all []string) {
	given, family := strings.TrimSpace(r.Given.Text()), strings.TrimSpace(r.Family.Text())
	ways := []string{r.Name.Text(), r.OtherNames.Text()}
	if given != "" && family != "" {
		ways = append(ways, given+" "+family, family+" "+given, family+", "+given)
	}
	for _, way := range ways {
		if way = strings.TrimSpace(way); weight(way) >= shortestSpelling {
			all = append(all, way)
		}
	}
	return all
}

// weight counts characters, and those of East Asian scripts, which begin at
// U+2E80, twice.
func weight(s string) (n int) {
	for _, r := range s {
		if n++; r >= 0x2E80 {
			n++
		}
	}
	return n
}
