// SPDX-License-Identifier: Apache-2.0

package web

// designPage shows every part that pages are made of, with invented people and
// places: for those who build a page, and to look at after a change of the style sheet.
type designPage struct {
	base
}

func (s *Server) design(v *visit) error {
	return s.show(v, &designPage{base: v.base("design.title")})
}
