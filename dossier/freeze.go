// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
	"recount/tally"
	"recount/vault"
	"recount/verify"
)

// DefaultLimit is the small-cell limit unless another is asked for (I-24).
const DefaultLimit = 5

// Edition is what is to be frozen.
type Edition struct {
	Dossier                 string // id, d-…
	Edition                 int64  // from 1
	Title                   string
	Reason, Basis, Handling string
	Earlier                 []verify.Frozen // editions frozen before, of any dossier
	Showing
}

// Showing is how much an edition may show.
type Showing struct {
	Limit          int  // no group of fewer persons is shown; DefaultLimit is usual
	SexualViolence bool // figures may ask for it; by default none may

	Closed register.Shut // fields of records that are closed to anybody: no figure may ask for them
}

// sexualViolence is the code of the harm that leaves by a decision only (I-24, I-26).
const sexualViolence = "sexual-violence"

// admits refuses a figure that says of its lines what does not leave by default.
func (s Showing) admits(d figure.Definition) error {
	if err := Leaves(d, s.Closed); err != nil {
		return err
	}
	if s.SexualViolence || !slices.Contains(d.Harms, sexualViolence) {
		return nil
	}
	return fmt.Errorf("%w: figure %s (%s) asks for sexual violence, which does not leave by default; accepted is to say, with a reason, that this edition may show it", fault.Forbidden, d.Figure, d.Title)
}

// Leaves refuses a figure that asks for a field which is closed: its lines would
// tell that field of each person, to everybody.
func Leaves(d figure.Definition, closed register.Shut) error {
	if len(d.District) == 0 || !closed.Has("place") {
		return nil
	}
	return fmt.Errorf("%w: figure %s (%s) asks for places, and that field of every record is closed in this case; accepted is a figure that asks for no district, or to open the field, which takes two people", fault.Forbidden, d.Figure, d.Title)
}

// Case is what a freeze needs of a case.
type Case struct {
	Origin  string
	Answers Answers
	Objects Objects
	Stager  Stager
}

// Frozen is a freeze that waits for its entry: Draft is to be recorded. Until
// then nothing names the rows and objects that were written.
type Frozen struct {
	verify.Frozen
	Draft journal.Draft
}

// Freeze answers the figures of a statement, writes their lines, and drafts
// the entry. It refuses what would show a small group (fault.Forbidden, naming
// the figure). On an error the row files that were begun are given up.
func Freeze(ctx context.Context, c Case, s Composed, e Edition) (f Frozen, err error) {
	if err := e.check(); err != nil {
		return Frozen{}, err
	}
	stamp := c.Answers.Stamp()
	f.Frozen = verify.Frozen{
		Dossier: e.Dossier, Edition: e.Edition, Title: e.Title, Limit: int64(e.Limit),
		BaseSize: stamp.Size, BaseRoot: stamp.Root, StatementSHA256: sum(s.text),
	}
	for _, q := range s.Quotes {
		f.Quotes = append(f.Quotes, verify.QuoteRef{Citation: q.Citation, Seq: q.Seq})
	}
	w := &sheetWriter{ctx: ctx, c: c}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.abort())
		}
	}()
	for _, d := range s.Figures {
		counts, err := w.figure(d, e, int64(len(f.Counts)))
		if err != nil {
			return Frozen{}, err
		}
		f.Counts = append(f.Counts, counts...)
		if err := checkNested(f.Counts, e.Earlier, e.Limit); err != nil {
			return Frozen{}, err
		}
	}
	page, err := renderPage(s, f.Frozen, c.Origin)
	if err != nil {
		return Frozen{}, err
	}
	if err := acceptable(verify.CheckPage(page, s.Statement, f.Frozen, s.Quotes, c.Origin)); err != nil {
		return Frozen{}, err
	}
	f.PageSHA256 = sum([]byte(page))
	for _, x := range []struct {
		text []byte
		to   *string
	}{{s.text, &f.StatementObject}, {[]byte(page), &f.PageObject}} {
		a, err := keep(ctx, c.Objects, x.text)
		if err != nil {
			return Frozen{}, err
		}
		*x.to = a.String()
	}
	f.Draft = journal.Draft{Kind: verify.KindFrozen, Reason: e.Reason, Basis: e.Basis, Handling: e.Handling, Fields: f.Fields()}
	for name, v := range f.Draft.Fields {
		if len(v.Text()) > journal.MaxEntryField {
			return Frozen{}, fmt.Errorf("%w: %s of this edition take %d bytes in its entry, at most %d can be recorded; name fewer figures or parts in one statement", fault.Invalid, name, len(v.Text()), journal.MaxEntryField)
		}
	}
	return f, nil
}

func (e Edition) check() error {
	switch {
	case !strings.HasPrefix(e.Dossier, "d-"):
		return fmt.Errorf("%w: %q is no dossier's id; accepted is d-…", fault.Invalid, e.Dossier)
	case e.Edition < 1:
		return fmt.Errorf("%w: edition %d; editions are numbered from 1", fault.Invalid, e.Edition)
	case strings.TrimSpace(e.Title) == "" || strings.ContainsFunc(e.Title, turnsOrHides):
		return fmt.Errorf("%w: the title of a dossier is one line of text, without control characters and without characters that change its direction", fault.Invalid)
	case e.SexualViolence && strings.TrimSpace(e.Reason) == "":
		return fmt.Errorf("%w: an edition that may show sexual violence needs a reason", fault.Invalid)
	case e.Limit < 0:
		return fmt.Errorf("%w: small-cell limit %d; accepted is 0 or more, %d is usual", fault.Invalid, e.Limit, DefaultLimit)
	}
	return nil
}

// turnsOrHides reports whether a character would make a line of text look
// other than it is: controls, and embeddings, overrides and isolates (UAX #9).
func turnsOrHides(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func keep(ctx context.Context, o Objects, text []byte) (vault.Address, error) {
	return o.Keep(ctx, bytes.NewReader(text))
}

// sheetWriter writes the count files of a freeze.
type sheetWriter struct {
	ctx     context.Context
	c       Case
	batches []Batch
}

func (w *sheetWriter) abort() error {
	var errs []error
	for _, b := range w.batches {
		errs = append(errs, b.Abort())
	}
	return errors.Join(errs...)
}

func (w *sheetWriter) stage() (Batch, error) {
	b, err := w.c.Stager.Stage(w.ctx)
	if err == nil {
		w.batches = append(w.batches, b)
	}
	return b, err
}

// figure plans and writes the count files of one figure; after is how many the
// edition has already.
func (w *sheetWriter) figure(d figure.Definition, e Edition, after int64) ([]verify.Count, error) {
	if err := e.admits(d); err != nil {
		return nil, err
	}
	answer, err := w.c.Answers.Answer(d)
	if err != nil {
		return nil, err
	}
	before, err := earlier(w.ctx, w.c.Objects, d.Figure, e.Earlier)
	if err != nil {
		return nil, err
	}
	people := slices.Collect(answer.Lines())
	lines := make([]figure.Line, len(people))
	for i, p := range people {
		lines[i] = figure.Line{Verdicts: p.Verdicts, Rungs: p.Rungs}
	}
	sheets, err := figure.Plan(d, lines, e.Limit, before)
	if err != nil {
		return nil, err
	}
	var counts []verify.Count
	for i, s := range sheets {
		count, err := w.sheet(d, s, people, lines)
		if err != nil {
			return nil, err
		}
		count.File, count.Erased = after+int64(i)+1, answer.Erased
		counts = append(counts, count)
	}
	return counts, nil
}

// sheet writes one count file: its members, its lines and its plan.
func (w *sheetWriter) sheet(d figure.Definition, s figure.Sheet, people []tally.Line, lines []figure.Line) (verify.Count, error) {
	with, err := d.With(s.Parts)
	if err != nil {
		return verify.Count{}, err
	}
	count, columns, err := countOf(d, s)
	if err != nil {
		return verify.Count{}, err
	}
	members, err := w.members(&count, people)
	if err != nil {
		return verify.Count{}, err
	}
	batch, err := w.stage()
	if err != nil {
		return verify.Count{}, err
	}
	type opened struct {
		leaf journal.Leaf
		open byte
	}
	order := make([]opened, len(lines))
	for i, l := range lines {
		if err := w.ctx.Err(); err != nil {
			return verify.Count{}, err
		}
		verdicts := make([]figure.Verdict, len(columns))
		for j, c := range columns {
			verdicts[j] = l.Verdicts[c]
			count.Totals[j].Add(l.Verdicts[c])
		}
		leaf, err := batch.Add("line@1", lineValues(verdicts, with.Reduce(l.Rungs), with.Rungs(), members[i]))
		if err != nil {
			return verify.Count{}, err
		}
		order[i] = opened{leaf, bits(s.Open[i])}
	}
	staged, err := batch.Finish(w.ctx)
	if err != nil {
		return verify.Count{}, err
	}
	count.N, count.Root, count.Batch, count.Object = staged.N, journal.Leaf(staged.Root).String(), staged.Batch, staged.Object.String()
	slices.SortFunc(order, func(a, b opened) int { return bytes.Compare(a.leaf[:], b.leaf[:]) })
	p := plan{Cells: figure.CellsOf(d, lines, s)}
	for _, o := range order {
		p.Open = append(p.Open, o.open)
	}
	address, err := keepPlan(w.ctx, w.c.Objects, p)
	count.Plan = address.String()
	return count, err
}

// members writes, for each line, a fresh leaf for each record behind it.
func (w *sheetWriter) members(count *verify.Count, people []tally.Line) ([][]journal.Leaf, error) {
	batch, err := w.stage()
	if err != nil {
		return nil, err
	}
	leaves := make([][]journal.Leaf, len(people))
	for i, p := range people {
		if err := w.ctx.Err(); err != nil {
			return nil, err
		}
		for _, record := range p.Members {
			// Neither the person's id nor why it is one stands here: both would
			// join this edition with others.
			leaf, err := batch.Add("member@1", []journal.Value{journal.Text(record.String()), journal.Absent, journal.Absent})
			if err != nil {
				return nil, err
			}
			leaves[i] = append(leaves[i], leaf)
		}
	}
	staged, err := batch.Finish(w.ctx)
	if err != nil {
		return nil, err
	}
	count.Members = verify.RowFile{Batch: staged.Batch, N: staged.N, Root: journal.Leaf(staged.Root).String(), Object: staged.Object.String()}
	return leaves, nil
}

// lineValues are the fields of line@1 in their order; rungs that the count
// file does not use are absent.
func lineValues(verdicts []figure.Verdict, r figure.Rungs, use figure.Use, members []journal.Leaf) []journal.Value {
	values := []journal.Value{journal.Text(figure.EncodeVerdicts(verdicts))}
	for _, f := range []string{"harms", "child_flag", "child_age", "age_band", "sex"} {
		if use.Has(f) {
			values = append(values, journal.Text(r.Field(f)))
		} else {
			values = append(values, journal.Absent)
		}
	}
	return append(values, journal.LeafList(members))
}
