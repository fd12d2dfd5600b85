// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"

	"recount/casework"
	"recount/consent"
	"recount/fault"
	"recount/store"
)

// objection is a use that is not permitted, as a page tells it.
type objection struct {
	Hidden  bool // the visitor may not see the source: nothing more is told
	Counted bool // its records would be counted; else its words quoted
	Source  link
	Use     string
	Reasons []string
}

// objections are told to the visitor: what he may not see is not named.
func (v *visit) objections(all []casework.Objection) (told []objection, err error) {
	hidden := false
	err = v.read(func(ctx context.Context, r store.Reader) error {
		for _, o := range all {
			seen, err := v.sees(ctx, r, o)
			if err != nil {
				return err
			}
			if !seen {
				hidden = true
				continue
			}
			one := objection{Counted: o.Citation == "", Use: v.use(o.Use), Reasons: v.reasons(o.Answer)}
			if o.Source != "" {
				if one.Source, err = v.sourceLink(ctx, r, o.Source); err != nil {
					return err
				}
			}
			told = append(told, one)
		}
		return nil
	})
	if hidden {
		told = append(told, objection{Hidden: true})
	}
	return told, err
}

// sees reports whether all that an objection names is there for the visitor.
func (v *visit) sees(ctx context.Context, r store.Reader, o casework.Objection) (bool, error) {
	if o.Source != "" {
		if _, err := r.Source(ctx, o.Source); err != nil {
			return false, unseen(err)
		}
	}
	for _, reason := range o.Answer.Reasons {
		if reason.Consent == "" {
			continue
		}
		if _, err := r.Consent(ctx, reason.Consent); err != nil {
			return false, unseen(err)
		}
	}
	return true, nil
}

// unseen is nil where something is not there for the visitor.
func unseen(err error) error {
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// use is a purpose, a recipient and a form in the visitor's words.
func (v *visit) use(u consent.Use) string {
	return v.words.Listed(v.code("purpose", u.Purpose), v.code("recipient", u.Recipient), v.code("form", u.Form))
}

func (v *visit) reasons(a consent.Answer) []string {
	var told []string
	for _, r := range a.Reasons {
		told = append(told, v.words.T("consents.reason."+r.Code, "ground", v.code("basis", r.Ground), "consent", r.Consent, "until", r.Until, "text", r.Text))
	}
	return told
}
