// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// decides says of each thing of a plan what becomes of it: the first of these ways
// that is offered.
func (p *page) decides(ways ...string) {
	p.t.Helper()
	n := eval[float64](p, `(() => { let n = 0; for (const s of document.querySelectorAll("select[name^=do-]")) {
		if (s.options[0].text !== "Choose …") continue;
		const way = `+"["+quoted(ways)+"]"+`.find((w) => [...s.options].some((o) => o.value === w));
		if (way) { s.value = way; n++ } } return n })()`)
	if n == 0 {
		p.fatal("the plan asks nothing")
	}
}

func quoted(all []string) string {
	texts := make([]string, len(all))
	for i, text := range all {
		texts[i] = quote(text)
	}
	return strings.Join(texts, ",")
}

// planOf has the case looked through for a person.
func (p *page) planOf(person string) {
	p.t.Helper()
	p.open(in("persons", person))
	p.follow("Plan an erasure")
	p.sees("What cannot be undone", "two can bring it back")
	p.follow("Look through the case")
	p.waits("Fingerprint of the plan")
}

// TestTwoErase: two people erase a person in the room, from the same plan. One
// alone is refused, and so is an erasure of what is held.
func TestTwoErase(t *testing.T) {
	r := onStage(t).open(t)
	p := r.writer()
	p.person(cyrillic)
	person := regexp.MustCompile(`p-[0-9a-f]{16}`).FindString(p.where())

	// Held, it is not even proposed.
	hold := strings.TrimSpace(r.stage.run(t, "hold", "place", person, "--ground", "Order of the court (invented)", "--until", "2999-12-31", "--archive", r.archive))
	p.planOf(person)
	p.sees("A legal hold stands against it", "Order of the court (invented)")
	p.decides("redact", "destroy", "erase")
	p.fillIn("main", "Ground", "The family asked for it (invented)")
	p.follow("Propose this erasure")
	p.waits("a legal hold outranks an erasure")
	p.sees(hold)
	second := r.enter(r.inviteAs("Second of the test", "reviewer"))
	p.open(in("holds"))
	p.clickOn("details.fold > summary")
	p.follow("Propose to lift it")
	second.open(in("decisions"))
	second.follow("Lift a legal hold")
	second.follow("Agree and carry it out")

	// Proposed, and not to be carried out by whoever proposed it.
	p.planOf(person)
	p.missing("A legal hold stands against it")
	p.decides("redact", "destroy", "erase")
	p.fillIn("main", "Ground", "The family asked for it (invented)")
	p.follow("Propose this erasure")
	p.waits("Another person has to agree")
	decision := regexp.MustCompile(`q-[0-9a-f]{16}`).FindString(p.where())
	p.follow("Look at the plan")
	p.waits("Fingerprint of the plan")
	p.sees("You proposed it, so somebody else has to agree")
	p.missing("Agree and erase for ever")

	// The second sees the same plan, and what was decided of each thing.
	second.open(in("decisions", decision))
	second.sees("The family asked for it (invented)", "Put a redacted copy in its place")
	second.follow("Look at the plan")
	second.waits("Agree and erase for ever")
	second.missing("another plan than was proposed")
	second.follow("Agree and erase for ever")
	second.waits("Run the backup now")

	for _, who := range []*page{p, second} {
		who.open(in("persons", person))
		who.missing(cyrillic)
		for _, name := range []string{cyrillic, latin, capitals} {
			who.open(in("search") + "?q=" + url.QueryEscape(name))
			if hits := strings.Join(who.all(".hits"), " "); strings.Contains(hits, name) {
				t.Errorf("%s is erased, and found: %s", name, hits)
			}
		}
	}
	r.stop()
	r.stage.run(t, "verify", r.archive)
}
