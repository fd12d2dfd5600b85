// SPDX-License-Identifier: Apache-2.0

// Package crashdisk is a disk for tests that forgets, at a power failure, all
// that was not synced: bytes of files without File.Sync, and names without
// SyncDir. It keeps to what POSIX promises and to nothing that a certain file
// system happens to do. A test writes on a Disk, cuts the power (CutAfter, at
// each step in turn), asks Crash for what is left, and looks at that.
package crashdisk

import (
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"recount/internal/durable"
)

// ErrPower is what every call answers after the power was cut.
var ErrPower = errors.New("the power is cut")

// Disk is a file system in memory; a durable.Files. Names are cleaned and taken
// from one root. It is safe for concurrent use.
type Disk struct {
	mu       sync.Mutex
	root     *node
	now      func() time.Time
	left     int // changes until the power is cut; negative: never
	changes  int
	capacity int64 // bytes of files; 0: no limit
	used     int64
}

// node is a file or a folder, as it is and as it was last synced.
type node struct {
	dir   bool
	perm  fs.FileMode
	mod   time.Time
	names map[string]*node // of a folder
	bytes []byte           // of a file
	kept  struct {
		names map[string]*node
		bytes []byte
	}
}

func newFolder(perm fs.FileMode, mod time.Time) *node {
	return &node{dir: true, perm: perm, mod: mod, names: map[string]*node{}}
}

// New is an empty disk; now dates its files.
func New(now func() time.Time) *Disk {
	return &Disk{root: newFolder(0o755, now()), now: now, left: -1}
}

var _ durable.Files = (*Disk)(nil)

// CutAfter cuts the power after n more changes (a write, a sync, a new, moved
// or removed name); the change after them and all that follows fail with
// ErrPower and change nothing.
func (d *Disk) CutAfter(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left = n
}

// Changes is how many changes there were, so that a test knows where to cut.
func (d *Disk) Changes() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changes
}

// Limit gives the disk a size in bytes of files; beyond it writes take what
// still has room and fail with ENOSPC. 0 is no limit.
func (d *Disk) Limit(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.capacity = bytes
}

// Crash is the disk as it may be found after a power failure now. With nil all
// that was not synced is gone. With a source of randomness each unsynced change
// of a name, and each 512-byte sector of unsynced bytes, may or may not have
// reached the disk, in any order, as real disks leave them. The old disk is not
// changed: one state can be crashed in many ways.
func (d *Disk) Crash(random *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	after := New(d.now)
	after.root = d.root.survive(random, map[*node]*node{})
	after.used = after.root.size(map[*node]bool{})
	return after
}

// survive is what is left of n; a file with two names stays one file.
func (n *node) survive(random *rand.Rand, done map[*node]*node) *node {
	if left, ok := done[n]; ok {
		return left
	}
	left := &node{dir: n.dir, perm: n.perm, mod: n.mod}
	done[n] = left
	if !n.dir {
		left.bytes = Survive(n.kept.bytes, n.bytes, random)
		left.kept.bytes = slices.Clone(left.bytes)
		return left
	}
	left.names = map[string]*node{}
	both := maps.Clone(n.names)
	maps.Copy(both, n.kept.names)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		child, ok := n.kept.names[name]
		if now, there := n.names[name]; (now != child || there != ok) && random != nil && random.IntN(2) == 0 {
			child, ok = now, there
		}
		if ok {
			left.names[name] = child.survive(random, done)
		}
	}
	left.kept.names = maps.Clone(left.names)
	return left
}

// sector is what a disk writes at once.
const sector = 512

// Survive is what a power failure may leave of a file whose bytes were kept
// when it was last synced and are now since: each sector of 512 bytes is the
// one or the other, the length too. With nil it is kept.
func Survive(kept, now []byte, random *rand.Rand) []byte {
	left := slices.Clone(kept)
	if random == nil {
		return left
	}
	if random.IntN(2) == 0 { // the new length reached the disk
		left = append(left, make([]byte, max(0, len(now)-len(left)))...)[:len(now)]
	}
	for at := 0; at < min(len(left), len(now)); at += sector {
		if random.IntN(2) == 0 {
			copy(left[at:min(at+sector, len(left))], now[at:])
		}
	}
	return left
}

func (n *node) size(seen map[*node]bool) int64 {
	if seen[n] {
		return 0
	}
	seen[n] = true
	total := int64(len(n.bytes))
	for _, child := range n.names {
		total += child.size(seen)
	}
	return total
}

// change counts one change and says whether there is power for it.
func (d *Disk) change() error {
	if d.left == 0 {
		return ErrPower
	}
	if d.left > 0 {
		d.left--
	}
	d.changes++
	return nil
}

func (d *Disk) powered() error {
	if d.left == 0 {
		return ErrPower
	}
	return nil
}

// find is the node of a cleaned name.
func (d *Disk) find(name string) (*node, error) {
	name = filepath.Clean(name)
	parent := filepath.Dir(name)
	if parent == name || name == "." {
		return d.root, nil
	}
	folder, err := d.find(parent)
	if err != nil {
		return nil, err
	}
	if !folder.dir {
		return nil, syscall.ENOTDIR
	}
	found, ok := folder.names[filepath.Base(name)]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return found, nil
}

// folder is the folder that holds name, and name within it.
func (d *Disk) folder(name string) (*node, string, error) {
	name = filepath.Clean(name)
	folder, err := d.find(filepath.Dir(name))
	if err == nil && !folder.dir {
		err = syscall.ENOTDIR
	}
	return folder, filepath.Base(name), err
}
