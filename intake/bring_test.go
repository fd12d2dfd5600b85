// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recount/fault"
	"recount/intake"
	"recount/intake/table"
)

// stored counts the objects in the vault, finished or not.
func (d *desk) stored() (n int) {
	d.t.Helper()
	err := filepath.WalkDir(filepath.Join(d.archive, "cases", "tarn", "vault"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.t.Fatal(err)
	}
	return n
}

// Whatever a list is refused for, nothing of it is kept: no entry, no exhibit,
// no object in the vault.
func TestRefusedFileLeavesNothing(t *testing.T) {
	t.Parallel()
	header, _, _ := strings.Cut(tarnList, "\n")
	doubtful := tarnList + "004,Dorn Vell,20,0,drowned,1992,Tarn,NA\n"
	incident := strings.Replace(tarnMapping, `"date": "when"`, `"incident": {"constant": "i-0000000000000000"}, "date": "when"`, 1)
	tests := map[string]struct {
		list, mapping string
		change        func(*intake.Order)
		want          error
	}{
		"a refused row":          {list: doubtful, want: intake.ErrRefused},
		"every row, accepted":    {list: header + "\n004,Dorn Vell,20,0,drowned,1992,Tarn,NA\n", want: intake.ErrRefused, change: func(o *intake.Order) { o.AcceptRefused = true }},
		"no rows":                {list: header + "\n", want: fault.Invalid},
		"a column is missing":    {list: strings.Replace(tarnList, "where", "place", 1), want: fault.Invalid},
		"an unclosed quote":      {list: tarnList + "004,\"Dorn\n", want: fault.Invalid},
		"no such source":         {list: tarnList, want: fault.NotFound, change: func(o *intake.Order) { o.Source = "s-0000000000000000" }},
		"no source":              {list: tarnList, want: fault.Invalid, change: func(o *intake.Order) { o.Source = "" }},
		"no such incident":       {list: tarnList, mapping: incident, want: fault.NotFound},
		"a cell that is no text": {list: strings.Replace(tarnList, "Ada", "Ad\xe1", 1), want: fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			if tt.mapping == "" {
				tt.mapping = tarnMapping
			}
			o := intake.Order{Source: d.source, Mapping: parseMapping(t, tt.mapping)}
			if tt.change != nil {
				tt.change(&o)
			}
			if _, _, err := d.clerk.ImportFile(context.Background(), d.file("tarn.csv", tt.list), intake.Delivery{}, o); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if n := d.stored(); n != 0 {
				t.Errorf("%d objects are in the vault, want none", n)
			}
			d.sound(2) // the case and its source
		})
	}
}

// A list that is taken is preserved and imported; its refused rows are told
// once, though it is read twice.
func TestImportFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	path := d.file("tarn.csv", tarnList+"004,Dorn Vell,20,0,drowned,1992,Tarn,NA\n")
	told := 0
	o := intake.Order{Source: d.source, Mapping: parseMapping(t, tarnMapping), AcceptRefused: true, Refused: func(*table.Refusal) { told++ }}
	p, r, err := d.clerk.ImportFile(ctx, path, intake.Delivery{Source: d.source}, o)
	if err != nil || p.Known || r.Exhibit != p.Exhibit.Exhibit || r.Rows != 4 || r.Records != 3 || r.Refused != 1 || told != 1 {
		t.Fatalf("got %+v, %+v, %v; %d rows told", p, r, err, told)
	}
	if n := d.stored(); n != 2 {
		t.Errorf("%d objects are in the vault, want the list and the rows", n)
	}
	d.sound(4)
	// Again: nothing new, and no row is read.
	p, r, err = d.clerk.ImportFile(ctx, path, intake.Delivery{Source: d.source}, o)
	if err != nil || !p.Known || !r.Unchanged || told != 1 {
		t.Errorf("again: got %+v, %+v, %v; %d rows told", p, r, err, told)
	}
	o.Mapping = parseMapping(t, strings.ReplaceAll(tarnMapping, `"missing"}`, `"disappeared"}`))
	if _, _, err := d.clerk.ImportFile(ctx, path, intake.Delivery{}, o); !errors.Is(err, fault.Conflict) {
		t.Errorf("another mapping: %v, want fault.Conflict", err)
	}
	d.sound(4)
}

// What was tried is what is kept: a list that is replaced in between is not.
func TestFileReplacedAfterItWasTried(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	path := d.file("tarn.csv", tarnList)
	clerk := *d.clerk
	looks := 0
	clerk.Case = lookedAt{storeCase{d.c}, func() {
		if looks++; looks == 2 { // while the list is tried, before its rows are read
			if err := os.Rename(d.file("other.csv", strings.Replace(tarnList, "Ada", "Eda", 1)), path); err != nil {
				t.Error(err)
			}
		}
	}}
	_, _, err := clerk.ImportFile(context.Background(), path, intake.Delivery{}, intake.Order{Source: d.source, Mapping: parseMapping(t, tarnMapping)})
	if !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "changed after it was checked") {
		t.Errorf("got %v, want fault.Conflict", err)
	}
	if n := d.stored(); n != 0 {
		t.Errorf("%d objects are in the vault, want none", n)
	}
	d.sound(2)
}

// lookedAt is a case that says when it is looked at.
type lookedAt struct {
	storeCase
	looked func()
}

func (c lookedAt) Look(ctx context.Context, look func(intake.View) error) error {
	c.looked()
	return c.storeCase.Look(ctx, look)
}
