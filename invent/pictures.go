// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// Colours of the drawings, by index.
const (
	paper0 = iota
	ink
	water
	road
	house
	meadow
	stone
	shade
)

const pictureWidth, pictureHeight = 640, 420

// canvas is a drawing in few colours.
type canvas struct{ *image.Paletted }

func newCanvas() canvas {
	return canvas{image.NewPaletted(image.Rect(0, 0, pictureWidth, pictureHeight), color.Palette{
		color.RGBA{250, 248, 240, 255}, color.RGBA{40, 40, 44, 255}, color.RGBA{150, 178, 196, 255}, color.RGBA{214, 202, 180, 255},
		color.RGBA{168, 150, 132, 255}, color.RGBA{206, 214, 190, 255}, color.RGBA{190, 188, 184, 255}, color.RGBA{140, 138, 136, 255},
	})}
}

func (c canvas) fill(x0, y0, x1, y1 int, colour uint8) {
	for y := max(y0, 0); y < min(y1, pictureHeight); y++ {
		for x := max(x0, 0); x < min(x1, pictureWidth); x++ {
			c.SetColorIndex(x, y, colour)
		}
	}
}

// text writes capitals, digits and spaces in letters of 3 by 5 points.
func (c canvas) text(x, y, size int, s string) {
	for _, r := range s {
		for row, bits := range glyph(r) {
			for column := range 3 {
				if bits&(4>>column) != 0 {
					c.fill(x+column*size, y+row*size, x+(column+1)*size, y+(row+1)*size, ink)
				}
			}
		}
		x += 4 * size
	}
}

// png is the drawing's file. It is not compressed, so that every version of Go
// writes the same bytes.
func (c canvas) png() ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, c)
	return b.Bytes(), err
}

// drawPlan is a plan of the town: river, roads, houses.
func (c *Case) drawPlan() ([]byte, error) {
	d := newDice(c.Seed, forPictures)
	p := newCanvas()
	p.fill(0, 40, pictureWidth, pictureHeight-30, meadow)
	bank := d.between(120, 200)
	for x := range pictureWidth {
		if x%3 == 0 {
			bank += d.between(-2, 2)
		}
		p.fill(x, bank, x+1, bank+26, water)
	}
	for i := range 5 {
		x, y := 70+i*120+d.between(-20, 20), 230+i*32
		p.fill(x, 40, x+10, pictureHeight-30, road)
		p.fill(0, y, pictureWidth, y+8, road)
	}
	for range 140 {
		x, y, side := d.between(10, pictureWidth-30), d.between(46, pictureHeight-60), d.between(7, 15)
		if p.ColorIndexAt(x, y) == meadow && p.ColorIndexAt(x+side, y+side) == meadow && p.ColorIndexAt(x+side, y) == meadow && p.ColorIndexAt(x, y+side) == meadow {
			p.fill(x, y, x+side, y+side, house)
		}
	}
	p.text(12, 12, 3, "PLAN OF "+upper(c.Land.Town.Name.In(Latin)))
	p.text(12, pictureHeight-22, 2, "INVENTED  RIVER "+upper(c.Land.River))
	return p.png()
}

// drawMemorial is a row of stones with family names under a tree.
func (c *Case) drawMemorial() ([]byte, error) {
	d := newDice(c.Seed, forPictures+100)
	p := newCanvas()
	p.fill(0, 250, pictureWidth, pictureHeight, meadow)
	p.fill(520, 90, 534, 260, shade)
	p.fill(470, 40, 590, 130, meadow)
	for i := range 6 {
		x, height := 30+i*100, d.between(90, 140)
		p.fill(x+6, 330-height+6, x+86, 336, shade)
		p.fill(x, 330-height, x+80, 330, stone)
		name := []rune(upper(c.People[d.below(len(c.People))].Family.In(Latin)))
		p.text(x+6, 330-height+20, 2, string(name[:min(8, len(name))]))
		for line := range 3 {
			p.fill(x+8, 330-height+44+line*12, x+d.between(40, 70), 330-height+47+line*12, shade)
		}
	}
	p.text(12, 12, 3, "STONES OF "+upper(c.Land.Town.Name.In(Latin)))
	p.text(12, pictureHeight-22, 2, "INVENTED")
	return p.png()
}
