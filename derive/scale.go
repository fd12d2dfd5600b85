// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"image"
	"image/draw"
	"math"
)

func root(x float64) float64 { return math.Sqrt(x) }

// stripRows is how many rows of a picture are turned into plain colours at a
// time, so that a large one is never held twice.
const stripRows = 16

// scaled is a picture made smaller: each point is the mean of those it covers,
// weighted by how much of them it covers (a box filter), which keeps writing in
// scanned pages legible.
func scaled(full image.Image, to image.Point) *image.RGBA {
	b := full.Bounds()
	if b.Dx() == to.X && b.Dy() == to.Y {
		out := image.NewRGBA(image.Rect(0, 0, to.X, to.Y))
		draw.Draw(out, out.Bounds(), full, b.Min, draw.Src)
		return out
	}
	s := scaler{out: image.NewRGBA(image.Rect(0, 0, to.X, to.Y)), columns: cover(b.Dx(), to.X), rows: cover(b.Dy(), to.Y)}
	s.sums = make([]float32, 4*to.X)
	s.line = make([]float32, 4*to.X)
	strip := image.NewRGBA(image.Rect(0, 0, b.Dx(), stripRows))
	for y := 0; y < b.Dy(); y += stripRows {
		n := min(stripRows, b.Dy()-y)
		draw.Draw(strip, image.Rect(0, 0, b.Dx(), n), full, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		for row := range n {
			s.add(y+row, strip.Pix[row*strip.Stride:])
		}
	}
	return s.out
}

// span is the part of the output on which one point of the input lies: on first
// with the share a, and on the next one with the share b.
type span struct {
	first int
	a, b  float32
}

// cover says for each of n points where it lies among fewer, to. The shares of
// all points that lie on one add up to 1.
func cover(n, to int) []span {
	spans := make([]span, n)
	ratio := float64(to) / float64(n)
	for i := range spans {
		low, high := float64(i)*ratio, float64(i+1)*ratio
		first := min(int(low), to-1)
		edge := float64(first + 1)
		spans[i] = span{first: first, a: float32(ratio)}
		if high > edge && first+1 < to {
			spans[i].a, spans[i].b = float32(edge-low), float32(high-edge)
		}
	}
	return spans
}

type scaler struct {
	out           *image.RGBA
	columns, rows []span
	sums, line    []float32 // of the row of the output that is being added up; of one row of the input
	row           int
}

// add adds row y of the input.
func (s *scaler) add(y int, pix []uint8) {
	clear(s.line)
	for x, c := range s.columns {
		p := pix[4*x : 4*x+4 : 4*x+4]
		d := s.line[4*c.first:]
		d[0] += c.a * float32(p[0])
		d[1] += c.a * float32(p[1])
		d[2] += c.a * float32(p[2])
		d[3] += c.a * float32(p[3])
		if c.b > 0 {
			d[4] += c.b * float32(p[0])
			d[5] += c.b * float32(p[1])
			d[6] += c.b * float32(p[2])
			d[7] += c.b * float32(p[3])
		}
	}
	at := s.rows[y]
	if at.first > s.row {
		s.flush()
	}
	for i, v := range s.line {
		s.sums[i] += at.a * v
	}
	if at.b > 0 {
		s.flush()
		for i, v := range s.line {
			s.sums[i] += at.b * v
		}
	}
	if y == len(s.rows)-1 {
		s.flush()
	}
}

// flush writes the row that was added up, and begins the next.
func (s *scaler) flush() {
	if s.row >= s.out.Rect.Dy() {
		return
	}
	pix := s.out.Pix[s.row*s.out.Stride:]
	for i := 0; i < len(s.sums); i += 4 {
		alpha := level(s.sums[i+3])
		pix[i], pix[i+1], pix[i+2], pix[i+3] = min(level(s.sums[i]), alpha), min(level(s.sums[i+1]), alpha), min(level(s.sums[i+2]), alpha), alpha
	}
	clear(s.sums)
	s.row++
}

func level(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }
