// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// storeCase shows a case of the store as intake needs it.
type storeCase struct{ *store.Case }

func (c storeCase) Look(ctx context.Context, look func(intake.View) error) error {
	return c.Read(ctx, func(r store.Reader) error { return look(view{r}) })
}

func (c storeCase) Act(ctx context.Context, actor string, decide func(intake.View) (journal.Draft, error)) (int64, error) {
	r, err := c.Case.Act(ctx, actor, func(v store.View) (journal.Draft, error) { return decide(view{v}) })
	return r.Seq, err
}

func (c storeCase) CloseField(ctx context.Context, actor string, x mapping.FieldClass, a intake.Act) (bool, error) {
	closed := false
	_, err := c.Case.Act(ctx, actor, func(v store.View) (journal.Draft, error) {
		from, err := v.HandlingOf(ctx, "field", x.Field)
		closed = err == nil && register.MoreClosed(x.Handling, from)
		if err == nil && !closed {
			err = fault.Conflict
		}
		return register.Reclassed{SubjectKind: "field", Subject: x.Field, From: from, To: x.Handling}.Draft(a.Reason, a.Basis, x.Handling), err
	})
	if !closed && errors.Is(err, fault.Conflict) {
		err = nil
	}
	return closed, err
}

func (c storeCase) Stage(ctx context.Context, progress func(done, all int64)) (intake.Batch, error) {
	b, err := c.Case.Stage(ctx)
	if err != nil {
		return nil, err
	}
	b.Progress = progress
	return batch{b}, nil
}

func (c storeCase) StageWork(ctx context.Context, w intake.Work, progress func(done, all int64)) (intake.Marked, string, error) {
	b, lost, err := c.Case.StageWork(ctx, store.Work(w))
	if err != nil {
		return nil, lost, err
	}
	b.Progress = progress
	return batch{b}, lost, nil
}

func (c storeCase) Left(ctx context.Context, w intake.Work) (bool, error) {
	left, err := c.CutOff(ctx, w.Actor)
	return slices.ContainsFunc(left, func(x store.CutOff) bool { return x.ID == w.ID }), err
}

type batch struct{ *store.Batch }

func (b batch) TakenUp() intake.Mark {
	m := b.Batch.TakenUp()
	return intake.Mark{Rows: m.Rows, Digest: m.Digest}
}

func (b batch) Mark(ctx context.Context, m intake.Mark) error {
	return b.Batch.Mark(ctx, store.Mark{Rows: m.Rows, Digest: m.Digest})
}

func (b batch) There(string, []journal.Value) {}

func (b batch) Finish(ctx context.Context) (register.RowFile, error) {
	s, err := b.Batch.Finish(ctx)
	return s.RowFile(), err
}

type view struct{ store.Reader }

func (v view) Own(ctx context.Context, record journal.Leaf) ([]register.Extra, error) {
	return v.Extras(ctx, record)
}

func (v view) Brought(ctx context.Context, person string) (intake.Brought, error) {
	p, err := v.Person(ctx, person)
	if err != nil {
		return intake.Brought{}, err
	}
	return intake.Brought{Leaf: p.Records[0].Leaf, Seq: p.Records[0].Seq, Record: p.Records[0].Said}, nil
}

func (v view) ExhibitsBySHA256(ctx context.Context, hex string) ([]register.Exhibit, error) {
	return v.Reader.ExhibitBySHA256(ctx, hex)
}

func (v view) Imports(ctx context.Context, exhibit string) ([]register.Import, error) {
	all, err := v.Reader.Imports(ctx, store.ImportFilter{Exhibit: exhibit})
	var lists []register.Import
	for _, i := range all {
		if i.List {
			lists = append(lists, i.Import)
		}
	}
	return lists, err
}

// Lists are the lists that were imported as the word of a source.
func (v view) Lists(ctx context.Context, source string) ([]intake.Imported, error) {
	found, err := v.Reader.Imports(ctx, store.ImportFilter{Source: source})
	var lists []intake.Imported
	for _, i := range found {
		if i.List {
			lists = append(lists, intake.Imported{Seq: i.Seq, Import: i.Import})
		}
	}
	return lists, err
}

// CorrectedBy are the records that correct a record directly.
func (v view) CorrectedBy(ctx context.Context, record journal.Leaf) ([]intake.Correction, error) {
	found, err := v.Reader.CorrectedBy(ctx, record)
	var all []intake.Correction
	for _, c := range found {
		all = append(all, intake.Correction(c))
	}
	return all, err
}

// ClosedTo closes nothing: casework decides.
func (v view) Declared(ctx context.Context) (register.DeclaredFields, error) {
	fields, err := v.OwnFields(ctx)
	if err != nil {
		return nil, err
	}
	lists, err := v.CodeLists(ctx)
	if err != nil {
		return nil, err
	}
	return register.Declared(fields, lists)
}

func (v view) ClosedTo(context.Context, string) (register.Shut, error) { return nil, nil }

// ClosedOf closes nothing: casework decides.
func (v view) ClosedOf(ctx context.Context, _ string, record journal.Leaf) (intake.Closed, error) {
	_, err := v.Record(ctx, record)
	return intake.Closed{}, err
}

// desk is a case in a folder of its own, with a clerk and a described source.
type desk struct {
	t      testing.TB
	c      *store.Case
	clerk  *intake.Clerk
	source string
	dir    string // for files that are brought

	archive string
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	ctx := context.Background()
	archive := filepath.Join(t.TempDir(), "archive")
	a, err := store.Create(ctx, store.Config{Dir: archive, Now: clock(), Rand: rand.Reader},
		store.Opening{PublicName: "archive.example", CaseID: "tarn", Title: "Tarn", Actor: "mira", Reason: "test", Basis: "public", Handling: "internal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := a.Case(ctx, "tarn")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, c: c, archive: archive, dir: t.TempDir(), clerk: &intake.Clerk{Case: storeCase{c}, Actor: "mira", Rand: rand.Reader}}
	d.source = d.describeSource("Register of Tarn")
	return d
}

func clock() func() time.Time {
	at := time.Date(2024, 5, 1, 9, 0, 0, 0, time.UTC)
	return func() time.Time {
		at = at.Add(time.Second)
		return at
	}
}

func (d *desk) describeSource(name string) string {
	d.t.Helper()
	id, err := register.NewID(rand.Reader, "s")
	if err != nil {
		d.t.Fatal(err)
	}
	x := register.Source{Source: id, Name: name, Kind: "list"}
	if _, err := d.c.Act(context.Background(), "mira", func(store.View) (journal.Draft, error) {
		return x.Draft("test", "public", "internal"), nil
	}); err != nil {
		d.t.Fatal(err)
	}
	return id
}

// file writes a file that somebody brings.
func (d *desk) file(name, content string) string {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// preserve brings content and gives its exhibit.
func (d *desk) preserve(name, content string) register.Exhibit {
	d.t.Helper()
	p, err := d.clerk.Preserve(context.Background(), d.file(name, content), intake.Delivery{Source: d.source})
	if err != nil {
		d.t.Fatal(err)
	}
	return p.Exhibit
}

// sound checks the case from the ground up and fails where an act or a row left
// something that it should not.
func (d *desk) sound(entries int64) {
	d.t.Helper()
	ctx := context.Background()
	if err := d.c.Verify(ctx); err != nil {
		d.t.Error(err)
	}
	if err := d.c.Read(ctx, func(r store.Reader) error {
		if r.Size() != entries {
			d.t.Errorf("the log has %d entries, want %d", r.Size(), entries)
		}
		return nil
	}); err != nil {
		d.t.Error(err)
	}
}

func (d *desk) records() []store.Record {
	d.t.Helper()
	var all []store.Record
	if err := d.c.Read(context.Background(), func(r store.Reader) (err error) {
		all, err = r.Records(context.Background(), store.RecordFilter{}, store.Page{})
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return all
}

func parseMapping(t testing.TB, text string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const tarnMapping = `{"format": "recount mapping/1", "row": "person", "unknown": ["NA"],
 "record": {"name": "name", "age": "age", "child": {"column": "minor", "codes": {"1": "yes", "0": "no"}}, "occupation": "work"},
 "harms": [{"code": {"column": "what", "codes": {"killed": "killed", "missing": "missing"}}, "date": "when", "place": "where"}],
 "identifiers": ["id"]}`

const tarnList = "id,name,age,minor,what,when,where,work\n" +
	"001,Ada Vell,17,1,killed,1992-02-26,\"Tarn, North\",teacher\n" +
	"002,Bor Senn,NA,0,missing,1992-02,Sorre,\n" +
	"003,Ceda Vell,0.22,0,NA,NA,NA,NA\n"

func (d *desk) order(x register.Exhibit, m *mapping.Mapping) intake.Order {
	return intake.Order{Act: intake.Act{Reason: "list of Tarn"}, Exhibit: x.Exhibit, Source: d.source, Mapping: m}
}

func receiptText(t testing.TB, r intake.Receipt) string {
	t.Helper()
	var b bytes.Buffer
	if err := errors.Join(r.Write(&b)); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) {
		t.Fatalf("the receipt is not JSON: %s", b.Bytes())
	}
	return b.String()
}

// Sees: nothing of these cases is closed to anybody.
func (c storeCase) Sees(ctx context.Context, _, exhibit string) error {
	return c.Read(ctx, func(r store.Reader) error {
		_, err := r.Exhibit(ctx, exhibit)
		return err
	})
}
