// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/names"
	"recount/register"
	"recount/store"
)

// recordsPage lists records: all, those of a source or an exhibit, or those
// whose name begins so.
type recordsPage struct {
	base
	Records []recordLine
	Pager   pager
	Source  link // "" of all
	Exhibit link
	Name    string
	Formats []option // as which they can be taken out
	Of      []typed  // source and exhibit, for the form that asks for a name
}

// recordLine is a record in a list: who says it about whom.
type recordLine struct {
	Leaf, Name string
	Source     link
	Sex, Age   string
	Harms      []string
	Person     string
	Pinpoint   string
	Corrected  bool
}

func (s *Server) records(v *visit) error {
	p := &recordsPage{base: v.base("nav.records"), Name: v.text("name"), Formats: v.handoutOptions()}
	filter := store.RecordFilter{Source: v.text("source"), Exhibit: v.text("exhibit"), Name: names.Key(p.Name)}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		if err := p.describe(ctx, v, r, filter); err != nil {
			return err
		}
		list, err := r.Records(ctx, filter, v.page())
		if err != nil {
			return err
		}
		list, p.Pager = paged(v, list, func(r store.Record) string { return r.Leaf.String() })
		p.Records, err = v.recordLines(ctx, r, list)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// describe names the source and the exhibit that the list is of.
func (p *recordsPage) describe(ctx context.Context, v *visit, r store.Reader, f store.RecordFilter) error {
	if f.Source != "" {
		source, err := r.Source(ctx, f.Source)
		if err != nil {
			return err
		}
		p.Of = append(p.Of, typed{"source", f.Source})
		p.Source = link{Text: source.Name, To: v.link("sources", f.Source)}
	}
	if f.Exhibit != "" {
		exhibit, err := r.Exhibit(ctx, f.Exhibit)
		if err != nil {
			return err
		}
		p.Of = append(p.Of, typed{"exhibit", f.Exhibit})
		p.Exhibit = link{Text: exhibit.Title, To: v.link("exhibits", f.Exhibit)}
	}
	return nil
}

// recordLines are records as lists show them; each source is asked for once.
func (v *visit) recordLines(ctx context.Context, r store.Reader, list []store.Record) ([]recordLine, error) {
	sources := map[string]link{}
	lines := make([]recordLine, 0, len(list))
	for _, x := range list {
		if _, ok := sources[x.Said.Source]; !ok {
			l, err := v.sourceLink(ctx, r, x.Said.Source)
			if err != nil {
				return nil, err
			}
			sources[x.Said.Source] = l
		}
		line := recordLine{
			Leaf: x.Leaf.String(), Name: casework.NameOf(x.Said), Source: sources[x.Said.Source], Person: x.Person, Pinpoint: x.Said.Pinpoint,
			Sex: x.Said.Sex, Age: v.age(x.Said), Corrected: x.Until >= 0,
		}
		for _, h := range x.Harms {
			line.Harms = append(line.Harms, v.harm(h.Said))
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// sourceLink is a source by its name; one that is not there any more by its id.
func (v *visit) sourceLink(ctx context.Context, r store.Reader, id string) (link, error) {
	source, err := r.Source(ctx, id)
	switch {
	case err == nil:
		return link{Text: source.Name, To: v.link("sources", id)}, nil
	case errors.Is(err, fault.NotFound):
		return link{Text: id}, nil
	}
	return link{}, err
}

// age says an age in the reader's words: the interval as it was read.
func (v *visit) age(r register.Record) string {
	low, high := r.AgeLow, r.AgeHigh
	switch {
	case !low.Known || !high.Known:
		return ""
	case low.N%12 == 0 && high.N == low.N+11:
		return v.words.N("age.years", low.N/12)
	case low.N == high.N && low.N >= 24:
		return v.words.T("age.years-months", "years", low.N/12, "months", low.N%12)
	case low.N == high.N:
		return v.words.N("age.months", low.N)
	}
	return v.words.T("age.between", "low", low.N, "high", high.N)
}

// harm says a harm in a line: what, when, where, as read.
func (v *visit) harm(h register.Harm) string {
	parts := []string{base{Language: v.words}.Code("harm", h.Code, register.Label(register.HarmCodes(), h.Code))}
	for _, part := range []string{h.Date, h.Place} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return v.words.Listed(parts...)
}

// recordPage is one record: what the source wrote, what was read from it, and
// the row as it stood.
type recordPage struct {
	base
	Leaf, Name, Person string
	Source, Exhibit    link
	Pinpoint           string
	Erased             bool
	Said               saidRows
	Harms              []saidRows
	Extras             []ownSaid
	Raw                string
	Seq                int64
	Supersedes         string   // leaf of the record that this one corrects
	Corrections        []string // leaves of those that correct this one
	Basis              heldBasis
	Consents           []consentLine // about this record
	Guard              guard
	Withheld           string // fields that are closed to the visitor
}

// saidRows are fields of a record, with the words for "read as".
type saidRows struct {
	As   string
	Rows []saidRow
}

// saidRow is a field of a record: its label, as written, as read.
type saidRow struct {
	Label, Written, Read string
}

func (s *Server) record(v *visit) error {
	leaf, err := journal.ParseLeaf(v.PathValue("record"))
	if err != nil {
		return fmt.Errorf("%w: there is no such record", fault.NotFound)
	}
	p := &recordPage{Leaf: leaf.String()}
	err = v.read(func(ctx context.Context, r store.Reader) error {
		x, err := r.Record(ctx, leaf)
		if err != nil {
			return err
		}
		if p.Erased = x.Erased; x.Erased {
			p.base = v.base("records.erased")
			return nil
		}
		p.fill(v, x)
		p.Withheld = v.withheld(r)
		if p.Source, err = v.sourceLink(ctx, r, x.Said.Source); err != nil {
			return err
		}
		if exhibit, err := r.Exhibit(ctx, x.Said.Exhibit); err == nil {
			p.Exhibit = link{Text: exhibit.Title, To: v.link("exhibits", x.Said.Exhibit)}
		} else if !errors.Is(err, fault.NotFound) {
			return err
		}
		if p.Basis, err = v.basisOf(ctx, r, x.Said.Source); err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		if p.Consents, err = v.consentsAbout(ctx, r, p.Leaf); err != nil {
			return err
		}
		if p.Extras, err = v.ownSaid(ctx, r, leaf); err != nil {
			return err
		}
		corrections, err := r.Corrections(ctx, leaf)
		for _, c := range corrections {
			p.Corrections = append(p.Corrections, c.String())
		}
		if err != nil {
			return err
		}
		p.Guard, err = v.guard(ctx, r, "record", p.Leaf)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// fill takes over what the record says.
func (p *recordPage) fill(v *visit, x store.Record) {
	said := x.Said
	p.Name, p.Person, p.Pinpoint, p.Raw, p.Seq = casework.NameOf(said), x.Person, said.Pinpoint, said.Raw.Text(), x.Seq
	if said.Supersedes != (journal.Leaf{}) {
		p.Supersedes = said.Supersedes.String()
	}
	p.base = v.baseNamed(p.Name)
	if p.Name == "" {
		p.base = v.base("records.nameless")
	}
	row := func(field, written, read string) saidRow {
		if readable(field) && written != "" && read == "" {
			read = v.words.T("not-known")
		}
		return saidRow{v.words.T("field." + field), written, read}
	}
	rows := []saidRow{
		row("name", said.Name.Text(), ""), row("given", said.Given.Text(), ""), row("family", said.Family.Text(), ""),
		row("father", said.Father.Text(), ""), row("other_names", said.OtherNames.Text(), ""),
		row("sex", said.SexWritten.Text(), v.code("sex", said.Sex)), row("age", said.AgeWritten.Text(), v.age(said)),
		row("birth", said.BirthWritten.Text(), said.Birth), row("child", said.ChildWritten.Text(), v.child(said)),
		row("occupation", said.Occupation.Text(), ""), row("nationality", said.Nationality.Text(), ""), row("affiliation", said.Affiliation.Text(), ""),
		row("status", said.Status.Text(), ""), row("note", said.Note.Text(), ""),
		row("handling", "", v.code("handling", said.Handling)), row("basis", "", v.code("basis", said.Basis)),
	}
	p.Said = saidRows{v.words.T("read-as"), slices.DeleteFunc(rows, saidRow.empty)}
	for _, h := range x.Harms {
		harm := []saidRow{
			row("harm", h.Said.CodeWritten.Text(), v.code("harm", h.Said.Code)), row("date", h.Said.DateWritten.Text(), h.Said.Date),
			row("end", h.Said.EndWritten.Text(), h.Said.End), row("place", h.Said.PlaceWritten.Text(), h.Said.Place),
			row("cause", h.Said.CauseWritten.Text(), v.code("cause", h.Said.Cause)), row("alleged", h.Said.Alleged.Text(), ""),
			row("incident", "", h.Said.Incident), row("determination", "", v.code("determination", h.Said.Determination)),
			row("standard", "", v.code("standard", h.Said.Standard)),
		}
		p.Harms = append(p.Harms, saidRows{v.words.T("read-as"), slices.DeleteFunc(harm, saidRow.empty)})
	}
}

func (r saidRow) empty() bool { return r.Written == "" && r.Read == "" }

// child is whether a record calls somebody a child, and beside it what its own
// age says where that is something else.
func (v *visit) child(said register.Record) string {
	flag := v.code("yes-no", said.ChildFlag)
	if flag == "" || said.ChildAge == "" || said.ChildAge == said.ChildFlag {
		return flag
	}
	return v.words.T("records.child-against-age", "flag", flag, "age", v.code("yes-no", said.ChildAge))
}

// code is what a code is called; "" stays "".
func (v *visit) code(set, code string) string {
	if code == "" {
		return ""
	}
	return base{Language: v.words}.Code(set, code, "")
}
