// SPDX-License-Identifier: Apache-2.0

package web

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCellsAreLabelled: on a narrow screen a row is a few lines, and each says what it
// is by its label; a table whose cells have none shows numbers that mean nothing.
func TestCellsAreLabelled(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("templates/*.html")
	parts, err2 := filepath.Glob("templates/parts/*.html")
	if err != nil || err2 != nil || len(pages) < 30 || len(parts) < 5 {
		t.Fatalf("%d pages, %d parts: %v %v", len(pages), len(parts), err, err2)
	}
	action := regexp.MustCompile(`\{\{.*?\}\}`)
	table := regexp.MustCompile(`(?s)<table class="list.*?</table>`)
	cell := regexp.MustCompile(`<td\b[^>]*>(<form)?`)
	for _, name := range slices.Concat(pages, parts) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		plain := action.ReplaceAllString(string(text), "")
		for _, rows := range table.FindAllString(plain, -1) {
			for _, c := range cell.FindAllString(rows, -1) {
				if !strings.Contains(c, "data-label") && !strings.Contains(c, "no-print") && !strings.HasSuffix(c, "<form") {
					t.Errorf("%s: a cell says on a narrow screen not what it is: %s", name, c)
				}
			}
		}
	}
}
