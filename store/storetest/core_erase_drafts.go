// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"strings"

	"github.com/google/go-cmp/cmp"

	"recount/journal"
	"recount/store"
)

// typed keeps drafts of two accounts: by form, those that speak of the witness
// in one way each, and those that do not.
func (g *ground) typed(record journal.Leaf) {
	g.t.Helper()
	person := g.personOf(record)
	given, family, _ := strings.Cut(secret, " ")
	for form, d := range map[string]store.Draft{
		"gone-name":  {Fields: map[string][]string{"note": {"", "Called: " + strings.ToUpper(secret) + "'s brother"}}},
		"gone-parts": {Fields: map[string][]string{"family": {family}, "given": {given}, "note": {"seen at the mill"}}},
		"gone-about": {About: person, Fields: map[string][]string{"reason": {"the same one"}}},
		"gone-leaf":  {Fields: map[string][]string{"record": {record.String()}}},
		"gone-id":    {Fields: map[string][]string{"other": {"see " + person + "."}}},
		"stay-other": {Fields: map[string][]string{"name": {"Tomas Vell"}}},
		"stay-word":  {Fields: map[string][]string{"note": {given[:4] + " came, and the mill burnt"}}},
	} {
		d.Account, d.Form, d.Base = "a-1", form, -1
		if form == "gone-name" {
			d.Account = "a-2"
		}
		if err := g.c.KeepDraft(g.ctx, d); err != nil {
			g.t.Fatal(err)
		}
	}
	var found []string
	err := g.c.Read(g.ctx, func(r store.Reader) error {
		drafts, err := r.DraftsOn(g.ctx, []journal.Leaf{record})
		for _, d := range drafts {
			found = append(found, d.Account+" "+d.Form)
		}
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a-1 gone-about", "a-1 gone-id", "a-1 gone-leaf", "a-1 gone-parts", "a-2 gone-name"}, found); diff != "" {
		g.t.Errorf("drafts that speak of the witness (-want +got):\n%s", diff)
	}
}

func (g *ground) personOf(record journal.Leaf) (person string) {
	g.t.Helper()
	err := g.c.Read(g.ctx, func(r store.Reader) (err error) {
		person, err = r.PersonOf(g.ctx, record)
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return person
}

// draftsForgotten holds what must be so of the drafts after an erasure.
func (g *ground) draftsForgotten() {
	g.t.Helper()
	forms := map[string]int{}
	for _, account := range []string{"a-1", "a-2"} {
		all, err := g.c.Drafts(g.ctx, account)
		if err != nil {
			g.t.Fatal(err)
		}
		for _, d := range all {
			forms[d.Form]++
		}
	}
	if diff := cmp.Diff(map[string]int{"stay-other": 1, "stay-word": 1}, forms); diff != "" {
		g.t.Errorf("drafts after the erasure (-want +got):\n%s", diff)
	}
}
