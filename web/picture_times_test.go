// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"strings"
	"testing"
)

// taken is a JPEG of which Exif says when it was taken.
func taken(t *testing.T, at string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20)), nil); err != nil {
		t.Fatal(err)
	}
	big := binary.BigEndian
	field := func(to []byte, tag, kind uint16, n, value uint32) []byte {
		to = big.AppendUint16(big.AppendUint16(big.AppendUint16(to, 1), tag), kind)
		return big.AppendUint32(big.AppendUint32(big.AppendUint32(to, n), value), 0)
	}
	tiff := field([]byte("MM\x00\x2a\x00\x00\x00\x08"), 0x8769, 4, 1, 26)
	tiff = append(field(tiff, 0x9003, 2, uint32(len(at)+1), 44), at+"\x00"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, big.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(out, body...), b.Bytes()[2:]...)
}

// TestTimesOfPictures: when a picture was taken is said by a field of its file, which
// the page names, in the time of some clock. It is neither moved into the zone of the
// server nor taken from when the file was copied or sent.
func TestTimesOfPictures(t *testing.T) {
	t.Parallel()
	r := open(t)
	body := r.get(r.exhibit("mill.jpg", taken(t, "2018:07:06 23:30:00")))
	has(t, body, "Exif DateTimeOriginal", "2018:07:06 23:30:00", "2018-07-06 23:30:00", "zone unknown")
	if strings.Contains(body, "do not say the same time") {
		t.Error("one time contradicts itself")
	}
	has(t, r.get(r.exhibit("night.jpg", taken(t, "2018:10:13 24:24:27"))), "2018:10:13 24:24:27", "2018-10-13", "no time of day")
	has(t, r.get(r.exhibit("unset.jpg", taken(t, "0000:00:00 00:00:00"))), "0000:00:00 00:00:00", "no date")
}
