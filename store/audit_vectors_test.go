// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/audit"
	"recount/fault"
	"recount/journal"
	"recount/store"
)

// auditVectors are docs/formats/vectors/audit.json. They were made by another
// program, from docs/formats/audit.md alone.
type auditVectors struct {
	Of, Origin, VKey string
	Events           []struct {
		Event, Header string
		Leaf          string  `json:"leaf_hex"`
		Record        string  `json:"record_hash_hex"`
		Sealed        string  `json:"sealed_hex"`
		Text          *string `json:"text"` // nil with Sealed: forgotten
	}
	Roots      []string `json:"roots_hex"`
	Checkpoint string
	Piece      []byte
	Keys       string
	Refused    []struct {
		Name             string
		Piece            []byte
		Keys, Checkpoint string
	}
}

func readAuditVectors(t *testing.T) (v auditVectors) {
	t.Helper()
	data, err := os.ReadFile("../docs/formats/vectors/audit.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAuditVectorsHash(t *testing.T) {
	t.Parallel()
	v := readAuditVectors(t)
	var tree journal.Merkle
	for i, e := range v.Events {
		parsed, err := audit.Parse([]byte(e.Event))
		if err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
		if again, err := parsed.JSON(); err != nil || string(again) != e.Event {
			t.Errorf("event %d is written as %s, %v", i, again, err)
		}
		leaf := audit.Leaf([]byte(e.Event))
		header := journal.Header{Origin: v.Origin, Seq: int64(i), Leaf: leaf}.Marshal()
		if leaf.String() != e.Leaf || string(header) != e.Header {
			t.Errorf("event %d: leaf %s, header %q", i, leaf, header)
		}
		if root := tree.Root(); hex.EncodeToString(root[:]) != v.Roots[i] {
			t.Errorf("root of %d is %x", i, root)
		}
		tree.Add(header)
	}
	c, _, err := journal.OpenCheckpoint([]byte(v.Checkpoint), v.VKey)
	if root := tree.Root(); err != nil || c.Root != root || hex.EncodeToString(root[:]) != v.Roots[len(v.Events)] {
		t.Errorf("the checkpoint: %v, %v", c, err)
	}
}

// TestAuditVectorsComeBack puts the vectors' journal into a new archive, as its
// own: what is written of it again is what was read, text by text.
func TestAuditVectorsComeBack(t *testing.T) {
	t.Parallel()
	v := readAuditVectors(t)
	keys := strings.Replace(v.Keys, "\nof "+v.Of+"\n", "\nof -\n", 1)
	a := emptyArchive(t)
	if _, err := putAuditBack(t, a, keys, v.Checkpoint, v.Piece); err != nil {
		t.Fatal(err)
	}
	own, err := a.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := own.Newest(t.Context(), audit.Filter{Act: audit.Searched}, -1, 10)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d searches, %v", len(all), err)
	}
	for _, l := range all {
		want := v.Events[l.Seq].Text
		if l.Forgotten != (want == nil) || want != nil && l.Text != *want {
			t.Errorf("event %d: %q, forgotten %t", l.Seq, l.Text, l.Forgotten)
		}
	}
	var again bytes.Buffer
	err = own.Copying(t.Context(), func(c *store.AuditCopy) error { return c.WriteEvents(t.Context(), &again, 0, c.Size()) })
	if diff := cmp.Diff(base64.StdEncoding.EncodeToString(v.Piece), base64.StdEncoding.EncodeToString(again.Bytes())); err != nil || diff != "" {
		t.Errorf("the piece, written again: %v %s", err, diff)
	}
}

func TestAuditVectorsRefused(t *testing.T) {
	t.Parallel()
	v := readAuditVectors(t)
	if len(v.Refused) < 10 {
		t.Fatalf("%d vectors are to be refused", len(v.Refused))
	}
	for _, r := range v.Refused {
		keys := strings.Replace(r.Keys, "\nof "+v.Of+"\n", "\nof -\n", 1)
		if _, err := putAuditBack(t, emptyArchive(t), keys, r.Checkpoint, r.Piece); !errors.Is(err, fault.Tampered) && !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
}

func emptyArchive(t *testing.T) *store.Archive {
	t.Helper()
	config := store.Config{Dir: t.TempDir(), Now: func() time.Time { return time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC) }, Rand: rand.Reader}
	a, err := store.Create(t.Context(), config, store.Opening{PublicName: "archive.example"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func putAuditBack(t *testing.T, a *store.Archive, keys, checkpoint string, piece []byte) (store.AuditState, error) {
	t.Helper()
	read, err := store.ReadAuditKeys(bufio.NewReader(strings.NewReader(keys)))
	if err != nil {
		return store.AuditState{}, err
	}
	var one iter.Seq2[io.Reader, error] = func(yield func(io.Reader, error) bool) { yield(bytes.NewReader(piece), nil) }
	return a.ImportAudit(t.Context(), "", read, []byte(checkpoint), one)
}

// FuzzAuditKeys: whatever it is, it is read or refused with a kind.
func FuzzAuditKeys(f *testing.F) {
	data, err := os.ReadFile("../docs/formats/vectors/audit.json")
	if err != nil {
		f.Fatal(err)
	}
	var v auditVectors
	if err := json.Unmarshal(data, &v); err != nil {
		f.Fatal(err)
	}
	f.Add(v.Keys)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := store.ReadAuditKeys(bufio.NewReader(strings.NewReader(text)))
		if _, known := fault.KindOf(err); err != nil && !known {
			t.Errorf("%q: an error of no kind: %v", text, err)
		}
	})
}
