// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"recount/fault"
	"recount/intake"
)

// TestPreserveWhileFilesVanish: somebody tidies up while a folder is taken in. A file
// that is gone when its turn comes is told, the rest is preserved, and the work ends
// with an error; brought again, nothing stands twice.
func TestPreserveWhileFilesVanish(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, name := range []string{"a.txt", "b.txt", "c.txt", "d/e.txt"} {
		d.file("box/"+name, "of "+name)
	}
	box := filepath.Join(d.dir, "box")
	var told []string
	tally, err := d.clerk.PreserveAll(context.Background(), []string{box}, intake.Delivery{}, func(o intake.Outcome) {
		told = append(told, fmt.Sprintf("%s %v", filepath.Base(o.Path), o.Err == nil))
		if len(told) == 1 {
			if err := os.Remove(filepath.Join(box, "b.txt")); err != nil {
				t.Error(err)
			}
		}
	})
	if !errors.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "1 of 4") || tally != (intake.Tally{New: 3, Failed: 1}) {
		t.Errorf("%+v, %v", tally, err)
	}
	if got := strings.Join(told, ", "); got != "a.txt true, b.txt false, c.txt true, e.txt true" {
		t.Error(got)
	}
	tally, err = d.clerk.PreserveAll(context.Background(), []string{box}, intake.Delivery{}, nil)
	if err != nil || tally != (intake.Tally{Known: 3}) {
		t.Errorf("again: %+v, %v", tally, err)
	}
	d.sound(5)
}

// TestPreserveBothForms: two names that look alike, composed and taken apart, are two
// files; each keeps the name that it has.
func TestPreserveBothForms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	names := []string{"cerámica.txt", "cera\u0301mica.txt"}
	for i, name := range names {
		d.file("box/"+name, fmt.Sprint(i))
	}
	if entries, err := os.ReadDir(filepath.Join(d.dir, "box")); err != nil || len(entries) != 2 {
		t.Skip("this file system takes the two names for one")
	}
	var kept []string
	tally, err := d.clerk.PreserveAll(context.Background(), []string{filepath.Join(d.dir, "box")}, intake.Delivery{}, func(o intake.Outcome) {
		kept = append(kept, o.Exhibit.FileName)
	})
	if err != nil || tally.New != 2 || kept[0] != names[1] || kept[1] != names[0] {
		t.Errorf("%+v, %+q, %v", tally, kept, err)
	}
}

// TestPreserveOneNameTwice: two captures of one instant have one name and one time, in
// two folders or on two days. Each is an exhibit of its own, with its own bytes.
func TestPreserveOneNameTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.file("1/capture-20200226T120000.warc.gz", "first"), d.file("2/capture-20200226T120000.warc.gz", "second")
	at, err := os.Stat(one)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(two, at.ModTime(), at.ModTime()); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	tally, err := d.clerk.PreserveAll(context.Background(), []string{one, two}, intake.Delivery{}, func(o intake.Outcome) {
		seen[o.Exhibit.Exhibit] = o.Exhibit.SHA256 + o.Exhibit.Object
	})
	if err != nil || tally.New != 2 || len(seen) != 2 {
		t.Errorf("%+v, %v, %v", tally, seen, err)
	}
}

// TestPreserveManyFiles: a folder of many small files is taken in one file after
// the other, told from the first one on, and needs no more memory than a few.
func TestPreserveManyFiles(t *testing.T) {
	t.Parallel()
	const many = 1200
	d := newDesk(t)
	for i := range many {
		d.file(fmt.Sprintf("box/%02d/%04d.txt", i%40, i), fmt.Sprint("file ", i))
	}
	var before, after runtime.MemStats
	told := 0
	tally, err := d.clerk.PreserveAll(context.Background(), []string{filepath.Join(d.dir, "box")}, intake.Delivery{}, func(o intake.Outcome) {
		told++
		if told == 100 {
			runtime.GC()
			runtime.ReadMemStats(&before)
			if n := len(storedObjects(d)); n != told {
				t.Errorf("%d files were told when %d were preserved", told, n)
			}
		}
	})
	if err != nil || tally.New != many || told != many {
		t.Fatalf("%+v, %d told: %v", tally, told, err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("the memory grew by %d MiB from the hundredth file to the last", grown>>20)
	}
}

// TestPreserveAnotherDelivery: two people bring the same bytes under two names. That is
// said, and nothing is added unless it is asked for; then both deliveries stand, each
// with its own words, and one that is sent again, since no answer came, stands once.
func TestPreserveAnotherDelivery(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	one, two := d.file("1/example.warc.gz", "the same capture"), d.file("2/example-copy.warc.gz", "the same capture")
	first, err := d.clerk.Preserve(ctx, one, intake.Delivery{ReceivedFrom: "Mira Tolen"})
	if err != nil {
		t.Fatal(err)
	}
	told, err := d.clerk.Preserve(ctx, two, intake.Delivery{ReceivedFrom: "Aram Velk"})
	if err != nil || !told.Known || !told.Another || told.Exhibit != first.Exhibit {
		t.Fatalf("without being asked for: %+v, %v", told, err)
	}
	second, err := d.clerk.Preserve(ctx, two, intake.Delivery{ReceivedFrom: "Aram Velk", Again: true})
	if err != nil || second.Known || second.Exhibit.Exhibit == first.Exhibit.Exhibit || second.Exhibit.SHA256 != first.Exhibit.SHA256 {
		t.Fatalf("asked for: %+v, %v", second, err)
	}
	if x := second.Exhibit; x.ReceivedFrom != "Aram Velk" || x.FileName != "example-copy.warc.gz" {
		t.Errorf("the second delivery is %+v", x)
	}
	for path, want := range map[string]intake.Preserved{one: first, two: second} {
		for _, again := range []bool{true, false} {
			p, err := d.clerk.Preserve(ctx, path, intake.Delivery{ReceivedFrom: want.Exhibit.ReceivedFrom, Again: again})
			if err != nil || !p.Known || p.Another || p.Exhibit != want.Exhibit {
				t.Errorf("%s sent again: %+v, %v", path, p, err)
			}
		}
	}
	d.sound(4)
}
