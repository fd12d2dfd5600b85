// SPDX-License-Identifier: Apache-2.0

package web

import (
	"strings"
	"testing"

	"recount/web/words"
)

// TestCodes: what the catalogue calls a code in English is what the register
// calls it, every code can be translated, and no other has words.
func TestCodes(t *testing.T) {
	t.Parallel()
	book, err := words.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for set, list := range codeLists() {
		for _, c := range list() {
			key := "code." + set + "." + c.Code
			known[key] = true
			if text, own := book.Text("en", key); !own || text.Forms["other"] != c.Label {
				t.Errorf("%s is %q in English; the register says %q", key, text.Forms["other"], c.Label)
			}
		}
	}
	for _, key := range book.Keys() {
		if strings.HasPrefix(key, "code.") && !known[key] {
			t.Errorf("%s has words, and the register knows no such code", key)
		}
	}
}
