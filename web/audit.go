// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/url"

	"recount/access"
	"recount/audit"
	"recount/store"
)

// auditPage says who looked at what, newest first. It is the auditor's.
type auditPage struct {
	base
	Looks  []auditLine
	Filter audit.Filter
	Acts   []option
	Older  string
	Newer  string

	Outside   bool // of what belongs to no case
	Elsewhere bool // the other of the two can be seen too
}

// auditLine is one event; of a search the text, where the auditor may see it.
type auditLine struct {
	store.Looked
	Did      string
	Withheld bool
}

func (s *Server) audit(v *visit) error {
	p := &auditPage{base: v.base("audit.title")}
	if v.room == nil {
		p = &auditPage{base: v.base("audit.outside.title"), Outside: true}
	}
	p.Elsewhere = p.Outside || s.May(v.who, access.Audit, access.Thing{Kind: "audit"}) == nil
	p.Filter = audit.Filter{Actor: v.text("who"), Kind: v.text("kind"), ID: v.text("id")}
	if act := v.text("act"); act != "" {
		var err error
		if p.Filter.Act, err = audit.ParseAct(act); err != nil {
			return err
		}
	}
	p.Acts = []option{{Text: p.T("audit.act.all")}}
	for _, a := range audit.Acts() {
		p.Acts = append(p.Acts, option{string(a), p.T("audit.act." + string(a)), a == p.Filter.Act})
	}
	a, err := v.journalled().Audit(v.Context())
	if err != nil {
		return err
	}
	before := v.whole("before", -1)
	all, err := a.Newest(v.Context(), p.Filter, before, perPage+1)
	if err != nil {
		return err
	}
	here := p.Query(v.URL.Path+"?"+url.Values(v.URL.Query()).Encode(), "before", "")
	if before >= 0 {
		p.Newer = here
	}
	if len(all) > perPage {
		all = all[:perPage]
		p.Older = p.Query(here, "before", fmt.Sprint(all[perPage-1].Seq))
	}
	sees := access.AuditScope(v.who)
	for _, l := range all {
		line := auditLine{Looked: l, Did: p.T("audit.act." + string(l.Act))}
		if l.Text != "" && !sees.Admits(l.Class) {
			line.Text, line.Withheld = "", true
		}
		p.Looks = append(p.Looks, line)
	}
	v.shown = len(p.Looks)
	return s.show(v, p)
}
