// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"recount/verify"
)

const vectorDir = "../docs/formats/vectors/bundles"

// vector is a line of index.json (docs/formats/bundle.md, "Vectors").
type vector struct {
	Bundle      string                    `json:"bundle"`
	Base        string                    `json:"base"`
	Removed     []string                  `json:"removed"`
	Why         string                    `json:"why"`
	VKeys       []string                  `json:"vkeys"`
	Against     string                    `json:"against"`
	Consistency string                    `json:"consistency"`
	Exit        int                       `json:"exit"`
	Claims      map[string]verify.Verdict `json:"claims"`
	Refuted     []string                  `json:"refuted"`
	Lines       verify.Lines              `json:"lines"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(vectorDir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 50 {
		t.Fatalf("%d vectors; this test would say little", len(list))
	}
	return list
}

func folder(t testing.TB, name string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root := os.DirFS(filepath.Join(vectorDir, name))
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// files puts a bundle of the vectors together.
func (v vector) files(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	if v.Base != "" {
		files = folder(t, v.Base)
	}
	for _, name := range v.Removed {
		delete(files, name)
	}
	if _, err := os.Stat(filepath.Join(vectorDir, v.Bundle)); err == nil {
		maps.Copy(files, folder(t, v.Bundle))
	}
	return files
}

func (v vector) options(t testing.TB) verify.Options {
	t.Helper()
	o := verify.Options{VKeys: v.VKeys}
	for _, f := range []struct {
		name string
		to   *[]byte
	}{{v.Against, &o.Against}, {v.Consistency, &o.Consistency}} {
		if f.name == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(vectorDir, f.name))
		if err != nil {
			t.Fatal(err)
		}
		*f.to = text
	}
	return o
}

func mapFS(files map[string][]byte) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: text, Mode: 0o644}
	}
	return m
}

// zipped packs files below one folder.
func zipped(t testing.TB, top string, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(top + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The published bundles, as folders and as zip files, with the verdicts that
// docs/formats/vectors/bundles/index.json lists for every program.
func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Bundle+" "+v.Why, func(t *testing.T) {
			t.Parallel()
			files := v.files(t)
			packed := zipped(t, "bundle", files)
			z, err := verify.OpenZip(bytes.NewReader(packed), int64(len(packed)))
			if err != nil {
				t.Fatal(err)
			}
			for how, fsys := range map[string]fs.FS{"folder": mapFS(files), "zip": z} {
				r, err := verify.Bundle(context.Background(), fsys, v.options(t))
				if err != nil {
					t.Fatal(err)
				}
				claims, refuted := map[string]verify.Verdict{}, map[string]bool{}
				for _, c := range r.Claims {
					claims[c.Name] = c.Verdict
					for _, f := range c.Findings {
						if f.Verdict == verify.Refuted {
							refuted[f.File] = true
						}
						if f.Verdict == verify.Refuted && (f.File == "" || f.What == "" || f.Expected == "" || f.Found == "") && !strings.Contains(f.What, "perhaps more") {
							t.Errorf("%s: a refuting finding that does not name file, expected and found: %+v", how, f)
						}
					}
				}
				if diff := cmp.Diff(v.Claims, claims); diff != "" {
					t.Errorf("%s: claims (-listed +found):\n%s", how, diff)
				}
				if diff := cmp.Diff(v.Refuted, slices.Sorted(maps.Keys(refuted))); diff != "" {
					t.Errorf("%s: refuted files (-listed +found):\n%s", how, diff)
				}
				if r.Exit != v.Exit || r.Lines != v.Lines {
					t.Errorf("%s: exit %d, lines %+v; listed are %d, %+v", how, r.Exit, r.Lines, v.Exit, v.Lines)
				}
			}
		})
	}
}

// What is said for people never promises more than was checked.
func TestReportWords(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		r, err := verify.Bundle(context.Background(), mapFS(v.files(t)), v.options(t))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if _, err := r.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		text := strings.ToLower(b.String())
		for _, word := range []string{"proved", "proven", " true", "guarantee", "authentic"} {
			if strings.Contains(text, word) {
				t.Errorf("%s: the report says %q:\n%s", v.Bundle, word, text)
			}
		}
		for _, want := range []string{"taken on trust", "this does not show", "two different human beings"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the report does not say %q", v.Bundle, want)
			}
		}
		if len(v.VKeys) == 0 && r.Exit == verify.ExitHolds {
			t.Errorf("%s: exit 0 without a key", v.Bundle)
		}
		if len(v.VKeys) == 0 && len(r.Keys) > 0 && !strings.Contains(text, r.Keys[0].Fingerprint) {
			t.Errorf("%s: the fingerprint is not printed", v.Bundle)
		}
	}
}
