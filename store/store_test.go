// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"os"
	"testing"

	"recount/store/storetest"
)

func TestCoreOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Core(t, "")
}

func TestCoreOnPostgreSQL(t *testing.T) {
	t.Parallel()
	dsn := os.Getenv("RECOUNT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("RECOUNT_TEST_POSTGRES names no PostgreSQL")
	}
	storetest.Core(t, dsn)
}
