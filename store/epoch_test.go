// SPDX-License-Identifier: Apache-2.0

package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"testing"

	"recount/fault"
	"recount/internal/durable"
)

// TestWrap has the one published example of docs/formats/keys.md, which was
// computed with Python's hmac.
func TestWrap(t *testing.T) {
	t.Parallel()
	var epoch epochKey
	var of, key [32]byte
	for i := range 32 {
		epoch[i], of[i], key[i] = byte(i), byte(32+i), byte(64+i)
	}
	w := newWrapper(epoch)
	wrapped := w.wrap(tagKey, of, key)
	if got := fmt.Sprintf("%x", wrapped); got != "25a5ef0f5ef85772a122845e9845381ee86498ae880b1de3c84e422640508df5" {
		t.Errorf("wrapped %s; keys.md has another", got)
	}
	if w.wrap(tagKey, of, wrapped) != key {
		t.Error("unwrapping does not undo wrapping")
	}
	if w.wrap(tagPlain, of, key) == wrapped {
		t.Error("two tags wrap alike")
	}
	body, err := w.sealSecret("log", "PRIVATE+KEY+x", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.openSecret("log", body); err != nil || got != "PRIVATE+KEY+x" {
		t.Errorf("%q, %v", got, err)
	}
	for what, broken := range map[string]func() error{
		"another name": func() error { _, err := w.openSecret("seal", body); return err },
		"cut off":      func() error { _, err := w.openSecret("log", body[:5]); return err },
		"another epoch": func() error {
			_, err := newWrapper(epochKey{1}).openSecret("log", body)
			return err
		},
	} {
		if err := broken(); !errors.Is(err, fault.Tampered) {
			t.Errorf("%s: %v; fault.Tampered is right", what, err)
		}
	}
}

func TestEpochFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := Config{Dir: dir, Files: durable.OS(), Rand: rand.Reader}
	if _, err := readEpoch(config, dir, 1); !errors.Is(err, fault.Unavailable) {
		t.Errorf("a key file that is missing: %v; fault.Unavailable is right", err)
	}
	key, err := newEpoch(config, dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readEpoch(config, dir, 1); err != nil || got != key {
		t.Errorf("read %x, %v", got, err)
	}
	if info, err := os.Stat(epochFile(dir, 1)); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others can read the key: %v, %v", info.Mode(), err)
	}
	for _, content := range []string{"", "recount epoch key/1\n", "recount epoch key/2\nAAAA\n", "recount epoch key/1\nAAAA\n", "recount epoch key/1\nnot base64!\n"} {
		if err := os.WriteFile(epochFile(dir, 2), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readEpoch(config, dir, 2); !errors.Is(err, fault.Tampered) {
			t.Errorf("%q: %v; fault.Tampered is right", content, err)
		}
	}
}

func FuzzGeneration(f *testing.F) {
	f.Add("recount generation/1\ntables 3\nkeys 2\n")
	f.Add("recount generation/1\ntables 03\nkeys -2\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		if err := os.WriteFile(currentFile(dir), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		g, err := readGeneration(dir)
		if err != nil {
			if !errors.Is(err, fault.Tampered) {
				t.Fatalf("%v; fault.Tampered is right", err)
			}
			return
		}
		if err := g.write(durable.OS(), dir); err != nil {
			t.Fatal(err)
		}
		again, err := os.ReadFile(currentFile(dir))
		if err != nil || string(again) != text {
			t.Errorf("%q was read, and written as %q: %v", text, again, err)
		}
	})
}
