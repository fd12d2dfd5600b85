// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"time"

	"recount/derive"
	"recount/fault"
	"recount/register"
	"recount/store"

	"context"
)

// view is what can be seen of an exhibit on a page: its text, its rows or its
// picture, all made by a bounded child process (package derive).
type view struct {
	Problem string // why nothing is shown
	Gone    bool   // the bytes were destroyed
	Text    *derive.Text
	Table   *derive.Table
	Picture *derive.Picture
	Notes   []string // what a person should know of what is shown
	Before  string   // the page before this one of a long text or list
	Next    string
	From    int64 // characters marked, from and to: where a citation points
	To      int64
	Marked  string // what is marked, as a pinpoint

	TimesDiffer bool // fields of a picture about its taking say different things
}

// rowsAtOnce is how many rows of a list are shown on a page.
const rowsAtOnce = 100

// pictureWidth is how wide a picture is shown at most, in pixels.
const pictureWidth = 1600

// view fills in what can be seen. That an exhibit cannot be shown is said on
// the page; that its bytes are not those that were recorded is an error.
func (s *Server) view(v *visit, x register.Exhibit, kind derive.Kind, to *view) error {
	open, err := v.opener(x)
	if errors.Is(err, fault.NotFound) {
		to.Gone, to.Problem = true, v.words.T("exhibits.gone")
		return nil
	}
	if err != nil {
		return err
	}
	here := base{}.Query(v.link("exhibits", x.Exhibit), "as", string(kind))
	switch kind {
	case derive.KindTable:
		err = s.viewTable(v, x.Object, open, here, to)
	case derive.KindPicture:
		var p derive.Picture
		if p, err = s.derive.Picture(v.Context(), x.Object, open, pictureWidth); err == nil {
			to.Picture, to.TimesDiffer = &p, derive.TimesDiffer(p.Times)
		}
	default:
		err = s.viewText(v, x.Object, open, kind, here, to)
	}
	switch {
	case err == nil:
		to.notes(v)
	case errors.Is(err, fault.Tampered):
		return err
	case errors.Is(err, fault.NotFound):
		to.Gone, to.Problem = true, v.words.T("exhibits.gone")
	case errors.Is(err, fault.Invalid), errors.Is(err, fault.Unavailable):
		to.Problem = err.Error()
	default:
		return err
	}
	return nil
}

func (s *Server) viewText(v *visit, key string, open derive.Opener, kind derive.Kind, here string, to *view) error {
	ask := s.derive.Text
	if kind == derive.KindSource {
		ask = s.derive.Source
	}
	page := int(v.whole("page", 1))
	t, err := ask(v.Context(), key, open, page)
	if err != nil {
		return err
	}
	to.Text = &t
	if t.Page > 1 {
		to.Before = base{}.Query(here, "page", fmt.Sprint(t.Page-1))
	}
	if t.Page < t.Pages {
		to.Next = base{}.Query(here, "page", fmt.Sprint(t.Page+1))
	}
	return nil
}

func (s *Server) viewTable(v *visit, key string, open derive.Opener, here string, to *view) error {
	from, sheet := int(v.whole("row", 1)), v.text("sheet")
	t, err := s.derive.Table(v.Context(), key, open, sheet, from, from+rowsAtOnce-1)
	if err != nil {
		return err
	}
	to.Table = &t
	if sheet != "" {
		here = base{}.Query(here, "sheet", sheet)
	}
	if t.From > 1 {
		to.Before = base{}.Query(here, "row", fmt.Sprint(max(1, t.From-rowsAtOnce)))
	}
	if t.More {
		to.Next = base{}.Query(here, "row", fmt.Sprint(t.To+1))
	}
	return nil
}

// notes say what a person should know of what is shown.
func (w *view) notes(v *visit) {
	say := func(key string, args ...any) { w.Notes = append(w.Notes, v.words.T(key, args...)) }
	if t := w.Text; t != nil {
		if t.Guessed {
			say("exhibits.guessed", "encoding", t.Encoding)
		}
		if t.Form != derive.AsWritten {
			say("exhibits.form." + t.Form)
		}
		if t.Cut {
			say("exhibits.cut")
		}
		if t.Controls+t.Bidi > 0 {
			say("exhibits.controls", "n", t.Controls+t.Bidi)
		}
		if t.Damaged > 0 {
			say("exhibits.damaged", "n", t.Damaged)
		}
	}
	if t := w.Table; t != nil {
		if t.Guessed {
			say("exhibits.guessed", "encoding", t.Encoding)
		}
		w.Notes = append(w.Notes, t.Notices...)
	}
	if p := w.Picture; p != nil {
		say("exhibits.picture.size", "width", p.OriginalWidth, "height", p.OriginalHeight)
		if p.Turned {
			say("exhibits.picture.turned")
		}
		if p.First {
			say("exhibits.picture.first")
		}
	}
}

// picture is the picture made anew from an exhibit's, for the page that shows it.
func (s *Server) picture(v *visit) error {
	var x register.Exhibit
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		x, err = r.Exhibit(ctx, v.PathValue("exhibit"))
		return err
	})
	if err != nil {
		return err
	}
	open, err := v.opener(x)
	if err != nil {
		return err
	}
	p, err := s.derive.Picture(v.Context(), x.Object, open, int(v.whole("width", pictureWidth)))
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/png")
	http.ServeContent(v.w, v.Request, "picture.png", time.Time{}, bytes.NewReader(p.PNG))
	return nil
}
