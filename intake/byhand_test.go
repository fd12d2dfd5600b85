// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/journal"
	"recount/register"
	"recount/store"
)

func (d *desk) statement(x register.Exhibit, rest string) *mapping.Statement {
	d.t.Helper()
	s, err := mapping.ParseStatement([]byte(`{"format": "recount record/1", "source": "` + d.source + `", "exhibit": "` + x.Exhibit + `", "pinpoint": "para 3", ` + rest + `}`))
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

func TestAddRecord(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	x := d.preserve("statement.txt", "I saw Ada Vell fall near the mill.\n")
	s := d.statement(x, `"record": {"given": "Ada", "family": "Vell", "age": "17", "sex": {"written": "girl", "code": "female"}},
		"harms": [{"code": "killed", "date": "26.02.1992", "place": "the mill, Tarn"}, {"code": {"written": "they did something to her before"}, "alleged": "men of the ridge"}]`)
	added, err := d.clerk.AddRecord(ctx, s, intake.Act{Reason: "statement of a witness"})
	if err != nil {
		t.Fatal(err)
	}
	all := d.records()
	if len(all) != 1 || all[0].Leaf != added.Leaf || all[0].Person != added.Person || len(all[0].Harms) != 2 {
		t.Fatalf("got %+v after %+v", all, added)
	}
	r := all[0].Said
	got := []string{r.Name.Text(), r.NameFold, r.SexWritten.Text(), r.Sex, r.AgeLow.String(), r.ChildAge, r.Pinpoint, all[0].Harms[0].Said.Date, all[0].Harms[0].Said.DateWritten.Text(), all[0].Harms[1].Said.Code}
	want := []string{"Ada Vell", "ada vell", "girl", "female", "204", "yes", "para 3", "1992-02-26", "26.02.1992", ""}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// A correction stands under the same person, and the first record stays.
	corrected := d.statement(x, `"supersedes": "`+added.Leaf.String()+`", "record": {"name": "Ada Vell", "age": "18"}`)
	again, err := d.clerk.AddRecord(ctx, corrected, intake.Act{})
	if err != nil || again.Person != added.Person {
		t.Fatalf("got %+v, %v", again, err)
	}
	if all = d.records(); len(all) != 1 || all[0].Leaf != again.Leaf {
		t.Errorf("%d records stand, want the correction alone", len(all))
	}
	d.sound(5)
}

// A record is corrected once; the refusal says what stands in its place.
func TestCorrectAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	x := d.preserve("statement.txt", "I saw Ada Vell fall near the mill.\n")
	add := func(supersedes, age string) (intake.Added, error) {
		if supersedes != "" {
			supersedes = `"supersedes": "` + supersedes + `", `
		}
		return d.clerk.AddRecord(ctx, d.statement(x, supersedes+`"record": {"name": "Ada Vell", "age": "`+age+`"}`), intake.Act{})
	}
	must := func(a intake.Added, err error) intake.Added {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := must(add("", "17"))
	second := must(add(first.Leaf.String(), "18"))
	third := must(add(second.Leaf.String(), "19"))
	for name, of := range map[string]intake.Added{"the first": first, "the second": second} {
		_, err := add(of.Leaf.String(), "20")
		if !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "accepted: a correction of the newest, "+third.Leaf.String()) {
			t.Errorf("%s again: got %v, want fault.Conflict that names %s", name, err, third.Leaf)
		}
	}
	if _, err := add(first.Leaf.String(), "20"); !strings.Contains(err.Error(), "by "+second.Leaf.String()) {
		t.Errorf("got %v, want the record that supersedes it", err)
	}
	must(add(third.Leaf.String(), "20"))
	d.sound(7)
}

// Of two who correct the same record at once, one does; the other is told.
func TestCorrectAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	x := d.preserve("statement.txt", "I saw Ada Vell fall near the mill.\n")
	first, err := d.clerk.AddRecord(ctx, d.statement(x, `"record": {"name": "Ada Vell"}`), intake.Act{})
	if err != nil {
		t.Fatal(err)
	}
	s := d.statement(x, `"supersedes": "`+first.Leaf.String()+`", "record": {"name": "Ada Vell", "age": "18"}`)
	var second intake.Added
	slow := *d.clerk
	slow.Case = beforeActing{storeCase{d.c}, func() {
		if second, err = d.clerk.AddRecord(ctx, s, intake.Act{}); err != nil {
			t.Error(err)
		}
	}}
	_, err = slow.AddRecord(ctx, d.statement(x, `"supersedes": "`+first.Leaf.String()+`", "record": {"name": "Ada Vell", "age": "19"}`), intake.Act{})
	if !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), second.Leaf.String()) {
		t.Errorf("got %v, want fault.Conflict that names %s", err, second.Leaf)
	}
	if all := d.records(); len(all) != 1 || all[0].Leaf != second.Leaf {
		t.Errorf("%d records stand, want the one correction", len(all))
	}
	d.sound(5)
}

// beforeActing is a case in which something happens between what was looked at
// and the act.
type beforeActing struct {
	storeCase
	meanwhile func()
}

func (c beforeActing) Act(ctx context.Context, actor string, decide func(intake.View) (journal.Draft, error)) (int64, error) {
	c.meanwhile()
	return c.storeCase.Act(ctx, actor, decide)
}

func TestAddRecordRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	x := d.preserve("statement.txt", "text\n")
	for name, tt := range map[string]struct {
		rest string
		want error
	}{
		"incident that is not there": {`"record": {"name": "Ada"}, "harms": [{"code": "killed", "incident": "i-0000000000000000"}]`, fault.NotFound},
		"record that is not there":   {`"record": {"name": "Ada"}, "supersedes": "` + strings.Repeat("0a", 32) + `"`, fault.NotFound},
	} {
		if _, err := d.clerk.AddRecord(context.Background(), d.statement(x, tt.rest), intake.Act{}); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	d.sound(3)
}

func TestCite(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	text := "\ufeffПервая строка.\r\nOn the evening of 25 February we left the house near the old mill of Tarn.\r\nWe left, and again we left.\n"
	x := d.preserve("statement.txt", text)
	pdf := d.preserve("scan.pdf", "%PDF-1.7 …")
	tests := map[string]struct {
		c       register.Citation
		quote   string
		before  string
		after   string
		offset  int64
		checked bool
	}{
		"found once": {register.Citation{Quote: "we left the house"}, "we left the house", lastOf("Первая строка.\r\nOn the evening of 25 February ", 32),
			" near the old mill of Tarn.\r\nWe ", 46, true},
		"over two lines": {register.Citation{Quote: "of Tarn.\nWe left"}, "of Tarn.\r\nWe left", lastOf("we left the house near the old mill ", 32), ", and again we left.\n", 82, true},
		"by its line":    {register.Citation{Quote: "left", Scheme: "line", Pinpoint: "2"}, "left", lastOf("Первая строка.\r\nOn the evening of 25 February we ", 32), " the house near the old mill of ", 49, true},
		"by its after":   {register.Citation{Quote: "left", After: ".\n"}, "left", lastOf("mill of Tarn.\r\nWe left, and again we ", 32), ".\n", 0, true},
		"not text":       {register.Citation{Exhibit: pdf.Exhibit, Quote: "anything", Scheme: "page", Pinpoint: "4"}, "anything", "", "", -1, false},
	}
	for name, tt := range tests {
		if tt.c.Exhibit == "" {
			tt.c.Exhibit = x.Exhibit
		}
		if tt.c.Scheme == "" {
			tt.c.Scheme, tt.c.Pinpoint = "whole", "whole"
		}
		got, err := d.clerk.Cite(ctx, tt.c, intake.Act{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		runes := []rune(strings.TrimPrefix(text, "\ufeff"))
		if got.Checked && string(runes[got.Offset:int(got.Offset)+len([]rune(tt.quote))]) != tt.quote {
			t.Errorf("%s: offset %d is not where the quote stands", name, got.Offset)
		}
		if tt.offset > 0 && got.Offset != tt.offset || got.Checked != tt.checked || got.Citation.Quote != tt.quote {
			t.Errorf("%s: got %+v", name, got)
		}
		if tt.before != "" && got.Citation.Before != tt.before || got.Citation.After != tt.after {
			t.Errorf("%s: before %q, after %q; want %q, %q", name, got.Citation.Before, got.Citation.After, tt.before, tt.after)
		}
		if err := d.c.Read(ctx, func(r store.Reader) error {
			kept, err := r.Citation(ctx, got.Citation.Citation)
			if d := cmp.Diff(got.Citation, kept); d != "" {
				t.Error(d)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}
	d.sound(4 + int64(len(tests)))
}

func lastOf(s string, n int) string {
	r := []rune(s)
	return string(r[max(0, len(r)-n):])
}

func TestCiteRefuses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	x := d.preserve("statement.txt", "We left the house near the old mill. We left.\n")
	cite := func(c register.Citation) error {
		c.Exhibit, c.Scheme = x.Exhibit, "whole"
		if c.Pinpoint == "" {
			c.Pinpoint = "whole"
		}
		_, err := d.clerk.Cite(ctx, c, intake.Act{})
		return err
	}
	err := cite(register.Citation{Quote: "the house near the new mill"})
	var refusal *table.Refusal
	if !errors.As(err, &refusal) || !errors.Is(err, fault.Invalid) {
		t.Fatalf("got %v", err)
	}
	if want := "its first 19 characters stand at character 8, and at character 27 the exhibit differs"; !strings.Contains(refusal.Error(), want) || strings.Contains(refusal.Error(), "mill") {
		t.Errorf("got %q, want %q and no text", refusal.Error(), want)
	}
	if want := `there the exhibit has "old mill. We left.\n", the quote "new mill"`; !strings.Contains(refusal.Tell(), want) {
		t.Errorf("got %q, want %q", refusal.Tell(), want)
	}
	if err := cite(register.Citation{Quote: "We left"}); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "2 times, at characters 0, 37") {
		t.Errorf("a quote that stands twice: %v", err)
	}
	if err := cite(register.Citation{Quote: "We left", ExhibitSHA256: strings.Repeat("0", 64)}); !errors.Is(err, fault.Conflict) {
		t.Errorf("other bytes: %v", err)
	}
	if err := cite(register.Citation{Quote: "We left", Before: "They: "}); !errors.Is(err, fault.Invalid) {
		t.Errorf("another before: %v", err)
	}
	d.sound(3)
}

// An exhibit whose stored bytes were changed is not quoted from.
func TestCiteFromChangedBytes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	x := d.preserve("statement.txt", "We left the house.\n")
	clerk := *d.clerk
	clerk.Case = otherHash{storeCase{d.c}}
	if _, err := clerk.Cite(context.Background(), register.Citation{Exhibit: x.Exhibit, Quote: "We left", Scheme: "whole", Pinpoint: "whole"}, intake.Act{}); !errors.Is(err, fault.Tampered) {
		t.Errorf("got %v, want fault.Tampered", err)
	}
}

// otherHash is a case whose exhibits claim another hash than their bytes have.
type otherHash struct{ storeCase }

func (c otherHash) Look(ctx context.Context, look func(intake.View) error) error {
	return c.storeCase.Look(ctx, func(v intake.View) error { return look(otherView{v}) })
}

type otherView struct{ intake.View }

func (v otherView) Exhibit(ctx context.Context, id string) (register.Exhibit, error) {
	x, err := v.View.Exhibit(ctx, id)
	x.SHA256 = strings.Repeat("0", 64)
	return x, err
}
