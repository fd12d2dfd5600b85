// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"recount/access"
	"recount/store"
)

// Words that stand in the cases of this test and nowhere else: in a name, in
// what is said, in the name of a file, in a draft, and in that of an account.
const (
	secretName    = "Plomvark"
	secretPhrase  = "Kvintrubble at the weir"
	secretFile    = "Weirletter-Zobrinth"
	secretDraft   = "Quombelisk was not there"
	secretAccount = "Ustrefane"
)

func allSecrets() []string {
	return []string{secretName, secretPhrase, secretFile, secretDraft, secretAccount}
}

// written answers all ways in which a text is looked for: as it is and in small
// letters, each in UTF-8, UTF-16 of both orders, base64 at each of the three
// places where it can begin, and hexadecimal of both cases.
func written(text string) [][]byte {
	var all [][]byte
	for _, form := range []string{text, strings.ToLower(text)} {
		plain := []byte(form)
		var little, big []byte
		for _, u := range utf16.Encode([]rune(form)) {
			little = append(little, byte(u), byte(u>>8))
			big = append(big, byte(u>>8), byte(u))
		}
		all = append(all, plain, little, big, []byte(hex.EncodeToString(plain)), []byte(strings.ToUpper(hex.EncodeToString(plain))))
		for shift := range 3 {
			encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), plain...))
			first := (shift*8 + 5) / 6 // letters that what stands before also has a part in
			last := len(encoded)
			if (shift+len(plain))%3 != 0 {
				last-- // and one that what stands behind has
			}
			all = append(all, []byte(encoded[first:last]))
		}
	}
	return all
}

// findings says in which files of the folders one of the texts stands, and how
// many files were looked through.
func findings(t *testing.T, texts []string, dirs ...string) (found map[string][]string, files []string) {
	t.Helper()
	found = map[string][]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			files = append(files, name)
			content = append(content, "\n"+name...) // what a file is called is readable too
			for _, text := range texts {
				if slices.ContainsFunc(written(text), func(form []byte) bool { return bytes.Contains(content, form) }) {
					found[text] = append(found[text], name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found, files
}

// TestFindings: the search of this test finds what is planted, in each way of writing.
func TestFindings(t *testing.T) {
	t.Parallel()
	for i, form := range written(secretPhrase) {
		dir := t.TempDir()
		content := slices.Concat([]byte{0, 'x', 0xff}, form, []byte("tail"))
		if err := os.WriteFile(filepath.Join(dir, "file"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		if found, _ := findings(t, []string{secretPhrase}, dir); len(found) != 1 {
			t.Errorf("way %d, %q, is not found", i, form)
		}
	}
	for shift := range 3 { // in a longer text, whose encoding begins elsewhere
		dir := t.TempDir()
		content := base64.StdEncoding.EncodeToString([]byte("abc"[:shift] + secretPhrase + " and on"))
		if err := os.WriteFile(filepath.Join(dir, "file"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if found, _ := findings(t, []string{secretPhrase}, dir); len(found) != 1 {
			t.Errorf("in base64, %d bytes from its beginning, it is not found", shift)
		}
	}
}

// TestNothingReadable plants secrets in an archive and searches all of its
// files for them while it is open, logs and temporary files included: in one
// that is encrypted there are none.
func TestNothingReadable(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp) // so no test beside it
	for _, encrypted := range []bool{false, true} {
		o := &office{t: t, dir: filepath.Join(t.TempDir(), "archive")}
		lock := "--plain"
		if encrypted {
			lock, o.globals = "--actor=A. Analyst", []string{"--key-file", filepath.Join(t.TempDir(), "key")}
		}
		o.do("init", lock, "--actor", "A. Analyst", "--title", "What "+secretName+" saw")
		a := o.opened()
		defer func() { _ = a.Close() }()
		fillWithSecrets(t, o, a)
		found, files := findings(t, allSecrets(), o.dir, temp)
		for _, ending := range []string{".db", "-wal", "-shm", ".key"} {
			if !slices.ContainsFunc(files, func(name string) bool { return strings.HasSuffix(name, ending) }) {
				t.Errorf("no file that ends with %s was looked through: this test says too little", ending)
			}
		}
		for _, text := range allSecrets() {
			if n := len(found[text]); (n > 0) == encrypted {
				t.Errorf("encrypted %t: %q stands in %d of %d files: %v", encrypted, text, n, len(files), found[text])
			}
		}
	}
}

// opened opens the archive beside the commands, and keeps it open, so that
// logs stay.
func (o *office) opened() *store.Archive {
	o.t.Helper()
	d := &desk{ctx: o.t.Context(), program: testProgram(), globals: globals{Archive: o.dir}}
	if len(o.globals) == 2 {
		d.globals.KeyFile = o.globals[1]
	}
	config := d.config()
	config.Now, config.Rand = time.Now, rand.Reader
	a, err := store.Open(o.t.Context(), config)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

func fillWithSecrets(t *testing.T, o *office, a *store.Archive) {
	t.Helper()
	c, err := a.Case(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	s := scatterIn(t, o)
	letter := filepath.Join(filepath.Dir(o.dir), secretFile+".txt")
	if err := os.WriteFile(letter, []byte("She said: "+secretPhrase+".\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	exhibit := o.do("add", "exhibit", letter)
	o.do("add", "citation", exhibit, secretPhrase)
	err = c.KeepDraft(t.Context(), store.Draft{Account: "a-0123456789abcdef", Form: "source", Fields: map[string][]string{"note": {secretDraft}}, Changed: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	office, err := a.Office(t.Context())
	if err == nil {
		_, err = office.Invite(t.Context(), secretAccount, access.Member, time.Hour)
	}
	if err == nil {
		err = c.Index(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.do("erase", "plan", s.person)
	o.do("rebuild")
	o.do("add", "source", "Office of "+secretName) // so that the log has something again
}
