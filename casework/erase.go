// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// ErasurePlan is every place of the case that holds something about a person
// or a record. It names places, never what stands there, so that it can be
// kept and signed.
type ErasurePlan struct {
	Target   string         `json:"target"`
	Size     int64          `json:"size"` // of the journal that was searched
	Records  []journal.Leaf `json:"records"`
	Rows     []journal.Leaf `json:"rows"`    // what is said beside them: harms, rungs, fields of the case's own, memberships
	Lines    []journal.Leaf `json:"lines"`   // of frozen dossiers, with their members
	Entries  []PlanEntry    `json:"entries"` // whose text holds a name of the person as it was written
	Staying  []PlanEntry    `json:"staying"` // likewise, and stay: they bring rows, which would all vanish with them
	Exhibits []PlanExhibit  `json:"exhibits"`
	Dossiers []string       `json:"dossiers"` // editions that left or may have left the archive: out of reach
	Drafts   []PlanDraft    `json:"drafts"`   // typed into forms of the reading room and not sent
}

// PlanDraft is a draft in which a name of the person or an id stands. Carrying
// the plan out takes it away, and any other that names the person by then.
type PlanDraft struct {
	Account string `json:"account"`
	Form    string `json:"form"`
	About   string `json:"about"` // the id of the thing that the form is for, "" for a new one
}

// PlanEntry is an entry of the journal that an erasure would make unreadable.
type PlanEntry struct {
	Seq  int64        `json:"seq"`
	Kind string       `json:"kind"`
	Leaf journal.Leaf `json:"leaf"`
}

// PlanExhibit is a file that the records were read from, or in whose bytes a
// name of the person stands. The deciders say
// whether its key is destroyed, with it what it says of everybody else, or on
// which basis it stays.
type PlanExhibit struct {
	Exhibit string `json:"exhibit"`
	Object  string `json:"object"`
	Gone    bool   `json:"gone"`   // destroyed already
	Others  int64  `json:"others"` // records of other persons that cite it
}

// SHA256 is the hash that deciders sign for, hex.
func (p ErasurePlan) SHA256() (string, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Leaves are all leaves that the plan would erase.
func (p ErasurePlan) Leaves() []journal.Leaf {
	all := slices.Concat(p.Records, p.Rows, p.Lines)
	for _, e := range p.Entries {
		all = append(all, e.Leaf)
	}
	return all
}

// PlanErasure finds every place that holds something about a person (p-…) or
// a record (its leaf, in hex).
func PlanErasure(ctx context.Context, c *store.Case, target string) (p ErasurePlan, err error) {
	s := search{c: c, plan: ErasurePlan{Target: target, Exhibits: []PlanExhibit{}, Dossiers: []string{}, Entries: []PlanEntry{}, Staying: []PlanEntry{}, Drafts: []PlanDraft{}}}
	err = c.Read(ctx, func(r store.Reader) error {
		s.r, s.plan.Size = r, r.Size()
		for _, step := range []func(context.Context) error{s.records, s.beside, s.exhibits, s.others, s.lines, s.entries, s.drafts} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, list := range []*[]journal.Leaf{&s.plan.Records, &s.plan.Rows, &s.plan.Lines} {
		slices.SortFunc(*list, func(a, b journal.Leaf) int { return bytes.Compare(a[:], b[:]) })
		*list = slices.Compact(*list)
	}
	return s.plan, err
}

// ErasureDecision is what two people decide of a plan.
type ErasureDecision struct {
	Ground   string
	Deciders []string          // at least two, different people
	Destroy  []string          // exhibits whose keys are destroyed
	Keep     map[string]string // exhibits that stay, with the basis
	Plan     string            // SHA-256 of the plan that they saw; "" does not ask
}

// DecideErasure records the decision and carries it out: keys destroyed under
// a new epoch key, named exhibits taken out of the vault, every table written
// anew. What is cut off is finished when the case is opened next.
func (d Desk) DecideErasure(ctx context.Context, plan ErasurePlan, decision ErasureDecision, why Why, progress func(done, all int64)) (Done, error) {
	sum, err := plan.SHA256()
	if err != nil {
		return Done{}, err
	}
	if decision.Plan != "" && decision.Plan != sum {
		return Done{}, fmt.Errorf("%w: the plan that was decided on has the hash %.64s, the plan as the case stands now has %s: look at it again", fault.Conflict, decision.Plan, sum)
	}
	x, err := erasureOf(plan, decision, sum)
	if err != nil {
		return Done{}, err
	}
	if err := d.draw("z", &x.Erasure); err != nil {
		return Done{}, err
	}
	done, err := d.record(ctx, x.Erasure, x, why, func(v store.View) error { return unchanged(v, plan.Size, "the plan of the erasure") })
	if err != nil {
		return done, err
	}
	if err := d.Case.Erase(ctx, progress); err != nil {
		return done, fmt.Errorf("the decision is recorded as entry %d, and is carried out when the case is opened next: %w", done.Seq, err)
	}
	return done, nil
}

func erasureOf(plan ErasurePlan, decision ErasureDecision, sum string) (register.Erasure, error) {
	x := register.Erasure{Ground: decision.Ground, Deciders: decision.Deciders, PlanSHA256: sum}
	people := slices.Clone(decision.Deciders)
	slices.Sort(people)
	if len(slices.Compact(people)) < 2 {
		return x, fmt.Errorf("%w: who decided? accepted are two different people, by name; a one-person office names an outside second", fault.Invalid)
	}
	for _, leaf := range plan.Leaves() {
		x.Leaves = append(x.Leaves, leaf.String())
	}
	for _, e := range plan.Exhibits {
		basis, kept := decision.Keep[e.Exhibit]
		destroyed := slices.Contains(decision.Destroy, e.Exhibit)
		switch {
		case e.Gone:
		case kept == destroyed:
			return x, fmt.Errorf("%w: exhibit %s holds what was read: accepted is either to destroy it, with what it says of %d other records, or to keep it on a stated basis", fault.Invalid, e.Exhibit, e.Others)
		case kept && basis == "":
			return x, fmt.Errorf("%w: exhibit %s is kept: accepted is the basis on which it stays, in words", fault.Invalid, e.Exhibit)
		case kept:
			x.Kept = append(x.Kept, e.Exhibit+": "+basis)
		default:
			x.Objects = append(x.Objects, e.Object)
		}
	}
	for _, named := range slices.Concat(decision.Destroy, keysOf(decision.Keep)) {
		if !slices.ContainsFunc(plan.Exhibits, func(e PlanExhibit) bool { return e.Exhibit == named }) {
			return x, fmt.Errorf("%w: exhibit %s is not in the plan; accepted are the exhibits that the plan lists", fault.Invalid, named)
		}
	}
	return x, nil
}

func keysOf(m map[string]string) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}
