// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
	"recount/internal/durable"
)

// manifest is the state of a case's backup: what stands, signed with the case's
// seal key, in the file of this name. Replacing it is what ends a run.
type manifest struct {
	Archive    string // the archive's public name
	Origin     string
	Run        int64
	Time       time.Time
	Entries    int64
	Objects    int64
	Rows       int64 // keys of rows
	Erased     int64 // entries up to the last decision to erase
	Bytes      int64 // of pieces, objects and the list
	Checkpoint []byte
	Recipients [32]byte // SHA-256 of the public keys that all is sealed to
	Keys       file     // in the other place
	KeysPlain  [32]byte
	List       file
	Office     *file // accounts; beside the cases
}

const manifestLine = "recount backup/1"

// maxManifest bounds what is read of one.
const maxManifest = 4 << 20

func (m manifest) text() string {
	office := "-"
	if m.Office != nil {
		office = m.Office.text()
	}
	return fmt.Sprintf("%s\narchive %s\norigin %s\nrun %d\ntime %s\nentries %d\nobjects %d\nrows %d\nerased %d\nbytes %d\ncheckpoint %s\nrecipients %s\nkeys %s\nkeys_plain %s\nlist %s\noffice %s\n",
		manifestLine, m.Archive, m.Origin, m.Run, m.Time.UTC().Format(time.RFC3339), m.Entries, m.Objects, m.Rows, m.Erased, m.Bytes,
		base64.StdEncoding.EncodeToString(m.Checkpoint), hex.EncodeToString(m.Recipients[:]), m.Keys.text(), hex.EncodeToString(m.KeysPlain[:]), m.List.text(), office)
}

// parseManifest reads the text of a manifest: exactly what text writes.
func parseManifest(text string) (m manifest, err error) {
	lines := strings.Split(text, "\n")
	names := []string{"archive", "origin", "run", "time", "entries", "objects", "rows", "erased", "bytes", "checkpoint", "recipients", "keys", "keys_plain", "list", "office"}
	if len(lines) != len(names)+2 || lines[0] != manifestLine || lines[len(lines)-1] != "" {
		return m, fmt.Errorf("%w: a manifest has %d lines and begins with %q", fault.Invalid, len(names)+1, manifestLine)
	}
	values := map[string]string{}
	for i, name := range names {
		value, found := strings.CutPrefix(lines[i+1], name+" ")
		if !found || value == "" {
			return m, fmt.Errorf("%w: line %d of a manifest is %q", fault.Invalid, i+2, name)
		}
		values[name] = value
	}
	m.Archive, m.Origin = values["archive"], values["origin"]
	numbers := map[string]*int64{"run": &m.Run, "entries": &m.Entries, "objects": &m.Objects, "rows": &m.Rows, "erased": &m.Erased, "bytes": &m.Bytes}
	for name, dest := range numbers {
		if *dest, err = parseNumber(values[name]); err != nil {
			return m, fmt.Errorf("line %s: %w", name, err)
		}
	}
	if m.Time, err = time.Parse(time.RFC3339, values["time"]); err != nil {
		return m, fmt.Errorf("%w: the time of a manifest: %w", fault.Invalid, err)
	}
	if m.Checkpoint, err = base64.StdEncoding.Strict().DecodeString(values["checkpoint"]); err != nil {
		return m, fmt.Errorf("%w: the checkpoint of a manifest: %w", fault.Invalid, err)
	}
	if err := m.parseFiles(values); err != nil {
		return m, err
	}
	if m.text() != text {
		return m, fmt.Errorf("%w: a manifest has one spelling, and this is another", fault.Invalid)
	}
	return m, nil
}

func (m *manifest) parseFiles(values map[string]string) (err error) {
	if m.Keys, err = parseFile(strings.Split(values["keys"], " ")); err != nil {
		return err
	}
	if m.Recipients, err = parseSum(values["recipients"]); err != nil {
		return err
	}
	if m.KeysPlain, err = parseSum(values["keys_plain"]); err != nil {
		return err
	}
	if m.List, err = parseFile(strings.Split(values["list"], " ")); err != nil {
		return err
	}
	if values["office"] != "-" {
		office, err := parseFile(strings.Split(values["office"], " "))
		if err != nil {
			return err
		}
		m.Office = &office
	}
	if !keysName.MatchString(m.Keys.Name) || !listName.MatchString(m.List.Name) || m.Office != nil && !officeName.MatchString(m.Office.Name) {
		return fmt.Errorf("%w: a manifest names a file that is none of a backup", fault.Invalid)
	}
	return nil
}

// unverified reads a manifest without asking who signed it.
func unverified(files durable.Files, dir string) (m manifest, signed []byte, err error) {
	name := filepath.Join(dir, manifestFile)
	if signed, err = readAll(files, name, maxManifest); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return m, nil, fmt.Errorf("%w: there is no %s", fault.NotFound, name)
		}
		return m, nil, explain(name, err)
	}
	text, _, found := strings.Cut(string(signed), "\n\n")
	if !found {
		return m, nil, fmt.Errorf("%w: %s is not a signed manifest", fault.Tampered, name)
	}
	if m, err = parseManifest(text + "\n"); err != nil {
		return m, nil, fmt.Errorf("%w: %s: %w", fault.Tampered, name, err)
	}
	return m, signed, nil
}

// verified sees that a manifest was signed with the seal key of a case.
func verified(dir string, signed []byte, sealVKey string) error {
	name := filepath.Join(dir, manifestFile)
	verifier, err := note.NewVerifier(sealVKey)
	if err != nil {
		return fmt.Errorf("%w: the public seal key: %w", fault.Tampered, err)
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return fmt.Errorf("%w: %s was not signed by the case whose backup this is, or it was changed: %w", fault.Tampered, name, err)
	}
	if text, _, _ := strings.Cut(string(signed), "\n\n"); opened.Text != text+"\n" {
		return fmt.Errorf("%w: %s is not a signed manifest", fault.Tampered, name)
	}
	return nil
}

// list is which pieces and which objects make up the state of a case.
type list struct {
	Pieces  []piece
	Objects []object // by address
}

// piece has the entries From ≤ seq < To; of LeftOut of them no content.
type piece struct {
	From, To, LeftOut int64
	File              file
}

type object struct {
	Address string
	Stored  int64
}

const listLine = "recount backup list/1"

func (l list) write(w io.Writer, origin string) error {
	if _, err := fmt.Fprintf(w, "%s\n%s\n", listLine, origin); err != nil {
		return err
	}
	for _, p := range l.Pieces {
		if _, err := fmt.Fprintf(w, "piece %d %d %d %s\n", p.From, p.To, p.LeftOut, p.File.text()); err != nil {
			return err
		}
	}
	for _, o := range l.Objects {
		if _, err := fmt.Fprintf(w, "object %s %d\n", o.Address, o.Stored); err != nil {
			return err
		}
	}
	return nil
}

// bytes is how many bytes pieces and objects have.
func (l list) bytes() (n int64) {
	for _, p := range l.Pieces {
		n += p.File.Size
	}
	for _, o := range l.Objects {
		n += o.Stored
	}
	return n
}

// parseList reads exactly what write writes: pieces that follow on each other
// from entry 0 on, then objects that ascend.
func parseList(data []byte, origin string) (l list, err error) {
	lines := strings.Split(string(data), "\n")
	if len(lines) < 3 || lines[0] != listLine || lines[1] != origin || lines[len(lines)-1] != "" {
		return l, fmt.Errorf("%w: a list begins with %q and the origin %s", fault.Invalid, listLine, origin)
	}
	for i, line := range lines[2 : len(lines)-1] {
		words := strings.Split(line, " ")
		switch {
		case words[0] == "piece" && len(words) == 7 && len(l.Objects) == 0:
			err = l.addPiece(words[1:])
		case words[0] == "object" && len(words) == 3:
			err = l.addObject(words[1:])
		default:
			err = fmt.Errorf("%w: it is neither a piece nor an object", fault.Invalid)
		}
		if err != nil {
			return l, fmt.Errorf("line %d of a list: %w", i+3, err)
		}
	}
	return l, nil
}

func (l *list) addPiece(words []string) (err error) {
	var p piece
	for i, dest := range []*int64{&p.From, &p.To, &p.LeftOut} {
		if *dest, err = parseNumber(words[i]); err != nil {
			return err
		}
	}
	if p.File, err = parseFile(words[3:]); err != nil {
		return err
	}
	if p.From != l.entries() || p.To <= p.From || p.LeftOut > p.To-p.From || !pieceName.MatchString(p.File.Name) {
		return fmt.Errorf("%w: the piece %s, which does not follow", fault.Invalid, p.File.Name)
	}
	l.Pieces = append(l.Pieces, p)
	return nil
}

func (l *list) addObject(words []string) error {
	if _, err := parseSum(words[0]); err != nil {
		return err
	}
	stored, err := parseNumber(words[1])
	if err != nil {
		return err
	}
	if n := len(l.Objects); n > 0 && l.Objects[n-1].Address >= words[0] {
		return fmt.Errorf("%w: object %s does not ascend", fault.Invalid, words[0])
	}
	l.Objects = append(l.Objects, object{words[0], stored})
	return nil
}

// entries is how many entries the pieces have.
func (l *list) entries() int64 {
	if len(l.Pieces) == 0 {
		return 0
	}
	return l.Pieces[len(l.Pieces)-1].To
}

func (p piece) name(run int64) string {
	return journalFolder + "/" + strconv.FormatInt(p.From, 10) + "-" + strconv.FormatInt(p.To, 10) + "." + strconv.FormatInt(run, 10) + ".age"
}

// readList reads the list that a manifest names.
func readList(files durable.Files, dir string, m manifest) (l list, err error) {
	err = readFile(files, dir, m.List, nil, func(r io.Reader) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		l, err = parseList(data, m.Origin)
		return err
	})
	if err == nil && (l.entries() != m.Entries || int64(len(l.Objects)) != m.Objects) {
		err = fmt.Errorf("%w: %s has %d entries and %d objects, the manifest says %d and %d", fault.Tampered, filepath.Join(dir, m.List.Name), l.entries(), len(l.Objects), m.Entries, m.Objects)
	}
	return l, err
}
