// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"strings"

	"recount/fault"
	"recount/journal"
)

// KindCitation is the kind of entry in which somebody quotes an exhibit.
const KindCitation = "citation.made@1"

// Quotation is what a publication shows of a citation: the words, whose they
// are and where they stand. The exhibit stays closed.
type Quotation struct {
	Citation    string `json:"citation"`
	Seq         int64  `json:"seq"`
	Scheme      string `json:"scheme"`
	Pinpoint    string `json:"pinpoint"`
	Quote       string `json:"quote"`
	Language    string `json:"language"`
	Attribution string `json:"attribution"`
}

// QuotationFields are the fields of a citation that a publication opens.
func QuotationFields() []string {
	return []string{"seq", "citation", "scheme", "pinpoint", "quote", "language", "attribution"}
}

// FrozenFields are the fields of a freeze that a publication opens: neither
// who did it nor why.
func FrozenFields() []string {
	return []string{"seq", "time", "dossier", "edition", "title", "statement_sha256", "base_size", "base_root",
		"limit", "counts", "quotes", "statement_object", "page_sha256", "page_object"}
}

// ParseQuotation reads the opened entry of a citation (fault.Tampered).
func ParseQuotation(seq int64, o journal.Opening) (Quotation, error) {
	if o.Kind != KindCitation {
		return Quotation{}, fmt.Errorf("%w: entry %d is a %s, not a %s", fault.Tampered, seq, o.Kind, KindCitation)
	}
	q := Quotation{Seq: seq}
	for field, to := range map[string]*string{
		"citation": &q.Citation, "scheme": &q.Scheme, "pinpoint": &q.Pinpoint,
		"quote": &q.Quote, "language": &q.Language, "attribution": &q.Attribution,
	} {
		v, open := o.Get(field)
		if !open {
			return Quotation{}, fmt.Errorf("%w: field %s of citation entry %d is closed", fault.Tampered, field, seq)
		}
		*to = v.Text()
	}
	return q, nil
}

// Place says where in the source the words stand: "page 12".
func (q Quotation) Place() string {
	return strings.TrimSpace(q.Scheme + " " + q.Pinpoint)
}

// QuotesJSON is the file data/quotes.json.
func QuotesJSON(quotes []Quotation) []byte {
	if quotes == nil {
		quotes = []Quotation{}
	}
	return append(canonical(quotes), '\n')
}

type figureJSON struct {
	Figure     string       `json:"figure"`
	Definition any          `json:"definition"`
	Unit       string       `json:"unit"`
	Universe   string       `json:"universe"`
	Values     []valueJSON  `json:"values"`
	BaseSize   int64        `json:"base_size"`
	BaseRoot   string       `json:"base_root"`
	Limit      int64        `json:"limit"`
	CountFiles []countsJSON `json:"count_files"`
}

type valueJSON struct {
	Part    string `json:"part"`
	Title   string `json:"title"`
	Min     int64  `json:"min"`
	Point   int64  `json:"point"`
	Max     int64  `json:"max"`
	Unknown int64  `json:"unknown"`
	Out     int64  `json:"out"`
}

type countsJSON struct {
	Path  string   `json:"path"`
	Parts []string `json:"parts"`
	N     int64    `json:"n"`
	Root  string   `json:"root"`
}

// CountPath is where a count file stands in a bundle.
func CountPath(file int64) string { return fmt.Sprintf("data/counts/%d.count", file) }

// FiguresJSON is the file data/figures.json: what the entry of the freeze says
// of its figures, for programs.
func FiguresJSON(f Frozen) []byte {
	figures := []figureJSON{}
	at := make(map[string]int)
	for _, c := range f.Counts {
		id := c.Definition.Figure
		i, seen := at[id]
		if !seen {
			i = len(figures)
			at[id] = i
			figures = append(figures, figureJSON{
				Figure: id, Definition: c.Definition, Unit: c.Definition.Unit, Universe: c.Universe,
				BaseSize: f.BaseSize, BaseRoot: journal.Leaf(f.BaseRoot).String(), Limit: f.Limit,
			})
		}
		figures[i].CountFiles = append(figures[i].CountFiles, countsJSON{CountPath(c.File), c.Parts, c.N, c.Root})
	}
	for _, c := range f.Columns() {
		i := at[c.Figure]
		figures[i].Values = append(figures[i].Values, valueJSON{c.Part, c.Title, c.Totals.Min(), c.Totals.Point(), c.Totals.Max(), c.Totals.Unknown, c.Totals.Out})
	}
	return append(canonical(figures), '\n')
}
