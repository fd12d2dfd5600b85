// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"net/http"

	"recount/casework"
	"recount/linkage"
)

// linkPage runs the rules that say which records are one person.
type linkPage struct {
	base
	Rules   string
	Problem string
	Result  *linkedResult
}

// linkedResult is what a run did, or would do.
type linkedResult struct {
	casework.Linked
	Dry   bool
	Rules string
}

func (s *Server) linkForm(v *visit) error {
	return s.show(v, &linkPage{base: v.base("link.title"), Rules: string(linkage.DefaultRules().JSON())})
}

// link runs the rules as a job, dry or for good.
func (s *Server) link(v *visit) error {
	text := v.text("rules")
	rules, err := linkage.ParseRules([]byte(text))
	if err != nil {
		p := &linkPage{base: v.base("link.title"), Rules: text, Problem: err.Error()}
		v.status = http.StatusUnprocessableEntity
		return s.show(v, p)
	}
	desk, why, dry := v.desk(), v.why(), v.text("step") == "try"
	id, err := s.jobs.start(v, "link", func(ctx context.Context, tell func(string, int64, int64)) (any, error) {
		linked, err := desk.Link(ctx, rules, why, dry, func(done, all int64) { tell("writing", done, all) })
		return linkedResult{linked, dry, text}, err
	})
	if err != nil {
		return err
	}
	return v.goTo(v.link("jobs", id))
}

func (s *Server) showLinked(v *visit, r linkedResult) error {
	return s.show(v, &linkPage{base: v.base("link.title"), Rules: r.Rules, Result: &r})
}
