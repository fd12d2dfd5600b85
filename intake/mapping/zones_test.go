// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, on every machine

	"github.com/xuri/excelize/v2"
)

// inZone names the zone in which the test runs itself again.
const inZone = "RECOUNT_TEST_IN_ZONE"

// TestNoZoneMovesADay: programs keep a day as its midnight in the zone of a machine or
// a browser, and somebody else reads the day before; of a century ago zones have odd
// minutes, and whole pages fall. A civil day has no zone here: whatever zone the server
// is in, lists are read alike, letter by letter.
func TestNoZoneMovesADay(t *testing.T) {
	if os.Getenv(inZone) != "" {
		shift := time.Date(2020, 2, 26, 12, 0, 0, 0, time.Local).Format("-0700")
		fmt.Printf("zone %s\n%send\n", shift, readDays(t))
		return
	}
	t.Parallel()
	for zone, shift := range map[string]string{
		"UTC": "+0000", "Pacific/Honolulu": "-1000", "America/Los_Angeles": "-0800", "Pacific/Kiritimati": "+1400", "Europe/Paris": "+0100", "Asia/Yerevan": "+0400", "America/New_York": "-0500",
	} {
		c := exec.Command(os.Args[0], "-test.run=^TestNoZoneMovesADay$")
		c.Env = append(os.Environ(), "TZ="+zone, inZone+"="+zone)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", zone, err, out)
			continue
		}
		got, _, _ := strings.Cut(string(out), "end\n")
		if want := "zone " + shift + "\n" + daysRead; got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", zone, got, want)
		}
	}
}

// daysRead is how the lists of readDays are read everywhere.
const daysRead = `row 2: 1992-02-26 -> 1992-02-26
row 3: 26.02.1992 -> 1992-02-26
row 4: 1901-12-12 -> 1901-12-12
row 5: 12/12/1901 -> 1901-12-12
row 6: 1901-12-12 00:00:00 -> 1901-12-12
row 7: 1992-02-26T23:59:59 -> 1992-02-26
row 8: 1992-02-26T23:59:59Z -> 1992-02-26
row 9: 1992-02-26T00:00:00+14:00 -> 1992-02-26
row 10: 1992-02-26T23:30:00-05:00 -> 1992-02-26
row 11: 1992-02-26T23:30:00.000Z -> 1992-02-26
row 12: 1992-02-26 23:30 -> 1992-02-26
row 13: 26 February 1992 -> 1992-02-26
row 14: 1981-04-01 -> 1981-04-01
Sheet1!row 2: 1901-12-12 -> 1901-12-12
Sheet1!row 3: 1992-02-26 -> 1992-02-26
Sheet1!row 4: 1992-02-26T23:45:00 -> 1992-02-26
Sheet1!row 5: 1995-05-30 -> 1995-05-30
`

// readDays reads days as a list and a workbook have them.
func readDays(t *testing.T) string {
	t.Helper()
	var list strings.Builder
	list.WriteString("name,when\n")
	for _, day := range []string{"1992-02-26", "26.02.1992", "1901-12-12", "12/12/1901", "1901-12-12 00:00:00", "1992-02-26T23:59:59", "1992-02-26T23:59:59Z",
		"1992-02-26T00:00:00+14:00", "1992-02-26T23:30:00-05:00", "1992-02-26T23:30:00.000Z", "1992-02-26 23:30", "26 February 1992", "1981-04-01"} {
		list.WriteString("Ada Vell," + day + "\n")
	}
	f := excelize.NewFile()
	day, err := f.NewStyle(&excelize.Style{NumFmt: 22}) // m/d/yy h:mm
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{{"name", "when"}, {"Ada Vell", 712}, {"Ada Vell", 33660}, {"Ada Vell", 33660.9895833}, {"Ada Vell", 34849}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "B2", "B5", day); err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	if _, err := f.WriteTo(&book); err != nil {
		t.Fatal(err)
	}
	const m = `{"format": "recount mapping/1", "row": "person", "record": {"name": "name"}, "harms": [{"code": {"constant": "killed"}, "date": "when"}]}`
	var out strings.Builder
	for _, file := range []string{list.String(), book.String()} {
		people, refused, _ := readList(t, m, file)
		if len(refused) > 0 {
			t.Fatal(refused)
		}
		for _, p := range people {
			fmt.Fprintf(&out, "%s: %s -> %s\n", p.Record.Pinpoint, p.Harms[0].DateWritten.Text(), p.Harms[0].Date)
		}
	}
	return out.String()
}
