// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"strconv"
	"strings"
)

// PersonLine is a person in a list: its records as they stand, by leaf.
type PersonLine struct {
	Person  string
	Records []Record
}

// PersonFilter chooses persons. Linked leaves out those of one record that
// nobody and no rule has moved.
type PersonFilter struct {
	Linked bool
}

// Persons are the persons under whom records stand, by their ids. After is the
// last id of the page before.
func (r Reader) Persons(ctx context.Context, f PersonFilter, p Page) ([]PersonLine, error) {
	const some = 200
	var all []PersonLine
	for after := p.After; ; {
		ids, err := r.personIDs(ctx, f, after, some)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			records, err := r.Records(ctx, RecordFilter{Person: id}, Page{})
			if err != nil {
				return nil, err
			}
			if len(records) == 0 || f.Linked && len(records) == 1 && records[0].Person == records[0].Said.Person {
				continue
			}
			if all = append(all, PersonLine{id, records}); int64(len(all)) >= p.limit() {
				return all, nil
			}
		}
		if len(ids) < some {
			return all, nil
		}
		after = ids[len(ids)-1]
	}
}

// personIDs are the next ids that records began in or were moved to.
func (r Reader) personIDs(ctx context.Context, f PersonFilter, after string, limit int) ([]string, error) {
	one := `SELECT person FROM (SELECT DISTINCT person FROM p_member WHERE person > ? ORDER BY person LIMIT ?) AS m`
	query, args := []string{one}, []any{after, limit}
	for part := 0; part < parts && !f.Linked; part++ {
		name := strconv.Itoa(part)
		query = append(query, `SELECT person FROM (SELECT DISTINCT person FROM p_record WHERE part = `+name+` AND person > ? ORDER BY person LIMIT ?) AS r`+name)
		args = append(args, after, limit)
	}
	return collect(ctx, r, scanOne[string], strings.Join(query, ` UNION `)+` ORDER BY person LIMIT ?`, append(args, limit)...)
}
