// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"fmt"

	"recount/consent"
	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
)

// Consented is what somebody on an imported list has answered to its question for
// consent: a consent on their record, without an id.
type Consented struct {
	Record  journal.Leaf
	Consent consent.Consent
}

// ConsentsOn are the answers of an imported list, none where its mapping names no
// such question. Who answered nothing is not among them.
func (c *Clerk) ConsentsOn(ctx context.Context, exhibit string) (all []Consented, err error) {
	err = c.Case.Look(ctx, func(v View) error {
		lists, err := v.Imports(ctx, exhibit)
		if err != nil {
			return err
		}
		for _, list := range lists {
			m, err := mapping.Parse([]byte(list.Mapping))
			if err != nil {
				return fmt.Errorf("the mapping by which exhibit %s was imported: %w", exhibit, err)
			}
			if m.Consent == nil {
				continue
			}
			answers := answersOf{m: m}
			err = v.AsItStood(ctx, list.Batch, func(s register.Stood) error {
				answer, day, err := answers.in(s)
				if err != nil || answer == "" {
					return err
				}
				given := m.Consent.Given(answer, day)
				given.Consent, given.Subject = "", s.Record.String()
				all = append(all, Consented{s.Record, given})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

// answersOf reads the answers in rows as they stood.
type answersOf struct {
	m *mapping.Mapping
	r *mapping.Reader // bound to the headers of the first row
}

func (a *answersOf) in(s register.Stood) (answer, day string, err error) {
	row, err := asItStood(s.Raw, a.m, &a.r)
	if err != nil {
		return "", "", err
	}
	if len(a.m.Others) > 0 { // who was asked has answered, and not the others of whom the row speaks
		if asked, refused := a.r.Try(row); refused != nil || asked.NameFold != s.NameFold {
			return "", "", nil
		}
	}
	answer, day = a.r.Consented(row)
	return answer, day, nil
}
