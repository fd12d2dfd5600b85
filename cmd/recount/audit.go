// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"recount/access"
	"recount/audit"
	"recount/fault"
	"recount/store"
)

type auditCmd struct {
	List   auditListCmd   `cmd:"" help:"List who looked, newest first."`
	Verify auditVerifyCmd `cmd:"" help:"Check that no event was changed, removed or added."`
	Forget auditForgetCmd `cmd:"" help:"Destroy the keys of what was searched for before a day; the events stay."`
}

type auditListCmd struct {
	Who  string `placeholder:"NAME" help:"Only what this account did."`
	Act  string `placeholder:"ACT" help:"Only this: viewed, listed, searched, exported, downloaded, revealed, verified, refused, forgot, restored, signed-in, invited or changed."`
	Kind string `placeholder:"NOUN" help:"Only things of this kind: records, persons, exhibits, …, as in the addresses of pages."`
	ID   string `name:"id" placeholder:"ID" help:"Only this thing."`
	outside
	Before int64 `default:"-1" placeholder:"NUMBER" help:"Continue with what is older than the event of this number."`
	Limit  int   `default:"50" help:"How many lines at most, from 1 to 1,000."`
}

// outside is embedded by commands on audit journals.
type outside struct {
	Outside bool `help:"Not of a case, but of the archive: who signed in, failed sign-ins, accounts, what was asked for in vain outside of cases."`
}

// of opens the audit journal that is meant. Whoever reads it is written down in it.
func (o outside) of(d *desk, look store.Look, work func(name string, a *store.Audit) error) error {
	if o.Outside {
		return d.keeping(look, func(archive *store.Archive, _ *store.Look) error {
			a, err := archive.Audit(d.ctx)
			if err != nil {
				return err
			}
			return work("", a)
		})
	}
	return d.looking(access.Audit, look, func(c glance) error {
		a, err := c.Audit(d.ctx)
		if err != nil {
			return err
		}
		return work(c.ID(), a)
	})
}

// Help is shown under the command's flags.
func (auditListCmd) Help() string {
	return `Each case has a journal of who looked: what was shown, searched, downloaded or exported, to whom, when and why; identifiers and counts, never
content (docs/audit.md). Commands that show something of the case write an event as well, in the name of --actor, or without it of whoever
opened the case; an answer with --json is an export. So does this one.

--outside lists the archive's own journal: who signed in, who could not (one event for each account in a quarter of an hour), who was invited
or dismissed, who changed the ways that open the archive, and what was asked for in vain outside of cases. Without --actor a command is noted there as "command line".

Exit codes: 0 listed · 3 no such case · 4 it was tampered with · 7 not possible now · 8 not accepted · 64 usage.`
}

// lookJSON is an event; the event's own names are those that are hashed.
type lookJSON struct {
	Seq int64 `json:"seq"`
	audit.Event
	Text      string `json:"text,omitempty"`      // what was searched for
	Forgotten bool   `json:"forgotten,omitempty"` // its key was destroyed
}

// Run carries the command out.
func (x *auditListCmd) Run(d *desk) error {
	f := audit.Filter{Actor: x.Who, Kind: x.Kind, ID: x.ID}
	if x.Act != "" {
		var err error
		if f.Act, err = audit.ParseAct(x.Act); err != nil {
			return err
		}
	}
	if x.Limit < 1 || x.Limit > 1000 {
		return fmt.Errorf("%w: --limit %d (accepted: 1 to 1000)", fault.Invalid, x.Limit)
	}
	return x.of(d, lookAt(audit.Listed, "audit", ""), func(_ string, a *store.Audit) error {
		all, err := a.Newest(d.ctx, f, x.Before, x.Limit)
		form := func(l store.Looked) lookJSON { return lookJSON{l.Seq, l.Event, l.Text, l.Forgotten} }
		return listedAs(d, all, err, form, []string{"number", "time", "who", "act", "kind", "id", "shown", "why"}, func(l store.Looked) []string {
			why := l.Why
			switch {
			case l.Forgotten:
				why = "(forgotten) " + why
			case l.Text != "":
				why = fmt.Sprintf("%q %s", l.Text, why)
			}
			return []string{fmt.Sprint(l.Seq), l.Time, l.Actor, string(l.Act), l.Kind, l.ID, fmt.Sprint(l.Shown), strings.TrimSpace(why)}
		})
	})
}

type auditVerifyCmd struct {
	outside
}

// Help is shown under the command's flags.
func (auditVerifyCmd) Help() string {
	return `Reads every event against its header, the headers against the tree, and the tree against the signed checkpoint in the journal and the one
that lies with the keys. Prints the checkpoint and the public key: whoever keeps them sees later whether the journal still leads to them.

Exit codes: 0 all agrees · 4 something was changed, removed or added · 7 not possible now · 64 usage.`
}

type auditedAnswer struct {
	Case       string `json:"case,omitempty"` // "" of the archive
	Events     int64  `json:"events"`
	Forgotten  int64  `json:"forgotten"` // whose search text's key was destroyed
	Checkpoint string `json:"checkpoint"`
	VKey       string `json:"vkey"`
}

// Run carries the command out.
func (x *auditVerifyCmd) Run(d *desk) error {
	return x.of(d, lookAt(audit.Verified, "audit", ""), func(id string, a *store.Audit) error {
		s, err := a.Verify(d.ctx)
		if err != nil {
			return err
		}
		answer := auditedAnswer{id, s.Size, s.Forgotten, s.Checkpoint, s.VKey}
		return d.out.answer(answer, func(w io.Writer) {
			whose := "case " + answer.Case
			if x.Outside {
				whose = "the archive"
			}
			fmt.Fprintf(w, "%s: %s of who looked agree with each other and with the checkpoint; of %s the search text is forgotten.\n%s\n%s\n",
				whose, counted(s.Size, "event", "events"), group(s.Forgotten), strings.TrimSpace(s.Checkpoint), s.VKey)
		})
	})
}

type auditForgetCmd struct {
	Before string `required:"" placeholder:"DATE" help:"What was searched for before this day (UTC) is forgotten, such as 2031-05-01."`
	Reason string `placeholder:"TEXT" help:"Why; kept in the event that says so."`
}

// Help is shown under the command's flags.
func (auditForgetCmd) Help() string {
	return `Destroys the keys of search texts, and nothing else: that somebody searched, when, and how much was found stays, and so does every proof.
Older copies of the audit journal open none of these texts from then on. The forgetting is an event of its own. It cannot be taken back.

Prints how many texts were forgotten. Exit codes: 0 done · 7 not possible now · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *auditForgetCmd) Run(d *desk) error {
	before, err := time.Parse(time.DateOnly, x.Before)
	if err != nil {
		return fmt.Errorf("%w: --before %.40q (accepted: a day, such as 2031-05-01)", fault.Invalid, x.Before)
	}
	return d.withCase(func(c *store.Case) error {
		who, err := d.may(c, access.Audit)
		if err != nil {
			return err
		}
		a, err := c.Audit(d.ctx)
		if err != nil {
			return err
		}
		n, err := a.Forget(d.ctx, before, who.Name, x.Reason)
		if err != nil {
			return err
		}
		d.out.note("%s forgotten.", counted(n, "search text was", "search texts were"))
		return d.out.answer(map[string]int64{"forgotten": n}, d.out.line(fmt.Sprint(n)))
	})
}
