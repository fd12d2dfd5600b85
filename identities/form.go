// SPDX-License-Identifier: Apache-2.0

package identities

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"recount/fault"
)

// formAccepted says what a line of a form may be. No message repeats a line,
// since who it is may stand in any of them.
const formAccepted = "accepted are lines that begin with name:, contact:, residence:, relatives: or note:"

// ParseForm reads who somebody is from lines such as "name: Ilvane Torresk".
// Each name has a line of its own; of the rest, lines of one kind are joined.
func ParseForm(text string) (Content, error) {
	var c Content
	if !utf8.ValidString(text) {
		return c, fmt.Errorf("%w: who it is: the text is not in UTF-8", fault.Invalid)
	}
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		key, value, found := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); !found || value == "" {
			return Content{}, fmt.Errorf("%w: who it is, line %d; %s, with something behind", fault.Invalid, i+1, formAccepted)
		}
		to := map[string]*string{"contact": &c.Contact, "residence": &c.Residence, "relatives": &c.Relatives, "note": &c.Note}[strings.ToLower(strings.TrimSpace(key))]
		switch {
		case strings.EqualFold(strings.TrimSpace(key), "name"):
			c.Names = append(c.Names, value)
		case to == nil:
			return Content{}, fmt.Errorf("%w: who it is, line %d; %s", fault.Invalid, i+1, formAccepted)
		case *to == "":
			*to = value
		default:
			*to += "\n" + value
		}
	}
	return c, nil
}
