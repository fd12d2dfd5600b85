// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"recount/fault"
	"recount/journal"
	"recount/verify"
)

// Violations are planted in a bundle and must be seen; the message names files
// and lines, never what stood there.
func TestCheckPublic(t *testing.T) {
	t.Parallel()
	type planted struct {
		name   string
		bundle func(t *testing.T) contents
		others []fs.FS
		says   string // "" where nothing is to be found
	}
	lying := func(lie func(kind string, n int, v []journal.Value), set func(*exporter)) func(*testing.T) contents {
		return func(t *testing.T) contents {
			m := scene("planted", people())
			return exported(t, m, freezeLying(t, m, lie, nil), set)
		}
	}
	all := func(x *exporter) { x.open = func(byte, string) bool { return true } }
	rungs := func(x *exporter) { x.open = func(_ byte, f string) bool { return f != "members" } }
	line := func(field int, text string) func(string, int, []journal.Value) {
		return func(kind string, n int, v []journal.Value) {
			if kind == "line@1" && n < 3 {
				v[field] = journal.Text(text)
			}
		}
	}
	m := scene("public", people())
	_, seq := m.freeze(t, edition(1), statement)
	good := exported(t, m, seq, nil)
	_, again := m.freeze(t, edition(2), statement)
	second := exported(t, m, again, nil)
	as := func(c contents) func(*testing.T) contents { return func(*testing.T) contents { return c } }

	tests := []planted{
		{"nothing", as(good), nil, ""},
		{"another edition of the same figures", as(good), []fs.FS{second.fs()}, ""},
		{"a value that joins two bundles", as(good), []fs.FS{good.fs()}, "in common with another bundle"},
		{"a name instead of a sex or flag", lying(line(2, "Ashkan Invented"), rungs), nil, "child_flag, which is no rung"},
		{"an age instead of a band", lying(line(2, "7"), rungs), nil, "child_flag, which is no rung"},
		{"a day instead of a month", lying(line(1, "killed,1994-03-04,orlen"), rungs), nil, "harms, which is no rung"},
		{"an address instead of a district", lying(line(1, "killed,1994-03,Orchard Lane 4%2C Orlen"), rungs), nil, "harms, which is no rung"},
		{"a harm that the figure does not ask for", lying(line(1, "sexual-violence,1994-03,orlen"), rungs), nil, "harms, which is no rung"},
		{"a rung that the figure does not use", lying(line(5, "male"), rungs), nil, "opens sex"},
		{"the members", lying(honest, all), nil, "opens members"},
		{"a small group by its rungs", lying(honest, rungs), nil, "fewer than 3 persons"},
		{"a small group by its verdicts", func(t *testing.T) contents {
			m := newCase("few")
			for _, d := range definitions() {
				m.figures[d.Figure] = d
			}
			m.list("s-00000000000000f5", "e-00000000000000e1", people()[:10])
			e := edition(1)
			e.Limit = 0
			_, seq := m.freeze(t, e, "{{figure f-00000000000000a1}}")
			return exported(t, m, seq, nil)
		}, nil, "fewer than 3 persons"},
		{"who froze it", func(t *testing.T) contents {
			o, err := m.Disclose(context.Background(), seq, func(f string) bool { return f != "reason" })
			if err != nil {
				t.Fatal(err)
			}
			return good.with("proof/3.opening", string(journal.MarshalOpening(m.origin, seq, o)))
		}, nil, "opens the field actor"},
		{"the hash of an exhibit that is not shown", func(t *testing.T) contents {
			o, err := m.Disclose(context.Background(), 1, func(string) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			return good.with("proof/1.opening", string(journal.MarshalOpening(m.origin, 1, o)))
		}, nil, "opens the field exhibit_sha256"},
		{"another entry", func(t *testing.T) contents {
			o, err := m.Disclose(context.Background(), 0, func(string) bool { return false })
			if err != nil {
				t.Fatal(err)
			}
			return good.with("proof/0.opening", string(journal.MarshalOpening(m.origin, 0, o)))
		}, nil, "opens an entry of kind case.opened@1"},
		{"the id of a person", as(good.with("data/quotes.json", `[{"quote":"see p-0000000000000007"}]`)), nil, "the id of a person"},
		{"a row of a list", as(good.with("data/rows/x.opening", "")), nil, "belongs to a named bundle"},
		{"a script", as(good.swap("data/statement.html", "</body>", "<script>1</script></body>")), nil, "from outside, or runs"},
		{"an image", as(good.swap("data/statement.html", "</body>", `<img alt="" src="https://archive.example/x.png"></body>`)), nil, "from outside, or runs"},
		{"a handler", as(good.swap("data/statement.html", "<body>", `<body onload="x()">`)), nil, "from outside, or runs"},
		{"a font from outside", as(good.swap("data/statement.html", "<style>", "<style>@import 'x';")), nil, "from outside, or runs"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := CheckPublic(context.Background(), test.bundle(t).fs(), 3, test.others...)
			if test.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %v, want fault.Forbidden that says %q", err, test.says)
			}
			for _, value := range []string{"Ashkan", "Orchard Lane", "1994-03-04", "p-00000000"} {
				if strings.Contains(err.Error(), value) {
					t.Errorf("the message holds the value %q: %v", value, err)
				}
			}
		})
	}
}

// After an erasure groups have lost a line; what is shown is what was planned.
func TestCheckPublicAfterErasure(t *testing.T) {
	t.Parallel()
	m := scene("erasure", people())
	f, seq := m.freeze(t, edition(1), statement)
	before := exported(t, m, seq, nil)
	n := 0
	for row := range m.Rows(context.Background(), [32]byte(must(journal.ParseLeaf(f.Counts[0].Object)))) {
		if n++; n%9 == 0 {
			delete(m.rowKeys, row.Sealed.Leaf)
		}
	}
	after := exported(t, m, seq, nil)
	if err := CheckPublic(context.Background(), after.fs(), 3); err != nil {
		t.Error(err)
	}
	erased := must(verify.ParseErased(m.origin, after["data/counts/1.erased"]))
	if len(erased) != 3 {
		t.Fatalf("%d lines erased, want 3", len(erased))
	}
	// Every line that is left stands there as it stood before.
	was := string(before["data/counts/1.count"])
	_, lines, _ := strings.Cut(string(after["data/counts/1.count"]), "\n\n")
	for line := range strings.Lines(lines) {
		if !strings.Contains(was, line) {
			t.Error("a line is shown otherwise after an erasure than before")
		}
	}
}
