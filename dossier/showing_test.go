// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"errors"
	"strings"
	"testing"

	"recount/fault"
	"recount/figure"
	"recount/register"
)

const violatedID = "f-00000000000000f7"

// Sexual violence leaves by a decision with a reason only (I-24, I-26): a figure
// that asks for it is refused, and a preview says so. One that asks for another
// harm of the same people shows nothing of it.
func TestSexualViolenceDoesNotLeaveByDefault(t *testing.T) {
	t.Parallel()
	var list crowd
	violated := register.Harm{Code: "sexual-violence", Month: "1994-03", District: "orlen"}
	list.add(6, someone{sex: "female", harm: violated})
	list.add(6, someone{sex: "female", harm: killed})
	list.add(6, someone{sex: "male", harm: register.Harm{Code: "detained", Month: "1994-03", District: "vasht"}})
	m := scene("showing", list)
	m.figures[violatedID] = figure.Definition{Figure: violatedID, Title: "Persons violated", Unit: figure.Unit, Rule: figure.Rule, Harms: []string{"killed", "sexual-violence"}}
	text := "{{figure " + violatedID + "}} in all.\n"

	if _, err := m.tryFreeze(edition(1), text); !errors.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), violatedID) || !strings.Contains(err.Error(), "accepted is to say") {
		t.Errorf("by default: got %v, want fault.Forbidden with the figure and what would be accepted", err)
	}
	e := edition(1)
	if p := preview(t, m, e, text); !errors.Is(p.Refused, fault.Forbidden) {
		t.Errorf("the preview: refused %v, want fault.Forbidden", p.Refused)
	}
	e.SexualViolence, e.Reason = true, " "
	if _, err := m.tryFreeze(e, text); !errors.Is(err, fault.Invalid) {
		t.Errorf("without a reason: got %v, want fault.Invalid", err)
	}
	e.Reason = "asked for by those it was done to"
	if p := preview(t, m, e, text); p.Refused != nil {
		t.Errorf("the preview once it was said: refused %v", p.Refused)
	}
	f, err := m.tryFreeze(e, text)
	if err != nil {
		t.Fatalf("once it was said: %v", err)
	}
	if got := f.Counts[0].Totals[0].Point(); got != 12 {
		t.Errorf("counted %d, want the six killed and the six violated", got)
	}
	if _, err := m.tryFreeze(edition(1), "{{figure "+detainedID+"}} detained.\n"); err != nil {
		t.Errorf("a figure that asks for another harm: %v", err)
	}
}

// A figure by districts does not leave while the field place is closed, in an edition
// of whatever handling: a bundle is public. One without districts does.
func TestClosedPlacesDoNotLeave(t *testing.T) {
	t.Parallel()
	m := scene("closed", people())
	e := edition(1)
	e.Handling, e.Closed = "restricted", register.Shut{"father", "place"}
	text := "{{figure " + killedID + "}} in Orlen.\n"
	if _, err := m.tryFreeze(e, text); !errors.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), killedID) || !strings.Contains(err.Error(), "accepted is") {
		t.Errorf("by districts: got %v, want fault.Forbidden with the figure and what would be accepted", err)
	}
	if p := preview(t, m, e, text); !errors.Is(p.Refused, fault.Forbidden) {
		t.Errorf("the preview: refused %v, want fault.Forbidden", p.Refused)
	}
	if _, err := m.tryFreeze(e, "{{figure "+detainedID+"}} detained.\n"); err != nil {
		t.Errorf("without districts: %v", err)
	}
}

func preview(t *testing.T, m *memoryCase, e Edition, text string) Previewed {
	t.Helper()
	s, err := Compose(t.Context(), m, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Preview(t.Context(), Case{Origin: m.origin, Answers: m.columns(), Objects: m}, s, e)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
