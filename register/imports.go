// SPDX-License-Identifier: Apache-2.0

package register

import (
	"strings"

	"recount/journal"
)

const (
	kindImport   = "list.imported@1"
	kindAddition = "records.added@1"
)

// RowFile names a row file: its staging batch, how many leaves it holds, its
// Merkle root (RFC 6962, hex) and its address in the vault (hex).
type RowFile struct {
	Batch  string // id, b-…
	N      int64
	Root   string
	Object string
}

func (c *checks) rowFile(f RowFile) {
	c.id("batch", "b", f.Batch)
	c.notNegative("n", f.N)
	c.sha256("root", f.Root)
	c.sha256("object", f.Object)
}

// Import is a list that was read: from which exhibit, by which mapping, into
// which rows, and how many rows were refused or doubtful.
type Import struct {
	Source        string // id, s-…
	Exhibit       string // id, e-…
	ExhibitSHA256 string // of the bytes as received, hex
	Mapping       string // the mapping as it was used
	MappingSHA256 string // hex
	RowFile
	Rows     int64 // of the list, without its heading
	Records  int64 // read from them
	Refused  int64 // rows that could not be read
	Doubtful int64 // rows of which something was left unknown
}

func (x *Import) slots() []slot {
	return []slot{
		{"source", &x.Source}, {"exhibit", &x.Exhibit}, {"exhibit_sha256", &x.ExhibitSHA256},
		{"mapping", &x.Mapping}, {"mapping_sha256", &x.MappingSHA256}, {"batch", &x.Batch},
		{"n", &x.N}, {"root", &x.Root}, {"object", &x.Object}, {"rows", &x.Rows},
		{"records", &x.Records}, {"refused", &x.Refused}, {"doubtful", &x.Doubtful},
	}
}

// Draft is the entry list.imported@1 that says x.
func (x Import) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindImport, x.slots(), reason, basis, handling)
}

// ImportFrom reads an entry list.imported@1.
func ImportFrom(e journal.Entry) (Import, error) {
	var x Import
	err := read(kindImport, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Import) Check() error {
	c := checks{what: "import " + clip(x.Batch)}
	c.id("source", "s", x.Source)
	c.id("exhibit", "e", x.Exhibit)
	c.sha256("exhibit_sha256", x.ExhibitSHA256)
	if strings.TrimSpace(x.Mapping) == "" {
		c.failf("mapping", "it is missing; accepted is the mapping as it was used")
	}
	c.sha256("mapping_sha256", x.MappingSHA256)
	c.rowFile(x.RowFile)
	c.notNegative("rows", x.Rows)
	c.notNegative("records", x.Records)
	c.notNegative("refused", x.Refused)
	c.notNegative("doubtful", x.Doubtful)
	if x.Refused > x.Rows {
		c.failf("refused", "%d of %d rows; accepted is at most the number of rows", x.Refused, x.Rows)
	}
	c.texts(x.slots())
	return c.err()
}

// Stood is a row of a list as it stood, and its record as it stands in the case.
type Stood struct {
	Record   journal.Leaf
	Raw      string // the row: a JSON array of pairs of header and cell
	NameFold string
	Handling string // of the record by now
}

// Addition is a row file of records that people entered, corrected or
// completed: no list was read.
type Addition struct {
	Source        string // id, s-…, "" when the rows have several
	Exhibit       string // id, e-…, "" when the rows have several
	ExhibitSHA256 string // hex, with exhibit
	RowFile
}

func (x *Addition) slots() []slot {
	return []slot{
		{"source", &x.Source}, {"exhibit", &x.Exhibit}, {"exhibit_sha256", &x.ExhibitSHA256},
		{"batch", &x.Batch}, {"n", &x.N}, {"root", &x.Root}, {"object", &x.Object},
	}
}

// Draft is the entry records.added@1 that says x.
func (x Addition) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindAddition, x.slots(), reason, basis, handling)
}

// AdditionFrom reads an entry records.added@1.
func AdditionFrom(e journal.Entry) (Addition, error) {
	var x Addition
	err := read(kindAddition, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Addition) Check() error {
	c := checks{what: "addition " + clip(x.Batch)}
	c.optionalID("source", "s", x.Source)
	c.optionalID("exhibit", "e", x.Exhibit)
	c.optionalSHA256("exhibit_sha256", x.ExhibitSHA256)
	if (x.Exhibit == "") != (x.ExhibitSHA256 == "") {
		c.failf("exhibit_sha256", "an exhibit and its SHA-256 go together; accepted are both or neither")
	}
	c.rowFile(x.RowFile)
	c.texts(x.slots())
	return c.err()
}
