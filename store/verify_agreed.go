// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/names"
	"recount/register"
)

// proposedBy is who proposed a decision, and what a second from outside would
// have to sign for it.
type proposedBy struct {
	actor     string
	agreement register.Agreement
}

// verifyAgreed holds that whatever says that it carries out a decision was done
// by another person than who proposed it, or bears the signature of somebody
// from outside who had been named by then. What was erased cannot be asked.
func (c *Case) verifyAgreed(ctx context.Context, t *tx) error {
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	proposed, seconds := map[string]proposedBy{}, map[string]register.Second{}
	unnamed := false // somebody from outside was named where this copy does not say whom
	for seq := range t.size {
		s, err := readStored(ctx, t, seq)
		if err != nil {
			return err
		}
		kind, _ := journal.KindNamed(s.sealed.Kind)
		if kind.Name != "second.named@1" && kind.Index("decision") < 0 {
			continue
		}
		e, err := s.open(ctx, keys)
		if err != nil {
			return err
		}
		if e.Erased() {
			unnamed = unnamed || c.travel != nil && kind.Name == "second.named@1"
			continue
		}
		switch kind.Name {
		case "second.named@1":
			x, err := register.SecondFrom(e)
			if err != nil {
				return err
			}
			seconds[x.VKey] = x
		case "decision.proposed@1":
			x, err := register.ProposalFrom(e)
			if err != nil {
				return err
			}
			proposed[x.Decision] = proposedBy{e.Get("actor").Text(), register.AgreementTo(c.origin, x, e.Header.Leaf)}
		case "decision.dropped@1":
		default:
			if unnamed && e.Get("outside").Text() != "" {
				continue
			}
			if err := agreedBy(e, proposed, seconds); err != nil {
				return fmt.Errorf("%w: entry %d (%s): %w", fault.Tampered, seq, kind.Name, err)
			}
		}
	}
	return nil
}

// agreedBy checks one act that took two people.
func agreedBy(e journal.Entry, proposed map[string]proposedBy, seconds map[string]register.Second) error {
	decision := e.Get("decision").Text()
	p, known := proposed[decision]
	if decision == "" || !known {
		return nil // one person was enough, or the proposal was erased
	}
	if outside := e.Get("outside").Text(); outside != "" {
		day, _, _ := strings.Cut(e.Get("time").Text(), "T")
		var named []register.Second
		for _, s := range seconds {
			if s.Counts(day) {
				named = append(named, s)
			}
		}
		_, err := p.agreement.SignedBy(outside, named)
		return err
	}
	if names.Key(p.actor) == names.Key(e.Get("actor").Text()) {
		return fmt.Errorf("%s was proposed and carried out by one person, and nobody from outside has signed it", decision)
	}
	return nil
}
