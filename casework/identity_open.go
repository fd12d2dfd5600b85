// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"strings"

	"recount/audit"
	"recount/fault"
	"recount/identities"
	"recount/journal"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// identitiesNoun is how audit journals and addresses name protected identities.
const identitiesNoun = "identities"

// subjectIdentity is what a proposal about one names as the kind of its subject.
const subjectIdentity = "identity"

// Revealed is an identity that was opened. It is shown once and kept nowhere.
type Revealed struct {
	Done
	store.IdentityProtected
	Content identities.Content
}

// ProposeReveal asks for an identity to be opened: another person, one of its
// openers, does it or refuses. forWhom is who is to be told.
func (d Desk) ProposeReveal(ctx context.Context, id, forWhom string, why Why) (Done, error) {
	return d.proposeAbout(ctx, id, "reveal", forWhom, why)
}

func (d Desk) proposeAbout(ctx context.Context, id, act, detail string, why Why) (Done, error) {
	if strings.TrimSpace(detail) == "" || strings.ContainsAny(detail, "\r\n") {
		return Done{}, fmt.Errorf("%w: for whom an identity is opened, or on which ground it is destroyed, is missing; accepted is one line of text", fault.Invalid)
	}
	err := d.Case.Read(ctx, func(r store.Reader) error {
		x, err := r.Identity(ctx, id)
		if err != nil {
			return err
		}
		why.Handling, err = d.handlingOf(ctx, r, x)
		return err
	})
	if err != nil {
		return Done{}, err
	}
	return d.Propose(ctx, register.Proposal{Act: act, SubjectKind: subjectIdentity, Subject: id, Detail: detail}, why)
}

// handlingOf is the handling of an identity, which is not there for somebody who
// is no member of the compartment that it is in.
func (d Desk) handlingOf(ctx context.Context, v store.View, x store.IdentityProtected) (string, error) {
	entry, err := v.Entry(ctx, x.Seq)
	if err != nil {
		return "", err
	}
	if memberOf(ctx, v, d.Actor, entry.Handling) != nil {
		return "", fmt.Errorf("%w: protected identity %s", fault.NotFound, x.Identity)
	}
	return entry.Handling, nil
}

// Reveal opens an identity that another person proposed to open. First it is
// opened in memory, so that a wrong passphrase leaves no entry; then the journal
// says that it was opened, then the audit journal does, durably; only then it is
// answered. session tells an account's sessions apart (audit.Event).
func (d Desk) Reveal(ctx context.Context, decision, session string, way strongroom.Way, why Why) (Revealed, error) {
	p, err := d.proposed(ctx, decision, "reveal")
	if err != nil {
		return Revealed{}, err
	}
	m, err := d.Case.IdentityMap(ctx, false)
	if err != nil {
		return Revealed{}, err
	}
	x, content, err := d.unsealed(ctx, m, p.Subject, session, way)
	if err != nil {
		return Revealed{}, err
	}
	if whole, _ := content.In(why.Reason); whole {
		return Revealed{}, fmt.Errorf("%w: the reason holds a true name of the person, and would stay in the journal; nothing was opened. Accepted is a reason without it", fault.Invalid)
	}
	opened := register.OpenedIdentity{Identity: p.Subject, ForWhom: p.Detail, Decision: decision, Outside: d.Outside}
	if err := opened.Check(); err != nil {
		return Revealed{}, err
	}
	r, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
		now, err := v.Identity(ctx, p.Subject)
		if err != nil {
			return journal.Draft{}, err
		}
		if now.Sealed != x.Sealed {
			return journal.Draft{}, fmt.Errorf("%w: identity %s was amended meanwhile; do it again", fault.Conflict, p.Subject)
		}
		if _, err := d.agreed(ctx, v, decision, p.Proposal); err != nil {
			return journal.Draft{}, err
		}
		return opened.Draft(why.Reason, why.Basis, p.Entry.Handling), nil
	})
	if err != nil {
		return Revealed{}, err
	}
	if err := d.look(ctx, audit.Revealed, p.Subject, session, why.Reason); err != nil {
		return Revealed{}, fmt.Errorf("entry %d says that the identity was opened, and nothing is shown, since the audit journal could not be written: %w", r.Seq, err)
	}
	return Revealed{Done{ID: p.Subject, Seq: r.Seq}, x, content}, nil
}

// proposed is an open proposal about an identity that whoever acts may agree to.
func (d Desk) proposed(ctx context.Context, decision, act string) (p store.Proposed, err error) {
	err = d.Case.Read(ctx, func(r store.Reader) error {
		if p, err = r.Proposed(ctx, decision); err != nil {
			return err
		}
		p, err = d.agreed(ctx, r, decision, register.Proposal{Act: act, SubjectKind: subjectIdentity, Subject: p.Subject})
		return err
	})
	return p, err
}

// look has the audit journal say what whoever acts looked at.
func (d Desk) look(ctx context.Context, act audit.Act, id, session, why string) error {
	kind := identitiesNoun
	if strings.HasPrefix(id, "d-") {
		kind = "dossiers" // it was tried for true names
	}
	a, err := d.Case.Audit(ctx)
	if err != nil {
		return err
	}
	if len(why) > audit.MaxWhy {
		why = strings.ToValidUTF8(why[:audit.MaxWhy], "")
	}
	return a.Note(ctx, store.Look{Event: audit.Event{Actor: d.Actor, Session: session, Act: act, Kind: kind, ID: id, Shown: 1, Why: why}})
}
