// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"recount/verify"
)

// The recounter is a second checker, written from docs/formats in another
// language. It stays small enough to be read by one person in an evening.
const (
	recounter    = "../docs/formats/recounter.py"
	recounterMax = 150 // lines a file
)

func TestRecounterIsSmall(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../docs/formats/*.py")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recounter: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("\n")); n >= recounterMax {
			t.Errorf("%s has %d lines; it is to have fewer than %d", name, n, recounterMax)
		}
	}
}

// runRecounter answers what the recounter prints and its exit code.
func runRecounter(t *testing.T, args ...string) (string, int) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here; the recounter is written in Python 3.11")
	}
	if exec.CommandContext(t.Context(), python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))").Run() != nil {
		t.Skip("python3 here is older than 3.11, which the recounter needs")
	}
	out, err := exec.CommandContext(t.Context(), python, append([]string{recounter}, args...)...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit != nil {
		return string(out), exit.ExitCode()
	}
	return string(out), 0
}

func TestRecounterAgreesWithVectors(t *testing.T) {
	t.Parallel()
	if out, code := runRecounter(t, "--vectors", "../docs/formats/vectors"); code != 0 {
		t.Errorf("the recounter disagrees with the vectors, exit %d:\n%s", code, out)
	}
}

// TestRecounterAgreesWithVerify gives both the same folders, as files on a disk.
func TestRecounterAgreesWithVerify(t *testing.T) {
	t.Parallel()
	want := map[string]bool{"public": true, "lie-rule": true, "forged": true, "named": true, "named-rungs": true, "no-checkpoint": true, "erased": true}
	exits := map[int]int{}
	for _, v := range vectors(t) {
		if !want[v.Bundle] || v.Against != "" {
			continue
		}
		dir := t.TempDir()
		for name, text := range v.files(t) {
			full := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(full, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		report, err := verify.Bundle(context.Background(), os.DirFS(dir), v.options(t))
		if err != nil {
			t.Fatal(err)
		}
		args := []string{dir}
		for _, k := range v.VKeys {
			args = append(args, "--vkey", k)
		}
		out, code := runRecounter(t, args...)
		exits[code]++
		if code != report.Exit {
			t.Errorf("%s (%s): the recounter exits with %d, verify with %d:\n%s", v.Bundle, v.Why, code, report.Exit, out)
		}
		for _, c := range report.Claims {
			if line := fmt.Sprintf("%-9s  %s", c.Verdict, c.Name); !strings.Contains(out, line) {
				t.Errorf("%s (%s): verify says %q, the recounter:\n%s", v.Bundle, v.Why, line, out)
			}
		}
	}
	if exits[0] == 0 || exits[1] == 0 || exits[2] == 0 {
		t.Errorf("exit codes met: %v; this test would say little", exits)
	}
}
