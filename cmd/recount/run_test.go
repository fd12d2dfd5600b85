// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// office runs commands on one archive, in this process.
type office struct {
	t       *testing.T
	dir     string
	globals []string // besides --archive
}

// newOffice is an archive with one case.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir() + "/archive"}
	o.do("init", "--plain", "--actor", "A. Analyst", "--title", "A trial case")
	return o
}

// run runs a command and answers what it printed and its exit code.
func (o *office) run(args ...string) (stdout, stderr string, code int) {
	o.t.Helper()
	var out, err bytes.Buffer
	p := testProgram()
	p.stdout, p.stderr = &out, &err
	code = p.run(context.Background(), o.with(args))
	return out.String(), err.String(), code
}

// with puts the globals before a command.
func (o *office) with(args []string) []string {
	return slices.Concat([]string{"--archive", o.dir}, o.globals, args)
}

// do runs a command that must succeed, and answers the first line it printed.
func (o *office) do(args ...string) string {
	o.t.Helper()
	out, errs, code := o.run(args...)
	if code != 0 {
		o.t.Fatalf("recount %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return strings.TrimSpace(strings.SplitN(out, "\n", 2)[0])
}

// ask runs a command with --json into v.
func (o *office) ask(v any, args ...string) {
	o.t.Helper()
	out, errs, code := o.run(append(args, "--json")...)
	if code != 0 {
		o.t.Fatalf("recount %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	if err := json.Unmarshal([]byte(out), v); err != nil {
		o.t.Fatalf("recount %s: %v in\n%s", strings.Join(args, " "), err, out)
	}
}

// file writes a file beside the archive and answers its path.
func (o *office) file(name, text string) string {
	o.t.Helper()
	path := o.dir + "-" + name
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

// testProgram is a program with the clock and the randomness of the machine,
// that says nothing.
func testProgram() program {
	return program{stdout: io.Discard, stderr: io.Discard, getenv: os.Getenv, now: time.Now, rand: rand.Reader}
}

func jsonInto(text string, v any) error { return json.Unmarshal([]byte(text), v) }
