// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/access"
	"recount/fault"
)

const (
	one   = "k-0000000000000001"
	other = "k-0000000000000002"
)

func account(role access.Role, compartments []string, seat ...access.Role) access.Account {
	return access.Account{ID: "a-1", Name: "Ann", Role: role}.In(access.Seat{Roles: seat, Compartments: compartments})
}

// TestArchive has every role in the archive and every act; what is not listed
// as allowed is refused. None of them opens a case.
func TestArchive(t *testing.T) {
	t.Parallel()
	allowed := map[access.Role][]access.Act{
		access.Member:        {access.Open, access.Visit},
		access.Auditor:       {access.Open, access.Visit, access.Audit},
		access.Administrator: {access.Open, access.Visit, access.Administer},
		"":                   {access.Open}, "owner": {access.Open}, access.Custodian: {access.Open},
	}
	for role, acts := range allowed {
		for act := range access.Administer + 2 { // nothing, all, and one that is none
			expect(t, account(role, nil), act, access.Thing{Kind: "cases"}, slices.Contains(acts, act))
			expect(t, account(role, nil), act, access.Thing{Case: "case-1", Kind: "records"}, act == access.Open)
		}
	}
	for act := range access.Administer + 2 {
		nobody := access.Account{Name: "Without an account", Role: access.Administrator, Seat: access.Seat{Roles: access.CaseRoles()}}
		expect(t, nobody, act, access.Thing{Case: "case-1"}, act == access.Open)
		expect(t, nobody, act, access.Thing{}, act == access.Open)
	}
}

// TestSeats has every role in a case and every act, as docs/roles.md says it.
func TestSeats(t *testing.T) {
	t.Parallel()
	allowed := map[access.Role]string{
		access.Custodian:    "open read draft receive decide confirm admit",
		access.Investigator: "open read draft receive link decide",
		access.Analyst:      "open read draft link define decide",
		access.Lawyer:       "open read draft define compose decide",
		access.Reviewer:     "open read confirm",
		access.Publisher:    "open read draft compose publish decide",
		access.Reader:       "open read",
		access.Auditor:      "open audit",
		"owner":             "open", access.Administrator: "open", access.Member: "open",
	}
	for _, role := range access.CaseRoles() {
		if allowed[role] == "" {
			t.Errorf("the test says nothing of %s", role)
		}
	}
	for role, words := range allowed {
		for act := range access.Administer + 2 {
			expect(t, account(access.Member, nil, role), act, access.Thing{Case: "case-1"}, slices.Contains(strings.Fields(words), act.String()))
		}
	}
	both := account(access.Administrator, nil, access.Reader, access.Publisher)
	expect(t, both, access.Publish, access.Thing{Case: "case-1"}, true)
	expect(t, both, access.Link, access.Thing{Case: "case-1"}, false)
}

func expect(t *testing.T, who access.Account, act access.Act, what access.Thing, want bool) {
	t.Helper()
	err := access.Can(who, act, what)
	if (err == nil) != want {
		t.Errorf("Can(%q with %v, %v, %q) = %v, allowed should be %t", who.Role, who.Seat, act, what.Case, err, want)
	}
	if err != nil && !errors.Is(err, fault.Forbidden) {
		t.Errorf("Can(%q, %v) = %v, not fault.Forbidden", who.Role, act, err)
	}
}

// TestScopes: what each role sees, in and out of compartments; and Can says the
// same of each handling text.
func TestScopes(t *testing.T) {
	t.Parallel()
	up := func(n int, in string) []string {
		var all []string
		for _, class := range []string{"public", "internal", "confidential", "restricted", "sealed"}[:n] {
			all = append(all, class+in)
		}
		return all
	}
	for _, test := range []struct {
		who  access.Account
		want []string
	}{
		{access.Account{}, []string{}},
		{account(access.Administrator, []string{one}), []string{}},
		{account(access.Member, nil, access.Reader), up(3, "")},
		{account(access.Member, nil, access.Publisher), up(3, "")},
		{account(access.Member, nil, access.Analyst), up(4, "")},
		{account(access.Member, nil, access.Reader, access.Reviewer), up(4, "")},
		{account(access.Member, []string{one}, access.Auditor), []string{}},
		{account(access.Member, []string{one}, access.Reader), slices.Concat(up(3, ""), up(3, "/"+one))},
		{account(access.Member, []string{other, one}, access.Lawyer), slices.Concat(up(4, ""), up(5, "/"+one), up(5, "/"+other))},
		{account(access.Member, []string{"k-1,sealed", "x'", one}, access.Lawyer), slices.Concat(up(4, ""), up(5, "/"+one))},
	} {
		scope := access.ScopeOf(test.who)
		if diff := cmp.Diff(test.want, scope.Handling()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.who.Seat, diff)
		}
		for _, handling := range append(slices.Concat(up(5, ""), up(5, "/"+one), up(5, "/"+other)), "", ",", "secret", "public,internal", "/"+one, "sealed/") {
			want := slices.Contains(test.want, handling)
			if scope.Admits(handling) != want {
				t.Errorf("%v: %q is admitted: %t, want %t", test.who.Seat, handling, !want, want)
			}
			if may := access.Can(test.who, access.Read, access.Thing{Case: "case-1", Handling: []string{handling}}) == nil; may != want {
				t.Errorf("%v: Can says %t of %q, the scope %t", test.who.Seat, may, handling, want)
			}
		}
	}
}

func TestParseRole(t *testing.T) {
	t.Parallel()
	for _, r := range access.ArchiveRoles() {
		if got, err := access.ParseRole(string(r)); got != r || err != nil {
			t.Errorf("ParseRole(%q) = %q, %v", r, got, err)
		}
	}
	for _, s := range []string{"", "Member", "owner", "custodian"} {
		if _, err := access.ParseRole(s); !errors.Is(err, fault.Invalid) {
			t.Errorf("ParseRole(%q) = %v, want fault.Invalid", s, err)
		}
	}
	got, err := access.ParseCaseRoles([]string{"reader", "custodian", "reader"})
	if diff := cmp.Diff([]access.Role{access.Custodian, access.Reader}, got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	for _, s := range []string{"", "administrator", "Reader"} {
		if _, err := access.ParseCaseRoles([]string{"reader", s}); !errors.Is(err, fault.Invalid) {
			t.Errorf("ParseCaseRoles(%q) = %v, want fault.Invalid", s, err)
		}
	}
}
