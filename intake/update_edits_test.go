// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake"
	"recount/store"
)

const formMapping = `{"format": "recount mapping/1", "row": "person", "record": {"name": "name", "age": "age"},
 "key": ["_uuid"], "was": {"columns": ["meta/deprecatedID", "meta/rootUuid"], "prefix": "uuid:"}, "identifiers": ["_uuid"]}`

const formHeader = "_uuid,meta/deprecatedID,meta/rootUuid,name,age\n"

// TestEditedAnswers: an answer to a form that was edited has another key, and says which
// one it had. Its record supersedes that of the answer as it was, edition after edition.
func TestEditedAnswers(t *testing.T) {
	t.Parallel()
	e := &editions{desk: newDesk(t), m: parseMapping(t, formMapping)}
	e.first = e.preserve("first.csv", formHeader+"u1,,uuid:u1,Ada Vell,17\nu2,,uuid:u2,Bor Senn,30\n")
	if _, err := e.clerk.Import(t.Context(), e.order(e.first, e.m)); err != nil {
		t.Fatal(err)
	}
	was := e.records()
	person := was[slices.IndexFunc(was, func(r store.Record) bool { return r.Said.Name.Text() == "Ada Vell" })].Person

	second, r, err := e.next("second.csv", formHeader+"u3,uuid:u1,uuid:u1,Ada Vell,18\nu2,,uuid:u2,Bor Senn,30\n", e.first, false)
	if err != nil || r.Edition == nil || r.Edition.Changed != 1 || r.Edition.Same != 1 || r.Edition.Gone != 0 {
		t.Fatalf("%+v, %v", r.Edition, err)
	}
	// edited twice since: the one between was never exported, and the first answer says which it is
	third, r, err := e.next("third.csv", formHeader+"u5,uuid:uuid:u4,uuid:u1,Ada Vell,19\nu2,,uuid:u2,Bor Senn,30\n", second, false)
	if err != nil || r.Edition.Changed != 1 || r.Edition.Same != 1 || r.Edition.Gone != 0 {
		t.Fatalf("%+v, %v", r.Edition, err)
	}
	if diff := cmp.Diff([]string{"Ada Vell 19", "Bor Senn 30"}, e.stands()); diff != "" {
		t.Error(diff)
	}
	for _, now := range e.records() {
		if now.Said.Name.Text() == "Ada Vell" && now.Person != person {
			t.Errorf("it stands under %s, want %s", now.Person, person)
		}
	}
	// two answers say that they were one: nobody can say which, and neither is taken
	_, _, err = e.next("fourth.csv", formHeader+"u6,uuid:u5,uuid:u1,Ada Vell,20\nu7,uuid:u5,uuid:u1,Ada Vell,21\nu2,,uuid:u2,Bor Senn,30\n", third, false)
	var rows *intake.RowsRefused
	if !errors.As(err, &rows) || !strings.Contains(err.Error(), "the key that it says it had before is not one row's alone") || strings.Contains(err.Error(), "Ada") {
		t.Errorf("got %v", err)
	}
	// and one of which the list has both versions: the newer one is taken
	_, r, err = e.next("fifth.csv", formHeader+"u5,uuid:u4,uuid:u1,Ada Vell,19\nu8,uuid:u5,uuid:u1,Ada Vell,22\nu2,,uuid:u2,Bor Senn,30\n", third, true)
	if err != nil || r.Refused != 1 || r.Edition.Changed != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if diff := cmp.Diff([]string{"Ada Vell 22", "Bor Senn 30"}, e.stands()); diff != "" {
		t.Error(diff)
	}
	if err := e.c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
