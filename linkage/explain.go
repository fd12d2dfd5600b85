// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"context"
	"iter"

	"recount/journal"
)

// Reason is a rule under which two records of one person agree.
type Reason struct {
	One, Other journal.Leaf // One is the older
	Rule       string
	// IfUnique: the rule also asks that the agreement stands for one person in
	// each source, which these records alone can not show.
	IfUnique bool
}

// Explain says which of a person's records agree by which rules, and nothing
// about pairs that no rule joins: those stand together by way of others or by
// somebody's decision, which the history of the person shows. For each pair
// only the first rule is given. The order is that of the records' age.
//
// Errors: fault.Invalid for rules or rows that are not accepted.
func Explain(rules Rules, rows []Row) ([]Reason, error) {
	if err := rules.Check(); err != nil {
		return nil, err
	}
	t, err := gather(context.Background(), each(rows))
	if err != nil {
		return nil, err
	}
	var out []Reason
	for i := range t.rows {
		for j := i + 1; j < len(t.rows); j++ {
			if reason, ok := t.reason(rules, &t.rows[i], &t.rows[j]); ok {
				out = append(out, reason)
			}
		}
	}
	return out, nil
}

func (t *table) reason(rules Rules, a, b *row) (Reason, bool) {
	one, other := t.aggregate(a), t.aggregate(b)
	if one.hard(other) || rules.WithinSource == Never && a.source == b.source {
		return Reason{}, false
	}
	for _, rule := range rules.Rules {
		on := fieldSet(rule.Agree)
		x, known := t.agreement(a, on)
		y, also := t.agreement(b, on)
		if known && also && x == y && !one.contradicts(other, fieldSet(rule.Unless)) {
			return Reason{a.leaf, b.leaf, rule.Name, rule.Unique}, true
		}
	}
	return Reason{}, false
}

// each is a list as a stream without errors.
func each(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
