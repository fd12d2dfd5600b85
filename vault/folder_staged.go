// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"

	"recount/internal/durable"
)

// Create begins an object in a new temporary file.
func (f *FolderBackend) Create(ctx context.Context) (Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := durable.MakeDirs(f.files, filepath.Join(f.dir, stagingFolder), folderMode); err != nil {
		return nil, f.explain(err)
	}
	// The name only has to be free; Create never opens a file that is there.
	for {
		f.mu.Lock()
		f.staged++
		number := f.staged
		f.mu.Unlock()
		name := filepath.Join(f.dir, stagingFolder, fmt.Sprintf("%d-%d", os.Getpid(), number))
		file, err := f.files.Create(name, objectMode)
		if errors.Is(err, fs.ErrExist) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return nil, f.explain(err)
		}
		return &folderStaged{backend: f, name: name, file: file, hash: sha256.New()}, nil
	}
}

type folderStaged struct {
	backend *FolderBackend
	name    string
	file    durable.File // nil at the end
	hash    hash.Hash
	err     error // the first failed write: what follows could not be in its place
}

// hashBeside is from how many bytes on hashing and writing run side by side.
const hashBeside = 32 << 10

func (s *folderStaged) Write(p []byte) (int, error) {
	if s.file == nil {
		return 0, errStagedEnded
	}
	if s.err != nil {
		return 0, s.err
	}
	hashed := make(chan struct{})
	if len(p) >= hashBeside {
		go func() { s.hash.Write(p); close(hashed) }()
	} else {
		s.hash.Write(p)
		close(hashed)
	}
	n, err := s.file.Write(p)
	<-hashed
	s.err = s.backend.explain(err)
	return n, s.err
}

func (s *folderStaged) Address() Address { return Address(s.hash.Sum(nil)) }

func (s *folderStaged) Commit(ctx context.Context, a Address) error {
	if s.file == nil {
		return errStagedEnded
	}
	err := s.err
	if err == nil {
		err = ctx.Err()
	}
	if got := s.Address(); err == nil && got != a {
		err = refuseAddress(got, a)
	}
	if err == nil {
		err = s.backend.explain(s.file.Sync())
	}
	if err != nil {
		return errors.Join(err, s.Abort())
	}
	err = s.file.Close()
	s.file = nil
	if err == nil {
		err = s.backend.place(s.name, a)
	}
	if err != nil {
		return errors.Join(s.backend.explain(err), s.backend.discard(s.name))
	}
	return nil
}

func (s *folderStaged) Abort() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return errors.Join(err, s.backend.discard(s.name))
}

// discard removes a temporary file, which need not be durable: one that comes
// back after a power failure is swept.
func (f *FolderBackend) discard(name string) error {
	if err := f.files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.explain(err)
	}
	return nil
}

// place gives a synced temporary file its object's name, durably. An object
// that is there already stays; its name is synced all the same, since whoever
// put it there may not have come to that yet.
func (f *FolderBackend) place(temp string, a Address) error {
	place := f.path(a)
	shard := filepath.Dir(place)
	if err := f.makeShard(shard); err != nil {
		return err
	}
	err := f.files.Move(temp, place, false)
	if errors.Is(err, fs.ErrExist) {
		err = f.discard(temp)
	}
	if err != nil {
		return err
	}
	return f.files.SyncDir(shard)
}

// makeShard makes the two folders above an object and sees that their names
// are durable, once in each process: a folder that is there may have been made
// by a process that ended before it synced the parent.
func (f *FolderBackend) makeShard(shard string) error {
	f.mu.Lock()
	known := f.synced[shard]
	f.mu.Unlock()
	if known {
		return nil
	}
	if err := durable.MakeDirs(f.files, shard, folderMode); err != nil {
		return err
	}
	if err := f.syncRoot(); err != nil {
		return err
	}
	if err := f.files.SyncDir(filepath.Dir(shard)); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.synced[shard] = true
	return nil
}

// syncRoot does the same for the vault's own folder and all above it, of which
// the outer ones may belong to somebody else and not be readable.
func (f *FolderBackend) syncRoot() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.synced[f.dir] {
		return nil
	}
	for dir := f.dir; ; dir = filepath.Dir(dir) {
		if err := f.files.SyncDir(dir); err != nil && (dir == f.dir || !errors.Is(err, fs.ErrPermission)) {
			return err
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	f.synced[f.dir] = true
	return nil
}
