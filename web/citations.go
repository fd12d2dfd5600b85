// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"recount/derive"
	"recount/fault"
	"recount/intake"
	"recount/register"
	"recount/store"
)

// citationPage is a place in an exhibit, with the words that stand there.
type citationPage struct {
	base
	Citation register.Citation
	Exhibit  link
	Where    string
	History  []store.EntryLine
}

func (s *Server) citation(v *visit) error {
	id := v.PathValue("citation")
	p := &citationPage{base: v.base("citations.one")}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if p.Citation, err = r.Citation(ctx, id); err != nil {
			return err
		}
		exhibit, err := r.Exhibit(ctx, p.Citation.Exhibit)
		if err != nil {
			return err
		}
		p.Exhibit = link{Text: exhibit.Title, To: v.link("exhibits", exhibit.Exhibit)}
		p.Where = v.where(p.Citation.Scheme, p.Citation.Pinpoint)
		p.History, err = r.History(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// where says a pinpoint in words: "line 12".
func (v *visit) where(scheme, pinpoint string) string {
	return strings.TrimSpace(base{Language: v.words}.Code("scheme", scheme, register.Label(register.Schemes(), scheme)) + " " + pinpoint)
}

// citationFormPage asks for what is cited, beside where it stands.
type citationFormPage struct {
	base
	Exhibit link
	Form    form
}

// newCitation begins a citation of a place that was chosen in an exhibit; the
// words that stand there are filled in.
func (s *Server) newCitation(v *visit) error { return s.citationForm(v, nil) }

func (s *Server) citationForm(v *visit, refused error) error {
	var x register.Exhibit
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		x, err = r.Exhibit(ctx, v.text("exhibit"))
		return err
	})
	if err != nil {
		return err
	}
	scheme, pinpoint, quote := v.text("scheme"), v.text("pinpoint"), ""
	if scheme == "" {
		scheme = "whole"
	}
	if refused == nil {
		if quote, err = s.wordsAt(v, x, scheme, pinpoint); err != nil {
			return err
		}
	}
	label := func(name string) string { return v.words.T("citations." + name) }
	f, err := v.form("citation", x.Exhibit+" "+scheme+" "+pinpoint, group{Fields: []field{
		field{Name: "exhibit", Kind: "hidden"}.with(x.Exhibit),
		field{Name: "scheme", Label: label("scheme"), Kind: "choose", Options: base{Language: v.words}.codes("scheme", register.Schemes(), "")}.with(scheme),
		field{Name: "pinpoint", Label: label("pinpoint"), Hint: label("pinpoint.hint")}.with(pinpoint),
		field{Name: "quote", Label: label("quote"), Hint: label("quote.hint"), Kind: "long"}.with(quote),
		{Name: "attribution", Label: label("attribution"), Hint: label("attribution.hint")},
	}}, group{Title: label("more"), Folded: true, Fields: []field{
		{Name: "language", Label: label("language")},
		{Name: "before", Label: label("before"), Hint: label("before.hint")},
		{Name: "after", Label: label("after")},
	}})
	if err != nil {
		return err
	}
	f.Action = v.link("citations")
	if refused != nil && !f.refuse(v, refused) {
		return refused
	}
	return s.show(v, &citationFormPage{base: v.base("citations.new"), Exhibit: link{Text: x.Title, To: v.link("exhibits", x.Exhibit)}, Form: f})
}

// makeCitation records a citation and leads to what can be entered from it.
func (s *Server) makeCitation(v *visit) error {
	x := register.Citation{
		Exhibit: v.text("exhibit"), Scheme: v.text("scheme"), Pinpoint: v.text("pinpoint"), Quote: v.FormValue("quote"),
		Before: v.FormValue("before"), After: v.FormValue("after"), Language: v.text("language"), Attribution: v.text("attribution"),
	}
	cited, err := v.cite(x)
	if err != nil {
		return s.citationForm(v, err)
	}
	done := "citation"
	if !cited.Checked && x.Quote != "" {
		done = "citation-unchecked"
	}
	return v.sent("citation", x.Exhibit+" "+x.Scheme+" "+x.Pinpoint, v.link("citations", cited.Citation.Citation), done)
}

// cite records a citation. A form sends every line end as CR LF (HTML, section
// 4.10.22, "constructing the entry list"): the exhibit may have either.
func (v *visit) cite(x register.Citation) (intake.Cited, error) {
	clerk, asSent := v.desk().Clerk(), x.Quote
	x.Quote = strings.ReplaceAll(asSent, "\r\n", "\n")
	cited, err := clerk.Cite(v.Context(), x, v.why().Act())
	if errors.Is(err, fault.Invalid) && x.Quote != asSent {
		x.Quote = asSent
		if again, errAgain := clerk.Cite(v.Context(), x, v.why().Act()); errAgain == nil {
			return again, nil
		}
	}
	return cited, err
}

// wordsAt are the words that stand at a place of a text; "" where that is not
// known: the visitor writes them then.
func (s *Server) wordsAt(v *visit, x register.Exhibit, scheme, pinpoint string) (string, error) {
	first, last, ok := span(pinpoint)
	if !ok || scheme != "line" && scheme != "chars" {
		return "", nil
	}
	open, err := v.opener(x)
	if errors.Is(err, fault.NotFound) {
		return "", nil // the bytes are gone: nothing can be read there any more
	}
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for page := 1; ; page++ {
		t, err := s.derive.Text(v.Context(), x.Object, open, page)
		if errors.Is(err, fault.Invalid) || errors.Is(err, fault.Unavailable) || errors.Is(err, fault.NotFound) || err == nil && !t.Exact {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		for _, p := range t.Paragraphs {
			takeWords(&out, p, scheme, first, last)
		}
		if page >= t.Pages || out.Len() > longestField {
			return strings.TrimSuffix(out.String(), "\n"), nil
		}
	}
}

// takeWords adds what of a paragraph lies between first and last: lines from 1,
// or characters from 0, both ends included for lines, the end left out for characters.
func takeWords(out *strings.Builder, p derive.Paragraph, scheme string, first, last int64) {
	if scheme == "line" {
		if p.Line >= first && p.Line <= last {
			if !p.Continued && out.Len() > 0 {
				out.WriteString("\n")
			}
			out.WriteString(p.Text)
		}
		return
	}
	letters := []rune(p.Text)
	from, to := first-p.Offset, last-p.Offset
	if to <= 0 || from > int64(len(letters)) {
		return
	}
	ended := to > int64(len(letters))
	out.WriteString(string(letters[max(from, 0):min(to, int64(len(letters)))]))
	if ended {
		out.WriteString("\n")
	}
}

// span reads "12" or "12-34".
func span(pinpoint string) (first, last int64, ok bool) {
	a, b, two := strings.Cut(pinpoint, "-")
	first, err := strconv.ParseInt(strings.TrimSpace(a), 10, 64)
	if err != nil || first < 0 {
		return 0, 0, false
	}
	if !two {
		return first, first, true
	}
	last, err = strconv.ParseInt(strings.TrimSpace(b), 10, 64)
	return first, last, err == nil && last >= first
}
