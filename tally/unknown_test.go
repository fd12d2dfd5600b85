// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"testing"

	"recount/figure"
)

// A harm of which the source does not say what it was could be any (I-07): its
// person is unknown in every figure of harms, and contradicts nobody.
func TestHarmThatIsNotKnown(t *testing.T) {
	t.Parallel()
	c := load(t, caseOf(t,
		"p1 s-a | male - - - | - 2010-02 mill",
		"p1 s-b | male - - - | - 2010-03 gate",
		"p2 s-a | male - - - | - 2010-02 mill; killed 2010-02 mill",
		"p3 s-a | male - - - | injured - -",
	))
	a, err := c.Answer(killed())
	if err != nil {
		t.Fatal(err)
	}
	if want := (figure.Totals{In: 1, Unknown: 1, Out: 1}); a.Total != want {
		t.Errorf("total %+v, want %+v", a.Total, want)
	}
	if counts := c.CountContradictions(); len(counts) != 0 {
		t.Errorf("contradictions %v of people whose harm is not known", counts)
	}
}
