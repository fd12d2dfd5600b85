// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
	"recount/journal"
)

// Options say what the reader brings along.
type Options struct {
	// VKeys are public keys that the reader has from another hand than the
	// bundle, as name+hash+key. Those whose name ends in "/seal" are held
	// against the seal, the others against the checkpoint.
	VKeys []string
	// Against is a signed checkpoint of the same log that the reader kept from
	// before, or has from somebody else.
	Against []byte
	// Consistency is a proof between the checkpoint Against and that of the
	// bundle, as the archive gives it on request.
	Consistency []byte
}

// checking is one check under way.
type checking struct {
	bag     *bag
	options Options
	pinned  []note.Verifier
	report  *Report

	checkpoint *journal.Checkpoint       // as far as it could be read
	signed     []byte                    // the note that it stands in
	entries    map[int64]journal.Opening // those that stand under the checkpoint
	frozen     *Frozen                   // what was frozen, if that stands in the log
	frozenSeq  int64
	quotes     []Quotation
	rows       map[journal.Leaf]disclosed // named level: records and harms
	named      bool
}

// Bundle checks a bundle. What it finds wrong with the bundle stands in the
// report; an error says that the check could not be made: files that cannot be
// read (fault.Unavailable), more of them than any bundle has, or options that
// cannot be read (fault.Invalid).
func Bundle(ctx context.Context, fsys fs.FS, o Options) (Report, error) {
	keys, err := pinned(o.VKeys)
	if err != nil {
		return Report{}, err
	}
	b, err := openBag(ctx, fsys)
	if err != nil {
		return Report{}, err
	}
	report := newReport()
	c := &checking{bag: b, options: o, pinned: keys, report: &report, entries: make(map[int64]journal.Opening)}
	seal, sealed := c.unchanged()
	if sealed {
		report.Level, report.Recipient = seal.Level, seal.Recipient
		c.named = seal.Level == LevelNamed
	}
	if err := c.inLog(ctx); err != nil {
		return Report{}, err
	}
	if c.frozen != nil {
		c.sealMatches(seal, sealed)
		c.tagTexts(seal)
		c.conditions()
		if err := c.counts(ctx); err != nil {
			return Report{}, err
		}
		c.pages()
	} else {
		const what = "without the entry of the freeze nothing says what to expect"
		report.add(Complete, Finding{Verdict: Undecided, What: what})
		report.add(AddsUp, Finding{Verdict: Undecided, What: what})
	}
	report.close()
	return report, nil
}

// sealMatches holds the seal against what stands in the log.
func (c *checking) sealMatches(seal Seal, sealed bool) {
	f := c.frozen
	c.report.Dossier, c.report.Edition, c.report.Title = f.Dossier, f.Edition, f.Title
	if !sealed {
		return
	}
	want := Seal{Dossier: f.Dossier, Edition: f.Edition, Checkpoint: *c.checkpoint}
	found := Seal{Dossier: seal.Dossier, Edition: seal.Edition, Checkpoint: seal.Checkpoint}
	c.same(Unchanged, fileSeal, "dossier, edition and checkpoint of the seal", oneLine(want), oneLine(found))
}

// tagTexts holds VERIFY.txt and bag-info.txt against the entry and the files.
func (c *checking) tagTexts(seal Seal) {
	l := Listing{Files: int64(len(c.bag.names)), Recipient: seal.Recipient}
	for _, name := range c.bag.names {
		if isPayload(name) {
			l.Payload, l.Bytes = l.Payload+1, l.Bytes+c.bag.size[name]
		}
	}
	c.exactly(Unchanged, FileVerify, VerifyText(*c.frozen, c.frozenSeq, *c.checkpoint, l))
	if c.report.refutes(Unchanged, fileBagInfo) {
		return // its numbers are wrong, which was said
	}
	when, _ := c.entries[c.frozenSeq].Get("time") // empty where it is closed, which no bundle does
	c.exactly(Unchanged, fileBagInfo, BagInfo(*c.frozen, when.Text(), l))
}

func oneLine(s Seal) string {
	return s.Dossier + " edition " + itoa(s.Edition) + ", " + s.Checkpoint.Origin + " at " + itoa(s.Checkpoint.Size) + ", root " + journal.Leaf(s.Checkpoint.Root).String()
}

// pages checks the statement, the page and the two files for programs.
func (c *checking) pages() {
	c.exactly(AddsUp, "data/figures.json", string(FiguresJSON(*c.frozen)))
	c.exactly(AddsUp, "data/quotes.json", string(QuotesJSON(c.quotes)))
	text, err := c.bag.read("data/statement.md")
	if err != nil {
		c.missing(AddsUp, "data/statement.md", err)
		return
	}
	statement, err := ParseStatement(text)
	if err != nil {
		c.report.add(AddsUp, Finding{Verdict: Refuted, File: "data/statement.md", What: "the statement cannot be read", Expected: "a statement as it was frozen", Found: err.Error()})
		return
	}
	page, err := c.bag.read("data/statement.html")
	if err != nil {
		c.missing(AddsUp, "data/statement.html", err)
		return
	}
	err = CheckPage(string(page), statement, *c.frozen, c.quotes, c.checkpoint.Origin)
	var m *Mismatch
	if errors.As(err, &m) {
		c.report.add(AddsUp, Finding{Verdict: Refuted, File: "data/statement.html", What: m.Where(), Expected: m.Expected, Found: m.Found})
	}
}

// exactly holds a file against what follows from the entry, byte for byte.
func (c *checking) exactly(claim, name, want string) {
	text, err := c.bag.read(name)
	if err != nil {
		c.missing(claim, name, err)
		return
	}
	if string(text) == want {
		return
	}
	at, expected, found := difference(want, string(text))
	c.report.add(claim, Finding{Verdict: Refuted, File: name, What: "what follows from the entry, from byte " + itoa(int64(at)) + " on", Expected: expected, Found: found})
}

// undecidedOr is the verdict on what could not be read: a kind of a later
// release leaves the claim open, everything else refutes it.
func undecidedOr(err error) Verdict {
	if errors.Is(err, journal.ErrUnknownKind) || errors.Is(err, fault.Unavailable) {
		return Undecided
	}
	return Refuted
}
