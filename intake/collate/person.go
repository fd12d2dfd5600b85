// SPDX-License-Identifier: Apache-2.0

package collate

import (
	"strings"

	"recount/edtf"
)

// anotherPerson says why the rows of one key may speak of two people, "" where
// they speak of one by all that is known. It errs on the side of two: what is
// reported costs a look, what is joined wrongly costs a person.
//
// Every word of the shorter name has to stand in the longer one, or nearly so. Where
// one does not, as in a corrected name or a brother's, the day of birth has to be
// the same. Where all do, sex and birth or age must not both contradict.
func anotherPerson(old, now *Row) string {
	switch {
	case old.Name == "" || now.Name == "":
		if old.Name != now.Name && !sameBirth(old, now) {
			return "one of them has no name, and no day of birth says that it is the same person"
		}
	case !sameWords(strings.Fields(old.Name), strings.Fields(now.Name)):
		if !sameBirth(old, now) {
			return "a name that stands in one of them does not stand in the other, and no day of birth says that it is the same person"
		}
	}
	if contradictSex(old, now) && contradictAge(old, now) {
		return "sex and age, or sex and birth, contradict each other"
	}
	return ""
}

// sameWords tells whether each word of the shorter name has one of its own in the
// longer.
func sameWords(a, b []string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	taken := make([]bool, len(b))
	for _, near := range []bool{false, true} { // what is equal is not taken by what is near
		var left []string
		for _, word := range a {
			if at := counterpart(word, b, taken, near); at >= 0 {
				taken[at] = true
			} else {
				left = append(left, word)
			}
		}
		a = left
	}
	return len(a) == 0
}

func counterpart(word string, in []string, taken []bool, near bool) int {
	for i, other := range in {
		if !taken[i] && (word == other || near && oneSlip([]rune(word), []rune(other))) {
			return i
		}
	}
	return -1
}

// slipLength is how many letters a word needs for one slip of the pen to be taken
// for one: of short names, one letter makes another name.
const slipLength = 5

// oneSlip: one letter more, fewer or other, or two neighbours exchanged (the
// distance of Damerau, Communications of the ACM 7(3), 1964, of at most 1).
func oneSlip(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || len(a) < slipLength {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	rest := func(x []rune, from int) string { return string(x[min(from, len(x)):]) }
	if len(a) != len(b) {
		return rest(a, i) == rest(b, i+1)
	}
	return rest(a, i+1) == rest(b, i+1) || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && rest(a, i+2) == rest(b, i+2)
}

// sameBirth: both days of birth are known, to the day, and equal; a day that programs
// write where none was entered is not known.
func sameBirth(a, b *Row) bool {
	if a.Birth == "" || a.Birth != b.Birth {
		return false
	}
	d, err := edtf.Parse(a.Birth)
	return err == nil && d.Bounds().Single() && !edtf.Placeholder(d)
}

func contradictSex(a, b *Row) bool { return a.Sex != "" && b.Sex != "" && a.Sex != b.Sex }

// slack is by how many months two ages may differ that mean the same: lists are
// not of one day, and years are rounded.
const slack = 24

func contradictAge(a, b *Row) bool {
	if a.Low >= 0 && b.Low >= 0 && (a.Low > b.High+slack || b.Low > a.High+slack) {
		return true
	}
	if a.Birth == "" || b.Birth == "" {
		return false
	}
	one, err1 := edtf.Parse(a.Birth)
	two, err2 := edtf.Parse(b.Birth)
	return err1 == nil && err2 == nil && edtf.Equal(one, two) == edtf.False
}
