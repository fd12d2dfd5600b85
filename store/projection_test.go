// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"recount/store"
	"recount/store/storetest"
)

func TestProjectionsOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Projections(t, func(t *testing.T) *store.Case { return openCase(t, storetest.Engine{}) })
}

func TestProjectionsEncrypted(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the questions are those of TestProjectionsOnSQLite, of the same tables")
	}
	storetest.Projections(t, func(t *testing.T) *store.Case { return openCase(t, storetest.Engine{Encrypted: true}) })
}

func TestProjectionsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	dsn := os.Getenv("RECOUNT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("RECOUNT_TEST_POSTGRES names no PostgreSQL")
	}
	storetest.Projections(t, func(t *testing.T) *store.Case { return openCase(t, storetest.Engine{Postgres: dsn}) })
}

// openCase makes an archive with one case. Each has a name of its own: cases
// of one PostgreSQL lie beside each other.
func openCase(t *testing.T, engine storetest.Engine) *store.Case {
	t.Helper()
	var name [8]byte
	if _, err := rand.Read(name[:]); err != nil {
		t.Fatal(err)
	}
	id := fmt.Sprintf("t%x", name)
	archive, err := store.Create(t.Context(),
		engine.Config(store.Config{Dir: filepath.Join(t.TempDir(), "archive"), Now: time.Now, Rand: rand.Reader}),
		store.Opening{PublicName: "archive.example", CaseID: id, Title: "Karvel", Actor: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := archive.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := archive.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
