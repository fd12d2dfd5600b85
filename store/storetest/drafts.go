// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"net/url"
	"strings"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/store"
)

func (l *lobby) openCase() *store.Case {
	l.Helper()
	c, err := l.a.Case(l.ctx, l.caseID)
	if err != nil {
		l.Fatal(err)
	}
	return c
}

func (l *lobby) size(c *store.Case) (size int64) {
	l.Helper()
	if err := c.Read(l.ctx, func(r store.Reader) error { size = r.Size(); return nil }); err != nil {
		l.Fatal(err)
	}
	return size
}

func drafts(l *lobby) {
	c := l.openCase()
	size := l.size(c)
	defer func() {
		if now := l.size(c); now != size {
			l.Errorf("the journal has %d entries after drafts, and had %d", now, size)
		}
	}()
	fields := map[string][]string{"name": {"Արամ", ""}, "note": {"<b>\" & more"}}
	keep := func(account, form, about string) {
		l.Helper()
		if err := c.KeepDraft(l.ctx, store.Draft{Account: account, Form: form, About: about, Fields: fields, Base: 7}); err != nil {
			l.Fatal(err)
		}
	}
	keep("a-1", "record", "")
	keep("a-1", "source", "s-1")
	keep("a-2", "record", "")
	fields["name"] = []string{"Mira"}
	l.clock.Store(10)
	keep("a-1", "record", "")
	d, err := c.Draft(l.ctx, "a-1", "record", "")
	if err != nil || d.Base != 7 || d.Changed.IsZero() {
		l.Fatalf("Draft = %+v, %v", d, err)
	}
	if diff := cmp.Diff(fields, d.Fields); diff != "" {
		l.Errorf("fields (-want +got):\n%s", diff)
	}
	all, err := c.Drafts(l.ctx, "a-1")
	if err != nil || len(all) != 2 || all[0].Form != "record" {
		l.Errorf("Drafts = %+v, %v, want record, then source", all, err)
	}
	if err := c.DropDraft(l.ctx, "a-1", "record", ""); err != nil {
		l.Fatal(err)
	}
	_, err = c.Draft(l.ctx, "a-1", "record", "")
	l.want(err, fault.NotFound, "a draft that was dropped")
	if _, err := c.Draft(l.ctx, "a-2", "record", ""); err != nil {
		l.Errorf("somebody else's draft went too: %v", err)
	}
	huge := url.Values{"note": {strings.Repeat("x", 1<<20)}}
	l.want(c.KeepDraft(l.ctx, store.Draft{Account: "a-1", Form: "record", Fields: huge}), fault.Invalid, "a draft of more than a MiB")
	full := url.Values{"note": {strings.Repeat("<", 1<<20-len(`{"note":[""]}`))}} // 1 MiB of JSON exactly
	if err := c.KeepDraft(l.ctx, store.Draft{Account: "a-1", Form: "record", Fields: full}); err != nil {
		l.Errorf("a draft of a MiB: %v", err)
	}
	for _, odd := range []store.Draft{{Account: "a-1"}, {Account: "a-1", Form: "x\x00"}, {Account: "a-1", Form: "x", About: strings.Repeat("x", 201)}, {Account: "a-1", Form: "x", Base: -2}} {
		l.want(c.KeepDraft(l.ctx, odd), fault.Invalid, "a draft that nobody could find")
	}
	if err := c.KeepDraft(l.ctx, store.Draft{Account: "a-1", Form: "record", Fields: map[string][]string{"note": {"\x00 and \xff"}}}); err != nil {
		l.Errorf("a draft of odd characters: %v", err)
	}
	l.want(c.KeepDraft(l.ctx, store.Draft{Form: "record"}), fault.Invalid, "a draft of nobody")
}

func draftsStay(l *lobby) {
	c := l.openCase()
	if err := c.KeepDraft(l.ctx, store.Draft{Account: "a-1", Form: "record", Fields: map[string][]string{"name": {"Mira"}}}); err != nil {
		l.Fatal(err)
	}
	if err := c.Rebuild(l.ctx, nil); err != nil {
		l.Fatal(err)
	}
	if d, err := c.Draft(l.ctx, "a-1", "record", ""); err != nil || d.Fields["name"][0] != "Mira" {
		l.Errorf("Draft = %+v, %v after a rebuild", d, err)
	}
}
