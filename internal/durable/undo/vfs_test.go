// SPDX-License-Identifier: Apache-2.0

package undo_test

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	_ "github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"

	"recount/internal/durable/undo"
)

const (
	childDir  = "RECOUNT_TEST_UNDO_DIR" // set in the process that is to be killed
	childSync = "RECOUNT_TEST_UNDO_SYNCHRONOUS"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, insertForEver(dir, os.Getenv(childSync)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// insertForEver acknowledges each row on standard output.
func insertForEver(dir, synchronous string) error {
	log, err := undo.Begin(filepath.Join(dir, "side"))
	if err != nil {
		return err
	}
	vfs.Register("undo", log.VFS())
	db, err := open(dir, "&vfs=undo&_pragma=wal_autocheckpoint(8)&_pragma=synchronous("+synchronous+")")
	if err != nil {
		return err
	}
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS list (n INTEGER PRIMARY KEY, filler TEXT)"); err != nil {
		return err
	}
	for {
		result, err := db.Exec("INSERT INTO list (filler) VALUES (hex(randomblob(600)))")
		if err != nil {
			return err
		}
		n, err := result.LastInsertId()
		if err != nil {
			return err
		}
		if _, err := fmt.Println(n); err != nil {
			return err
		}
	}
}

func open(dir, options string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "list.db")+"?_pragma=journal_mode(wal)"+options)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// killed lets the child insert rows and kills it when it has acknowledged so
// many; it answers the last that it had acknowledged.
func killed(t *testing.T, dir, synchronous string, rows int) (last int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir, childSync+"="+synchronous)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if seen++; seen == rows {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var ended *exec.ExitError
	if err := child.Wait(); !errors.As(err, &ended) || seen < rows {
		t.Fatalf("the child was not killed but ended: %v, after %d rows", err, seen)
	}
	return last
}

// found are the rows that are there, and whether the file is whole.
func found(t *testing.T, dir string) (rows int) {
	t.Helper()
	db, err := open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var whole string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&whole); err != nil || whole != "ok" {
		t.Fatalf("integrity_check: %s, %v", whole, err)
	}
	if err := db.QueryRow("SELECT COALESCE(MAX(n), 0) FROM list").Scan(&rows); err != nil {
		return 0 // not even the table
	}
	return rows
}

// What SQLite acknowledged under synchronous=FULL is there after the power
// failure (sqlite.org/pragma.html#pragma_synchronous), whatever part of the
// rest is.
func TestDatabaseKeepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	onUnix(t)
	dir := t.TempDir()
	for life := range uint64(8) {
		acknowledged := killed(t, dir, "full", 1+int(life)*9)
		var random *rand.Rand
		if life > 0 {
			random = rand.New(rand.NewPCG(life, 3))
		}
		if err := undo.Crash(filepath.Join(dir, "side"), random); err != nil {
			t.Fatal(err)
		}
		if got := found(t, dir); got < acknowledged {
			t.Errorf("life %d: %d rows were acknowledged, %d are there", life, acknowledged, got)
		}
	}
}

// The test above must be able to fail: without syncs the layer loses what was
// acknowledged.
func TestDatabaseLosesWhatWasNotSynced(t *testing.T) {
	t.Parallel()
	onUnix(t)
	dir := t.TempDir()
	acknowledged := killed(t, dir, "off", 40)
	if got := found(t, dir); got < acknowledged {
		t.Fatalf("kill -9 alone lost rows that the system had: %d of %d", got, acknowledged)
	}
	if err := undo.Crash(filepath.Join(dir, "side"), nil); err != nil {
		t.Fatal(err)
	}
	if got := found(t, dir); got >= acknowledged {
		t.Errorf("without syncs all %d acknowledged rows are there after a power failure", got)
	}
}

// onUnix passes over the tests that kill a process where its files cannot be put
// back to what they were.
func onUnix(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 and a disk that loses what was not synced are of Unix")
	}
}
