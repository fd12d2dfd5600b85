// SPDX-License-Identifier: Apache-2.0

package web

import "context"

// newCasePage is the form that opens a further case.
type newCasePage struct {
	base
	Link string // unused here: the form of the first start carries one
	Form form
}

func (s *Server) newCase(v *visit) error {
	return s.show(v, &newCasePage{base: v.base("cases.new"), Form: v.formAlone("/cases", "cases.button", openingFields(v, false)...)})
}

// openCase opens a further case, with a journal and keys of its own, in the name of the visitor.
func (s *Server) openCase(v *visit) error {
	o := v.opening()
	o.PublicName, o.Actor = "", v.who.Name
	p := &newCasePage{base: v.base("cases.new"), Form: v.formAlone("/cases", "cases.button", openingFields(v, false)...)}
	if p.Form.wrongOpening(v, o) {
		return s.show(v, p)
	}
	if _, err := s.Archive.NewCase(context.WithoutCancel(v.Context()), o); err != nil {
		if p.Form.refuse(v, err) {
			return s.show(v, p)
		}
		return err
	}
	return v.goTo(caseLink(o.CaseID) + "?done=case")
}
