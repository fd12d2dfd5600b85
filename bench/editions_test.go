// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"recount/intake"
	"recount/intake/collate"
	"recount/intake/mapping"
	"recount/intake/table"
)

// BenchmarkEditions compares two editions of an invented list of 50,000 rows and 12
// columns, in another order, of which one row in fifty differs. It says how many
// differences were found of those that were planted.
func BenchmarkEditions(b *testing.B) {
	m, err := mapping.Parse([]byte(`{"format": "recount mapping/1", "row": "person", "key": ["id"], "record": {"given": "given", "family": "family",
 "sex": {"column": "sex", "codes": {"m": "male", "f": "female"}}, "age": "age", "birth": "born", "occupation": "work"},
 "harms": [{"code": {"constant": "killed"}, "date": "day", "place": "place"}], "not_mapped": ["a", "b", "c"]}`))
	if err != nil {
		b.Fatal(err)
	}
	older, newer, planted := twoEditions(50_000)
	of := func(text string) intake.Edition {
		return intake.FileEdition(strings.NewReader(text), int64(len(text)), "list.csv", m, table.Limits{})
	}
	b.ReportAllocs()
	for b.Loop() {
		found := 0
		out, err := intake.Compare(context.Background(), of(older), of(newer), func(f collate.Found) error {
			if f.Verdict != collate.Same {
				found++
				if !planted[string(f.Verdict)+f.Key] {
					return fmt.Errorf("%s of key %s was not planted", f.Verdict, f.Key)
				}
			}
			return nil
		})
		if err != nil || found != len(planted) || out.Refused+out.RefusedOlder > 0 {
			b.Fatalf("found %d of %d, %+v, %v", found, len(planted), out, err)
		}
		b.ReportMetric(float64(found), "found")
	}
	b.ReportMetric(float64(len(planted)), "planted")
}

func twoEditions(rows int) (older, newer string, planted map[string]bool) {
	r := rand.New(rand.NewPCG(5, 1))
	planted = map[string]bool{}
	const head = "id,given,family,sex,age,born,work,day,place,a,b,c\n"
	was, now := []string{}, []string{}
	for id := range rows {
		given, age := fmt.Sprintf("Anari%c%c", 'a'+r.IntN(26), 'a'+r.IntN(26)), r.IntN(80)
		line := func(given string, age int) string {
			return fmt.Sprintf("%d,%s,Sorvant,%c,%d,NA,mason,1992-02-%02d,\"Lower Quay, Krobakirk\",x%d,y,z\n", id, given, "mf"[id%2], age, 1+id%28, id)
		}
		was = append(was, line(given, age))
		switch id % 150 {
		case 10:
			planted[fmt.Sprintf("gone%d", id)] = true
			continue
		case 60:
			planted[fmt.Sprintf("changed%d", id)] = true
			age++
		case 110:
			planted[fmt.Sprintf("other%d", id)] = true
			given = "Quillan"
		}
		now = append(now, line(given, age))
	}
	r.Shuffle(len(now), func(i, j int) { now[i], now[j] = now[j], now[i] })
	return head + strings.Join(was, ""), head + strings.Join(now, ""), planted
}
