// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// office runs commands on one archive, in this process.
type office struct {
	t   *testing.T
	dir string
}

// newOffice is an archive with one case.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir() + "/archive"}
	o.do("init", "--actor", "A. Analyst", "--title", "A trial case")
	return o
}

// run runs a command and answers what it printed and its exit code.
func (o *office) run(args ...string) (stdout, stderr string, code int) {
	o.t.Helper()
	var out, err bytes.Buffer
	p := program{stdout: &out, stderr: &err, getenv: os.Getenv, now: time.Now, rand: rand.Reader}
	code = p.run(context.Background(), append([]string{"--archive", o.dir}, args...))
	return out.String(), err.String(), code
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
