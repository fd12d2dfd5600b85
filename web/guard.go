// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"net/url"
	"slices"

	"recount/register"
	"recount/store"
)

// guard is what a thing's page says of who may see it and whether it may go: the
// holds on it, and the ways to close it, to hide it, to hold it.
type guard struct {
	Kind, Subject string
	Holds         []heldLine // on the thing itself, or on the whole case
	Handled       bool       // it has a handling class of its own
	Erasure       string     // where its erasure is planned, "" where none can be aimed at it
	Erasing       string     // the open decision to erase it, "" none
}

// guard gathers it, of something that is there for the visitor.
func (v *visit) guard(ctx context.Context, r store.Reader, kind, subject string) (guard, error) {
	g := guard{Kind: kind, Subject: subject, Handled: slices.ContainsFunc(register.SubjectKinds(), func(c register.Code) bool { return c.Code == kind })}
	switch kind {
	case "person", "record":
		g.Erasure = v.link(kind+"s", subject, "erase")
		var err error
		if g.Erasing, err = r.Waiting(ctx, "erase", subject); err != nil {
			return g, err
		}
	}
	all, err := r.Holds(ctx)
	if err != nil {
		return g, err
	}
	for _, h := range all {
		if h.SubjectKind != "case" && (h.SubjectKind != kind || h.Subject != subject) {
			continue
		}
		line, err := v.heldLine(ctx, r, h)
		if err != nil {
			return g, err
		}
		if !line.Over {
			g.Holds = append(g.Holds, line)
		}
	}
	return g, nil
}

// About is the address of a form about the thing: {{.Guard.About (.To "holds" "new")}}.
func (g guard) About(address string) string {
	return address + "?" + url.Values{"subject_kind": {g.Kind}, "subject": {g.Subject}}.Encode()
}

// CanHide reports whether it can be taken out of everybody's sight.
func (g guard) CanHide() bool {
	return slices.ContainsFunc(register.HiddenKinds(), func(c register.Code) bool { return c.Code == g.Kind })
}
