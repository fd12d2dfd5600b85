// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake"
	"recount/intake/table"
	"recount/store"
)

// cutList is a list of some thousand rows, of which the second is refused.
func cutList(rows int) string {
	var b strings.Builder
	b.WriteString("id,name,age,minor,what,when,where,work\n")
	for i := range rows {
		what := "killed"
		if i == 1 {
			what = "drowned"
		}
		fmt.Fprintf(&b, "%d,Ada Vell %d,17,1,%s,1992-02-%02d,\"Tarn, North\",teacher\n", i, i, what, 1+i%28)
	}
	return b.String()
}

// forgetful is a case whose batches say that other rows were sealed before.
type forgetful struct{ storeCase }

func (c forgetful) StageWork(ctx context.Context, w intake.Work, progress func(done, all int64)) (intake.Marked, string, error) {
	b, lost, err := c.storeCase.StageWork(ctx, w, progress)
	return otherRows{b}, lost, err
}

type otherRows struct{ intake.Marked }

func (b otherRows) TakenUp() intake.Mark {
	m := b.Marked.TakenUp()
	m.Digest[0]++
	return m
}

// cut imports until some thousand rows are read, and ends there.
func (d *desk) cut(o intake.Order) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Progress = func(p intake.Progress) {
		if p.Stage == "reading" && p.Rows >= 4096 {
			cancel()
		}
	}
	if _, err := d.clerk.Import(ctx, o); !errors.Is(err, context.Canceled) {
		d.t.Fatalf("cut off: %v", err)
	}
	left, err := d.c.CutOff(context.Background(), d.clerk.Actor)
	if err != nil || len(left) != 1 || left[0].Rows != 4096 {
		d.t.Fatalf("left is %+v, %v", left, err)
	}
}

// An import goes on where it was cut off, and begins anew where other rows would
// be made; each refused row is told once, and what is kept says how to begin again.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*desk, *intake.Order)
		want   intake.GoingOn
	}{
		{"the same", func(*desk, *intake.Order) {}, intake.GoingOn{Rows: 4096}},
		{"in other words", func(_ *desk, o *intake.Order) { o.Reason, o.Handling = "at last", "internal" }, intake.GoingOn{Rows: 4096}},
		{"as it is kept", func(d *desk, o *intake.Order) {
			left, err := d.c.CutOff(context.Background(), d.clerk.Actor)
			if err != nil {
				t.Fatal(err)
			}
			again, err := intake.OrderFrom(left[0].Said)
			if err != nil {
				t.Fatal(err)
			}
			*o = again
		}, intake.GoingOn{Rows: 4096}},
		{"as another edition", func(_ *desk, o *intake.Order) { o.Another = true }, intake.GoingOn{Anew: store.LostOther}},
		{"read in another way", func(d *desk, _ *intake.Order) { d.clerk.Case = forgetful{storeCase{d.c}} }, intake.GoingOn{Anew: "read"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			o := d.order(d.preserve("tarn.csv", cutList(5000)), parseMapping(t, tarnMapping))
			o.AcceptRefused = true
			d.cut(o)
			test.change(d, &o)
			var last intake.GoingOn
			told := 0
			o.GoingOn = func(g intake.GoingOn) { last = g }
			o.Refused = func(*table.Refusal) { told++ }
			r, err := d.clerk.Import(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, last); diff != "" {
				t.Error(diff)
			}
			if r.Rows != 5000 || r.Records != 4999 || r.Refused != 1 || r.Leaves != r.Records+r.Harms || int64(told) != r.Refused {
				t.Errorf("%d rows, %d records, %d harms, %d leaves, %d refused, %d told", r.Rows, r.Records, r.Harms, r.Leaves, r.Refused, told)
			}
			ids := map[string]bool{}
			for _, x := range d.records() {
				ids[x.Said.Raw.Text()] = true
			}
			if int64(len(ids)) != r.Records {
				t.Errorf("%d rows stand in the case, of %d records", len(ids), r.Records)
			}
			if left, err := d.c.CutOff(context.Background(), d.clerk.Actor); err != nil || len(left) != 0 {
				t.Errorf("afterwards is left: %+v, %v", left, err)
			}
		})
	}
}
