// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"errors"
	"testing"

	"recount/fault"
)

// Days that are known in two calendars: of the Julian one from the decree of the
// Soviet government (31 January 1918 was followed by 14 February), and of the
// revolution that is named after October; of the solar one the revolution of 22
// Bahman 1357 (11 February 1979) and equinoxes of Iran's official calendar; of the
// lunar one the tabular epoch, and 1 Muharram 1400, which was 20 November 1979 by
// the moon and is a day later in the tables.
func TestParseIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		calendar Calendar
		written  string
		order    Order
		want     string
	}{
		{Julian, "1918-02-01", OrderUnstated, "1918-02-14"},
		{Julian, "25.10.1917", OrderUnstated, "1917-11-07"},
		{Julian, "10/25/1917", MDY, "1917-11-07"},
		{Julian, "1900-02-29", OrderUnstated, "1900-03-13"},
		{Julian, "1582-10-05", OrderUnstated, "1582-10-15"},
		{Julian, "1915-04", OrderUnstated, "1915-04"},
		{Julian, "1915", OrderUnstated, "1915"},
		{Julian, "1915-04-00", OrderUnstated, "1915-04"},

		{SolarHijri, "1357-11-22", OrderUnstated, "1979-02-11"},
		{SolarHijri, "1357/11/22", OrderUnstated, "1979-02-11"},
		{SolarHijri, "۲۲ بهمن ۱۳۵۷", OrderUnstated, "1979-02-11"},
		{SolarHijri, "۱۳۵۷/۱۱/۲۲", OrderUnstated, "1979-02-11"},
		{SolarHijri, "22 Bahman 1357", OrderUnstated, "1979-02-11"},
		{SolarHijri, "1399-01-01", OrderUnstated, "2020-03-20"},
		{SolarHijri, "1399-12-30", OrderUnstated, "2021-03-20"},
		{SolarHijri, "1400-01-01", OrderUnstated, "2021-03-21"},
		{SolarHijri, "1403-12-30", OrderUnstated, "2025-03-20"},
		{SolarHijri, "1354-12-30", OrderUnstated, "1976-03-20"},
		{SolarHijri, "31.06.1400", DMY, "2021-09-22"},
		{SolarHijri, "1400", OrderUnstated, "2021-03-21/2022-03-20"},
		{SolarHijri, "1400-07", OrderUnstated, "2021-09-23/2021-10-22"},
		{SolarHijri, "مهر 1400", OrderUnstated, "2021-09-23/2021-10-22"},
		{SolarHijri, "1400-12-00", OrderUnstated, "2022-02-20/2022-03-20"},

		{Hijri, "1-1-0001", DMY, "0622-07-18/0622-07-20"}, // 16 July 622 Julian is 19 July in the civil calendar
		{Hijri, "1400-01-01", OrderUnstated, "1979-11-20/1979-11-22"},
		{Hijri, "١ محرّم ١٤٠٠", OrderUnstated, "1979-11-20/1979-11-22"},
		{Hijri, "1 ذو القعدة 1445", OrderUnstated, "2024-05-08/2024-05-10"},
		{Hijri, "9/1445", OrderUnstated, "2024-03-10/2024-04-10"},
		{Hijri, "1412", OrderUnstated, "1991-07-12/1992-07-02"},

		{Gregorian, "26.02.1992", OrderUnstated, "1992-02-26"},
	} {
		d, note, err := ParseIn(test.written, test.order, test.calendar)
		if err != nil || d.String() != test.want {
			t.Errorf("calendar %d, %q: %q, %v; want %s", test.calendar, test.written, d, err, test.want)
		}
		if kept := test.calendar == Julian && len(test.want) < 10; (note != "") != kept {
			t.Errorf("calendar %d, %q: the note is %q", test.calendar, test.written, note)
		}
	}
	for _, test := range []struct {
		calendar Calendar
		written  string
	}{
		{SolarHijri, "1400-12-30"}, {SolarHijri, "1400-07-31"}, {SolarHijri, "1400-13-01"}, {SolarHijri, "1992-02-26"}, {SolarHijri, "1177-01-01"},
		{SolarHijri, "22 Brumaire 1357"}, {SolarHijri, "0 Bahman 1357"}, {Hijri, "1445-09-31"}, {Hijri, "1992-02-26"}, {Hijri, "03/04/1445"}, {Hijri, ""}, {Hijri, "1445-09-XX"},
		{Julian, "1915-02-29"}, {Julian, "1915~"}, {Julian, "0000-00-00"}, {SolarHijri, "57/11/22"}, {SolarHijri, "بهمن"},
	} {
		if d, _, err := ParseIn(test.written, OrderUnstated, test.calendar); !errors.Is(err, fault.Invalid) {
			t.Errorf("calendar %d, %q: %q, %v; want fault.Invalid", test.calendar, test.written, d, err)
		}
	}
}

// Each day of each calendar is the civil day after that of the day before, and
// months have the days that they are said to have.
func TestCalendarsCountOn(t *testing.T) {
	t.Parallel()
	for _, c := range []Calendar{Julian, SolarHijri} {
		number := c.number(datePart{1178, 1, 1})
		for year := 1178; year <= 1633; year++ {
			for month := 1; month <= 12; month++ {
				for day := 1; day <= c.daysIn(year, month); day++ {
					if got := c.number(datePart{year, month, day}); got != number {
						t.Fatalf("calendar %d: %d-%d-%d is day %d, want %d", c, year, month, day, got, number)
					}
					number++
				}
			}
		}
	}
	for number := julianDayOf(Day{1799, 1, 1}); number < julianDayOf(Day{2256, 1, 1}); number++ {
		if d := dayAt(number); julianDayOf(d) != number || d.Day > daysIn(d.Year, d.Month) {
			t.Fatalf("day %d is %v", number, d)
		}
	}
	if years := Hijri.number(datePart{1431, 1, 1}) - Hijri.number(datePart{1401, 1, 1}); years != 10631 {
		t.Errorf("30 lunar years have %d days, want 10631", years)
	}
}

// FuzzParseIn: what is read is a date that Parse reads alike, in every calendar.
func FuzzParseIn(f *testing.F) {
	for _, s := range []string{"1399-12-30", "۲۲ بهمن ۱۳۵۷", "1 ذو القعدة 1445", "9/1445", "25.10.1917", "1915"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range Calendars() {
			d, _, err := ParseIn(s, DMY, c)
			if err != nil {
				if !errors.Is(err, fault.Invalid) {
					t.Errorf("%q: %v", s, err)
				}
				continue
			}
			again, err := Parse(d.String())
			if err != nil || again.Bounds() != d.Bounds() {
				t.Errorf("%q is read as %q, which is read as %v, %v", s, d, again, err)
			}
		}
	})
}
