// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"recount/verify"
)

// One byte changed anywhere is refuted when the keys are pinned, and never
// passes when they are not, even when the forger makes manifests and seal anew
// under a key of his own. In what the entry fixes it is refuted even when he
// has the true seal key.
func TestOneByte(t *testing.T) {
	t.Parallel()
	m := scene("flip", people())
	_, seq := m.freeze(t, edition(1), statement)
	good := exported(t, m, seq, nil)
	check := func(c contents, keys []string) verify.Report {
		return must(verify.Bundle(context.Background(), c.fs(), verify.Options{VKeys: keys}))
	}
	for _, name := range slices.Sorted(maps.Keys(good)) {
		fixed := strings.HasPrefix(name, "data/") || strings.HasPrefix(name, "proof/") && !strings.HasSuffix(name, ".vkey") && name != "proof/kinds.txt"
		size := len(good[name])
		for at := 0; at < size; at += 1 + size/25 {
			changed := good.clone()
			changed[name][at] ^= 1
			if name == "SEAL" || strings.HasSuffix(name, "manifest-sha256.txt") || name == "bag-info.txt" {
				if r := check(changed, m.vkeys()); r.Exit != verify.ExitRefuted {
					t.Errorf("%s, byte %d: exit %d", name, at, r.Exit)
				}
				continue
			}
			forged := changed.forged(m)
			if r := check(forged, m.vkeys()); r.Exit != verify.ExitRefuted || r.Claim(verify.Unchanged).Verdict != verify.Refuted {
				t.Errorf("%s, byte %d, made anew under another key: exit %d", name, at, r.Exit)
			}
			if r := check(forged, nil); r.Exit == verify.ExitHolds {
				t.Errorf("%s, byte %d, made anew, no key pinned: exit 0", name, at)
			}
			if !fixed {
				continue
			}
			if r := check(changed.remade(m.sealS), m.vkeys()); r.Exit != verify.ExitRefuted || r.Claim(verify.Unchanged).Verdict == verify.Refuted {
				t.Errorf("%s, byte %d, made anew with the true seal key: exit %d, unchanged %s", name, at, r.Exit, r.Claim(verify.Unchanged).Verdict)
			}
		}
	}
}
