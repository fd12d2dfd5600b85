// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"recount/fault"
	"recount/verify"
)

// file is a small file of a bundle.
type file struct {
	name string
	text []byte
}

// bagWriter writes the files of a bag and remembers what it wrote.
type bagWriter struct {
	dir   string
	names []string
	sums  map[string]string
	sizes map[string]int64
}

func isPayload(name string) bool { return strings.HasPrefix(name, "data/") }
func isTag(name string) bool     { return !isPayload(name) }

// add writes small files.
func (w *bagWriter) add(files ...file) error {
	for _, f := range files {
		err := w.stream(f.name, func(to io.Writer) error {
			_, err := to.Write(f.text)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// stream writes one file as fill gives it, hashing what passes.
func (w *bagWriter) stream(name string, fill func(io.Writer) error) error {
	h := sha256.New()
	n, err := w.put(name, func(to io.Writer) error { return fill(io.MultiWriter(to, h)) })
	if err != nil {
		return err
	}
	if w.sums == nil {
		w.sums, w.sizes = make(map[string]string), make(map[string]int64)
	}
	if _, twice := w.sums[name]; twice {
		return fmt.Errorf("%w: %s is written twice", fault.Conflict, name)
	}
	w.names = append(w.names, name)
	w.sums[name], w.sizes[name] = hex.EncodeToString(h.Sum(nil)), n
	return nil
}

// write writes a file that no manifest lists.
func (w *bagWriter) write(f file) error {
	_, err := w.put(f.name, func(to io.Writer) error { _, err := to.Write(f.text); return err })
	return err
}

// put writes a file; its bytes are on the disk when it returns nil.
func (w *bagWriter) put(name string, fill func(io.Writer) error) (n int64, err error) {
	full := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return 0, onDisk(err)
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return 0, onDisk(err)
	}
	counted := &counter{w: f}
	buffered := bufio.NewWriterSize(counted, 1<<16)
	if err = fill(buffered); err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return counted.n, onDisk(errors.Join(err, f.Close()))
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// onDisk gives errors of the file system their kind.
func onDisk(err error) error {
	var path *fs.PathError
	if _, known := fault.KindOf(err); err != nil && !known && errors.As(err, &path) {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return err
}

func (w *bagWriter) count(which func(string) bool) (n int64) {
	for _, name := range w.names {
		if which(name) {
			n++
		}
	}
	return n
}

func (w *bagWriter) payloadBytes() (n int64) {
	for name, size := range w.sizes {
		if isPayload(name) {
			n += size
		}
	}
	return n
}

// manifest lists files with their SHA-256, by name, as sha256sum reads it.
func (w *bagWriter) manifest(which func(string) bool) []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(slices.Values(w.names)) {
		if which(name) {
			b.WriteString(w.sums[name] + "  " + name + "\n")
		}
	}
	return b.Bytes()
}

// free refuses places where something is.
func free(dir, archive string) error {
	if dir != "" {
		entries, err := os.ReadDir(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return fmt.Errorf("%w: %s is to become the folder of the bundle: %w", fault.Conflict, dir, err)
		case len(entries) > 0:
			return fmt.Errorf("%w: the folder %s is not empty; name one that does not exist, or is empty", fault.Conflict, dir)
		}
	}
	if archive != "" {
		if _, err := os.Lstat(archive); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: there is a file %s already; name one that does not exist", fault.Conflict, archive)
		}
	}
	return nil
}

// newBundleFolder makes the folder in which a bundle is made, in a workplace
// beside its place.
func newBundleFolder(p Publication) (*workplace, string, error) {
	beside := p.Dir
	if beside == "" {
		beside = p.Zip
	}
	w, err := newWorkplace(beside)
	if err != nil {
		return nil, "", err
	}
	folder := w.path("bundle")
	if err := errors.Join(os.Mkdir(folder, 0o755), os.Chmod(folder, 0o755)); err != nil {
		return nil, "", onDisk(errors.Join(err, w.close()))
	}
	return w, folder, nil
}

// putInPlace gives the finished bundle its name or names: the zip file first, as
// the folder is what it is made of.
func putInPlace(work string, p Publication, s verify.Seal) (err error) {
	if p.Zip != "" {
		if err := placeZip(work, p.Zip, fmt.Sprintf("%s-%d", s.Dossier, s.Edition)); err != nil {
			return err
		}
	}
	if p.Dir == "" {
		return nil
	}
	if err := os.Remove(p.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(onDisk(err), unplace(p.Zip)) // it has been filled meanwhile
	}
	if err := os.Rename(work, p.Dir); err != nil {
		return errors.Join(onDisk(err), unplace(p.Zip))
	}
	return nil
}

func unplace(archive string) error {
	if archive == "" {
		return nil
	}
	return onDisk(os.Remove(archive))
}

// placeZip packs the bundle below one folder. The same bundle gives the same
// bytes: files by name, no times of their own.
func placeZip(work, archive, folder string) (err error) {
	w, err := newWorkplace(archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	f, err := os.OpenFile(w.path("bundle.zip"), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return onDisk(err)
	}
	if err := errors.Join(packZip(f, os.DirFS(work), folder), f.Sync(), f.Chmod(0o644), f.Close()); err != nil {
		return onDisk(err)
	}
	return onDisk(os.Rename(f.Name(), archive))
}

func packZip(to io.Writer, bundle fs.FS, folder string) error {
	z := zip.NewWriter(to)
	// fs.WalkDir goes by name.
	err := fs.WalkDir(bundle, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		h := &zip.FileHeader{Name: folder + "/" + name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		h.SetMode(0o644)
		w, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		f, err := bundle.Open(name)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, f)
		return errors.Join(err, f.Close())
	})
	return errors.Join(err, z.Close())
}
