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
	storetest.Core(t, storetest.Engine{})
}

func TestCoreOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Core(t, storetest.Engine{Postgres: postgres(t)})
}

func TestProcessesOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Processes(t, storetest.Engine{})
}

func TestProcessesOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Processes(t, storetest.Engine{Postgres: postgres(t)})
}

func TestOfficeOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Office(t, storetest.Engine{})
}

func TestOfficeOnPostgres(t *testing.T) {
	t.Parallel()
	storetest.Office(t, storetest.Engine{Postgres: postgres(t)})
}

func TestScopesOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Scopes(t, storetest.Engine{})
}

func TestScopesOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Scopes(t, storetest.Engine{Postgres: postgres(t)})
}

func TestSearchOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Search(t, storetest.Engine{})
}

func TestSearchOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Search(t, storetest.Engine{Postgres: postgres(t)})
}

func TestCoreEncrypted(t *testing.T) {
	t.Parallel()
	storetest.Core(t, storetest.Engine{Encrypted: true})
}

func TestProcessesEncrypted(t *testing.T) {
	t.Parallel()
	storetest.Processes(t, storetest.Engine{Encrypted: true})
}

func TestOfficeEncrypted(t *testing.T) {
	t.Parallel()
	storetest.Office(t, storetest.Engine{Encrypted: true})
}

func TestSearchEncrypted(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the questions are those of TestSearchOnSQLite, of the same tables")
	}
	storetest.Search(t, storetest.Engine{Encrypted: true})
}

func TestScopesEncrypted(t *testing.T) {
	t.Parallel()
	storetest.Scopes(t, storetest.Engine{Encrypted: true})
}

func TestAuditOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Audit(t, storetest.Engine{})
}

func TestAuditOnPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.Audit(t, storetest.Engine{Postgres: postgres(t)})
}

func TestAuditEncrypted(t *testing.T) {
	t.Parallel()
	storetest.Audit(t, storetest.Engine{Encrypted: true})
}
