// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"recount/fault"
)

// Limits of a bundle. They bound what a hostile one can make a reader do.
const (
	maxFiles = 200_000
	maxText  = 64 << 20 // bytes of a file that is held in memory
	maxTotal = 64 << 30 // bytes of all files
)

// bag is a bundle as it lies there.
type bag struct {
	fsys  fs.FS
	names []string // all regular files, in the order of fs.WalkDir
	size  map[string]int64
	sum   map[string]string // SHA-256 in hex, of the files that were hashed
	odd   []Finding         // what is no file as bundles have them
}

// openBag lists and hashes every file. It answers an error only where the
// bundle cannot be read at all.
func openBag(ctx context.Context, fsys fs.FS) (*bag, error) {
	b := &bag{fsys: fsys, size: make(map[string]int64), sum: make(map[string]string)}
	if z, ok := fsys.(zipped); ok {
		b.odd = append(b.odd, z.odd...)
	}
	folded := make(map[string]string)
	var folders []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." {
				folders = append(folders, name)
			}
			return nil
		}
		if !d.Type().IsRegular() {
			b.odd = append(b.odd, Finding{Verdict: Refuted, File: shown(name), What: "not a regular file", Expected: "files and folders only", Found: d.Type().String()})
			return nil
		}
		if !isPlainName(name) {
			b.odd = append(b.odd, Finding{Verdict: Refuted, File: shown(name), What: "the name of a file", Expected: "letters, digits, '.', '-', '_' of ASCII", Found: shown(name)})
			return nil
		}
		if other, ok := folded[strings.ToLower(name)]; ok {
			b.odd = append(b.odd, Finding{Verdict: Refuted, File: name, What: "two names that differ in case alone", Expected: "one of them", Found: other})
		}
		folded[strings.ToLower(name)] = name
		if len(b.names) >= maxFiles {
			return fmt.Errorf("%w: more than %d files", fault.Invalid, maxFiles)
		}
		b.names = append(b.names, name)
		return nil
	})
	if err != nil {
		return nil, readError(err)
	}
	for _, name := range emptyFolders(folders, b.names) {
		b.odd = append(b.odd, Finding{Verdict: Refuted, File: shown(name), What: "a folder without a file", Expected: "folders that lead to a file of the bundle", Found: shown(name)})
	}
	return b, b.hash(ctx)
}

func (b *bag) hash(ctx context.Context) error {
	left := int64(maxTotal)
	for _, name := range b.names {
		f, err := b.fsys.Open(name)
		if err != nil {
			return readError(err)
		}
		h := sha256.New()
		n, err := io.Copy(h, io.LimitReader(contextReader{ctx, f}, left+1))
		if err := errors.Join(err, f.Close()); err != nil {
			return readError(err)
		}
		if left -= n; left < 0 {
			return fmt.Errorf("%w: the bundle holds more than %d bytes", fault.Invalid, int64(maxTotal))
		}
		b.size[name], b.sum[name] = n, hex.EncodeToString(h.Sum(nil))
	}
	return nil
}

func readError(err error) error {
	if _, ok := fault.KindOf(err); ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("reading the bundle: %w", err)
	}
	return fmt.Errorf("%w: reading the bundle: %w", fault.Unavailable, err)
}

// contextReader ends reading when its context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func (b *bag) has(name string) bool { _, ok := b.sum[name]; return ok }

// read is a small file whole; fault.NotFound where it is missing.
func (b *bag) read(name string) ([]byte, error) {
	if !b.has(name) {
		return nil, fmt.Errorf("%w: %s is not in the bundle", fault.NotFound, name)
	}
	if b.size[name] > maxText {
		return nil, fmt.Errorf("%w: %s has %d bytes; at most %d are read", fault.Invalid, name, b.size[name], maxText)
	}
	f, err := b.fsys.Open(name)
	if err != nil {
		return nil, readError(err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, readError(err)
	}
	return text, nil
}

// under are the files of a folder, by their names below it.
func (b *bag) under(dir string) []string {
	var names []string
	for _, name := range b.names {
		if strings.HasPrefix(name, dir+"/") {
			names = append(names, strings.TrimPrefix(name, dir+"/"))
		}
	}
	return names
}

// isPlainName reports whether every element of a path is of ASCII letters,
// digits, ".", "-" and "_", so that it is the same on every machine.
func isPlainName(name string) bool {
	if len(name) > 200 || path.Clean(name) != name || strings.HasPrefix(name, "../") {
		return false
	}
	for _, r := range name {
		plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("./-_", r)
		if !plain {
			return false
		}
	}
	return true
}

// shown makes a name fit for a terminal.
func shown(name string) string {
	if isPlainName(name) {
		return name
	}
	return fmt.Sprintf("%q", clip(name, 120))
}
