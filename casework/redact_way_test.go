// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"testing"

	"recount/register"
)

// TestWayToCopy: the program makes copies of lists that it can write, and of no others.
func TestWayToCopy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		media, name string
		list        bool
		want        string
	}{
		{"text/csv", "list.csv", true, CopyByProgram},
		{"text/plain", "list.csv", false, CopyByProgram},
		{"text/plain", "note.txt", false, CopyByHand},
		{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "list.xlsx", true, CopyByProgram},
		{"application/vnd.oasis.opendocument.spreadsheet", "list.ods", true, CopyByHand},
		{"application/vnd.ms-excel", "list.xls", true, CopyByHand},
		{"application/x-ole-storage", "list.xls", true, CopyByHand},
		{"text/html", "list.xls", true, CopyByHand},
	} {
		if got := wayToCopy(register.Exhibit{MediaType: tt.media, FileName: tt.name, Size: 1000}, tt.list); got != tt.want {
			t.Errorf("%s, %s: %q, want %q", tt.media, tt.name, got, tt.want)
		}
	}
}
