// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"recount/names"
	"recount/store"
)

// searchPage is what was found, as the reader may see it.
type searchPage struct {
	base
	Words  string
	Kinds  []link
	Hits   []hitLine
	Pager  pager
	Behind int64 // entries that the index does not have yet
	Empty  bool  // nothing was searched for
}

// hitLine is a thing that was found, with the words marked where they stand.
type hitLine struct {
	Kind, Title string
	To          string
	Pieces      []piece
}

// piece is a part of a text; Hit: it is one of the words.
type piece struct {
	Text string
	Hit  bool
}

func (s *Server) search(v *visit) error {
	words, kind := v.text("q"), v.text("kind")
	p := &searchPage{base: v.base("search.title"), Words: words, Empty: words == ""}
	p.base.Search = words
	q := store.Query{Words: words}
	if kind != "" {
		q.Kinds = []string{kind}
	}
	here := base{}.Query(v.link("search"), "q", words)
	p.Kinds = append(p.Kinds, link{Text: v.words.T("search.all"), To: here, Here: kind == ""})
	for _, k := range store.SearchKinds() {
		p.Kinds = append(p.Kinds, link{Text: v.words.T("search.kind." + k), To: p.Query(here, "kind", k), Here: k == kind})
	}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		found, err := r.Search(ctx, q, v.page())
		if err != nil {
			return err
		}
		p.Behind = found.Size - found.Indexed
		hits, pages := paged(v, found.Hits, func(h store.Hit) string { return h.ID })
		p.Pager = pages
		wanted := strings.Fields(names.Fold(words))
		for _, h := range hits {
			p.Hits = append(p.Hits, hitLine{Kind: v.words.T("search.kind." + h.Kind), Title: h.Title, To: v.link(h.Kind+"s", h.ID), Pieces: marked(h.Text, wanted)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// marked cuts a text into pieces, so that those that fold to the beginning of
// a wanted word can be marked. The text itself is not changed.
func marked(text string, wanted []string) (pieces []piece) {
	letters := []rune(text)
	for at := 0; at < len(letters); {
		word := unicode.IsLetter(letters[at]) || unicode.IsNumber(letters[at])
		end := at + 1
		for end < len(letters) && (unicode.IsLetter(letters[end]) || unicode.IsNumber(letters[end]) || unicode.IsMark(letters[end])) == word {
			end++
		}
		part := string(letters[at:end])
		folded := names.Fold(part)
		hit := word && slices.ContainsFunc(wanted, func(w string) bool {
			return folded != "" && strings.HasPrefix(strings.TrimPrefix(folded, "ال"), strings.TrimPrefix(w, "ال"))
		})
		if n := len(pieces); n > 0 && pieces[n-1].Hit == hit {
			pieces[n-1].Text += part
		} else {
			pieces = append(pieces, piece{part, hit})
		}
		at = end
	}
	return pieces
}
