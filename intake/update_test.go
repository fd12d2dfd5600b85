// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// editions are a desk with a first edition of a list, and what is needed for a second.
type editions struct {
	*desk
	m     *mapping.Mapping
	first register.Exhibit
}

func newEditions(t *testing.T, list string) *editions {
	t.Helper()
	e := &editions{desk: newDesk(t), m: parseMapping(t, tarnMapping)}
	e.first = e.preserve("first.csv", list)
	if _, err := e.clerk.Import(t.Context(), e.order(e.first, e.m)); err != nil {
		t.Fatal(err)
	}
	return e
}

// next imports a list as the edition after an exhibit.
func (e *editions) next(name, list string, after register.Exhibit, accept bool) (register.Exhibit, intake.Receipt, error) {
	e.t.Helper()
	o := e.order(register.Exhibit{}, e.m)
	o.EditionOf, o.AcceptRefused = after.Exhibit, accept
	p, r, err := e.clerk.ImportFile(e.t.Context(), e.file(name, list), intake.Delivery{Source: e.source}, o)
	return p.Exhibit, r, err
}

// stands is what stands in the case: "name, age in months from: person".
func (e *editions) stands() (all []string) {
	for _, r := range e.records() {
		all = append(all, r.Said.Name.Text()+" "+r.Said.AgeWritten.Text())
	}
	slices.Sort(all)
	return all
}

// TestUpdate: a changed row supersedes the record of the row before under the same
// person; one that stands there is not recorded again; the earlier one is still read.
func TestUpdate(t *testing.T) {
	t.Parallel()
	e := newEditions(t, tarnList)
	was := e.records()
	second := strings.Replace(tarnList, ",17,", ",18,", 1) + "004,Dov Ulm,40,0,killed,1992,Tarn,NA\n"
	x, r, err := e.next("second.csv", second, e.first, false)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 4 || r.Records != 2 || r.Refused != 0 || r.Edition == nil || r.Edition.Same != 2 || r.Edition.Changed != 1 || r.Edition.Gone != 0 {
		t.Errorf("the receipt: %+v, %+v", r, r.Edition)
	}
	if diff := cmp.Diff([]string{"Ada Vell 18", "Bor Senn NA", "Ceda Vell 0.22", "Dov Ulm 40"}, e.stands()); diff != "" {
		t.Error(diff)
	}
	ada := was[slices.IndexFunc(was, func(r store.Record) bool { return strings.HasPrefix(r.Said.Name.Text(), "Ada") })]
	for _, now := range e.records() {
		if now.Said.Name.Text() == "Ada Vell" && (now.Person != ada.Person || now.Said.Supersedes != ada.Leaf || now.Said.Exhibit != x.Exhibit) {
			t.Errorf("the record stands under %s and supersedes %s, want %s and %s", now.Person, now.Said.Supersedes, ada.Person, ada.Leaf)
		}
	}
	if err := e.c.Read(t.Context(), func(rd store.Reader) error {
		said, err := rd.Edition(t.Context(), x.Exhibit)
		if said.EditionOf != e.first.Exhibit {
			t.Errorf("it is an edition of %q", said.EditionOf)
		}
		old, err2 := rd.Record(t.Context(), ada.Leaf)
		if old.Said.AgeWritten.Text() != "17" {
			t.Error("the record before cannot be read any more")
		}
		return errors.Join(err, err2)
	}); err != nil {
		t.Error(err)
	}
	if _, again, err := e.next("second.csv", second, e.first, false); err != nil || !again.Unchanged {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	e.sound(7)
}

// TestUpdateRefuses: rows of which nobody can say what they correct are refused
// one by one, nothing is written, and the rest is taken where that is asked for.
func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	keyless := "NA,Fen Dorn,30,0,killed,1992,Tarn,NA\n"
	for name, tt := range map[string]struct {
		first, second string
		why           string
		left          []string
	}{
		"somebody else": {tarnList, strings.Replace(tarnList, "Bor Senn", "Gor Dorn", 1) + "004,Dov Ulm,40,0,killed,1992,Tarn,NA\n", "somebody else in the edition before", []string{"Dov Ulm 40"}},
		"a key twice":   {tarnList, tarnList + "002,Bor Senn,30,0,missing,1992-02,Sorre,\n004,Dov Ulm,40,0,killed,1992,Tarn,NA\n", "several rows of an edition", []string{"Dov Ulm 40"}},
		"no key":        {tarnList + keyless, tarnList + strings.Replace(keyless, "30", "31", 1) + "004,Dov Ulm,40,0,killed,1992,Tarn,NA\n", "it has no key", []string{"Dov Ulm 40"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEditions(t, tt.first)
			before, stored := e.stands(), e.stored()
			_, _, err := e.next("second.csv", tt.second, e.first, false)
			var rows *intake.RowsRefused
			if !errors.As(err, &rows) || !strings.Contains(err.Error(), tt.why) || strings.Contains(err.Error(), "Dorn") {
				t.Fatalf("got %v, want refused rows: %s", err, tt.why)
			}
			if diff := cmp.Diff(before, e.stands()); diff != "" || e.stored() != stored {
				t.Errorf("something was written: %s", diff)
			}
			if _, _, err := e.next("second.csv", tt.second, e.first, true); err != nil {
				t.Fatal(err)
			}
			want := append(tt.left, before...)
			slices.Sort(want)
			if diff := cmp.Diff(want, e.stands()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUpdateOfKeyless: rows without a key that stand there already are known by
// all their cells, and new ones are new where the edition before had none.
func TestUpdateOfKeyless(t *testing.T) {
	t.Parallel()
	keyless := "NA,Fen Dorn,30,0,killed,1992,Tarn,NA\n"
	e := newEditions(t, tarnList)
	x, r, err := e.next("second.csv", tarnList+keyless, e.first, false)
	if err != nil || r.Records != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	_, r, err = e.next("third.csv", tarnList+keyless+"005,Eda Ulm,3,0,killed,1992,Tarn,NA\n", x, false)
	if err != nil || r.Records != 1 || r.Edition.Same != 4 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestUpdateOfDecided: what people have corrected, closed or erased since is not
// undone by a list, and what was left out before is not taken in.
func TestUpdateOfDecided(t *testing.T) {
	t.Parallel()
	changed := strings.Replace(tarnList, ",17,", ",18,", 1)
	t.Run("corrected", func(t *testing.T) {
		t.Parallel()
		e := newEditions(t, tarnList)
		ada := e.leafOf("Ada Vell")
		s := e.statement(e.first, `"supersedes": "`+ada.String()+`", "record": {"name": "Ada Vell", "age": "19"}, "harms": [{"code": "killed"}]`)
		if _, err := e.clerk.AddRecord(t.Context(), s, intake.Act{}); err != nil {
			t.Fatal(err)
		}
		e.refuses(changed, "corrected, closed, hidden or erased since")
	})
	t.Run("hidden", func(t *testing.T) {
		t.Parallel()
		e := newEditions(t, tarnList)
		ada := e.leafOf("Ada Vell")
		if _, err := e.c.Act(t.Context(), "mira", func(store.View) (journal.Draft, error) {
			return register.Hiding{SubjectKind: "record", Subject: ada.String()}.Draft("asked for", "duty", "internal"), nil
		}); err != nil {
			t.Fatal(err)
		}
		e.refuses(changed, "corrected, closed, hidden or erased since")
	})
}

func (e *editions) leafOf(name string) journal.Leaf {
	e.t.Helper()
	for _, r := range e.records() {
		if r.Said.Name.Text() == name {
			return r.Leaf
		}
	}
	e.t.Fatalf("%s does not stand in the case", name)
	return journal.Leaf{}
}

func (e *editions) refuses(list, why string) {
	e.t.Helper()
	if _, _, err := e.next("second.csv", list, e.first, false); !errors.Is(err, intake.ErrRefused) || !strings.Contains(err.Error(), why) {
		e.t.Errorf("got %v, want refused rows: %s", err, why)
	}
}

// TestUpdateOrder: an edition follows the newest one, of the same source, and of a
// list that was imported; whoever corrects a record meanwhile is not overruled.
func TestUpdateOrder(t *testing.T) {
	t.Parallel()
	e := newEditions(t, tarnList)
	changed := strings.Replace(tarnList, ",17,", ",18,", 1)
	if _, _, err := e.next("same.csv", strings.ReplaceAll(tarnList, "\n", "\r\n"), e.first, false); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "no row of this edition differs") {
		t.Errorf("nothing differs: %v", err)
	}
	kept := e.preserve("kept.csv", "\ufeff"+tarnList)
	if _, _, err := e.next("second.csv", changed, kept, false); !errors.Is(err, fault.Invalid) {
		t.Errorf("after a list that was not imported: %v", err)
	}
	o := e.order(e.preserve("second.csv", changed), e.m)
	o.EditionOf = e.first.Exhibit
	other := o
	other.Source = e.describeSource("Somebody else")
	if _, err := e.clerk.Import(t.Context(), other); !errors.Is(err, fault.Conflict) {
		t.Errorf("by another source: %v", err)
	}
	told := false
	o.Progress = func(p intake.Progress) {
		if told || p.Stage != "writing" {
			return
		}
		told = true
		s := e.statement(e.first, `"supersedes": "`+e.leafOf("Ada Vell").String()+`", "record": {"name": "Ada Vell", "age": "19"}, "harms": [{"code": "killed"}]`)
		if _, err := e.clerk.AddRecord(context.Background(), s, intake.Act{}); err != nil {
			t.Error(err)
		}
	}
	if _, err := e.clerk.Import(t.Context(), o); !told || !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "meanwhile") {
		t.Errorf("corrected meanwhile (%v): %v", told, err)
	}
	e = newEditions(t, tarnList)
	x, _, err := e.next("second.csv", changed, e.first, false)
	if err != nil {
		t.Fatal(err)
	}
	branch := strings.Replace(tarnList, ",17,", ",16,", 1)
	if _, _, err := e.next("branch.csv", branch, e.first, false); !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), x.Exhibit) {
		t.Errorf("a second edition after the first: %v", err)
	}
	if _, r, err := e.next("branch.csv", branch, x, false); err != nil || r.Edition.Changed != 1 {
		t.Errorf("after the newest: %+v, %v", r, err)
	}
	if diff := cmp.Diff([]string{"Ada Vell 16", "Bor Senn NA", "Ceda Vell 0.22"}, e.stands()); diff != "" {
		t.Error(diff)
	}
}
