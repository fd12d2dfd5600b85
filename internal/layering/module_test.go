// SPDX-License-Identifier: Apache-2.0

// Package layering holds the module to what docs/design.md says of it: which
// package may know which, how long a file may be, that each dependency has its
// reason, and that nothing in the repository speaks of the machine it was
// written on. It has tests only.
package layering

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "recount"

// root is the folder of go.mod, as seen from this package.
const root = "../.."

// listed is what go list says of a package.
type listed struct {
	ImportPath                string
	Standard                  bool
	Module                    *struct{ Path string }
	Imports, Deps             []string
	TestImports, XTestImports []string
	GoFiles                   []string
}

// list runs go list over the module's packages and all that they import.
func list(t *testing.T, arguments ...string) map[string]listed {
	t.Helper()
	out := output(t, "go", append([]string{"list", "-deps", "-json=ImportPath,Standard,Module,Imports,Deps,TestImports,XTestImports,GoFiles"}, arguments...)...)
	packages := map[string]listed{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

func output(t *testing.T, name string, arguments ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, arguments...)
	cmd.Dir = root
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, &problems)
	}
	return out
}

// files are the paths of the repository's files, tracked or about to be, from
// its root. Outside a checkout they are all files.
func files(t *testing.T) []string {
	t.Helper()
	var paths []string
	if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
		out := output(t, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
		for path := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
			if info, err := os.Lstat(filepath.Join(root, path)); err == nil && info.Mode().IsRegular() {
				paths = append(paths, path)
			}
		}
	} else {
		paths = walked(t)
	}
	if len(paths) < 50 {
		t.Fatalf("found %d files; this test would say nothing", len(paths))
	}
	return paths
}

func walked(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
