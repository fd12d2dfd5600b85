// SPDX-License-Identifier: Apache-2.0

package register

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/journal"
)

// form is one type of this package: its kind, and the way out and back.
type form struct {
	kind  string
	fresh func() any // pointer to a zero value
	slots func(any) []slot
	back  func(t *testing.T, x any) (any, error) // out and back again, a value
}

func entryForm[T any](kind string, slots func(*T) []slot, out func(T) journal.Draft, in func(journal.Entry) (T, error)) form {
	return form{
		kind:  kind,
		fresh: func() any { return new(T) },
		slots: func(x any) []slot { return slots(x.(*T)) },
		back: func(t *testing.T, x any) (any, error) {
			d := out(*x.(*T))
			k, values, err := d.Values(7, time.Date(2031, 4, 5, 6, 7, 8, 0, time.UTC), "registrar")
			if err != nil {
				t.Fatalf("%s: the journal refuses the draft: %v", kind, err)
			}
			return in(journal.Entry{Header: journal.Header{Seq: 7}, Kind: k, Values: values})
		},
	}
}

func rowForm[T any](kind string, slots func(*T) []slot, out func(T) []journal.Value, in func([]journal.Value) (T, error)) form {
	return form{
		kind:  kind,
		fresh: func() any { return new(T) },
		slots: func(x any) []slot { return slots(x.(*T)) },
		back:  func(_ *testing.T, x any) (any, error) { return in(out(*x.(*T))) },
	}
}

func act[T interface {
	Draft(reason, basis, handling string) journal.Draft
}](x T) journal.Draft {
	return x.Draft("because", "duty", "internal")
}

func forms() []form {
	return []form{
		entryForm(kindCase, (*CaseOpened).slots, act, CaseOpenedFrom),
		entryForm(kindSource, (*Source).slots, act, SourceFrom),
		entryForm(kindExhibit, (*Exhibit).slots, act, ExhibitFrom),
		entryForm(kindCitation, (*Citation).slots, act, CitationFrom),
		entryForm(kindIncident, (*Incident).slots, act, IncidentFrom),
		entryForm(kindImport, (*Import).slots, act, ImportFrom),
		entryForm(kindAddition, (*Addition).slots, act, AdditionFrom),
		entryForm(kindErasure, (*Erasure).slots, act, ErasureFrom),
		entryForm(kindErasureProposed, (*Erasure).proposed, act, ErasureFrom),
		entryForm(kindOpener, (*IdentityOpener).slots, act, IdentityOpenerFrom),
		entryForm(kindProtected, (*ProtectedIdentity).slots, act, ProtectedIdentityFrom),
		entryForm(kindOpened, (*OpenedIdentity).slots, act, OpenedIdentityFrom),
		entryForm(kindPseudonym, (*GivenPseudonym).slots, act, GivenPseudonymFrom),
		entryForm(kindEdition, (*Edition).slots, act, EditionFrom),
		entryForm(kindOwnField, (*OwnField).slots, act, OwnFieldFrom),
		entryForm(kindCodeList, (*CodeList).slots, act, CodeListFrom),
		entryForm(kindRedaction, (*Redaction).slots, act, RedactionFrom),
		entryForm(kindSeated, (*Seated).slots, act, SeatedFrom),
		entryForm(kindCompartment, (*Compartment).slots, act, CompartmentFrom),
		entryForm(kindProposed, (*Proposal).slots, act, ProposalFrom),
		entryForm(kindDropped, (*Dropped).slots, act, DroppedFrom),
		entryForm(kindReclassed, (*Reclassed).slots, act, ReclassedFrom),
		entryForm(kindHoldPlaced, (*Hold).slots, act, HoldFrom),
		entryForm(kindHoldLifted, (*LiftedHold).slots, act, LiftedHoldFrom),
		entryForm(kindHidden, (*Hiding).slots, act, HidingFrom),
		entryForm(kindShown, (*Showing).slots, act, ShowingFrom),
		entryForm(kindSecond, (*Second).slots, act, SecondFrom),
		rowForm(kindRecord, (*Record).slots, Record.Values, RecordFrom),
		rowForm(kindHarm, (*Harm).slots, Harm.Values, HarmFrom),
		rowForm(kindGroup, (*Group).slots, Group.Values, GroupFrom),
		rowForm(kindRung, (*Rung).slots, Rung.Values, RungFrom),
		rowForm(kindExtra, (*Extra).slots, Extra.Values, ExtraFrom),
	}
}

// elsewhere are the kinds that other packages hold.
func elsewhere(kind string) bool {
	for _, prefix := range []string{"persons.", "figure.", "dossier.", "member@", "line@", "basis.", "consent.", "bundle."} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

func TestEveryKindHasItsType(t *testing.T) {
	t.Parallel()
	have := map[string]form{}
	for _, f := range forms() {
		have[f.kind] = f
	}
	for _, kind := range journal.Kinds() {
		if elsewhere(kind.Name) {
			continue
		}
		f, ok := have[kind.Name]
		if !ok {
			t.Errorf("no type holds %s", kind.Name)
			continue
		}
		own := kind.Fields
		if kind.IsEntry() {
			own = own[6:] // seq, time, actor, reason, basis, handling: Act
		}
		var names []string
		for _, s := range f.slots(f.fresh()) {
			names = append(names, s.name)
		}
		if diff := cmp.Diff(own, names); diff != "" {
			t.Errorf("%s: fields of the kind (-) and of the type (+):\n%s", kind.Name, diff)
		}
	}
}

// TestRoundTrip puts another value into each field of each type and expects
// all of them back; a field of the struct that no slot holds comes back empty.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, f := range forms() {
		x := f.fresh()
		n := 0
		distinct(t, reflect.ValueOf(x).Elem(), &n)
		if e, ok := x.(*Erasure); ok && f.kind == kindErasure { // whoever decides at one desk carries out no proposal
			e.Decision, e.Outside = "", ""
			n -= 2
		}
		if slots := f.slots(x); len(slots) != n {
			t.Errorf("%s: %d slots for %d fields", f.kind, len(slots), n)
		}
		got, err := f.back(t, x)
		if err != nil {
			t.Errorf("%s: %v", f.kind, err)
			continue
		}
		if diff := cmp.Diff(reflect.ValueOf(x).Elem().Interface(), got); diff != "" {
			t.Errorf("%s: written (-), read (+):\n%s", f.kind, diff)
		}
	}
}

// TestNothingComesBackAsNothing: absent fields stay absent and unknown numbers
// unknown; they do not become blank or nought.
func TestNothingComesBackAsNothing(t *testing.T) {
	t.Parallel()
	for _, f := range forms() {
		x := f.fresh()
		got, err := f.back(t, x)
		if err != nil {
			t.Errorf("%s: %v", f.kind, err)
			continue
		}
		if diff := cmp.Diff(reflect.ValueOf(x).Elem().Interface(), got); diff != "" {
			t.Errorf("%s: written (-), read (+):\n%s", f.kind, diff)
		}
	}
}

func distinct(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	for i := range v.NumField() {
		field := v.Field(i)
		switch p := field.Addr().Interface().(type) {
		case *RowFile:
			distinct(t, field, n)
			continue
		case *string:
			*p = fmt.Sprintf("text %d", *n)
		case *journal.Value:
			*p = journal.Text(fmt.Sprintf("written %d", *n))
		case *int:
			*p = 100 + *n
		case *int64:
			*p = int64(1000 + *n)
		case *Number:
			*p = Exactly(int64(10 + *n))
		case *journal.Leaf:
			p[0], p[31] = 1, byte(*n)
		case *[]string:
			*p = []string{fmt.Sprintf("one %d", *n), fmt.Sprintf("two %d", *n)}
		default:
			t.Fatalf("%s.%s has type %T, which no slot holds", v.Type(), v.Type().Field(i).Name, p)
		}
		*n++
	}
}

func TestBlankIsNotAbsent(t *testing.T) {
	t.Parallel()
	r := Record{SexWritten: journal.Text(""), AgeWritten: journal.Text("unknown")}
	got, err := RecordFrom(r.Values())
	if err != nil {
		t.Fatal(err)
	}
	if !got.SexWritten.Present() || got.SexWritten.Text() != "" {
		t.Errorf("a blank cell came back as %q", got.SexWritten)
	}
	if got.AgeWritten.Text() != "unknown" || got.BirthWritten.Present() {
		t.Errorf("got age %q, birth %q", got.AgeWritten, got.BirthWritten)
	}
	if zero, err := RecordFrom((Record{AgeLow: Exactly(0), AgeHigh: Exactly(0)}).Values()); err != nil || !zero.AgeLow.Known {
		t.Errorf("an age of 0 months came back as unknown (%v)", err)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	short := make([]journal.Value, 3)
	if _, err := RecordFrom(short); !errors.Is(err, fault.Invalid) {
		t.Errorf("a row of 3 fields: %v", err)
	}
	for _, number := range []string{"", "-1", "+1", "01", "1.0", "99999999999999999999", "x"} {
		v := (Harm{Number: 1}).Values()
		v[1] = journal.Text(number)
		if _, err := HarmFrom(v); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "number") {
			t.Errorf("number %q: %v", number, err)
		}
	}
	v := (Harm{Number: 1}).Values()
	v[0] = journal.Text("beef")
	if _, err := HarmFrom(v); err == nil {
		t.Error("a leaf of four digits was read")
	}
	other := journal.Entry{Kind: journal.Kind{Name: "case.opened@1"}}
	if _, err := SourceFrom(other); !errors.Is(err, fault.Invalid) {
		t.Errorf("a case read as a source: %v", err)
	}
}

func TestActFrom(t *testing.T) {
	t.Parallel()
	at := time.Date(2031, 4, 5, 6, 7, 8, 0, time.UTC)
	k, values, err := (CaseOpened{Title: "A"}).Draft("to begin", "duty", "internal").Values(3, at, "registrar")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ActFrom(journal.Entry{Kind: k, Values: values})
	want := Act{Seq: 3, Time: at, Actor: "registrar", Reason: "to begin", Basis: "duty", Handling: "internal"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := ActFrom(journal.Entry{}); err == nil {
		t.Error("an erased entry gave an act")
	}
}
