// SPDX-License-Identifier: Apache-2.0

package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMarkers: what a list writes where it does not know stands between spaces, or
// between semicolons of either script where one has a space in it.
func TestMarkers(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]string{
		"": {}, "  ": {}, "NA -1 ?": {"NA", "-1", "?"}, "not known; NA": {"not known", "NA"}, "غير معروف؛ ؟": {"غير معروف", "؟"}, "not known;": {"not known"}, ";": {},
	} {
		if diff := cmp.Diff(want, markers(typed)); diff != "" {
			t.Errorf("%q: %s", typed, diff)
		}
	}
}
