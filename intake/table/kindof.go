// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"slices"
)

// format is what a file is by its first bytes, whatever it is called: "other" where it
// is none of what is read.
func format(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")), bytes.HasPrefix(head, []byte("PK\x07\x08PK\x03\x04")):
		return "zip"
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return "cfb"
	}
	text := head
	if decoded := decodedHead(head); decoded != nil {
		text = decoded
	}
	switch {
	case isPFIF(text):
		return "pfif"
	case known(head, text) != nil:
		return "other"
	case isPage(text):
		return "html"
	case isJSON(text):
		return "json"
	}
	return "csv"
}

// other is a kind of file that is not read, by how it begins.
type other struct {
	begins, holds string // of a text also what stands in its beginning
	text          bool   // letters of either size, behind white space and a mark
	what          string
	want          string
}

const (
	wantList    = "the list saved as a workbook, .xlsx, .ods or .xls, or CSV"
	wantUnfold  = "the list that is in it, or a ZIP of it"
	packedFile  = "a packed file, and no list"
	noTextAtAll = "a picture, and no list"
)

// others are kinds of files that are often brought under the name of a list.
func others() []other {
	return []other{
		{begins: "%pdf-", text: true, what: "a PDF, which has no rows and columns to read", want: "CSV or a workbook, .xlsx, .ods or .xls"},
		{begins: "\x1f\x8b", what: packedFile + " (gzip)", want: wantUnfold},
		{begins: "BZh", holds: "1AY&SY", what: packedFile + " (bzip2)", want: wantUnfold},
		{begins: "\xfd7zXZ\x00", what: packedFile + " (xz)", want: wantUnfold},
		{begins: "7z\xbc\xaf\x27\x1c", what: packedFile + " (7z)", want: wantUnfold},
		{begins: "Rar!\x1a\x07", what: packedFile + " (RAR)", want: wantUnfold},
		{begins: "\x28\xb5\x2f\xfd", what: packedFile + " (zstd)", want: wantUnfold},
		{begins: "\x89PNG\r\n", what: noTextAtAll, want: wantList},
		{begins: "\xff\xd8\xff", what: noTextAtAll, want: wantList},
		{begins: "GIF8", what: noTextAtAll, want: wantList},
		{begins: "SQLite format 3\x00", what: "a database (SQLite)", want: "a table of it as CSV"},
		{begins: "\x00\x01\x00\x00Standard ", what: "a database (Access)", want: "a table of it as CSV or a workbook"},
		{begins: "PAR1", what: "a table in Parquet", want: "it as CSV"},
		{begins: "$FL2", what: "a table of SPSS", want: "it as CSV or a workbook"},
		{begins: "\xff\xfe\x00\x00", what: "text in UTF-32", want: "the list in UTF-8 or UTF-16"},
		{begins: "\x00\x00\xfe\xff", what: "text in UTF-32", want: "the list in UTF-8 or UTF-16"},
		{begins: `{\rtf`, text: true, what: "a document in RTF", want: "the document as .docx, or the list as CSV"},
		{begins: "mime-version:", text: true, what: "a page packed as a mail, as programs save one with its pictures (MHT)", want: wantList},
		{begins: "id;p", holds: "\nc;", text: true, what: "a table in SYLK", want: wantList},
		{begins: "table\r\n0,1", holds: "vectors", text: true, what: "a table in DIF", want: wantList},
		{begins: "table\n0,1", holds: "vectors", text: true, what: "a table in DIF", want: wantList},
		{begins: "<?xml", holds: "urn:schemas-microsoft-com:office:spreadsheet", text: true, what: "a workbook as one XML (Excel 2003)", want: wantList},
		{begins: "<?xml", holds: "office:document", text: true, what: "a document as one XML (flat OpenDocument)", want: wantList},
	}
}

// known is what the file is, of what is not read; nil where it is none of it.
func known(head, text []byte) *other {
	if isBareBIFF(head) {
		return &other{what: "an old workbook that is not kept in a compound file, as Excel before 1993 and some programs write it", want: wantList}
	}
	text = bytes.ToLower(trimmedHead(text))
	all := others()
	i := slices.IndexFunc(all, func(o other) bool {
		of := head
		if o.text {
			of = text
		}
		return bytes.HasPrefix(of, []byte(o.begins)) && bytes.Contains(of, []byte(o.holds))
	})
	if i < 0 {
		return nil
	}
	return &all[i]
}

// noList is the refusal of such a file.
func (o Options) noList(head []byte) error {
	text := head
	if decoded := decodedHead(head); decoded != nil {
		text = decoded
	}
	k := known(head, text)
	return o.refuse(k.what, k.want)
}

// trimmedHead is a text without a mark and white space in front.
func trimmedHead(head []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte(byteOrderMark)), " \t\r\n")
}

// isBareBIFF is true of the record with which old workbooks begin, alone: 9 is a tab,
// but no list has the bytes behind it.
func isBareBIFF(head []byte) bool {
	if len(head) < 8 || head[0] != 9 || head[3] != 0 {
		return false
	}
	switch head[1] {
	case 0, 2, 4, 8: // of Excel 2, 3, 4, 5 and later
		return head[2] >= 4 && head[2] <= 16 && head[2]%2 == 0
	}
	return false
}

// decodedHead is the beginning of a file in UTF-16, as UTF-8; nothing of any other.
func decodedHead(head []byte) []byte {
	name, n := markOf(head)
	by, ok := EncodingNamed(name)
	if !ok {
		return nil
	}
	head = head[n:]
	decoded, err := by.NewDecoder().Bytes(head[:len(head)/2*2])
	if err != nil {
		return nil
	}
	return decoded
}

// isPage is true of the beginning of a page: a document type, or a tag with which
// pages and tables begin, or any tag where a table begins soon.
func isPage(head []byte) bool {
	head = bytes.ToLower(trimmedHead(head))
	for _, begins := range []string{"<!doctype", "<html", "<head", "<table", "<body", "<meta", "<?xml", "<!--"} {
		if bytes.HasPrefix(head, []byte(begins)) {
			return true
		}
	}
	return len(head) > 1 && head[0] == '<' && head[1] >= 'a' && head[1] <= 'z' && bytes.Contains(head, []byte("<table"))
}
