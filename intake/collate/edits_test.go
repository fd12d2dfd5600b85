// SPDX-License-Identifier: Apache-2.0

package collate_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake/collate"
)

// edition is a list of rows "key name former former".
func edition(rows ...string) collate.Edition {
	return collate.Edition{Columns: []string{"key", "name"}, Each: func(_ context.Context, visit func(*collate.Row) error, _ func(int)) error {
		for i, r := range rows {
			f := strings.Fields(r)
			if err := visit(&collate.Row{Number: i + 2, Cells: f[:2], Key: f[0], Was: f[2:], Name: f[1], Low: -1, High: -1}); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Rows that say which key they had before somebody edited them are compared with the
// row that had it; a former key that is not one row's alone is nobody's.
func TestEdits(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		older, newer, want []string
	}{
		"edited":                 {[]string{"a ada", "b bor"}, []string{"c ada a", "b bor"}, []string{"changed c was a", "same b"}},
		"edited twice, by root":  {[]string{"a ada"}, []string{"c ada b a"}, []string{"changed c was a"}},
		"edited again, by root":  {[]string{"b ada a"}, []string{"d ada c a"}, []string{"changed d was b"}},
		"both versions stand":    {[]string{"a ada"}, []string{"b ada a", "c ada b"}, []string{"twice b", "changed c was a"}},
		"the former stands too":  {[]string{"a ada"}, []string{"a ada", "b ada a"}, []string{"twice a", "changed b was a"}},
		"nobody knows the root":  {[]string{"x xan"}, []string{"c ada b a"}, []string{"added c", "gone x"}},
		"two say they were it":   {[]string{"a ada"}, []string{"b ada a", "c ada a"}, []string{"twice b", "twice c"}},
		"the former stood twice": {[]string{"a ada", "a ada2"}, []string{"b ada a"}, []string{"twice b"}},
		"it was two rows":        {[]string{"a ada", "b bor"}, []string{"c ada a b"}, []string{"twice c"}},
		"its sister stands":      {[]string{"b ada a"}, []string{"b ada", "d ada c a"}, []string{"same b", "twice d"}},
		"each says the other":    {[]string{"x xan"}, []string{"b ada a", "a ada b"}, []string{"twice b", "twice a", "gone x"}},
		"its own key":            {[]string{"a ada"}, []string{"a ada a"}, []string{"same a"}},
		"somebody else":          {[]string{"a ada"}, []string{"b bor a"}, []string{"other b was a"}},
		"twice in the newer":     {[]string{"a ada"}, []string{"b ada a", "b bor a"}, []string{"twice b", "twice b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			_, err := collate.Compare(t.Context(), edition(tt.older...), edition(tt.newer...), func(f collate.Found) error {
				said := fmt.Sprintf("%s %s", f.Verdict, f.Key)
				if f.Was != "" {
					said += " was " + f.Was
				}
				got = append(got, said)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("- want, + got\n%s", diff)
			}
		})
	}
}
