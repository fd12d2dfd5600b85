// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"

	"recount/casework"
)

// deskFor is the desk of a form that changes a thing: the act is refused where
// the thing does not stand by the entry that the form was made from.
func (v *visit) deskFor(id string) casework.Desk {
	d := v.desk()
	if id != "" { // a form that does not say what it was made from is out of date
		d.Expect = map[string]int64{id: v.baseSeq()}
	}
	return d
}

// ifStale shows what somebody else has done meanwhile, where that is why an
// act was refused: before and now give the thing's fields by the names of the
// form's, as they were at the form's entry and as they are.
func (s *Server) ifStale(v *visit, err error, f form, at func(size int64) (map[string]string, error)) (handled bool, _ error) {
	var stale *casework.Stale
	if !errors.As(err, &stale) {
		return false, nil
	}
	before, err := at(f.Base + 1)
	if err != nil {
		return true, err
	}
	now, err := at(stale.Newest.Seq + 1)
	if err != nil {
		return true, err
	}
	var fields []staleField
	for _, g := range f.Groups {
		for _, x := range g.Fields {
			if before[x.Name] != now[x.Name] || x.Value != now[x.Name] {
				fields = append(fields, staleField{x.Label, before[x.Name], now[x.Name], x.Value})
			}
		}
	}
	return true, s.stale(v, stale.Newest, fields)
}
