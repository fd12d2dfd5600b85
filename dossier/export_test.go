// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/journal"
	"recount/vault"
	"recount/verify"
)

func TestExport(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var packed [2][]byte
	for i := range packed {
		m := scene("export", people())
		_, seq := m.freeze(t, edition(1), statement)
		m.act(journal.Draft{Kind: "case.opened@1"}) // the log goes on after the freeze
		base := t.TempDir()
		p := Publication{Seq: seq, Size: seq + 2, Dir: filepath.Join(base, "out"), Zip: filepath.Join(base, "out.zip")}
		if err := os.Mkdir(p.Dir, 0o755); err != nil { // empty, which is accepted
			t.Fatal(err)
		}
		e, err := Export(ctx, m.archive(), p)
		if err != nil {
			t.Fatal(err)
		}
		folder := readContents(p.Dir)
		if e.Report.Exit != 0 || e.Files != int64(len(folder)) || e.Erased != 0 || e.Frozen.Dossier != dossierID {
			t.Errorf("exit %d, %d files of %d", e.Report.Exit, e.Files, len(folder))
		}
		packed[i] = must(os.ReadFile(p.Zip))
		z := must(verify.OpenZip(bytes.NewReader(packed[i]), int64(len(packed[i]))))
		if r := must(verify.Bundle(ctx, z, verify.Options{VKeys: m.vkeys()})); r.Exit != 0 {
			t.Errorf("the zip file: exit %d", r.Exit)
		}
		names := must(os.ReadDir(base))
		if len(names) != 2 {
			t.Errorf("%d names are left beside folder and zip file", len(names)-2)
		}
	}
	if !bytes.Equal(packed[0], packed[1]) {
		t.Error("the same case gave two different bundles")
	}
}

// A line that was erased since the freeze is not shown; the bundle says so, and
// is published all the same.
func TestExportAfterErasure(t *testing.T) {
	t.Parallel()
	m := scene("later", people())
	f, seq := m.freeze(t, edition(1), statement)
	for row := range m.Rows(context.Background(), [32]byte(must(journal.ParseLeaf(f.Counts[1].Object)))) {
		delete(m.rowKeys, row.Sealed.Leaf)
		break
	}
	e, err := Export(context.Background(), m.archive(), Publication{Seq: seq, Size: seq + 1, Dir: filepath.Join(t.TempDir(), "out")})
	if err != nil {
		t.Fatal(err)
	}
	if e.Erased != 1 || e.Report.Exit != verify.ExitUndecided || e.Report.Lines.Closed != 1 {
		t.Errorf("%d erased, exit %d, %+v", e.Erased, e.Report.Exit, e.Report.Lines)
	}
}

func TestExportRefusesPlaces(t *testing.T) {
	t.Parallel()
	m := scene("places", people())
	_, seq := m.freeze(t, edition(1), statement)
	base := t.TempDir()
	full, file := filepath.Join(base, "full"), filepath.Join(base, "file")
	if err := errors.Join(os.Mkdir(full, 0o755), os.WriteFile(filepath.Join(full, "x"), nil, 0o600), os.WriteFile(file, []byte("mine"), 0o600)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		p    Publication
		kind error
	}{
		{"a folder with something in it", Publication{Dir: full}, fault.Conflict},
		{"a file in the place of the folder", Publication{Dir: file}, fault.Conflict},
		{"a zip file that is there", Publication{Zip: file}, fault.Conflict},
		{"no place", Publication{}, fault.Invalid},
		{"a place below nothing", Publication{Dir: filepath.Join(base, "no", "such", "x")}, fault.Unavailable},
		{"a checkpoint before the freeze", Publication{Dir: filepath.Join(base, "y"), Size: seq}, fault.Invalid},
		{"an entry that is no freeze", Publication{Dir: filepath.Join(base, "z"), Seq: 1}, fault.Invalid},
	}
	for _, test := range tests {
		if test.p.Seq == 0 {
			test.p.Seq = seq
		}
		if test.p.Size == 0 {
			test.p.Size = seq + 1
		}
		if _, err := Export(context.Background(), m.archive(), test.p); !errors.Is(err, test.kind) {
			t.Errorf("%s: %v, want %v", test.name, err, test.kind)
		}
	}
	left := []string{}
	for _, e := range must(os.ReadDir(base)) {
		left = append(left, e.Name())
	}
	if diff := cmp.Diff([]string{"file", "full"}, left); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	if string(must(os.ReadFile(file))) != "mine" {
		t.Error("a file that was there was written over")
	}
}

// failing stops the export at one of its sources.
type failing struct {
	*memoryCase
	at string
}

var errPlanned = errors.New("planned")

func (f failing) SignSeal(text []byte) ([]byte, error) {
	if f.at == "seal" {
		return nil, errPlanned
	}
	return f.memoryCase.SignSeal(text)
}

func (f failing) Open(ctx context.Context, a vault.Address) (io.ReadCloser, error) {
	if f.at == a.String() {
		return nil, errPlanned
	}
	return f.memoryCase.Open(ctx, a)
}

// However an export ends early, nothing of it is left.
func TestExportLeavesNothing(t *testing.T) {
	t.Parallel()
	m := scene("nothing", people())
	f, seq := m.freeze(t, edition(1), statement)
	lie := scene("lie", people())
	lieSeq := freezeLying(t, lie, honest, func(f *verify.Frozen) {
		for i := range f.Counts[:2] {
			f.Counts[i].Totals[0].In++
			f.Counts[i].Totals[0].Out--
		}
	})
	at := func(point string) Archive {
		x := failing{m, point}
		return Archive{Log: m, Rows: m, Objects: x, Sealer: x}
	}
	rowless := m.archive()
	rowless.Rows = scene("nothing", people()) // a case that has not got these rows
	tests := []struct {
		name string
		a    Archive
		seq  int64
		want error
	}{
		{"no seal", at("seal"), seq, errPlanned},
		{"no statement", at(f.StatementObject), seq, errPlanned},
		{"no page", at(f.PageObject), seq, errPlanned},
		{"no plan", at(f.Counts[1].Plan), seq, errPlanned},
		{"no rows", rowless, seq, fault.NotFound},
		{"a bundle that does not add up", lie.archive(), lieSeq, fault.Tampered},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base := t.TempDir()
			_, err := Export(context.Background(), test.a, Publication{Seq: test.seq, Size: test.seq + 1, Dir: filepath.Join(base, "out"), Zip: filepath.Join(base, "out.zip")})
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if names := must(os.ReadDir(base)); len(names) != 0 {
				t.Errorf("%d files are left: %v", len(names), names)
			}
		})
	}
}

// The commands of VERIFY.txt, with the tools that it names.
func TestOrdinaryTools(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "sha256sum", "find", "wc", "sed", "base64", "openssl", "mktemp", "cut", "tail", "grep"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed; VERIFY.txt is checked where it is", tool)
		}
	}
	m := scene("tools", people())
	f, seq := m.freeze(t, edition(1), statement)
	good := exported(t, m, seq, nil)
	run := func(c contents) (string, error) {
		dir := t.TempDir()
		for name, text := range c {
			full := filepath.Join(dir, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, text, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		script := "set -e\n"
		for line := range strings.Lines(string(c["VERIFY.txt"])) {
			command, ok := strings.CutPrefix(line, "    ")
			if word, _, _ := strings.Cut(strings.TrimSpace(command), " "); ok && word != "recount" && word != "python3" && word != "origin" && word != "size" && word != "root" {
				script += command
			}
		}
		cmd := exec.Command("sh", "-c", script)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run(good)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tags := sum(good["tagmanifest-sha256.txt"])
	for _, want := range []string{"Signature Verified Successfully", tags, f.StatementSHA256, f.PageSHA256, fmt.Sprintf("%d\n", len(good))} {
		if !strings.Contains(out, want) {
			t.Errorf("the output does not hold %q:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "Signature Verified Successfully"); n != 2 {
		t.Errorf("%d signatures hold, want 2:\n%s", n, out)
	}
	if _, err := run(good.swap("SEAL", "edition 1", "edition 2")); err == nil {
		t.Error("a changed seal passes")
	}
	if _, err := run(good.swap("data/statement.md", "March", "Marsh")); err == nil {
		t.Error("a changed statement passes")
	}
}
