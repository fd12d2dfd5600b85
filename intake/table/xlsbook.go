// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// Versions of the records: BIFF8 is Excel 97 to 2003, BIFF5 Excel 5 and 95.
const (
	biff5 = 0x0500
	biff8 = 0x0600
)

// xlsBook is what the rows of a sheet need of the rest of an old workbook.
type xlsBook struct {
	opt      Options
	stream   []byte
	version  int
	bytes    encoding.Encoding // of texts before BIFF8
	sheets   []bookSheet       // their part is where they begin in the stream
	date1904 bool
	styles   []numberFormat // by the number of a cell's style
	shared   sharedTexts
}

func (b *xlsBook) damaged(err error) error {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return b.opt.refuse("the workbook is damaged: "+err.Error(), wantWhole)
}

// xlsGlobals are records of the workbook that say something only together.
type xlsGlobals struct {
	page    int
	sheets  []pieces
	formats []pieces
	styles  []int // the number of each style's format
}

// readXLS reads what stands before the sheets ([MS-XLS] 2.1.7.20.3).
func readXLS(stream []byte, opt Options) (*xlsBook, error) {
	b := &xlsBook{opt: opt, stream: stream}
	at, version, err := begins(stream, 0)
	if err != nil {
		return nil, b.damaged(err)
	}
	if b.version = version; version != biff5 && version != biff8 {
		return nil, opt.refuse("a workbook of a version that is not read", "a workbook saved by Excel 5 or later, .xlsx, .ods, or CSV")
	}
	var g xlsGlobals
	for in := (substream{stream: stream, at: at}); ; {
		r, err := in.next()
		if errors.Is(err, io.EOF) {
			return b, b.settle(&g)
		}
		if err == nil {
			err = b.take(&g, r)
		}
		if err != nil {
			return nil, b.damaged(err)
		}
	}
}

// begins reads the record with which the workbook and every sheet begin.
func begins(stream []byte, at int) (next, version int, err error) {
	r, err := recordAt(stream, at)
	if err != nil {
		return 0, 0, err
	}
	switch {
	case r.id == 0x0009, r.id == 0x0209, r.id == 0x0409: // of Excel 2, 3 and 4
		return r.end, int(r.id), nil
	case r.id != biffBOF || len(r.data) < 4:
		return 0, 0, errors.New("the workbook or a sheet does not begin where it is said to")
	}
	return r.end, int(binary.LittleEndian.Uint16(r.data)), nil
}

func (b *xlsBook) take(g *xlsGlobals, r record) error {
	p := pieces{b.stream, r.data, r.end}
	switch r.id {
	case biffFilePass:
		return b.opt.refuse("a workbook with a password", wantNoPassword)
	case biffSST:
		return b.readShared(p)
	case biffBoundSheet:
		if len(g.sheets) == b.opt.Limits.Entries {
			return b.opt.refuse(fmt.Sprintf("the workbook has more than %d sheets", b.opt.Limits.Entries), "a workbook with fewer sheets, or CSV")
		}
		g.sheets = append(g.sheets, p)
	case biffFormat:
		g.formats = append(g.formats, p)
	case biffCodePage, biffDateMode, biffXF:
		if r.id == biffXF {
			if err := p.skip(2); err != nil {
				return err
			}
		}
		n, err := p.uint(2)
		if err != nil {
			return err
		}
		switch r.id {
		case biffCodePage:
			g.page = n
		case biffDateMode:
			b.date1904 = n != 0
		case biffXF:
			g.styles = append(g.styles, n)
		}
	}
	return nil
}

// settle reads the texts, which need the code page, and the styles, which need the
// formats.
func (b *xlsBook) settle(g *xlsGlobals) error {
	if b.version == biff5 {
		if b.bytes = codePage(g.page); b.bytes == nil {
			return b.opt.refuse(fmt.Sprintf("the workbook's letters are in code page %d, which is not read", g.page), "the workbook saved as .xlsx or .ods, or CSV")
		}
	}
	for _, p := range g.sheets {
		if err := b.readSheet(p); err != nil {
			return b.damaged(err)
		}
	}
	custom := map[int]numberFormat{}
	for _, p := range g.formats {
		id, err := p.uint(2)
		if err != nil {
			return b.damaged(err)
		}
		code, err := b.text(&p, b.lengthBytes())
		if err != nil {
			return b.damaged(err)
		}
		custom[id] = formatOf(code)
	}
	for _, id := range g.styles {
		b.styles = append(b.styles, formatNumbered(id, custom))
	}
	return nil
}

// readSheet reads where a sheet begins, and its name ([MS-XLS] 2.4.28). One that
// holds a single chart, or a program, has no rows.
func (b *xlsBook) readSheet(p pieces) error {
	at, err := p.uint(4)
	if err != nil {
		return err
	}
	state, err := p.uint(1)
	if err != nil {
		return err
	}
	kind, err := p.uint(1)
	if err != nil {
		return err
	}
	name, err := b.text(&p, 1)
	if err != nil {
		return err
	}
	if kind < 2 {
		b.sheets = append(b.sheets, bookSheet{Sheet{name, state&3 != 0}, strconv.Itoa(at)})
	}
	return nil
}

// lengthBytes is how many bytes say how long the text of a format is.
func (b *xlsBook) lengthBytes() int {
	if b.version == biff5 {
		return 1
	}
	return 2
}

// text reads a text by the workbook's version.
func (b *xlsBook) text(p *pieces, lengthBytes int) (string, error) {
	if b.version == biff5 {
		return p.byteText(lengthBytes, b.bytes)
	}
	s, err := p.appendText(nil, lengthBytes)
	return string(s), err
}

// readShared reads the shared texts ([MS-XLS] 2.4.265). How many there are is not
// believed: they are read for as long as there are any.
func (b *xlsBook) readShared(p pieces) error {
	if err := p.skip(4); err != nil {
		return err
	}
	count, err := p.uint(4)
	if err != nil {
		return err
	}
	s := &b.shared
	for range count {
		if p.more() != nil {
			return nil // a cell that points behind the last text is refused
		}
		if s.all, err = p.appendText(s.all, 2); err != nil {
			return err
		}
		s.ends = append(s.ends, uint32(len(s.all)))
		if int64(len(s.all)+4*len(s.ends)) > min(b.opt.Limits.Strings, 1<<32-1) {
			return b.opt.refuse(fmt.Sprintf("the workbook's texts are more than %d MiB", b.opt.Limits.Strings>>20),
				"the list as CSV, which has no limit")
		}
	}
	return nil
}

// codePage is the encoding of a workbook's code page, nil where it is not read. A
// workbook that states none is of a program that writes Western letters.
func codePage(page int) encoding.Encoding {
	switch page {
	case 0, 367, 1252, 32769:
		return charmap.Windows1252
	case 437:
		return charmap.CodePage437
	case 850:
		return charmap.CodePage850
	case 852:
		return charmap.CodePage852
	case 866:
		return charmap.CodePage866
	case 874:
		return charmap.Windows874
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1253:
		return charmap.Windows1253
	case 1254:
		return charmap.Windows1254
	case 1255:
		return charmap.Windows1255
	case 1256:
		return charmap.Windows1256
	case 1257:
		return charmap.Windows1257
	case 1258:
		return charmap.Windows1258
	case 10000, 32768:
		return charmap.Macintosh
	case 10007:
		return charmap.MacintoshCyrillic
	}
	return nil
}
