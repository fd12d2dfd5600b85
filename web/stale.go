// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"strconv"

	"recount/store"
)

// stalePage stands where two people changed one thing: what the visitor had
// before him, how it stands now, and what he typed, field by field. Nothing of
// his was written and nothing is lost: the form beneath holds all of it.
type stalePage struct {
	base
	By     store.EntryLine
	Fields []staleField
	Send   string // where the form goes
	Typed  []typed
}

// staleField is one field that differs somewhere.
type staleField struct{ Name, Before, Now, Yours string }

// baseSeq is the entry that the form was made from, -1 where the form is of a new thing.
func (v *visit) baseSeq() int64 {
	n, err := strconv.ParseInt(v.text("base_seq"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// stale answers a form that was made from an entry that is not the newest any
// more. Sent again, the form is made from the newest.
func (s *Server) stale(v *visit, newest store.EntryLine, fields []staleField) error {
	p := &stalePage{base: v.base("stale.title"), By: newest, Fields: fields, Send: v.URL.Path}
	for _, t := range v.typed() {
		if t.Name == "base_seq" {
			t.Value = strconv.FormatInt(newest.Seq, 10)
		}
		p.Typed = append(p.Typed, t)
	}
	v.status = http.StatusConflict
	return s.show(v, p)
}
