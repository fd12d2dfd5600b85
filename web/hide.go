// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// hidePage asks anew why something is to be taken out of everybody's sight, where
// the form on its own page was not taken.
type hidePage struct {
	base
	Subject link
	Link    string // unused here: the form of the first start carries one
	Form    form
}

func (s *Server) hidePage(v *visit) (*hidePage, error) {
	kind, subject, named, err := v.aboutThing(register.HiddenKinds())
	if err != nil {
		return nil, err
	}
	p := &hidePage{base: v.base("hide.title"), Subject: named}
	p.Form = v.formAlone(v.link("hide"), "hide.button", group{Fields: []field{
		field{Name: "subject_kind", Kind: "hidden"}.with(kind), field{Name: "subject", Kind: "hidden"}.with(subject),
	}})
	return p, nil
}

// hide takes something out of everybody's sight, at once. Its page is gone for
// the visitor as well, who is led to the list of what is hidden.
func (s *Server) hide(v *visit) error {
	p, err := s.hidePage(v)
	if err != nil {
		return err
	}
	if v.text("reason") == "" {
		err = fmt.Errorf("%w: reason: nothing is said; accepted is why it has to be hidden, in words that name nobody", fault.Invalid)
	} else {
		_, err = v.desk().Hide(v.Context(), register.Hiding{SubjectKind: v.text("subject_kind"), Subject: v.text("subject")}, v.why())
	}
	if err == nil {
		return v.goTo(v.link("hidden") + "?done=hidden")
	}
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}

// hiddenPage lists what is out of sight, by ids alone.
type hiddenPage struct {
	base
	Things []hiddenLine
}

// hiddenLine is something hidden: by whom and why, and nothing of what it says.
type hiddenLine struct {
	store.Hidden
	Kind    string // in words
	By      store.EntryLine
	Showing string // the open decision to bring it back, "" none
}

// Short is enough of its id to tell it from others.
func (h hiddenLine) Short() string {
	if h.SubjectKind == "record" {
		return cutTo(h.Hidden.Subject, 12) + "…"
	}
	return h.Hidden.Subject
}

// Erasable reports whether an erasure can be aimed at it.
func (h hiddenLine) Erasable() bool { return h.SubjectKind == "person" || h.SubjectKind == "record" }

// hiddenThings are those of which the visitor may know that they were hidden: by
// the entry that says so, which is as closed as the thing was.
func (v *visit) hiddenThings(ctx context.Context, r store.Reader) (lines []hiddenLine, err error) {
	all, err := r.Hidden(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		by, err := r.Entry(ctx, h.Seq)
		if errors.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		line := hiddenLine{Hidden: h, Kind: v.code("held", h.SubjectKind), By: by}
		if line.Showing, err = r.Waiting(ctx, "show", h.Subject); err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (s *Server) hidden(v *visit) error {
	p := &hiddenPage{base: v.base("hidden.title")}
	gone, err := v.gone(func(ctx context.Context, r store.Reader) (all [][2]string, err error) {
		hidden, err := r.Hidden(ctx)
		for _, h := range hidden {
			all = append(all, [2]string{h.SubjectKind, h.Subject})
		}
		return all, err
	})
	if err != nil {
		return err
	}
	err = v.read(func(ctx context.Context, r store.Reader) (err error) {
		p.Things, err = v.hiddenThings(ctx, r)
		p.Things = slices.DeleteFunc(p.Things, func(h hiddenLine) bool { return gone[h.Hidden.Subject] })
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// bringBack proposes that what an entry has hidden is shown again. It is named by
// that entry: the thing itself is there for nobody.
func (s *Server) bringBack(v *visit) error {
	var found hiddenLine
	err := v.read(func(ctx context.Context, r store.Reader) error {
		all, err := v.hiddenThings(ctx, r)
		at := slices.IndexFunc(all, func(h hiddenLine) bool { return strconv.FormatInt(h.Seq, 10) == v.PathValue("hiding") })
		if err == nil && at < 0 {
			err = fmt.Errorf("%w: nothing is hidden by that entry", fault.NotFound)
		} else if err == nil {
			found = all[at]
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := v.notWaiting("show", found.Hidden.Subject); err != nil {
		return err
	}
	if _, err := v.desk().ProposeShowing(v.Context(), found.SubjectKind, found.Hidden.Subject, v.why()); err != nil {
		return err
	}
	return v.goTo(v.link("decisions") + "?done=proposed")
}
