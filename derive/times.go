// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// PictureTime is a time that a picture's file says of itself. The clock of a
// camera can be wrong or be set by anybody, and copies and programs write times
// of their own: each stands here with the field that says it, as it was written.
type PictureTime struct {
	Field string // "Exif DateTimeOriginal", "GPS", "XMP xmp:CreateDate", …
	Raw   string // as it stands there
	Day   string // YYYY-MM-DD; "" where what stands there is no day
	Clock string // hh:mm:ss and parts of a second as they are written; "" where it is no time of day
	Zone  string // "+04:00", "Z"; "" not known: the time of some clock
	Taken bool   // the field is of the taking of the picture, not of its last change
}

// maxTimes bounds how many times of a file are told.
const maxTimes = 32

// maxTimeText bounds what is told of a field, in bytes.
const maxTimeText = 256

// timesOf are all times that the file of a picture says of itself, in the order
// Exif, GPS, XMP. Nothing is moved from one zone to another.
func timesOf(found string, data []byte) (times []PictureTime) {
	tiff, xmp := metadataOf(found, data)
	times = append(exifTimes(tiff), xmpTimes(xmp)...)
	return times[:min(len(times), maxTimes)]
}

// TimesDiffer tells whether two fields about the taking of the picture say
// different things. Where one of two has a zone and the other has none, both can be
// right: that is for a person to see, so they differ.
func TimesDiffer(times []PictureTime) bool {
	var said []string
	for _, t := range times {
		if !t.Taken || t.Day == "" {
			continue
		}
		clock, _, _ := strings.Cut(t.Clock, ".")
		said = append(said, t.Day+"T"+clock+t.Zone)
		for _, other := range said {
			if !sameTime(other, said[len(said)-1]) {
				return true
			}
		}
	}
	return false
}

// sameTime compares what is written, and of two with zones what is meant. A day
// alone is any time of it.
func sameTime(a, b string) bool {
	x, errX := time.Parse(time.RFC3339, a)
	y, errY := time.Parse(time.RFC3339, b)
	if errX == nil && errY == nil {
		return x.Equal(y)
	}
	dayA, clockA, _ := strings.Cut(a, "T")
	dayB, clockB, _ := strings.Cut(b, "T")
	if len(clockA) < len("15:04:05") || len(clockB) < len("15:04:05") {
		return dayA == dayB
	}
	return dayA == dayB && clockA[:8] == clockB[:8]
}

// metadataOf are the TIFF structure and the XMP of a file, nil where it has none.
func metadataOf(found string, data []byte) (tiff, xmp []byte) {
	switch found {
	case "image/jpeg":
		xmp, _ = app1(data, "http://ns.adobe.com/xap/1.0/\x00")
		return exifOfJPEG(data), xmp
	case "image/webp":
		return bytes.TrimPrefix(chunkOfWebP(data, "EXIF"), []byte("Exif\x00\x00")), chunkOfWebP(data, "XMP ")
	case "image/png", "image/apng", "image/vnd.mozilla.apng":
		// iTXt: keyword, NUL, compressed or not, method, two more texts that end with NUL
		text, ok := bytes.CutPrefix(chunkOfPNG(data, "iTXt"), []byte("XML:com.adobe.xmp\x00\x00\x00"))
		if parts := bytes.SplitN(text, []byte{0}, 3); ok && len(parts) == 3 {
			xmp = parts[2]
		}
		return exifOfPNG(data), xmp
	}
	return nil, nil
}

// tag is a field of a TIFF structure.
type tag struct {
	kind  uint16
	value []byte
}

// tiffReader reads directories of a TIFF structure (TIFF 6.0, Exif 2.32).
type tiffReader struct {
	data  []byte
	order binary.ByteOrder
}

func newTIFF(data []byte) (tiffReader, bool) {
	if len(data) < 8 {
		return tiffReader{}, false
	}
	if string(data[:2]) == "II" {
		return tiffReader{data, binary.LittleEndian}, true
	}
	return tiffReader{data, binary.BigEndian}, string(data[:2]) == "MM"
}

// directory is what stands at an offset, by the number of the field.
func (t tiffReader) directory(at uint32) map[uint16]tag {
	found := make(map[uint16]tag)
	if int64(at)+2 > int64(len(t.data)) {
		return found
	}
	fields := t.data[at+2:]
	for n := t.order.Uint16(t.data[at:]); n > 0 && len(fields) >= 12; n-- {
		kind := t.order.Uint16(fields[2:])
		size := int64(t.order.Uint32(fields[4:])) * widthOf(kind)
		value := fields[8:12]
		if size > 4 {
			from := int64(t.order.Uint32(value))
			if size > 1<<10 || from+size > int64(len(t.data)) {
				value, size = nil, 0
			} else {
				value = t.data[from:]
			}
		}
		found[t.order.Uint16(fields)] = tag{kind, value[:size]}
		fields = fields[12:]
	}
	return found
}

func widthOf(kind uint16) int64 {
	switch kind {
	case 3:
		return 2
	case 4, 9:
		return 4
	case 5, 10:
		return 8
	}
	return 1
}

// below is the directory that a field points to.
func (t tiffReader) below(field tag) map[uint16]tag {
	if field.kind != 4 || len(field.value) < 4 {
		return nil
	}
	return t.directory(t.order.Uint32(field.value))
}

// text is a field of characters, to its first NUL.
func (g tag) text() string {
	s, _, _ := strings.Cut(string(g.value), "\x00")
	return strings.ToValidUTF8(s, "\ufffd")
}

// The fields of Exif 2.32, 4.6.5 F and 4.6.6: each time has one for its zone and
// one for the parts of a second.
func exifTimes(data []byte) (times []PictureTime) {
	t, ok := newTIFF(data)
	if !ok {
		return nil
	}
	first := t.directory(t.order.Uint32(data[4:]))
	exif := t.below(first[0x8769])
	for _, f := range []struct {
		name            string
		in              map[uint16]tag
		at, zone, parts uint16
		taken           bool
	}{
		{"Exif DateTimeOriginal", exif, 0x9003, 0x9011, 0x9291, true},
		{"Exif DateTimeDigitized", exif, 0x9004, 0x9012, 0x9292, true},
		{"Exif DateTime", first, 0x0132, 0x9010, 0x9290, false},
	} {
		field, ok := f.in[f.at]
		if !ok {
			continue
		}
		p := timeIn(f.name, field.text(), f.taken)
		if zone := strings.TrimSpace(exif[f.zone].text()); p.Clock != "" && isOffset(zone) {
			p.Zone, p.Raw = zone, p.Raw+" "+zone
		}
		if parts := strings.TrimSpace(exif[f.parts].text()); p.Clock != "" && parts != "" && strings.Trim(parts, "0123456789") == "" {
			p.Clock += "." + parts
		}
		times = append(times, p)
	}
	return append(times, t.gps(t.below(first[0x8825]))...)
}

// gps is the time of a satellite, which is UTC.
func (t tiffReader) gps(fields map[uint16]tag) []PictureTime {
	day, clock := fields[0x001d].text(), fields[0x0007]
	if day == "" && len(clock.value) == 0 {
		return nil
	}
	p := timeIn("GPS", day, true)
	var parts []string
	for i := 0; i+8 <= len(clock.value) && clock.kind == 5 && i < 24; i += 8 {
		above, below := t.order.Uint32(clock.value[i:]), t.order.Uint32(clock.value[i+4:])
		if below == 0 {
			return []PictureTime{p}
		}
		parts = append(parts, fmt.Sprintf("%02d", above/below))
	}
	if len(parts) == 3 {
		written := strings.Join(parts, ":")
		p = timeIn("GPS", strings.TrimSpace(day+" "+written), true)
		p.Raw = strings.TrimSpace(day + " " + written)
		if p.Clock != "" {
			p.Zone = "Z"
		}
	}
	return []PictureTime{p}
}

// timeWritten is a time as Exif (2018:10:13 09:24:27) and XMP (ISO 8601) write it.
var timeWritten = regexp.MustCompile(`^(\d{4})[:-](\d\d)[:-](\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$`)

// timeIn reads what stands in a field. What is no day of the calendar is none, and
// what is no time of a day is none beside its day.
func timeIn(field, raw string, taken bool) PictureTime {
	p := PictureTime{Field: field, Raw: strings.ToValidUTF8(raw[:min(len(raw), maxTimeText/2)], "\ufffd"), Taken: taken}
	m := timeWritten.FindStringSubmatch(strings.TrimSpace(raw))
	if m == nil {
		return p
	}
	day := m[1] + "-" + m[2] + "-" + m[3]
	if at, err := time.Parse(time.DateOnly, day); err != nil || at.Year() == 0 {
		return p
	}
	p.Day = day
	clock := m[4] + m[5]
	if m[5] == "" {
		clock += ":00"
	}
	if _, err := time.Parse(time.TimeOnly, clock); err != nil {
		return p
	}
	p.Clock = m[4] + m[5] + m[6]
	if m[7] == "Z" || isOffset(m[7]) {
		p.Zone = m[7]
	}
	return p
}

func isOffset(s string) bool {
	at, err := time.Parse("-07:00", s)
	if err != nil {
		return false
	}
	_, seconds := at.Zone()
	return seconds >= -14*3600 && seconds <= 14*3600
}

// xmpField tells whether a name is of a time in XMP, and whether of the taking.
func xmpField(name xml.Name) (field string, taken, ok bool) {
	prefix := ""
	switch name.Space {
	case "http://ns.adobe.com/exif/1.0/":
		prefix = "exif"
	case "http://ns.adobe.com/xap/1.0/":
		prefix = "xmp"
	case "http://ns.adobe.com/photoshop/1.0/":
		prefix = "photoshop"
	}
	field = prefix + ":" + name.Local
	switch field {
	case "exif:DateTimeOriginal", "exif:DateTimeDigitized", "xmp:CreateDate", "photoshop:DateCreated", "exif:GPSTimeStamp":
		return "XMP " + field, true, true
	case "xmp:ModifyDate", "xmp:MetadataDate":
		return "XMP " + field, false, true
	}
	return "", false, false
}

// xmpTimes reads the times in XMP, attributes and elements alike. It stops where
// the text is no XML any more.
func xmpTimes(data []byte) (times []PictureTime) {
	d := xml.NewDecoder(bytes.NewReader(data))
	var inside xml.Name
	text := ""
	for len(times) < maxTimes {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside, text = token.Name, ""
			for _, a := range token.Attr {
				if field, taken, ok := xmpField(a.Name); ok {
					times = append(times, timeIn(field, a.Value, taken))
				}
			}
		case xml.CharData:
			text += string(token[:min(len(token), 64)])
		case xml.EndElement:
			if field, taken, ok := xmpField(inside); ok && inside == token.Name {
				times = append(times, timeIn(field, strings.TrimSpace(text), taken))
			}
			inside, text = xml.Name{}, ""
		}
	}
	slices.SortStableFunc(times, func(a, b PictureTime) int { return strings.Compare(a.Field, b.Field) })
	return times
}
