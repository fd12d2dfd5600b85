// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"recount/register"
)

// Manifest says what Write wrote, with all that is needed to make a case of it:
// file names use slashes and are relative to the folder. It is written too, as
// manifest.json.
type Manifest struct {
	Notice     string
	Seed       uint64
	PublicName string // of an archive for it
	CaseID     string
	Title      string
	People     int // to whom something was done
	Sources    []Source
	Incidents  []Incident
	Exhibits   []ExhibitFile // every file that a source gave
	Lists      []ListFile
	Quotes     []Quote
	Records    []string   // files: what witnesses say of people whom they name, in the format of mapping.ParseStatement
	Merges     []Decision // rows of one person that no rule can join
	Apart      []Decision // rows of two people whom the rules take for one
	Rules      string     // file: linkage rules
	Figures    []FigureFile
	Statement  string // file: Markdown with {{figure …}} and {{quote …}}
}

// Source is a source to be described: register.Source(x) is what an entry says.
// As a type of its own it keeps the names of the fields in manifest.json.
type Source register.Source

// Incident is likewise a register.Incident.
type Incident register.Incident

// ExhibitFile is a file to be preserved, and where it came from.
type ExhibitFile struct {
	Exhibit      string // id, e-…
	Source       string // id, s-…
	File         string
	Title        string
	ReceivedFrom string
	Custody      string
}

// ListFile is a list to be imported.
type ListFile struct {
	Key     string
	Exhibit string // id of its ExhibitFile
	Source  string
	File    string
	Mapping string // file
	Rows    int    // below the headers
}

// Quote is a citation to be made: the words stand in the file exactly so, once.
type Quote struct {
	Citation      string // id, c-…
	Exhibit       string
	File          string
	Scheme        string // "chars": from and to, counted in characters from 0, the end not included
	Pinpoint      string
	Quote         string
	Before, After string // up to 32 characters
	Language      string
	Attribution   string
}

// FigureFile is a figure's definition.
type FigureFile struct {
	Figure string // id, f-…
	File   string
}

// Decision is what a human being says of two rows.
type Decision struct {
	One, Other RowRef
	Why        string
}
