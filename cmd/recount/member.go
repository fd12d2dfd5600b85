// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/register"
	"recount/store"
)

type memberCmd struct {
	List        memberListCmd        `cmd:"" help:"List who is in the case, and the compartments that you are a member of."`
	Seat        memberSeatCmd        `cmd:"" help:"Say what somebody does in the case from now on."`
	Leave       memberLeaveCmd       `cmd:"" help:"Say that somebody is in the case no longer."`
	Compartment memberCompartmentCmd `cmd:"" help:"Make a compartment, or say anew who is in it."`
}

// Help is shown under the command's flags.
func (memberCmd) Help() string {
	return `A case is seen by its members alone. What they do in it follows from their roles, of which somebody may have several:
  custodian     keeps the case: brings in, says who is in it, agrees as a second person
  investigator  brings in what sources say, and judges who is whom
  analyst       links records and defines figures
  lawyer        defines figures and writes statements
  reviewer      reads, and agrees as a second person
  publisher     writes, freezes and hands out; sees nothing above confidential
  reader        reads; sees nothing above confidential
  auditor       sees who looked, and nothing of the case
Whoever opened the case has every role but auditor. Members are named as their accounts are (recount invite makes accounts).
Each change stands in the journal.`
}

type memberListCmd struct{}

type membersAnswer struct {
	Members      []memberJSON      `json:"members"`
	Compartments []compartmentJSON `json:"compartments"`
}

type memberJSON struct {
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
	Until string   `json:"until,omitempty"` // the last day, YYYY-MM-DD
}

type compartmentJSON struct {
	ID      string   `json:"compartment"`
	Name    string   `json:"name"`
	Members []string `json:"members"` // folded names
}

// Run carries the command out.
func (x *memberListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "members", ""), func(c glance) error {
		answer := membersAnswer{[]memberJSON{}, []compartmentJSON{}}
		err := c.Read(d.ctx, func(r store.Reader) error {
			seats, err := r.Seats(d.ctx)
			if err != nil {
				return err
			}
			for _, s := range seats {
				if len(s.Roles) > 0 {
					answer.Members = append(answer.Members, memberJSON{s.Name, s.Roles, s.Until})
				}
			}
			in, err := r.Compartments(d.ctx)
			for _, k := range in {
				answer.Compartments = append(answer.Compartments, compartmentJSON{k.Compartment, k.Name, k.Members})
			}
			return err
		})
		if err != nil {
			return err
		}
		return d.out.answer(answer, answer.text)
	})
}

func (a membersAnswer) text(w io.Writer) {
	rows := [][]string{{"member", "last day", "roles"}}
	for _, m := range a.Members {
		rows = append(rows, []string{plain(m.Name), m.Until, strings.Join(m.Roles, ", ")})
	}
	columns(w, rows)
	for _, k := range a.Compartments {
		fmt.Fprintf(w, "\nCompartment %s, %s: %s\n", k.ID, plain(k.Name), plain(strings.Join(k.Members, ", ")))
	}
}

type memberSeatCmd struct {
	Name  string   `arg:"" placeholder:"NAME" help:"The member, as the account is or will be called."`
	Role  []string `required:"" placeholder:"ROLE" help:"What they do: custodian, investigator, analyst, lawyer, reviewer, publisher, reader or auditor; several, parted by commas. It takes the place of what was said before."`
	Until string   `placeholder:"YYYY-MM-DD" help:"The last day; without it, without end."`
	act
}

// Run carries the command out.
func (x *memberSeatCmd) Run(d *desk) error {
	return d.work(access.Admit, func(desk casework.Desk) error {
		done, err := desk.Seat(d.ctx, register.Seated{Name: x.Name, Roles: x.Role, Until: x.Until}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, fmt.Sprintf("%s is in the case as %s", x.Name, strings.Join(x.Role, ", ")))
	})
}

type memberLeaveCmd struct {
	Name string `arg:"" placeholder:"NAME" help:"The member."`
	act
}

// Run carries the command out.
func (x *memberLeaveCmd) Run(d *desk) error {
	return d.work(access.Admit, func(desk casework.Desk) error {
		err := desk.Case.Read(d.ctx, func(r store.Reader) error {
			seats, err := r.Seats(d.ctx)
			is := func(s register.Seated) bool { return s.Member == register.MemberOf(x.Name) && len(s.Roles) > 0 }
			if err == nil && !slices.ContainsFunc(seats, is) {
				err = fmt.Errorf("%w: %.200q is no member of this case (accepted: a name that recount member list shows)", fault.NotFound, x.Name)
			}
			return err
		})
		if err != nil {
			return err
		}
		done, err := desk.Seat(d.ctx, register.Seated{Name: x.Name}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, x.Name+" is in the case no longer")
	})
}

type memberCompartmentCmd struct {
	Name   string   `arg:"" placeholder:"NAME" help:"What it is called; only its members see that."`
	ID     string   `name:"id" placeholder:"k-…" help:"Describe this compartment anew; without it a new one is made."`
	Member []string `required:"" sep:"none" placeholder:"NAME" help:"Who is in it; give it once for each. Whoever makes one is in it."`
	Note   string   `placeholder:"TEXT" help:"Why it is needed."`
	act
}

// Help is shown under the command's flags.
func (memberCompartmentCmd) Help() string {
	return `What is in a compartment is seen by its members alone: for everybody else it is not there, in no list, count, search or figure's rows. A thing
is put into one by its handling, when it is recorded (--handling restricted/k-…) or later (recount decide). Only a member can say who
else is in it.

Prints the compartment's id. Exit codes: 0 recorded · 3 no such compartment · 6 not allowed · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *memberCompartmentCmd) Run(d *desk) error {
	return d.work(access.Admit, func(desk casework.Desk) error {
		done, err := desk.DescribeCompartment(d.ctx, register.Compartment{Compartment: x.ID, Name: x.Name, Members: x.Member, Note: x.Note}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "a compartment: "+x.Name)
	})
}
