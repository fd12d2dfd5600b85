// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"errors"
	"strings"
	"testing"

	"recount/fault"
	"recount/figure"
	"recount/verify"
)

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	m := scene("compose", few())
	m.quotes["c-empty"] = verify.Quotation{Citation: "c-empty"}
	tests := []struct{ name, text, says string }{
		{"figure that is not there", "a\n\n{{figure f-99}}", "line 3: there is no figure f-99"},
		{"part that is not there", "{{figure f-00000000000000a1.men}}", "accepted are flag, age"},
		{"part of a figure without parts", "{{figure f-00000000000000b2.men}}", "it has none"},
		{"citation that is not there", "{{quote c-99}}", "there is no citation c-99"},
		{"citation without words", "{{quote c-empty}}", "no words to quote"},
		{"braces", "{{figure", "line 1"},
		{"quotation within a paragraph", "a\n{{quote c-00000000000000c3}}", "line 2: a quotation does not stand alone"},
		{"quotation in a tight list", "- {{quote c-00000000000000c3}}", "does not stand alone"},
		{"HTML block", "a\n\n<div>x</div>", "line 3: HTML"},
		{"HTML in a line", "a\nb <b>x</b>", "HTML"},
		{"comment", "<!-- x -->", "HTML"},
		{"image", "a\n\n![x](y.png)", "line 3: an image"},
		{"figure in the address of a link", "[x](https://archive.example/{{figure f-00000000000000a1}})", "address or the title"},
		{"figure in the address of a link without spaces", "[x](<https://archive.example/{{figure f-00000000000000a1}}>)", "address or the title of a link"},
		{"figure in the title of a link", "[x](y \"{{figure f-00000000000000a1}}\")", "address or the title"},
		{"figure in an address", "<https://archive.example/{{figure f-00000000000000a1}}>", "within an address"},
		{"figure behind a fence", "```{{figure f-00000000000000a1}}\nx\n```", "code, that is"},
		{"code", "a\n\n    {{figure f-00000000000000a1}}", "code, that is"},
		{"code in a line", "a\nb `c`", "code, that is"},
		{"a digit behind a figure", "a\n\n{{figure f-00000000000000a1}}0", "beside a figure, line 3"},
		{"a digit before a figure, apart by emphasis", "1**{{figure f-00000000000000a1}}**", "beside a figure, line 1"},
		{"a digit in a link behind a figure", "{{figure f-00000000000000a1}}[0](#row-f-00000000000000a1)", "beside a figure, line 1"},
		{"a digit before a figure, apart by an invisible character", "1\u200B{{figure f-00000000000000a1}}", "beside a figure"},
		{"a letter behind a figure", "{{figure f-00000000000000a1}}k", "beside a figure"},
		{"a mark behind a figure", "{{figure f-00000000000000a1}}\u0338", "beside a figure"},
		{"two figures", "{{figure f-00000000000000a1}}{{figure f-00000000000000b2}}", "beside a figure"},
		{"a decimal", "{{figure f-00000000000000a1}}.5", "beside a figure"},
		{"thousands behind a sign", "{{figure f-00000000000000a1}},000", "beside a figure"},
		{"thousands behind a space", "{{figure f-00000000000000a1}}\n000 dead", "beside a figure"},
		{"thousands before a figure", "25\u202F{{figure f-00000000000000a1}}", "beside a figure"},
		{"a figure in a link", "[{{figure f-00000000000000a1}}](https://archive.example)", "not in a link"},
		{"an override of direction", "a\nb \u202E{{figure f-00000000000000a1}}\u202C", "line 2: an override"},
		{"an isolate without an end", "a \u2067b\n\nc\u2069", "line 1: a change of direction"},
		{"a link that runs", "a\n\n[x](javascript:alert(1))", "accepted are paragraphs"},
		{"a link with a title", "a\n\n[x](https://archive.example \"no\")", "accepted are paragraphs"},
		{"a link elsewhere", "[x](ftp://archive.example)", "accepted are paragraphs"},
		{"a heading that is underlined", "a\n\nb\n---\n", "line 3 of the statement"},
		{"a list with a number twice", "1. a\n1. b\n", "line 2 of the statement"},
		{"a list with brackets", "a\n\n1) b\n", "line 3 of the statement"},
		{"a table without its outer bars", "a | b\n--- | ---\nc | d\n", "line 1 of the statement"},
		{"a cell too many", "| a |\n| - |\n| b | c |\n", "line 3 of the statement"},
		{"a line of a quoted block without its mark", "> a\nb\n", "line 2 of the statement"},
		{"another character reference", "a&nbsp;b", "line 1 of the statement"},
		{"a number as character reference", "&#49;{{figure f-00000000000000a1}}", "line 1 of the statement"},
		{"figure in a definition that nobody uses", "[x]: /y{{figure f-00000000000000a1}}", "where it cannot be shown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Compose(context.Background(), m, []byte(test.text))
			if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want fault.Invalid that says %q", err, test.says)
			}
		})
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	m := scene("page", few())
	text := "---\nlang: ar\ndir: rtl\n---\n# نص\n\n*{{figure f-00000000000000b2}}* **{{figure f-00000000000000b2 range}}**\n\n> {{quote c-00000000000000c3}}\n\n<https://archive.example/_a_?b=1&c=2>\n"
	f, err := m.tryFreeze(edition(1), text)
	if err != nil {
		t.Fatal(err)
	}
	page := string(must(read(context.Background(), m, f.PageObject)))
	for _, want := range []string{
		`<html lang="ar" dir="rtl">`, "Not for real cases yet", "legal status of a country", "default-src 'none'",
		`<em><a class="figure" dir="ltr" href="#row-f-00000000000000b2" data-value="point">3</a></em>`,
		`<tr id="row-f-00000000000000b2" class="figure">`, "Persons &lt;detained&gt;", "not stated",
		"&lt;all of them&gt; &amp; we\nran to the *orchard*.", "a witness, to the invented commission, page 12, entry 1",
		"data/counts/1.count (9 lines, root " + f.Counts[0].Root + ")", "<h1>نص</h1>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	for _, not := range []string{"javascript:", "<script", "\uFDD0", "{{"} {
		if strings.Contains(page, not) {
			t.Errorf("the page holds %q", not)
		}
	}
	if err := CheckPublic(context.Background(), exported(t, m, m.act(f.Draft), nil).fs(), 3); err != nil {
		t.Error(err)
	}
}

func TestFreezeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*Edition, *memoryCase)
		kind   error
		says   string
	}{
		{"a small group", func(e *Edition, _ *memoryCase) { e.Limit = 10 }, fault.Forbidden, killedID},
		{"negative limit", func(e *Edition, _ *memoryCase) { e.Limit = -1 }, fault.Invalid, "0 or more"},
		{"edition 0", func(e *Edition, _ *memoryCase) { e.Edition = 0 }, fault.Invalid, "numbered from 1"},
		{"no dossier", func(e *Edition, _ *memoryCase) { e.Dossier = "x" }, fault.Invalid, "d-…"},
		{"a title that is turned round", func(e *Edition, _ *memoryCase) { e.Title = "\u202E17 killed" }, fault.Invalid, "change its direction"},
		{"no title", func(e *Edition, _ *memoryCase) { e.Title = " " }, fault.Invalid, "one line"},
		{"a definition too long for an entry", func(_ *Edition, m *memoryCase) {
			d := m.figures[killedID]
			for range 200 {
				d.District = append(d.District, "orlen "+strings.Repeat("x", 180)+strings.Repeat("y", len(d.District)%10)+string(rune('a'+len(d.District)/10)))
			}
			d.District = d.District[1:]
			d.Parts = nil
			m.figures[killedID] = d
			m.figures[detainedID] = figure.Definition{Figure: detainedID, Title: "t", Unit: "persons", Rule: "count@1", District: d.District}
		}, fault.Invalid, "name fewer figures"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := scene("refuse", people())
			e := edition(1)
			test.change(&e, m)
			text := statement
			if strings.Contains(test.name, "too long") {
				text = "{{figure f-00000000000000a1}} {{figure f-00000000000000b2}}"
			}
			_, err := m.tryFreeze(e, text)
			if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %.300v, want %v that says %q", err, test.kind, test.says)
			}
			if m.aborted != m.batches-1 { // all but the list of the scene
				t.Errorf("%d of %d row files were given up", m.aborted, m.batches-1)
			}
		})
	}
}

// A second edition that differs by one person from the first would single that
// person out.
func TestFreezeAgainstEarlier(t *testing.T) {
	t.Parallel()
	m := scene("earlier", people())
	f, _ := m.freeze(t, edition(1), statement)
	e := edition(2)
	e.Earlier = []verify.Frozen{f.Frozen}
	if _, err := m.tryFreeze(e, statement); err != nil {
		t.Errorf("nothing has changed: %v", err)
	}
	late := someone{person: "p-00000000000000aa", flag: "no", age: "no", band: "30-44", sex: "male", harm: killed}
	m.list("s-00000000000000f6", "e-00000000000000e2", []someone{late})
	_, err := m.tryFreeze(e, statement)
	if !errors.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "edition 1 of dossier "+dossierID) {
		t.Errorf("one person more: %v", err)
	}
	e.Earlier = nil
	if _, err := m.tryFreeze(e, statement); err != nil {
		t.Errorf("one person more, nothing published before: %v", err)
	}
}
