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

	"recount/journal"
	"recount/store"
)

// ErasurePlan is every place of the case that holds something about a person
// or a record. It names places, never what stands there, so that it can be
// kept and signed.
//
// What holds a name is found by the name's words, folded (package names), in
// any case and order and near each other. Where only a part of a name stands
// that hardly anybody else has, the place is Possible: it is listed, and left
// as it is unless the deciders choose otherwise.
type ErasurePlan struct {
	Target   string         `json:"target"`
	Size     int64          `json:"size"` // of the journal that was searched
	Records  []journal.Leaf `json:"records"`
	Rows     []journal.Leaf `json:"rows"`     // what is said beside them: harms, rungs, fields of the case's own, memberships
	Lines    []journal.Leaf `json:"lines"`    // of frozen dossiers, with their members
	Others   []PlanOther    `json:"others"`   // records of other people, and groups, that hold a name of the person
	Entries  []PlanEntry    `json:"entries"`  // whose text holds a name of the person
	Staying  []PlanEntry    `json:"staying"`  // likewise, and stay: they bring rows, which would all vanish with them, or decided an erasure
	Exhibits []PlanExhibit  `json:"exhibits"` // files
	Texts    []PlanText     `json:"texts"`    // statements and pages of dossiers
	Dossiers []PlanDossier  `json:"dossiers"` // editions that left or may have left the archive: out of reach
	Drafts   []PlanDraft    `json:"drafts"`   // typed into forms of the reading room and not sent
	Unseen   []PlanUnseen   `json:"unseen"`   // what could not be looked into for names
	Holds    []PlanHold     `json:"holds"`    // legal holds in force on something of all this: what they hold is not erased
	Nameless bool           `json:"nameless"` // no record writes a name that is long enough to be looked for
	Common   int            `json:"common"`   // parts of the names that many others have: what holds these alone is not listed
}

// PlanOther is a record of another person, or a group, that holds a name. The
// deciders say whether it is erased too, with all that goes with it, or on
// which basis it stays.
type PlanOther struct {
	Leaf     journal.Leaf   `json:"leaf"`
	Kind     string         `json:"kind"`             // record@1 or group@1
	Person   string         `json:"person,omitempty"` // where the record stands
	Fields   []string       `json:"fields"`           // where the name stands: "raw", "harm place_written", "extra value"
	Possible bool           `json:"possible"`
	With     []journal.Leaf `json:"with"` // other versions, what is said beside them, lines of frozen dossiers
}

// PlanDraft is a draft in which a name of the person or an id stands. Carrying
// the plan out takes it away, and any other that names the person by then.
type PlanDraft struct {
	Account string `json:"account"`
	Form    string `json:"form"`
	About   string `json:"about"` // the id of the thing that the form is for, "" for a new one
}

// PlanEntry is an entry of the journal that an erasure makes unreadable,
// unless it is kept on a stated basis; one with Decide, if it is chosen.
type PlanEntry struct {
	Seq      int64        `json:"seq"`
	Kind     string       `json:"kind"`
	Leaf     journal.Leaf `json:"leaf"`
	Fields   []string     `json:"fields"`
	Possible bool         `json:"possible"`
	Decide   bool         `json:"decide"`            // more than words goes with it: it needs a decision of its own
	Exhibit  string       `json:"exhibit,omitempty"` // it describes this exhibit, and goes or stays with it
	Objects  []string     `json:"objects,omitempty"` // of the vault, that nothing would lead to without it: they go with it
}

// ID is how a decision names the entry.
func (e PlanEntry) ID() string { return fmt.Sprintf("entry-%d", e.Seq) }

// PlanExhibit is a file that the records were read from, or that holds a name.
// The deciders say whether its key is destroyed, with it what it says of
// everybody else, whether a redacted copy takes its place, or on which basis it
// stays.
type PlanExhibit struct {
	Exhibit  string `json:"exhibit"`
	Object   string `json:"object"`
	Gone     bool   `json:"gone"`   // destroyed already
	Others   int64  `json:"others"` // records of other persons that cite it
	Cited    bool   `json:"cited"`  // records of the plan were read from it, or from what it is a copy of
	Possible bool   `json:"possible"`
	Copy     string `json:"copy"` // how a redacted copy can take its place: CopyByProgram, CopyByHand; "" where it is gone
}

// PlanText is a text of a dossier that the vault holds.
type PlanText struct {
	ID       string `json:"id"` // statement-SEQ or page-SEQ: how a decision names it
	Dossier  string `json:"dossier"`
	Object   string `json:"object"`
	Possible bool   `json:"possible"`
}

// What an edition is found to say of the person.
const (
	NamesPerson      = "names"         // in its statement, title, page, quotations or figures' titles
	MayNamePerson    = "may-name"      // a part of a name that hardly anybody else has stands there
	DoesNotName      = "does-not-name" // all of these were searched
	CannotBeSearched = "cannot-be-searched"
)

// PlanDossier is an edition of a dossier that counts the person or names them.
type PlanDossier struct {
	Dossier string `json:"dossier"`
	Edition int64  `json:"edition"`
	Counts  bool   `json:"counts"` // lines of it rest on records of the plan
	Names   string `json:"names"`
}

// PlanUnseen is something that could not be looked into for names.
type PlanUnseen struct {
	What string `json:"what"` // an exhibit's id, or that of a PlanText
	Why  string `json:"why"`
	Part bool   `json:"part"` // only a part of it could not
}

// SHA256 is the hash that deciders sign for, hex: of the plan without the size
// of the journal, so that what changes nothing of the plan changes no hash.
func (p ErasurePlan) SHA256() (string, error) {
	p.Size = 0
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// PlanErasure finds every place that holds something about a person (p-…) or
// a record (its leaf, in hex). It reads the whole case once; progress, which
// may be nil, is told how many rows, entries and files of how many are done.
func PlanErasure(ctx context.Context, c *store.Case, target string, progress func(done, all int64)) (p ErasurePlan, err error) {
	s := search{c: c, progress: progress, plan: ErasurePlan{
		Target: target, Records: []journal.Leaf{}, Rows: []journal.Leaf{}, Lines: []journal.Leaf{}, Others: []PlanOther{}, Entries: []PlanEntry{}, Staying: []PlanEntry{},
		Exhibits: []PlanExhibit{}, Texts: []PlanText{}, Dossiers: []PlanDossier{}, Drafts: []PlanDraft{}, Unseen: []PlanUnseen{}, Holds: []PlanHold{},
	}}
	err = c.Read(ctx, func(r store.Reader) error {
		s.r, s.plan.Size = r, r.Size()
		for _, step := range []func(context.Context) error{s.records, s.count, s.written, s.cited, s.entries, s.exhibits, s.texts, s.editions, s.drafts, s.holds} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, list := range []*[]journal.Leaf{&s.plan.Records, &s.plan.Rows, &s.plan.Lines} {
		*list = inOrder(*list)
	}
	for i := range s.plan.Others {
		s.plan.Others[i].With = inOrder(s.plan.Others[i].With)
	}
	return s.plan, err
}

// inOrder sorts leaves and leaves each once.
func inOrder(leaves []journal.Leaf) []journal.Leaf {
	slices.SortFunc(leaves, func(a, b journal.Leaf) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(leaves)
}
