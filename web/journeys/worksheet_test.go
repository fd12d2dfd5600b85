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
	p.pictured("groups")
}
