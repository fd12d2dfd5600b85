// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"slices"

	"recount/linkage"
)

// Apart are the pairs of persons that people said are not one, by the ids that
// they have now: of each pair, those under whom the records stand now that
// stood there when it was said. A pair that people made one since is left out.
func (r Reader) Apart(ctx context.Context) ([]linkage.Pair, error) {
	said, err := r.apart(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[linkage.Pair]bool{}
	var pairs []linkage.Pair
	for _, s := range said {
		ones, err := r.standNow(ctx, s.One, s.seq)
		if err != nil {
			return nil, err
		}
		others, err := r.standNow(ctx, s.Other, s.seq)
		if err != nil {
			return nil, err
		}
		for _, one := range ones {
			for _, other := range others {
				pair := linkage.Pair{One: min(one, other), Other: max(one, other)}
				if one != other && !seen[pair] {
					seen[pair] = true
					pairs = append(pairs, pair)
				}
			}
		}
	}
	return pairs, nil
}

// SaidApart are the entries by which people said that two persons, by the ids
// that they have now, are not one, oldest first; none where nobody did, or where
// the two were made one since.
func (r Reader) SaidApart(ctx context.Context, one, other string) ([]int64, error) {
	said, err := r.apart(ctx)
	if err != nil {
		return nil, err
	}
	var entries []int64
	for _, s := range said {
		ones, err := r.standNow(ctx, s.One, s.seq)
		if err != nil {
			return nil, err
		}
		others, err := r.standNow(ctx, s.Other, s.seq)
		if err != nil {
			return nil, err
		}
		if slices.Contains(ones, one) && slices.Contains(others, other) || slices.Contains(ones, other) && slices.Contains(others, one) {
			entries = append(entries, s.seq)
		}
	}
	return entries, nil
}

// apartSaid is a pair as an entry said it.
type apartSaid struct {
	linkage.Pair
	seq int64
}

func (r Reader) apart(ctx context.Context) ([]apartSaid, error) {
	return collect(ctx, r, func(rows *sql.Rows) (a apartSaid, err error) {
		return a, rows.Scan(&a.One, &a.Other, &a.seq)
	}, `SELECT one, other, from_seq FROM p_apart WHERE from_seq < ? ORDER BY from_seq`, r.size)
}

// standNow are the persons under whom those records stand now that stood under
// a person once the entry seq was recorded, in the order of their ids. Where
// no record is left, the person itself.
func (r Reader) standNow(ctx context.Context, person string, seq int64) ([]string, error) {
	then := seq + 1
	now, err := collect(ctx, r, scanOne[string], `SELECT DISTINCT COALESCE(n.person, r.person) AS stands
		FROM p_record r CROSS JOIN p_batch b
		LEFT JOIN p_member t ON t.record = r.leaf AND t.from_seq < ? AND (t.to_seq IS NULL OR t.to_seq >= ?)
		LEFT JOIN p_member n ON n.record = r.leaf AND n.from_seq < ? AND (n.to_seq IS NULL OR n.to_seq >= ?)
		WHERE r.leaf IN (SELECT leaf FROM p_record WHERE part`+allParts+`AND person = ? UNION SELECT record FROM p_member WHERE person = ?)
		AND b.batch = r.batch AND b.from_seq < ? AND COALESCE(t.person, r.person) = ? ORDER BY stands`,
		then, then, r.size, r.size, person, person, then, person)
	if err == nil && len(now) == 0 {
		now = []string{person}
	}
	return now, err
}
