// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"recount/casework"
	"recount/dossier"
	"recount/fault"
	"recount/store"
	"recount/verify"
)

// pageAlone answers with a page that is to be seen as strangers see it. It may
// use the style that stands in it and nothing else, and no script of anybody's
// runs in it (CSP level 3, "sandbox").
func (v *visit) pageAlone(page []byte) error {
	hash := sha256.Sum256([]byte(dossier.Style()))
	h := v.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Content-Type", "text/html; charset=utf-8")
	if _, err := v.w.Write(page); err != nil {
		return errDone // the reader went away
	}
	return nil
}

// editionAlone is the page of an edition, byte for byte as it was frozen.
func (s *Server) editionAlone(v *visit) error {
	n, err := v.editionNumber()
	if err != nil {
		return err
	}
	e, err := casework.FrozenEdition(v.Context(), v.room, v.PathValue("dossier"), n)
	if err != nil {
		return err
	}
	page, err := casework.EditionPage(v.Context(), v.room, e)
	if err != nil {
		return err
	}
	return v.pageAlone(page)
}

// freezePage asks whether a statement is to be frozen, and says what follows.
type freezePage struct {
	base
	Form     form
	Dossier  string
	Composed store.DossierComposed
	Refused  string      // why it cannot be frozen, though it could be composed
	Against  []objection // what is quoted or counted and may not be
	Next     int64       // the edition that it would be
	Size     int64       // entries of the journal now
}

func (s *Server) freezeForm(v *visit) error {
	p, err := v.freezePage()
	if err != nil {
		return err
	}
	against, err := casework.Objections(v.Context(), v.room, p.Dossier)
	if err != nil && !errors.Is(err, fault.NotFound) && !errors.Is(err, fault.Invalid) { // what cannot be frozen for these is told when it is tried
		return err
	}
	if p.Against, err = v.objections(against); err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) freezePage() (*freezePage, error) {
	id := v.PathValue("dossier")
	p := &freezePage{Dossier: id, Next: 1}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if p.Composed, err = r.Dossier(ctx, id); err != nil {
			return err
		}
		frozen, err := r.Frozen(ctx, id)
		for _, f := range frozen {
			p.Next = max(p.Next, f.Edition+1)
		}
		p.Size = r.Size()
		return err
	})
	if err != nil {
		return nil, err
	}
	p.base = v.base("dossiers.freeze.title", "title", p.Composed.Title)
	p.Crumbs = []link{{Text: v.words.T("nav.dossiers"), To: v.link("dossiers")}, {Text: p.Composed.Title, To: v.link("dossiers", id)}}
	p.Form, err = v.form("freeze", id, group{Fields: []field{{
		Name: "limit", Kind: "number", Label: v.words.T("dossiers.field.limit"), Hint: v.words.T("dossiers.field.limit.hint"), Value: strconv.Itoa(dossier.DefaultLimit), Required: true,
	}, {
		Name: "sexual_violence", Kind: "check", Label: v.words.T("dossiers.field.sexual-violence"), Hint: v.words.T("dossiers.field.sexual-violence.hint"),
	}}})
	p.Form.Button = v.words.T("dossiers.freeze")
	p.Form.setBase(v, p.Composed.Seq)
	return p, err
}

// freeze fixes what was composed as an edition.
func (s *Server) freeze(v *visit) error {
	p, err := v.freezePage()
	if err != nil {
		return err
	}
	limit, err := strconv.Atoi(v.text("limit"))
	switch {
	case err != nil || limit < 0:
		err = fmt.Errorf("%w: small-cell limit %.20q: accepted is a whole number of 0 or more", fault.Invalid, v.text("limit"))
	case v.baseSeq() >= 0 && v.baseSeq() != p.Composed.Seq:
		err = fmt.Errorf("%w: %s", fault.Conflict, v.words.T("dossiers.freeze.stale"))
		p.Form.Base = p.Composed.Seq
	}
	var frozen dossier.Frozen
	if err == nil {
		frozen, _, err = v.desk().FreezeDossier(v.Context(), p.Dossier, dossier.Showing{Limit: limit, SexualViolence: v.text("sexual_violence") == "yes"}, v.why())
	}
	var unpermitted *casework.Unpermitted
	if errors.As(err, &unpermitted) {
		v.status = http.StatusForbidden
		if p.Against, err = v.objections(unpermitted.Objections); err != nil {
			return err
		}
		return s.show(v, p)
	}
	if errors.Is(err, fault.Forbidden) {
		v.status, p.Refused = http.StatusForbidden, err.Error()
		return s.show(v, p)
	}
	if err != nil {
		if p.Form.refuse(v, err) {
			return s.show(v, p)
		}
		return err
	}
	return v.sent("freeze", p.Dossier, v.link("dossiers", p.Dossier, "editions", seq(frozen.Edition)), "dossier-frozen")
}

// checkedBundle is what a check of the bundle found, as a stranger would find it.
type checkedBundle struct {
	Report     verify.Report
	VerifyText string // VERIFY.txt of the bundle
	Files      int64
	Erased     int64 // lines that were erased since the freeze
}

// checkEdition makes the bundle of an edition in a folder that is thrown away,
// and has it checked as a stranger would. Nothing leaves.
func (s *Server) checkEdition(v *visit) (err error) {
	p, err := v.editionPage()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "recount-check-")
	if err != nil {
		return fmt.Errorf("%w: no temporary folder: %w", fault.Unavailable, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	e, err := casework.ExamineDossier(v.Context(), v.room, p.Dossier, p.Edition, filepath.Join(work, "bundle"))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(work, "bundle", "VERIFY.txt"))
	if err != nil {
		return err
	}
	p.Checked = &checkedBundle{e.Report, string(text), e.Files, e.Erased}
	return s.show(v, p)
}

// editionRefused is the page of an edition that may not go out any more, with
// what is against it.
func (s *Server) editionRefused(v *visit, unpermitted *casework.Unpermitted) error {
	p, err := v.editionPage()
	if err != nil {
		return err
	}
	v.status = http.StatusForbidden
	if p.Against, err = v.objections(unpermitted.Objections); err != nil {
		return err
	}
	return s.show(v, p)
}

// bundle answers with the zip file of an edition. It is made in a temporary
// folder, checked, sent, and removed; its checkpoint is noted to have left.
func (s *Server) bundle(v *visit) (err error) {
	n, err := v.editionNumber()
	if err != nil {
		return err
	}
	id := v.PathValue("dossier")
	work, err := os.MkdirTemp("", "recount-bundle-")
	if err != nil {
		return fmt.Errorf("%w: no temporary folder: %w", fault.Unavailable, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	name := fmt.Sprintf("%s-%d.zip", id, n)
	file := filepath.Join(work, "bundle.zip")
	var unpermitted *casework.Unpermitted
	if _, err := casework.ExportDossier(v.Context(), v.room, id, n, "", file); errors.As(err, &unpermitted) {
		return s.editionRefused(v, unpermitted)
	} else if err != nil {
		return err
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if _, err := io.Copy(v.w, in); err != nil {
		return errDone // the reader went away
	}
	return nil
}
