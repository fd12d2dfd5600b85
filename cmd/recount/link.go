// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/linkage"
)

type linkCmd struct {
	Rules       linkRulesCmd       `cmd:"" default:"withargs" help:"Run the rules over the case (this is what \"recount link\" does)."`
	Merge       linkMergeCmd       `cmd:"" help:"Decide that two persons are one."`
	Split       linkSplitCmd       `cmd:"" help:"Decide that some records of a person are about another one."`
	Distinguish linkDistinguishCmd `cmd:"" help:"Decide that two persons are not the same."`
}

type linkRulesCmd struct {
	Rules string `type:"existingfile" placeholder:"FILE" help:"The rules, as JSON; without it the default ones, which --show-rules prints."`
	Dry   bool   `name:"dry-run" help:"Say what would move and write nothing."`
	Show  bool   `name:"show-rules" help:"Print the rules that would be used and stop."`
	act
}

// Help is shown under the command's flags.
func (linkRulesCmd) Help() string {
	return `The rules say which records agree so well that they are one person: exact agreement of folded names, dates and place, in the order in
which they stand in the file. What is not known agrees with nothing. Two rows of one list stay two persons unless the rules say otherwise.
What people decided (merge, split, distinguish) outlives every run. Records that would fit in more than one way are joined to nobody and
listed.

The rules and every move are kept in the journal. Nothing is lost: a record keeps the person it began with and can be taken out again.

Exit codes: 0 done, also when nothing moved · 5 the case changed meanwhile · 8 rules not accepted · 64 usage.`
}

type linkAnswer struct {
	Seq       int64                `json:"seq"` // -1: nothing recorded
	Records   int64                `json:"records"`
	Before    int64                `json:"persons_before"`
	After     int64                `json:"persons_after"`
	Moved     int                  `json:"moved"`
	Rules     []linkage.RuleResult `json:"rules"`
	Contested []linkage.Contested  `json:"contested"`
	Total     int64                `json:"contested_total"`
}

// Run carries the command out.
func (x *linkRulesCmd) Run(d *desk) error {
	rules, err := x.rules()
	if err != nil {
		return err
	}
	if x.Show {
		_, err := fmt.Fprintf(d.out.out, "%s\n", rules.JSON())
		return err
	}
	return d.working(access.Link, lookAt(audit.Listed, "persons", ""), func(desk casework.Desk) error {
		p := d.progress("linking", "records")
		linked, err := desk.Link(d.ctx, rules, x.why(), x.Dry, p.at)
		p.done()
		if err != nil {
			return err
		}
		answer := linkAnswer{
			Seq: linked.Seq, Records: linked.Rows, Before: linked.Before, After: linked.After, Moved: len(linked.Moves),
			Rules: linked.Rules, Contested: linked.Contested, Total: linked.ContestedTotal,
		}
		return d.out.answer(answer, func(w io.Writer) { answer.text(w, x.Dry) })
	})
}

func (x *linkRulesCmd) rules() (linkage.Rules, error) {
	if x.Rules == "" {
		return linkage.DefaultRules(), nil
	}
	text, err := os.ReadFile(x.Rules)
	if err != nil {
		return linkage.Rules{}, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	rules, err := linkage.ParseRules(text)
	if err != nil {
		return rules, fmt.Errorf("%s: %w", x.Rules, err)
	}
	return rules, nil
}

func (a linkAnswer) text(w io.Writer, dry bool) {
	fmt.Fprintf(w, "%s: %s before, %s after; %s moved.\n", counted(a.Records, "record", "records"), counted(a.Before, "person", "persons"), group(a.After), counted(int64(a.Moved), "record", "records"))
	rows := [][]string{{"rule", "joined"}}
	for _, r := range a.Rules {
		rows = append(rows, []string{r.Name, group(r.Joined)})
	}
	columns(w, rows)
	if a.Total > 0 {
		fmt.Fprintf(w, "%s agreements fit in more than one way: nobody was joined there. recount link merge decides.\n", group(a.Total))
	}
	switch {
	case dry:
		fmt.Fprintln(w, "Nothing was written (--dry-run).")
	case a.Seq < 0:
		fmt.Fprintln(w, "Nothing moved, so nothing was recorded.")
	default:
		fmt.Fprintf(w, "Recorded as entry %d.\n", a.Seq)
	}
}

type linkMergeCmd struct {
	One   string `arg:"" placeholder:"p-…" help:"A person."`
	Other string `arg:"" placeholder:"p-…" help:"The other person."`

	Against bool `name:"against-decision" help:"Merge although somebody decided that the two are not one (link distinguish, link split)."`
	act
}

// Help is shown under the command's flags.
func (linkMergeCmd) Help() string {
	return `The person with the older record stays and gets the records of the other. No record changes; recount link split takes it apart again.

Where somebody decided that the two are not one, the entry that says so is named and nothing is written, unless --against-decision. Where
they are one already, it is said under whom the records stand now.

Prints the person that stays. Exit codes: 0 recorded · 3 no such person · 5 decided otherwise, or one person already · 8 not accepted ·
64 usage.`
}

// Run carries the command out.
func (x *linkMergeCmd) Run(d *desk) error {
	return d.work(access.Link, func(desk casework.Desk) error {
		merge := desk.Merge
		if x.Against {
			merge = desk.MergeAgainst
		}
		done, err := merge(d.ctx, x.One, x.Other, x.why())
		var apart *casework.SaidApart
		if errors.As(err, &apart) {
			d.out.note("recount: hint: recount show journal --after %d --limit 1 shows that decision; --against-decision merges all the same", apart.Entries[0]-1)
		}
		if err != nil {
			return err
		}
		sentence := "one person from now on: " + done.ID
		for _, seq := range done.Against {
			sentence += fmt.Sprintf(", against the decision of entry %d", seq)
		}
		return d.answerDone(done, sentence)
	})
}

type linkSplitCmd struct {
	Person  string   `arg:"" placeholder:"p-…" help:"The person to take apart."`
	Records []string `arg:"" placeholder:"LEAF" help:"The records that are about another one, by leaf (64 hex digits)."`
	act
}

// Help is shown under the command's flags.
func (linkSplitCmd) Help() string {
	return `The records named move to a new person; the others stay. The two are said to be apart: no run of the rules joins them again, only a merge
by hand does.

Prints the new person. Exit codes: 0 recorded · 3 no such person · 8 not accepted, such as records that do not stand there · 64 usage.`
}

// Run carries the command out.
func (x *linkSplitCmd) Run(d *desk) error {
	var leaves []journal.Leaf
	for _, text := range x.Records {
		leaf, err := journal.ParseLeaf(text)
		if err != nil {
			return err
		}
		leaves = append(leaves, leaf)
	}
	return d.work(access.Link, func(desk casework.Desk) error {
		done, err := desk.Split(d.ctx, x.Person, leaves, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "a person of their own from now on: "+done.ID)
	})
}

type linkDistinguishCmd struct {
	One   string `arg:"" placeholder:"p-…" help:"A person."`
	Other string `arg:"" placeholder:"p-…" help:"The other person."`
	act
}

// Help is shown under the command's flags.
func (linkDistinguishCmd) Help() string {
	return `No run of the rules joins the two from now on, directly or by way of a third; a merge by hand says that somebody decided otherwise.

Exit codes: 0 recorded · 3 no such person · 5 said already, or one person already · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *linkDistinguishCmd) Run(d *desk) error {
	return d.work(access.Link, func(desk casework.Desk) error {
		done, err := desk.Distinguish(d.ctx, x.One, x.Other, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, x.One+" and "+x.Other+" are not the same")
	})
}
