// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/figure"
	"recount/journal"
)

// KindFrozen is the kind of entry that freezes an edition of a dossier.
const KindFrozen = "dossier.frozen@1"

// Frozen is what the entry of a freeze says, as far as a publication opens it.
type Frozen struct {
	Dossier         string // id, "d-…"
	Edition         int64  // from 1
	Title           string
	StatementSHA256 string // of the statement as it was written, hex
	BaseSize        int64  // the checkpoint that the figures were answered at
	BaseRoot        tlog.Hash
	Limit           int64 // small-cell limit
	Counts          []Count
	Quotes          []QuoteRef
	StatementObject string // address in the vault, hex
	PageSHA256      string // of the page that readers see, hex
	PageObject      string
}

// Count is one count file: a figure, or a figure with some of its parts.
type Count struct {
	File       int64             `json:"file"` // data/counts/<file>.count, from 1
	Definition figure.Definition `json:"definition"`
	Parts      []string          `json:"parts"` // those of the definition that stand in this file
	Rule       string            `json:"rule"`
	Rungs      []string          `json:"rungs"` // what the lines hold, each with its version
	Universe   string            `json:"universe"`
	Erased     int64             `json:"erased"` // erasures carried out before the figure was answered
	N          int64             `json:"n"`      // lines
	Root       string            `json:"root"`   // over their leaves, hex
	Batch      string            `json:"batch"`
	Object     string            `json:"object"` // the row file of the lines in the vault
	Members    RowFile           `json:"members"`
	Plan       string            `json:"plan"`   // what a publication opens: an object of the vault
	Totals     []figure.Totals   `json:"totals"` // of the figure, then of each part
}

// RowFile names rows that a freeze keeps in the vault and that no publication holds.
type RowFile struct {
	Batch  string `json:"batch"`
	N      int64  `json:"n"`
	Root   string `json:"root"` // hex
	Object string `json:"object"`
}

// QuoteRef says where the log has a citation that the statement quotes.
type QuoteRef struct {
	Citation string `json:"citation"` // id, "c-…"
	Seq      int64  `json:"seq"`      // of the entry citation.made@1
}

// Sheet is the definition with the parts that stand in this count file.
func (c Count) Sheet() (figure.Definition, error) { return c.Definition.With(c.Parts) }

// RungVersions are the names, with their version, of the rungs in use.
func RungVersions(use figure.Use) []string {
	names := []string{}
	for _, f := range use.Fields() {
		names = append(names, f+"@1")
	}
	return names
}

// check holds a count to itself.
func (c Count) check(file int64) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: count file %d: %s", fault.Tampered, file, fmt.Sprintf(format, args...))
	}
	if c.File != file {
		return bad("it calls itself %d", c.File)
	}
	if err := c.Definition.Check(); err != nil {
		return bad("%v", err)
	}
	sheet, err := c.Sheet()
	if err != nil {
		return bad("%v", err)
	}
	if c.Rule != c.Definition.Rule || !slices.Equal(c.Rungs, RungVersions(sheet.Rungs())) || c.Universe != c.Definition.Universe() {
		return bad("rule, rungs or universe are not those of its definition")
	}
	if c.N < 0 || c.Erased < 0 || len(c.Totals) != len(c.Parts)+1 {
		return bad("%d lines with totals for %d columns; %d columns are defined", c.N, len(c.Totals), len(c.Parts)+1)
	}
	for i, t := range c.Totals {
		if t.In < 0 || t.Unknown < 0 || t.Out < 0 || t.N() != c.N {
			return bad("the totals of column %d do not make its %d lines", i+1, c.N)
		}
	}
	for _, h := range []string{c.Root, c.Object, c.Members.Root, c.Members.Object, c.Plan} {
		if b, err := hex.DecodeString(h); err != nil || len(b) != 32 || hex.EncodeToString(b) != h {
			return bad("%.80q is not 32 bytes in hex", h)
		}
	}
	return nil
}

// root is the root of the lines; check has seen that it can be read.
func (c Count) root() (h tlog.Hash) {
	_, _ = hex.Decode(h[:], []byte(c.Root))
	return h
}

// canonical writes a value as JSON without spaces, characters as themselves.
func canonical(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// The types of this package hold texts and numbers only and cannot fail.
	_ = enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Fields are the entry's own fields, for a journal.Draft of KindFrozen.
func (f Frozen) Fields() map[string]journal.Value {
	counts, quotes := f.Counts, f.Quotes
	if counts == nil {
		counts = []Count{}
	}
	if quotes == nil {
		quotes = []QuoteRef{}
	}
	texts := map[string]string{
		"dossier": f.Dossier, "edition": strconv.FormatInt(f.Edition, 10), "title": f.Title,
		"statement_sha256": f.StatementSHA256, "base_size": strconv.FormatInt(f.BaseSize, 10), "base_root": hex.EncodeToString(f.BaseRoot[:]),
		"limit": strconv.FormatInt(f.Limit, 10), "counts": string(canonical(counts)), "quotes": string(canonical(quotes)),
		"statement_object": f.StatementObject, "page_sha256": f.PageSHA256, "page_object": f.PageObject,
	}
	fields := make(map[string]journal.Value, len(texts))
	for name, text := range texts {
		fields[name] = journal.Text(text)
	}
	return fields
}

// ParseFrozen reads the fields of the entry of a freeze; get answers false for
// a field that is closed. It refuses (fault.Tampered) what Fields does not
// write.
func ParseFrozen(get func(field string) (journal.Value, bool)) (Frozen, error) {
	r := fieldReader{get: get}
	f := Frozen{
		Dossier: r.text("dossier"), Edition: r.number("edition"), Title: r.text("title"),
		StatementSHA256: r.hex32("statement_sha256"), BaseSize: r.number("base_size"), Limit: r.number("limit"),
		PageSHA256: r.hex32("page_sha256"), StatementObject: r.hex32("statement_object"), PageObject: r.hex32("page_object"),
	}
	if root, err := hex.DecodeString(r.hex32("base_root")); err == nil {
		copy(f.BaseRoot[:], root)
	}
	r.json("counts", &f.Counts)
	r.json("quotes", &f.Quotes)
	if r.err != nil {
		return Frozen{}, r.err
	}
	if f.Counts == nil || f.Quotes == nil {
		return Frozen{}, fmt.Errorf("%w: counts or quotes are no JSON array", fault.Tampered)
	}
	if f.Edition < 1 {
		return Frozen{}, fmt.Errorf("%w: edition %d; editions are numbered from 1", fault.Tampered, f.Edition)
	}
	for i, c := range f.Counts {
		if err := c.check(int64(i) + 1); err != nil {
			return Frozen{}, err
		}
	}
	if string(canonical(f.Counts)) != r.text("counts") || string(canonical(f.Quotes)) != r.text("quotes") {
		return Frozen{}, fmt.Errorf("%w: counts or quotes are not in their canonical form", fault.Tampered)
	}
	return f, nil
}

type fieldReader struct {
	get func(string) (journal.Value, bool)
	err error
}

func (r *fieldReader) fail(field, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: field %s of the frozen entry is closed or is no %s", fault.Tampered, field, want)
	}
}

func (r *fieldReader) text(field string) string {
	v, open := r.get(field)
	if !open || !v.Present() {
		r.fail(field, "text")
	}
	return v.Text()
}

func (r *fieldReader) number(field string) int64 {
	s := r.text(field)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		r.fail(field, "number")
	}
	return n
}

func (r *fieldReader) hex32(field string) string {
	s := r.text(field)
	if b, err := hex.DecodeString(s); err != nil || len(b) != 32 || hex.EncodeToString(b) != s {
		r.fail(field, "SHA-256 in hex")
	}
	return s
}

func (r *fieldReader) json(field string, to any) {
	dec := json.NewDecoder(bytes.NewReader([]byte(r.text(field))))
	dec.DisallowUnknownFields()
	if err := dec.Decode(to); err != nil {
		r.fail(field, "JSON array")
	}
}

// Columns are all figures and parts in the order of the count files, each once.
func (f Frozen) Columns() []Counted {
	var columns []Counted
	for _, c := range f.Counts {
		for i, part := range append([]string{""}, c.Parts...) {
			seen := slices.ContainsFunc(columns, func(x Counted) bool { return x.Figure == c.Definition.Figure && x.Part == part })
			if seen {
				continue
			}
			title := c.Definition.Title
			if part != "" {
				title = c.Definition.Parts[c.Definition.Column(part)-1].Title
			}
			columns = append(columns, Counted{Figure: c.Definition.Figure, Part: part, Title: title, Totals: c.Totals[i]})
		}
	}
	return columns
}

// Totals are those of a figure or of one of its parts; false where the entry
// has none of that name.
func (f Frozen) Totals(id, part string) (figure.Totals, bool) {
	for _, c := range f.Columns() {
		if c.Figure == id && c.Part == part {
			return c.Totals, true
		}
	}
	return figure.Totals{}, false
}
