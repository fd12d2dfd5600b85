// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"encoding/json"
	"fmt"
	"io"

	"recount/intake/mapping"
	"recount/intake/table"
	"recount/register"
)

const receiptFormat = "recount receipt/1"

// maxListed is how many refused rows and how many doubts a receipt lists; it
// counts all.
const maxListed = 10_000

// Receipt says what an import has done. It can be kept and passed on: it names
// hashes, rows and columns, never a file's name or what is said of a person.
type Receipt struct {
	Format        string `json:"format"`
	Seq           int64  `json:"seq,omitempty"` // of the entry; 0 where nothing was recorded
	Unchanged     bool   `json:"unchanged"`     // the same list was imported before: nothing is new
	Exhibit       string `json:"exhibit"`
	SHA256        string `json:"sha256"` // of the list's bytes
	Source        string `json:"source"`
	MappingSHA256 string `json:"mapping_sha256"`
	Batch         string `json:"batch,omitempty"`
	RowFile       string `json:"row_file,omitempty"` // address in the vault
	Root          string `json:"root,omitempty"`     // of the row file
	Leaves        int64  `json:"leaves"`             // records and harms

	Rows           int64    `json:"rows"` // below the header, without blank ones
	Records        int64    `json:"records"`
	Harms          int64    `json:"harms"`
	Groups         int64    `json:"groups,omitempty"`     // of the records: people without names
	Own            int64    `json:"own_fields,omitempty"` // fields of the case's own
	Consents       int64    `json:"consents,omitempty"`   // recorded of answers to the list's question
	Refused        int64    `json:"refused"`
	Doubtful       int64    `json:"doubtful"`       // records with a doubt
	Contradictions int64    `json:"contradictions"` // flag and age disagree about a child
	Notices        []string `json:"notices,omitempty"`
	Unlisted       []string `json:"unlisted_columns,omitempty"` // neither mapped nor listed as not mapped

	Closed []mapping.FieldClass `json:"closed_fields,omitempty"` // of all records, by the mapping's classes

	Earlier  []Earlier `json:"earlier_lists,omitempty"` // of the same source
	Standing int64     `json:"standing,omitempty"`      // rows that stand in one of them

	Edition *Updated `json:"edition,omitempty"` // of another list, and what it changed

	RefusedRows []Listed `json:"refused_rows,omitempty"`
	Doubts      []Listed `json:"doubts,omitempty"`
	MoreListed  bool     `json:"more_than_listed,omitempty"`

	// GoneOn says that the import was cut off before. It is no part of the receipt:
	// that is the same whatever has happened on the way.
	GoneOn *GoingOn `json:"-"`

	first *table.Refusal
}

// Listed is a place in the list and what is the matter there.
type Listed struct {
	Row    int    `json:"row"`
	Column string `json:"column,omitempty"`
	Why    string `json:"why"`
}

func (r *Receipt) refuse(f *table.Refusal) {
	r.Refused++
	if r.first == nil {
		r.first = f
	}
	if len(r.RefusedRows) >= maxListed {
		r.MoreListed = true
		return
	}
	r.RefusedRows = append(r.RefusedRows, Listed{f.Row, f.Column, f.Why})
}

func (r *Receipt) doubt(doubts []mapping.Doubt) {
	for _, d := range doubts {
		if len(r.Doubts) >= maxListed {
			r.MoreListed = true
			return
		}
		r.Doubts = append(r.Doubts, Listed{d.Row, d.Column, d.Why})
	}
}

func (r *Receipt) count(c mapping.Counts, notices []string, earlier *earlierLists, u *Updated) {
	r.Rows, r.Records, r.Harms, r.Groups, r.Own = c.Rows(), c.Read, c.Harms, c.Groups, c.Own
	r.Doubtful, r.Contradictions = c.Doubtful, c.Contradictions
	if r.Edition = u; u != nil {
		r.Rows += u.Same
		r.Notices = append([]string{u.notice()}, notices...)
		return
	}
	r.Earlier, r.Standing = earlier.found()
	if said := earlierNotice(r.Earlier, r.Standing, r.Records); said != "" {
		notices = append([]string{said}, notices...)
	}
	r.Notices = notices
}

// fill takes over what an entry says.
func (r *Receipt) fill(x register.Import) {
	r.Batch, r.RowFile, r.Root, r.Leaves = x.Batch, x.Object, x.Root, x.N
	r.Rows, r.Records, r.Refused, r.Doubtful = x.Rows, x.Records, x.Refused, x.Doubtful
}

// Write writes the receipt as indented JSON.
func (r Receipt) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("writing the receipt: %w", err)
	}
	return nil
}
