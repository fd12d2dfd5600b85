// SPDX-License-Identifier: Apache-2.0

package vault_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recount/fault"
	"recount/internal/durable"
	"recount/internal/durable/crashdisk"
	"recount/vault"
)

func vaultDir() string { return filepath.Join(string(filepath.Separator), "case", "vault") }

func onDisk(t *testing.T, files durable.Files) *vault.Vault {
	t.Helper()
	backend, err := vault.FolderOn(files, vaultDir())
	if err != nil {
		t.Fatal(err)
	}
	return vault.New(backend, seeded())
}

// sealTwo preserves two objects and returns those that were acknowledged.
func sealTwo(t *testing.T, files durable.Files) []vault.Object {
	backend, err := vault.FolderOn(files, vaultDir())
	if err != nil {
		return nil
	}
	v := vault.New(backend, seeded())
	var done []vault.Object
	for _, size := range []int{3 * vault.ChunkSize, 10} {
		o, err := v.Seal(t.Context(), bytes.NewReader(bytesOf(size)))
		if err != nil {
			return done
		}
		done = append(done, o)
	}
	return done
}

// lost counts acknowledged objects that a crash lost or changed.
func lost(t *testing.T, after *crashdisk.Disk, acknowledged []vault.Object) int {
	t.Helper()
	if len(acknowledged) == 0 {
		return 0
	}
	v, n := onDisk(t, after), 0
	for _, o := range acknowledged {
		if got, err := openAll(t, v, o); err != nil || !bytes.Equal(got, bytesOf(int(o.Size))) {
			n++
		}
	}
	return n
}

// Wherever the power goes, what was acknowledged is there, and what is there is
// whole: nothing half-written ever stands under an address.
func TestPowerFailure(t *testing.T) {
	t.Parallel()
	whole := crashdisk.New(time.Now)
	if got := len(sealTwo(t, whole)); got != 2 {
		t.Fatalf("without a failure %d objects were kept", got)
	}
	for cut := range whole.Changes() + 1 {
		disk := crashdisk.New(time.Now)
		disk.CutAfter(cut)
		acknowledged := sealTwo(t, disk)
		for seed := range uint64(8) {
			var random *rand.Rand
			if seed > 0 {
				random = rand.New(rand.NewPCG(seed, uint64(cut)))
			}
			after := disk.Crash(random)
			if n := lost(t, after, acknowledged); n > 0 {
				t.Errorf("power cut after %d changes, seed %d: %d of %d acknowledged objects lost", cut, seed, n, len(acknowledged))
			}
			backend, err := vault.FolderOn(after, vaultDir())
			if err != nil {
				t.Fatal(err)
			}
			v := vault.New(backend, seeded())
			for a, err := range backend.List(t.Context()) {
				if err := errors.Join(err, v.Check(t.Context(), a)); err != nil {
					t.Errorf("power cut after %d changes, seed %d: %v", cut, seed, err)
				}
			}
		}
	}
}

// careless forgets to sync files or folders.
type careless struct {
	*crashdisk.Disk
	files, dirs bool
}

func (c careless) SyncDir(name string) error {
	if c.dirs {
		return nil
	}
	return c.Disk.SyncDir(name)
}

func (c careless) Create(name string, perm fs.FileMode) (durable.File, error) {
	f, err := c.Disk.Create(name, perm)
	if err != nil || !c.files {
		return f, err
	}
	return unsynced{f}, nil
}

type unsynced struct{ durable.File }

func (unsynced) Sync() error { return nil }

// The test above must be able to fail: without either kind of sync it does.
func TestPowerFailureFindsMissingSyncs(t *testing.T) {
	t.Parallel()
	for _, test := range []careless{{files: true}, {dirs: true}} {
		test.Disk = crashdisk.New(time.Now)
		acknowledged := sealTwo(t, test)
		if len(acknowledged) != 2 {
			t.Fatal("not acknowledged")
		}
		if n := lost(t, test.Disk.Crash(nil), acknowledged); n != 2 {
			t.Errorf("without syncs (files %v, folders %v) only %d of 2 objects were lost", test.files, test.dirs, n)
		}
	}
}

// A folder that another process made, and did not come to sync, is synced by
// the one that puts an object into it; and so is the name of an object that is
// there already.
func TestAnotherProcessStoppedHalfWay(t *testing.T) {
	t.Parallel()
	disk := crashdisk.New(time.Now)
	data := bytesOf(1000)
	if _, err := onDisk(t, careless{Disk: disk, dirs: true}).Seal(t.Context(), bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	o, err := onDisk(t, disk).Seal(t.Context(), bytes.NewReader(data)) // same seed, same key, same address
	if err != nil {
		t.Fatal(err)
	}
	if n := lost(t, disk.Crash(nil), []vault.Object{o}); n != 0 {
		t.Error("an object that was acknowledged twice is lost")
	}
}

// Removed is removed for good, also when the first to remove it did not come
// to sync the folder.
func TestRemovedStaysRemoved(t *testing.T) {
	t.Parallel()
	disk := crashdisk.New(time.Now)
	o, err := onDisk(t, disk).Seal(t.Context(), bytes.NewReader(bytesOf(1000)))
	if err != nil {
		t.Fatal(err)
	}
	stopped, err := vault.FolderOn(careless{Disk: disk, dirs: true}, vaultDir())
	if err != nil {
		t.Fatal(err)
	}
	again, err := vault.FolderOn(disk, vaultDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := stopped.Remove(t.Context(), o.Address); err != nil {
		t.Fatal(err)
	}
	if lost(t, disk.Crash(nil), []vault.Object{o}) != 0 {
		t.Fatal("the disk of this test syncs by itself")
	}
	if err := again.Remove(t.Context(), o.Address); !errors.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	if lost(t, disk.Crash(nil), []vault.Object{o}) != 1 {
		t.Error("a removed object came back after a power failure")
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{1, 100_000, 5 * vault.ChunkSize} {
		disk := crashdisk.New(time.Now)
		disk.Limit(limit)
		backend, err := vault.FolderOn(disk, vaultDir())
		if err != nil {
			t.Fatal(err)
		}
		v := vault.New(backend, seeded())
		_, err = v.Seal(t.Context(), bytes.NewReader(bytesOf(40*vault.ChunkSize)))
		if !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "no room left") {
			t.Errorf("limit %d: %v", limit, err)
		}
		if n := count(t, backend); n != 0 {
			t.Errorf("limit %d: %d objects left", limit, n)
		}
		left, err := disk.ReadDir(filepath.Join(vaultDir(), "tmp"))
		if err != nil || len(left) != 0 {
			t.Errorf("limit %d: left in tmp: %v, %v", limit, left, err)
		}
		disk.Limit(0)
		if _, err := v.Seal(t.Context(), bytes.NewReader(bytesOf(40*vault.ChunkSize))); err != nil {
			t.Errorf("limit %d: with room again: %v", limit, err)
		}
	}
}
