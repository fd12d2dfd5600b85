// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"recount/fault"
	"recount/identities"
	"recount/journal"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// ToProtect is a person who is to be known by a pseudonym alone.
type ToProtect struct {
	Identity  string   // "" for a new one
	Pseudonym string   // within the case; "" draws one
	StandsFor string   // id of the source or person that it is, "" not said
	Openers   []string // names of those who may open it
	Content   identities.Content
}

// Protect seals who somebody is and records their pseudonym. The sealed file is
// durable in the map before the entry that names it; one that no entry came to
// name is swept later.
func (d Desk) Protect(ctx context.Context, p ToProtect, why Why) (Done, error) {
	if p.Identity != "" {
		return Done{}, fmt.Errorf("%w: %s is protected already; accepted is to amend it, by one of its openers", fault.Invalid, p.Identity)
	}
	if err := d.draw("w", &p.Identity); err != nil {
		return Done{}, err
	}
	if err := d.drawPseudonym(ctx, &p.Pseudonym); err != nil {
		return Done{}, err
	}
	return d.seal(ctx, p, why)
}

// Amend seals an identity anew, with what is given in the place of what was. It
// shows nothing of what is sealed. Only one of its openers can: what is not
// given stays as it is.
func (d Desk) Amend(ctx context.Context, p ToProtect, way strongroom.Way, why Why) (Done, error) {
	m, err := d.Case.IdentityMap(ctx, false)
	if err != nil {
		return Done{}, err
	}
	was, content, err := d.unsealed(ctx, m, p.Identity, "", way)
	if err != nil {
		return Done{}, err
	}
	p.Content = p.Content.Over(content)
	if p.Pseudonym == "" {
		p.Pseudonym = was.Pseudonym
	}
	if p.StandsFor == "" {
		p.StandsFor = was.StandsFor
	}
	if len(p.Openers) == 0 {
		p.Openers = was.Openers
	}
	done, err := d.seal(ctx, p, why)
	if err != nil {
		return done, err
	}
	if err := m.Drop(was.Sealed); err != nil {
		return done, fmt.Errorf("identity %s was amended by entry %d, and its older file is destroyed with the next sweep: %w", p.Identity, done.Seq, err)
	}
	return done, nil
}

// seal writes the sealed file and has the entry appended that names it.
func (d Desk) seal(ctx context.Context, p ToProtect, why Why) (Done, error) {
	if err := p.Content.Check(); err != nil {
		return Done{}, err
	}
	if err := p.namesNobody(why); err != nil {
		return Done{}, err
	}
	x := register.ProtectedIdentity{Identity: p.Identity, Pseudonym: p.Pseudonym, StandsFor: p.StandsFor}
	var openers []identities.Opener
	err := d.Case.Read(ctx, func(r store.Reader) (err error) {
		openers, x.Openers, err = openersOf(ctx, r, p.Openers)
		return err
	})
	if err != nil {
		return Done{}, err
	}
	m, err := d.Case.IdentityMap(ctx, false)
	if err != nil {
		return Done{}, err
	}
	share, err := identities.NewShare(d.Rand)
	if err != nil {
		return Done{}, err
	}
	file, err := identities.Seal(identities.Bound{Origin: d.Case.Origin(), Identity: p.Identity}, p.Content, openers, share, d.Rand)
	if err != nil {
		return Done{}, err
	}
	if x.Sealed, err = m.Put(file); err != nil {
		return Done{}, err
	}
	x.Share = share.Text()
	done, err := d.recordIdentity(ctx, x, why, func(v store.View) error { return p.fits(ctx, v, x, openers) })
	if err != nil {
		return Done{}, errors.Join(err, m.Drop(x.Sealed))
	}
	return done, d.SweepIdentities(ctx, m)
}

// recordIdentity appends the entry. An identity that is amended stays as closed
// as it is, also where one person alone could not close anything so far.
func (d Desk) recordIdentity(ctx context.Context, x register.ProtectedIdentity, why Why, fits func(store.View) error) (Done, error) {
	if err := x.Check(); err != nil {
		return Done{}, err
	}
	r, err := d.Case.Act(ctx, d.Actor, func(v store.View) (journal.Draft, error) {
		if err := fits(v); err != nil {
			return journal.Draft{}, err
		}
		was, err := v.Identity(ctx, x.Identity)
		if errors.Is(err, fault.NotFound) {
			return x.Draft(why.Reason, why.Basis, why.Handling), errors.Join(mayGive(ctx, v, d.Actor, why.Handling), seenBy(ctx, v, x.Openers, why.Handling))
		}
		if err != nil {
			return journal.Draft{}, err
		}
		if err := d.expected(ctx, v, x.Identity); err != nil {
			return journal.Draft{}, err
		}
		entry, err := v.Entry(ctx, was.Seq)
		if err != nil {
			return journal.Draft{}, err
		}
		return x.Draft(why.Reason, why.Basis, entry.Handling), errors.Join(memberOf(ctx, v, d.Actor, entry.Handling), seenBy(ctx, v, x.Openers, entry.Handling))
	})
	return Done{ID: x.Identity, Seq: r.Seq}, err
}

// seenBy refuses openers who could not see that there is something to open.
func seenBy(ctx context.Context, v store.View, openers []string, handling string) error {
	for _, name := range openers {
		if memberOf(ctx, v, name, handling) != nil {
			return fmt.Errorf("%w: opener %s is no member of the compartment that the identity is in; accepted are its members", fault.Invalid, name)
		}
	}
	return nil
}

// namesNobody refuses texts that the journal would keep and that name the person.
func (p ToProtect) namesNobody(why Why) error {
	for what, text := range map[string]string{"the pseudonym": p.Pseudonym, "the reason": why.Reason} {
		whole, parts := p.Content.In(text)
		if whole || what == "the pseudonym" && len(parts) > 0 {
			return fmt.Errorf("%w: %s holds a true name of the person, and would be read by all who may see that they are protected; accepted is a text without it", fault.Invalid, what)
		}
	}
	return nil
}

// fits refuses what does not go with the rest of the case as it stands.
func (p ToProtect) fits(ctx context.Context, v store.View, x register.ProtectedIdentity, openers []identities.Opener) error {
	if err := identities.CheckPseudonym(x.Pseudonym); err != nil {
		return err
	}
	if err := pseudonymFree(ctx, v, register.GivenPseudonym{Identity: x.Identity, Pseudonym: x.Pseudonym}); err != nil {
		return err
	}
	now, _, err := openersOf(ctx, v, x.Openers)
	if err != nil {
		return err
	}
	for i := range now {
		if now[i].Fingerprint() != openers[i].Fingerprint() {
			return fmt.Errorf("%w: opener %s has another key now; do it again", fault.Conflict, now[i].Account)
		}
	}
	switch {
	case strings.HasPrefix(x.StandsFor, "s-"):
		source, err := v.Source(ctx, x.StandsFor)
		if err != nil {
			return err
		}
		if whole, _ := p.Content.In(source.Name + "\n" + source.Affiliation + "\n" + source.Note); whole {
			return fmt.Errorf("%w: source %s is described under a true name of the person, for all who may see it; accepted is a source that is called by the pseudonym. What was written of it before can be erased", fault.Conflict, x.StandsFor)
		}
	case x.StandsFor != "":
		_, err := v.Person(ctx, x.StandsFor)
		return err
	}
	return nil
}
