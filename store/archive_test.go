// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	config, a, _ := newTestCase(t, nil)
	if _, err := Create(t.Context(), config, Opening{PublicName: "archive.example", CaseID: "other"}); !errors.Is(err, fault.Conflict) {
		t.Errorf("creating it twice: %v; fault.Conflict is right", err)
	}
	elsewhere := config
	elsewhere.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere.Dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(t.Context(), elsewhere, Opening{PublicName: "archive.example"}); !errors.Is(err, fault.Conflict) {
		t.Errorf("creating it among other files: %v; fault.Conflict is right", err)
	}
	if _, err := Open(t.Context(), elsewhere); !errors.Is(err, fault.NotFound) {
		t.Errorf("opening a folder without an archive: %v; fault.NotFound is right", err)
	}
	config.Postgres = "postgres://nobody@127.0.0.1:1/none"
	if _, err := Open(t.Context(), config); !errors.Is(err, fault.Invalid) {
		t.Errorf("opening it on another engine: %v; fault.Invalid is right", err)
	}
	elsewhere.Now = nil
	if _, err := Open(t.Context(), elsewhere); !errors.Is(err, fault.Invalid) {
		t.Errorf("without a clock: %v; fault.Invalid is right", err)
	}
	for _, id := range []string{"", "Karvel", "-a", "a_b", "../a", "a/b", strings.Repeat("a", 41), "ä"} {
		if _, err := a.Case(t.Context(), id); !errors.Is(err, fault.Invalid) {
			t.Errorf("case %q: %v; fault.Invalid is right", id, err)
		}
	}
	if _, err := a.Case(t.Context(), "orlen"); !errors.Is(err, fault.NotFound) {
		t.Errorf("a case that is not there: %v; fault.NotFound is right", err)
	}
	if _, err := a.NewCase(t.Context(), Opening{CaseID: "karvel", Title: "x", Actor: "ann"}); !errors.Is(err, fault.Conflict) {
		t.Errorf("a case twice: %v; fault.Conflict is right", err)
	}
	if _, err := a.NewCase(t.Context(), Opening{CaseID: "orlen", Title: "x", Actor: "ann"}); err != nil {
		t.Error(err)
	}
	ids, err := a.Cases(t.Context())
	if diff := cmp.Diff([]string{"karvel", "orlen"}, ids); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
