// SPDX-License-Identifier: Apache-2.0

package edtf

// Placeholder reports whether d is a day that programs write where nobody
// entered one: the days that their calendars begin and end with, and a year that
// forms ask for in vain. Such a day may be a true one, but that two records share
// it says nothing: hundreds of people of one list can be "born" on it.
func Placeholder(d Date) bool {
	if !d.bounds.Single() {
		return d.precision == PrecisionYear && d.bounds == between(Day{9999, 1, 1}, Day{9999, 12, 31})
	}
	switch d.bounds.Earliest {
	case Day{1899, 12, 30}, Day{1899, 12, 31}, Day{1900, 1, 1}, Day{1904, 1, 1}, // spreadsheets
		Day{1970, 1, 1}, Day{1969, 12, 31}, // Unix, and the evening before in America
		Day{1601, 1, 1}, Day{1753, 1, 1}, Day{1000, 1, 1}, Day{1, 1, 1}, // Windows and databases
		Day{1111, 11, 11}, Day{9999, 12, 31}, Day{9999, 1, 1}: // whoever has to fill in a field
		return true
	}
	return false
}
