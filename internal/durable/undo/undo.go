// SPDX-License-Identifier: Apache-2.0

// Package undo is a file layer for tests that takes back, after a process was
// killed, all that it had written and not synced, as a power failure would. The
// files are the machine's own, so that several kinds of writers can share them:
// Log.Files is a durable.Files, Log.VFS a file system for SQLite.
//
// Before each change the layer appends to a log in a folder beside the files
// what it needs to take the change back. A sync is only noted in that log: a
// process that is killed leaves everything it wrote with the operating system,
// and Crash, called by whoever killed it, reads the log and makes of the files
// what is left of them. It keeps to what POSIX promises: a file's sync keeps
// its bytes, a folder's sync keeps the names in it.
//
// A log is for one process and one life of it. Files written past the layer
// are left as they are; the shared memory of SQLite (-shm), which no power
// failure outlives, is removed.
package undo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
)

const (
	logFile = "log"
	// A file that lost its name lies in the log's folder under a number until
	// the folder that it was in is synced; that is, for the life of the log.
	opMeet     = "meet"     // Node has stood under Path since before the log
	opDatabase = "database" // Path is a database of SQLite
	opCreate   = "create"   // Node was made as Path
	opFailed   = "failed"   // the change that the record before speaks of was refused
	opWrite    = "write"    // the bytes at At of Node were Old, its size Size
	opSync     = "sync"     // the bytes of Node are kept
	opMkdir    = "mkdir"    // the folder Path was made
	opRmdir    = "rmdir"    // the folder Path was removed
	opMove     = "move"     // Path became To; what had stood there is Kept
	opRemove   = "remove"   // Path was removed and is Kept
	opSyncDir  = "syncdir"  // the names in the folder Path are kept
)

// record is one line of the log. Paths are absolute and clean.
type record struct {
	Op   string
	Path string      `json:",omitempty"`
	To   string      `json:",omitempty"`
	Kept string      `json:",omitempty"`
	Node int         `json:",omitempty"`
	Perm fs.FileMode `json:",omitempty"`
	At   int64       `json:",omitempty"`
	Size int64       `json:",omitempty"`
	Old  []byte      `json:",omitempty"`
}

// Log notes the changes of one process. It is safe for concurrent use.
type Log struct {
	mu    sync.Mutex
	side  string
	file  *os.File
	nodes map[string]int // files by their present path
	last  int            // number of the node, or of the kept file, made last
	limit int64          // bytes that the files may grow by; 0: no limit
	grown int64
}

// Begin begins a log in the folder side, which it makes; side lies in the file
// system of the files that the log is about, and outside of their folders.
// fs.ErrExist says that an earlier log lies there: Crash takes it away.
func Begin(side string) (*Log, error) {
	whole, err := filepath.Abs(side)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(whole, 0o700); err != nil {
		return nil, fmt.Errorf("beginning a log of changes: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(whole, logFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("beginning a log of changes: %w", err)
	}
	return &Log{side: whole, file: file, nodes: map[string]int{}}, nil
}

// Limit lets the files grow by so many bytes from now on, all together; what
// goes beyond answers ENOSPC (SQLITE_FULL for SQLite). 0 takes the limit away.
func (l *Log) Limit(bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit, l.grown = bytes, 0
}

// Close closes the log; Crash needs no Close before it.
func (l *Log) Close() error { return l.file.Close() }

// note appends a record. It is with the operating system before the change
// that it speaks of is made.
func (l *Log) note(r record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("the log of changes: %w", err)
	}
	return nil
}

// meet is the node of a file that is there. l.mu is held, here and below.
func (l *Log) meet(path string) (int, error) {
	if node, ok := l.nodes[path]; ok {
		return node, nil
	}
	l.last++
	if err := l.note(record{Op: opMeet, Path: path, Node: l.last}); err != nil {
		return 0, err
	}
	l.nodes[path] = l.last
	return l.last, nil
}

// create notes that a file is about to be made.
func (l *Log) create(path string, perm fs.FileMode) (int, error) {
	l.last++
	if err := l.note(record{Op: opCreate, Path: path, Node: l.last, Perm: perm}); err != nil {
		return 0, err
	}
	l.nodes[path] = l.last
	return l.last, nil
}

// unless notes that a change failed, if err says so, and gives err back.
func (l *Log) unless(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(err, l.note(record{Op: opFailed}))
}

// keep is a place for a file that loses its name.
func (l *Log) keep() string {
	l.last++
	return filepath.Join(l.side, strconv.Itoa(l.last))
}

// remove takes a name away.
func (l *Log) remove(path string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	info, err := os.Lstat(path)
	if err != nil {
		return &fs.PathError{Op: "remove", Path: path, Err: underlying(err)}
	}
	if info.IsDir() {
		if err := l.note(record{Op: opRmdir, Path: path, Perm: info.Mode().Perm()}); err != nil {
			return err
		}
		return l.unless(os.Remove(path))
	}
	node, err := l.meet(path)
	if err != nil {
		return err
	}
	kept := l.keep()
	if err := l.note(record{Op: opRemove, Path: path, Kept: kept}); err != nil {
		return err
	}
	delete(l.nodes, path)
	if err := os.Rename(path, kept); err != nil {
		l.nodes[path] = node
		return l.unless(err)
	}
	l.grown -= info.Size()
	return nil
}

func underlying(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// content is an open file, written in place.
type content interface {
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	Truncate(size int64) error
	Size() (int64, error)
}

// write changes bytes of a file and notes first what they were.
func (l *Log) write(node int, f content, p []byte, off int64) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	size, err := f.Size()
	if err != nil {
		return 0, err
	}
	more := max(0, off+int64(len(p))-size)
	if l.limit > 0 && l.grown+more > l.limit {
		return 0, syscall.ENOSPC
	}
	if err := l.before(node, f, off, min(off+int64(len(p)), size), size); err != nil {
		return 0, err
	}
	l.grown += more
	return f.WriteAt(p, off)
}

// truncate cuts or lengthens a file and notes first what is cut off.
func (l *Log) truncate(node int, f content, to int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	size, err := f.Size()
	if err != nil {
		return err
	}
	if l.limit > 0 && l.grown+to-size > l.limit {
		return syscall.ENOSPC
	}
	if err := l.before(node, f, to, size, size); err != nil {
		return err
	}
	l.grown += to - size
	return f.Truncate(to)
}

// before notes the bytes of a file from at up to end.
func (l *Log) before(node int, f content, at, end, size int64) error {
	r := record{Op: opWrite, Node: node, At: at, Size: size}
	if at < end {
		r.Old = make([]byte, end-at)
		if n, err := f.ReadAt(r.Old, at); n < len(r.Old) {
			return fmt.Errorf("reading what is to be written over: %w", err)
		}
	}
	return l.note(r)
}

// sync notes that the bytes of a file are kept.
func (l *Log) sync(node int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.note(record{Op: opSync, Node: node})
}

// syncDir notes that the names of a folder are kept.
func (l *Log) syncDir(path string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.note(record{Op: opSyncDir, Path: path})
}
