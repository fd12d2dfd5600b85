// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"recount/intake/table"
)

// BenchmarkRead reads rows of 14 columns, 12 of them mapped, in which names,
// places and dates repeat as in real lists.
func BenchmarkRead(b *testing.B) {
	m, err := Parse([]byte(`{"format": "recount mapping/1", "row": "person", "unknown": ["NA"],
		"record": {"given": "given", "family": "family", "father": "father", "sex": {"column": "sex", "codes": {"0": "female", "1": "male"}},
			"age": "age", "child": {"column": "minor", "codes": {"0": "no", "1": "yes"}}, "occupation": "work", "nationality": "nation"},
		"harms": [{"code": {"column": "what", "codes": {"killed": "killed"}}, "date": "when", "end": "until", "place": "where",
			"cause": {"column": "how", "codes": {"gun": "small-arms"}}}], "not_mapped": ["id"]}`))
	if err != nil {
		b.Fatal(err)
	}
	var list strings.Builder
	list.WriteString("id,given,family,father,sex,age,minor,work,nation,what,when,until,where,how\n")
	for i := range 20_000 {
		fmt.Fprintf(&list, "%07d,Given%d,Family%d,Father%d,%d,%d,0,teacher,Tarnish,killed,19%02d-%02d-%02d,NA,\"Village %d, District %d, Tarn\",gun\n",
			i, i%977, i%10007, i%313, i%2, i%90, 80+i%20, 1+i%12, 1+i%28, i%5000, i%50)
	}
	b.ReportAllocs()
	for b.Loop() {
		tab, err := table.Open(strings.NewReader(list.String()), int64(list.Len()), table.Options{Wanted: m.Wanted()})
		if err != nil {
			b.Fatal(err)
		}
		r, err := Bind(m, tab.Info(), "list.csv")
		if err != nil {
			b.Fatal(err)
		}
		for {
			row, err := tab.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			p, refused := r.Read(row)
			if refused != nil {
				b.Fatal(refused)
			}
			_ = p.Record.Values()
			_ = p.Harms[0].Values()
		}
	}
}
