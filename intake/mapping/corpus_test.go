// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"errors"
	"io"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake/table"
	"recount/internal/corpus"
)

// corpusMapping names columns and codes of the list, never a person.
func corpusMapping(t testing.TB) *Mapping {
	t.Helper()
	data, err := os.ReadFile("../testdata/rettig.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func openCorpus(t testing.TB, name string, m *Mapping) table.Table {
	t.Helper()
	f, err := os.Open(corpus.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	tab, err := table.Open(f, info.Size(), table.Options{File: name, Wanted: m.Wanted()})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// The known answers of the corpus (SOURCES.md beside it), from both files.
func TestCorpusListByItsMapping(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"lists/rettig.csv", "lists/rettig.xlsx"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := corpusMapping(t)
			tab := openCorpus(t, name, m)
			r, err := Bind(m, tab.Info(), name)
			if err != nil {
				t.Fatal(err)
			}
			infants, backwards := 0, 0
			for {
				row, err := tab.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				p, refused := r.Read(row)
				if refused != nil {
					t.Fatal(refused)
				}
				if low, high := p.Record.AgeLow, p.Record.AgeHigh; low.Known && high.N < 12 {
					infants++
					if low.N != 2 || high.N != 3 {
						t.Errorf("the age 0.22 was read as %s to %s months, want 2 to 3", low, high)
					}
				}
				for _, d := range p.Doubts {
					if d.Column == "end_date_daily" {
						backwards++
					}
				}
			}
			c := r.Counts
			if c.Read != 2398 || c.Refused != 0 || c.Contradictions != 13 || infants != 1 || backwards != 3 || c.NoName != 0 {
				t.Errorf("read %d, refused %d, contradictions %d, infants %d, end before start %d, no name %d",
					c.Read, c.Refused, c.Contradictions, infants, backwards, c.NoName)
			}
			if d := cmp.Diff(map[string]int64{"yes": 94, "no": 2237, "": 67}, c.ChildFlag); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(map[string]int64{"yes": 98, "no": 1527, "": 773}, c.ChildAge); d != "" {
				t.Error(d)
			}
			for _, f := range r.Fields() {
				if f.Field == "harms[0].code" {
					want := map[string]int64{"killed": 1331, "disappeared": 853, "disappeared-dead": 108, "unresolved": 93, "suicide": 8}
					if d := cmp.Diff(want, f.Codes); d != "" || f.Unknown != 5 {
						t.Errorf("%s unknown %d", d, f.Unknown)
					}
				}
			}
			if n := len(r.Unlisted()); n != 0 {
				t.Errorf("%d columns are neither mapped nor listed", n)
			}
		})
	}
}

// Both files of the corpus say the same, cell by cell, as they are read: the
// workbook's #N/A is the CSV's NA, and its coordinates may differ from the
// sixteenth digit on, where a program has written them anew.
func TestCorpusFilesAgree(t *testing.T) {
	t.Parallel()
	m := corpusMapping(t)
	csv, book := openCorpus(t, "lists/rettig.csv", m), openCorpus(t, "lists/rettig.xlsx", m)
	at := map[string]int{}
	for i, c := range book.Info().Columns {
		at[c.Key] = i
	}
	columns := csv.Info().Columns
	if len(columns) != 59 || len(at) != 60 {
		t.Fatalf("%d and %d columns, want 59 and one blank more", len(columns), len(at))
	}
	rows := 0
	for ; ; rows++ {
		a, errA := csv.Next()
		b, errB := book.Next()
		if errors.Is(errA, io.EOF) && errors.Is(errB, io.EOF) {
			break
		}
		if errA != nil || errB != nil || a.Number != b.Number {
			t.Fatalf("row %d: %v, %v", rows, errA, errB)
		}
		for i, c := range columns {
			x, y := a.Cells[i].Text, b.Cells[at[c.Key]].Text
			if x != y && !(x == "NA" && y == "#N/A") && !nearly(x, y) {
				t.Fatalf("row %d, column %q differs", a.Number, c.Key) // no value of a person in a log
			}
		}
	}
	if rows != 2398 {
		t.Errorf("%d rows, want 2398", rows)
	}
}

func nearly(x, y string) bool {
	a, errA := strconv.ParseFloat(x, 64)
	b, errB := strconv.ParseFloat(y, 64)
	return errA == nil && errB == nil && a-b < 1e-9 && b-a < 1e-9
}
