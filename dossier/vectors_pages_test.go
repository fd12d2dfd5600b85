// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"fmt"
	"strings"

	"recount/verify"
)

// prosePage is a statement with everything that statements may hold.
const prosePage = `---
lang: az-Latn
dir: rtl
standard: more likely than not
---
# Orlen, *March* 1994

On 3 March {{figure f-00000000000000a1}}&nbsp people, "all of them" &lt;here&gt; & there, were *killed*\
in **Or_len_ and \*elsewhere\***; 5 * 3 < 16 &amp; 2 \| 3, 17.5 %.

## Lists

- one
  - two, {{figure f-00000000000000a1.age}}/{{figure f-00000000000000b2 unknown}}
* three

  still three

3. third: <https://archive.example/a_b?c=1&d=2>
4. > a quoted
   > > block
5. # a heading

> {{quote c-00000000000000c3}}
>
> - [to the rows](#row-f-00000000000000a1), [mail][m] and ` + "\u2067نص\u2069" + `

***

| left | middle | right | none |
| :--- | :----: | ---: | --- |
| {{figure f-00000000000000b2 range}} | - | \| | **b** |

[m]: mailto:office@archive.example
`

// pages are archives that froze a page or a statement that says another thing
// than the figures, and signed it: nothing but its content is wrong.
func (s *shelf) pages() {
	m := scene("pages", people())
	f := must(m.tryFreeze(edition(1), statement))
	page := string(must(read(context.Background(), m, f.PageObject)))
	lie := func(name, why string, text, page string) {
		s.t.Helper()
		s.refutes(m, name, exported(s.t, m, freezePage(m, f, text, page), nil), why, verify.AddsUp)
	}
	seq := freezePage(m, f, statement, page)
	s.say("pages", exported(s.t, m, seq, nil), "the statement and page that the next are laid over", 0, m.vkeys())
	p := must(m.tryFreeze(edition(1), prosePage))
	s.say("prose", exported(s.t, m, m.act(p.Draft), nil), "all that a statement can be written with", 0, m.vkeys())
	for _, x := range []struct{ name, why, old, new string }{
		{"page-around", "a style that hides the statement and an article with other numbers, outside the statement", "<main", "<style>#statement{display:none}</style><article>We count 9,999 people killed.</article>\n<main"},
		{"page-behind", "a paragraph behind the page", "</html>\n", "</html>\n<p>9,999</p>\n"},
		{"page-title", "a title that is not the dossier's", "<title>Orlen, March 1994", "<title>9,999 killed in Orlen"},
		{"page-note", "a word in the notes", "are never shared out", "are always shared out"},
		{"page-second-main", "the statement ends and something else follows before a second end", "</main>\n", "</main>\n<p>9,999</p>\n</main>\n"},
		{"page-script", "a script in the statement", "<h1>", `<script src="https://evil.example/x.js"></script><h1>`},
		{"page-style-element", "a style in the statement", "<h1>", "<style>p{display:none}</style><h1>"},
		{"page-style-attribute", "a style on a paragraph", "<p>In March", `<p style="display:none">In March`},
		{"page-hidden", "a paragraph that is hidden", "<p>In March", `<p hidden="">In March`},
		{"page-handler", "an event handler", "<p>In March", `<p onclick="alert(1)">In March`},
		{"page-image", "an image from elsewhere", "<h1>", `<h1><img src="https://evil.example/x.png">`},
		{"page-comment", "a comment", "<h1>", "<!-- <h1>"},
		{"page-link", "a link that is not in the statement", "https://archive.example/list", "https://evil.example/list"},
		{"page-link-script", "a link that runs", "https://archive.example/list", "javascript:alert(1)"},
		{"page-missing-word", "a word of the statement is not on the page", "Nothing else.", "Nothing."},
		{"page-added-word", "a word on the page is not in the statement", "Nothing else.", "Nothing else happened."},
		{"page-joined-words", "two words made one", "were killed in", "were killedin"},
		{"page-sign", "a sign of the statement is not on the page", "&quot;quoted&quot;", "quoted"},
		{"page-moved-words", "text that browsers show elsewhere than it stands", "<tbody>\n<tr>\n<td align=\"left\">detained</td>", "<tbody>\ndetained<tr>\n<td align=\"left\"></td>"},
		{"page-list-number", "items numbered otherwise than in the statement", "<ol>", `<ol start="9998">`},
		{"page-emphasis", "emphasis that is not in the statement", "Nothing else.", "<strong>Nothing else.</strong>"},
		{"page-heading", "a heading that is not in the statement", "<p>In March", "<h2></h2>\n<p>In March"},
		{"page-reference", "a character reference", "Nothing else.", "Nothing&nbsp;else."},
		{"page-open", "an element that is not closed", "Orlen</h1>", "Orlen"},
	} {
		if !strings.Contains(page, x.old) {
			s.t.Fatalf("%s: the page does not hold %q", x.name, x.old)
		}
		lie(x.name, x.why, statement, strings.Replace(page, x.old, x.new, 1))
	}
	s.besides(m, seq)
	figure := `<a class="figure" dir="ltr" href="#row-f-00000000000000a1" data-value="point">17</a>`
	for _, x := range []struct{ name, why, form string }{
		{"statement-digit", "a digit that touches a figure", "%s0"},
		{"statement-digit-before", "a digit before a figure, with an invisible character between", "1\u200B%s"},
		{"statement-letter", "a letter that touches a figure", "%sk"},
		{"statement-thousands", "three digits after a figure and a space", "%s 000"},
		{"statement-decimal", "a figure with a point and a digit behind it", "%s.5"},
		{"statement-override", "an override of direction around a figure", "\u202E%s\u202C"},
		{"statement-isolate", "an isolate that does not end in its paragraph", "\u2067%s"},
	} {
		lie(x.name, x.why, strings.Replace(statement, "{{figure f-00000000000000a1}}", fmt.Sprintf(x.form, "{{figure f-00000000000000a1}}"), 1),
			strings.Replace(page, figure, fmt.Sprintf(x.form, figure), 1))
	}
}

// besides are texts and files around the dossier, changed by who has the key
// of the seal.
func (s *shelf) besides(m *memoryCase, seq int64) {
	good := exported(s.t, m, seq, nil)
	s.refutes(m, "verify-text", good.with(verify.FileVerify, "All of this was shown by a court.\n").resealed(m.sealS), "another VERIFY.txt", verify.Unchanged)
	s.refutes(m, "verify-command", good.swap(verify.FileVerify, "sha256sum -c --strict", "echo fine; exit # sha256sum -c --strict").resealed(m.sealS), "a command in VERIFY.txt", verify.Unchanged)
	s.refutes(m, "bag-info-line", good.swap("bag-info.txt", "Payload-Oxum", "External-Description: 9,999 killed\nPayload-Oxum").resealed(m.sealS), "a line more in bag-info.txt", verify.Unchanged)
	s.refutes(m, "file-listed", good.with("data/summary.html", "<p>9,999</p>\n").remade(m.sealS), "a file that bundles do not have, listed and sealed", verify.Unchanged)
	s.refutes(m, "file-named", good.with("data/members/1.count", string(good["data/counts/1.count"])).remade(m.sealS), "a file of the named level in a public bundle", verify.Unchanged)
}
