// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"recount/fault"
)

// maxPoints is how many points a picture that is answered may have: a PNG of
// so many stays below the default of Limits.Output.
const maxPoints = 7 << 20

// codec reads one kind of picture.
type codec struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func codecOf(found string) (codec, bool) {
	switch found {
	case "image/png", "image/apng", "image/vnd.mozilla.apng":
		return codec{png.DecodeConfig, png.Decode}, true
	case "image/jpeg":
		return codec{jpeg.DecodeConfig, jpeg.Decode}, true
	case "image/gif":
		return codec{gif.DecodeConfig, gif.Decode}, true
	case "image/webp":
		return codec{webp.DecodeConfig, webp.Decode}, true
	}
	return codec{}, false
}

// makePicture decodes the picture, scales it down, turns it upright and writes
// its bare points as PNG.
func makePicture(q request, found string, r io.Reader) (Picture, error) {
	read, ok := codecOf(found)
	if !ok {
		return Picture{}, fmt.Errorf("%w: the file is %s; accepted as a picture: PNG, JPEG, GIF, WebP", fault.Invalid, found)
	}
	data, err := io.ReadAll(io.LimitReader(r, q.Memory/4+1))
	if err != nil {
		return Picture{}, fmt.Errorf("reading the file: %w", err)
	}
	if int64(len(data)) > q.Memory/4 {
		return Picture{}, fmt.Errorf("%w: the file of the picture has more than %d MiB", fault.Invalid, q.Memory>>22)
	}
	config, err := read.config(bytes.NewReader(data))
	if err != nil {
		return Picture{}, damaged(err)
	}
	if err := affordable(config, q.Memory-int64(len(data))); err != nil {
		return Picture{}, err
	}
	full, err := read.decode(bytes.NewReader(data))
	if err != nil {
		return Picture{}, damaged(err)
	}
	turn := orientationOf(found, data)
	if found == "image/gif" {
		full = onCanvas(full, config)
	}
	p, err := finish(q, found, full, turn)
	p.Times = timesOf(found, data)
	return p, err
}

// finish scales and turns a picture, and writes it.
func finish(q request, found string, full image.Image, turn orientation) (Picture, error) {
	p := Picture{Found: found, Turned: turn > 1, First: found == "image/gif"}
	size := full.Bounds().Size()
	p.OriginalWidth, p.OriginalHeight = size.X, size.Y
	if turn.onSide() {
		p.OriginalWidth, p.OriginalHeight = size.Y, size.X
	}
	p.Width, p.Height = fitting(p.OriginalWidth, p.OriginalHeight, q.Width)
	to := image.Pt(p.Width, p.Height)
	if turn.onSide() {
		to = image.Pt(p.Height, p.Width)
	}
	small := turn.upright(scaled(full, to))
	var out bytes.Buffer
	coder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := coder.Encode(&out, small); err != nil {
		return p, fmt.Errorf("writing the picture: %w", err)
	}
	p.PNG = out.Bytes()
	return p, nil
}

// affordable refuses a picture by its header alone when decoding it would take
// more memory than there is.
func affordable(c image.Config, memory int64) error {
	if c.Width <= 0 || c.Height <= 0 {
		return fmt.Errorf("%w: the picture has no points", fault.Invalid)
	}
	points := int64(c.Width) * int64(c.Height)
	if most := memory / 8 * 5 / bytesOf(c.ColorModel); points > most {
		return fmt.Errorf("%w: the picture says that it has %d × %d points, which is more than the %d million that can be shown",
			fault.Invalid, c.Width, c.Height, most/1_000_000)
	}
	return nil
}

// bytesOf is how much a decoder of the standard library takes for a point.
func bytesOf(m color.Model) int64 {
	switch m {
	case color.GrayModel, color.AlphaModel:
		return 1
	case color.Gray16Model, color.Alpha16Model:
		return 2
	case color.YCbCrModel:
		return 3
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 4
}

func damaged(err error) error {
	var jpegOther jpeg.UnsupportedError
	var pngOther png.UnsupportedError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, jpeg.FormatError("short Huffman data")):
		return fmt.Errorf("%w: the file ends before its picture does: it was cut off", fault.Invalid)
	case errors.As(err, &jpegOther), errors.As(err, &pngOther):
		return fmt.Errorf("%w: a kind of picture that is not read here (%w)", fault.Invalid, err)
	}
	return fmt.Errorf("%w: the picture is damaged (%w)", fault.Invalid, err)
}

// onCanvas puts the first frame of a GIF where it stands on its canvas.
func onCanvas(frame image.Image, c image.Config) image.Image {
	canvas := image.Rect(0, 0, c.Width, c.Height)
	if frame.Bounds() == canvas {
		return frame
	}
	out := image.NewRGBA(canvas)
	draw.Draw(out, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return out
}

// fitting is the size of a picture that is at most width wide and has at most
// maxPoints points, in the proportions of the original and never larger.
func fitting(w, h, width int) (int, int) {
	scale := min(1, float64(width)/float64(w))
	if points := scale * scale * float64(w) * float64(h); points > maxPoints {
		// So long a strip keeps its height in part only if it is one point wide.
		scale = min(scale, scale*root(maxPoints/points))
	}
	return max(1, int(float64(w)*scale)), min(max(1, int(float64(h)*scale)), maxPoints)
}
