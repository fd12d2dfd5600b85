// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"path/filepath"
)

// List gives every address, ascending, as it reads folder after folder: an
// object that comes or goes meanwhile may be given or not. Files that are not
// in an object's place under an object's name are not the vault's and are
// passed over.
func (f *FolderBackend) List(ctx context.Context) iter.Seq2[Address, error] {
	return func(yield func(Address, error) bool) {
		for first, err := range f.shards(ctx, "") {
			if err != nil {
				yield(Address{}, err)
				return
			}
			for second, err := range f.shards(ctx, first) {
				if err != nil {
					yield(Address{}, err)
					return
				}
				if !f.listShard(ctx, second, yield) {
					return
				}
			}
		}
	}
}

// shards gives the folders named with two hexadecimal digits.
func (f *FolderBackend) shards(ctx context.Context, under string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		entries, err := f.readDir(ctx, under)
		if err != nil {
			yield("", err)
			return
		}
		for _, entry := range entries {
			if entry.IsDir() && isShard(entry.Name()) && !yield(filepath.Join(under, entry.Name()), nil) {
				return
			}
		}
	}
}

func isShard(name string) bool {
	hex := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }
	return len(name) == len("ab") && hex(name[0]) && hex(name[1])
}

func (f *FolderBackend) listShard(ctx context.Context, shard string, yield func(Address, error) bool) bool {
	entries, err := f.readDir(ctx, shard)
	if err != nil {
		yield(Address{}, err)
		return false
	}
	for _, entry := range entries {
		a, err := ParseAddress(entry.Name())
		if err != nil || !entry.Type().IsRegular() || f.path(a) != filepath.Join(f.dir, shard, entry.Name()) {
			continue
		}
		if !yield(a, nil) {
			return false
		}
	}
	return true
}

// readDir reads a folder of the vault; one that is gone meanwhile is empty.
func (f *FolderBackend) readDir(ctx context.Context, under string) ([]fs.DirEntry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := f.files.ReadDir(filepath.Join(f.dir, under))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, f.explain(err)
}
