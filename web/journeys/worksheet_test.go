// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWorksheetComesBack: records are taken out, somebody works in the file and
// brings it back, and sees in the room, in both directions of writing, what was
// changed beside what the records say; then it is recorded.
func TestWorksheetComesBack(t *testing.T) {
	r := onStage(t).open(t)
	out := filepath.Join(t.TempDir(), "out.csv")
	r.stage.run(t, "export", out, "--archive", r.archive, "--without-row")
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")[:4]
	leaf := regexp.MustCompile(`^[0-9a-f]{64}`).FindString(lines[1])
	sheet, _ := file(t, "records.csv", "record,name,occupation\n"+leaf+",Orrin Velkamar,ferryman\n")

	events, _ := file(t, "events.csv", "what,low,high,day,where\n5 men of the mill (invented),5,5,1987-03-11,Krobakirk\nthose at the ford (invented),3,7,1987-03,Lummogirk\nmany (invented),10+,,,\n")
	meaning, _ := file(t, "events.json", `{"format": "recount mapping/1", "row": "group", "group": {"description": "what", "low": "low", "high": "high", "code": {"constant": "killed"}, "date": "day", "place": "where"}}`)
	source := regexp.MustCompile(`s-[0-9a-f]{16}`).FindString(r.stage.run(t, "show", "sources", "--archive", r.archive))
	r.stage.run(t, "import", events, "--mapping", meaning, "--source", source, "--archive", r.archive)

	p := r.writer()
	p.open(in("records"))
	p.clickOn("main details summary")
	p.sees("Workbook to work in", "Take out")
	p.pictured("records")
	p.open(in("exhibits", "new"))
	p.takes(sheet)
	p.followOn("main form .send button")
	p.follow("What came back")
	p.sees("Orrin Velkamar", "ferryman", "Record these changes")
	p.pictured("changes")
	at := p.where()
	p.prefers("ar", "")
	p.open(at)
	p.sees("Orrin Velkamar", "تسجيل هذه التغييرات")
	p.pictured("changes-ar")
	p.prefers("en", "")
	p.open(at)
	p.writeAt("main form textarea[name=reason], main form input[name=reason]", "Read again with the family")
	p.followOn("main form .send button")
	p.at(in("journal"))
	p.open(at)
	p.sees("This worksheet proposes nothing.")
	p.open(in("groups"))
	p.sees("3–7", "at least 10", "5 men of the mill")
	p.pictured("groups")
	p.prefers("ar", "")
	p.open(in("groups"))
	p.sees("على الأقل", "those at the ford")
	p.pictured("groups-ar")
}
