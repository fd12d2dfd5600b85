// SPDX-License-Identifier: Apache-2.0

package edtf

import "testing"

func TestPlaceholder(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"1900-01-01": true, "1970-01-01": true, "1899-12-30": true, "0001-01-01": true, "9999-12-31": true, "9999": true, "1111-11-11": true, "1970-01-01T00:00:00Z": true, "1900-01-01?": true,
		"1900-01-02": false, "1900": false, "1900-01": false, "1992-01-01": false, "": false, "XXXX": false, "9999/..": false, "../1970-01-01": false, "1992-11-11": false,
	} {
		if got := Placeholder(parsed(t, s)); got != want {
			t.Errorf("Placeholder(%q) = %v", s, got)
		}
	}
}
