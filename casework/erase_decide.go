// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/names"
	"recount/register"
	"recount/store"
)

// AllOthers names, in a decision, all records of others in the plan that the
// decision does not name by their leaves.
const AllOthers = "others"

// ErasureDecision is what two people decide of a plan.
type ErasureDecision struct {
	Ground   string
	Deciders []string                // at least two, different people
	Destroy  []string                // exhibits and texts of dossiers whose keys are destroyed
	Redact   []string                // exhibits whose keys are destroyed, and in whose place a copy stands that the program makes
	Redacted map[string]RedactedFile // likewise, with the copy that people made
	Erase    []string                // records of others by leaf, AllOthers; entries that are Possible
	Keep     map[string]string       // what stays of all that the plan lists, with the basis
	Plan     string                  // SHA-256 of the plan that they saw; "" does not ask

	decision, outside string // the proposal that this carries out, and who agreed from outside
}

// Erased is what an erasure has done.
type Erased struct {
	Done
	Leaves    int               `json:"leaves"`    // whose keys were destroyed
	Destroyed []string          `json:"destroyed"` // exhibits and texts
	Redacted  map[string]string `json:"redacted"`  // exhibits and the copies that stand in their place
	Kept      []string          `json:"kept"`
}

// DecideErasure records the decision and carries it out: keys destroyed under
// a new epoch key, named exhibits taken out of the vault, every table written
// anew. What is cut off is finished when the case is opened next.
func (d Desk) DecideErasure(ctx context.Context, plan ErasurePlan, decision ErasureDecision, why Why, progress func(done, all int64)) (Erased, error) {
	sum, err := plan.SHA256()
	if err != nil {
		return Erased{}, err
	}
	if decision.Plan != "" && decision.Plan != sum {
		return Erased{}, changedPlan(decision.Plan, sum)
	}
	if err := twoPeople(decision.Deciders); err != nil {
		return Erased{}, err
	}
	x, err := decision.settle(plan)
	if err != nil {
		return Erased{}, err
	}
	x.PlanSHA256, x.Decision, x.Outside = sum, decision.decision, decision.outside
	if err := d.namesNobody(ctx, plan, decision, why); err != nil {
		return Erased{}, err
	}
	if err := d.Case.Read(ctx, func(r store.Reader) error { return d.notHeld(ctx, r, plan, x) }); err != nil {
		return Erased{}, err
	}
	if err := d.draw("z", &x.Erasure); err != nil {
		return Erased{}, err
	}
	copies, err := d.redact(ctx, plan, decision, x)
	if err != nil {
		return Erased{}, err
	}
	if err := x.Check(); err != nil {
		return Erased{}, err
	}
	said, err := d.recordCopies(ctx, copies, plan.Size, why.Reason)
	if err != nil {
		return Erased{}, err
	}
	done, err := d.record(ctx, x.Erasure, x, why, func(v store.View) error {
		if err := unchanged(v, plan.Size+said, "the plan of the erasure"); err != nil {
			return err
		}
		if x.Decision != "" {
			if _, err := d.agreed(ctx, v, x.Decision, register.Proposal{Act: "erase", SubjectKind: targetKind(plan.Target), Subject: plan.Target}); err != nil {
				return err
			}
		}
		return d.notHeld(ctx, v, plan, x)
	})
	erased := Erased{Done: done, Leaves: len(x.Leaves), Destroyed: append([]string{}, decision.Destroy...), Redacted: map[string]string{}, Kept: slices.Sorted(maps.Keys(decision.Keep))}
	for _, c := range copies {
		erased.Redacted[c.redaction.Exhibit] = c.redaction.Successor
	}
	if err != nil {
		return erased, err
	}
	if err := d.Case.Erase(ctx, progress); err != nil {
		return erased, fmt.Errorf("the decision is recorded as entry %d, and is carried out when the case is opened next: %w", done.Seq, err)
	}
	return erased, nil
}

// redact makes the copies that the decision asks for, in one look at the case.
func (d Desk) redact(ctx context.Context, plan ErasurePlan, decision ErasureDecision, x register.Erasure) (copies []copied, err error) {
	if len(decision.Redact)+len(decision.Redacted) == 0 {
		return nil, nil
	}
	r := redacting{d: d, plan: plan, decision: decision, erased: map[string]bool{}, erasure: x.Erasure}
	for _, leaf := range x.Leaves {
		r.erased[leaf] = true
	}
	err = d.Case.Read(ctx, func(reader store.Reader) (err error) {
		r.r = reader
		copies, err = r.copies(ctx)
		return err
	})
	return copies, err
}

// twoPeople holds that two different people decide. Names that differ in case,
// spaces, accents or the order of their words are one person's.
func twoPeople(deciders []string) error {
	people := map[string]string{}
	for _, name := range deciders {
		key := names.Key(name)
		if key == "" {
			return fmt.Errorf("%w: a decider %.80q has no name; accepted are two different people, by name, such as --decider 'Ana Bel' --decider 'Tomas Erlik'", fault.Invalid, name)
		}
		if first, again := people[key]; again && len(deciders) == 2 {
			return fmt.Errorf("%w: the deciders %.80q and %.80q are one person by name: whoever acts cannot decide alone; accepted are two different people, by name, such as --decider 'Ana Bel' --decider 'Tomas Erlik'; a one-person office names an outside second", fault.Invalid, first, name)
		}
		people[key] = name
	}
	if len(people) < 2 {
		return fmt.Errorf("%w: who decided? accepted are two different people, by name; a one-person office names an outside second", fault.Invalid)
	}
	return nil
}

// settle is what follows from the decision. Everything of the plan that is not
// only possible needs one.
func (decision ErasureDecision) settle(plan ErasurePlan) (register.Erasure, error) {
	s := settlement{decision: decision, used: map[string]bool{}, erase: map[string]bool{}, x: register.Erasure{Ground: decision.Ground, Deciders: decision.Deciders}}
	redact := slices.Concat(decision.Redact, slices.Sorted(maps.Keys(decision.Redacted)))
	for _, id := range slices.Concat(decision.Destroy, decision.Erase, redact) {
		s.erase[id] = true
	}
	if err := decision.copiesOf(plan, redact); err != nil {
		return s.x, err
	}
	for id, basis := range decision.Keep {
		if strings.TrimSpace(basis) == "" {
			return s.x, fmt.Errorf("%w: %.80s is kept: accepted is the basis on which it stays, in words", fault.Invalid, id)
		}
		if s.erase[id] {
			return s.x, fmt.Errorf("%w: %.80s is both erased and kept: accepted is one of these", fault.Invalid, id)
		}
	}
	s.leaves(plan.Records, plan.Rows, plan.Lines)
	destroyed := map[string]bool{}
	for _, e := range plan.Exhibits {
		destroyed[e.Exhibit] = s.exhibit(e)
	}
	for _, e := range plan.Texts {
		if s.goes(e.ID, e.Possible, "", fmt.Sprintf("the text %s of dossier %s holds a name: accepted is --destroy %s, after which that edition cannot be exported again, or --keep %s=BASIS", e.ID, e.Dossier, e.ID, e.ID)) {
			s.x.Objects = append(s.x.Objects, e.Object)
		}
	}
	for _, o := range plan.Others {
		id := o.Leaf.String()
		if s.goes(id, o.Possible, AllOthers, fmt.Sprintf("%s %s, of somebody else, holds a name of the person (%s): accepted is --erase %s, with all that it says, or --keep %s=BASIS; --erase others or --keep others=BASIS for all that are not named", o.Kind, id, strings.Join(o.Fields, ", "), id, id)) {
			s.leaves([]journal.Leaf{o.Leaf}, o.With)
		}
	}
	for _, e := range plan.Entries {
		s.entry(e, destroyed)
	}
	s.x.Leaves, s.x.Objects = onceEach(s.x.Leaves), onceEach(s.x.Objects)
	slices.Sort(s.x.Kept)
	s.x.Kept = slices.Compact(s.x.Kept)
	for _, id := range slices.Concat(decision.Destroy, decision.Erase, redact, slices.Sorted(maps.Keys(decision.Keep))) {
		if !s.used[id] && id != AllOthers {
			s.errs = append(s.errs, fmt.Errorf("%w: %.80s is not in the plan, or goes with something else; accepted is what the plan lists for a decision", fault.Invalid, id))
		}
	}
	return s.x, errors.Join(s.errs...)
}

// copiesOf holds that a copy is asked for of exhibits alone, each once, and of
// the program only where it can make one.
func (decision ErasureDecision) copiesOf(plan ErasurePlan, redact []string) error {
	asked := map[string]bool{}
	for _, id := range redact {
		if asked[id] || slices.Contains(decision.Destroy, id) {
			return fmt.Errorf("%w: exhibit %.80s is redacted, and redacted again or destroyed: accepted is one of these", fault.Invalid, id)
		}
		asked[id] = true
		at := slices.IndexFunc(plan.Exhibits, func(e PlanExhibit) bool { return e.Exhibit == id && !e.Gone })
		switch {
		case at < 0:
			return fmt.Errorf("%w: %.80s: a redacted copy takes the place of an exhibit of the plan; accepted is one that the plan lists and that is not destroyed already", fault.Invalid, id)
		case plan.Exhibits[at].Copy == CopyByHand && slices.Contains(decision.Redact, id):
			return fmt.Errorf("%w: the program redacts CSV and .xlsx lists; of exhibit %.80s accepted is a copy that was made by hand: --redacted %s=FILE", fault.Invalid, id, id)
		}
	}
	return nil
}

func onceEach(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// settlement goes through a plan with a decision.
type settlement struct {
	decision ErasureDecision
	erase    map[string]bool
	used     map[string]bool
	x        register.Erasure
	errs     []error
}

func (s *settlement) leaves(lists ...[]journal.Leaf) {
	for _, list := range lists {
		for _, leaf := range list {
			s.x.Leaves = append(s.x.Leaves, leaf.String())
		}
	}
}

// goes tells whether a thing of the plan is erased, by its own id or else by
// that of all its like. Without a decision it stays where it is only possible.
func (s *settlement) goes(id string, possible bool, all, undecided string) bool {
	for _, by := range []string{id, all} {
		s.used[by] = true
		if s.erase[by] {
			return true
		}
		if basis, kept := s.decision.Keep[by]; kept {
			s.x.Kept = append(s.x.Kept, by+": "+basis)
			return false
		}
		if possible && by == id {
			return false // what may be about anybody does not go in a heap
		}
	}
	s.errs = append(s.errs, fmt.Errorf("%w: %s", fault.Invalid, undecided))
	return false
}

func (s *settlement) exhibit(e PlanExhibit) bool {
	if e.Gone {
		s.used[e.Exhibit] = true
		return true
	}
	goes := s.goes(e.Exhibit, e.Possible, "", fmt.Sprintf("exhibit %s holds what was read or a name: accepted is either to destroy it, with what it says of %d other records, to put a redacted copy in its place (--redact, --redacted), or to keep it on a stated basis", e.Exhibit, e.Others))
	if goes {
		s.x.Objects = append(s.x.Objects, e.Object)
	}
	return goes
}

// entry erases an entry unless it is kept; what describes an exhibit shares
// its fate, or nothing would lead to a file that stays.
func (s *settlement) entry(e PlanEntry, destroyed map[string]bool) {
	if e.Exhibit != "" {
		if destroyed[e.Exhibit] {
			s.leaves([]journal.Leaf{e.Leaf})
		}
		return
	}
	if !e.Possible && !e.Decide && s.decision.Keep[e.ID()] == "" {
		s.erase[e.ID()] = true
	}
	if s.goes(e.ID(), e.Possible, "", fmt.Sprintf("entry %d, %s, holds a name, and more than words goes with it: accepted is --erase %s, or --keep %s=BASIS", e.Seq, e.Kind, e.ID(), e.ID())) {
		s.leaves([]journal.Leaf{e.Leaf})
		s.x.Objects = append(s.x.Objects, e.Objects...)
	}
}

// namesNobody refuses a decision that would itself write the name down anew,
// where it can never be erased.
func (d Desk) namesNobody(ctx context.Context, plan ErasurePlan, decision ErasureDecision, why Why) error {
	texts := map[string]string{"the ground": decision.Ground, "the reason": why.Reason}
	for id, basis := range decision.Keep {
		texts["the basis of "+id] = basis
	}
	return d.Case.Read(ctx, func(r store.Reader) error {
		var spellings []string
		for _, leaf := range plan.Records {
			rec, err := r.Record(ctx, leaf)
			if err != nil {
				return err
			}
			spellings = append(spellings, rec.Said.Spellings()...)
		}
		sought := names.Seek(spellings...)
		for _, what := range slices.Sorted(maps.Keys(texts)) {
			if sought.In(texts[what]).Whole {
				return fmt.Errorf("%w: %s names the person, and a decision to erase stays readable for ever; accepted is a text without the name", fault.Invalid, what)
			}
		}
		return nil
	})
}
