// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/vault"
)

// newTestCase makes an archive on SQLite with one case.
func newTestCase(t *testing.T, change func(*Config)) (Config, *Archive, *Case) {
	t.Helper()
	config := Config{Dir: filepath.Join(t.TempDir(), "archive"), Now: time.Now, Rand: rand.Reader}
	if change != nil {
		change(&config)
	}
	a, err := Create(t.Context(), config, Opening{PublicName: "archive.example", CaseID: "karvel", Title: "Karvel", Actor: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() }) // some tests have closed it
	c, err := a.Case(t.Context(), "karvel")
	if err != nil {
		t.Fatal(err)
	}
	return config, a, c
}

func describeOne(c *Case, n int) error {
	_, err := c.Act(context.Background(), "ann", func(View) (journal.Draft, error) {
		return register.Source{Source: fmt.Sprintf("s-%016d", n), Name: strings.Repeat("Harbour list ", 20), Kind: "list"}.Draft("described", "duty", "internal"), nil
	})
	return err
}

// fillBatch stages n records of some hundred bytes.
func fillBatch(t *testing.T, c *Case, n int) *Batch {
	t.Helper()
	b, err := c.Stage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		r := register.Record{Source: "s-0000000000000001", Exhibit: "e-0000000000000001", Person: fmt.Sprintf("p-%016d", i), Name: journal.Text(fmt.Sprint("Mira Oskan ", i)), NameFold: "mira oskan", Raw: journal.Text(strings.Repeat("field;", 60))}
		if _, err := b.Add("record@1", r.Values()); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// limitPages lets a database grow by so many pages and no more: to SQLite that
// is a full disk (sqlite.org/rescode.html#full). It answers how to end that.
func limitPages(t *testing.T, d *database, more int64) (lift func()) {
	t.Helper()
	var pages int64
	if err := d.act.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	set := func(limit int64) {
		var now int64
		if err := errors.Join(d.act.QueryRow(fmt.Sprintf("PRAGMA max_page_count(%d)", limit)).Scan(&now), d.bulk.QueryRow(fmt.Sprintf("PRAGMA max_page_count(%d)", limit)).Scan(&now)); err != nil {
			t.Fatal(err)
		}
	}
	set(pages + more)
	return func() { set(1 << 30) }
}

// TestFullDisk: where there is no room an act or an import answers
// fault.Unavailable and leaves all as it was; with room it goes on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		keys bool
		work func(*testing.T, *Case) error
	}{
		{"acts, tables full", false, func(_ *testing.T, c *Case) error { return untilError(func(n int) error { return describeOne(c, n) }) }},
		{"acts, keys full", true, func(_ *testing.T, c *Case) error { return untilError(func(n int) error { return describeOne(c, n) }) }},
		{"import, tables full", false, func(t *testing.T, c *Case) error { _, err := fillBatch(t, c, 3000).Finish(t.Context()); return err }},
		{"import, keys full", true, func(t *testing.T, c *Case) error { _, err := fillBatch(t, c, 3000).Finish(t.Context()); return err }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, _, c := newTestCase(t, nil)
			files := c.place.(*sqliteFiles).open
			full := files.tables
			if test.keys {
				full = files.keys
			}
			lift := limitPages(t, full, 4)
			err := test.work(t, c)
			if !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "disk is full") {
				t.Fatalf("%v; fault.Unavailable that speaks of a full disk is right", err)
			}
			lift()
			if err := c.Verify(t.Context()); err != nil {
				t.Error(err)
			}
			if err := describeOne(c, 999_999); err != nil {
				t.Errorf("with room again: %v", err)
			}
			b := fillBatch(t, c, 3000)
			if _, err := b.Finish(t.Context()); err != nil {
				t.Errorf("an import with room again: %v", err)
			}
			if err := b.Abort(); err != nil {
				t.Error(err)
			}
		})
	}
}

// untilError acts some thousand times or until that fails.
func untilError(act func(n int) error) error {
	for n := range 2000 {
		if err := act(n); err != nil {
			return err
		}
	}
	return nil
}

// fullVault takes no bytes.
type fullVault struct{ vault.Backend }

func (f fullVault) Create(ctx context.Context) (vault.Staged, error) {
	s, err := f.Backend.Create(ctx)
	return fullStaged{s}, err
}

type fullStaged struct{ vault.Staged }

func (fullStaged) Write([]byte) (int, error) {
	return 0, fmt.Errorf("%w: no space left on device", fault.Unavailable)
}

func TestFullVault(t *testing.T) {
	t.Parallel()
	memory := vault.Memory()
	_, _, c := newTestCase(t, func(config *Config) {
		config.Backend = func(string) (vault.Backend, error) { return fullVault{memory}, nil }
	})
	var before, after strings.Builder
	if _, err := c.Dump(t.Context(), &before); err != nil {
		t.Fatal(err)
	}
	if _, err := fillBatch(t, c, 500).Finish(t.Context()); !errors.Is(err, fault.Unavailable) {
		t.Errorf("%v; fault.Unavailable is right", err)
	}
	if _, err := c.Dump(t.Context(), &after); err != nil || before.String() != after.String() {
		t.Errorf("the import has left something: %v", err)
	}
	if err := c.Rebuild(t.Context(), nil); err != nil {
		t.Errorf("the import still holds its lock: %v", err)
	}
}

// TestMutatedApply: a release whose Apply writes another thing than before, or
// nothing, is found by Verify in a case that an earlier one has written.
func TestMutatedApply(t *testing.T) {
	t.Parallel()
	for name, mutated := range map[string]func(context.Context, *tx, journal.Entry) error{
		"writes another value": func(ctx context.Context, t *tx, e journal.Entry) error {
			if err := applyEntry(ctx, t, e); err != nil {
				return err
			}
			_, err := t.exec(ctx, `UPDATE p_source SET name = 'other' WHERE from_seq = ?`, e.Header.Seq)
			return err
		},
		"forgets one": func(ctx context.Context, t *tx, e journal.Entry) error {
			if e.Header.Seq == 2 {
				return nil
			}
			return applyEntry(ctx, t, e)
		},
		"goes by the clock": func(ctx context.Context, t *tx, e journal.Entry) error {
			if err := applyEntry(ctx, t, e); err != nil {
				return err
			}
			_, err := t.exec(ctx, `UPDATE p_entry SET reason = ? WHERE seq = ?`, time.Now().String(), e.Header.Seq)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, c := newTestCase(t, nil)
			for n := range 4 {
				if err := describeOne(c, n); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.Verify(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.apply = mutated
			if err := c.Verify(t.Context()); !errors.Is(err, fault.Tampered) {
				t.Errorf("%v; fault.Tampered is right", err)
			}
		})
	}
}

// TestOlderKeys: a copy of the keys from before an erasure opens nothing, as
// the epoch key that wrapped them is destroyed.
func TestOlderKeys(t *testing.T) {
	t.Parallel()
	config, a, c := newTestCase(t, nil)
	if err := describeOne(c, 1); err != nil {
		t.Fatal(err)
	}
	entry, err := c.OpenEntry(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	keys, err := os.ReadFile(filepath.Join(c.dir, "keys.1.db"))
	if err != nil {
		t.Fatal(err)
	}
	if a, err = Open(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if c, err = a.Case(t.Context(), "karvel"); err != nil {
		t.Fatal(err)
	}
	_, err = c.Act(t.Context(), "ann", func(View) (journal.Draft, error) {
		return register.Erasure{Erasure: "z-0000000000000001", Ground: "asked for", Deciders: []string{"ann"}, Leaves: []string{entry.Header.Leaf.String()}}.Draft("asked", "consent", "internal"), nil
	})
	if err == nil {
		err = c.Erase(t.Context(), nil)
	}
	if err = errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.dir, "keys.2.db"), keys, 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err = Open(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Case(t.Context(), "karvel"); !errors.Is(err, fault.Tampered) {
		t.Errorf("older keys under the new epoch key: %v; fault.Tampered is right", err)
	}
}
