// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"errors"
	"strings"
	"testing"

	"recount/fault"
	"recount/figure"
	"recount/verify"
)

const anywhereID = "f-00000000000000e7"

// nestedScene is the scene with a figure that counts whom the first counts and,
// among those who are in or unknown, one person more.
func nestedScene(seed string) *memoryCase {
	m := scene(seed, people())
	m.figures[anywhereID] = figure.Definition{
		Figure: anywhereID, Title: "Persons killed anywhere", Unit: figure.Unit, Rule: figure.Rule, Harms: []string{"killed"},
	}
	return m
}

const both = "{{figure " + killedID + "}} in Orlen, {{figure " + anywhereID + "}} in all.\n"

// Two totals from which a small group follows are not frozen together, nor one
// after the other; each alone is.
func TestNestedFiguresAreNotFrozen(t *testing.T) {
	t.Parallel()
	m := nestedScene("nested")
	if _, err := m.tryFreeze(edition(1), both); !errors.Is(err, fault.Forbidden) ||
		!strings.Contains(err.Error(), killedID) || !strings.Contains(err.Error(), anywhereID) || !strings.Contains(err.Error(), "accepted: ") {
		t.Errorf("together: got %v, want fault.Forbidden with both figures", err)
	}
	if m.aborted == 0 {
		t.Error("the rows of the refused edition were not given up")
	}
	first, err := m.tryFreeze(edition(1), "{{figure "+anywhereID+"}} in all.\n")
	if err != nil {
		t.Fatalf("one alone: %v", err)
	}
	m.act(first.Draft)
	e := edition(2)
	e.Earlier = []verify.Frozen{first.Frozen}
	if _, err := m.tryFreeze(e, "{{figure "+killedID+"}} in Orlen.\n"); !errors.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "in edition 1 of dossier") {
		t.Errorf("after an earlier edition: got %v, want fault.Forbidden that names it", err)
	}
	e = edition(1)
	e.Limit = 1
	if _, err := m.tryFreeze(e, both); err != nil {
		t.Errorf("with a limit of 1: %v", err)
	}
}

// A bundle in which such totals were frozen all the same is not published.
func TestNestedFiguresAreNotPublished(t *testing.T) {
	t.Parallel()
	m := nestedScene("nested and published")
	e := edition(1)
	e.Limit = 0
	_, seq := m.freeze(t, e, both)
	err := CheckPublic(context.Background(), exported(t, m, seq, nil).fs(), 3)
	if !errors.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "nested figures that differ by fewer than 3 persons") {
		t.Errorf("got %v", err)
	}
}
