// SPDX-License-Identifier: Apache-2.0

package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recount/fault"
	"recount/internal/durable/crashdisk"
	"recount/vault"
	"recount/vault/vaulttest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	vaulttest.Run(t, func(*testing.T) vault.Backend { return vault.Memory() })
}

func folder(t *testing.T) (*vault.FolderBackend, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "case", "vault")
	b, err := vault.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b, dir
}

func TestFolder(t *testing.T) {
	t.Parallel()
	vaulttest.Run(t, func(t *testing.T) vault.Backend { b, _ := folder(t); return b })
}

func TestFolderOnCrashDisk(t *testing.T) {
	t.Parallel()
	vaulttest.Run(t, func(t *testing.T) vault.Backend {
		b, err := vault.FolderOn(crashdisk.New(time.Now), filepath.Join(string(filepath.Separator), "vault"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}

// The place and the mode of an object's file are part of the archive's layout.
func TestFolderLayout(t *testing.T) {
	t.Parallel()
	b, dir := folder(t)
	a := vaulttest.Put(t, b, []byte("abc"), 10)
	// FIPS 180-2, appendix B.1: SHA-256 of "abc".
	const hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if a.String() != hex {
		t.Fatalf("address %s", a)
	}
	info, err := os.Stat(filepath.Join(dir, "ba", "78", hex))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o222 != 0 {
		t.Errorf("an object's file can be written: %v", info.Mode())
	}
	left, err := os.ReadDir(filepath.Join(dir, "tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in tmp: %v, %v", left, err)
	}
}

// What is not an object in its place is not listed, and does not disturb.
func TestFolderPassesOverStrangers(t *testing.T) {
	t.Parallel()
	b, dir := folder(t)
	a := vaulttest.Put(t, b, []byte("abc"), 10)
	shard := filepath.Join(dir, "ba", "78")
	strangers := []string{
		filepath.Join(dir, "Thumbs.db"),
		filepath.Join(dir, "ba", ".DS_Store"),
		filepath.Join(shard, "notes.txt"),
		filepath.Join(shard, strings.Repeat("0", 64)),         // an object's name in the wrong place
		filepath.Join(shard, strings.ToUpper(a.String())+"x"), // not an address
	}
	for _, name := range strangers {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "BA"), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		t.Fatal(err)
	}
	var got []vault.Address
	for a, err := range b.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a)
	}
	if len(got) != 1 || got[0] != a {
		t.Errorf("listed %v", got)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	b, dir := folder(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if n, err := b.Sweep(t.Context(), now); n != 0 || err != nil {
		t.Fatalf("before anything was staged: %d, %v", n, err)
	}
	kept := vaulttest.Put(t, b, []byte("kept"), 10)
	for range 2 {
		if _, err := b.Create(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tmp := filepath.Join(dir, "tmp")
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) != 2 {
		t.Fatalf("staged files: %v, %v", left, err)
	}
	times := []time.Time{now.Add(-25 * time.Hour), now.Add(-time.Hour)}
	for i, entry := range left {
		if err := os.Chtimes(filepath.Join(tmp, entry.Name()), times[i], times[i]); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := b.Sweep(t.Context(), now.Add(-24*time.Hour)); n != 1 || err != nil {
		t.Errorf("swept %d, %v; want the one older than a day", n, err)
	}
	if now, err := os.ReadDir(tmp); err != nil || len(now) != 1 || now[0].Name() != left[1].Name() {
		t.Errorf("after sweeping: %v, %v", now, err)
	}
	if _, err := b.Size(t.Context(), kept); err != nil {
		t.Errorf("sweeping touched an object: %v", err)
	}
}

func TestFolderCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if _, err := vault.Folder(dir); err == nil {
			t.Errorf("Folder(%s) took a file for a folder", dir)
		}
	}
}

func TestParseAddress(t *testing.T) {
	t.Parallel()
	const good = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if a, err := vault.ParseAddress(good); err != nil || a.String() != good {
		t.Errorf("%s, %v", a, err)
	}
	for _, bad := range []string{"", good[1:], good + "0", strings.ToUpper(good), "z" + good[1:], "../" + good[3:]} {
		if _, err := vault.ParseAddress(bad); !errors.Is(err, fault.Invalid) {
			t.Errorf("ParseAddress(%q): %v", bad, err)
		}
	}
}
