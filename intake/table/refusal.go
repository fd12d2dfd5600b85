// SPDX-License-Identifier: Apache-2.0

package table

import (
	"fmt"
	"strconv"
	"strings"

	"recount/fault"
)

// Refusal says what cannot be taken, where it stands and what would be taken.
// It is fault.Invalid and has two renderings: Error, for logs and saved
// receipts, never has a value or a file's name, since both can name a person;
// Tell, for the importing person's own screen, has both.
type Refusal struct {
	File   string `json:"file,omitempty"`
	Sheet  string `json:"sheet,omitempty"`
	Row    int    `json:"row,omitempty"`      // 0: the file as a whole
	Column string `json:"column,omitempty"`   // key of the column; see InColumn
	Value  string `json:"value,omitempty"`    // what stands there
	Why    string `json:"why"`                // never holds the value
	Want   string `json:"accepted,omitempty"` // what would be accepted; never holds the value
	Hint   string `json:"hint,omitempty"`     // may hold the value: other readings of it

	InColumn bool `json:"-"` // Column is meant, also where it is ""
	HasValue bool `json:"-"` // Value is meant, also where it is ""

	cell int // which column of the sheet, from 1, where the header's name is not known yet
}

// Error is the rendering without the value.
func (r *Refusal) Error() string {
	return fault.Invalid.Error() + ": " + r.place() + r.Why + r.wanted()
}

// Tell is the rendering for the person who brings the list, with file and value.
func (r *Refusal) Tell() string {
	var b strings.Builder
	if r.File != "" {
		b.WriteString(r.File + ": ")
	}
	b.WriteString(r.place())
	if r.HasValue {
		b.WriteString(strconv.Quote(clip(r.Value, 120)) + ": ")
	}
	b.WriteString(r.Why + r.wanted())
	if r.Hint != "" {
		b.WriteString(" (" + r.Hint + ")")
	}
	return b.String()
}

// Unwrap makes a Refusal a fault.Invalid.
func (r *Refusal) Unwrap() error { return fault.Invalid }

// Place names sheet, row and column, without a value.
func (r *Refusal) Place() string { return strings.TrimSuffix(r.place(), ": ") }

func (r *Refusal) place() string {
	var parts []string
	if r.Sheet != "" {
		parts = append(parts, fmt.Sprintf("sheet %q", r.Sheet))
	}
	if r.Row > 0 {
		parts = append(parts, fmt.Sprintf("row %d", r.Row))
	}
	if r.InColumn {
		parts = append(parts, fmt.Sprintf("column %q", r.Column))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + ": "
}

func (r *Refusal) wanted() string {
	if r.Want == "" {
		return ""
	}
	return "; accepted: " + r.Want
}

// clip shortens s to at most n letters, so that a message stays readable.
func clip(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
