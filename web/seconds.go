// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"recount/casework"
	"recount/register"
	"recount/store"
)

// secondsPage says whose signature stands for a second person of the office.
type secondsPage struct {
	base
	Seconds []secondLine
	Link    string // unused here: the form of the first start carries one
	Form    form
}

// secondLine is somebody from outside, as they were named last.
type secondLine struct {
	register.Second
	Over bool // the last day is past
}

func (s *Server) secondsPage(v *visit) (*secondsPage, error) {
	p := &secondsPage{base: v.base("seconds.title")}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		p.Seconds, err = v.secondLines(ctx, r)
		return err
	})
	label := func(name string) string { return v.words.T("seconds." + name) }
	p.Form = v.formAlone(v.link("seconds"), "seconds.button", group{Title: label("form"), Fields: []field{
		{Name: "name", Label: label("name"), Required: true},
		{Name: "capacity", Label: label("capacity"), Hint: label("capacity.hint"), Required: true},
		{Name: "vkey", Label: label("vkey"), Hint: label("vkey.hint"), Required: true},
		{Name: "until", Label: label("until"), Hint: label("until.hint")},
	}})
	return p, err
}

func (v *visit) secondLines(ctx context.Context, r store.Reader) (lines []secondLine, err error) {
	all, err := r.Seconds(ctx)
	day := v.s.Now().UTC().Format(time.DateOnly)
	for _, x := range all {
		lines = append(lines, secondLine{x, !x.Counts(day)})
	}
	return lines, err
}

// countingSeconds are those whose signature counts today, with their capacities.
func (v *visit) countingSeconds(ctx context.Context, r store.Reader) (all []string, err error) {
	lines, err := v.secondLines(ctx, r)
	for _, x := range lines {
		if !x.Over {
			all = append(all, x.Name+" ("+x.Capacity+")")
		}
	}
	return all, err
}

func (s *Server) seconds(v *visit) error {
	p, err := s.secondsPage(v)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (s *Server) nameSecond(v *visit) error {
	x := register.Second{Name: v.text("name"), Capacity: v.text("capacity"), VKey: v.text("vkey"), Until: v.text("until")}
	_, err := v.desk().NameSecond(v.Context(), x, v.why())
	if err == nil {
		return v.goTo(v.link("seconds") + "?done=named")
	}
	p, pageErr := s.secondsPage(v)
	if pageErr != nil {
		return pageErr
	}
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}

// agreementText is what somebody from outside signs to agree to a decision, as a
// file: to the byte, or the signature is of another text.
func (s *Server) agreementText(v *visit) error {
	id := v.PathValue("decision")
	err := v.read(func(ctx context.Context, r store.Reader) error {
		_, err := r.Proposed(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	a, err := casework.Desk{Case: v.room}.AgreementOn(v.Context(), id)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="decision-`+a.Decision+`.txt"`)
	if _, err := io.WriteString(v.w, a.Text()); err != nil {
		return errors.Join(errDone, err)
	}
	return nil
}

// outside is the signed text that was pasted into a form: browsers send lines
// that end in CR LF, and the signature is over LF.
func (v *visit) outside() string {
	text := v.text("outside")
	if text == "" {
		return ""
	}
	return strings.ReplaceAll(text, "\r\n", "\n") + "\n"
}
