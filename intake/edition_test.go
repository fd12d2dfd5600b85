// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"recount/fault"
	"recount/intake"
)

// Rows that stand in an earlier list of the same source are counted; a list of
// mostly such rows is taken only when it is said to be another edition.
func TestAnotherEditionOfAList(t *testing.T) {
	t.Parallel()
	wider := "work,id,name,age,minor,what,when,where\nteacher,001,Vell Ada,18,1,killed,1992-02-26,Tarn\nNA,002,BOR SENN,NA,0,missing,1992-02,Sorre\n"
	tests := map[string]struct {
		list     string
		standing int64
		refused  bool
	}{
		"one row corrected, by its identifier and name": {list: strings.Replace(tarnList, "17", "18", 1), standing: 3, refused: true},
		"with a byte order mark":                        {list: "\ufeff" + tarnList, standing: 3, refused: true},
		"with other ends of lines":                      {list: strings.ReplaceAll(tarnList, "\n", "\r\n"), standing: 3, refused: true},
		"columns in another order, names in another":    {list: wider, standing: 2, refused: true},
		"half of the rows":                              {list: wider + "NA,008,Ela Dorn,NA,0,missing,1992-02,Sorre\nNA,009,Fen Dorn,NA,0,missing,1992-02,Sorre\n", standing: 2},
		"the same numbers for other people":             {list: "id,name,age,minor,what,when,where,work\n001,Gor Dorn,40,0,killed,1992,Tarn,NA\n002,Hana Dorn,41,0,killed,1992,Tarn,NA\n"},
		"identifiers that are not known":                {list: "id,name,age,minor,what,when,where,work\nNA,Ada Vell,40,0,killed,1992,Tarn,NA\n,Bor Senn,41,0,killed,1992,Tarn,NA\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			d := newDesk(t)
			m := parseMapping(t, tarnMapping)
			_, first, err := d.clerk.ImportFile(ctx, d.file("first.csv", tarnList), intake.Delivery{}, intake.Order{Source: d.source, Mapping: m})
			if err != nil || first.Earlier != nil || first.Standing != 0 {
				t.Fatalf("got %+v, %v", first, err)
			}
			o := intake.Order{Source: d.source, Mapping: m}
			u, err := d.clerk.PreviewFile(ctx, strings.NewReader(tt.list), int64(len(tt.list)), "second.csv", o)
			if err != nil || u.Standing != tt.standing || len(u.Earlier) != 1 || errors.Is(u.Ends(o), fault.Conflict) != tt.refused {
				t.Errorf("the preview has %d rows that stand, %+v, %v, and ends with %v", u.Standing, u.Earlier, err, u.Ends(o))
			}
			path := d.file("second.csv", tt.list)
			before := d.stored()
			if tt.refused {
				_, _, err = d.clerk.ImportFile(ctx, path, intake.Delivery{}, o)
				var standing *intake.AlreadyStanding
				if !errors.Is(err, fault.Conflict) || !errors.As(err, &standing) || standing.Standing != tt.standing {
					t.Fatalf("got %v, want a conflict of %d rows", err, tt.standing)
				}
				if d.stored() != before {
					t.Error("the refused list was kept")
				}
				if _, err := d.clerk.Import(ctx, d.order(d.preserve("again.csv", tt.list), m)); !errors.As(err, &standing) {
					t.Fatalf("from its exhibit: %v, want a conflict", err)
				}
			}
			o.Another = tt.refused
			_, r, err := d.clerk.ImportFile(ctx, path, intake.Delivery{}, o)
			if err != nil {
				t.Fatal(err)
			}
			want := intake.Earlier{Exhibit: first.Exhibit, Seq: first.Seq, Records: 3, Same: tt.standing}
			if r.Standing != tt.standing || len(r.Earlier) != 1 || r.Earlier[0] != want || !strings.Contains(strings.Join(r.Notices, "\n"), first.Exhibit) {
				t.Errorf("the receipt says %d of %+v, %q; want %d of %+v", r.Standing, r.Earlier, r.Notices, tt.standing, want)
			}
		})
	}
}

// A list of another source is not compared; a list that came in between is not
// passed over.
func TestEditionsOfOneSource(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	m := parseMapping(t, tarnMapping)
	if _, err := d.clerk.Import(ctx, d.order(d.preserve("tarn.csv", tarnList), m)); err != nil {
		t.Fatal(err)
	}
	o := d.order(d.preserve("other.csv", "\ufeff"+tarnList), m)
	o.Source = d.describeSource("Register of Sorre")
	r, err := d.clerk.Import(ctx, o)
	if err != nil || r.Earlier != nil || len(r.Notices) != 0 {
		t.Errorf("another source: %+v, %v", r, err)
	}
	late := strings.ReplaceAll(tarnList, "00", "10")
	o = d.order(d.preserve("late.csv", strings.ReplaceAll(late, "Vell", "Dorn")), m)
	between := d.order(d.preserve("between.csv", strings.ReplaceAll(late, "Senn", "Ulm")), m)
	told := false
	o.Progress = func(intake.Progress) {
		if told {
			return
		}
		told = true
		if _, err := d.clerk.Import(ctx, between); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.clerk.Import(ctx, o); !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "just imported a list of source") {
		t.Errorf("got %v, want a conflict with the list that came in between", err)
	}
}
