// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"fmt"
	"regexp"
	"strings"

	"recount/fault"
)

// witnessPlace is where a protected person is spoken of: {{witness w-…}}.
var witnessPlace = regexp.MustCompile(`\{\{[ \t]*witness[ \t]+([^{}\s]+)[ \t]*\}\}`)

// CallWitnesses puts into each place of a protected person what call answers
// for their id: what they are called in this publication. A statement that is
// published has no such place: neither the id nor any other name of theirs
// leaves with it. An error of call is said with its line.
func CallWitnesses(statement []byte, call func(identity string) (string, error)) ([]byte, error) {
	var out strings.Builder
	rest, done := string(statement), 0
	for {
		at := witnessPlace.FindStringSubmatchIndex(rest[done:])
		if at == nil {
			out.WriteString(rest[done:])
			return []byte(out.String()), nil
		}
		name, err := call(rest[done+at[2] : done+at[3]])
		if err != nil {
			return nil, fmt.Errorf("statement, line %d: %w", 1+strings.Count(rest[:done+at[0]], "\n"), err)
		}
		if strings.ContainsAny(name, "{}\n\r") {
			return nil, fmt.Errorf("%w: a pseudonym with braces or line ends", fault.Invalid)
		}
		out.WriteString(rest[done:done+at[0]] + name)
		done += at[1]
	}
}
