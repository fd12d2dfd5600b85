// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"recount/fault"
)

// Open opens a bundle for Bundle: a folder, or a zip file with the bundle in
// one folder. Close it afterwards.
func Open(name string) (fsys fs.FS, closer io.Closer, err error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%w: there is no folder or zip file %s", fault.NotFound, name)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		return root.FS(), root, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	fsys, err = OpenZip(f, info.Size())
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return fsys, f, nil
}

// OpenZip reads the directory of a zip file of that many bytes and guards
// against those that are made to do harm (fault.Invalid): names that lead out
// of the folder, that stand twice or differ in case alone, more files or more
// bytes than any bundle has, and files that are packed beyond reason. What a
// file unpacks to is bounded by what the directory says of it. Bytes and entries
// beside those of the bundle are no error: Bundle finds it changed.
func OpenZip(r io.ReaderAt, size int64) (fs.FS, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: not a zip file that can be read: %w", fault.Invalid, err)
	}
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("%w: a zip file with %d entries; at most %d are read", fault.Invalid, len(z.File), maxFiles)
	}
	var total uint64
	top := ""
	seen := make(map[string]bool)
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if !isPlainName(name) || strings.HasPrefix(name, "/") || seen[strings.ToLower(name)] {
			return nil, fmt.Errorf("%w: a zip file with the name %s; accepted are names of ASCII letters, digits, '.', '-', '_', below one folder, each once", fault.Invalid, shown(f.Name))
		}
		seen[strings.ToLower(name)] = true
		first, _, _ := strings.Cut(name, "/")
		if top != "" && first != top || first == name && !f.Mode().IsDir() {
			return nil, fmt.Errorf("%w: a zip file with %s outside the one folder of a bundle", fault.Invalid, shown(f.Name))
		}
		top = first
		if !f.Mode().IsDir() && !f.Mode().IsRegular() {
			return nil, fmt.Errorf("%w: %s in the zip file is neither file nor folder", fault.Invalid, shown(f.Name))
		}
		// Deflate cannot pack tighter than about 1 : 1032.
		if f.UncompressedSize64 > 1100*f.CompressedSize64+1024 {
			return nil, fmt.Errorf("%w: %s in the zip file claims to unpack to %d bytes from %d", fault.Invalid, shown(f.Name), f.UncompressedSize64, f.CompressedSize64)
		}
		if total += f.UncompressedSize64; f.UncompressedSize64 > maxTotal || total > maxTotal {
			return nil, fmt.Errorf("%w: a zip file that unpacks to more than %d bytes", fault.Invalid, int64(maxTotal))
		}
	}
	if top == "" {
		return nil, fmt.Errorf("%w: an empty zip file", fault.Invalid)
	}
	sub, err := fs.Sub(z, top)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.Invalid, err)
	}
	return zipped{bounded{sub}, layout(r, size, z.File)}, nil
}

// zipped is a bundle in a zip file.
type zipped struct {
	bounded
	odd []Finding // what is in the zip file beside the bundle
}

// bounded holds each file to the size that the directory states.
type bounded struct{ fs.FS }

// Open makes bounded an fs.FS.
func (b bounded) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if info.IsDir() {
		return f, nil
	}
	return &boundedFile{File: f, left: info.Size()}, nil
}

type boundedFile struct {
	fs.File
	left int64
}

// Read makes boundedFile an fs.File.
func (f *boundedFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if f.left -= int64(n); f.left < 0 {
		return 0, fmt.Errorf("%w: a file of the zip file unpacks to more than it states", fault.Invalid)
	}
	if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: a file of the zip file is damaged: %w", fault.Invalid, err)
	}
	return n, err
}
