// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"errors"
	"testing"

	"recount/access"
	"recount/fault"
)

// TestCan has every pair of who and act; what is not listed as allowed is refused.
func TestCan(t *testing.T) {
	t.Parallel()
	nobody := access.Account{}
	reader := access.Account{ID: "a-1", Name: "Reader", Role: access.Reader}
	writer := access.Account{ID: "a-2", Name: "Writer", Role: access.Writer}
	auditor := access.Account{ID: "a-4", Name: "Auditor", Role: access.Auditor}
	stranger := access.Account{ID: "a-3", Name: "Stranger", Role: "owner"}
	unnamed := access.Account{Name: "Writer without an account", Role: access.Writer}
	type ask struct {
		who access.Account
		act access.Act
	}
	allowed := map[ask]bool{
		{nobody, access.Open}: true, {reader, access.Open}: true, {writer, access.Open}: true, {stranger, access.Open}: true, {unnamed, access.Open}: true, {auditor, access.Open}: true, {auditor, access.Audit}: true,
		{reader, access.Read}: true, {writer, access.Read}: true, {writer, access.Write}: true,
	}
	for _, who := range []access.Account{nobody, reader, writer, auditor, stranger, unnamed} {
		for act := range access.Audit + 2 { // nothing, the four, and one that is none
			err := access.Can(who, act, access.Thing{Case: "case-1", Kind: "records"})
			if want := allowed[ask{who, act}]; (err == nil) != want {
				t.Errorf("Can(%q, %v) = %v, allowed should be %t", who.Name, act, err, want)
			}
			if err != nil && !errors.Is(err, fault.Forbidden) {
				t.Errorf("Can(%q, %v) = %v, not fault.Forbidden", who.Name, act, err)
			}
		}
	}
}

func TestParseRole(t *testing.T) {
	t.Parallel()
	for _, r := range access.Roles() {
		if got, err := access.ParseRole(string(r)); got != r || err != nil {
			t.Errorf("ParseRole(%q) = %q, %v", r, got, err)
		}
	}
	for _, s := range []string{"", "Writer", "owner"} {
		if _, err := access.ParseRole(s); !errors.Is(err, fault.Invalid) {
			t.Errorf("ParseRole(%q) = %v, want fault.Invalid", s, err)
		}
	}
}
