// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"errors"
	"strings"
	"testing"

	"recount/fault"
)

func TestParseLoose(t *testing.T) {
	t.Parallel()
	tests := []struct {
		written string
		order   Order
		want    string
	}{
		{"1992-02-26", OrderUnstated, "1992-02-26"},
		{"1992-02/1992-03~", DMY, "1992-02/1992-03~"},
		{" 1992\u00a0", OrderUnstated, "1992"},
		{"26.02.1992", OrderUnstated, "1992-02-26"},
		{"6.2.1992", OrderUnstated, "1992-02-06"},
		{"03.04.1992", OrderUnstated, "1992-04-03"},
		{"03.04.1992", MDY, "1992-03-04"},
		{"1992/02/26", OrderUnstated, "1992-02-26"},
		{"1992/2/6", YMD, "1992-02-06"},
		{"03/04/1992", DMY, "1992-04-03"},
		{"03/04/1992", MDY, "1992-03-04"},
		{"03-04-1992", DMY, "1992-04-03"},
		{"26/02/1992", OrderUnstated, "1992-02-26"},
		{"02/26/1992", OrderUnstated, "1992-02-26"},
		{"04/04/1992", OrderUnstated, "1992-04-04"},
		{"1992-02-26 00:00:00", OrderUnstated, "1992-02-26"},
		{"26/02/1992 00:00:00", DMY, "1992-02-26"},
		{"1992-02-26 03:15:00", OrderUnstated, "1992-02-26T03:15:00"},
		{"1992-02-26T20:00:00.000Z", OrderUnstated, "1992-02-26T20:00:00Z"},
		{"1992-02-26 23:59:59.999999+04:00", OrderUnstated, "1992-02-26T23:59:59+04:00"},
		{"1992-02-26 03:15", OrderUnstated, "1992-02-26"},
		{"26.02.1992 03:15", OrderUnstated, "1992-02-26"},
		{"2004-00-00 00:00", OrderUnstated, "2004"},
		{"26.02.1992 03:15:00.5", OrderUnstated, "1992-02-26T03:15:00"},
		{"1992-02-26T23:15Z", OrderUnstated, "1992-02-26"},
		{"2004-00-00", OrderUnstated, "2004"},
		{"2004-00", OrderUnstated, "2004"},
		{"1829-10-00", OrderUnstated, "1829-10"},
		{"1992-00-26", OrderUnstated, "1992-XX-26"},
		{"2004-00-00 00:00:00", OrderUnstated, "2004"},
		{"0000", OrderUnstated, "XXXX"},
		{"0000-00-00", OrderUnstated, "XXXX"},
		{"0000-07-04", OrderUnstated, "XXXX-07-04"},
		{"0000-07", OrderUnstated, "XXXX-07"},
		{"00/00/1992", OrderUnstated, "1992"},
		{"00.00.1992", OrderUnstated, "1992"},
		{"00.02.1992", OrderUnstated, "1992-02"},
		{"00/02/1992", DMY, "1992-02"},
		{"2-26.02.1992", OrderUnstated, "1992-02-02/1992-02-26"},
		{"2–26.02.1992", OrderUnstated, "1992-02-02/1992-02-26"},
		{"bef. 1992-02-26", OrderUnstated, "../1992-02-26"},
		{"Before 26.02.1992", OrderUnstated, "../1992-02-26"},
		{"after 1992", OrderUnstated, "1992/.."},
		{"aft. 2004-00-00", OrderUnstated, "2004/.."},
		{"bef 1992", OrderUnstated, "../1992"},
		{"BEF.1992", OrderUnstated, "../1992"},
		{"aft 03/04/1992", DMY, "1992-04-03/.."},
		{"after\u00a01992", OrderUnstated, "1992/.."},
		{"2 – 26.02.1992", OrderUnstated, "1992-02-02/1992-02-26"},
		{"2—26.02.1992", OrderUnstated, "1992-02-02/1992-02-26"},
		{"0988", OrderUnstated, "0988"},
		{"0988-05-12", OrderUnstated, "0988-05-12"},
		{"988-05-12", OrderUnstated, ""},
		{"y-12000", OrderUnstated, "Y-12000"},
		{"unknown/open", OrderUnstated, ""},
		{"open/1992-02", OrderUnstated, "../1992-02"},
		{"1992-02/..", OrderUnstated, "1992-02/.."},
		{"1992-XX-XX", OrderUnstated, "1992-XX-XX"},
		{"1992-02-uu", OrderUnstated, "1992-02-XX"},
		{"1992%", OrderUnstated, "1992%"},
		{"199u", OrderUnstated, "199X"},
		{"199x", OrderUnstated, "199X"},
		{"1992-uu-uu", OrderUnstated, "1992-XX-XX"},
		{"1992-02/open", OrderUnstated, "1992-02/.."},
		{"1992/unknown", OrderUnstated, "1992/"},
		{"unknown/1992", OrderUnstated, "/1992"},
		{"y12000", OrderUnstated, "Y12000"},
		{"١٩٩٢/٠٢/٢٦", OrderUnstated, "1992-02-26"},
		{"۱۹۹۲-۰۲-۲۶", OrderUnstated, "1992-02-26"},
	}
	for _, test := range tests {
		d, err := ParseLoose(test.written, test.order)
		if (err != nil) != (test.want == "") || d.String() != test.want {
			t.Errorf("ParseLoose(%q, %v) = %q, %v; want %q", test.written, test.order, d, err, test.want)
		}
	}
}

func TestParseLooseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		written string
		order   Order
		says    string
	}{
		{"", OrderUnstated, "empty"},
		{"  ", OrderUnstated, "empty"},
		{"03/04/1992", OrderUnstated, "DMY or MDY"},
		{"3-4-1992", OrderUnstated, "DMY or MDY"},
		{"00/02/1992", OrderUnstated, "DMY or MDY"},
		{"26/02/1992", MDY, "26 is no month"},
		{"02/26/1992", DMY, "26 is no month"},
		{"26/02/1992", YMD, "order YMD"},
		{"1992/02/26", DMY, "begins with the year"},
		{"26.02.92", OrderUnstated, "century"},
		{"26/02/92", DMY, "century"},
		{"920226", OrderUnstated, ""},
		{"32.01.1992", OrderUnstated, "01 to 31"},
		{"13/13/1992", OrderUnstated, "13 is no month"},
		{"29.02.1965", OrderUnstated, "28 days"},
		{"26.2.1992-27.2.1992", OrderUnstated, ""},
		{"26-2.02.1992", OrderUnstated, "before it begins"},
		{"26..1992", OrderUnstated, ""},
		{"26.02.1992.", OrderUnstated, ""},
		{"February 1992", OrderUnstated, "white space"},
		{"about 1992", OrderUnstated, "white space"},
		{"1992-02-26 24:24:27", OrderUnstated, "white space"},
		{"2018:10:13 24:24:27", OrderUnstated, ""},
		{"1992-02-26 25:00", OrderUnstated, ""}, {"1992-02-26 03:15 pm", OrderUnstated, ""}, {"1992-02-26T20:00:00.Z", OrderUnstated, ""}, {"1992-02-26 03:15:00.25x", OrderUnstated, ""}, {"1992-02 03:15", OrderUnstated, ""},
		{"before 1992/1993", OrderUnstated, "more than one /"},
		{"before before 1992", OrderUnstated, "white space"},
		{"beforehand 1992", OrderUnstated, ""}, {"after", OrderUnstated, ""}, {"before1992", OrderUnstated, ""},
		{"33262", OrderUnstated, "left over"}, // a spreadsheet's serial is not guessed
		{"unknown", OrderUnstated, "four digits"},
		{"N/A", OrderUnstated, ""},
		{strings.Repeat("0", 70), OrderUnstated, "longer than"},
	}
	for _, test := range tests {
		d, err := ParseLoose(test.written, test.order)
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("ParseLoose(%q, %v) = %q, %v; want a refusal that says %q", test.written, test.order, d, err, test.says)
		}
	}
	var noDay *NoSuchDay
	if _, err := ParseLoose("29.02.1965", OrderUnstated); !errors.As(err, &noDay) || noDay.Span.String() != "1965-02/1965-03" {
		t.Errorf("29 February 1965: %v", err)
	}
}

// A day that its month does not have is said to be none in every spelling and
// order; that of one end of an interval is not the interval's.
func TestParseLooseNoSuchDay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		written string
		order   Order
		span    string
	}{
		{"2020-02-30", OrderUnstated, "2020-02/2020-03"}, {"2020-02-30", DMY, "2020-02/2020-03"}, {"2020-02-30", MDY, "2020-02/2020-03"},
		{"2020-02-30", YMD, "2020-02/2020-03"}, {"2020-02-30 00:00:00", DMY, "2020-02/2020-03"}, {"2020-02-30 03:15:00", MDY, "2020-02/2020-03"},
		{"2020/02/30", YMD, "2020-02/2020-03"}, {"2020/02/30", OrderUnstated, "2020-02/2020-03"}, {"31/02/2020", OrderUnstated, "2020-02/2020-03"},
		{"31/02/2020", DMY, "2020-02/2020-03"}, {"02/31/2020", MDY, "2020-02/2020-03"}, {"31.4.2020", DMY, "2020-04/2020-05"},
		{"31-04-2020", DMY, "2020-04/2020-05"}, {"٢٠٢٠-٠٢-٣٠", DMY, "2020-02/2020-03"},
	} {
		_, err := ParseLoose(test.written, test.order)
		var noDay *NoSuchDay
		if !errors.As(err, &noDay) || noDay.Span.String() != test.span {
			t.Errorf("ParseLoose(%q, %v): %v; want a day that does not exist, of %s", test.written, test.order, err, test.span)
		}
	}
	for _, written := range []string{"before 31.02.2020", "after 2020-02-30", "2-31.02.2020"} {
		_, err := ParseLoose(written, DMY)
		var noDay *NoSuchDay
		if !errors.Is(err, fault.Invalid) || errors.As(err, &noDay) {
			t.Errorf("ParseLoose(%q): %v; want a refusal that gives no span", written, err)
		}
	}
}
