// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/journal"
)

// The levels of a bundle.
const (
	LevelPublic = "public" // for anyone: pseudonymous lines
	LevelNamed  = "named"  // for one recipient: with the records behind the lines
)

const sealLine = "recount seal/1"

// Seal is what is signed over a bundle. It stands in the file SEAL as a note
// (c2sp.org/signed-note), the only file that no manifest lists.
type Seal struct {
	Dossier      string
	Edition      int64
	Level        string
	Recipient    string // for whom a named bundle was made; "" for a public one
	TagManifest  string // SHA-256 of tagmanifest-sha256.txt, hex
	Checkpoint   journal.Checkpoint
	PayloadFiles int64 // under data/
	PayloadBytes int64
	TagFiles     int64 // that tagmanifest-sha256.txt lists
}

// Text is the text that is signed: twelve lines.
func (s Seal) Text() string {
	recipient := s.Recipient
	if recipient == "" {
		recipient = "-"
	}
	return strings.Join([]string{
		sealLine,
		"dossier " + s.Dossier,
		"edition " + strconv.FormatInt(s.Edition, 10),
		"level " + s.Level,
		"recipient " + recipient,
		"tagmanifest-sha256 " + s.TagManifest,
		"checkpoint-origin " + s.Checkpoint.Origin,
		"checkpoint-size " + strconv.FormatInt(s.Checkpoint.Size, 10),
		"checkpoint-root " + hex.EncodeToString(s.Checkpoint.Root[:]),
		"payload-files " + strconv.FormatInt(s.PayloadFiles, 10),
		"payload-bytes " + strconv.FormatInt(s.PayloadBytes, 10),
		"tag-files " + strconv.FormatInt(s.TagFiles, 10),
	}, "\n") + "\n"
}

// ParseSeal reads exactly what Text writes (fault.Invalid).
func ParseSeal(text string) (Seal, error) {
	names := []string{"dossier", "edition", "level", "recipient", "tagmanifest-sha256",
		"checkpoint-origin", "checkpoint-size", "checkpoint-root", "payload-files", "payload-bytes", "tag-files"}
	lines := strings.Split(text, "\n")
	if len(lines) != len(names)+2 || lines[0] != sealLine {
		return Seal{}, fmt.Errorf("%w: a seal is %d lines of which the first is %q", fault.Invalid, len(names)+1, sealLine)
	}
	values := make(map[string]string)
	for i, name := range names {
		value, ok := strings.CutPrefix(lines[i+1], name+" ")
		if !ok {
			return Seal{}, fmt.Errorf("%w: line %d of a seal is %q; it begins with %q", fault.Invalid, i+2, lines[i+1], name)
		}
		values[name] = value
	}
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(values[name], 10, 64)
		return n
	}
	s := Seal{
		Dossier: values["dossier"], Edition: number("edition"), Level: values["level"], Recipient: values["recipient"],
		TagManifest: values["tagmanifest-sha256"], PayloadFiles: number("payload-files"), PayloadBytes: number("payload-bytes"), TagFiles: number("tag-files"),
		Checkpoint: journal.Checkpoint{Origin: values["checkpoint-origin"], Size: number("checkpoint-size")},
	}
	if s.Recipient == "-" {
		s.Recipient = ""
	}
	if root, err := hex.DecodeString(values["checkpoint-root"]); err == nil && len(root) == tlog.HashSize {
		s.Checkpoint.Root = tlog.Hash(root)
	}
	if s.Text() != text {
		return Seal{}, fmt.Errorf("%w: the seal is not written as seals are", fault.Invalid)
	}
	if s.Level != LevelPublic && s.Level != LevelNamed {
		return Seal{}, fmt.Errorf("%w: level %q of a seal; accepted are public and named", fault.Invalid, s.Level)
	}
	if (s.Level == LevelNamed) != (s.Recipient != "") {
		return Seal{}, fmt.Errorf("%w: a named bundle, and no other, says for whom it was made", fault.Invalid)
	}
	return s, nil
}

// SealKeyName is the name of the key that seals bundles of a case. It differs
// from that of the key that signs checkpoints.
func SealKeyName(origin string) string { return origin + "/seal" }
