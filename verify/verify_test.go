// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/verify"
)

func good(t testing.TB) (map[string][]byte, verify.Options) {
	t.Helper()
	v := vectors(t)[0]
	if v.Bundle != "public" || v.Exit != 0 {
		t.Fatal("the first vector is not the good public bundle")
	}
	return v.files(t), v.options(t)
}

func TestOpen(t *testing.T) {
	t.Parallel()
	files, options := good(t)
	dir := filepath.Join(t.TempDir(), "bundle")
	if err := os.CopyFS(dir, mapFS(files)); err != nil {
		t.Fatal(err)
	}
	packed := dir + ".zip"
	if err := os.WriteFile(packed, zipped(t, "d-1", files), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{dir, packed} {
		fsys, closer, err := verify.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := verify.Bundle(context.Background(), fsys, options)
		if err != nil || r.Exit != 0 {
			t.Errorf("%s: exit %d, %v", name, r.Exit, err)
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := verify.Open(dir + ".none"); !errors.Is(err, fault.NotFound) {
		t.Errorf("nothing there: %v", err)
	}
	// A link that leads out of the folder is no file of a bundle.
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "proof", "link")); err != nil {
		t.Skip("this system makes no symbolic links")
	}
	fsys, closer, err := verify.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	r, err := verify.Bundle(context.Background(), fsys, options)
	if err != nil || r.Claim(verify.Unchanged).Verdict != verify.Refuted {
		t.Errorf("with a symbolic link: %v, %v", r.Claim(verify.Unchanged), err)
	}
}

func TestBundleErrors(t *testing.T) {
	t.Parallel()
	files, _ := good(t)
	if _, err := verify.Bundle(context.Background(), mapFS(files), verify.Options{VKeys: []string{"not a key"}}); !errors.Is(err, fault.Invalid) {
		t.Errorf("a key that is none: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := verify.Bundle(ctx, mapFS(files), verify.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	r, err := verify.Bundle(context.Background(), mapFS(nil), verify.Options{})
	if err != nil || r.Exit != verify.ExitRefuted {
		t.Errorf("an empty folder: exit %d, %v", r.Exit, err)
	}
	if _, err := verify.Bundle(context.Background(), broken{mapFS(files)}, verify.Options{}); !errors.Is(err, fault.Unavailable) {
		t.Errorf("a disk that fails: %v", err)
	}
}

// broken is a disk that cannot read one file.
type broken struct{ fs.FS }

func (b broken) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	if err == nil && name == "data/statement.md" {
		return brokenFile{f}, nil
	}
	return f, err
}

type brokenFile struct{ fs.File }

func (brokenFile) Read([]byte) (int, error) { return 0, errors.New("input/output error") }

// A file whose accented letters are composed in the manifest and taken apart on the disk
// is both missing and one too many for programs that compare bytes, and two names that
// look alike hide one file behind the other. Bundles have no such names; one that does is
// refuted, whatever forms stand where.
func TestNamesInTwoForms(t *testing.T) {
	t.Parallel()
	const nfc, nfd = "data/cerámica.pdf", "data/cera\u0301mica.pdf"
	for _, test := range []struct{ listed, there []string }{
		{[]string{nfc}, []string{nfd}}, {[]string{nfd}, []string{nfc}}, {[]string{nfc}, []string{nfc}}, {[]string{nfc, nfd}, []string{nfc, nfd}}, {nil, []string{nfc, nfd}}, {[]string{nfc}, nil},
	} {
		files, options := good(t)
		for _, name := range test.there {
			files[name] = []byte("x")
		}
		for _, name := range test.listed {
			files["manifest-sha256.txt"] = append(files["manifest-sha256.txt"], "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881  "+name+"\n"...)
		}
		r, err := verify.Bundle(context.Background(), mapFS(files), options)
		if err != nil {
			t.Fatal(err)
		}
		claim := r.Claim(verify.Unchanged)
		said := 0
		for _, f := range claim.Findings {
			if strings.Contains(f.File+f.Found, "cer") && f.Verdict == verify.Refuted {
				said++
			}
		}
		if claim.Verdict != verify.Refuted || said < len(test.there) || said < len(test.listed) {
			t.Errorf("listed %+q, there %+q: %v", test.listed, test.there, claim)
		}
	}
}

// Names that must not be in a bundle, in a folder.
func TestOddNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"data/naïve.txt", "data/a b", "DATA/statement.md", "seal"} {
		files, options := good(t)
		files[name] = []byte("x")
		r, err := verify.Bundle(context.Background(), mapFS(files), options)
		if err != nil {
			t.Fatal(err)
		}
		if r.Claim(verify.Unchanged).Verdict != verify.Refuted {
			t.Errorf("%q: %v", name, r.Claim(verify.Unchanged))
		}
	}
}

func TestReportJSON(t *testing.T) {
	t.Parallel()
	files, options := good(t)
	r, err := verify.Bundle(context.Background(), mapFS(files), options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	// Programs read these names; they never change.
	for _, name := range []string{"format", "dossier", "edition", "title", "level", "origin", "checkpoint_size", "checkpoint_root", "claims", "keys", "figures", "lines", "not_shown", "exit"} {
		if _, ok := fields[name]; !ok {
			t.Errorf("no field %s", name)
		}
	}
	lines := fields["lines"].(map[string]any)
	want := map[string]any{"total": 81., "reevaluated": 75., "reevaluated_part": 0., "taken_on_trust": 6., "closed": 0.}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if len(r.Figures) != 4 || r.Figures[0].Totals.In != 17 {
		t.Errorf("figures %+v", r.Figures)
	}
}

// entry is a file of a zip file made to do harm.
type entry struct {
	name string
	mode fs.FileMode
	text string
}

func TestOpenZipRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		entries []entry
	}{
		{"empty", nil},
		{"leads out", []entry{{"b/../../x", 0o644, ""}}},
		{"begins with dots", []entry{{"../x", 0o644, ""}}},
		{"absolute", []entry{{"/b/x", 0o644, ""}}},
		{"backslash", []entry{{`b\x`, 0o644, ""}}},
		{"not ASCII", []entry{{"b/ä", 0o644, ""}}},
		{"one name in two forms", []entry{{"b/cerámica.pdf", 0o644, "1"}, {"b/cera\u0301mica.pdf", 0o644, "2"}}},
		{"twice", []entry{{"b/x", 0o644, "1"}, {"b/x", 0o644, "2"}}},
		{"twice but for case", []entry{{"b/x", 0o644, "1"}, {"b/X", 0o644, "2"}}},
		{"two folders", []entry{{"a/x", 0o644, ""}, {"b/x", 0o644, ""}}},
		{"no folder", []entry{{"SEAL", 0o644, ""}}},
		{"symbolic link", []entry{{"b/x", 0o777 | fs.ModeSymlink, "/etc/passwd"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			for _, e := range test.entries {
				h := &zip.FileHeader{Name: e.name}
				h.SetMode(e.mode)
				w, err := z.CreateHeader(h)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(w, e.text); err != nil {
					t.Fatal(err)
				}
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := verify.OpenZip(bytes.NewReader(b.Bytes()), int64(b.Len())); !errors.Is(err, fault.Invalid) {
				t.Errorf("got %v, want fault.Invalid", err)
			}
		})
	}
	if _, err := verify.OpenZip(strings.NewReader("no zip"), 6); !errors.Is(err, fault.Invalid) {
		t.Errorf("not a zip file: %v", err)
	}
}

// A file that claims to be small and unpacks to much, and one that claims to
// unpack to more than its bytes can hold.
func TestZipBomb(t *testing.T) {
	t.Parallel()
	pack := func(claim uint32) []byte {
		packed := zipped(t, "b", map[string][]byte{"bagit.txt": bytes.Repeat([]byte("0"), 1<<20)})
		at := bytes.Index(packed, []byte("PK\x01\x02")) // the directory's entry: size at 24
		binary.LittleEndian.PutUint32(packed[at+24:], claim)
		return packed
	}
	small := pack(10)
	z, err := verify.OpenZip(bytes.NewReader(small), int64(len(small)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify.Bundle(context.Background(), z, verify.Options{}); !errors.Is(err, fault.Invalid) {
		t.Errorf("a file that is larger than it says: %v", err)
	}
	large := pack(1 << 31)
	if _, err := verify.OpenZip(bytes.NewReader(large), int64(len(large))); !errors.Is(err, fault.Invalid) {
		t.Errorf("a file that says it is larger than can be: %v", err)
	}
}

func TestParseStatementRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, says string }{
		{"open braces", "a\nb {{figure f-1\n}}", "line 2"},
		{"never closed", "{{", "not closed"},
		{"closed only", "a }} b", "without {{"},
		{"closed before opened", "}} {{figure f-1}}", "without {{"},
		{"twice open", "{{figure {{figure f-1}}}}", "within"},
		{"empty", "{{}}", "names nothing"},
		{"no id", "{{figure}}", "names nothing"},
		{"unknown word", "{{picture f-1}}", `"picture" is not known`},
		{"unknown value", "{{figure f-1 about}}", `"about" behind the id`},
		{"two values", "{{figure f-1 unknown range}}", "behind the id"},
		{"no figure's id", "{{figure d-1}}", "not the id of a figure"},
		{"part of nothing", "{{figure f-1.}}", "not the id of a figure"},
		{"no citation's id", "{{quote f-1}}", "citation by its id"},
		{"two citations", "{{quote c-1 c-2}}", "citation by its id"},
		{"head not closed", "---\nlang: en\n", "not closed"},
		{"head with another key", "---\ncolour: red\n---\n", "line 2"},
		{"head with another direction", "---\nlang: ar\ndir: auto\n---\n", "line 3"},
		{"language that is none", "---\nlang: e\n---\n", "language tag"},
		{"not UTF-8", "a\xff", "UTF-8"},
		{"carriage return", "a\nb\r\n", "line 2"},
		{"mark", "a\uFDD0", "U+FDD0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := verify.ParseStatement([]byte(test.text))
			if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), test.says) || (!strings.Contains(err.Error(), "line ") && test.name != "not UTF-8") {
				t.Errorf("got %v, want fault.Invalid that says %q with its line", err, test.says)
			}
		})
	}
}

func TestParseStatement(t *testing.T) {
	t.Parallel()
	s, err := verify.ParseStatement([]byte("---\nlang: az-Latn\ndir: rtl\nstandard: rgb\n---\nA {{figure f-1}} {{ figure  f-1.a-b  unknown }}\n{{quote c-1}} {{figure f-2 range}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := verify.Statement{
		Lang: "az-Latn", Dir: "rtl", Standard: "rgb", First: 6, Body: "A {{figure f-1}} {{ figure  f-1.a-b  unknown }}\n{{quote c-1}} {{figure f-2 range}}\n",
		Places: []verify.Place{
			{Start: 2, End: 16, Line: 6, Figure: "f-1", Value: "point"},
			{Start: 17, End: 47, Line: 6, Figure: "f-1", Part: "a-b", Value: "unknown"},
			{Start: 48, End: 61, Line: 7, Quote: "c-1"},
			{Start: 62, End: 82, Line: 7, Figure: "f-2", Value: "range"},
		},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzParseStatement(f *testing.F) {
	f.Add([]byte("---\nlang: en\n---\nA {{figure f-1.a unknown}} {{quote c-1}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := verify.ParseStatement(text)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		at := 0
		for _, p := range s.Places {
			if p.Start < at || p.End > len(s.Body) || !strings.HasPrefix(s.Body[p.Start:p.End], "{{") || !strings.HasSuffix(s.Body[p.Start:p.End], "}}") {
				t.Fatalf("place %+v of %q", p, s.Body)
			}
			at = p.End
		}
	})
}

func FuzzParseSeal(f *testing.F) {
	files, _ := good(f)
	text, _, _ := bytes.Cut(files["SEAL"], []byte("\n\n"))
	f.Add(string(text) + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := verify.ParseSeal(text)
		if err == nil && s.Text() != text {
			t.Fatalf("%q is written again as %q", text, s.Text())
		}
	})
}

// FuzzBundle lays bytes over one file of the good bundle: whatever they are,
// the check ends, and only the bundle as it was is found whole.
func FuzzBundle(f *testing.F) {
	files, options := good(f)
	for _, name := range []string{"SEAL", "proof/checkpoint", "proof/3.opening", "proof/3.tlog-proof", "data/counts/1.count", "data/statement.html", "manifest-sha256.txt", "data/counts/1.erased", "bag-info.txt"} {
		f.Add(name, files[name])
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		if !fs.ValidPath(name) || name == "." {
			return
		}
		for other := range files {
			if strings.HasPrefix(other, name+"/") || strings.HasPrefix(name, other+"/") {
				return
			}
		}
		changed := mapFS(files)
		same := bytes.Equal(files[name], text) && files[name] != nil
		laid := mapFS(map[string][]byte{name: text})
		changed[name] = laid[name]
		r, err := verify.Bundle(context.Background(), changed, options)
		if err != nil {
			if _, ok := fault.KindOf(err); !ok {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		if same != (r.Exit == verify.ExitHolds) {
			t.Fatalf("%s: exit %d, the same bytes: %v", name, r.Exit, same)
		}
	})
}
