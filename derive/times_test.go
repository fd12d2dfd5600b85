// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exifWith is a TIFF structure with texts in its first directory and in those of
// Exif and GPS; a GPS time of day is three whole numbers.
func exifWith(order binary.AppendByteOrder, first, exif, gps map[uint16]string, clock ...uint32) []byte {
	mark := "MM"
	if order.AppendUint16(nil, 1)[0] == 1 {
		mark = "II"
	}
	b := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	type entry struct {
		tag, kind uint16
		n         uint32
		value     []byte
	}
	texts := func(of map[uint16]string) (all []entry) {
		for _, tag := range slices.Sorted(maps.Keys(of)) {
			all = append(all, entry{tag, 2, uint32(len(of[tag]) + 1), []byte(of[tag] + "\x00")})
		}
		return all
	}
	size := func(entries []entry) (n uint32) {
		n = 6
		for _, e := range entries {
			if n += 12; len(e.value) > 4 {
				n += uint32(len(e.value))
			}
		}
		return n
	}
	write := func(entries []entry) {
		at := uint32(len(b)) + 6 + 12*uint32(len(entries))
		b = order.AppendUint16(b, uint16(len(entries)))
		var behind []byte
		for _, e := range entries {
			b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, e.tag), e.kind), e.n)
			if len(e.value) <= 4 {
				b = append(b, append(e.value, make([]byte, 4-len(e.value))...)...)
				continue
			}
			b = order.AppendUint32(b, at+uint32(len(behind)))
			behind = append(behind, e.value...)
		}
		b = append(order.AppendUint32(b, 0), behind...)
	}
	in, satellite := texts(exif), texts(gps)
	if len(clock) > 0 {
		var v []byte
		for _, c := range clock {
			v = order.AppendUint32(order.AppendUint32(v, c), 1)
		}
		satellite = append(satellite, entry{0x0007, 5, uint32(len(clock)), v})
	}
	main := append(texts(first), entry{0x8769, 4, 1, make([]byte, 4)}, entry{0x8825, 4, 1, make([]byte, 4)})
	exifAt := 8 + size(main)
	main[len(main)-2].value = order.AppendUint32(nil, exifAt)
	main[len(main)-1].value = order.AppendUint32(nil, exifAt+size(in))
	write(main)
	write(in)
	write(satellite)
	return b
}

// withXMP puts XMP into a JPEG.
func withXMP(data []byte, description string) []byte {
	body := "http://ns.adobe.com/xap/1.0/\x00" + `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ` + description + `</rdf:RDF></x:xmpmeta>`
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(out, body...), data[2:]...)
}

// TestTimesOfPictures: all times that a file says of itself stand side by side, each
// with its field and as it was written; none is moved, completed or taken for another.
func TestTimesOfPictures(t *testing.T) {
	t.Parallel()
	bare := asJPEG(t, corners(8, 4))
	little, big := binary.LittleEndian, binary.BigEndian
	const original, digitized, changed = 0x9003, 0x9004, 0x0132
	for name, c := range map[string]struct {
		data   []byte
		want   []string
		differ bool
	}{
		"nothing is said": {bare, nil, false},
		// a camera that counts on after midnight: the day stands, the time of day is none
		"an hour that no day has": {withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "2018:10:13 24:24:27"}, nil)),
			[]string{"Exif DateTimeOriginal|2018:10:13 24:24:27|2018-10-13|||true"}, false},
		// a clock that was never set
		"noughts": {withAPP1(bare, exifWith(little, map[uint16]string{changed: "0000:00:00 00:00:00"}, map[uint16]string{original: "0000:00:00 00:00:00"}, nil)),
			[]string{"Exif DateTimeOriginal|0000:00:00 00:00:00||||true", "Exif DateTime|0000:00:00 00:00:00||||false"}, false},
		"blanks": {withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "    :  :     :  :  ", digitized: ""}, nil)),
			[]string{"Exif DateTimeOriginal|    :  :     :  :  ||||true", "Exif DateTimeDigitized|||||true"}, false},
		"a day that its month does not have": {withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "1965:02:29 10:00:00"}, nil)),
			[]string{"Exif DateTimeOriginal|1965:02:29 10:00:00||||true"}, false},
		"words": {withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "last week\xff"}, nil)),
			[]string{"Exif DateTimeOriginal|last week\ufffd||||true"}, false},
		// most cameras name no zone: it is the time of some clock and never UTC or that of a machine
		"no zone": {withAPP1(bare, exifWith(little, nil, map[uint16]string{original: "1992:02:26 00:30:00"}, nil)),
			[]string{"Exif DateTimeOriginal|1992:02:26 00:30:00|1992-02-26|00:30:00||true"}, false},
		"a zone and parts of a second": {withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "2020:02:26 00:30:00", 0x9011: "+04:00", 0x9291: "07"}, nil)),
			[]string{"Exif DateTimeOriginal|2020:02:26 00:30:00 +04:00|2020-02-26|00:30:00.07|+04:00|true"}, false},
		"a zone that is none": {withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "2020:02:26 00:30:00", 0x9011: "  :  ", 0x9291: "   "}, nil)),
			[]string{"Exif DateTimeOriginal|2020:02:26 00:30:00|2020-02-26|00:30:00||true"}, false},
		// the satellite says UTC, the camera the time of the place: four hours between them
		"GPS says four hours less": {withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "2020:02:26 02:30:00"}, map[uint16]string{0x001d: "2020:02:25"}, 22, 30, 0)),
			[]string{"Exif DateTimeOriginal|2020:02:26 02:30:00|2020-02-26|02:30:00||true", "GPS|2020:02:25 22:30:00|2020-02-25|22:30:00|Z|true"}, true},
		"GPS agrees by the zone": {withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "2020:02:26 02:30:00", 0x9011: "+04:00"}, map[uint16]string{0x001d: "2020:02:25"}, 22, 30, 0)),
			[]string{"Exif DateTimeOriginal|2020:02:26 02:30:00 +04:00|2020-02-26|02:30:00|+04:00|true", "GPS|2020:02:25 22:30:00|2020-02-25|22:30:00|Z|true"}, false},
		"a day of GPS alone": {withAPP1(bare, exifWith(big, nil, nil, map[uint16]string{0x001d: "2020:02:25"})),
			[]string{"GPS|2020:02:25|2020-02-25|||true"}, false},
		// a program wrote another date into one of the two places
		"XMP says another day": {withXMP(withAPP1(bare, exifWith(big, nil, map[uint16]string{original: "2020:07:06 10:00:00"}, nil)), `exif:DateTimeOriginal="2020-07-11T10:00:00"/>`),
			[]string{"Exif DateTimeOriginal|2020:07:06 10:00:00|2020-07-06|10:00:00||true", "XMP exif:DateTimeOriginal|2020-07-11T10:00:00|2020-07-11|10:00:00||true"}, true},
		"XMP in elements, with a zone": {withXMP(bare, `><xmp:CreateDate>2020-07-06T10:00:00.25+02:00</xmp:CreateDate><photoshop:DateCreated>2020-07-06</photoshop:DateCreated></rdf:Description>`),
			[]string{"XMP photoshop:DateCreated|2020-07-06|2020-07-06|||true", "XMP xmp:CreateDate|2020-07-06T10:00:00.25+02:00|2020-07-06|10:00:00.25|+02:00|true"}, false},
		// copied or worked on five days later: that is no time of taking, and no contradiction
		"changed later": {withXMP(withAPP1(bare, exifWith(big, map[uint16]string{changed: "2020:07:11 09:00:00"}, map[uint16]string{original: "2020:07:06 10:00:00", digitized: "2020:07:06 10:00:00"}, nil)), `xmp:ModifyDate="2020-07-11T09:00Z"/>`),
			[]string{"Exif DateTimeOriginal|2020:07:06 10:00:00|2020-07-06|10:00:00||true", "Exif DateTimeDigitized|2020:07:06 10:00:00|2020-07-06|10:00:00||true",
				"Exif DateTime|2020:07:11 09:00:00|2020-07-11|09:00:00||false", "XMP xmp:ModifyDate|2020-07-11T09:00Z|2020-07-11|09:00|Z|false"}, false},
	} {
		got, err := runner(t).Picture(t.Context(), "", holding(c.data), 100)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var lines []string
		for _, p := range got.Times {
			lines = append(lines, fmt.Sprintf("%s|%s|%s|%s|%s|%v", p.Field, p.Raw, p.Day, p.Clock, p.Zone, p.Taken))
		}
		if d := cmp.Diff(c.want, lines); d != "" || TimesDiffer(got.Times) != c.differ {
			t.Errorf("%s, differ %v: %s", name, TimesDiffer(got.Times), d)
		}
	}
}

// TestTimesOfHostileFiles: offsets that lead out of the file or in a circle, and XMP
// without end, are answered with what there is.
func TestTimesOfHostileFiles(t *testing.T) {
	t.Parallel()
	bare := asJPEG(t, corners(8, 4))
	whole := exifWith(binary.BigEndian, map[uint16]string{0x0132: "2020:07:11 09:00:00"}, map[uint16]string{0x9003: "2020:07:06 10:00:00"}, map[uint16]string{0x001d: "2020:07:06"}, 8, 0, 0)
	for at := range whole {
		for _, b := range []byte{0, 0x7f, 0xff} {
			changed := slices.Clone(whole)
			changed[at] = b
			timesOf("image/jpeg", withAPP1(bare, changed))
		}
		timesOf("image/jpeg", withAPP1(bare, whole[:at]))
	}
	many := withXMP(bare, `>`+strings.Repeat(`<xmp:CreateDate>2020-07-06</xmp:CreateDate>`, 500)+strings.Repeat("<a>", 1000))
	if n := len(timesOf("image/jpeg", many)); n != maxTimes {
		t.Errorf("%d times were told", n)
	}
}

func FuzzTimes(f *testing.F) {
	bare := asJPEG(f, corners(8, 4))
	f.Add(withAPP1(bare, exifWith(binary.LittleEndian, nil, map[uint16]string{0x9003: "2018:10:13 24:24:27"}, map[uint16]string{0x001d: "2018:10:13"}, 1, 2, 3)))
	f.Add(withXMP(bare, `exif:DateTimeOriginal="2020-07-11T10:00:00"/>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, found := range []string{"image/jpeg", "image/png", "image/webp"} {
			times := timesOf(found, data)
			TimesDiffer(times)
			for _, p := range times {
				if p.Clock != "" && p.Day == "" || p.Zone != "" && p.Clock == "" {
					t.Fatalf("%+v", p)
				}
			}
		}
	})
}
