// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/consent"
	"recount/fault"
	"recount/journal"
	"recount/store"
)

// StateBasis records on which ground a source is held and what it may be used
// for.
func (d Desk) StateBasis(ctx context.Context, x consent.Basis, why Why) (Done, error) {
	return d.record(ctx, x.Source, x, why, func(v store.View) error {
		_, err := v.Source(ctx, x.Source)
		return err
	})
}

// GiveConsent records what somebody agreed to; without an id it is new, with
// one it renews that consent, whose subject stays what it was.
func (d Desk) GiveConsent(ctx context.Context, x consent.Consent, why Why) (Done, error) {
	isNew := x.Consent == ""
	if err := d.draw("n", &x.Consent); err != nil {
		return Done{}, err
	}
	return d.record(ctx, x.Consent, x, why, func(v store.View) error {
		if !isNew {
			before, err := v.Consent(ctx, x.Consent)
			if err != nil {
				return err
			}
			if before.Subject != x.Subject {
				return fmt.Errorf("%w: consent %s covers %s; accepted is a new consent for something else", fault.Invalid, x.Consent, before.Subject)
			}
		}
		if strings.HasPrefix(x.Explained, "e-") {
			if _, err := v.Exhibit(ctx, x.Explained); err != nil {
				return fmt.Errorf("what was explained: %w", err)
			}
		}
		return covered(ctx, v, x.Subject)
	})
}

// covered sees that what a consent covers is there.
func covered(ctx context.Context, r store.Reader, subject string) error {
	var err error
	switch {
	case strings.HasPrefix(subject, "s-"):
		_, err = r.Source(ctx, subject)
	case strings.HasPrefix(subject, "p-"):
		_, err = r.Person(ctx, subject)
	default:
		var leaf journal.Leaf
		if leaf, err = journal.ParseLeaf(subject); err == nil {
			_, err = r.Record(ctx, leaf)
		}
	}
	return err
}

// WithdrawConsent records that a consent was taken back, in whole or for some
// uses. From then on nothing new may be made of what it covers.
func (d Desk) WithdrawConsent(ctx context.Context, x consent.Withdrawn, why Why) (Done, error) {
	return d.record(ctx, x.Consent, x, why, func(v store.View) error {
		before, err := v.Consent(ctx, x.Consent)
		if err != nil {
			return err
		}
		if before.State("") == consent.Revoked {
			return fmt.Errorf("%w: consent %s is withdrawn already", fault.Conflict, x.Consent)
		}
		return nil
	})
}

// May answers whether one use of a source is permitted now.
func May(ctx context.Context, c *store.Case, source string, use consent.Use) (a consent.Answer, err error) {
	err = c.Read(ctx, func(r store.Reader) error {
		basis, err := r.Basis(ctx, source)
		if err != nil {
			return err
		}
		list, err := r.Consents(ctx, source, store.Page{})
		a = consent.May(basis, list, use, consent.Today(c.Now()))
		return err
	})
	return a, err
}

// soonDays is how many days before its end a consent is said to expire soon.
const soonDays = 90

// ConsentSeen is a consent as a list shows it.
type ConsentSeen struct {
	consent.Consent
	Stands string // Given, Expired or Revoked
	Soon   bool   // it is given, and ends within 90 days
}

// See is a consent as it stands now.
func See(c *store.Case, x consent.Consent) ConsentSeen {
	today := consent.Today(c.Now())
	s := ConsentSeen{Consent: x, Stands: x.State(today)}
	s.Soon = s.Stands == consent.Given && x.Until != "" && x.Until <= consent.Today(c.Now().AddDate(0, 0, soonDays))
	return s
}

// Consents are all of a case, those first that somebody has to see to: they
// expire soon or lack something.
func Consents(ctx context.Context, c *store.Case) (all []ConsentSeen, err error) {
	err = c.Read(ctx, func(r store.Reader) error {
		all, err = ConsentsIn(ctx, c, r)
		return err
	})
	return all, err
}

// ConsentsIn is Consents for what a reader may see.
func ConsentsIn(ctx context.Context, c *store.Case, r store.Reader) ([]ConsentSeen, error) {
	list, err := r.Consents(ctx, "", store.Page{})
	all := make([]ConsentSeen, len(list))
	for i, x := range list {
		all[i] = See(c, x)
	}
	slices.SortStableFunc(all, func(a, b ConsentSeen) int { return a.rank() - b.rank() })
	return all, err
}

func (s ConsentSeen) rank() int {
	switch {
	case s.Soon:
		return 0
	case s.Stands == consent.Given && len(s.Missing()) > 0:
		return 1
	case s.Stands == consent.Given:
		return 2
	}
	return 3
}
