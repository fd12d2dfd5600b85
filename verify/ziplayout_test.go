// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"
	"testing"

	"recount/verify"
)

// endAt is the place of the record of the end, and of the directory.
func endAt(packed []byte) (end, directory int) {
	end = len(packed) - 22
	return end, int(binary.LittleEndian.Uint32(packed[end+16:]))
}

// moved is a zip file with bytes put in at a place, and the places that stand
// behind it in directory and end moved along.
func moved(packed []byte, at int, more []byte) []byte {
	end, directory := endAt(packed)
	out := bytes.Clone(packed)
	n := uint32(len(more))
	for i := directory; i < end; {
		if off := binary.LittleEndian.Uint32(out[i+42:]); int(off) >= at {
			binary.LittleEndian.PutUint32(out[i+42:], off+n)
		}
		i += 46 + int(binary.LittleEndian.Uint16(out[i+28:])) + int(binary.LittleEndian.Uint16(out[i+30:])) + int(binary.LittleEndian.Uint16(out[i+32:]))
	}
	if directory >= at {
		binary.LittleEndian.PutUint32(out[end+16:], uint32(directory)+n)
	}
	return slices.Concat(out[:at], more, out[at:])
}

// Zip files that other programs would read otherwise than by their directory:
// each is a good bundle with something beside it.
func TestZipLayout(t *testing.T) {
	t.Parallel()
	files, options := good(t)
	packed := zipped(t, "d-1", files)
	_, directory := endAt(packed)
	local := zipped(t, "d-1", map[string][]byte{"data/other.html": []byte("<p>9,999</p>")})
	_, localEnd := endAt(local)
	withFolder := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if _, err := z.Create("d-1/data/"); err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			w, err := z.Create("d-1/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(files[name]); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	patch := func(at int, to byte) []byte {
		out := bytes.Clone(packed)
		out[at] = to
		return out
	}
	commented := append(bytes.Clone(packed), "9,999"...)
	binary.LittleEndian.PutUint16(commented[len(packed)-2:], 5)
	tests := []struct {
		name   string
		packed []byte
	}{
		{"bytes before the archive", append([]byte("#!/bin/sh\n"), packed...)},
		{"bytes before the archive, places moved along", moved(packed, 0, []byte("#!/bin/sh\n"))},
		{"bytes behind the archive", append(bytes.Clone(packed), "9,999"...)},
		{"a comment behind the archive", commented},
		{"an entry that the directory does not list, first", moved(packed, 0, local[:localEnd])},
		{"an entry that the directory does not list, last", moved(packed, directory, local[:localEnd])},
		{"bytes between directory and end", slices.Concat(packed[:len(packed)-22], []byte("9,999"), packed[len(packed)-22:])},
		{"a local header that names another file", patch(30+len("d-1/"), 'L')},
		{"a local header with another method", patch(8, 0)},
		{"a local header with other flags", patch(6, 0)},
		{"a local header with a checksum of its own", patch(14, 1)},
		{"an entry of a folder", withFolder()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			z, err := verify.OpenZip(bytes.NewReader(test.packed), int64(len(test.packed)))
			if err != nil {
				t.Fatalf("the directory cannot be read: %v", err)
			}
			r, err := verify.Bundle(context.Background(), z, options)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range r.Claims {
				if want := c.Name == verify.Unchanged; (c.Verdict == verify.Refuted) != want {
					t.Errorf("claim %s: %s, %+v", c.Name, c.Verdict, c.Findings)
				}
			}
		})
	}
	// Files that are stored, with sizes in their local headers, are as good.
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		h := &zip.FileHeader{Name: "d-1/" + name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(files[name]), CompressedSize64: uint64(len(files[name])), UncompressedSize64: uint64(len(files[name]))}
		w, err := z.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	fsys, err := verify.OpenZip(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := verify.Bundle(context.Background(), fsys, options); err != nil || r.Exit != verify.ExitHolds {
		t.Errorf("stored: exit %d, %v, %+v", r.Exit, err, r.Claims)
	}
}
