// SPDX-License-Identifier: Apache-2.0

package consent

import (
	_ "embed" // for the table
	"fmt"
	"strings"
	"sync"

	"recount/fault"
	"recount/register"
)

//go:embed grounds.txt
var groundsText string

// Ground is what a ground (register.BasisCodes) permits where nothing else is
// stated. A ground that is not known permits what "confidential" does.
func Ground(ground string) Rules {
	all := grounds()
	if register.CheckBasis(ground) != nil {
		ground = "confidential"
	}
	return all[ground]
}

// grounds is the table as it was read once; that it can be read, and that it
// has every ground, is held by a test.
var grounds = sync.OnceValue(func() map[string]Rules {
	all, err := parseGrounds(groundsText)
	if err != nil {
		return nil // nothing is permitted then
	}
	return all
})

func parseGrounds(text string) (map[string]Rules, error) {
	all := map[string]Rules{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 5 {
			return nil, fmt.Errorf("%w: grounds, line %d: %d words; accepted are ground, purpose, recipient, form, answer", fault.Invalid, n, len(words))
		}
		if err := register.CheckBasis(words[0]); err != nil {
			return nil, fmt.Errorf("grounds, line %d: %w", n, err)
		}
		r := Rule{words[1], words[2], words[3], words[4]}
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("grounds, line %d: %w", n, err)
		}
		all[words[0]] = append(all[words[0]], r)
	}
	for ground, rules := range all {
		sorted, err := sortedRules(rules)
		if err != nil {
			return nil, fmt.Errorf("grounds, %s: %w", ground, err)
		}
		all[ground] = sorted
	}
	return all, nil
}
