// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
)

// The files of a bag (RFC 8493) and the seal.
const (
	fileBagit       = "bagit.txt"
	fileBagInfo     = "bag-info.txt"
	fileManifest    = "manifest-sha256.txt"
	fileTagManifest = "tagmanifest-sha256.txt"
	fileSeal        = "SEAL"

	// FileVerify tells how to check the bundle with ordinary tools.
	FileVerify = "VERIFY.txt"
)

// Bagit is the file bagit.txt.
const Bagit = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

// isPayload reports whether a file is listed in the manifest, isTag whether in
// the tag manifest.
func isPayload(name string) bool { return strings.HasPrefix(name, "data/") }
func isTag(name string) bool {
	return !isPayload(name) && name != fileTagManifest && name != fileSeal
}

// unchanged checks manifests, the numbers of files and bytes, and the seal.
// It answers the seal, if there is one that can be read.
func (c *checking) unchanged() (seal Seal, sealed bool) {
	for _, f := range c.bag.odd {
		c.report.add(Unchanged, f)
	}
	c.exactly(Unchanged, fileBagit, Bagit)
	c.manifest(fileManifest, isPayload)
	c.manifest(fileTagManifest, isTag)
	var files, bytes, tags int64
	for _, name := range c.bag.names {
		switch {
		case isPayload(name):
			files, bytes = files+1, bytes+c.bag.size[name]
		case isTag(name):
			tags++
		}
	}
	c.oxum(fmt.Sprintf("%d.%d", bytes, files))
	seal, sealed = c.readSeal()
	c.closedList(seal.Level == LevelNamed)
	if !sealed {
		return seal, false
	}
	c.same(Unchanged, fileSeal, "SHA-256 of "+fileTagManifest, seal.TagManifest, c.bag.sum[fileTagManifest])
	c.same(Unchanged, fileSeal, "files under data/", strconv.FormatInt(seal.PayloadFiles, 10), strconv.FormatInt(files, 10))
	c.same(Unchanged, fileSeal, "bytes under data/", strconv.FormatInt(seal.PayloadBytes, 10), strconv.FormatInt(bytes, 10))
	c.same(Unchanged, fileSeal, "tag files", strconv.FormatInt(seal.TagFiles, 10), strconv.FormatInt(tags, 10))
	return seal, true
}

// same refutes a claim where two texts differ.
func (c *checking) same(claim, file, what, expected, found string) bool {
	if expected == found {
		return true
	}
	if found == "" {
		found = "nothing"
	}
	c.report.add(claim, Finding{Verdict: Refuted, File: file, What: what, Expected: expected, Found: found})
	return false
}

// missing says that a file cannot be had.
func (c *checking) missing(claim, name string, err error) {
	f := Finding{Verdict: Refuted, File: name, What: "a file of the bundle", Expected: name, Found: "no such file"}
	if !errors.Is(err, fault.NotFound) {
		f.Verdict, f.Found = Undecided, err.Error()
	}
	c.report.add(claim, f)
}

// manifest holds the files for which listed answers true against a manifest:
// "hash two spaces name" lines, each file once and no other.
func (c *checking) manifest(name string, listed func(string) bool) {
	text, err := c.bag.read(name)
	if err != nil {
		c.missing(Unchanged, name, err)
		return
	}
	seen := make(map[string]bool)
	lines := strings.Split(string(text), "\n")
	if lines[len(lines)-1] != "" {
		c.report.add(Unchanged, Finding{Verdict: Refuted, File: name, What: "the last line has no end", Expected: "a line feed", Found: "none"})
	} else {
		lines = lines[:len(lines)-1]
	}
	for _, line := range lines {
		sum, file, ok := strings.Cut(line, "  ")
		if !ok || len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" || !isPlainName(file) || !listed(file) || seen[file] {
			c.report.add(Unchanged, Finding{Verdict: Refuted, File: name, What: "a line of the manifest", Expected: "64 hex digits, two spaces and the name of one of its files, each once", Found: fmt.Sprintf("%q", clip(line, 120))})
			continue
		}
		seen[file] = true
		if !c.bag.has(file) {
			c.missing(Unchanged, file, fault.NotFound)
			continue
		}
		c.same(Unchanged, file, "SHA-256", sum, c.bag.sum[file])
	}
	for _, file := range c.bag.names {
		if listed(file) && !seen[file] {
			c.report.add(Unchanged, Finding{Verdict: Refuted, File: file, What: "a file that " + name + " does not list", Expected: "no such file", Found: file})
		}
	}
}

// oxum holds the sum of bytes and files against bag-info.txt.
func (c *checking) oxum(want string) {
	text, err := c.bag.read(fileBagInfo)
	if err != nil {
		c.missing(Unchanged, fileBagInfo, err)
		return
	}
	var found []string
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, "Payload-Oxum:"); ok {
			found = append(found, strings.TrimSpace(v))
		}
	}
	if !slices.Equal(found, []string{want}) {
		c.report.add(Unchanged, Finding{Verdict: Refuted, File: fileBagInfo, What: "Payload-Oxum (bytes.files under data/)", Expected: strings.Join(found, " and "), Found: want})
	}
}

// readSeal reads SEAL and judges its signature.
func (c *checking) readSeal() (Seal, bool) {
	text, err := c.bag.read(fileSeal)
	if err != nil {
		c.missing(Unchanged, fileSeal, err)
		return Seal{}, false
	}
	var unverified *note.UnverifiedNoteError
	_, err = note.Open(text, note.VerifierList())
	if !errors.As(err, &unverified) {
		c.report.add(Unchanged, Finding{Verdict: Refuted, File: fileSeal, What: "the seal cannot be read", Expected: "a signed note", Found: fmt.Sprint(err)})
		return Seal{}, false
	}
	seal, err := ParseSeal(unverified.Note.Text)
	if err != nil {
		c.report.add(Unchanged, Finding{Verdict: Refuted, File: fileSeal, What: "the seal cannot be read", Expected: "a seal of twelve lines", Found: err.Error()})
		return Seal{}, false
	}
	c.judgeKey(Unchanged, fileSeal, "seal", SealKeyName(seal.Checkpoint.Origin), text)
	return seal, true
}
