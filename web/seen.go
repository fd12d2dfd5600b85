// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/store"
)

// acted checks an act before it is carried out: acts are carried out on the
// whole case, so what an act names, in its address or its form, has to be there
// for the visitor. What is not there and what may not be seen are told alike.
func (v *visit) acted() error {
	if v.room == nil || v.Method != http.MethodPost || !v.route.act.Changes() {
		return nil
	}
	return v.mayUse(v.PostForm)
}

// mayUse checks what an act names in its address and in the fields of its form.
func (v *visit) mayUse(fields url.Values) error {
	return v.read(func(ctx context.Context, r store.Reader) error {
		if !r.Narrow() {
			return nil
		}
		if kind, subject := fields.Get("subject_kind"), fields.Get("subject"); kind != "" {
			if _, err := r.HandlingOf(ctx, kind, subject); errors.Is(err, fault.NotFound) {
				return err
			}
		}
		for name, there := range named() {
			for _, id := range append(slices.Clone(fields[name]), v.PathValue(name)) {
				if id == "" {
					continue
				}
				if err := there(ctx, r, id); errors.Is(err, fault.NotFound) {
					return err
				} else if err != nil && !errors.Is(err, fault.Invalid) { // what is no id at all is for the act to refuse
					return err
				}
			}
		}
		return nil
	})
}

// named are the names by which addresses and forms name things, and how to ask
// whether one is there.
func named() map[string]func(context.Context, store.Reader, string) error {
	record := func(ctx context.Context, r store.Reader, id string) error {
		leaf, err := journal.ParseLeaf(id)
		if err != nil {
			return err
		}
		_, err = r.Record(ctx, leaf)
		return err
	}
	person := func(ctx context.Context, r store.Reader, id string) error { _, err := r.Person(ctx, id); return err }
	return map[string]func(context.Context, store.Reader, string) error{
		"source":   func(ctx context.Context, r store.Reader, id string) error { _, err := r.Source(ctx, id); return err },
		"exhibit":  func(ctx context.Context, r store.Reader, id string) error { _, err := r.Exhibit(ctx, id); return err },
		"citation": func(ctx context.Context, r store.Reader, id string) error { _, err := r.Citation(ctx, id); return err },
		"incident": func(ctx context.Context, r store.Reader, id string) error { _, err := r.Incident(ctx, id); return err },
		"figure":   func(ctx context.Context, r store.Reader, id string) error { _, err := r.Figure(ctx, id); return err },
		"dossier":  func(ctx context.Context, r store.Reader, id string) error { _, err := r.Dossier(ctx, id); return err },
		"consent":  func(ctx context.Context, r store.Reader, id string) error { _, err := r.Consent(ctx, id); return err },
		"subject": func(ctx context.Context, r store.Reader, id string) error {
			switch {
			case strings.HasPrefix(id, "s-"):
				_, err := r.Source(ctx, id)
				return err
			case strings.HasPrefix(id, "p-"):
				return person(ctx, r, id)
			}
			return record(ctx, r, id)
		},
		"explained": func(ctx context.Context, r store.Reader, id string) error {
			if !strings.HasPrefix(id, "e-") {
				return nil // the SHA-256 of a text
			}
			_, err := r.Exhibit(ctx, id)
			return err
		},
		"compartment": func(ctx context.Context, r store.Reader, id string) error {
			_, err := r.Compartment(ctx, id)
			return err
		},
		"identity": func(ctx context.Context, r store.Reader, id string) error { _, err := r.Identity(ctx, id); return err },
		"decision": func(ctx context.Context, r store.Reader, id string) error { _, err := r.Proposed(ctx, id); return err },
		"hold":     func(ctx context.Context, r store.Reader, id string) error { _, err := r.Hold(ctx, id); return err },
		"person":   person, "other": person, "record": record, "supersedes": record,
	}
}
