// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"slices"

	"recount/fault"
	"recount/figure"
	"recount/store"
	"recount/tally"
)

// SeesAll tells whether a reader sees everything that a figure's answer rests on
// of a person: then the person can be listed behind it without telling what is
// hidden. extent is that of the answer or of its columns.
func SeesAll(r store.Reader, extent func(string) (records, harms int, err error), person string, seen []store.Record) (bool, error) {
	if !r.Narrow() {
		return true, nil
	}
	records, harms, err := extent(person)
	for _, x := range seen {
		records, harms = records-1, harms-len(x.Harms)
	}
	return records == 0 && harms == 0, err
}

// MayCompare tells whether a reader sees all that contradict each other.
func MayCompare(ctx context.Context, r store.Reader, c tally.Contradiction) (bool, error) {
	if !r.Narrow() {
		return true, nil
	}
	for code, kinds := range map[string][]tally.Kind{"birth": {tally.Birth, tally.Age}, "place": {tally.FatalPlace}} {
		if r.Shut().Has(code) && slices.Contains(kinds, c.Kind) {
			return false, nil
		}
	}
	for _, said := range c.Statements {
		if _, err := r.Record(ctx, said.Record); errors.Is(err, fault.NotFound) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	return true, nil
}

// MayList tells whether the persons behind a figure can be listed: not where it
// asks for a field that is closed to the reader, which being in the list would
// tell of each.
func MayList(r store.Reader, d figure.Definition) bool {
	return len(d.District) == 0 || !r.Shut().Has("place")
}

// Shown are those of the people behind an answer whom the reader sees whole, and
// how many are left out.
func Shown(ctx context.Context, r store.Reader, a *tally.Answer, people []string) (shown []string, hidden int64, err error) {
	shown = []string{}
	if !MayList(r, a.Definition) {
		return shown, int64(len(people)), nil
	}
	for _, person := range people {
		records, err := r.Records(ctx, store.RecordFilter{Person: person}, store.Page{})
		if err != nil {
			return nil, 0, err
		}
		whole, err := SeesAll(r, a.Extent, person, records)
		if err != nil {
			return nil, 0, err
		}
		if whole {
			shown = append(shown, person)
		} else {
			hidden++
		}
	}
	return shown, hidden, nil
}
