// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"recount/fault"
	"recount/internal/durable"
)

// auditManifest is the state of an audit journal's backup, signed with the
// journal's own key, in a file of the same name as a case's.
type auditManifest struct {
	Of         string // origin of the case; "" of the archive's own
	Origin     string
	Run        int64
	Time       time.Time
	Events     int64
	Checkpoint []byte
	Recipients [32]byte
	Keys       file // in the other place
	KeysPlain  [32]byte
	Pieces     []auditPiece
}

// auditPiece has the events From ≤ seq < To.
type auditPiece struct {
	From, To int64
	File     file
}

const (
	auditManifestLine = "recount backup audit/1"
	auditFolder       = "audit"
	headFile          = "head" // with the keys
)

var auditPieceName = regexp.MustCompile(`^(0|[1-9][0-9]*)-[1-9][0-9]*\.[1-9][0-9]*\.age$`)

func (p auditPiece) name(run int64) string {
	return strconv.FormatInt(p.From, 10) + "-" + strconv.FormatInt(p.To, 10) + "." + strconv.FormatInt(run, 10) + ".age"
}

func (m auditManifest) text() string {
	of := m.Of
	if of == "" {
		of = "-"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nof %s\norigin %s\nrun %d\ntime %s\nevents %d\ncheckpoint %s\nrecipients %s\nkeys %s\nkeys_plain %s\n",
		auditManifestLine, of, m.Origin, m.Run, m.Time.UTC().Format(time.RFC3339), m.Events, base64.StdEncoding.EncodeToString(m.Checkpoint),
		hex.EncodeToString(m.Recipients[:]), m.Keys.text(), hex.EncodeToString(m.KeysPlain[:]))
	for _, p := range m.Pieces {
		fmt.Fprintf(&b, "piece %d %d %s\n", p.From, p.To, p.File.text())
	}
	return b.String()
}

// bytes is how many bytes the pieces have.
func (m auditManifest) bytes() (n int64) {
	for _, p := range m.Pieces {
		n += p.File.Size
	}
	return n
}

// parseAuditManifest reads exactly what text writes.
func parseAuditManifest(text string) (m auditManifest, err error) {
	names := []string{"of", "origin", "run", "time", "events", "checkpoint", "recipients", "keys", "keys_plain"}
	lines := strings.Split(text, "\n")
	if len(lines) < len(names)+2 || lines[0] != auditManifestLine {
		return m, fmt.Errorf("%w: the manifest of an audit journal begins with %q and has %d lines before its pieces", fault.Invalid, auditManifestLine, len(names)+1)
	}
	values := map[string]string{}
	for i, name := range names {
		value, found := strings.CutPrefix(lines[i+1], name+" ")
		if !found || value == "" {
			return m, fmt.Errorf("%w: line %d of the manifest of an audit journal is %q", fault.Invalid, i+2, name)
		}
		values[name] = value
	}
	if err := m.parse(values); err != nil {
		return m, err
	}
	for _, line := range lines[len(names)+1 : len(lines)-1] {
		if err := m.parsePiece(strings.Split(line, " ")); err != nil {
			return m, err
		}
	}
	if m.entries() != m.Events || m.text() != text {
		return m, fmt.Errorf("%w: the manifest of an audit journal names %d events, its pieces have %d, or it has another spelling", fault.Invalid, m.Events, m.entries())
	}
	return m, nil
}

func (m *auditManifest) parse(values map[string]string) (err error) {
	if m.Of = values["of"]; m.Of == "-" {
		m.Of = ""
	}
	m.Origin = values["origin"]
	for name, dest := range map[string]*int64{"run": &m.Run, "events": &m.Events} {
		if *dest, err = parseNumber(values[name]); err != nil {
			return fmt.Errorf("line %s: %w", name, err)
		}
	}
	if m.Time, err = time.Parse(time.RFC3339, values["time"]); err != nil {
		return fmt.Errorf("%w: the time of a manifest: %w", fault.Invalid, err)
	}
	if m.Checkpoint, err = base64.StdEncoding.Strict().DecodeString(values["checkpoint"]); err != nil {
		return fmt.Errorf("%w: the checkpoint of a manifest: %w", fault.Invalid, err)
	}
	if m.Recipients, err = parseSum(values["recipients"]); err != nil {
		return err
	}
	if m.KeysPlain, err = parseSum(values["keys_plain"]); err != nil {
		return err
	}
	if m.Keys, err = parseFile(strings.Split(values["keys"], " ")); err != nil {
		return err
	}
	if !keysName.MatchString(m.Keys.Name) {
		return fmt.Errorf("%w: a manifest names a file that is none of a backup", fault.Invalid)
	}
	return nil
}

func (m *auditManifest) parsePiece(words []string) (err error) {
	var p auditPiece
	if len(words) != 6 || words[0] != "piece" {
		return fmt.Errorf("%w: a line of a manifest that is no piece", fault.Invalid)
	}
	for i, dest := range []*int64{&p.From, &p.To} {
		if *dest, err = parseNumber(words[1+i]); err != nil {
			return err
		}
	}
	if p.File, err = parseFile(words[3:]); err != nil {
		return err
	}
	if p.From != m.entries() || p.To <= p.From || !auditPieceName.MatchString(p.File.Name) {
		return fmt.Errorf("%w: the piece %s, which does not follow", fault.Invalid, p.File.Name)
	}
	m.Pieces = append(m.Pieces, p)
	return nil
}

// entries is how many events the pieces have.
func (m *auditManifest) entries() int64 {
	if len(m.Pieces) == 0 {
		return 0
	}
	return m.Pieces[len(m.Pieces)-1].To
}

// unverifiedAudit reads a manifest without asking who signed it.
func unverifiedAudit(files durable.Files, dir string) (m auditManifest, signed []byte, err error) {
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
	if m, err = parseAuditManifest(text + "\n"); err != nil {
		return m, nil, fmt.Errorf("%w: %s: %w", fault.Tampered, name, err)
	}
	return m, signed, nil
}

// auditFolders are the folders of audit journals in one of the two places.
func auditFolders(files durable.Files, place string) (dirs []string, err error) {
	entries, err := files.ReadDir(filepath.Join(place, auditFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, explain(place, err)
	}
	for _, entry := range entries {
		if folderName.MatchString(entry.Name()) {
			dirs = append(dirs, filepath.Join(place, auditFolder, entry.Name()))
		}
	}
	return dirs, nil
}
