// SPDX-License-Identifier: Apache-2.0

package shape_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake/shape"
	"recount/intake/table"
)

// Rows that say the same thing in several languages are one row, with a column for
// what another language says differently, and nothing of the list is missing.
func TestLanguages(t *testing.T) {
	t.Parallel()
	const list = "id,language,title,age,note\n"
	for name, tt := range map[string]struct {
		first, rows   string
		columns, want string
		notices       int
	}{
		"two languages": {"", "a,en,Ada of the mill,17,x\na,es,Ada del molino,17,x\nb,en,Bor,30,\nb,es,Bor,30,nota\n",
			"id,language,title,age,note,language__es,title__es,note__es", "a,en,Ada of the mill,17,x,es,Ada del molino,|b,en,Bor,30,,es,,nota", 1},
		"the first one named": {"es", "a,en,Ada of the mill,17,x\na,es,Ada del molino,17,x\nb,en,Bor,30,\n",
			"id,language,title,age,note,language__en,title__en", "a,es,Ada del molino,17,x,en,Ada of the mill|b,en,Bor,30,,,", 2},
		"three": {"", "a,en,Ada,17,\na,fr,Ada F,17,\na,ar,Ada A,,\n", "id,language,title,age,note,language__fr,title__fr,language__ar,title__ar", "a,en,Ada,17,,fr,Ada F,ar,Ada A", 1},
		"apart": {"", "a,en,Ada,17,\na,fr,Ada F,17,\nb,en,Bor,,\na,es,Ada,18,\nc,es,Ceda,,\n", "id,language,title,age,note,language__es,age__es,language__fr,title__fr",
			"a,en,Ada,17,,es,18,fr,Ada F|b,en,Bor,,,,,,|c,es,Ceda,,,,,,", 2},
		"apart, a language twice": {"", "a,en,Ada,17,\nb,en,Bor,,\na,en,Ada,18,\n", "", "refused: a second row with this key|b,en,Bor,,,", 0},
		"a language twice":        {"", "a,en,Ada,17,\na,en,Ada,18,\n", "", "refused: a second row with this key", 0},
		"no key":                  {"", ",en,Ada,17,\n,es,Bor,18,\n", "id,language,title,age,note", ",en,Ada,17,|,es,Bor,18,", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shape.Shape{Languages: shape.Languages{By: []string{"id"}, Column: "language", First: tt.first}}
			tab, err := s.List(func(o table.Options) (table.Table, error) {
				return table.Open(strings.NewReader(list+tt.rows), int64(len(list+tt.rows)), o)
			}, table.Options{File: "list"})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(tab.Info().Keys(), ","); tt.columns != "" && got != tt.columns {
				t.Errorf("columns %s, want %s", got, tt.columns)
			}
			var got []string
			for {
				row, err := tab.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if row.Refused != nil {
					got = append(got, "refused: "+row.Refused.Why[:len("a second row with this key")])
					continue
				}
				var cells []string
				for _, c := range row.Cells {
					cells = append(cells, c.Text)
				}
				got = append(got, strings.Join(cells, ","))
			}
			var want []string
			for w := range strings.SplitSeq(tt.want, "|") {
				if why, is := strings.CutPrefix(w, "refused: "); is {
					w = "refused: " + why[:len("a second row with this key")]
				}
				want = append(want, w)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("- want, + got\n%s", diff)
			}
			if n := tab.Notices(); len(n) != tt.notices {
				t.Errorf("notices: %q", n)
			}
			if err := tab.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	s := shape.Shape{Languages: shape.Languages{By: []string{"id"}, Column: "lang"}}
	if _, err := s.List(func(o table.Options) (table.Table, error) {
		return table.Open(strings.NewReader(list), int64(len(list)), o)
	}, table.Options{File: "list"}); err == nil || !strings.Contains(err.Error(), "languages") {
		t.Errorf("a column that is not there: %v", err)
	}
}

// What "only" asks for can be said by what is meant, or by what is not.
func TestOnlyNot(t *testing.T) {
	t.Parallel()
	const list = "name,state\nAda,approved\nBor,rejected\nCeda,\n"
	s := shape.Shape{Only: shape.Only{Column: "state", Not: []string{"rejected"}}}
	tab, err := s.List(func(o table.Options) (table.Table, error) {
		return table.Open(strings.NewReader(list), int64(len(list)), o)
	}, table.Options{File: "list"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		row, err := tab.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.Cells[0].Text)
	}
	if diff := cmp.Diff([]string{"Ada", "Ceda"}, got); diff != "" || len(tab.Notices()) != 1 {
		t.Errorf("%s %v", diff, tab.Notices())
	}
}
