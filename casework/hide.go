// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// Hide takes a thing out of everybody's sight, at once and by one person. It
// changes no figure and destroys nothing. fault.Conflict where it is hidden.
func (d Desk) Hide(ctx context.Context, x register.Hiding, why Why) (Done, error) {
	err := d.Case.Read(ctx, func(r store.Reader) (err error) {
		if err = IsThere(ctx, r, x.SubjectKind, x.Subject); err == nil {
			why, err = mostClosed(ctx, r, x.SubjectKind, x.Subject, why)
		}
		return err
	})
	if err != nil {
		return Done{}, err
	}
	return d.record(ctx, x.Subject, x, why, func(v store.View) error {
		if err := IsThere(ctx, v, x.SubjectKind, x.Subject); err != nil {
			return err
		}
		if hidden, err := isHidden(ctx, v, x.SubjectKind, x.Subject); err != nil || hidden {
			if err == nil {
				err = fmt.Errorf("%w: %s %s is hidden already", fault.Conflict, x.SubjectKind, x.Subject)
			}
			return err
		}
		return nil
	})
}

func isHidden(ctx context.Context, v store.View, kind, subject string) (bool, error) {
	all, err := v.Hidden(ctx)
	return slices.ContainsFunc(all, func(h store.Hidden) bool { return h.SubjectKind == kind && h.Subject == subject }), err
}

// mostClosed is the most closed handling of what a thing was described with, so
// that what is said about it opens nothing of it. Its own class goes where it is
// more open.
func mostClosed(ctx context.Context, v store.View, kind, subject string, why Why) (Why, error) {
	note := func(handling string) {
		handling = strings.TrimPrefix(handling, register.HiddenAs(""))
		if rankOf(handling) > rankOf(why.Handling) {
			why.Handling = handling
		}
	}
	switch kind {
	case "source", "exhibit", "dossier":
		history, err := v.History(ctx, subject)
		for _, l := range history {
			note(l.Handling)
		}
		return why, err
	case "record":
		leaf, err := journal.ParseLeaf(subject)
		if err != nil {
			return why, err
		}
		rec, err := v.Record(ctx, leaf)
		note(rec.Said.Handling)
		return why, err
	case "person":
		p, err := v.Person(ctx, subject)
		for _, rec := range p.Records {
			note(rec.Said.Handling)
		}
		return why, err
	}
	return why, nil
}

// rankOf is the place of a handling text's class, from the most open.
func rankOf(handling string) int {
	class, _, _ := strings.Cut(handling, "/")
	return slices.IndexFunc(register.HandlingCodes(), func(c register.Code) bool { return c.Code == class })
}
