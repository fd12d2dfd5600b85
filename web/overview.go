// SPDX-License-Identifier: Apache-2.0

package web

// casesPage lists the cases of the archive.
type casesPage struct {
	base
	Cases []link
}

func (s *Server) cases_(v *visit) error {
	ids, err := s.Archive.Cases(v.Context())
	if err != nil {
		return err
	}
	if len(ids) == 1 {
		return v.goTo(caseLink(ids[0]))
	}
	p := &casesPage{base: v.base("nav.cases")}
	for _, id := range ids {
		p.Cases = append(p.Cases, link{Text: id, To: caseLink(id)})
	}
	return s.show(v, p)
}

// overviewPage says what is here, what is unknown and what waits.
type overviewPage struct {
	base
}

func (s *Server) overview(v *visit) error {
	return s.show(v, &overviewPage{base: v.baseNamed(v.caseTitle)})
}
