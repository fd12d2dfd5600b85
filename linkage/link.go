// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"bytes"
	"context"
	"iter"
	"slices"
)

// maxPairs is the most persons of one agreement that are compared two by two,
// where they can not all be joined.
const maxPairs = 256

// Link joins persons by the rules, starting from where the records stand now.
// The rules are tried in their order, again and again, until none joins any
// more, so that a second run over the outcome moves nothing.
//
// rows may come in any order; the same rows give the same Result, byte for
// byte. What is never joined: persons said to be apart, also by way of third
// ones; two records of one source where within_source is "never"; records that
// contradict each other in a field of Unless; records of known, different sex
// and births that can not be the same. These are asked of whole persons, with
// every record they hold. A joined person keeps the id of the one with the
// oldest record.
//
// Memory: about 200 bytes a record and the distinct texts. Errors: of rows and
// of ctx as they are; fault.Invalid for rules or rows that are not accepted.
func Link(ctx context.Context, rules Rules, rows iter.Seq2[Row, error], apart []Pair) (Result, error) {
	if err := rules.Check(); err != nil {
		return Result{}, err
	}
	t, err := gather(ctx, rows)
	if err != nil {
		return Result{}, err
	}
	pairs, idle := t.pairs(apart)
	l := linker{
		table: &t, clusters: newClusters(&t, rules.WithinSource == Never, pairs),
		proofs: make([]proof, len(t.rows)), byPerson: make([]proof, len(t.persons)),
		result: Result{Rows: int64(len(t.rows)), Before: int64(len(t.persons)), Idle: idle},
	}
	for i := range l.proofs {
		l.proofs[i].rule = unknown
	}
	for i := range l.byPerson {
		l.byPerson[i].rule = unknown
	}
	for _, rule := range rules.Rules {
		l.rules = append(l.rules, compiled{rule, fieldSet(rule.Unless), t.groups(fieldSet(rule.Agree))})
		l.result.Rules = append(l.result.Rules, RuleResult{Name: rule.Name})
	}
	if err := l.run(ctx); err != nil {
		return Result{}, err
	}
	l.result.After = l.clusters.count()
	l.moves()
	return l.result, nil
}

// compiled is a rule and the agreements that it finds: they do not change
// while persons are joined.
type compiled struct {
	Rule
	unless field
	groups groups
}

// proof is why a row was joined: it agrees, by a rule, with another row. from
// is the row that agrees, which is the row itself or another of its person.
type proof struct{ rule, from, to int32 }

type linker struct {
	table    *table
	clusters *clusters
	rules    []compiled
	proofs   []proof // of each row, its first; rule unknown: none
	byPerson []proof // of each person at the start, its first
	result   Result
}

// run tries the rules until a whole round joins nobody. What is contested is
// what was so in the last round.
func (l *linker) run(ctx context.Context) error {
	for {
		joined := int64(0)
		l.result.Contested, l.result.ContestedTotal = nil, 0
		for i := range l.rules {
			n, err := l.apply(ctx, i)
			if err != nil {
				return err
			}
			joined += n
			l.result.Rules[i].Joined += n
		}
		if joined == 0 {
			return nil
		}
	}
}

// apply tries one rule once. Agreements that stand for one person by now have
// nothing more to say, and are not looked at again.
func (l *linker) apply(ctx context.Context, rule int) (joined int64, err error) {
	l.result.Rules[rule].NotUnique = 0
	g := &l.rules[rule].groups
	open := g.open[:0]
	for i, group := range g.open {
		if i%4096 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		n, left := l.follow(rule, g.of(group))
		joined += n
		if left > 1 {
			open = append(open, group)
		}
	}
	g.open = open
	return joined, nil
}

// follow joins what one agreement of one rule allows, and says by how many the
// persons became fewer and how many are left of them.
func (l *linker) follow(rule int, rows []int32) (joined int64, left int) {
	r := &l.rules[rule]
	roots, first := l.present(rows)
	if len(roots) < 2 {
		return 0, len(roots)
	}
	if r.Unique && !l.unique(rows) {
		l.result.Rules[rule].NotUnique++
		return 0, len(roots)
	}
	if l.clusters.joinable(roots, r.unless) {
		l.join(rule, roots, first)
		return int64(len(roots) - 1), 1
	}
	if len(roots) > maxPairs {
		l.contest(rule, first)
		return 0, len(roots)
	}
	// Not all can be one. What else is known tells who could be, and only those
	// are joined of whom each fits each, and nobody else.
	telling := r.unless | measurable&^fieldSet(r.Agree)
	for _, part := range l.components(roots, telling) {
		some, from := pick(roots, part), pick(first, part)
		if l.clusters.joinable(some, telling) {
			l.join(rule, some, from)
			joined += int64(len(part) - 1)
			continue
		}
		l.contest(rule, from)
	}
	return joined, len(roots) - int(joined)
}

// present are the clusters in which the rows stand, and the oldest row of each.
func (l *linker) present(rows []int32) (roots, first []int32) {
	if len(rows) <= 16 {
		for _, r := range rows {
			if root := l.rootOf(r); !slices.Contains(roots, root) {
				roots, first = append(roots, root), append(first, r)
			}
		}
		return roots, first
	}
	seen := make(map[int32]bool, len(rows))
	for _, r := range rows {
		if root := l.rootOf(r); !seen[root] {
			seen[root] = true
			roots, first = append(roots, root), append(first, r)
		}
	}
	return roots, first
}

func (l *linker) rootOf(r int32) int32 { return l.clusters.find(l.table.rows[r].person) }

// unique reports whether the rows of each source stand in one cluster.
func (l *linker) unique(rows []int32) bool {
	of := make(map[int32]int32, len(rows))
	for _, r := range rows {
		root, source := l.rootOf(r), l.table.rows[r].source
		if other, ok := of[source]; ok && other != root {
			return false
		}
		of[source] = root
	}
	return true
}

// components are the sets of two or more places of roots that hang together by
// pairs that could be one person.
func (l *linker) components(roots []int32, in field) [][]int {
	label := make([]int, len(roots))
	for i := range label {
		label[i] = i
	}
	for i := range roots {
		for j := range i {
			if label[i] == label[j] || !l.clusters.joinable([]int32{roots[j], roots[i]}, in) {
				continue
			}
			was, now := max(label[i], label[j]), min(label[i], label[j])
			for k := range label {
				if label[k] == was {
					label[k] = now
				}
			}
		}
	}
	var out [][]int
	for i := range roots {
		var part []int
		for j := i; j < len(roots); j++ {
			if label[j] == i {
				part = append(part, j)
			}
		}
		if len(part) > 1 {
			out = append(out, part)
		}
	}
	return out
}

func pick(from []int32, places []int) []int32 {
	out := make([]int32, len(places))
	for i, p := range places {
		out[i] = from[p]
	}
	return out
}

// join makes the clusters one and notes why: each oldest row of the agreement
// agrees with the oldest of all.
func (l *linker) join(rule int, roots, first []int32) {
	anchor := first[0]
	for _, r := range first[1:] {
		l.prove(r, proof{int32(rule), r, anchor})
		l.prove(anchor, proof{int32(rule), anchor, r})
	}
	l.clusters.union(roots)
}

func (l *linker) prove(r int32, p proof) {
	if l.proofs[r].rule == unknown {
		l.proofs[r] = p
	}
	if person := l.table.rows[r].person; l.byPerson[person].rule == unknown {
		l.byPerson[person] = p
	}
}

func (l *linker) contest(rule int, rows []int32) {
	l.result.ContestedTotal++
	if len(l.result.Contested) == MaxContested {
		return
	}
	c := Contested{Rule: l.rules[rule].Name}
	for _, r := range rows[:min(len(rows), maxPairs)] {
		c.Records = append(c.Records, l.table.rows[r].leaf)
	}
	l.result.Contested = append(l.result.Contested, c)
}

// moves lists the rows whose person is no longer theirs.
func (l *linker) moves() {
	for i := range l.table.rows {
		r := &l.table.rows[i]
		root := l.clusters.find(r.person)
		if root == r.person {
			continue
		}
		l.result.Moves = append(l.result.Moves, Move{Record: r.leaf, Person: l.table.persons[root], Why: l.why(int32(i))})
	}
	slices.SortFunc(l.result.Moves, func(a, b Move) int { return bytes.Compare(a.Record[:], b.Record[:]) })
}

// why says which rule found what.
func (l *linker) why(r int32) string {
	leaf := func(r int32) string { return l.table.rows[r].leaf.String() }
	if p := l.proofs[r]; p.rule != unknown {
		return l.rules[p.rule].Name + ": agrees with record " + leaf(p.to)
	}
	p := l.byPerson[l.table.rows[r].person]
	return l.rules[p.rule].Name + ": record " + leaf(p.from) + " of the same person agrees with record " + leaf(p.to)
}

// pairs are the pairs that bind, by number, and those that do not.
func (t *table) pairs(apart []Pair) (pairs [][2]int32, idle []Pair) {
	if len(apart) == 0 {
		return nil, nil
	}
	of := make(map[string]int32, len(t.persons))
	for n, id := range t.persons {
		of[id] = int32(n)
	}
	for _, p := range apart {
		one, ok := of[p.One]
		other, also := of[p.Other]
		if !ok || !also || one == other {
			idle = append(idle, p)
			continue
		}
		pairs = append(pairs, [2]int32{one, other})
	}
	return pairs, idle
}
