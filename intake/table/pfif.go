// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/transform"
)

// A document in PFIF (zesty.ca/pfif/1.4) is read as a list in JSON would be: each
// person a row, its elements the columns, its notes note[1].status and so on. A note
// that stands outside of its person is put to the person that it names.

// isPFIF is true of the beginning of such a document.
func isPFIF(head []byte) bool {
	head = trimmedHead(head)
	return bytes.HasPrefix(head, []byte("<pfif:pfif")) || bytes.HasPrefix(head, []byte("<pfif")) ||
		bytes.HasPrefix(head, []byte("<?xml")) && (bytes.Contains(head, []byte("<pfif:pfif")) || bytes.Contains(head, []byte("zesty.ca/pfif")))
}

func openPFIF(src io.ReaderAt, size int64, opt Options) (Table, error) {
	opt.Limits = opt.Limits.orDefault()
	if size > opt.Limits.Workbook {
		return nil, opt.refuse(fmt.Sprintf("the document has more than %d MiB", opt.Limits.Workbook>>20), "one with fewer persons, or CSV")
	}
	x, err := decoderOf(src, size, opt)
	if err != nil {
		return nil, err
	}
	p := pfifReader{x: x, opt: opt, notes: map[string][]pfifThing{}}
	if err := p.read(); err != nil {
		return nil, err
	}
	var lines bytes.Buffer
	e := json.NewEncoder(&lines)
	for _, person := range p.persons {
		id := person.text("person_record_id")
		notes := append(person.notes, p.notes[id]...)
		delete(p.notes, id)
		if err := e.Encode(person.object(notes)); err != nil {
			return nil, fmt.Errorf("reading %s: %w", opt.File, err)
		}
	}
	if len(p.persons) == 0 {
		return nil, opt.refuse("the document has no person", "PFIF with at least one person")
	}
	t, err := openJSON(bytes.NewReader(lines.Bytes()), int64(lines.Len()), opt)
	if err != nil {
		return nil, err
	}
	t.info.Format, t.info.Encoding = "pfif", "utf-8"
	return &pfifTable{t, len(p.notes)}, nil
}

// decoderOf reads XML in UTF-8, in UTF-16 by its mark, or in the encoding that it says.
func decoderOf(src io.ReaderAt, size int64, opt Options) (*xml.Decoder, error) {
	in := bufio.NewReader(io.NewSectionReader(src, 0, size))
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", opt.File, err)
	}
	marked, _ := markOf(head)
	by, decoded := EncodingNamed(marked)
	r := io.Reader(in)
	if decoded {
		r = transform.NewReader(in, by.NewDecoder())
	}
	x := xml.NewDecoder(r)
	x.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if decoded {
			return in, nil
		}
		by, ok := EncodingNamed(strings.ToLower(label))
		if !ok {
			return nil, errors.New("an encoding that is not read")
		}
		return transform.NewReader(in, by.NewDecoder()), nil
	}
	return x, nil
}

// pfifTable is the list with what is told of notes that belong to nobody.
type pfifTable struct {
	*grid
	lost int
}

// Notices say of how many persons who are not in the document there are notes.
func (t *pfifTable) Notices() []string {
	if t.lost == 0 {
		return t.grid.Notices()
	}
	return append(t.grid.Notices(), fmt.Sprintf("notes on %d persons who are not in the document, not read", t.lost))
}

// pfifThing is a person or a note: its elements in their order, and notes inside.
type pfifThing struct {
	names, texts []string
	notes        []pfifThing
}

func (p *pfifThing) text(name string) string {
	for i, n := range p.names {
		if n == name {
			return p.texts[i]
		}
	}
	return ""
}

// object is it as JSON has it. An element that stands several times has all of them.
func (p *pfifThing) object(notes []pfifThing) map[string]any {
	out := map[string]any{}
	for i, n := range p.names {
		if before, twice := out[n].(string); twice {
			out[n] = before + "; " + p.texts[i]
			continue
		}
		out[n] = p.texts[i]
	}
	if len(notes) > 0 {
		all := make([]any, len(notes))
		for i := range notes {
			all[i] = notes[i].object(nil)
		}
		out["note"] = all
	}
	return out
}

type pfifReader struct {
	x       *xml.Decoder
	opt     Options
	persons []pfifThing
	notes   map[string][]pfifThing // outside of their persons, by the person's id
}

func (p *pfifReader) failed(err error) error {
	r := p.opt.refuse(fmt.Sprintf("it is no XML from byte %d on", p.x.InputOffset()), "PFIF as XML 1.0 in UTF-8")
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		r.Why = fmt.Sprintf("it is no XML: line %d", syntax.Line)
		if strings.Contains(syntax.Msg, "UTF-8") {
			r.Why = fmt.Sprintf("line %d is not UTF-8, and the document says no other encoding", syntax.Line)
		}
	}
	return r
}

func (p *pfifReader) read() error {
	for {
		token, err := p.x.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return p.failed(err)
		}
		start, is := token.(xml.StartElement)
		if !is || start.Name.Local != "person" && start.Name.Local != "note" {
			continue
		}
		thing, err := p.thing(0)
		if err != nil {
			return err
		}
		if start.Name.Local == "person" {
			p.persons = append(p.persons, thing)
			continue
		}
		id := thing.text("person_record_id")
		p.notes[id] = append(p.notes[id], thing)
	}
}

// thing reads a person or a note whose start was read.
func (p *pfifReader) thing(depth int) (t pfifThing, err error) {
	for {
		token, err := p.x.Token()
		if err != nil {
			return t, p.failed(err)
		}
		switch x := token.(type) {
		case xml.EndElement:
			return t, nil
		case xml.StartElement:
			if x.Name.Local == "note" && depth == 0 {
				note, err := p.thing(1)
				if err != nil {
					return t, err
				}
				t.notes = append(t.notes, note)
				continue
			}
			text, err := p.text()
			if err != nil {
				return t, err
			}
			t.names, t.texts = append(t.names, x.Name.Local), append(t.texts, text)
		}
	}
}

// text is all that stands in an element, elements inside of it as well.
func (p *pfifReader) text() (string, error) {
	var b strings.Builder
	for depth := 1; ; {
		token, err := p.x.Token()
		if err != nil {
			return "", p.failed(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			if depth--; depth == 0 {
				return strings.TrimSpace(b.String()), nil
			}
		case xml.CharData:
			b.Write(x)
		}
	}
}
