// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/intake"
	"recount/intake/collate"
	"recount/intake/mapping"
	"recount/intake/table"
)

const keyedMapping = `{"format": "recount mapping/1", "row": "person", "unknown": ["NA"], "identifiers": ["id"],
 "record": {"name": "name", "sex": {"column": "sex", "codes": {"m": "male", "f": "female"}}, "age": "age", "birth": "born"},
 "harms": [{"code": {"constant": "killed"}, "date": "day"}]}`

func edition(text, mapped string, t testing.TB) intake.Edition {
	t.Helper()
	m, err := mapping.Parse([]byte(mapped))
	if err != nil {
		t.Fatal(err)
	}
	return intake.FileEdition(strings.NewReader(text), int64(len(text)), "list.csv", m, table.Limits{})
}

// compared are the verdicts on all rows, "row earlier verdict key: column was>is".
func compared(t testing.TB, older, newer intake.Edition) (all []string, out collate.Outcome) {
	t.Helper()
	out, err := intake.Compare(context.Background(), older, newer, func(f collate.Found) error {
		line := fmt.Sprintf("%d %d %s %s", f.Row, f.Earlier, f.Verdict, f.Key)
		for _, c := range f.Cells {
			line += fmt.Sprintf(" %s:%s>%s", c.Column, c.Was, c.Is)
		}
		all = append(all, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, out
}

// TestCompareEditions: what went wrong in practice, keys that stand twice, the
// final newline, the order of rows, one key for two people; and the plain cases.
func TestCompareEditions(t *testing.T) {
	t.Parallel()
	const head = "id,name,sex,age,born,day\n"
	one := head + "1,Ana Sor,f,34,1958-03-01,1992-02-26\n2,Ben Vel,m,17,NA,1992-02-26\n"
	for name, tt := range map[string]struct {
		older, newer string
		want         []string
	}{
		"nothing changed":                            {one, one, []string{"2 2 same 1", "3 3 same 2"}},
		"another order, no final newline, CRLF":      {one, strings.ReplaceAll(head+"2,Ben Vel,m,17,NA,1992-02-26\n1,Ana Sor,f,34,1958-03-01,1992-02-26", "\n", "\r\n"), []string{"2 3 same 2", "3 2 same 1"}},
		"columns in another order":                   {one, "age,id,name,sex,born,day\n34,1,Ana Sor,f,1958-03-01,1992-02-26\n17,2,Ben Vel,m,NA,1992-02-26\n", []string{"2 2 same 1", "3 3 same 2"}},
		"white space, and letters of two characters": {head + "1,Jose\u0301 Vel,m,17,NA,1992\n", head + " 1 ,  José Vel ,m,17,NA,1992\n", []string{"2 2 same 1"}},
		"a cell changed":                             {one, strings.Replace(one, ",17,", ",18,", 1), []string{"2 2 same 1", "3 3 changed 2 age:17>18"}},
		"another family name":                        {one, head + "1,Ana Sorvane,f,34,NA,1992\n", []string{"2 2 other 1 name:Ana Sor>Ana Sorvane born:1958-03-01>NA day:1992-02-26>1992", "0 3 gone 2"}},
		"a slip in a long name":                      {head + "1,Ana Sorvane,f,34,NA,1992\n", head + "1,Ana Sorvame,f,34,NA,1992\n", []string{"2 2 changed 1 name:Ana Sorvane>Ana Sorvame"}},
		"two letters exchanged":                      {head + "1,Ana Sorvane,f,34,NA,1992\n", head + "1,Ana Sorvnae,f,34,NA,1992\n", []string{"2 2 changed 1 name:Ana Sorvane>Ana Sorvnae"}},
		"a name, its birth known":                    {one, strings.Replace(one, "Ana Sor", "Ana Tol", 1), []string{"2 2 changed 1 name:Ana Sor>Ana Tol", "3 3 same 2"}},
		// a program's day for births that nobody entered makes no two people one
		"a name, its birth a placeholder":        {head + "1,Ana Sor,f,34,1900-01-01,1992\n", head + "1,Ana Tol,f,34,1900-01-01,1992\n", []string{"2 2 other 1 name:Ana Sor>Ana Tol"}},
		"a father's name came":                   {one, strings.Replace(one, "Ben Vel", "Ben Carn Vel", 1), []string{"2 2 same 1", "3 3 changed 2 name:Ben Vel>Ben Carn Vel"}},
		"another script, nothing else to go by":  {head + "1,Гор Мел,m,17,NA,1992\n", head + "1,Gor Mel,m,17,NA,1992\n", []string{"2 2 other 1 name:Гор Мел>Gor Mel"}},
		"numbered anew: a brother":               {one, strings.Replace(one, "Ben Vel", "Carl Vel", 1), []string{"2 2 same 1", "3 3 other 2 name:Ben Vel>Carl Vel"}},
		"numbered anew: a stranger":              {one, head + "1,Dorn Hal,m,60,NA,1992\n", []string{"2 2 other 1 name:Ana Sor>Dorn Hal sex:f>m age:34>60 born:1958-03-01>NA day:1992-02-26>1992", "0 3 gone 2"}},
		"one name, sex and age of somebody else": {one, strings.Replace(one, "Ben Vel,m,17", "Ben Vel,f,60", 1), []string{"2 2 same 1", "3 3 other 2 sex:m>f age:17>60"}},
		"sex alone corrected":                    {one, strings.Replace(one, "Ben Vel,m", "Ben Vel,f", 1), []string{"2 2 same 1", "3 3 changed 2 sex:m>f"}},
		"added and gone":                         {one, head + "2,Ben Vel,m,17,NA,1992-02-26\n3,Eda Hal,f,3,NA,1992\n", []string{"2 3 same 2", "3 0 added 3", "0 2 gone 1"}},
		"a key twice in the newer":               {one, one + "2,Ben Vel,m,18,NA,1992-02-26\n", []string{"2 2 same 1", "3 0 twice 2", "4 0 twice 2"}},
		"a key twice in the older":               {one + "2,Ben Vel,m,18,NA,1992-02-26\n", one, []string{"2 2 same 1", "3 0 twice 2"}},
		"a key twice in both":                    {one + "2,Ben Vel,m,18,NA,1992-02-26\n", head + "2,Ben Vel,m,18,NA,1992-02-26\n2,Ben Vel,m,17,NA,1992-02-26\n", []string{"2 0 same 2", "3 0 same 2", "0 2 gone 1"}},
		"no key, and the same row":               {head + "NA,Ben Vel,m,17,NA,1992-02-26\n", head + "NA,Ben Vel,m,17,NA,1992-02-26\nNA,Ben Vel,m,17,NA,1992-02-26\n", []string{"2 0 same ", "3 0 keyless "}},
		"no key":                                 {one, head + "NA,Ana Sor,f,34,1958-03-01,1992-02-26\n,Ben Vel,m,17,NA,1992-02-26\n", []string{"2 0 keyless ", "3 0 keyless ", "0 2 gone 1", "0 3 gone 2"}},
		"a column more, one less":                {one, "id,name,sex,age,day,place\n1,Ana Sor,f,34,1992-02-26,\n2,Ben Vel,m,17,1992-02-26,Tarn\n", []string{"2 2 same 1", "3 3 changed 2 place:>Tarn"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mapped := keyedMapping
			if !strings.Contains(tt.newer, "born") {
				mapped = strings.Replace(mapped, `, "birth": "born"`, "", 1)
			}
			got, _ := compared(t, edition(tt.older, keyedMapping, t), edition(tt.newer, mapped, t))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCompareCounts: rows that cannot be read are counted on their side, and
// columns of one edition alone are named.
func TestCompareCounts(t *testing.T) {
	t.Parallel()
	older := edition("id,name,sex,age,born,day\n1,Ana Sor,f,34,NA,1992\n1,Ana Sor,f,35,NA,1992\nNA,Ben Vel,m,17,NA,1992\n3,Cem Hal,?,3,NA,1992\n", keyedMapping, t)
	newer := edition("id,name,sex,age,born,day,office\n3,Cem Hal,m,3,NA,1992,x\n4,Dia Hal,?,3,NA,1992,x\n", keyedMapping, t)
	_, out := compared(t, older, newer)
	want := collate.Outcome{Older: 3, Newer: 1, Counts: map[collate.Verdict]int64{collate.Added: 1, collate.Gone: 0}, Refused: 1, RefusedOlder: 1, KeylessOlder: 1, TwiceOlder: 2,
		ColumnsNew: []string{"office"}, Columns: map[string]int64{}}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
}

// TestNotComparable: without a key, or a column in common, nothing is compared.
func TestNotComparable(t *testing.T) {
	t.Parallel()
	keyed := edition("id,name,sex,age,born,day\n1,Ana Sor,f,34,NA,1992\n", keyedMapping, t)
	for name, other := range map[string]intake.Edition{
		"no key":              edition("id,name,sex,age,born,day\n1,Ana Sor,f,34,NA,1992\n", strings.Replace(keyedMapping, `"identifiers": ["id"],`, "", 1), t),
		"no column in common": edition("no,who\n1,Ana Sor\n", `{"format": "recount mapping/1", "row": "person", "key": ["no"], "record": {"name": "who"}}`, t),
	} {
		for _, pair := range [][2]intake.Edition{{keyed, other}, {other, keyed}} {
			if _, err := intake.Compare(context.Background(), pair[0], pair[1], func(collate.Found) error { return nil }); !errors.Is(err, fault.Invalid) {
				t.Errorf("%s: %v, want fault.Invalid", name, err)
			}
		}
	}
}

// TestComparePlanted: what was planted in a list of 5,000 rows in any order is
// found, and nothing else is.
func TestComparePlanted(t *testing.T) {
	t.Parallel()
	older, newer, want := Planted(5_000, 7)
	got := map[string]int{}
	_, err := intake.Compare(context.Background(), edition(older, keyedMapping, t), edition(newer, keyedMapping, t), func(f collate.Found) error {
		if f.Verdict != collate.Same {
			got[string(f.Verdict)+" "+f.Key]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Planted are two editions of an invented list, and what differs, "verdict key".
func Planted(rows int, seed uint64) (older, newer string, want map[string]int) {
	r := rand.New(rand.NewPCG(seed, 1))
	given := []string{"Anari", "Bedros", "Cemalis", "Dorian", "Elanor", "Farvane", "Gorvald", "Hanaris"}
	family := []string{"Sorvant", "Vellimar", "Tolbrek", "Haldorn", "Morvick", "Kestrel", "Zorvan"}
	line := func(id int, name string, sex byte, age int) string {
		return fmt.Sprintf("%d,%s,%c,%d,NA,1992-02-%02d\n", id, name, sex, age, 1+id%28)
	}
	want = map[string]int{}
	var was, now []string
	for id := 1; id <= rows; id++ {
		name, sex, age := given[r.IntN(8)]+" "+family[r.IntN(7)], "mf"[r.IntN(2)], r.IntN(80)
		was = append(was, line(id, name, sex, age))
		switch id % 100 {
		case 11:
			want[fmt.Sprintf("gone %d", id)]++
			continue
		case 22:
			want[fmt.Sprintf("changed %d", id)]++
			age++
		case 33:
			want[fmt.Sprintf("other %d", id)]++
			name = "Quillan Obrast"
		case 44:
			want[fmt.Sprintf("twice %d", id)] = 2
			now = append(now, line(id, name, sex, age+1))
		}
		now = append(now, line(id, name, sex, age))
	}
	for id := rows + 1; id <= rows+rows/100; id++ {
		want[fmt.Sprintf("added %d", id)]++
		now = append(now, line(id, given[r.IntN(8)]+" "+family[r.IntN(7)], 'm', 30))
	}
	r.Shuffle(len(now), func(i, j int) { now[i], now[j] = now[j], now[i] })
	const head = "id,name,sex,age,born,day\n"
	return head + strings.Join(was, ""), head + strings.Join(now, ""), want
}
