// SPDX-License-Identifier: Apache-2.0

package identities_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/identities"
	"recount/internal/durable"
	"recount/strongroom"
)

var update = flag.Bool("update", false, "write docs/formats/vectors/identity.json anew; a released vector never changes")

const vectorFile = "../docs/formats/vectors/identity.json"

// vector is a sealed identity with all that opens it. What is random in it
// comes from the system: HPKE draws its own, so it cannot be made again, only opened.
type vector struct {
	Origin     string             `json:"origin"`
	Identity   string             `json:"identity"`
	Marker     string             `json:"marker"`
	Account    string             `json:"account"`
	Passphrase string             `json:"passphrase"`
	Ring       string             `json:"ring"`
	Key        string             `json:"key"`
	Share      string             `json:"share"`
	Name       string             `json:"name"`
	File       []byte             `json:"file"`
	Content    identities.Content `json:"content"`
}

// TestVector opens what docs/formats/identities.md publishes, as a release of
// any time must.
func TestVector(t *testing.T) {
	t.Parallel()
	if *update {
		writeVector(t)
	}
	text, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	o, err := identities.ParseOpener(v.Account, v.Key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"recount-identities": []byte(v.Marker), "openers/" + o.Fingerprint(): []byte(v.Ring), "sealed/" + v.Name: v.File,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := identities.Find(durable.OS(), dir, v.Origin)
	if err != nil {
		t.Fatal(err)
	}
	key, err := m.Unlock(o, way(t, v.Passphrase))
	if err != nil {
		t.Fatal(err)
	}
	file, err := m.Get(v.Name)
	if err != nil {
		t.Fatal(err)
	}
	share, err := identities.ParseShare(v.Share)
	if err != nil {
		t.Fatal(err)
	}
	got, err := key.Open(identities.Bound{Origin: v.Origin, Identity: v.Identity}, file, share)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(v.Content, got); d != "" {
		t.Error(d)
	}
}

func writeVector(t *testing.T) {
	t.Helper()
	m := newMap(t)
	v := vector{Origin: origin, Identity: "w-0123456789abcdef", Account: "Ana Bel", Passphrase: pass, Content: somebody()}
	v.Content.Photo = []byte("not a picture, only bytes")
	o := enrol(t, m, v.Account, pass)
	share, err := identities.NewShare(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if v.File, err = identities.Seal(identities.Bound{Origin: v.Origin, Identity: v.Identity}, v.Content, []identities.Opener{o}, share, rand.Reader); err != nil {
		t.Fatal(err)
	}
	v.Share, v.Name, v.Key = share.Text(), identities.Name(v.File), o.Text()
	marker, err := os.ReadFile(filepath.Join(m.Dir(), "recount-identities"))
	if err != nil {
		t.Fatal(err)
	}
	ring, err := os.ReadFile(filepath.Join(m.Dir(), "openers", o.Fingerprint()))
	if err != nil {
		t.Fatal(err)
	}
	v.Marker, v.Ring = string(marker), string(ring)
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// FuzzOpen: whatever lies in the place of a sealed file is refused in one of two ways.
func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	m, err := identities.Make(durable.OS(), dir, origin)
	if err != nil {
		f.Fatal(err)
	}
	text, err := strongroom.Passphrase(pass)
	if err != nil {
		f.Fatal(err)
	}
	o, err := m.Enrol("Ana Bel", text, strongroom.LeastCost(), day(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	key, err := m.Unlock(o, text)
	if err != nil {
		f.Fatal(err)
	}
	b := identities.Bound{Origin: origin, Identity: "w-0123456789abcdef"}
	good, err := identities.Seal(b, somebody(), []identities.Opener{o}, identities.Share{}, rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("recount identity/1\n\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := key.Open(b, file, identities.Share{})
		if bytes.Equal(file, good) {
			if err != nil {
				t.Error(err)
			}
			return
		}
		if !errors.Is(err, fault.Tampered) && !errors.Is(err, fault.Forbidden) {
			t.Errorf("%v, want fault.Tampered or fault.Forbidden", err)
		}
	})
}
