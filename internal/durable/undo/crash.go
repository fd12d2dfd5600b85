// SPDX-License-Identifier: Apache-2.0

package undo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"recount/internal/durable/crashdisk"
)

// Crash makes of the files what a power failure leaves of them that came when
// the process which wrote the log in side ended, and removes the log. That
// process has ended. With nil all that was not synced is gone. With a source of
// randomness each unsynced change of a name and each 512-byte sector of
// unsynced bytes may or may not have reached the disk, in any order.
func Crash(side string, random *rand.Rand) (err error) {
	side, err = filepath.Abs(side)
	if err != nil {
		return err
	}
	records, err := readLog(filepath.Join(side, logFile))
	if err != nil {
		return fmt.Errorf("reading the log of changes: %w", err)
	}
	d := &disk{nodes: map[int]*node{}, folders: map[string]*folder{}}
	for _, r := range records {
		if err := d.follow(r); err != nil {
			return fmt.Errorf("following the log of changes: %w", err)
		}
	}
	if err := d.leave(random); err != nil {
		return fmt.Errorf("taking back what was not synced: %w", err)
	}
	return os.RemoveAll(side)
}

// readLog reads the records whose changes were made. The process may have ended
// within its last record, or between that and the change.
func readLog(name string) ([]record, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var records []record
	for lines := json.NewDecoder(file); ; {
		var r record
		err := lines.Decode(&r)
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if r.Op == opFailed {
			records = records[:len(records)-1]
			continue
		}
		records = append(records, r)
	}
	if n := len(records); n > 0 && !made(records[n-1]) {
		records = records[:n-1]
	}
	return records, nil
}

// made tells whether the last change was made; a write counts as made, since a
// part of it may have been.
func made(r record) bool {
	switch r.Op {
	case opCreate, opMkdir:
		return there(r.Path)
	case opMove, opRmdir:
		return !there(r.Path)
	case opRemove:
		return there(r.Kept)
	}
	return true
}

func there(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// disk is what the log says, as far as it has been followed.
type disk struct {
	nodes     map[int]*node
	folders   map[string]*folder
	databases []string
}

// node is a file or, in a name of a folder, a folder.
type node struct {
	dir  bool
	perm fs.FileMode
	at   string   // where it lies now
	undo []record // its writes since it was last synced
}

// folder has the names that the log speaks of: what they name now, and what
// they named when the folder was last synced; nil is nothing.
type folder struct{ now, kept map[string]*node }

func (d *disk) folder(path string) (*folder, string) {
	dir, base := filepath.Split(path)
	dir = filepath.Clean(dir)
	f := d.folders[dir]
	if f == nil {
		f = &folder{map[string]*node{}, map[string]*node{}}
		d.folders[dir] = f
	}
	return f, base
}

// name gives a path a new meaning; one that is spoken of for the first time
// meant nothing before.
func (d *disk) name(path string, n *node) *node {
	f, base := d.folder(path)
	before := f.now[base]
	f.now[base] = n
	if _, known := f.kept[base]; !known {
		f.kept[base] = nil
	}
	return before
}

func (d *disk) follow(r record) error {
	switch r.Op {
	case opMeet:
		info, err := d.stat(r)
		if err != nil {
			return err
		}
		n := &node{at: r.Path, perm: info}
		d.nodes[r.Node] = n
		f, base := d.folder(r.Path)
		f.now[base], f.kept[base] = n, n
	case opDatabase:
		d.databases = append(d.databases, r.Path)
	case opCreate:
		d.nodes[r.Node] = &node{at: r.Path, perm: r.Perm}
		d.name(r.Path, d.nodes[r.Node])
	case opWrite:
		n := d.nodes[r.Node]
		n.undo = append(n.undo, r)
	case opSync:
		d.nodes[r.Node].undo = nil
	case opMkdir:
		d.name(r.Path, &node{dir: true, perm: r.Perm, at: r.Path})
	case opRmdir:
		f, base := d.folder(r.Path)
		if _, known := f.now[base]; !known {
			f.kept[base] = &node{dir: true, perm: r.Perm, at: r.Path}
		}
		f.now[base] = nil
	case opMove:
		n := d.name(r.Path, nil)
		if over := d.name(r.To, n); over != nil {
			over.at = r.Kept
		}
		n.at = r.To
	case opRemove:
		d.name(r.Path, nil).at = r.Kept
	case opSyncDir:
		if f := d.folders[r.Path]; f != nil {
			f.kept = maps.Clone(f.now)
		}
	default:
		return fmt.Errorf("a record %q", r.Op)
	}
	return nil
}

// stat is the mode of a file that was met; it may lie elsewhere by now, so that
// only what was met where it still lies is asked for.
func (d *disk) stat(r record) (fs.FileMode, error) {
	info, err := os.Lstat(r.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0o600, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}

// leave makes the files what they are to be: first all bytes are read, then all
// names that the log speaks of are taken away, then those that are left are
// given again, folders before what is in them.
func (d *disk) leave(random *rand.Rand) error {
	left, bytes, err := d.choose(random)
	if err != nil {
		return err
	}
	dirs := slices.Sorted(maps.Keys(d.folders))
	for _, dir := range slices.Backward(dirs) {
		for _, base := range slices.Sorted(maps.Keys(d.folders[dir].now)) {
			n, path := left[dir][base], filepath.Join(dir, base)
			if n != nil && n.dir && there(path) {
				continue
			}
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	for _, dir := range dirs {
		if !there(dir) {
			continue // it was made, and its name is lost
		}
		for _, base := range slices.Sorted(maps.Keys(left[dir])) {
			if err := give(filepath.Join(dir, base), left[dir][base], bytes); err != nil {
				return err
			}
		}
	}
	for _, name := range d.databases {
		if err := os.Remove(name + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func give(path string, n *node, bytes map[*node][]byte) error {
	if n.dir {
		if there(path) {
			return nil
		}
		return os.Mkdir(path, n.perm)
	}
	return os.WriteFile(path, bytes[n], n.perm)
}

// choose says which names are left, and the bytes of what they name.
func (d *disk) choose(random *rand.Rand) (map[string]map[string]*node, map[*node][]byte, error) {
	left, bytes := map[string]map[string]*node{}, map[*node][]byte{}
	for _, dir := range slices.Sorted(maps.Keys(d.folders)) {
		f := d.folders[dir]
		left[dir] = map[string]*node{}
		for _, base := range slices.Sorted(maps.Keys(f.now)) {
			n := f.kept[base]
			if now := f.now[base]; now != n && random != nil && random.IntN(2) == 0 {
				n = now
			}
			if n == nil {
				continue
			}
			left[dir][base] = n
			if _, read := bytes[n]; n.dir || read {
				continue
			}
			var err error
			if bytes[n], err = n.survive(random); err != nil {
				return nil, nil, err
			}
		}
	}
	return left, bytes, nil
}

// survive is what is left of a file's bytes.
func (n *node) survive(random *rand.Rand) ([]byte, error) {
	now, err := os.ReadFile(n.at)
	if err != nil || len(n.undo) == 0 {
		return now, err
	}
	kept := slices.Clone(now)
	for _, r := range slices.Backward(n.undo) {
		end := r.At + int64(len(r.Old))
		kept = append(kept, make([]byte, max(0, end-int64(len(kept))))...)
		copy(kept[r.At:], r.Old)
		kept = append(kept, make([]byte, max(0, r.Size-int64(len(kept))))...)[:r.Size]
	}
	return crashdisk.Survive(kept, now, random), nil
}
