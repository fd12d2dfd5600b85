// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes the database

	"recount/access"
)

// database is a new database of the tests' PostgreSQL, which is dropped at the end.
func database(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("RECOUNT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("RECOUNT_TEST_POSTGRES names no PostgreSQL (.ci/postgres.sh starts one)")
	}
	at, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	server, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	var number [8]byte
	_, _ = rand.Read(number[:]) // never fails
	name := "rooms_" + hex.EncodeToString(number[:])
	do := func(statement string) {
		t.Helper()
		if _, err := server.ExecContext(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
	do("CREATE DATABASE " + name)
	t.Cleanup(func() {
		do("DROP DATABASE " + name + " WITH (FORCE)")
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	at.Path = "/" + name
	return at.String()
}

// TestNothingLeaksOnPostgreSQL: what a question may see is part of it, and so of
// its text, which is another one here. A reader walks; everybody does where every look is asked for
// (.ci/long): the questions themselves are compared on both engines in the store.
func TestNothingLeaksOnPostgreSQL(t *testing.T) {
	t.Parallel()
	p := plantIn(t, openIn(t, database(t)))
	if os.Getenv("RECOUNT_TEST_EVERY_LOOK") != "" {
		p.walked(append(everybody(), "")...)
		return
	}
	p.briefly = true
	p.walked(access.Reader)
}
