// SPDX-License-Identifier: Apache-2.0

package register_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/journal"
	"recount/register"
)

func TestSpellings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		record register.Record
		want   []string
	}{
		{"nothing written", register.Record{Name: journal.Absent}, nil},
		{"three letters stand in too many words", register.Record{Name: journal.Text("Ani")}, nil},
		{"four letters, not bytes", register.Record{Name: journal.Text("Արա"), OtherNames: journal.Text("Արամ")}, []string{"Արամ"}},
		{"parts in either order", register.Record{Name: journal.Text(" Mira Oskan "), Given: journal.Text("Mira "), Family: journal.Text("Oskan")},
			[]string{"Mira Oskan", "Mira Oskan", "Oskan Mira", "Oskan, Mira"}},
		{"one part alone is not a name", register.Record{Given: journal.Text("Mirabel")}, nil},
	} {
		if diff := cmp.Diff(test.want, test.record.Spellings()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
