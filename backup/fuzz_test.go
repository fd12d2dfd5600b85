// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func exampleManifest() manifest {
	f := file{Name: "list.7", Size: 12, Sum: [32]byte{1}}
	return manifest{
		Archive: "archive.example", Origin: "archive.example/0123456789abcdef", Run: 7, Time: time.Date(2031, 4, 5, 6, 7, 8, 0, time.UTC),
		Entries: 9, Objects: 2, Rows: 30, Erased: 8, Bytes: 1234, Checkpoint: []byte("note"), Recipients: [32]byte{2},
		Keys: file{Name: "keys.20310405T060708Z.7.8.age", Size: 5, Sum: [32]byte{3}}, KeysPlain: [32]byte{4}, List: f,
		Office: &file{Name: "office.0123456789abcdef.age", Size: 6, Sum: [32]byte{5}},
	}
}

// FuzzManifest: what is read is written again to the same bytes.
func FuzzManifest(f *testing.F) {
	m := exampleManifest()
	f.Add(m.text())
	m.Office = nil
	f.Add(m.text())
	f.Add(strings.Replace(m.text(), "list.7", "../list.7", 1))
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseManifest(text)
		if err == nil && m.text() != text {
			t.Errorf("%q became %q", text, m.text())
		}
	})
}

// FuzzAuditManifest: the same of that of an audit journal.
func FuzzAuditManifest(f *testing.F) {
	m := auditManifest{
		Of: "archive.example/0123456789abcdef", Origin: "archive.example/fedcba9876543210", Run: 2, Time: time.Date(2031, 4, 5, 6, 7, 8, 0, time.UTC),
		Events: 9, Checkpoint: []byte("note"), Keys: file{Name: "keys.20310405T060708Z.2.1.age", Size: 5},
		Pieces: []auditPiece{{0, 4, file{Name: "0-4.1.age", Size: 6}}, {4, 9, file{Name: "4-9.2.age", Size: 7}}},
	}
	if got, err := parseAuditManifest(m.text()); err != nil || !cmp.Equal(got, m) {
		f.Errorf("%q is read as %+v, %v", m.text(), got, err)
	}
	f.Add(m.text())
	m.Of, m.Events, m.Pieces = "", 0, nil
	f.Add(m.text())
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseAuditManifest(text)
		if err == nil && m.text() != text {
			t.Errorf("%q became %q", text, m.text())
		}
	})
}

// FuzzList: the same of a list.
func FuzzList(f *testing.F) {
	const origin = "archive.example/0123456789abcdef"
	sum := strings.Repeat("ab", 32)
	f.Add([]byte(listLine + "\n" + origin + "\npiece 0 4 1 journal/0-4.1.age 7 " + sum + "\nobject " + sum + " 9\n"))
	f.Add([]byte(listLine + "\n" + origin + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := parseList(data, origin)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := l.write(&b, origin); err != nil || b.String() != string(data) {
			t.Errorf("%q became %q, %v", data, b.String(), err)
		}
	})
}

func TestManifestReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	m := exampleManifest()
	got, err := parseManifest(m.text())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
}

// TestManifestsRefused: names that lead elsewhere, other spellings, lines that
// are missing or stand twice.
func TestManifestsRefused(t *testing.T) {
	t.Parallel()
	good := exampleManifest().text()
	for _, change := range [][2]string{
		{"list list.7", "list ../list.7"}, {"keys keys.", "keys ../keys."}, {"office office.", "office /office."},
		{"run 7", "run 07"}, {"run 7", "run -7"}, {"run 7\n", ""}, {"run 7\n", "run 7\nrun 7\n"}, {"objects 2\n", "objects 2\r\n"},
		{"2031-04-05T06:07:08Z", "2031-04-05T07:07:08+01:00"}, {manifestLine, "recount backup/2"}, {"bytes 1234", "bytes 9007199254740992"},
		{"office office.0123456789abcdef.age 6", "office"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%q is not in the manifest", change[0])
		}
		if m, err := parseManifest(bad); err == nil {
			t.Errorf("with %q: %+v", change[1], m)
		}
	}
}
