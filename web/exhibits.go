// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"
	"unicode"

	"recount/casework"
	"recount/derive"
	"recount/fault"
	"recount/intake"
	"recount/register"
	"recount/store"
	"recount/vault"
)

// exhibitsPage lists preserved files.
type exhibitsPage struct {
	base
	Exhibits []exhibitLine
	Pager    pager
	Source   link
}

// exhibitLine is an exhibit in a list.
type exhibitLine struct {
	register.Exhibit
	By link
}

func (s *Server) exhibits(v *visit) error {
	p := &exhibitsPage{base: v.base("nav.exhibits")}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		var list []register.Exhibit
		if source := v.text("source"); source != "" {
			if p.Source, err = v.sourceLink(ctx, r, source); err != nil {
				return err
			}
			list, err = r.ExhibitsOf(ctx, source, v.page())
		} else {
			list, err = r.Exhibits(ctx, v.page())
		}
		if err != nil {
			return err
		}
		list, p.Pager = paged(v, list, func(x register.Exhibit) string { return x.Exhibit })
		for _, x := range list {
			line := exhibitLine{Exhibit: x}
			if x.Source != "" {
				if line.By, err = v.sourceLink(ctx, r, x.Source); err != nil {
					return err
				}
			}
			p.Exhibits = append(p.Exhibits, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// exhibitPage is one exhibit: where it came from, what is in it, and what was
// made of it.
type exhibitPage struct {
	base
	Exhibit   register.Exhibit
	Source    link
	Type      derive.Type
	Differs   bool // the giver claimed another SHA-256
	Gone      bool // its key was destroyed
	As        string
	Ways      []link
	View      view
	Citations []register.Citation
	Imports   []store.Imported
	History   []store.EntryLine
	Copy      link   // a redacted copy, which is read in the place of this one
	Of        []link // exhibits in whose place this copy stands
	Earlier   link   // of which this is a later edition
	Later     []link
	Guard     guard
}

// List reports whether a list was imported from the exhibit.
func (p *exhibitPage) List() bool {
	return slices.ContainsFunc(p.Imports, func(x store.Imported) bool { return x.List })
}

func (s *Server) exhibit(v *visit) error {
	p := &exhibitPage{}
	if err := v.read(func(ctx context.Context, r store.Reader) error { return p.look(ctx, v, r) }); err != nil {
		return v.s.orCopy(v, err)
	}
	p.base = v.baseNamed(p.Exhibit.Title)
	x := p.Exhibit
	p.Type = derive.Compare(intake.MediaTypeByName(x.FileName), x.MediaType)
	p.Differs = x.ClaimedSHA256 != "" && x.ClaimedSHA256 != x.SHA256
	kinds := derive.Kinds(x.MediaType)
	if len(kinds) == 0 {
		p.View.Problem = v.words.T("exhibits.no-view", "type", x.MediaType)
		return s.show(v, p)
	}
	kind := kinds[0]
	for _, k := range kinds {
		if string(k) == v.text("as") {
			kind = k
		}
	}
	p.As = string(kind)
	for _, k := range kinds {
		p.Ways = append(p.Ways, link{Text: v.words.T("exhibits.as." + string(k)), To: p.Query(v.link("exhibits", x.Exhibit), "as", string(k)), Here: k == kind})
	}
	if err := s.view(v, x, kind, &p.View); err != nil {
		return err
	}
	p.Gone = p.View.Gone
	return s.show(v, p)
}

// look gathers what the case knows of the exhibit.
func (p *exhibitPage) look(ctx context.Context, v *visit, r store.Reader) (err error) {
	id := v.PathValue("exhibit")
	if p.Exhibit, err = r.Exhibit(ctx, id); err != nil {
		return err
	}
	if p.Exhibit.Source != "" {
		if p.Source, err = v.sourceLink(ctx, r, p.Exhibit.Source); err != nil {
			return err
		}
	}
	if p.Citations, err = r.CitationsOf(ctx, id, store.Page{Limit: perPage}); err != nil {
		return err
	}
	if p.Imports, err = r.Imports(ctx, store.ImportFilter{Exhibit: id}); err != nil {
		return err
	}
	if err := p.copies(ctx, v, r); err != nil {
		return err
	}
	if p.Earlier, p.Later, err = v.editionsOf(ctx, r, id); err != nil {
		return err
	}
	if p.History, err = r.History(ctx, id); err != nil {
		return err
	}
	p.Guard, err = v.guard(ctx, r, "exhibit", id)
	return err
}

// copies finds what stands in the place of the exhibit since an erasure, and in
// whose place it stands itself.
func (p *exhibitPage) copies(ctx context.Context, v *visit, r store.Reader) error {
	standing, err := casework.Standing(ctx, r, p.Exhibit.Exhibit)
	if err != nil {
		return err
	}
	if standing != p.Exhibit.Exhibit {
		x, err := r.Exhibit(ctx, standing)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			p.Copy = link{Text: x.Title, To: v.link("exhibits", standing)}
		}
	}
	earlier, err := r.RedactedFrom(ctx, p.Exhibit.Exhibit)
	for _, of := range earlier {
		p.Of = append(p.Of, link{Text: of.Exhibit, To: v.link("exhibits", of.Exhibit)})
	}
	return err
}

// orCopy leads from an exhibit whose description was erased, since it named
// somebody, to the redacted copy that stands in its place.
func (s *Server) orCopy(v *visit, missing error) error {
	if !errors.Is(missing, fault.NotFound) {
		return missing
	}
	id := v.PathValue("exhibit")
	standing := id
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if standing, err = casework.Standing(ctx, r, id); err == nil && standing != id {
			_, err = r.Exhibit(ctx, standing)
		}
		return err
	})
	if err != nil || standing == id {
		return missing
	}
	return v.goTo(base{}.Query(v.link("exhibits", standing), "as", v.text("as")))
}

// opener opens an exhibit's bytes. The key is looked for each time, before
// anything that was made of them is taken out of memory: fault.NotFound where an
// erasure destroyed it, and then what was made of them goes too.
func (v *visit) opener(x register.Exhibit) (derive.Opener, error) {
	address, err := vault.ParseAddress(x.Object)
	if err != nil {
		return nil, err
	}
	if _, err := v.room.ObjectKey(v.Context(), address); err != nil {
		if errors.Is(err, fault.NotFound) {
			v.s.derive.Forget(x.Object)
			return nil, fmt.Errorf("%w: the bytes of this exhibit were destroyed by an erasure", fault.NotFound)
		}
		return nil, err
	}
	return func(ctx context.Context) (io.ReadCloser, error) {
		object, err := v.room.ObjectKey(ctx, address)
		if err != nil {
			return nil, err
		}
		return v.room.Vault().OpenChecked(ctx, object)
	}, nil
}

// download hands the bytes out as they were received, as a file to keep and
// never as a page: what a stranger wrote must not act in this site's name.
func (s *Server) download(v *visit) error {
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
	bytes, err := open(v.Context())
	if err != nil {
		return err
	}
	defer func() { _ = bytes.Close() }() // its check has been read to the end by then
	h := v.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", fmt.Sprint(x.Size))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(x)}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := io.Copy(v.w, bytes); err != nil {
		s.Log.Error("a download broke off", "exhibit", x.Exhibit, "kind", fault.Name(err))
		return errDone // fewer bytes than were promised: net/http closes the connection, and the browser says that the file is not whole
	}
	return nil
}

// fileName is what a downloaded exhibit is called: its own name, without what
// could lead elsewhere.
func fileName(x register.Exhibit) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) { // Cf: marks that turn the direction, too
			return '_'
		}
		return r
	}, x.FileName)
	if strings.Trim(name, ". _") == "" {
		name = x.Exhibit
	}
	return name
}
