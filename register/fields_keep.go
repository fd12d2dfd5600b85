// SPDX-License-Identifier: Apache-2.0

package register

import (
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/names"
)

// Whoever corrects a record, or describes an incident anew, writes all of it. What
// is closed to them they cannot write: it stays as it was, and is refused where
// they give it, whether or not there was anything. So nothing is lost, and
// nothing is told.

// KeepRecord puts what is closed of the record that r corrects into r, whose
// rungs are to be computed again.
func (s Shut) KeepRecord(r *Record, old Record) error {
	values, was := r.Values(), old.Values()
	kind, _ := journal.KindNamed(kindRecord)
	if err := s.keep(kind, values, was); err != nil {
		return err
	}
	if s.Has("birth") {
		s.keepAge(kind, values, was)
	}
	kept, err := RecordFrom(values)
	if err != nil {
		return err
	}
	if s.Has("father") && kept.Name.Text() == WholeName(kept.Given.Text(), kept.Family.Text()) {
		if _, together := withoutFather(old.Name.Text(), old.Given.Text(), old.Father.Text(), old.Family.Text()); together && kept.Father.Text() != "" {
			name := WholeName(kept.Given.Text(), kept.Father.Text(), kept.Family.Text())
			kept.Name, kept.NameFold = journal.Text(name), names.Key(name)
		}
	}
	*r = kept
	return nil
}

// keepAge keeps, where no other age is given, what stands for an age and is a
// date of birth.
func (s Shut) keepAge(kind journal.Kind, values, was []journal.Value) {
	left := append([]journal.Value(nil), was...)
	s.Strip(kind, left)
	at := kind.Index("age_written")
	if left[at] != was[at] && strings.TrimSpace(values[at].Text()) == "" {
		values[at] = was[at]
	}
}

// KeepHarms puts what is closed of the harms of a corrected record into those of
// its correction. It is fault.Forbidden where they are not the same acts: nobody
// could say of which one the closed words are then.
func (s Shut) KeepHarms(harms, old []Harm) error {
	if len(s.Parts(kindHarm)) == 0 {
		return nil
	}
	same := len(harms) == len(old)
	for i := 0; same && i < len(harms); i++ {
		same = harms[i].Code == old[i].Code
	}
	if !same {
		return fmt.Errorf("%w: harms: %s is closed to you, and stays with the harms as they are; accepted are the same harms in the same order, or a correction by somebody who sees it", fault.Forbidden, listedFields(s, kindHarm))
	}
	kind, _ := journal.KindNamed(kindHarm)
	for i := range harms {
		values := harms[i].Values()
		if err := s.keep(kind, values, old[i].Values()); err != nil {
			return err
		}
		kept, err := HarmFrom(values)
		if err != nil {
			return err
		}
		harms[i] = kept
	}
	return nil
}

// KeepIncident puts what is closed of an incident as it stands into x, which
// describes it anew.
func (s Shut) KeepIncident(x *Incident, old Incident) error {
	closed := s.Parts(kindIncident)
	for _, f := range []struct {
		name    string
		is, was *string
	}{{"place_written", &x.PlaceWritten, &old.PlaceWritten}, {"place", &x.Place, &old.Place}, {"note", &x.Note, &old.Note}} {
		if !slices.Contains(closed, f.name) {
			continue
		}
		if strings.TrimSpace(*f.is) != "" {
			return closedField(s, kindIncident, f.name)
		}
		*f.is = *f.was
	}
	return nil
}

func (s Shut) keep(kind journal.Kind, values, was []journal.Value) error {
	for _, field := range s.Parts(kind.Name) {
		at := kind.Index(field)
		if strings.TrimSpace(values[at].Text()) != "" {
			return closedField(s, kind.Name, field)
		}
		values[at] = was[at]
	}
	return nil
}

// closedField refuses a value, without saying what stands there.
func closedField(s Shut, kind, field string) error {
	return fmt.Errorf("%w: %s: it is closed to you (%s), so it stays as it is; accepted is to leave it empty, or a change by somebody who sees it", fault.Forbidden, field, listedFields(s, kind))
}

// listedFields are the codes of the closed fields that a kind has.
func listedFields(s Shut, kind string) string {
	var codes []string
	for _, code := range s {
		if len(fieldParts(code)[kind]) > 0 {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		codes = s
	}
	return strings.Join(codes, ", ")
}

// KeepOwn are the fields of the case's own of a corrected record: those given,
// nil for those before, and what is closed as it was. It is fault.Forbidden to
// give what is closed.
func (s Shut) KeepOwn(given, was []Extra) ([]Extra, error) {
	if given == nil {
		return was, nil
	}
	own := slices.Clone(given)
	for _, x := range given {
		if s.HasOwn(x.Name) && strings.TrimSpace(x.Written.Text()) != "" {
			return nil, fmt.Errorf("%w: own.%s: it is closed to you, so it stays as it is; accepted is to leave it out, or a change by somebody who sees it", fault.Forbidden, clip(x.Name))
		}
	}
	own = slices.DeleteFunc(own, func(x Extra) bool { return s.HasOwn(x.Name) })
	for _, x := range was {
		if s.HasOwn(x.Name) {
			own = append(own, x)
		}
	}
	slices.SortFunc(own, func(a, b Extra) int { return strings.Compare(a.Name, b.Name) })
	return own, nil
}
