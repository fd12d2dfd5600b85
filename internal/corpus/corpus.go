// SPDX-License-Identifier: Apache-2.0

// Package corpus leads tests to the corpus of real inputs with known answers.
// The corpus is not part of the project: the environment variable
// RECOUNT_CORPUS names its folder, a relative one as seen from the module's
// root. Without it a test skips and says so; continuous integration sets it
// and refuses skips.
package corpus

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a corpus file such as "lists/a.csv", or skips the
// test when no corpus is named. A named corpus without that file fails.
func Path(tb testing.TB, name string) string {
	tb.Helper()
	dir := os.Getenv("RECOUNT_CORPUS")
	if dir == "" {
		tb.Skip("needs the corpus of real inputs: RECOUNT_CORPUS does not name its folder")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(moduleRoot(tb), dir)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		tb.Fatalf("RECOUNT_CORPUS is set but has no %s: %v", name, err)
	}
	return path
}

// moduleRoot is the nearest folder above the test's that holds go.mod.
func moduleRoot(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}
