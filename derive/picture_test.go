// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

// corners is a picture of four colours, by which it can be told how it lies.
func corners(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{A: 255}
			if x < w/2 {
				c.R = 255
			}
			if y < h/2 {
				c.G = 255
			}
			p.Set(x, y, c)
		}
	}
	return p
}

// read is the layout of a picture that was answered: what stands in its corners.
func read(t *testing.T, p Picture) (layout string) {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(p.PNG))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, p.Width, p.Height) {
		t.Errorf("the picture is %v, and said to be %d × %d", m.Bounds(), p.Width, p.Height)
	}
	for _, at := range []image.Point{{0, 0}, {p.Width - 1, 0}, {0, p.Height - 1}, {p.Width - 1, p.Height - 1}} {
		r, g, _, _ := m.At(at.X, at.Y).RGBA()
		switch {
		case r > 0x8000 && g > 0x8000:
			layout += "y" // top left of the one that was stored
		case g > 0x8000:
			layout += "g" // top right
		case r > 0x8000:
			layout += "r" // bottom left
		default:
			layout += "k" // bottom right
		}
	}
	return layout
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is a TIFF structure with an orientation and the name of who took it.
func exif(order binary.AppendByteOrder, mark string, turn uint16) []byte {
	b := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	b = order.AppendUint16(b, 2)
	for _, field := range []struct {
		tag, kind uint16
		n         uint32
		value     []byte
	}{{0x0112, 3, 1, order.AppendUint16(nil, turn)}, {0x013b, 2, 4, []byte("Who\x00")}} {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, field.tag), field.kind), field.n)
		b = append(append(b, field.value...), make([]byte, 4-len(field.value))...)
	}
	return order.AppendUint32(b, 0)
}

// withAPP1 puts Exif into a JPEG.
func withAPP1(data, tiff []byte) []byte {
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(out, body...), data[2:]...)
}

// TestOrientations: Exif 2.32, 4.6.4 A, tag Orientation; where the 0th row and
// the 0th column of what is stored are to be seen.
func TestOrientations(t *testing.T) {
	t.Parallel()
	r := runner(t)
	for turn, want := range map[uint16]string{
		1: "ygrk", 2: "gykr", 3: "krgy", 4: "rkyg", 5: "yrgk", 6: "rykg", 7: "kgry", 8: "gkyr", 9: "ygrk",
	} {
		big := turn%2 == 0
		tiff := exif(binary.LittleEndian, "II", turn)
		if big {
			tiff = exif(binary.BigEndian, "MM", turn)
		}
		data := withAPP1(asJPEG(t, corners(64, 32)), tiff)
		got, err := r.Picture(t.Context(), "", holding(data), 100)
		if err != nil {
			t.Fatal(err)
		}
		if layout := read(t, got); layout != want {
			t.Errorf("orientation %d lies as %s, wanted %s", turn, layout, want)
		}
		w, h := 64, 32
		if turn >= 5 && turn <= 8 {
			w, h = 32, 64
		}
		if got.Width != w || got.Height != h || got.OriginalWidth != w || got.OriginalHeight != h || got.Turned != (turn > 1 && turn < 9) {
			t.Errorf("orientation %d: %d × %d of %d × %d, turned %v", turn, got.Width, got.Height, got.OriginalWidth, got.OriginalHeight, got.Turned)
		}
		if bytes.Contains(got.PNG, []byte("Who")) {
			t.Errorf("orientation %d: who took it is still there", turn)
		}
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	var animation bytes.Buffer
	frame := image.NewPaletted(image.Rect(20, 10, 40, 20), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&animation, &gif.GIF{
		Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}, Config: image.Config{Width: 40, Height: 20, ColorModel: frame.Palette},
	}); err != nil {
		t.Fatal(err)
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	r := runner(t)
	for name, c := range map[string]struct {
		data  []byte
		width int
		want  Picture
	}{
		"png":            {asPNG(t, corners(60, 30)), 100, Picture{Found: "image/png", Width: 60, Height: 30, OriginalWidth: 60, OriginalHeight: 30}},
		"png scaled":     {asPNG(t, corners(600, 300)), 90, Picture{Found: "image/png", Width: 90, Height: 45, OriginalWidth: 600, OriginalHeight: 300}},
		"png not larger": {asPNG(t, image.NewGray(image.Rect(0, 0, 3, 900))), 1 << 20, Picture{Found: "image/png", Width: 3, Height: 900, OriginalWidth: 3, OriginalHeight: 900}},
		"jpeg":           {asJPEG(t, corners(301, 77)), 50, Picture{Found: "image/jpeg", Width: 50, Height: 12, OriginalWidth: 301, OriginalHeight: 77}},
		"gif":            {animation.Bytes(), 100, Picture{Found: "image/gif", Width: 40, Height: 20, OriginalWidth: 40, OriginalHeight: 20, First: true}},
		"webp":           {webp, 100, Picture{Found: "image/webp", Width: 1, Height: 1, OriginalWidth: 1, OriginalHeight: 1}},
	} {
		got, err := r.Picture(t.Context(), "", holding(c.data), c.width)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if layout := read(t, got); c.want.Found != "image/gif" && name != "webp" && name != "png not larger" && layout != "ygrk" {
			t.Errorf("%s lies as %s", name, layout)
		}
		got.PNG = nil
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// claiming is a PNG whose header says w × h points, and that has none.
func claiming(w, h uint32) []byte {
	header := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	header = append(header, 8, 2, 0, 0, 0)
	out := append([]byte(pngMark), 0, 0, 0, 13)
	out = append(out, header...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(header))
}

func TestPicturesThatCannotBeShown(t *testing.T) {
	t.Parallel()
	whole := asJPEG(t, corners(400, 400))
	r := runner(t)
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"a bomb by its header": {claiming(60_000, 60_000), "60000 × 60000"},
		"cut off":              {whole[:len(whole)/2], "cut off"},
		"no points":            {claiming(0, 5), ""},
		"a header alone":       {claiming(5, 5), "cut off"},
		"a text":               {[]byte("no picture"), "text/plain"},
		"SVG":                  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "image/svg+xml"},
	} {
		_, err := r.Picture(t.Context(), "", holding(c.data), 100)
		if refused(t, err, fault.Invalid, c.words); t.Failed() {
			t.Fatalf("at: %s", name)
		}
	}
}

// TestMeans: a point is the mean of those that it covers.
func TestMeans(t *testing.T) {
	t.Parallel()
	p := image.NewGray(image.Rect(5, 7, 5+6, 7+3))
	copy(p.Pix, []uint8{0, 60, 120, 30, 30, 30, 60, 120, 0, 30, 30, 30, 120, 0, 60, 30, 30, 90})
	got := scaled(p, image.Pt(2, 1))
	want := []uint8{60, 60, 60, 255, 37, 37, 37, 255} // 540/9, and 330/9 = 36.7
	if diff := cmp.Diff(want, got.Pix); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for n := 1; n < 60; n++ {
		for to := 1; to <= n; to++ {
			sums := make([]float64, to+1)
			for _, s := range cover(n, to) {
				sums[s.first] += float64(s.a)
				sums[s.first+1] += float64(s.b)
			}
			for i, sum := range sums {
				if want := map[bool]float64{true: 1}[i < to]; sum < want-1e-4 || sum > want+1e-4 {
					t.Fatalf("%d points on %d: point %d has %f of them", n, to, i, sum)
				}
			}
		}
	}
}

func TestFitting(t *testing.T) {
	t.Parallel()
	for _, c := range [][5]int{
		{4000, 3000, 1600, 1600, 1200}, {100, 50, 1600, 100, 50}, {1, 50_000_000, 16, 1, 7 << 20}, {60_000, 1, 16, 16, 1},
	} {
		if w, h := fitting(c[0], c[1], c[2]); w != c[3] || h != c[4] {
			t.Errorf("%d × %d at most %d wide becomes %d × %d, wanted %d × %d", c[0], c[1], c[2], w, h, c[3], c[4])
		}
	}
}

func TestBarePNG(t *testing.T) {
	t.Parallel()
	good := asPNG(t, corners(7, 9))
	if w, h, err := barePNG(good); w != 7 || h != 9 || err != nil {
		t.Errorf("%d × %d, %v", w, h, err)
	}
	text := append([]byte("tEXt"), "Author\x00Who"...)
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(text)-4)), text...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(text))
	for name, bad := range map[string][]byte{
		"nothing": {}, "a text in it": bytes.Join([][]byte{good[:33], chunk, good[33:]}, nil), "something behind": append(bytes.Clone(good), 0),
		"cut": good[:len(good)-5], "a wrong checksum": append(bytes.Clone(good[:len(good)-1]), 0), "no header": append([]byte(pngMark), chunk...),
	} {
		if _, _, err := barePNG(bad); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzBarePNG(f *testing.F) {
	f.Add(asPNG(f, corners(3, 3)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if w, h, err := barePNG(data); err == nil {
			if c, err := png.DecodeConfig(bytes.NewReader(data)); err == nil && (c.Width != w || c.Height != h) {
				t.Fatalf("%d × %d, and image/png says %d × %d", w, h, c.Width, c.Height)
			}
		}
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add(withAPP1([]byte{0xff, 0xd8, 0xff, 0xd9}, exif(binary.BigEndian, "MM", 6)))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, found := range []string{"image/jpeg", "image/png", "image/webp"} {
			if o := orientationOf(found, data); o < 1 || o > 8 {
				t.Fatalf("orientation %d", o)
			}
		}
	})
}
