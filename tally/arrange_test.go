// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Persons stand in the byte order of their ids, whatever these have in common,
// and the records of each in the order of the records.
func TestArrange(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		ids       []string
		persons   []string
		person    []int32
		membersOf []int32
		members   []int32
	}{
		{"none", nil, nil, []int32{}, []int32{0}, []int32{}},
		{"one", []string{"p-1"}, []string{"p-1"}, []int32{0}, []int32{0, 1}, []int32{0}},
		{
			"alike in the first bytes", []string{"p-00000000b", "p-00000000a", "p-00000000b", "p-00000000"},
			[]string{"p-00000000", "p-00000000a", "p-00000000b"}, []int32{2, 1, 2, 0}, []int32{0, 1, 2, 4}, []int32{3, 1, 0, 2},
		},
		{
			"zero bytes and high ones", []string{"p\x00", "p", "p\xff", "p\x00\x00", "p"},
			[]string{"p", "p\x00", "p\x00\x00", "p\xff"}, []int32{1, 0, 3, 2, 0}, []int32{0, 2, 3, 4, 5}, []int32{1, 4, 0, 3, 2},
		},
		{"all the same", []string{"p-1", "p-1"}, []string{"p-1"}, []int32{0, 0}, []int32{0, 2}, []int32{0, 1}},
		{"nothing in common", []string{"b", "a", ""}, []string{"", "a", "b"}, []int32{2, 1, 0}, []int32{0, 1, 2, 3}, []int32{2, 1, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := loader{Columns: &Columns{}, ids: test.ids}
			l.arrange()
			got := [][]int32{l.person, l.membersOf, l.members}
			if d := cmp.Diff([][]int32{test.person, test.membersOf, test.members}, got); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(test.persons, l.persons); d != "" {
				t.Error(d)
			}
		})
	}
}

// What was kept stays as it was when more is kept.
func TestKeeper(t *testing.T) {
	t.Parallel()
	var k keeper
	long := string(make([]byte, keepBlock+1))
	want := []string{"", "a", long, "bc", long[1:], "d"}
	var got []string
	for _, s := range want {
		got = append(got, k.of(s))
	}
	for range keepBlock {
		k.of("xy")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
