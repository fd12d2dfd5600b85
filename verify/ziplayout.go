// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// A zip file is read by its directory, at its end. Other programs read it from
// its beginning, or look for a directory elsewhere, and can be made to see
// other files. So it has to consist of the entries of its directory, one behind
// the other from the first byte on, then the directory, then the record of its
// end, and nothing else (APPNOTE.TXT 6.3, sections 4.3 and 4.4).
const (
	localSize    = 30 // bytes of a local header before its name
	centralSize  = 46
	endSize      = 22
	end64Size    = 56
	locator64    = 20
	dataFollows  = 1 << 3 // flag: sizes and checksum stand behind the data
	namesAreUTF8 = 1 << 11
)

// layout answers what is in a zip file beside the entries of its directory.
func layout(r io.ReaderAt, size int64, files []*zip.File) []Finding {
	l := &zipLayout{r: r, size: size, byName: make(map[string]*zip.File, len(files))}
	for _, f := range files {
		l.byName[f.Name] = f
	}
	if err := l.check(); err != nil {
		return []Finding{{Verdict: Refuted, File: "(zip file)", What: "the zip file around the bundle", Expected: "the entries of its directory one behind the other, the directory, the record of its end, and nothing else", Found: err.Error()}}
	}
	return nil
}

type zipLayout struct {
	r      io.ReaderAt
	size   int64
	byName map[string]*zip.File
}

var le = binary.LittleEndian

func (l *zipLayout) bytes(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > l.size-n {
		return nil, fmt.Errorf("%d bytes at %d of %d", n, at, l.size)
	}
	b := make([]byte, n)
	if _, err := l.r.ReadAt(b, at); err != nil {
		return nil, fmt.Errorf("bytes at %d cannot be read: %w", at, err)
	}
	return b, nil
}

// zipEntry is one entry as the directory describes it.
type zipEntry struct {
	at     int64 // of its local header
	header []byte
	name   string
}

func (l *zipLayout) check() error {
	start, length, n, err := l.end()
	if err != nil {
		return err
	}
	entries, err := l.directory(start, length, n)
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b zipEntry) int { return int(min(max(a.at-b.at, -1), 1)) })
	at := int64(0)
	for _, e := range entries {
		if e.at != at {
			return fmt.Errorf("the entry %s begins at byte %d, where what is before it ends at %d", shown(e.name), e.at, at)
		}
		if at, err = l.local(e); err != nil {
			return fmt.Errorf("the entry %s: %w", shown(e.name), err)
		}
	}
	if at != start {
		return fmt.Errorf("the entries end at byte %d, the directory begins at %d", at, start)
	}
	return nil
}

// end reads the record of the end: where the directory is, of how many bytes
// and entries.
func (l *zipLayout) end() (start, length, n int64, err error) {
	b, err := l.bytes(l.size-endSize, endSize)
	if err != nil {
		return 0, 0, 0, err
	}
	if !bytes.HasPrefix(b, []byte("PK\x05\x06")) || le.Uint16(b[20:]) != 0 {
		return 0, 0, 0, fmt.Errorf("the file does not end with the record of its end, without a comment")
	}
	if le.Uint32(b[4:]) != 0 || le.Uint16(b[8:]) != le.Uint16(b[10:]) {
		return 0, 0, 0, fmt.Errorf("it is a part of several")
	}
	n, length, start = int64(le.Uint16(b[10:])), int64(le.Uint32(b[12:])), int64(le.Uint32(b[16:]))
	behind := l.size - endSize
	if n == 0xffff || length == 0xffffffff || start == 0xffffffff {
		behind -= end64Size + locator64
		b, err := l.bytes(behind, end64Size+locator64)
		if err != nil {
			return 0, 0, 0, err
		}
		if !bytes.HasPrefix(b, []byte("PK\x06\x06")) || le.Uint64(b[4:]) != end64Size-12 || !bytes.HasPrefix(b[end64Size:], []byte("PK\x06\x07")) || int64(le.Uint64(b[end64Size+8:])) != behind {
			return 0, 0, 0, fmt.Errorf("the record of its end for large files is not as it has to be")
		}
		n, length, start = int64(le.Uint64(b[32:])), int64(le.Uint64(b[40:])), int64(le.Uint64(b[48:]))
	}
	if start < 0 || length < 0 || start > behind || start+length != behind {
		return 0, 0, 0, fmt.Errorf("the directory, %d bytes at %d, does not end where the record of the end begins, at %d", length, start, behind)
	}
	return start, length, n, nil
}

func (l *zipLayout) directory(start, length, n int64) ([]zipEntry, error) {
	if n != int64(len(l.byName)) {
		return nil, fmt.Errorf("the record of the end counts %d entries, the directory has %d", n, len(l.byName))
	}
	var entries []zipEntry
	for at := start; at < start+length; {
		h, err := l.bytes(at, centralSize)
		if err != nil {
			return nil, err
		}
		names, extra, comment := int64(le.Uint16(h[28:])), int64(le.Uint16(h[30:])), int64(le.Uint16(h[32:]))
		if !bytes.HasPrefix(h, []byte("PK\x01\x02")) || comment != 0 {
			return nil, fmt.Errorf("the directory has something that is no entry without a comment, at byte %d", at)
		}
		name, err := l.bytes(at+centralSize, names)
		if err != nil {
			return nil, err
		}
		e := zipEntry{at: int64(le.Uint32(h[42:])), header: h, name: string(name)}
		f := l.byName[e.name]
		if f == nil || f.FileInfo().IsDir() {
			return nil, fmt.Errorf("%s is no file; accepted are files alone", shown(e.name))
		}
		if e.at == 0xffffffff {
			if e.at, err = offset64(l, at+centralSize+names, extra, h); err != nil {
				return nil, err
			}
		}
		entries = append(entries, e)
		at += centralSize + names + extra
	}
	if int64(len(entries)) != n {
		return nil, fmt.Errorf("the directory has %d entries; its end counts %d", len(entries), n)
	}
	return entries, nil
}

// offset64 reads the place of a local header beyond 4 GiB from the extra field
// of large files: it stands behind the sizes that are there too.
func offset64(l *zipLayout, at, length int64, header []byte) (int64, error) {
	extra, err := l.bytes(at, length)
	if err != nil {
		return 0, err
	}
	for len(extra) >= 4 && len(extra) >= 4+int(le.Uint16(extra[2:])) {
		field := extra[4 : 4+le.Uint16(extra[2:])]
		if le.Uint16(extra) == 1 {
			skip := 0
			for _, i := range []int{20, 24} {
				if le.Uint32(header[i:]) == 0xffffffff {
					skip += 8
				}
			}
			if len(field) >= skip+8 {
				return int64(le.Uint64(field[skip:])), nil
			}
		}
		extra = extra[4+len(field):]
	}
	return 0, fmt.Errorf("an entry of the directory does not say where it begins")
}

// local holds a local header against the directory and answers where the entry
// ends.
func (l *zipLayout) local(e zipEntry) (int64, error) {
	h, err := l.bytes(e.at, localSize)
	if err != nil {
		return 0, err
	}
	names, extra := int64(le.Uint16(h[26:])), int64(le.Uint16(h[28:]))
	name, err := l.bytes(e.at+localSize, names)
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(h, []byte("PK\x03\x04")) || string(name) != e.name {
		return 0, fmt.Errorf("the header before it names %s", shown(string(name)))
	}
	f, flags := l.byName[e.name], le.Uint16(h[6:])
	if flags&^(dataFollows|namesAreUTF8) != 0 || !bytes.Equal(h[6:14], e.header[8:16]) { // flags, method, time
		return 0, fmt.Errorf("the header before it differs from the directory, or says it is encrypted or patched")
	}
	at := e.at + localSize + names + extra + int64(f.CompressedSize64)
	sizes := slices.Concat(le.AppendUint32(nil, f.CRC32), le.AppendUint32(nil, uint32(min(f.CompressedSize64, 0xffffffff))), le.AppendUint32(nil, uint32(min(f.UncompressedSize64, 0xffffffff))))
	if flags&dataFollows == 0 {
		if !bytes.Equal(h[14:26], sizes) {
			return 0, fmt.Errorf("the header before it has another checksum or size than the directory")
		}
		return at, nil
	}
	want := slices.Concat([]byte("PK\x07\x08"), sizes)
	if f.CompressedSize64 > 0xffffffff || f.UncompressedSize64 > 0xffffffff {
		want = le.AppendUint64(le.AppendUint64(want[:8], f.CompressedSize64), f.UncompressedSize64)
	}
	found, err := l.bytes(at, int64(len(want)))
	if err != nil {
		return 0, err
	}
	if !bytes.Equal(h[14:26], make([]byte, 12)) || !bytes.Equal(found, want) {
		return 0, fmt.Errorf("checksum and sizes behind its data are not those of the directory")
	}
	return at + int64(len(want)), nil
}
