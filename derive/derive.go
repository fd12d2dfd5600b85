// SPDX-License-Identifier: Apache-2.0

// Package derive shows what is in an exhibit: its text, its rows or its
// picture. An exhibit can be hostile, so none is decoded in the process that
// asks: a Runner starts the program itself again as a child (Child) with little
// memory, little time, no files, an empty environment and the exhibit on its
// standard input, and reads one framed result. docs/design.md, "Derivatives".
//
// What kind of file an exhibit is, is decided by its bytes, as intake does it,
// and never by its name or by what was claimed of it; Compare puts both side by
// side.
//
// Errors: fault.Invalid where the file cannot be shown, with the reason;
// fault.Unavailable where a program that is needed is not there; what the
// opening or reading of the exhibit itself answers is passed on as it is, so
// that fault.Tampered stays what it is.
package derive

import (
	"strings"
	"time"
)

// Kind is a way of showing an exhibit.
type Kind string

// The kinds. KindSource is the text of the file itself where KindText would
// show what it means to say, as with HTML and JSON.
const (
	KindText    Kind = "text"
	KindSource  Kind = "source"
	KindTable   Kind = "table"
	KindPicture Kind = "picture"
)

// Media types of a workbook of OpenDocument, of an old workbook, of what is kept like
// one and does not say in its beginning what it is, and of a document with tables.
const (
	oldWorkbook  = "application/vnd.ms-excel"
	compoundFile = "application/x-ole-storage"
	openDocument = "application/vnd.oasis.opendocument.spreadsheet"
	wordDocument = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// isJSON is true of the media types of lists in JSON.
func isJSON(found string) bool { return found == "application/json" || found == "application/x-ndjson" }

// Kinds are the ways of showing a file of a media type that was found in its
// bytes (register.Exhibit.MediaType), the best first; none where there is none.
// A list is also text, and a plain text may be a list.
func Kinds(found string) []Kind {
	switch found {
	case "text/csv", "text/tab-separated-values":
		return []Kind{KindTable, KindText}
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", openDocument, oldWorkbook, compoundFile, wordDocument:
		return []Kind{KindTable}
	case "text/plain":
		return []Kind{KindText, KindTable}
	case "image/png", "image/apng", "image/vnd.mozilla.apng", "image/jpeg", "image/gif", "image/webp":
		return []Kind{KindPicture}
	case "application/pdf":
		return []Kind{KindText}
	}
	if found == "text/html" {
		return []Kind{KindText, KindSource, KindTable}
	}
	if isRendered(found) {
		if isJSON(found) {
			return []Kind{KindText, KindSource, KindTable}
		}
		return []Kind{KindText, KindSource}
	}
	if isText(found) {
		return []Kind{KindText}
	}
	return nil
}

// isRendered is true of media types whose text is shown otherwise than it is
// written.
func isRendered(found string) bool {
	return found == "text/html" || found == "application/xhtml+xml" || strings.HasSuffix(found, "json")
}

// isText is true of media types that are text, by the same rule by which
// intake looks for a quote in them.
func isText(found string) bool {
	return strings.HasPrefix(found, "text/") || found == "message/rfc822" || found == "application/x-subrip" ||
		strings.HasSuffix(found, "json") || strings.HasSuffix(found, "xml")
}

// Type is what was claimed of a file beside what was found in it.
type Type struct {
	Declared string // by its name or by who brought it; "": nothing was claimed
	Found    string // in its bytes
	Differ   bool   // a person should look
}

// Compare puts a claimed media type beside the one that was found. A claim of
// a text that is narrower than "text/plain" is no difference: no bytes tell
// Markdown from plain text, or a table of one column from either. Nor is that of an
// old workbook, document, presentation or mail, where the beginning of the file does
// not say which of them it is.
func Compare(declared, found string) Type {
	declared, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(declared)), ";")
	declared = strings.TrimSpace(declared)
	found, _, _ = strings.Cut(found, ";")
	same := declared == "" || declared == found || plain(declared) && plain(found) || found == compoundFile && compound(declared)
	return Type{Declared: declared, Found: found, Differ: !same}
}

func compound(mediaType string) bool {
	switch mediaType {
	case oldWorkbook, "application/msword", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook":
		return true
	}
	return false
}

func plain(mediaType string) bool {
	switch mediaType {
	case "text/plain", "text/markdown", "text/csv", "text/tab-separated-values":
		return true
	}
	return false
}

// Limits bound one child. A field that is zero has its default.
type Limits struct {
	Memory int64         // bytes it may hold; default 512 MiB
	CPU    time.Duration // computing time, whole seconds; default 20 s
	Wall   time.Duration // from its start to its end; default 30 s
	Output int64         // bytes it may answer; default 32 MiB
}

// DefaultLimits are the limits of a Runner that has none of its own.
func DefaultLimits() Limits {
	return Limits{Memory: 512 << 20, CPU: 20 * time.Second, Wall: 30 * time.Second, Output: 32 << 20}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Memory <= 0 {
		l.Memory = d.Memory
	}
	if l.CPU <= 0 {
		l.CPU = d.CPU
	}
	if l.Wall <= 0 {
		l.Wall = d.Wall
	}
	if l.Output <= 0 {
		l.Output = d.Output
	}
	return l
}

// How the text that is shown came of the bytes.
const (
	AsWritten = "written"   // the file's own characters
	AsVisible = "visible"   // of HTML, what a reader would see of it
	Indented  = "indented"  // JSON, with lines and tabs put in
	Extracted = "extracted" // of a PDF, by the program pdftotext
)

// Text is a page of an exhibit's text.
type Text struct {
	Found    string // media type by the bytes
	Encoding string // "utf-8", "utf-16le", "windows-1251", …
	Guessed  bool   // the file does not say its encoding: it was guessed by which letters stand together
	Form     string // AsWritten, AsVisible, Indented or Extracted

	// Exact is true where offsets and lines are those that a citation by
	// "chars" or "line" is checked against: the exhibit's own characters,
	// counted from 0, without a byte order mark. Elsewhere they count what is
	// shown here and say nothing to others.
	Exact bool

	Page, Pages int   // from 1; a page has about 20,000 characters
	Total       int64 // characters of the whole text
	Cut         bool  // the text is longer than 64 MiB; only so much was read

	// What a person should know of the whole text. Control characters, and the
	// two that override the direction of what follows, are shown as pictures
	// of themselves, one for one, so that offsets stay right.
	Controls int // control characters other than tab and line ends
	Bidi     int // characters that set the direction of text
	Damaged  int // characters that are lost: U+FFFD, or bytes that the encoding does not have

	Paragraphs []Paragraph
}

// Paragraph is a line of a text, or a piece of a very long one.
type Paragraph struct {
	Offset    int64  // characters of the whole text before its first one
	Line      int64  // lines end with LF, as a citation by "line" counts; from 1
	Leaf      int    `json:",omitempty"` // page of a PDF, from 1; else 0
	Continued bool   `json:",omitempty"` // the same line as the paragraph before
	Text      string // without its line end
}

// Table is a window of a list.
type Table struct {
	Found     string
	Encoding  string  // of a CSV
	Guessed   bool    // the file does not say its encoding: it was guessed
	Delimiter string  // of a CSV
	Sheets    []Sheet // of a workbook
	Sheet     string  // the one that is shown
	HeaderRow int     // number of the first row that is not blank; 0: there is none
	Named     bool    // the columns have names of their own, as in JSON: no row has them
	Header    []string
	Columns   int // cells of the widest row in the window, or of the header
	From, To  int // rows of the file, as a citation by "row" counts them: the first row of the file is 1
	More      bool
	Rows      []Row // without blank ones and without the header
	Notices   []string
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
}

// Row is one row. Cells are as a person sees them in the file; nothing is read
// as a number or a date that the file does not say is one.
type Row struct {
	Number  int
	Cells   []string
	Refused string `json:",omitempty"` // why its cells cannot be shown; never holds a value
}

// Picture is a picture made anew from an exhibit's: a PNG of the bare points,
// upright, with nothing else that the file may have held.
type Picture struct {
	Found                         string
	PNG                           []byte `json:"-"`
	Width, Height                 int    // of the PNG
	OriginalWidth, OriginalHeight int    // of the exhibit's, upright
	Turned                        bool   // the file says that it is to be turned or mirrored, and it was
	First                         bool   // a GIF, of which the first picture is shown

	Times []PictureTime `json:",omitempty"` // what the file says of when it was taken and changed
}
