// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

func written(t testing.TB, f frame) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFrames(t *testing.T) {
	t.Parallel()
	good := string(written(t, frame{status: isResult, head: []byte(`{"a":1}`), body: []byte("PNG")}))
	if want := frameMark + "r\x00\x00\x00\x07{\"a\":1}\x00\x00\x00\x03PNG"; good != want {
		t.Fatalf("a frame is %q, wanted %q", good, want)
	}
	for name, bad := range map[string]string{
		"nothing": "", "another mark": "recount derive/2\n" + good[len(frameMark):], "no status": frameMark,
		"another status": strings.Replace(good, "\nr", "\nx", 1), "cut in a length": good[:len(frameMark)+3],
		"cut in the head": good[:len(frameMark)+8], "cut in the body": good[:len(good)-1], "something behind": good + "x",
		"a head that is no JSON": strings.Replace(good, "{", "[", 1), "a length beyond all": frameMark + "r\xff\xff\xff\xff{}",
		"a reason with a body": strings.Replace(good, "\nr", "\ni", 1),
	} {
		if f, err := parseFrame([]byte(bad)); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: read as %+v, %v", name, f, err)
		}
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{damaged(errors.New("bad\x1b[31m code")), "not accepted: the picture is damaged (bad [31m code)"},
		{pdfRefused(errors.New("?"), ""), "not available: pdftotext cannot be run"},
		{(&Text{Page: 2}).window(nil), "not found: the text has 1 pages, and no page 2"},
		{errors.New("pipe broke"), "not accepted: the file cannot be read: pipe broke"},
	} {
		f, err := parseFrame(written(t, failed(c.err)))
		if err != nil {
			t.Fatal(err)
		}
		got := f.failure()
		if got == nil || got.Error() != c.want {
			t.Errorf("%v is passed on as %v", c.err, got)
		}
	}
	if got := oneLine(strings.Repeat("é", 600)); got != strings.Repeat("é", maxReason)+"…" {
		t.Errorf("a long reason has %d bytes", len(got))
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(written(f, frame{status: isResult, head: []byte(`{"Page":1}`), body: []byte("x")}))
	f.Add(written(f, failed(errors.New("why"))))
	f.Add([]byte(frameMark + "r\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := parseFrame(data)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if diff := cmp.Diff(data, written(t, read)); diff != "" {
			t.Fatalf("written again, it differs:\n%s", diff)
		}
		if (read.failure() == nil) != (read.status == isResult) {
			t.Fatalf("status %q fails with %v", read.status, read.failure())
		}
	})
}
