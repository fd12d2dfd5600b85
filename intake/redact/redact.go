// SPDX-License-Identifier: Apache-2.0

// Package redact makes copies of lists in which rows are blanked: a row that is
// erased keeps its place and its number and says Mark, and every other row,
// sheet and column is what it was. What a workbook holds beside its cells
// (shared texts, remarks, names, properties, values that formulas had, caches of
// charts and pivot tables) is cleared of the erased rows as well.
package redact

import (
	"fmt"
	"strconv"

	"recount/fault"
	"recount/intake/table"
)

// Mark stands in the place of what was blanked.
const Mark = "[erased]"

// Rows are rows of a list by their sheet ("" for a CSV) and their number, as
// package table counts them.
type Rows map[string]map[int]bool

// Add puts a row in.
func (r Rows) Add(sheet string, number int) {
	if r[sheet] == nil {
		r[sheet] = map[int]bool{}
	}
	r[sheet][number] = true
}

// Has tells whether a row is among them.
func (r Rows) Has(sheet string, number int) bool { return r[sheet][number] }

// Order is what shall be blanked.
type Order struct {
	Erase Rows                   // these rows, whatever they say
	Keep  Rows                   // these stay as they are, also where Holds finds something in them
	Holds func(text string) bool // a text that must not stay: a cell of it is blanked; a whole row where no one cell holds it
}

// Report is what was done. It names places, never what stood there.
type Report struct {
	Rows  []string // blanked whole: "7", or "2:7" for row 7 of the workbook's second sheet
	Cells []string // rows of which single cells were blanked, written likewise
	Left  []string // parts of a workbook that were left out or emptied, by what they are
}

// place writes where a row stands; sheet counts from 1, 0 is a CSV.
func place(sheet, row int) string {
	if sheet == 0 {
		return strconv.Itoa(row)
	}
	return fmt.Sprintf("%d:%d", sheet, row)
}

// refused is the error of a list that the program cannot redact.
func refused(opt table.Options, why string) error {
	r := &table.Refusal{File: opt.File, Why: "the program cannot redact this file: " + why, Want: "the redacted file, made by hand"}
	return fmt.Errorf("%w", r)
}

// missing says that a row to be blanked does not stand in the list.
func missing(o Order, found Rows) error {
	for sheet, rows := range o.Erase {
		for n := range rows {
			if !found.Has(sheet, n) {
				return fmt.Errorf("%w: row %d, which is to be erased, does not stand in the file as it is read now; accepted: the redacted file, made by hand", fault.Invalid, n)
			}
		}
	}
	return nil
}
