// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/encoding/charmap"

	"recount/fault"
	"recount/names"
)

// eye looks for names in files of the kinds that people bring. What it cannot
// read it says.
type eye struct {
	sought   names.Sought
	common   map[string]bool
	writings []*charmap.Charmap // in which a text that is not UTF-8 may write the names

	seen   names.Sight
	unseen string
	part   bool
	some   bool // something was looked through
	spent  int64

	within []string // parts of packed files that are being looked through
	at     string   // where a whole name was seen first
}

const (
	headOfFile   = 64 << 10
	mostPacked   = 256 << 20 // of a packed file, which is held in memory
	mostUnpacked = 4 << 30   // of all that is packed in one file
	mostNested   = 2
)

// blind notes that something cannot be looked into.
func (e *eye) blind(why string) {
	if e.unseen == "" {
		e.unseen = why
	}
}

// read looks through a file, or through one that lies in another so deep.
func (e *eye) read(in io.Reader, depth int) error {
	r := bufio.NewReaderSize(in, headOfFile)
	head, err := r.Peek(headOfFile)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	err = e.readAs(r, head, depth)
	e.part = e.unseen != "" && e.some
	return err
}

func (e *eye) readAs(r io.Reader, head []byte, depth int) error {
	found := mimetype.Detect(head)
	kind, _, _ := strings.Cut(found.String(), "/")
	switch {
	case len(head) == 0:
		return nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && depth < mostNested:
		return e.unzip(r, depth)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")) && depth < mostNested:
		return e.gunzip(r, depth)
	case kind == "image" && !found.Is("image/svg+xml"):
		e.blind("a picture")
	case kind == "audio" || kind == "video":
		e.blind("a recording")
	case found.Is("application/pdf"):
		e.blind("a PDF")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		// Its letters have one byte or two, among others that are none: what looks
		// like text is looked through, and nothing is said of the rest.
		e.blind("a workbook, document or mail of an old kind")
		return e.text(r, head)
	default:
		return e.text(r, head)
	}
	return nil
}

func (e *eye) gunzip(r io.Reader, depth int) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		e.blind("packed, and damaged")
		return nil //nolint:nilerr // it is said in the plan
	}
	return e.unpacked(z, depth)
}

func (e *eye) unzip(r io.Reader, depth int) error {
	data, err := io.ReadAll(io.LimitReader(r, mostPacked+1))
	if err != nil {
		return err
	}
	if len(data) > mostPacked {
		e.blind("packed, and too large to be unpacked")
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		e.blind("packed, and damaged")
		return nil //nolint:nilerr // it is said in the plan
	}
	for _, f := range z.File {
		e.say(f.Name)
		e.say(f.Comment)
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		member, err := f.Open()
		if err != nil {
			e.blind("packed with parts that cannot be opened")
			continue
		}
		e.within = append(e.within, f.Name)
		err = errors.Join(e.unpacked(member, depth), member.Close())
		e.within = e.within[:len(e.within)-1]
		if err != nil || e.seen.Whole {
			return err
		}
	}
	return nil
}

// unpacked looks through what was packed, under the limit for all of it.
func (e *eye) unpacked(r io.Reader, depth int) error {
	limited := &io.LimitedReader{R: r, N: mostUnpacked - e.spent}
	err := e.read(limited, depth+1)
	e.spent = mostUnpacked - limited.N
	if limited.N <= 0 {
		e.blind("packed, and too large to be unpacked")
	}
	if _, known := fault.KindOf(err); err != nil && !known {
		e.blind("packed, and damaged") // what the vault reads wrong has a kind
		return nil
	}
	return err
}

// say takes a text in.
func (e *eye) say(text string) {
	e.some = true
	seen := e.sought.In(text)
	if seen.Whole {
		e.seen = names.Sight{Whole: true}
		e.at = strings.Join(e.within, ", in ")
		return
	}
	for _, part := range seen.Parts {
		if !e.common[part] && !slices.Contains(e.seen.Parts, part) {
			e.seen.Parts = append(e.seen.Parts, part)
		}
	}
}

// where says in which part of a packed file a whole name was seen:
// " (in xl/comments1.xml)". It never says what stands there, and a part
// whose own name is the person's is not named.
func (e *eye) where() string {
	if e.at == "" || e.sought.In(e.at).Whole {
		return ""
	}
	return " (in " + e.at + ")"
}
