// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"

	"filippo.io/age"

	"recount/fault"
	"recount/internal/durable"
)

// file is a file of a backup as a manifest or a list names it: by its name, the
// number of its bytes and their SHA-256.
type file struct {
	Name string
	Size int64
	Sum  [32]byte
}

func (f file) text() string {
	return fmt.Sprintf("%s %d %s", f.Name, f.Size, hex.EncodeToString(f.Sum[:]))
}

func parseFile(words []string) (f file, err error) {
	if len(words) != 3 {
		return f, fmt.Errorf("%w: a file is named by its name, its size and its SHA-256", fault.Invalid)
	}
	f.Name = words[0]
	if f.Size, err = parseNumber(words[1]); err != nil {
		return f, err
	}
	f.Sum, err = parseSum(words[2])
	return f, err
}

func parseNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 1<<53-1 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%w: the number %.40q", fault.Invalid, text)
	}
	return n, nil
}

func parseSum(text string) (sum [32]byte, err error) {
	if len(text) != 64 {
		return sum, fmt.Errorf("%w: %.80q is no SHA-256 of 64 digits", fault.Invalid, text)
	}
	_, err = hex.Decode(sum[:], []byte(text))
	if err != nil || hex.EncodeToString(sum[:]) != text {
		return sum, fmt.Errorf("%w: %.80q is no SHA-256 of 64 digits", fault.Invalid, text)
	}
	return sum, nil
}

// counted writes to a file, and counts and hashes what it writes.
type counted struct {
	w    io.Writer
	size int64
	sum  hash.Hash
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.size += int64(n)
	c.sum.Write(p[:n]) // a hash never fails
	return n, err
}

// writeFile writes a file of a folder in one step: under another name first,
// then durably under its own. What produce writes is sealed to the recipients,
// unless there are none.
func writeFile(files durable.Files, dir, name string, recipients []age.Recipient, produce func(io.Writer) error) (f file, err error) {
	place := filepath.Join(dir, filepath.FromSlash(name))
	defer func() { err = explain(place, err) }()
	temp := place + ".new"
	if err := files.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := durable.MakeDirs(files, filepath.Dir(place), 0o700); err != nil {
		return f, err
	}
	out, err := files.Create(temp, 0o600)
	if err != nil {
		return f, err
	}
	c := &counted{w: out, sum: sha256.New()}
	err = produceTo(c, recipients, produce)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = files.Move(temp, place, true)
	}
	if err != nil {
		if gone := files.Remove(temp); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return f, err
	}
	return file{name, c.size, [32]byte(c.sum.Sum(nil))}, files.SyncDir(filepath.Dir(place))
}

func produceTo(w io.Writer, recipients []age.Recipient, produce func(io.Writer) error) error {
	if len(recipients) == 0 {
		return produce(w)
	}
	sealed, err := age.Encrypt(w, recipients...)
	if err != nil {
		return err
	}
	if err := produce(sealed); err != nil {
		return err
	}
	return sealed.Close()
}

// readFile calls use with the content of a file that a manifest or a list
// names, opened with the identities unless there are none. Whatever use
// answers, a file that is missing or has other bytes than the named ones is
// fault.Tampered; use must undo what it did when readFile fails.
func readFile(files durable.Files, dir string, f file, identities []age.Identity, use func(io.Reader) error) (err error) {
	place := filepath.Join(dir, filepath.FromSlash(f.Name))
	in, err := files.Open(place)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the file %s of this backup is missing", fault.Tampered, place)
	}
	if err != nil {
		return explain(place, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	c := &counted{w: io.Discard, sum: sha256.New()}
	all := io.TeeReader(in, c)
	used := open(all, identities, use)
	if _, err := io.Copy(io.Discard, all); err != nil {
		return explain(place, err)
	}
	if c.size != f.Size || [32]byte(c.sum.Sum(nil)) != f.Sum {
		return fmt.Errorf("%w: the file %s of this backup was changed, cut off or exchanged: it has %d bytes and the SHA-256 %x; %d bytes and %x were written", fault.Tampered, place, c.size, c.sum.Sum(nil), f.Size, f.Sum)
	}
	if used != nil {
		return fmt.Errorf("%s: %w", place, used)
	}
	return nil
}

func open(r io.Reader, identities []age.Identity, use func(io.Reader) error) error {
	if len(identities) == 0 {
		return use(r)
	}
	plain, err := age.Decrypt(r, identities...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return fmt.Errorf("%w: none of the identities given opens it: it was sealed to others (accepted: the file that \"recount backup keygen\" wrote when this backup was set up)", fault.Forbidden)
	}
	if err != nil {
		return fmt.Errorf("%w: it is not sealed as it should be: %w", fault.Invalid, err)
	}
	return use(plain)
}

// readAll reads a small file whole.
func readAll(files durable.Files, name string, limit int64) (data []byte, err error) {
	in, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	data, err = io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%w: %s has more than %d bytes", fault.Invalid, name, limit)
	}
	return data, err
}

// sizeOf is how many bytes a file has; -1 where there is none.
func sizeOf(files durable.Files, name string) (size int64, err error) {
	in, err := files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return -1, nil
	}
	if err != nil {
		return -1, explain(name, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return -1, explain(name, err)
	}
	return info.Size(), nil
}

// remove takes a file away, durably; one that is gone already too.
func remove(files durable.Files, name string) error {
	if err := files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explain(name, err)
	}
	return explain(name, files.SyncDir(filepath.Dir(name)))
}
