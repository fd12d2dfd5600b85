// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/intake"
	"recount/vault"
)

func TestPreserve(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	content := "id,name\n1,Ada Vell\n"
	sum := sha256.Sum256([]byte(content))
	path := d.file("list.pdf", content)
	if err := os.Chtimes(path, time.Time{}, time.Date(2019, 3, 4, 5, 6, 7, 0, time.FixedZone("", 4*3600))); err != nil {
		t.Fatal(err)
	}
	p, err := d.clerk.Preserve(ctx, path, intake.Delivery{Source: d.source, ReceivedFrom: "a courier", Custody: "by hand", ClaimedSHA256: strings.ToUpper(hex.EncodeToString(sum[:]))})
	if err != nil {
		t.Fatal(err)
	}
	x := p.Exhibit
	got := []string{x.FileName, x.Title, x.MediaType, x.SHA256, x.ReceivedFrom, x.Custody, string(p.Claimed)}
	want := []string{"list.pdf", "list.pdf", "text/csv", hex.EncodeToString(sum[:]), "a courier",
		"by hand\nmedia type by the file's name: application/pdf\nlast change of the file, as its file system says: 2019-03-04T01:06:07Z", "matches"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	address, err := vault.ParseAddress(x.Object)
	if err != nil {
		t.Fatal(err)
	}
	o, err := d.c.ObjectKey(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.c.Vault().OpenChecked(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	back, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(back) != content {
		t.Errorf("got %q, %v", back, err)
	}
	// The same bytes under another name, with a wrong claim.
	again, err := d.clerk.Preserve(ctx, d.file("other.csv", content), intake.Delivery{ClaimedSHA256: strings.Repeat("0", 64)})
	if err != nil || !again.Known || again.Seq != 0 || again.Exhibit.Exhibit != x.Exhibit || again.Claimed != intake.ClaimDiffers {
		t.Errorf("got %+v, %v", again, err)
	}
	if !again.Another {
		t.Error("that the second delivery is recorded nowhere is not said")
	}
	objects := 0
	for _, err := range storedObjects(d) {
		if err != nil {
			t.Fatal(err)
		}
		objects++
	}
	if objects != 1 {
		t.Errorf("the vault has %d objects, want 1", objects)
	}
	d.sound(3)
}

// storedObjects are the files of the vault's folder.
func storedObjects(d *desk) map[string]error {
	found := map[string]error{}
	root := filepath.Join(d.archive, "cases", "tarn", "vault")
	if err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			found[path] = nil
		}
		return err
	}); err != nil {
		found[root] = err
	}
	return found
}

func TestPreserveRefuses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	for name, tt := range map[string]struct {
		path string
		d    intake.Delivery
		want error
	}{
		"missing":      {filepath.Join(d.dir, "gone"), intake.Delivery{}, fault.NotFound},
		"folder":       {d.dir, intake.Delivery{}, fault.Invalid},
		"claim":        {d.file("a", "a"), intake.Delivery{ClaimedSHA256: "abc"}, fault.Invalid},
		"no source":    {d.file("b", "b"), intake.Delivery{Source: "s-0000000000000000"}, fault.NotFound},
		"wrong source": {d.file("c", "c"), intake.Delivery{Source: "tarn"}, fault.Invalid},
	} {
		if _, err := d.clerk.Preserve(ctx, tt.path, tt.d); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	d.sound(2)
}

// A file that grows, shrinks or loses all its bytes while it is read is
// reported, and nothing of it is kept.
func TestPreserveOfAFileThatChanges(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*os.File) error{
		"grows": func(f *os.File) error {
			_, err := f.WriteString("more")
			return err
		},
		"shrinks":      func(f *os.File) error { return f.Truncate(1 << 19) },
		"is emptied":   func(f *os.File) error { return f.Truncate(0) },
		"loses a byte": func(f *os.File) error { return f.Truncate(1<<20 - 1) },
	} {
		d := newDesk(t)
		path := d.file("changing.log", strings.Repeat("x", 1<<20))
		clerk := *d.clerk
		clerk.Case = changing{storeCase{d.c}, t, path, change}
		if _, err := clerk.Preserve(context.Background(), path, intake.Delivery{}); !errors.Is(err, fault.Conflict) {
			t.Errorf("it %s: got %v, want fault.Conflict", name, err)
		}
		if n := len(storedObjects(d)); n != 0 {
			t.Errorf("it %s: %d objects were left", name, n)
		}
		d.sound(2)
	}
}

// changing is a case in which the file changes at the moment when its bytes are
// asked for a place, after it was opened and measured.
type changing struct {
	storeCase
	t      *testing.T
	path   string
	change func(*os.File) error
}

func (g changing) Vault() *vault.Vault {
	f, err := os.OpenFile(g.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		g.t.Error(err)
		return g.storeCase.Vault()
	}
	if err := g.change(f); err != nil {
		g.t.Error(err)
	}
	if err := f.Close(); err != nil {
		g.t.Error(err)
	}
	return g.storeCase.Vault()
}

// A folder with everything below it; what fails does not stop the rest.
func TestPreserveAll(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.file("box/a.txt", "a")
	d.file("box/deep/b.txt", "b")
	d.file("box/deep/same.txt", "a")
	d.file("box/cer\u0061\u0301mica.txt", "nfd")
	if err := os.Symlink("a.txt", filepath.Join(d.dir, "box", "link")); err != nil {
		t.Skip("this system makes no links:", err)
	}
	odd := "bad\xff\nname.txt"
	if err := os.WriteFile(filepath.Join(d.dir, "box", odd), []byte("odd"), 0o600); err != nil {
		odd = "" // a file system that takes no such names
	}
	var outcomes []string
	var custody string
	tally, err := d.clerk.PreserveAll(context.Background(), []string{filepath.Join(d.dir, "gone.txt"), filepath.Join(d.dir, "box")}, intake.Delivery{}, func(o intake.Outcome) {
		name, relErr := filepath.Rel(d.dir, o.Path)
		if relErr != nil {
			t.Error(relErr)
		}
		state := "new"
		switch {
		case o.Err != nil:
			state = "failed"
		case o.Known:
			state = "known"
		}
		if strings.HasPrefix(filepath.Base(o.Path), "bad") {
			custody = o.Exhibit.FileName + "\n" + o.Exhibit.Custody
			return
		}
		outcomes = append(outcomes, state+" "+filepath.ToSlash(name))
	})
	if !errors.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "2 of ") {
		t.Errorf("got %v, want fault.NotFound for 2 files", err)
	}
	want := []string{"failed gone.txt", "new box/a.txt", "new box/cera\u0301mica.txt", "new box/deep/b.txt", "known box/deep/same.txt", "failed box/link"}
	if d := cmp.Diff(want, outcomes); d != "" {
		t.Error(d)
	}
	if tally.Failed != 2 || tally.Known != 1 || tally.New < 3 {
		t.Errorf("got %+v", tally)
	}
	if odd != "" && !strings.Contains(custody, "bad\ufffd\ufffdname.txt") || !strings.Contains(custody, "bytes of the file's name (hex): 626164ff0a6e616d652e747874") {
		t.Errorf("got %q", custody)
	}
	if _, err := d.clerk.PreserveAll(context.Background(), []string{t.TempDir()}, intake.Delivery{}, nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("an empty folder: %v, want fault.Invalid", err)
	}
	d.sound(2 + tally.New)
}
