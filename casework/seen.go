// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"

	"recount/fault"
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
	for _, said := range c.Statements {
		if _, err := r.Record(ctx, said.Record); errors.Is(err, fault.NotFound) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	return true, nil
}

// Shown are those of the people behind an answer whom the reader sees whole, and
// how many are left out.
func Shown(ctx context.Context, r store.Reader, a *tally.Answer, people []string) (shown []string, hidden int64, err error) {
	shown = []string{}
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
