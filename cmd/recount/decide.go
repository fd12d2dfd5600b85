// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/register"
	"recount/store"
)

type decideCmd struct {
	List     decideListCmd     `cmd:"" help:"List what was proposed, what waits for a second person, and what came of the rest."`
	Fields   decideFieldsCmd   `cmd:"" help:"List the fields of records that can be closed, and who sees each."`
	Close    decideCloseCmd    `cmd:"" help:"Let fewer people see a thing, at once."`
	Propose  decideProposeCmd  `cmd:"" help:"Propose that more people see a thing, or that it is sealed."`
	Agree    decideAgreeCmd    `cmd:"" help:"Agree, as a second person, and carry it out."`
	Refuse   decideRefuseCmd   `cmd:"" help:"Refuse, as a second person."`
	Withdraw decideWithdrawCmd `cmd:"" help:"Take back what you proposed."`
}

// Help is shown under the command's flags.
func (decideCmd) Help() string {
	return `Each thing has a handling: a class (public, internal, confidential, restricted, sealed), or a class in a compartment (sealed/k-…). Closing a
thing is done by one person, at once. Opening it to more people, and sealing it, take two: one proposes, another agrees, and nobody
agrees with themselves. What is sealed is in a compartment, or nobody could see it ever again.

All that was ever said of the thing has the new handling from then on; what came with something more closed, its source or exhibit
say, stays as closed as that. Figures do not change.

A field of all records can be closed too (recount decide close field father --to restricted): for whoever does not see that class nothing stands
in it. public is what every field has at first: whoever sees the record sees the field. Files are not changed by it; close them as exhibits.`
}

type proposedJSON struct {
	Decision string `json:"decision"`
	Act      string `json:"act"`
	Kind     string `json:"subject_kind"`
	Subject  string `json:"subject"`
	To       string `json:"to,omitempty"`
	By       string `json:"proposed_by"`
	Seq      int64  `json:"seq"`
	Settled  *int64 `json:"settled"` // the entry that carried it out or dropped it; null: it is open
}

type decideListCmd struct{}

// Run carries the command out.
func (x *decideListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "decisions", ""), func(c glance) error {
		all := []proposedJSON{}
		err := c.Read(d.ctx, func(r store.Reader) error {
			list, err := r.Proposals(d.ctx)
			for _, p := range list {
				all = append(all, proposedJSON{p.Decision, p.Act, p.SubjectKind, p.Subject, p.To, p.Entry.Actor, p.Entry.Seq, since(p.Settled)})
			}
			return err
		})
		if err != nil {
			return err
		}
		return d.out.answer(all, func(w io.Writer) {
			if len(all) == 0 {
				fmt.Fprintln(w, "None.")
				return
			}
			rows := [][]string{{"decision", "proposed by", "settled", "what"}}
			for _, p := range all {
				settled := "waits"
				if p.Settled != nil {
					settled = fmt.Sprintf("entry %d", *p.Settled)
				}
				rows = append(rows, []string{p.Decision, plain(p.By), settled, plain(p.Act + " " + p.Kind + " " + p.Subject + " " + p.To)})
			}
			columns(w, rows)
		})
	})
}

// subject is a thing and what it is to have.
type subject struct {
	Kind string `arg:"" placeholder:"KIND" enum:"source,exhibit,citation,incident,figure,dossier,record,consent,identity,list,entry,field" help:"source, exhibit, citation, incident, figure, dossier, record, consent (n-…), identity (w-…), list (a batch, b-…), entry or field."`
	ID   string `arg:"" placeholder:"ID" help:"Its id; a record's leaf; an entry's number; a field of all records, as recount decide fields lists them."`
	To   string `required:"" placeholder:"HANDLING" help:"A class, or a class in a compartment that you are a member of: confidential, sealed/k-0011223344556677."`
}

// seen refuses what is not there for whoever acts.
func (x subject) seen(d *desk, c *store.Case) error {
	account, err := d.may(c, access.Read)
	if err != nil {
		return err
	}
	return c.ReadAs(d.ctx, access.ScopeOf(account), func(r store.Reader) error {
		_, err := r.HandlingOf(d.ctx, x.Kind, x.ID)
		return err
	})
}

type decideCloseCmd struct {
	subject
	act
}

// Run carries the command out.
func (x *decideCloseCmd) Run(d *desk) error {
	return d.work(access.Decide, func(desk casework.Desk) error {
		if err := x.seen(d, desk.Case); err != nil {
			return err
		}
		done, err := desk.Close(d.ctx, x.Kind, x.ID, x.To, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, x.Kind+" "+x.ID+" has the handling "+x.To+" from now on")
	})
}

type decideProposeCmd struct {
	subject
	act
}

// Run carries the command out.
func (x *decideProposeCmd) Run(d *desk) error {
	return d.work(access.Decide, func(desk casework.Desk) error {
		if err := x.seen(d, desk.Case); err != nil {
			return err
		}
		done, err := desk.Propose(d.ctx, register.Proposal{Act: "lower", SubjectKind: x.Kind, Subject: x.ID, To: x.To}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "proposed; another person has to agree")
	})
}

// decision names one that was proposed.
type decision struct {
	Decision string `arg:"" placeholder:"q-…" help:"The decision, as recount decide list shows it."`
}

func (x decision) seen(d *desk, c *store.Case) error {
	account, err := d.may(c, access.Read)
	if err != nil {
		return err
	}
	return c.ReadAs(d.ctx, access.ScopeOf(account), func(r store.Reader) error {
		_, err := r.Proposed(d.ctx, x.Decision)
		return err
	})
}

// settle does something with a decision that is there for whoever acts.
func (x decision) settle(d *desk, as access.Act, said string, do func(casework.Desk) (casework.Done, error)) error {
	return d.work(as, func(desk casework.Desk) error {
		if err := x.seen(d, desk.Case); err != nil {
			return err
		}
		done, err := do(desk)
		if err != nil {
			return err
		}
		return d.answerDone(done, said)
	})
}

type decideAgreeCmd struct {
	decision
	secondOutside
	act
}

// secondOutside is the agreement of somebody from outside.
type secondOutside struct {
	Outside string `type:"existingfile" placeholder:"FILE" help:"The text that somebody from outside has signed, who is named in this case (recount second): then whoever proposed may carry it out."`
}

// lay puts the agreement on the desk, where there is one.
func (x secondOutside) lay(desk *casework.Desk) error {
	if x.Outside == "" {
		return nil
	}
	signed, err := os.ReadFile(x.Outside)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	desk.Outside = string(signed)
	return nil
}

// Help is shown under the command's flags.
func (decideAgreeCmd) Help() string {
	return `Carries out what was proposed: another handling, a hold that is lifted, something hidden that is shown again, or an erasure. Of an erasure the
plan is made anew; if it is another one than was proposed, nothing is erased. An erasure cannot be undone.

Exit codes: 0 carried out · 3 no such decision · 6 not allowed: whoever proposes cannot agree, nobody who counts has signed, or a legal hold ·
5 settled already, or the plan has changed · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *decideAgreeCmd) Run(d *desk) error {
	return d.work(access.Confirm, func(desk casework.Desk) error {
		if err := x.seen(d, desk.Case); err != nil {
			return err
		}
		if err := x.secondOutside.lay(&desk); err != nil {
			return err
		}
		var p store.Proposed
		err := desk.Case.Read(d.ctx, func(r store.Reader) (err error) {
			p, err = r.Proposed(d.ctx, x.Decision)
			return err
		})
		if err != nil {
			return err
		}
		if p.Act == "erase" && p.SubjectKind == "identity" {
			return d.eraseIdentity(desk, x.Decision, x.why())
		}
		if p.Act == "erase" {
			return d.eraseProposed(desk, p, x.why())
		}
		done, err := desk.Confirm(d.ctx, x.Decision, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "agreed, and carried out")
	})
}

type decideRefuseCmd struct {
	decision
	act
}

// Run carries the command out.
func (x *decideRefuseCmd) Run(d *desk) error {
	return x.settle(d, access.Confirm, "refused", func(desk casework.Desk) (casework.Done, error) {
		return desk.Drop(d.ctx, x.Decision, false, x.why())
	})
}

type decideWithdrawCmd struct {
	decision
	act
}

// Run carries the command out.
func (x *decideWithdrawCmd) Run(d *desk) error {
	return x.settle(d, access.Decide, "taken back", func(desk casework.Desk) (casework.Done, error) {
		return desk.Drop(d.ctx, x.Decision, true, x.why())
	})
}
