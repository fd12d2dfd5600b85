// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"os"
	"testing"

	"recount/store/storetest"
)

func TestMain(m *testing.M) {
	if storetest.Child() {
		return
	}
	os.Exit(m.Run())
}

// postgres is the DSN of the tests' PostgreSQL.
func postgres(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("RECOUNT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("RECOUNT_TEST_POSTGRES names no PostgreSQL (.ci/postgres.sh starts one)")
	}
	return dsn
}

func TestCoreOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Core(t, "")
}

func TestCoreOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Core(t, postgres(t))
}

func TestProcessesOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Processes(t, "")
}

func TestProcessesOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Processes(t, postgres(t))
}

func TestOfficeOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Office(t, "")
}

func TestOfficeOnPostgres(t *testing.T) {
	t.Parallel()
	storetest.Office(t, postgres(t))
}

func TestSearchOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Search(t, "")
}

func TestSearchOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Search(t, postgres(t))
}
