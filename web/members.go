// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"slices"
	"strings"

	"recount/access"
	"recount/register"
	"recount/store"
)

// membersPage says who is in the case, what they do in it, and in which of the
// visitor's compartments they are.
type membersPage struct {
	base
	Members      []memberLine
	Compartments []compartmentLine
	Fields       []fieldLine
	Link         string // unused here: the form of the first start carries one
	Form         form
}

// compartmentLine is a compartment, and how many are in it.
type compartmentLine struct {
	register.Compartment
	Many int64
}

// memberLine is a member: what they do, as it stands.
type memberLine struct {
	register.Seated
	Over bool // the last day is past
}

func (s *Server) membersPage(v *visit) (*membersPage, error) {
	p := &membersPage{base: v.base("members.title")}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		seats, err := r.Seats(ctx)
		if err != nil {
			return err
		}
		for _, seat := range seats {
			if len(seat.Roles) > 0 {
				p.Members = append(p.Members, memberLine{seat, seat.Until != "" && seat.Until < s.Now().UTC().Format("2006-01-02")})
			}
		}
		if p.Fields, err = v.fieldLines(ctx, r); err != nil {
			return err
		}
		in, err := r.Compartments(ctx)
		for _, k := range in {
			p.Compartments = append(p.Compartments, compartmentLine{k, int64(len(k.Members))})
		}
		return err
	})
	fields := []field{{Name: "name", Label: v.words.T("members.name"), Hint: v.words.T("members.name.hint"), Required: true}}
	for _, role := range access.CaseRoles() {
		fields = append(fields, field{Name: "role-" + string(role), Label: v.words.T("role."+string(role)) + ": " + v.words.T("role-does."+string(role)), Kind: "check"})
	}
	fields = append(fields, field{Name: "until", Label: v.words.T("members.until"), Hint: v.words.T("members.until.hint")})
	p.Form = v.formAlone(v.link("members"), "members.button", group{Title: v.words.T("members.form"), Fields: fields})
	return p, err
}

func (s *Server) members(v *visit) error {
	p, err := s.membersPage(v)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// seatMember says what somebody does in the case from now on.
func (s *Server) seatMember(v *visit) error {
	x := register.Seated{Name: v.text("name"), Until: v.text("until")}
	for _, role := range access.CaseRoles() {
		if v.text("role-"+string(role)) != "" {
			x.Roles = append(x.Roles, string(role))
		}
	}
	_, err := v.desk().Seat(v.Context(), x, v.why())
	if err == nil {
		return v.goTo(v.link("members") + "?done=seated")
	}
	p, pageErr := s.membersPage(v)
	if pageErr != nil {
		return pageErr
	}
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}

// compartmentPage is the form of a compartment, new or described anew.
type compartmentPage struct {
	base
	Compartment register.Compartment
	Members     []string // by name as it is written, where it is known
	Link        string   // unused here: the form of the first start carries one
	Form        form
}

func (v *visit) compartmentForm(x register.Compartment, members []string) form {
	action := v.link("compartments")
	if x.Compartment != "" {
		action = v.link("compartments", x.Compartment)
	}
	return v.formAlone(action, "compartments.button", group{Fields: []field{
		field{Name: "name", Label: v.words.T("compartments.name"), Hint: v.words.T("compartments.name.hint"), Required: true}.with(x.Name),
		field{Name: "members", Label: v.words.T("compartments.members"), Hint: v.words.T("compartments.members.hint"), Kind: "long"}.with(strings.Join(members, "\n")),
		field{Name: "note", Label: v.words.T("compartments.note"), Kind: "long"}.with(x.Note),
	}})
}

func (s *Server) newCompartment(v *visit) error {
	p := &compartmentPage{base: v.base("compartments.new")}
	p.Form = v.compartmentForm(p.Compartment, []string{v.who.Name})
	return s.show(v, p)
}

// compartment is one of those that the visitor is a member of; others are not there.
func (s *Server) compartment(v *visit) error {
	p := &compartmentPage{}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if p.Compartment, err = r.Compartment(ctx, v.PathValue("compartment")); err != nil {
			return err
		}
		p.Members, err = written(ctx, r, p.Compartment.Members)
		return err
	})
	if err != nil {
		return err
	}
	p.base = v.baseNamed(p.Compartment.Name)
	p.Form = v.compartmentForm(p.Compartment, p.Members)
	return s.show(v, p)
}

// written are members as their names are written.
func written(ctx context.Context, r store.Reader, members []string) ([]string, error) {
	seats, err := r.Seats(ctx)
	all := slices.Clone(members)
	for i, m := range all {
		for _, seat := range seats {
			if seat.Member == m {
				all[i] = seat.Name
			}
		}
	}
	return all, err
}

func (s *Server) describeCompartment(v *visit) error {
	x := register.Compartment{Compartment: v.PathValue("compartment"), Name: v.text("name"), Note: v.text("note")}
	for line := range strings.SplitSeq(v.text("members"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			x.Members = append(x.Members, line)
		}
	}
	done, err := v.desk().DescribeCompartment(v.Context(), x, v.why())
	if err == nil {
		if slices.Contains(x.Members, register.MemberOf(v.who.Name)) || x.Compartment == "" {
			return v.goTo(v.link("compartments", done.ID) + "?done=compartment")
		}
		return v.goTo(v.link("members") + "?done=compartment") // out of it by their own hand
	}
	p := &compartmentPage{base: v.base("compartments.new"), Compartment: x}
	p.Form = v.compartmentForm(x, x.Members)
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}

// handlings are what a thing can be given, in the visitor's language: the
// classes, and those in the compartments that they are a member of.
func (v *visit) handlings(names map[string]string, sealed bool) []option {
	b := base{Language: v.words, compartments: names}
	var all []option
	for _, c := range register.HandlingCodes() {
		if c.Code != "sealed" { // in no compartment nobody would see it
			all = append(all, option{Value: c.Code, Text: b.Code("handling", c.Code, c.Label)})
		}
	}
	for _, k := range v.who.Seat.Compartments {
		for _, class := range []string{"confidential", "restricted", "sealed"} {
			if class != "sealed" || sealed {
				text := register.InCompartment(class, k)
				all = append(all, option{Value: text, Text: b.Code("handling", text, "")})
			}
		}
	}
	return all
}

// compartmentNames are those of the visitor's compartments by id; nothing is
// asked where there are none.
func (v *visit) compartmentNames() map[string]string {
	names := map[string]string{}
	if v.room == nil || len(v.who.Seat.Compartments) == 0 {
		return names
	}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		names, err = r.CompartmentNames(ctx)
		return err
	})
	if err != nil {
		v.s.Log.Warn("compartments are shown by their ids", "error", err.Error())
		return map[string]string{}
	}
	return names
}
