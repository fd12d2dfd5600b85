// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"lukechampine.com/adiantum"

	"recount/fault"
	"recount/store"
)

// olderCopiesAreLost: once an erasure has destroyed the epoch key, a copy of a
// case's databases from before opens nothing, by all keys that are left.
func olderCopiesAreLost(g *ground) {
	leaves, letter := g.witness()
	copies := map[string][]byte{}
	for _, keys := range []bool{false, true} {
		name := g.databaseFile(keys)
		content, err := os.ReadFile(name)
		if err != nil {
			g.t.Fatal(err)
		}
		copies[filepath.Base(name)] = content
	}
	if n := g.opens(copies); n != len(copies) {
		g.t.Fatalf("%d of %d databases open by their keys: this test would say nothing", n, len(copies))
	}
	g.decide(leaves, letter.Address)
	if err := g.c.Erase(g.ctx, nil); err != nil {
		g.t.Fatal(err)
	}
	if n := g.opens(copies); n != 0 {
		g.t.Errorf("%d copies from before the erasure still open", n)
	}
}

// opens counts the databases that open by the master key and one of the epoch
// keys that are there.
func (g *ground) opens(databases map[string][]byte) (n int) {
	g.t.Helper()
	ring, err := store.ReadRing(g.config.Dir)
	if err != nil {
		g.t.Fatal(err)
	}
	key, err := openRing(ring)
	if err != nil {
		g.t.Fatal(err)
	}
	defer key.Forget()
	for _, file := range g.files(filepath.Join(g.config.Dir, "keys", g.caseID), "epoch-") {
		epoch := g.epochIn(path.Join("keys", g.caseID, filepath.Base(file)), key.Open)
		for name, content := range databases {
			raw, err := key.Derive(epoch, "database\n"+path.Join("cases", g.caseID, name))
			if err != nil {
				g.t.Fatal(err)
			}
			block := adiantum.New(raw[:]).Decrypt(bytes.Clone(content[:4096]), make([]byte, 8))
			if bytes.HasPrefix(block, []byte("SQLite format 3\x00")) {
				n++
			}
		}
	}
	return n
}

// epochIn reads the epoch key from a file of the archive.
func (g *ground) epochIn(name string, unseal func(name string, text []byte) ([]byte, error)) []byte {
	g.t.Helper()
	text, err := os.ReadFile(filepath.Join(g.config.Dir, filepath.FromSlash(name)))
	if err == nil {
		text, err = unseal(name, text)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	epoch, err := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(string(text), "recount epoch key/1\n")))
	if err != nil {
		g.t.Fatal(err)
	}
	return epoch
}

// changedFilesFound changes each small file of an encrypted archive, and puts it back.
func changedFilesFound(g *ground) {
	g.act(draftOf(g.newSource("Harbour list")))
	current := g.files(filepath.Join(g.config.Dir, "keys", g.caseID), "epoch-")
	if err := g.a.Close(); err != nil {
		g.t.Fatal(err)
	}
	for _, name := range append(current, store.RingFile(g.config.Dir), g.databaseFile(false), g.databaseFile(true)) {
		content, err := os.ReadFile(name)
		if err != nil {
			g.t.Fatal(err)
		}
		changed := bytes.Clone(content)
		changed[min(len(changed), 4096)/2] ^= 1 // of a database, the first block
		if err := os.WriteFile(name, changed, 0o600); err != nil {
			g.t.Fatal(err)
		}
		a, err := store.Open(g.ctx, g.config)
		if err == nil {
			_, err = a.Case(g.ctx, g.caseID)
			err = errors.Join(err, a.Close())
		}
		if !errors.Is(err, fault.Tampered) {
			g.t.Errorf("%s was changed: %v; fault.Tampered is right", filepath.Base(name), err)
		}
		if err := os.WriteFile(name, content, 0o600); err != nil {
			g.t.Fatal(err)
		}
	}
	closed := g.config
	closed.Unlock = nil
	if _, err := store.Open(g.ctx, closed); !errors.Is(err, fault.Forbidden) {
		g.t.Errorf("without a way to open it: %v; fault.Forbidden is right", err)
	}
	if a, err := store.Open(g.ctx, g.config); err != nil {
		g.t.Errorf("put back: %v", err)
	} else if c, err := a.Case(g.ctx, g.caseID); err != nil || c.Verify(g.ctx) != nil {
		g.t.Errorf("put back: %v", err)
	} else if err := a.Close(); err != nil {
		g.t.Error(err)
	}
}
