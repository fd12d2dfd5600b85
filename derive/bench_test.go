// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"testing"
)

// Each includes the start of a child; nothing is kept.

func BenchmarkText(b *testing.B) {
	data := []byte(strings.Repeat("What was seen, by whom, and when; in lines of some length.\n", 1<<20/59))
	r := runner(b)
	for b.Loop() {
		if _, err := r.Text(b.Context(), "", holding(data), 30); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	var list bytes.Buffer
	list.WriteString("number,name,place,date,note\n")
	for i := range 50_000 {
		fmt.Fprintf(&list, "%d,A. Example %d,Tarn,2031-05-%02d,\"said by two, written by one\"\n", i, i, i%28+1)
	}
	r := runner(b)
	for b.Loop() {
		t, err := r.Table(b.Context(), "", holding(list.Bytes()), "", 49_900, 50_001)
		if err != nil || len(t.Rows) != 102 {
			b.Fatalf("%d rows, %v", len(t.Rows), err)
		}
	}
}

func BenchmarkPicture(b *testing.B) {
	m := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range m.Pix {
		m.Pix[i] = uint8(i*7 + i/16000*3)
	}
	data := asJPEG(b, m)
	r := runner(b)
	for b.Loop() {
		if _, err := r.Picture(b.Context(), "", holding(data), 1600); err != nil {
			b.Fatal(err)
		}
	}
}
