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
)

// Refused rows are told in the order of the list, and progress with them, however
// many goroutines try its rows.
func TestTrialOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	header, _, _ := strings.Cut(tarnList, "\n")
	list, want := header+"\n", []int(nil)
	for i := range 2000 {
		fate := "killed"
		if i%7 == 3 {
			fate = "drowned" // which the mapping does not know
			want = append(want, i+2)
		}
		list += fmt.Sprintf("%04d,Dorn Vell,20,0,%s,1992,Tarn,NA\n", i, fate)
	}
	var got []int
	var at []int64
	_, _, err := d.clerk.ImportFile(context.Background(), d.file("long.csv", list), intake.Delivery{}, intake.Order{
		Source: d.source, Mapping: parseMapping(t, tarnMapping),
		Refused:  func(r *table.Refusal) { got = append(got, r.Row) },
		Progress: func(p intake.Progress) { at = append(at, p.Rows) },
	})
	var refused *intake.RowsRefused
	if !errors.As(err, &refused) || refused.Refused != int64(len(want)) || refused.Rows != 2000 || refused.First.Row != want[0] {
		t.Errorf("got %+v (%v), want %d of 2000 refused", refused, err, len(want))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for i := 1; i < len(at); i++ {
		if at[i] < at[i-1] {
			t.Errorf("progress goes back: %d", at)
		}
	}
	if len(at) == 0 || at[len(at)-1] != 2000 {
		t.Errorf("progress ends at %d, want 2000", at)
	}
}
