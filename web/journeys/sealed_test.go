// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"regexp"
	"strings"
	"testing"
)

// sealed is the witness of the demo whom two people alone may know of.
const sealed = "Yelva Dorrin"

// TestSealedWitness: nobody outside of the compartment finds the sealed witness,
// whatever they do in the case; who is in it does.
func TestSealedWitness(t *testing.T) {
	r := onStage(t).open(t)
	known := r.stage.run(t, "--actor", "Demo analyst", "search", sealed, "--archive", r.archive)
	source := regexp.MustCompile(`s-[0-9a-f]{16}`).FindString(known)
	compartment := regexp.MustCompile(`k-[0-9a-f]{16}`).FindString(r.stage.run(t, "--actor", "Demo analyst", "member", "list", "--archive", r.archive))
	if source == "" || compartment == "" {
		t.Fatalf("the demo has no sealed witness:\n%s", known)
	}
	places := []string{in("search") + "?q=Yelva+Dorrin", in("sources"), in("journal"), in("decisions"), in("members"), in(), in("sources", source), in("compartments", compartment), in("decisions", "handling") + "?subject_kind=source&subject=" + source}
	for _, role := range []string{"custodian", "investigator", "analyst", "lawyer", "reviewer", "publisher", "reader"} {
		p := r.enter(r.inviteAs("A "+role+" of the test", role))
		for _, place := range places {
			p.open(place)
			for _, word := range []string{"Yelva", "Witnesses in danger", "Was threatened"} {
				p.missing(word)
			}
		}
	}
	p := r.enter(r.inviteAs("Demo analyst", ""))
	p.open(in("search") + "?q=Yelva+Dorrin")
	p.sees(sealed)
	p.open(in("sources", source))
	p.sees(sealed)
	p.open(in("compartments", compartment))
	p.sees("Witnesses in danger (invented)")
}

// inviteAs is a one-time link for somebody, who is given a role in the case, or
// keeps what they have.
func (r *room) inviteAs(name, role string) string {
	r.t.Helper()
	arguments := []string{"--actor", "Demo analyst", "invite", name, "--archive", r.archive}
	if role != "" {
		arguments = append(arguments, "--role", role)
	} else {
		arguments = append(arguments, "--archive-role", "member")
	}
	for line := range strings.Lines(r.stage.run(r.t, arguments...)) {
		if _, secret, ok := strings.Cut(strings.TrimSpace(line), "/sign-in?link="); ok {
			return r.address + "/sign-in?link=" + secret
		}
	}
	r.t.Fatal("recount invite printed no link")
	return ""
}
