// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"recount/verify"
)

// style is all that a page needs to be read on a screen and on paper.
const style = `
:root { color: #1b1b1b; background: #fff; font: 1.05rem/1.55 "Noto Serif", "Noto Naskh Arabic", "Noto Serif Armenian", Georgia, serif; }
body { max-inline-size: 44rem; margin-inline: auto; padding: 1.5rem; }
h1, h2, h3 { line-height: 1.25; }
.notice { border: 1px solid #8a6d1a; padding: .5rem .75rem; }
.log, pre, code { font-family: "Noto Sans Mono", monospace; font-size: .85em; overflow-wrap: anywhere; white-space: pre-wrap; }
a.figure { color: inherit; text-decoration: underline dotted; font-variant-numeric: tabular-nums; }
blockquote { margin-inline: 1.5rem; padding-inline-start: 1rem; border-inline-start: 3px solid #999; }
blockquote.quote p { white-space: pre-line; }
blockquote footer { font-size: .9em; color: #444; }
table { border-collapse: collapse; inline-size: 100%; font-size: .9em; }
th, td { border-block-end: 1px solid #bbb; padding: .35rem .4rem; text-align: start; vertical-align: top; }
tr.part th { padding-inline-start: 1.25rem; font-weight: normal; }
@media print { body { max-inline-size: none; padding: 0; } a { color: inherit; text-decoration: none; } a.figure { text-decoration: underline dotted; } tr, blockquote { break-inside: avoid; } }
`

// notes are printed under every statement.
const notes = `<section id="notes" lang="en" dir="ltr">
<h2>Notes</h2>
<p>Place names and other designations are those of the sources or of the policy that the statement declares. Using one of them says nothing about the legal status of a country, territory, town or area, of its authorities, or about where its boundaries run.</p>
<p>A figure counts human beings, each once, however many sources name them. Its least number counts those of whom the records say all that the figure asks; its greatest adds those of whom they do not say enough, or contradict each other. The unknown are never shared out among the known. Where sources contradict each other, no one has decided between them here.</p>
<p>Words that are quoted are the source's own, in its own spelling. To quote a source is not to agree with it.</p>
</section>
`

// renderPage makes the whole page. It asks for nothing from outside, runs
// nothing, and is the same for the same statement and entry.
func renderPage(c Composed, f verify.Frozen, origin string) (string, error) {
	main, err := renderMain(c, &f)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	title := html.EscapeString(f.Title)
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", html.EscapeString(c.Lang), c.Dir)
	b.WriteString(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` + "\n")
	b.WriteString(`<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n")
	fmt.Fprintf(&b, "<title>%s</title>\n<style>%s</style>\n</head>\n<body>\n", title, style)
	b.WriteString(`<header>` + "\n" + `<p class="notice" lang="en" dir="ltr">Not for real cases yet: the program that made this page has not been examined by others.</p>` + "\n")
	fmt.Fprintf(&b, "<h1 dir=\"auto\">%s</h1>\n<p lang=\"en\" dir=\"ltr\">Dossier %s, edition %d. Its figures were answered at this checkpoint of the case's log:</p>\n",
		title, html.EscapeString(f.Dossier), f.Edition)
	fmt.Fprintf(&b, "<pre class=\"log\" dir=\"ltr\">%s\n%d\n%s</pre>\n</header>\n", html.EscapeString(origin), f.BaseSize, base64.StdEncoding.EncodeToString(f.BaseRoot[:]))
	b.WriteString(verify.MainStart + main + verify.MainEnd)
	writeFigures(&b, c, f)
	b.WriteString(notes + "</body>\n</html>\n")
	return b.String(), nil
}

func writeFigures(b *strings.Builder, c Composed, f verify.Frozen) {
	if len(f.Counts) == 0 {
		return
	}
	b.WriteString(`<section id="figures" lang="en" dir="ltr">` + "\n<h2>Figures</h2>\n<table>\n<thead><tr><th scope=\"col\">What is counted</th><th scope=\"col\">Unit</th>" +
		"<th scope=\"col\">At least</th><th scope=\"col\">Least–greatest</th><th scope=\"col\">Unknown</th><th scope=\"col\">Looked at</th>" +
		"<th scope=\"col\">As of entry</th><th scope=\"col\">Standard of proof</th></tr></thead>\n<tbody>\n")
	for _, row := range verify.PageRows(f, c.Standard) {
		b.WriteString(row + "\n")
	}
	b.WriteString("</tbody>\n</table>\n")
	for _, d := range c.Figures {
		fmt.Fprintf(b, "<h3 dir=\"auto\">%s</h3>\n<p>Figure %s, rule %s. Out of: %s.</p>\n<pre class=\"log\">%s</pre>\n",
			html.EscapeString(d.Title), html.EscapeString(d.Figure), html.EscapeString(d.Rule), html.EscapeString(d.Universe()), html.EscapeString(string(d.JSON())))
		var files []string
		for _, x := range f.Counts {
			if x.Definition.Figure == d.Figure {
				files = append(files, fmt.Sprintf("%s (%d lines, root %s)", verify.CountPath(x.File), x.N, x.Root))
			}
		}
		fmt.Fprintf(b, "<p>To recount it, read in the bundle: %s. VERIFY.txt gives the commands.</p>\n", html.EscapeString(strings.Join(files, "; ")))
	}
	fmt.Fprintf(b, "<p>No combination of values that is published of these figures holds fewer than %d persons, unless it holds none.</p>\n</section>\n", max(1, f.Limit))
}
