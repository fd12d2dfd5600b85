// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"recount/fault"
	"recount/internal/durable"
	"recount/store"
	"recount/strongroom"
)

// ways are how an archive that is encrypted is opened. A passphrase never
// stands in an argument or a variable, where others on the machine could read it.
type ways struct {
	PassphraseFile string `name:"passphrase-file" placeholder:"FILE" help:"Open the archive by the passphrase (or the recovery key) in the first line of this file. The variable RECOUNT_PASSPHRASE_FILE names one too. Without any of these three, it is asked for."`
	PassphraseFD   *int   `name:"passphrase-fd" placeholder:"N" help:"Open it by the passphrase that can be read from this file descriptor, such as 3, or 0 for standard input."`
	KeyFile        string `name:"key-file" placeholder:"FILE" help:"Open it by this key file, kept on another medium than the archive. The variable RECOUNT_KEY_FILE names one too."`
}

// given finds the way that was named, in this order: descriptor, passphrase
// file, key file, then the two variables. named is false where there is none.
func (d *desk) given() (way strongroom.Way, named bool, err error) {
	w := d.globals.ways
	if w.PassphraseFD == nil && w.PassphraseFile == "" && w.KeyFile == "" {
		w.PassphraseFile, w.KeyFile = d.program.getenv("RECOUNT_PASSPHRASE_FILE"), d.program.getenv("RECOUNT_KEY_FILE")
	}
	switch {
	case w.PassphraseFD != nil:
		way, err = d.passphraseFrom(os.NewFile(uintptr(*w.PassphraseFD), "passphrase"), fmt.Sprintf("descriptor %d", *w.PassphraseFD))
	case w.PassphraseFile != "":
		way, err = d.passphraseIn(w.PassphraseFile)
	case w.KeyFile != "":
		way, err = keyFileIn(w.KeyFile)
	default:
		return way, false, nil
	}
	return way, true, err
}

func (d *desk) passphraseIn(name string) (strongroom.Way, error) {
	f, err := os.Open(name)
	if err != nil {
		return strongroom.Way{}, fmt.Errorf("%w: the file with the passphrase: %w", fault.Invalid, err)
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		d.out.warn("warning: others on this machine may read %s, which holds a passphrase", name)
	}
	return d.passphraseFrom(f, name)
}

// longestLine is more than anybody types.
const longestLine = 4096

func (d *desk) passphraseFrom(f *os.File, name string) (way strongroom.Way, err error) {
	if f == nil {
		return way, fmt.Errorf("%w: %s is no open file", fault.Invalid, name)
	}
	defer f.Close() // only read from
	text, err := io.ReadAll(io.LimitReader(f, longestLine))
	if err != nil {
		return way, fmt.Errorf("%w: reading the passphrase from %s: %w", fault.Invalid, name, err)
	}
	defer clear(text)
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	if len(bytes.TrimSpace(rest)) > 0 || len(text) == longestLine {
		return way, fmt.Errorf("%w: %s has more than one line; accepted is a passphrase alone in it", fault.Invalid, name)
	}
	return typed(string(bytes.TrimSuffix(line, []byte("\r"))))
}

// typed takes a recovery key for what it is: its check digits make sure that no
// passphrase is taken for one.
func typed(text string) (strongroom.Way, error) {
	if way, err := strongroom.Recovery(text); err == nil {
		return way, nil
	}
	return strongroom.Passphrase(text)
}

func keyFileIn(name string) (strongroom.Way, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return strongroom.Way{}, fmt.Errorf("%w: the key file: %w", fault.Invalid, err)
	}
	defer clear(text)
	way, err := strongroom.KeyFile(text)
	if err != nil {
		return way, fmt.Errorf("%s: %w", name, err)
	}
	return way, nil
}

// tries is how often a passphrase can be typed.
const tries = 3

// unlock opens the ring of the archive for store.Open.
func (d *desk) unlock(ring *strongroom.Ring) (*strongroom.Key, error) {
	way, named, err := d.given()
	if err != nil {
		return nil, err
	}
	if named {
		defer way.Forget()
		return ring.Open(way)
	}
	if !d.canAsk() {
		return nil, fmt.Errorf("%w: this archive is encrypted, and nobody sits here to be asked for its passphrase; accepted: --passphrase-file FILE, --passphrase-fd N or --key-file FILE", fault.Forbidden)
	}
	for n := 1; ; n++ {
		key, err := d.tryTyped(ring)
		if err == nil || n == tries || !errors.Is(err, fault.Forbidden) && !errors.Is(err, fault.Invalid) {
			return key, err
		}
		d.out.warn("%s", err)
	}
}

func (d *desk) tryTyped(ring *strongroom.Ring) (*strongroom.Key, error) {
	text, err := d.askSecret("Passphrase (or recovery key) of the archive: ")
	if err != nil {
		return nil, err
	}
	way, err := typed(text)
	if err != nil {
		return nil, err
	}
	defer way.Forget()
	return ring.Open(way)
}

// canAsk tells whether somebody sits at this terminal.
func (d *desk) canAsk() bool {
	f, ok := d.program.stdin.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// askSecret asks on the terminal without showing what is typed. When the
// program is stopped meanwhile the terminal is left as it was.
func (d *desk) askSecret(prompt string) (string, error) {
	f, ok := d.program.stdin.(*os.File)
	if !ok {
		return "", fmt.Errorf("%w: there is no terminal to ask on", fault.Unavailable)
	}
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return "", fmt.Errorf("%w: the terminal: %w", fault.Unavailable, err)
	}
	fmt.Fprint(d.out.err, prompt)
	type answer struct {
		text []byte
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(int(f.Fd()))
		got <- answer{text, err}
	}()
	select {
	case a := <-got:
		fmt.Fprintln(d.out.err)
		defer clear(a.text)
		if a.err != nil {
			return "", fmt.Errorf("%w: reading what was typed: %w", fault.Unavailable, a.err)
		}
		return string(a.text), nil
	case <-d.ctx.Done():
		fmt.Fprintln(d.out.err)
		return "", errors.Join(context.Cause(d.ctx), term.Restore(int(f.Fd()), before))
	}
}

// askNew asks for a new passphrase, twice.
func (d *desk) askNew() (way strongroom.Way, err error) {
	first, err := d.askSecret("New passphrase (12 characters or more): ")
	if err != nil {
		return way, err
	}
	again, err := d.askSecret("The same again: ")
	if err != nil {
		return way, err
	}
	if first != again {
		return way, fmt.Errorf("%w: the two are not the same; nothing was done", fault.Invalid)
	}
	return strongroom.Passphrase(first)
}

// lock answers how a new archive is locked; nil: it is to be plain.
func (d *desk) lock(dir string, plain bool) (func() (*strongroom.Ring, *strongroom.Key, error), error) {
	if plain {
		if w := d.globals.ways; w.PassphraseFD != nil || w.PassphraseFile != "" || w.KeyFile != "" {
			return nil, fmt.Errorf("%w: --plain makes an archive that nothing locks; accepted: --plain alone, or a way to open it", fault.Invalid)
		}
		return nil, nil
	}
	if err := d.newKeyFile(dir); err != nil {
		return nil, err
	}
	way, named, err := d.given()
	switch {
	case err != nil:
		return nil, err
	case !named && !d.canAsk():
		return nil, fmt.Errorf("%w: a new archive is encrypted, and nobody sits here to be asked for a passphrase; accepted: --passphrase-file FILE, --passphrase-fd N, --key-file FILE, or --plain for an archive that everybody can read who gets at its folder", fault.Invalid)
	case !named:
		if way, err = d.askNew(); err != nil {
			return nil, err
		}
	}
	return d.locks(way), nil
}

// lockTyped is lock for the page that begins an archive: by the way that whoever
// started the program has named, else by the passphrase that was typed there;
// plain where none was.
func (d *desk) lockTyped(dir string, named bool, passphrase string) (func() (*strongroom.Ring, *strongroom.Key, error), error) {
	switch {
	case named:
		return d.lock(dir, false)
	case passphrase == "":
		return nil, nil
	}
	way, err := strongroom.Passphrase(passphrase)
	if err != nil {
		return nil, err
	}
	return d.locks(way), nil
}

// locks makes the ring of a new archive with its first way.
func (d *desk) locks(way strongroom.Way) func() (*strongroom.Ring, *strongroom.Key, error) {
	return func() (*strongroom.Ring, *strongroom.Key, error) {
		key, err := strongroom.NewKey(d.program.rand)
		if err != nil {
			return nil, nil, err
		}
		ring, err := strongroom.New(key, way, strongroom.UsualCost(), d.program.now(), d.program.rand)
		return ring, key, err
	}
}

// newKeyFile makes the key file that was named where it is not there yet.
func (d *desk) newKeyFile(archive string) error {
	w := d.globals.ways
	name := w.KeyFile
	if name == "" && w.PassphraseFile == "" && w.PassphraseFD == nil && d.program.getenv("RECOUNT_PASSPHRASE_FILE") == "" {
		name = d.program.getenv("RECOUNT_KEY_FILE")
	}
	if name == "" || store.Here(archive) {
		return nil
	}
	return d.makeKeyFile(name, archive)
}

// makeKeyFile makes a key file where none is, but never in the archive that it
// opens.
func (d *desk) makeKeyFile(name, archive string) error {
	inside, err := within(name, archive)
	if err != nil {
		return err
	}
	if inside {
		return fmt.Errorf("%w: the key file %s would lie in the archive that it opens, where it protects nothing; accepted is a place outside of it, best on another medium", fault.Invalid, name)
	}
	text, err := strongroom.NewKeyFile(d.program.rand)
	if err != nil {
		return err
	}
	defer clear(text)
	err = durable.WriteFile(durable.OS(), name, text, 0o600, false)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	d.out.note("The key file %s was made. Whoever has it can open the archive; without it, or another way, nobody can.", name)
	return nil
}

func within(name, dir string) (bool, error) {
	file, err := filepath.Abs(name)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", fault.Invalid, err)
	}
	below, err := filepath.Rel(dir, file)
	return err == nil && below != ".." && !slices.Contains(strings.Split(below, string(filepath.Separator)), ".."), nil
}
