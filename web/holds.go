// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"recount/casework"
	"recount/fault"
	"recount/register"
	"recount/store"
)

// holdsPage lists the legal holds that are not lifted, on what the visitor may see.
type holdsPage struct {
	base
	Holds []heldLine
}

// heldLine is a legal hold, as it is told.
type heldLine struct {
	register.Hold
	On      link
	Placed  store.EntryLine
	Over    bool   // the last day is past
	Lifting string // the open decision to lift it, "" none
}

// Since is the day on which it was placed.
func (h heldLine) Since() string { return h.Placed.Time.UTC().Format(time.DateOnly) }

func (s *Server) holds(v *visit) error {
	p := &holdsPage{base: v.base("holds.title")}
	gone, err := v.gone(func(ctx context.Context, r store.Reader) (all [][2]string, err error) {
		holds, err := r.Holds(ctx)
		for _, h := range holds {
			all = append(all, [2]string{h.SubjectKind, h.Subject})
		}
		return all, err
	})
	if err != nil {
		return err
	}
	err = v.read(func(ctx context.Context, r store.Reader) error {
		all, err := r.Holds(ctx)
		if err != nil {
			return err
		}
		hidden, err := v.hiddenThings(ctx, r)
		if err != nil {
			return err
		}
		for _, h := range all {
			err := casework.IsThere(ctx, r, h.SubjectKind, h.Subject)
			out := slices.ContainsFunc(hidden, func(x hiddenLine) bool { return x.SubjectKind == h.SubjectKind && x.Hidden.Subject == h.Subject })
			if errors.Is(err, fault.NotFound) && !out && !gone[h.Subject] {
				continue // on what is not the visitor's to see
			}
			if err != nil && !errors.Is(err, fault.NotFound) {
				return err
			}
			line, err := v.heldLine(ctx, r, h)
			if err != nil {
				return err
			}
			if gone[h.Subject] || out {
				line.On.To = ""
			}
			p.Holds = append(p.Holds, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// gone are those of some things, by kind and id, that are there for nobody any
// more: erased since.
func (v *visit) gone(things func(context.Context, store.Reader) ([][2]string, error)) (gone map[string]bool, err error) {
	gone = map[string]bool{}
	return gone, v.readWhole(func(ctx context.Context, r store.Reader) error {
		all, err := things(ctx, r)
		for _, x := range all {
			switch err := casework.IsThere(ctx, r, x[0], x[1]); {
			case errors.Is(err, fault.NotFound):
				gone[x[1]] = true
			case err != nil:
				return err
			}
		}
		return err
	})
}

func (v *visit) heldLine(ctx context.Context, r store.Reader, h register.Hold) (heldLine, error) {
	line := heldLine{Hold: h, Over: !h.InForce(v.s.Now().UTC().Format(time.DateOnly))}
	var err error
	if line.On, err = v.aboutLink(ctx, r, h.SubjectKind, h.Subject); err != nil {
		return line, err
	}
	history, err := r.History(ctx, h.Hold)
	if err != nil {
		return line, err
	}
	if len(history) > 0 {
		line.Placed = history[0]
	}
	line.Lifting, err = r.Waiting(ctx, "lift-hold", h.Hold)
	return line, err
}

// holdFormPage is the form of a new hold.
type holdFormPage struct {
	base
	On   link
	Link string // unused here: the form of the first start carries one
	Form form
}

// aboutThing is what a form is about: of one of these kinds, and there for the visitor.
func (v *visit) aboutThing(kinds []register.Code) (kind, subject string, named link, err error) {
	kind, subject = v.text("subject_kind"), v.text("subject")
	if !slices.ContainsFunc(kinds, func(c register.Code) bool { return c.Code == kind }) {
		return kind, subject, named, fmt.Errorf("%w: subject_kind: %.40q (accepted: a thing of which its page offers this)", fault.Invalid, kind)
	}
	err = v.read(func(ctx context.Context, r store.Reader) (err error) {
		if err = casework.IsThere(ctx, r, kind, subject); err == nil {
			named, err = v.aboutLink(ctx, r, kind, subject)
		}
		return err
	})
	return kind, subject, named, err
}

func (s *Server) holdForm(v *visit) (*holdFormPage, error) {
	kind, subject, on, err := v.aboutThing(register.HeldKinds())
	if err != nil {
		return nil, err
	}
	p := &holdFormPage{base: v.base("holds.new"), On: on}
	p.Form = v.formAlone(v.link("holds"), "holds.button", group{Fields: []field{
		field{Name: "subject_kind", Kind: "hidden"}.with(kind), field{Name: "subject", Kind: "hidden"}.with(subject),
		{Name: "ground", Label: v.words.T("holds.ground"), Hint: v.words.T("holds.ground.hint"), Required: true},
		{Name: "until", Label: v.words.T("holds.until"), Hint: v.words.T("holds.until.hint")},
	}})
	return p, nil
}

func (s *Server) newHold(v *visit) error {
	p, err := s.holdForm(v)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (s *Server) placeHold(v *visit) error {
	p, err := s.holdForm(v)
	if err != nil {
		return err
	}
	x := register.Hold{SubjectKind: v.text("subject_kind"), Subject: v.text("subject"), Ground: v.text("ground"), Until: v.text("until")}
	if _, err = v.desk().PlaceHold(v.Context(), x, v.why()); err == nil {
		return v.goTo(v.link("holds") + "?done=held")
	}
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}

// liftHold proposes it: lifting takes two.
func (s *Server) liftHold(v *visit) error {
	id := v.PathValue("hold")
	// Nobody waits for a second person twice.
	if err := v.notWaiting("lift-hold", id); err != nil {
		return err
	}
	if _, err := v.desk().ProposeLifting(v.Context(), id, v.why()); err != nil {
		return err
	}
	return v.goTo(v.link("decisions") + "?done=proposed")
}

// notWaiting refuses to propose what is proposed already, as far as the visitor
// may know of it.
func (v *visit) notWaiting(act, subject string) error {
	return v.read(func(ctx context.Context, r store.Reader) error {
		already, err := r.Waiting(ctx, act, subject)
		if err == nil && already != "" {
			err = fmt.Errorf("%w: it is proposed already, as %s, and waits for a second person", fault.Conflict, already)
		}
		return err
	})
}
