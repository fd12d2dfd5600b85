// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a picture is stored, by the tag Orientation (0x0112) of
// TIFF 6.0 and Exif 2.32: 1 upright; 2 to 8 mirrored or turned.
type orientation uint8

// onSide is true where rows are stored as columns.
func (o orientation) onSide() bool { return o >= 5 }

// upright is the picture as it is to be seen.
func (o orientation) upright(p *image.RGBA) *image.RGBA {
	if o < 2 {
		return p
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if o.onSide() {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			to := o.place(x, y, w, h)
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], p.Pix[p.PixOffset(x, y):][:4])
		}
	}
	return out
}

// place is where the stored point x, y of w × h is to be seen.
func (o orientation) place(x, y, w, h int) image.Point {
	switch o {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(h-1-y, x)
	case 7:
		return image.Pt(h-1-y, w-1-x)
	case 8:
		return image.Pt(y, w-1-x)
	}
	return image.Pt(x, y)
}

// orientationOf is what a file says, 1 where it says nothing that holds.
func orientationOf(found string, data []byte) orientation {
	switch found {
	case "image/jpeg":
		return inTIFF(exifOfJPEG(data))
	case "image/webp":
		return inTIFF(bytes.TrimPrefix(chunkOfWebP(data, "EXIF"), []byte("Exif\x00\x00")))
	case "image/png":
		return inTIFF(exifOfPNG(data))
	}
	return 1
}

// exifOfJPEG is the TIFF structure in the first APP1 segment that is Exif.
func exifOfJPEG(data []byte) []byte {
	exif, _ := app1(data, "Exif\x00\x00")
	return exif
}

// app1 is what follows a mark in the first APP1 segment of a JPEG that begins with
// it.
func app1(data []byte, mark string) (after []byte, ok bool) {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker := data[at+1]
		if marker == 0xff { // fill bytes may stand before a marker
			at++
			continue
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if n < 2 || marker == 0xda || at+2+n > len(data) {
			return nil, false
		}
		if after, ok := bytes.CutPrefix(data[at+4:at+2+n], []byte(mark)); ok && marker == 0xe1 {
			return after, true
		}
		at += 2 + n
	}
	return nil, false
}

// chunkOfWebP is a chunk of a RIFF file.
func chunkOfWebP(data []byte, name string) []byte {
	for at := 12; at+8 <= len(data); {
		n := int64(binary.LittleEndian.Uint32(data[at+4:]))
		if n > int64(len(data)-at-8) {
			return nil
		}
		if string(data[at:at+4]) == name {
			return data[at+8 : at+8+int(n)]
		}
		at += 8 + int(n+n&1)
	}
	return nil
}

// exifOfPNG is the chunk eXIf.
func exifOfPNG(data []byte) []byte { return chunkOfPNG(data, "eXIf") }

// chunkOfPNG is the first chunk of a name.
func chunkOfPNG(data []byte, name string) []byte {
	for at := len(pngMark); at+12 <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[at:]))
		if n > int64(len(data)-at-12) {
			return nil
		}
		if string(data[at+4:at+8]) == name {
			return data[at+8 : at+8+int(n)]
		}
		at += 12 + int(n)
	}
	return nil
}

// inTIFF finds the tag in the first directory of a TIFF structure.
func inTIFF(exif []byte) orientation {
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(exif[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(exif[4:]))
	if at > int64(len(exif)-2) {
		return 1
	}
	fields := exif[at+2:]
	for n := order.Uint16(exif[at:]); n > 0 && len(fields) >= 12; n-- {
		if order.Uint16(fields) == 0x0112 && order.Uint16(fields[2:]) == 3 {
			if v := order.Uint16(fields[8:]); v >= 1 && v <= 8 {
				return orientation(v)
			}
			return 1
		}
		fields = fields[12:]
	}
	return 1
}
