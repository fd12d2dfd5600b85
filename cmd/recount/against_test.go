// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"recount/journal"
	"recount/verify"
)

// TestAgainstOlderCheckpoint: a checkpoint that somebody kept is compared
// offline, by the hashes of all entries that the bundle carries.
func TestAgainstOlderCheckpoint(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, _, bundle := o.erasable()
	kept, _, code := o.run("show", "checkpoint", "--at", "3")
	if code != 0 {
		t.Fatal(kept)
	}
	old, err := journal.ReadCheckpoint([]byte(kept))
	if err != nil {
		t.Fatal(err)
	}
	rewritten, longer := old, old
	rewritten.Root[0] ^= 1
	longer.Size = 1000
	tests := []struct {
		name, checkpoint string
		want             verify.Verdict
		says             string
	}{
		{"as it was", kept, verify.Undecided, ""}, // undecided for want of a pinned key, and for nothing else
		{"rewritten", signedLike(kept, rewritten), verify.Refuted, "rewritten"},
		{"of a longer log", signedLike(kept, longer), verify.Undecided, "cut short"},
	}
	for _, test := range tests {
		var r verify.Report
		out, _, _ := o.run("verify", bundle, "--against", o.file("old", test.checkpoint), "--json")
		if err := jsonInto(out, &r); err != nil {
			t.Fatal(err)
		}
		c := r.Claim(verify.InLog)
		if c.Verdict != test.want {
			t.Errorf("%s: %s, want %s: %+v", test.name, c.Verdict, test.want, c.Findings)
		}
		if test.says == "" && len(c.Findings) != 1 || test.says != "" && !strings.Contains(out, test.says) {
			t.Errorf("%s: findings %+v", test.name, c.Findings)
		}
	}
}

// signedLike is a checkpoint under the signature lines of another: nobody but
// the log could sign it, and comparing does not need a signature.
func signedLike(signed string, c journal.Checkpoint) string {
	_, signatures, _ := strings.Cut(signed, "\n\n")
	return c.Text() + "\n" + signatures
}
