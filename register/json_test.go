// SPDX-License-Identifier: Apache-2.0

package register

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/journal"
)

// Absent, blank and known stay three things in JSON as well.
func TestJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		x    any
		want string
	}{
		{"source", Source{Source: "s-1", Name: `The "Bell"`, Kind: "media"},
			`{"source":"s-1","name":"The \"Bell\"","kind":"media","affiliation":null,"independence":null,"reliability":null,"derived_from":[],"language":null,"note":null}`},
		{"rung", Rung{Record: journal.Leaf{1}, Rung: "band", Rule: "band@1"},
			`{"record":"0100000000000000000000000000000000000000000000000000000000000000","rung":"band","rule":"band@1","value":null}`},
	}
	for _, test := range tests {
		got, err := json.Marshal(test.x)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	var record map[string]any
	text, err := json.Marshal(Record{Name: journal.Text(""), AgeLow: Exactly(0), AgeHigh: Exactly(3)})
	if err == nil {
		err = json.Unmarshal(text, &record)
	}
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{"name": "", "given": nil, "age_low": 0.0, "age_high": 3.0, "row": nil} {
		if got, there := record[field]; !there || got != want {
			t.Errorf("%s: %v (there: %v), want %v", field, got, there, want)
		}
	}
}
