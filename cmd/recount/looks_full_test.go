// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"recount/audit"
	"recount/fault"
	"recount/internal/durable/undo"
)

// leaving are commands by which something leaves the archive: what they are
// given, and where it would lie afterwards ("" on standard output alone).
func leaving(c *contents) []struct {
	kind, out string
	args      []string
} {
	return []struct {
		kind, out string
		args      []string
	}{
		{"dossiers", c.folder + "/bundle", []string{"dossier", "export", c.dossier, "--out", c.folder + "/bundle"}},
		{"case", c.folder + "/dump", []string{"rebuild", "--dump", c.folder + "/dump"}},
		{"case", c.folder + "/back", []string{"rebuild", "--at", "3", "--into", c.folder + "/back"}},
		{"records", "", []string{"show", "records", "--json"}},
		{"search", "", []string{"search", "Morrowdusk", "--json"}},
	}
}

// TestNothingLeavesUnnoted: on a disk with ever more room, what leaves is noted
// or does not leave: no file, and nothing of the case on standard output.
func TestNothingLeavesUnnoted(t *testing.T) {
	t.Parallel()
	long(t)
	template, c := filled(t)
	// The index is filled, so that a search writes nothing but that it was made.
	template.do("search", "Morrowdusk")
	for _, leave := range leaving(c) {
		refused := 0
		for room := int64(1); ; room += 8 << 10 {
			o := &office{t: t, dir: filepath.Join(t.TempDir(), "archive")}
			if err := os.CopyFS(o.dir, os.DirFS(template.dir)); err != nil {
				t.Fatal(err)
			}
			out, errs, code := o.narrowed("narrow-looks", room, leave.args)
			noted := o.exports(leave.kind)
			if code == fault.ExitOK {
				if noted == 0 {
					t.Errorf("%v left with %d bytes of room, and no event says so", leave.args, room)
				}
				break
			}
			refused++
			if code != fault.ExitUnavail || room > enough {
				t.Fatalf("%v with %d bytes of room: exit %d\n%s", leave.args, room, code, errs)
			}
			o.nothingLeft(leave.out, out, noted, fmt.Sprintf("%v with %d bytes of room", leave.args, room))
		}
		if refused == 0 {
			t.Errorf("%v was never refused: this test says nothing of it", leave.args)
		}
		if leave.out != "" {
			if err := os.RemoveAll(leave.out); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// nothingLeft: what was refused left nothing where it was to lie, and showed
// nothing. An event may stand: that something was to leave.
func (o *office) nothingLeft(place, printed string, noted int, what string) {
	o.t.Helper()
	for _, word := range planted {
		if strings.Contains(printed, word) {
			o.t.Errorf("%s: it was refused, and printed %q", what, word)
		}
	}
	if place == "" {
		return
	}
	if _, err := os.Lstat(place); !errors.Is(err, fs.ErrNotExist) && noted == 0 {
		o.t.Errorf("%s: it was refused, is not noted, and left %s (%v)", what, place, err)
	}
	if err := os.RemoveAll(place); err != nil {
		o.t.Fatal(err)
	}
}

// exports are the events of exports of a kind.
func (o *office) exports(kind string) (n int) {
	o.t.Helper()
	for _, e := range o.events(false) {
		if e.Act == audit.Exported && e.Kind == kind {
			n++
		}
	}
	return n
}

// narrowed runs a command with so many bytes of room, under a layer of that name.
func (o *office) narrowed(layer string, room int64, args []string) (stdout, stderr string, code int) {
	o.t.Helper()
	log, err := undo.Begin(o.dir + "-side")
	if err != nil {
		o.t.Fatal(err)
	}
	log.Limit(room)
	var out, errs bytes.Buffer
	p := testProgram()
	p.stdout, p.stderr, p.files, p.vfs = &out, &errs, log.Files(), layer
	vfs.Register(p.vfs, log.VFS())
	defer vfs.Unregister(p.vfs)
	code = p.run(context.Background(), o.with(args))
	if err := errors.Join(log.Close(), os.RemoveAll(o.dir+"-side")); err != nil {
		o.t.Fatal(err)
	}
	return out.String(), errs.String(), code
}
