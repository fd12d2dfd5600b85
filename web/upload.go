// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"recount/fault"
	"recount/intake"
	"recount/register"
	"recount/store"
)

// newExhibitPage asks for files and what is said of them.
type newExhibitPage struct {
	base
	Form     form
	Outcomes []outcomeLine // of files that were just sent, where not all went well
}

// outcomeLine is what became of one file.
type outcomeLine struct {
	Name, Exhibit, Problem string
	Known                  bool
}

func (s *Server) newExhibit(v *visit) error {
	f, err := s.exhibitForm(v)
	if err != nil {
		return err
	}
	return s.show(v, &newExhibitPage{base: v.base("exhibits.new"), Form: f})
}

func (s *Server) exhibitForm(v *visit) (form, error) {
	sources, err := v.sourceOptions()
	if err != nil {
		return form{}, err
	}
	label := func(name string) string { return v.words.T("exhibits." + name) }
	chosen := ""
	if v.Method == http.MethodGet {
		chosen = v.text("source")
	}
	f, err := v.form("exhibit", "", group{Fields: []field{
		field{Name: "source", Label: label("source"), Hint: label("source.hint"), Kind: "choose", Options: sources}.with(chosen),
		{Name: "title", Label: label("title"), Hint: label("title.hint")},
		{Name: "received_from", Label: label("received-from"), Hint: label("received-from.hint")},
	}}, group{Title: label("more"), Folded: true, Fields: []field{
		{Name: "custody", Label: label("custody"), Hint: label("custody.hint"), Kind: "long"},
		{Name: "sha256", Label: label("claimed"), Hint: label("claimed.hint")},
		{Name: "again", Label: label("again"), Hint: label("again.hint"), Kind: "check"},
	}})
	f.Files, f.Action, f.Button = true, v.link("exhibits"), v.words.T("exhibits.preserve")
	return f, err
}

// howManyToChoose bounds a list of sources to choose from; a source beyond it
// is named by its id.
const howManyToChoose = 500

// sourceOptions are the sources to choose from, with none.
func (v *visit) sourceOptions() ([]option, error) {
	options := []option{{Text: v.words.T("not-said")}}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		list, err := r.Sources(ctx, store.Page{Limit: howManyToChoose})
		for _, x := range list {
			options = append(options, option{Value: x.Source, Text: x.Name})
		}
		return err
	})
	return options, err
}

// longestField bounds a field beside uploaded files, in bytes.
const longestField = register.MaxField

// receive streams each file that is sent into the vault, as it comes: nothing
// of it touches the disk unsealed. Fields stand before the files in the form.
func (s *Server) receive(v *visit) error {
	parts, err := v.MultipartReader()
	if err != nil {
		return fmt.Errorf("%w: no files were sent (accepted: the form of the page “new exhibit”)", fault.Invalid)
	}
	d := intake.Delivery{}
	fields, sent, failed := map[string]string{}, []outcomeLine{}, 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: what was sent broke off; files that were whole are kept, send the rest again: %w", fault.Invalid, err)
		}
		if part.FileName() == "" {
			if len(sent) > 0 {
				return fmt.Errorf("%w: the field %s came after a file, which was preserved without it; accepted: fields first, then files, as the page sends them", fault.Invalid, part.FormName())
			}
			if err := readField(part, fields); err != nil {
				return err
			}
			continue
		}
		d = intake.Delivery{
			Act:    intake.Act{Reason: fields["reason"], Basis: fields["basis"], Handling: fields["handling"]},
			Source: fields["source"], Title: fields["title"], ReceivedFrom: fields["received_from"], Custody: fields["custody"], ClaimedSHA256: fields["sha256"], Again: fields["again"] != "",
		}
		if len(sent) == 0 {
			if err := v.mayUse(url.Values{"source": {fields["source"]}, "handling": {fields["handling"]}}); err != nil {
				return err
			}
		}
		line, err := s.receiveOne(v, part, d)
		if err != nil {
			return err
		}
		if line.Problem != "" {
			failed++
		}
		sent = append(sent, line)
	}
	v.PostForm = url.Values{}
	for name, value := range fields {
		v.PostForm.Set(name, value)
	}
	v.Form = v.PostForm
	return s.received(v, sent, failed)
}

func readField(part *multipart.Part, to map[string]string) error {
	raw, err := io.ReadAll(io.LimitReader(part, longestField+1))
	if err != nil {
		return fmt.Errorf("%w: the form broke off: %w", fault.Invalid, err)
	}
	if len(raw) > longestField {
		return fmt.Errorf("%w: the field %s has more than %d bytes", fault.Invalid, part.FormName(), longestField)
	}
	to[part.FormName()] = strings.TrimSpace(string(raw))
	return nil
}

// receiveOne preserves one file. What is wrong with it is told in its line;
// an error is what stops the rest too.
func (s *Server) receiveOne(v *visit, part *multipart.Part, d intake.Delivery) (outcomeLine, error) {
	line := outcomeLine{Name: part.FileName()}
	p, err := v.desk().Clerk().PreserveStream(v.Context(), part.FileName(), part, d)
	switch {
	case errors.Is(err, fault.Invalid), errors.Is(err, fault.NotFound), errors.Is(err, fault.Conflict):
		line.Problem = err.Error()
		return line, nil
	case err != nil:
		return line, err
	}
	line.Exhibit, line.Known = p.Exhibit.Exhibit, p.Known
	return line, nil
}

// received leads to the exhibit that was made; of several, or where something
// was amiss, it says what became of each.
func (s *Server) received(v *visit, sent []outcomeLine, failed int) error {
	if len(sent) == 1 && failed == 0 {
		done := "exhibit"
		if sent[0].Known {
			done = "exhibit-known"
		}
		return v.sent("exhibit", "", v.link("exhibits", sent[0].Exhibit), done)
	}
	f, err := s.exhibitForm(v)
	if err != nil {
		return err
	}
	if len(sent) == 0 {
		f.Problem = v.words.T("exhibits.no-file")
	}
	if failed > 0 || len(sent) == 0 {
		v.status = http.StatusUnprocessableEntity
	}
	return s.show(v, &newExhibitPage{base: v.base("exhibits.new"), Form: f, Outcomes: sent})
}
