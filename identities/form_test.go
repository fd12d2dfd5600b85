// SPDX-License-Identifier: Apache-2.0

package identities_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/identities"
)

func TestParseForm(t *testing.T) {
	t.Parallel()
	got, err := identities.ParseForm("\ufeffName: Ilvane Torresk\r\n\nname: Ильване\nnote: limps\nNOTE: left leg\n  contact :  a baker: ask\n")
	want := identities.Content{Names: []string{"Ilvane Torresk", "Ильване"}, Note: "limps\nleft leg", Contact: "a baker: ask"}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(d, err)
	}
	for _, text := range []string{"Ilvane Torresk", "name:", "Torresk: Ilvane", "name: x\nTorresk", "\xff"} {
		_, err := identities.ParseForm(text)
		if !errors.Is(err, fault.Invalid) || strings.Contains(err.Error(), "Torresk") {
			t.Errorf("%q: %v, want fault.Invalid that does not repeat it", text, err)
		}
	}
}

func FuzzParseForm(f *testing.F) {
	f.Add("name: Ilvane Torresk\nnote: limps\nnote: left leg")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := identities.ParseForm(text)
		if err != nil && !errors.Is(err, fault.Invalid) {
			t.Errorf("%v, want fault.Invalid", err)
		}
		if err != nil && len(c.Names) > 0 {
			t.Error("refused, and something is answered")
		}
	})
}
