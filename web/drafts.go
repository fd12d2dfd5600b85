// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"fmt"
	"time"

	"recount/fault"
	"recount/store"
)

// draftsPage lists what the visitor began and did not send.
type draftsPage struct {
	base
	Drafts []draftLine
}

// draftLine is a draft: where its form is, and when it was last typed in.
type draftLine struct {
	Form, About, To string
	Changed         time.Time
}

func (s *Server) drafts(v *visit) error {
	all, err := v.room.Drafts(v.Context(), v.who.ID)
	if err != nil {
		return err
	}
	p := &draftsPage{base: v.base("drafts.title")}
	for _, d := range all {
		p.Drafts = append(p.Drafts, draftLine{d.Form, d.About, first(d.Fields["_at"]), d.Changed})
	}
	return s.show(v, p)
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return local(values[0])
}

// keepDraft keeps what is being typed; drafts.js sends the whole form each time.
// The answer says when it was kept, so that the page can say so.
func (s *Server) keepDraft(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return fmt.Errorf("%w: the draft could not be read: %w", fault.Invalid, err)
	}
	d := store.Draft{Account: v.who.ID, Form: v.text("_form"), About: v.text("_about"), Base: v.baseSeq(), Fields: v.PostForm}
	if !v.words.Has("draft.form." + d.Form) {
		return fmt.Errorf("%w: there is no form of the name %.40q", fault.Invalid, d.Form)
	}
	if err := v.room.KeepDraft(v.Context(), d); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(v.w).Encode(map[string]string{"kept": s.Now().UTC().Format(time.RFC3339)}); err != nil {
		return errDone // the reader went away
	}
	return nil
}

func (s *Server) dropDraft(v *visit) error {
	if err := v.room.DropDraft(v.Context(), v.who.ID, v.text("_form"), v.text("_about")); err != nil {
		return err
	}
	return v.goTo(local(v.text("after")))
}
