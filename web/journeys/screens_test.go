// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "take the pictures of docs/screens anew")

// largest is how many bytes a picture may have.
const largest = 150_000

// look is a way in which a page is pictured.
type look struct {
	language, look string
	width, height  int64
	medium         string
}

func looks() map[string]look {
	return map[string]look{
		"desktop": {"en", "light", 1280, 960, ""},
		"phone":   {"en", "light", 390, 844, ""},
		"arabic":  {"ar", "light", 1280, 960, ""},
		"dark":    {"en", "dark", 1280, 960, ""},
		"print":   {"en", "light", 794, 1123, "print"}, // A4 at 96 points to the inch
	}
}

// screen is a page that is pictured, in some looks, and how a reader gets to it.
type screen struct {
	looks []string
	open  func(p *page)
}

func screens() map[string]screen {
	at := func(parts ...string) func(*page) { return func(p *page) { p.open(in(parts...)) } }
	return map[string]screen{
		"overview": {[]string{"desktop", "phone", "arabic", "dark"}, at()},
		"exhibit":  {[]string{"desktop", "phone", "dark"}, (*page).witness},
		"records":  {[]string{"desktop", "phone"}, at("records")},
		"person":   {[]string{"desktop", "phone", "arabic", "dark", "print"}, func(p *page) { p.openPerson(cyrillic) }},
		"beside":   {[]string{"desktop", "arabic"}, func(p *page) { p.open(p.room.besidesOf(p)) }},
		"search":   {[]string{"desktop", "phone", "arabic"}, func(p *page) { p.open(in("search") + "?q=Lezkrourst") }},
		"figure":   {[]string{"desktop", "phone", "arabic", "dark", "print"}, func(p *page) { p.open(in("figures")); p.followOn("table.list tbody th a") }},
		"edition": {[]string{"desktop", "print"}, func(p *page) {
			p.open(in("dossiers"))
			p.followOn("table.list tbody th a")
			p.followOn(`main .history a`)
		}},
		"journal": {[]string{"desktop", "phone", "arabic"}, at("journal")},
		"wizard": {[]string{"arabic", "phone"}, func(p *page) {
			p.open(in("exhibits"))
			p.follow(arabicListFile)
			p.followOn(`main .acts a[href*="/lists/new"]`)
			p.arabicList()
		}},
		"form": {[]string{"desktop", "phone"}, func(p *page) { p.witness(); p.followOn(`main .acts a[href*="/records/new"]`) }},
	}
}

// openPerson opens the person of a name without what depends on the language of the page.
func (p *page) openPerson(name string) {
	p.t.Helper()
	p.open(in("search") + "?q=" + name)
	p.followOn(".hits a")
	p.followOn(`main a[href*="/persons/p-"]`)
}

// TestScreens holds docs/screens to the list above. With -update it takes the
// pictures anew, which needs the browser.
func TestScreens(t *testing.T) {
	dir, want := filepath.Join("..", "..", "docs", "screens"), map[string]bool{}
	for name, s := range screens() {
		for _, look := range s.looks {
			want[name+"-"+look+".png"] = true
		}
	}
	if *update {
		onStage(t).picture(t, dir)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(want) || len(files) > 40 {
		t.Errorf("docs/screens has %d pictures, want %d", len(files), len(want))
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if !want[filepath.Base(f)] {
			t.Errorf("%s is a picture of nothing in the list", f)
		}
		if info.Size() > largest {
			t.Errorf("%s has %d bytes, at most %d are allowed", f, info.Size(), largest)
		}
	}
}

func (s *stage) picture(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := s.open(t).writer()
	p.counted()
	p.brought(arabicListFile, rightToLeft)
	for _, as := range slices.Sorted(maps.Keys(looks())) {
		l := looks()[as]
		p.do(chromedp.EmulateViewport(1280, 960), media("", ""))
		p.prefers(l.language, l.look)
		for _, name := range slices.Sorted(maps.Keys(screens())) {
			if !slices.Contains(screens()[name].looks, as) {
				continue
			}
			p.do(chromedp.EmulateViewport(1280, 960), media("", ""))
			screens()[name].open(p)
			p.do(chromedp.EmulateViewport(l.width, l.height), media(l.medium, ""))
			shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			small, err := tight(shot)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name+"-"+as+".png"), small, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// tight is the same picture in fewer bytes: its 256 most frequent colours stay,
// and each other becomes the nearest of them. Pages have few colours.
func tight(shot []byte) ([]byte, error) {
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		return nil, err
	}
	often, bounds := map[color.RGBA]int{}, picture.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			often[at(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(often), func(a, b color.RGBA) int { return often[b] - often[a] })
	var palette color.Palette
	for _, c := range colours[:min(256, len(colours))] {
		palette = append(palette, c)
	}
	nearest, few := map[color.RGBA]uint8{}, image.NewPaletted(bounds, palette)
	for _, c := range colours {
		nearest[c] = uint8(palette.Index(c)) //nolint:gosec // 256 at most
	}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			few.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, few); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// besidesOf is a page that compares two persons, found by the browser.
func (r *room) besidesOf(p *page) string {
	p.t.Helper()
	p.open(in("persons") + "?linked=1")
	ids := eval[[]string](p, `[...document.querySelectorAll('table.list a[href*="/persons/p-"]')].map((a) => a.pathname.split("/").pop())`)
	if len(ids) < 2 {
		p.fatal("there are no two persons")
	}
	return strings.Join([]string{in("persons", ids[0]), "beside", ids[1]}, "/")
}
