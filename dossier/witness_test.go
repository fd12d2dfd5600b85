// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"recount/fault"
)

func TestCallWitnesses(t *testing.T) {
	t.Parallel()
	call := func(id string) (string, error) {
		if id != "w-0123456789abcdef" {
			return "", fmt.Errorf("%w: %s", fault.NotFound, id)
		}
		return "Witness KD-47", nil
	}
	for in, want := range map[string]string{
		"":                     "",
		"nobody, {{figure f}}": "nobody, {{figure f}}",
		"As {{witness w-0123456789abcdef}} said.":                                 "As Witness KD-47 said.",
		"{{ witness\tw-0123456789abcdef }}{{witness w-0123456789abcdef}}\nand so": "Witness KD-47Witness KD-47\nand so",
		"{{witness}} {{witness a b}}":                                             "{{witness}} {{witness a b}}", // left for ParseStatement to refuse
	} {
		if got, err := CallWitnesses([]byte(in), call); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	if _, err := CallWitnesses([]byte("one\ntwo {{witness w-1}}"), call); !errors.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v, want fault.NotFound in line 2", err)
	}
	bad := func(string) (string, error) { return "{{figure f-1}}", nil }
	if _, err := CallWitnesses([]byte("{{witness w-1}}"), bad); !errors.Is(err, fault.Invalid) {
		t.Errorf("a pseudonym with braces: %v", err)
	}
}
