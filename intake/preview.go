// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/journal"
)

// How much of each kind a preview shows; it counts all.
const (
	previewDoubts  = 200
	previewRefused = 200
	previewRows    = 3
)

// Understood is what a mapping makes of a list, before anything is written. It
// holds values of persons: it is for the person who brings the list, on her own
// screen, and is never saved.
type Understood struct {
	File     string               `json:"file"`
	Info     table.Info           `json:"info"`
	Fields   []mapping.FieldCount `json:"fields"`
	Counts   mapping.Counts       `json:"counts"`
	Unlisted []string             `json:"unlisted_columns,omitempty"` // neither mapped nor listed as not mapped
	Closes   []mapping.FieldClass `json:"closes_fields,omitempty"`    // of all records, where they are more open
	Notices  []string             `json:"notices,omitempty"`

	Orders     []string         `json:"date_orders,omitempty"` // what columns of dates say of the order of day and month
	DoubtKinds []DoubtKind      `json:"doubt_kinds,omitempty"`
	Doubts     []mapping.Doubt  `json:"doubts,omitempty"`  // the first of them
	Refused    []*table.Refusal `json:"refused,omitempty"` // the first of them
	Contradict []int            `json:"contradict,omitempty"`
	First      []Sample         `json:"first,omitempty"`

	Earlier  []Earlier `json:"earlier_lists,omitempty"` // of the same source
	Standing int64     `json:"standing,omitempty"`      // rows that stand in one of them
	Edition  *Updated  `json:"edition,omitempty"`       // of another list, and what it would change

	would     error // why an import would not begin
	unchanged bool  // the same list was imported before
}

// DoubtKind counts the doubtful cells of one column for one reason.
type DoubtKind struct {
	Column string `json:"column"`
	Why    string `json:"why"`
	Cells  int64  `json:"cells"`
	First  int    `json:"first_row"`
}

// Sample is one row as it stands beside what is read from it.
type Sample struct {
	Row   int         `json:"row"`
	Cells [][2]string `json:"cells"` // column, cell
	Read  [][2]string `json:"read"`  // field, value
}

// Preview reads a whole list of size bytes by a mapping and writes nothing.
// Errors are those of a list that cannot be read at all; refused rows are part
// of the answer.
func Preview(ctx context.Context, src io.ReaderAt, size int64, file string, m *mapping.Mapping, limits table.Limits) (u Understood, err error) {
	t, err := openFile(src, size, file, m, limits)
	if err != nil {
		return Understood{}, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return understand(ctx, t, file, &importing{order: Order{Mapping: m}})
}

// PreviewFile is Preview, beside what the case holds: the lists that the source
// gave before are compared. Without a source it is Preview alone.
func (c *Clerk) PreviewFile(ctx context.Context, src io.ReaderAt, size int64, file string, o Order) (u Understood, err error) {
	if o.Mapping == nil || o.Source == "" && o.Mapping.Source == "" && o.EditionOf == "" {
		return Preview(ctx, src, size, file, o.Mapping, o.Limits)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(src, 0, size)); err != nil {
		return Understood{}, fmt.Errorf("%w: %s: %w", fault.Unavailable, file, err)
	}
	known, err := c.known(ctx, hex.EncodeToString(hash.Sum(nil)))
	if err != nil && !errors.Is(err, fault.NotFound) {
		return Understood{}, err
	}
	o.Exhibit = known.Exhibit
	j, would := c.prepare(ctx, o)
	t, err := openFile(src, size, file, o.Mapping, o.Limits)
	if err != nil {
		return Understood{}, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return j.understand(ctx, t, FileEdition(src, size, file, o.Mapping, o.Limits), would)
}

// PreviewExhibit is PreviewFile of a list that was preserved.
func (c *Clerk) PreviewExhibit(ctx context.Context, o Order) (u Understood, err error) {
	j, would := &importing{clerk: c, order: o}, error(nil)
	if o.Source != "" || o.Mapping.Source != "" || o.EditionOf != "" {
		j, would = c.prepare(ctx, o)
	}
	err = c.Case.Look(ctx, func(v View) error {
		x, err := v.Exhibit(ctx, o.Exhibit)
		if j != nil {
			j.exhibit = x
		}
		return err
	})
	if err != nil {
		return Understood{}, fmt.Errorf("exhibit %s: %w", o.Exhibit, err)
	}
	if j == nil {
		return Understood{}, would
	}
	t, shut, err := j.open(ctx)
	if err != nil {
		return Understood{}, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	return j.understand(ctx, t, Edition{Mapping: o.Mapping, File: j.exhibit.FileName, Open: j.open}, would)
}

// understand reads a list beside what the case holds; would is why an import
// would not begin.
func (j *importing) understand(ctx context.Context, t table.Table, list Edition, would error) (Understood, error) {
	if j == nil {
		return Understood{}, would
	}
	if would == nil && !j.receipt.Unchanged {
		would = j.readUpdate(ctx, list)
	}
	u, err := understand(ctx, t, list.File, j)
	if err != nil {
		return u, err
	}
	if j.receipt.Unchanged {
		u.Notices = append([]string{"the same list was imported before: an import would change nothing"}, u.Notices...)
	}
	u.would, u.unchanged = would, j.receipt.Unchanged
	return u, nil
}

// Ends is the error that an import of the list would end with, nil where it
// would be taken: what was understood is worth a look all the same.
func (u Understood) Ends(o Order) error {
	if u.would != nil || u.unchanged {
		return u.would
	}
	r := Receipt{Rows: u.Counts.Rows(), Records: u.Counts.Read, Refused: u.Counts.Refused, Earlier: u.Earlier, Standing: u.Standing, Edition: u.Edition}
	if u.Edition != nil {
		r.Rows += u.Edition.Same
	}
	for _, f := range u.Refused {
		r.RefusedRows = append(r.RefusedRows, Listed{f.Row, f.Column, f.Why})
	}
	if len(u.Refused) > 0 {
		r.first = u.Refused[0]
	}
	return o.takes(&r)
}

func understand(ctx context.Context, t table.Table, file string, j *importing) (Understood, error) {
	r, err := mapping.Bind(j.order.Mapping, t.Info(), file)
	if err != nil {
		return Understood{}, err
	}
	r.Declare(j.declared)
	u := Understood{File: file, Info: t.Info(), Unlisted: r.Unlisted(), Closes: r.Closes()}
	kinds := map[[2]string]int{}
	for n := 1; ; n++ {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return u, err
		}
		if n%progressRows == 0 && ctx.Err() != nil {
			return u, ctx.Err()
		}
		if j.skips(row.Number) {
			continue
		}
		p, refused := j.read(r, row)
		if refused != nil {
			if len(u.Refused) < previewRefused {
				u.Refused = append(u.Refused, refused)
			}
			continue
		}
		if j.update == nil {
			j.earlier.compare(p.Record)
		}
		u.doubts(p.Doubts, kinds)
		if p.Contradict && len(u.Contradict) < previewDoubts {
			u.Contradict = append(u.Contradict, row.Number)
		}
		if len(u.First) < previewRows {
			u.First = append(u.First, sampleOf(t.Info(), row, p))
		}
	}
	u.Fields, u.Counts, u.Notices = r.Fields(), r.Counts, t.Notices()
	for _, f := range u.Fields {
		if f.Order == nil {
			continue
		}
		if said := f.Order.Advice(f.Columns, f.Stated); said != "" {
			u.Orders = append(u.Orders, said)
		}
	}
	if u.Edition = j.updated(); u.Edition != nil {
		u.Notices = append([]string{u.Edition.notice()}, u.Notices...)
		return u, nil
	}
	u.Earlier, u.Standing = j.earlier.found()
	if said := earlierNotice(u.Earlier, u.Standing, u.Counts.Read); said != "" {
		u.Notices = append([]string{said}, u.Notices...)
	}
	return u, nil
}

func (u *Understood) doubts(doubts []mapping.Doubt, kinds map[[2]string]int) {
	for _, d := range doubts {
		key := [2]string{d.Column, reasonWithoutRow(d.Why)}
		at, ok := kinds[key]
		if !ok {
			at = len(u.DoubtKinds)
			kinds[key] = at
			u.DoubtKinds = append(u.DoubtKinds, DoubtKind{Column: d.Column, Why: key[1], First: d.Row})
		}
		u.DoubtKinds[at].Cells++
		if len(u.Doubts) < previewDoubts {
			u.Doubts = append(u.Doubts, d)
		}
	}
}

// reasonWithoutRow makes one kind of "stands in row 7" and "stands in row 9".
func reasonWithoutRow(why string) string {
	if before, _, ok := strings.Cut(why, " stands in row "); ok {
		return before + " stands in another row"
	}
	return why
}

// sampleOf sets what stands in a row beside what was read from it.
func sampleOf(info table.Info, row *table.Row, p mapping.Person) Sample {
	s := Sample{Row: row.Number}
	for i, c := range row.Cells {
		s.Cells = append(s.Cells, [2]string{info.Columns[i].Key, c.Raw})
	}
	if p.Group != nil {
		s.read("group@1", "", p.Group.Values(), groupShown())
		return s
	}
	s.person("", p)
	for i, o := range p.Others {
		s.person(fmt.Sprintf("person %d: ", i+2), o)
	}
	return s
}

// person is what was read of one person of a row.
func (s *Sample) person(prefix string, p mapping.Person) {
	if p.Nobody {
		return
	}
	s.read("record@1", prefix, p.Record.Values(), recordShown())
	for _, h := range p.Harms {
		s.read("harm@1", fmt.Sprintf("%sharm %d ", prefix, h.Number), h.Values(), harmShown())
	}
	for _, x := range p.Own {
		if x.Value != "" {
			s.Read = append(s.Read, [2]string{prefix + x.Name, x.Value})
		}
	}
}

func recordShown() []string {
	return []string{"name", "given", "family", "father", "other_names", "sex", "age_low", "age_high", "birth", "occupation",
		"nationality", "affiliation", "child_flag", "child_age", "age_band", "status", "note"}
}

func groupShown() []string {
	return []string{"description", "low", "high", "code", "date", "place"}
}

func harmShown() []string {
	return []string{"code", "incident", "date", "end", "place", "cause", "alleged", "month", "district"}
}

func (s *Sample) read(kind, prefix string, values []journal.Value, fields []string) {
	k, ok := journal.KindNamed(kind)
	if !ok {
		return
	}
	for _, f := range fields {
		at := k.Index(f)
		if f == "code" && !values[at].Present() {
			s.Read = append(s.Read, [2]string{prefix + f, "(not known)"})
		}
		if at < 0 || !values[at].Present() {
			continue
		}
		name := f
		if f == "age_low" || f == "age_high" {
			name += " (months)"
		}
		s.Read = append(s.Read, [2]string{prefix + name, values[at].Text()})
	}
}
