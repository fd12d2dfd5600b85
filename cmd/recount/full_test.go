// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"recount/fault"
	"recount/internal/durable/undo"
)

// A command runs on a disk with ever more room, until there is enough. Where
// there is not, it answers 7 and says what is full, whatever it was doing; what
// was there before is whole, and with room the command can be run again.

// narrow runs a command with so many bytes of room.
type narrow func(o *office, room int64, args []string) (stdout, stderr string, code int)

// step is by how much the room grows; a command takes some hundred KiB.
const step = 32 << 10

// enough is more than any of the commands takes.
const enough = 8 << 20

func fullScenes() []scene { return []scene{addScenes()[0], importScene(), freezeScene()} }

// testFull tries each scene; ready copies a template to where the room is
// narrow.
func testFull(t *testing.T, place func(template string) *office, run narrow) {
	for _, s := range fullScenes() {
		template := newOffice(t)
		args := s.ready(template)
		k := &killing{t: t, title: s.title + " on a full disk"}
		before := k.look(template)
		refused := 0
		for room := int64(step); ; room += step {
			o := place(template.dir)
			out, errs, code := run(o, room, args)
			if code == fault.ExitOK {
				break
			}
			refused++
			if room > enough {
				t.Fatalf("%s: with %d bytes of room: exit %d\n%s", k.title, room, code, errs)
			}
			if code != fault.ExitUnavail || !tellsFull(errs, o.dir) {
				t.Errorf("%s: with %d bytes of room: exit %d, want %d and what is full\n%s%s", k.title, room, code, fault.ExitUnavail, out, errs)
			}
			after := k.look(o)
			added := int64(len(after) - len(before))
			if added < 0 || added >= s.fully || strings.Join(after[:len(before)], "") != strings.Join(before, "") {
				t.Errorf("%s: with %d bytes of room: %d entries became %d", k.title, room, len(before), len(after))
			}
			k.again(o, s, args, int64(len(before)), added, func(format string, args ...any) {
				t.Errorf("%s: with %d bytes of room: %s", k.title, room, fmt.Sprintf(format, args...))
			})
		}
		if refused < 3 {
			t.Errorf("%s: %d times without room; the room did not end within the work", k.title, refused)
		}
	}
}

// tellsFull: the message says that a disk is full, and which: the one with the
// database, or the one with the file that it names.
func tellsFull(message, dir string) bool {
	return strings.Contains(message, "the disk with the case's database is full") ||
		strings.Contains(message, "the disk with the case's database takes nothing more (it is full") ||
		strings.Contains(message, "no space left on device") && strings.Contains(message, dir)
}

// TestFullLayer: the room is narrowed by a layer under the files.
func TestFullLayer(t *testing.T) {
	t.Parallel()
	long(t)
	testFull(t, func(template string) *office {
		o := &office{t: t, dir: filepath.Join(t.TempDir(), "archive")}
		if err := os.CopyFS(o.dir, os.DirFS(template)); err != nil {
			t.Fatal(err)
		}
		return o
	}, func(o *office, room int64, args []string) (string, string, int) {
		log, err := undo.Begin(o.dir + "-side")
		if err != nil {
			t.Fatal(err)
		}
		log.Limit(room)
		var out, errs bytes.Buffer
		p := testProgram()
		p.stdout, p.stderr, p.files, p.vfs = &out, &errs, log.Files(), "narrow"
		vfs.Register(p.vfs, log.VFS())
		defer vfs.Unregister(p.vfs)
		code := p.run(context.Background(), o.with(args))
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(o.dir + "-side"); err != nil {
			t.Fatal(err)
		}
		return out.String(), errs.String(), code
	})
}
