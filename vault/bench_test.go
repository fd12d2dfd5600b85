// SPDX-License-Identifier: Apache-2.0

package vault_test

import (
	"bytes"
	"io"
	"testing"

	"recount/vault"
)

// BenchmarkSeal and BenchmarkOpen have no disk in them: what the processor
// needs. bench/preserve measures against cp and sync on a disk.
func BenchmarkSeal(b *testing.B) {
	data := bytesOf(64 << 20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := vault.New(vault.Memory(), seeded()).Seal(b.Context(), bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	data := bytesOf(64 << 20)
	v := vault.New(vault.Memory(), seeded())
	o, err := v.Seal(b.Context(), bytes.NewReader(data))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r, err := v.OpenChecked(b.Context(), o)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
