// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strings"
	"testing"
)

// TestDatesInWords: dates as lists write them, in the languages of the trade; and
// what only looks like one.
func TestDatesInWords(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"26 February 1992": "1992-02-26", "February 26, 1992": "1992-02-26", "26-Feb-1992": "1992-02-26", "Feb. 26th, 1992": "1992-02-26", "Sept 1992": "1992-09", "the 1st of May 1992": "1992-05-01",
		"26 février 1992": "1992-02-26", "1er mai 1992": "1992-05-01", "26 de febrero de 1992": "1992-02-26", "26 de março de 1992": "1992-03-26",
		"26. Februar 1992": "1992-02-26", "3. März 1992": "1992-03-03", "26 Şubat 1992": "1992-02-26", "26 AĞUSTOS 1992": "1992-08-26", "26 fevral 1992-ci il": "1992-02-26",
		"26. februara 1992. godine": "1992-02-26", "3. ožujka 1992": "1992-03-03", "26. фебруар 1992.": "1992-02-26",
		"26 февраля 1992 г.": "1992-02-26", "Февраль 1992 года": "1992-02", "26 лютого 1992 р.": "1992-02-26", "5 листопада 1992": "1992-11-05",
		"26 փետրվարի 1992 թ.": "1992-02-26", "1992թ. փետրվարի 26-ին": "1992-02-26", "1992 թվականի մայիսի 2-ին": "1992-05-02", "Մարտ 1992": "1992-03",
		"26 თებერვალი 1992 წ.": "1992-02-26", "1992 წლის 26 თებერვალს": "1992-02-26", "26 בפברואר 1992": "1992-02-26",
		"٢٦ شباط ١٩٩٢": "1992-02-26", "26 فبراير 1992 م": "1992-02-26", "26 شباط/فبراير 1992": "1992-02-26", "3 كانون الثاني 1992": "1992-01-03", "3 كانون الأوّل 1992": "1992-12-03", "3 أبريل 1992": "1992-04-03",
		"۲۶ فوریه ۱۹۹۲": "1992-02-26", "3 ژوئن 1992": "1992-06-03",
	} {
		if got := readDate(written, "iso", ""); got.text != want {
			t.Errorf("%q reads %q (%s), want %q", written, got.text, got.doubt, want)
		}
	}
	for _, written := range []string{
		"26 listopada 1992", "about May 1992", "26 May", "May", "26 May 92", "26 27 May 1992", "May June 1992", "between 1 and 2 May 1992", "Maya 1992", "26 Mayo Clinic 1992", "1992 1993 May", "26 May 1992 12:00",
	} {
		if got := readDate(written, "iso", ""); got.text != "" || got.doubt == "" {
			t.Errorf("%q reads %q (%s), want nothing, with a doubt", written, got.text, got.doubt)
		}
	}
	for line := range strings.Lines(strings.TrimSpace(monthWords)) {
		if len(strings.Fields(line)) != 12 {
			t.Errorf("a line has %d months: %s", len(strings.Fields(line)), line)
		}
	}
	seen := map[string]int{}
	for line := range strings.Lines(strings.TrimSpace(monthWords)) {
		for i, name := range strings.Fields(line) {
			if was, ok := seen[monthFold(name)]; ok && name != "-" && was != i+1 {
				t.Errorf("%q is month %d and month %d", name, was, i+1)
			}
			seen[monthFold(name)] = i + 1
		}
	}
}
