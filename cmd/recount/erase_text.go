// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"

	"recount/casework"
	"recount/store"
)

// mostListed is how many places of a kind a plan shows as text; with --json
// all are there.
const mostListed = 100

// listPlan writes at most so many of n.
func listPlan(w io.Writer, n int, one func(int)) {
	for i := range min(n, mostListed) {
		one(i)
	}
	if n > mostListed {
		fmt.Fprintf(w, "    … and %s more (--json lists all)\n", group(int64(n-mostListed)))
	}
}

// ifPossible marks a place in which only a part of a name stands.
func ifPossible(possible bool) string {
	if possible {
		return " (possible: a part of the name; stays if nothing is decided)"
	}
	return ""
}

func planText(w io.Writer, p casework.ErasurePlan, sum string) {
	fmt.Fprintf(w, "To forget %s, as the case stands at entry %d, these keys would be destroyed:\n", p.Target, p.Size)
	columns(w, [][]string{
		{"  records", group(int64(len(p.Records)))}, {"  rows beside them", group(int64(len(p.Rows)))},
		{"  lines of frozen dossiers, with members", group(int64(len(p.Lines)))}, {"  entries that hold a name", group(int64(certain(p.Entries)))},
	})
	holdsText(w, p)
	entriesText(w, p)
	if len(p.Drafts) > 0 {
		fmt.Fprintln(w, "These drafts, typed in the reading room and not sent, would be taken away:")
	}
	for _, e := range p.Drafts {
		fmt.Fprintf(w, "    account %s, form %s %s\n", e.Account, plain(e.Form), plain(e.About))
	}
	if len(p.Exhibits) > 0 {
		fmt.Fprintln(w, "Of each file, decide: --redact ID (a list; the program makes the copy), --redacted ID=COPY, --destroy ID, with what it says of everybody else, or --keep ID=BASIS:")
	}
	listPlan(w, len(p.Exhibits), func(i int) {
		e := p.Exhibits[i]
		state := fmt.Sprintf("%s records of others cite it%s", group(e.Others), ifPossible(e.Possible))
		if e.Copy == casework.CopyByProgram {
			state += "; --redact can make a copy"
		}
		if e.Gone {
			state = "destroyed already"
		}
		fmt.Fprintf(w, "    %s: %s\n", e.Exhibit, state)
	})
	othersText(w, p)
	unseenText(w, p)
	editionsText(w, p)
	fmt.Fprintln(w, "Out of reach as well: backups that hold the present epoch key, until they expire.")
	fmt.Fprintf(w, "plan %s\n", sum)
}

func holdsText(w io.Writer, p casework.ErasurePlan) {
	for _, h := range p.Holds {
		fmt.Fprintf(w, "Held: %s on the %s %s. What it holds is not erased while it is in force.\n", h.Hold, h.SubjectKind, h.Subject)
	}
}

func certain(entries []casework.PlanEntry) (n int) {
	for _, e := range entries {
		if !e.Possible && e.Exhibit == "" && !e.Decide {
			n++
		}
	}
	return n
}

func entriesText(w io.Writer, p casework.ErasurePlan) {
	listPlan(w, len(p.Entries), func(i int) {
		e := p.Entries[i]
		more := ifPossible(e.Possible)
		switch {
		case e.Exhibit != "":
			more = ": goes if its file " + e.Exhibit + " is destroyed, and stays with it"
		case e.Decide && !e.Possible:
			more = fmt.Sprintf(": more than words goes with it; decide --erase %s or --keep %s=BASIS", e.ID(), e.ID())
		}
		fmt.Fprintf(w, "    entry %d, %s (%s)%s\n", e.Seq, e.Kind, strings.Join(e.Fields, ", "), more)
	})
	for _, e := range p.Staying {
		why := "it brings rows, those of others too, which would all vanish with it"
		if strings.HasPrefix(e.Kind, "erasure.") {
			why = "it decided an erasure, and tells what was erased from what was lost"
		} else if store.Stays(e.Kind) {
			why = "it says who may see what, and without it that would stand open"
		}
		fmt.Fprintf(w, "Entry %d, %s, holds a name in what was said of it and stays: %s.%s\n", e.Seq, e.Kind, why, ifPart(e.Possible))
	}
}

func ifPart(possible bool) string {
	if possible {
		return " (Possible: a part of the name.)"
	}
	return ""
}

func othersText(w io.Writer, p casework.ErasurePlan) {
	if len(p.Texts) > 0 {
		fmt.Fprintln(w, "Of each text of a dossier, decide: --destroy ID, after which that edition cannot be exported again, or --keep ID=BASIS:")
	}
	listPlan(w, len(p.Texts), func(i int) {
		e := p.Texts[i]
		fmt.Fprintf(w, "    %s of dossier %s%s\n", e.ID, e.Dossier, ifPossible(e.Possible))
	})
	if len(p.Others) > 0 {
		fmt.Fprintln(w, "Of each record of somebody else that holds a name, decide: --erase LEAF, with all that it says, or --keep LEAF=BASIS; \"others\" is all that are not named:")
	}
	listPlan(w, len(p.Others), func(i int) {
		e := p.Others[i]
		whose := "a group"
		if e.Person != "" {
			whose = "of " + e.Person
		}
		fmt.Fprintf(w, "    %s %s, in %s%s\n", e.Leaf, whose, strings.Join(e.Fields, ", "), ifPossible(e.Possible))
	})
	if p.Common > 0 {
		fmt.Fprintf(w, "%d parts of the name are those of many others: what holds them alone is not listed.\n", p.Common)
	}
}

func unseenText(w io.Writer, p casework.ErasurePlan) {
	if p.Nameless {
		fmt.Fprintln(w, "No record writes a name that is long enough to be looked for: no text was searched.")
	}
	if len(p.Unseen) > 0 {
		fmt.Fprintln(w, "Not looked into; look at them yourself:")
	}
	listPlan(w, len(p.Unseen), func(i int) {
		e := p.Unseen[i]
		part := ""
		if e.Part {
			part = "a part of it: "
		}
		fmt.Fprintf(w, "    %s: %s%s\n", e.What, part, e.Why)
	})
}

func editionsText(w io.Writer, p casework.ErasurePlan) {
	for _, e := range p.Dossiers {
		says := map[string]string{
			casework.NamesPerson:      "It names the person, and cannot be recalled.",
			casework.MayNamePerson:    "It holds a part of the name, may name the person, and cannot be recalled.",
			casework.DoesNotName:      "It does not name the person: statement, page, titles and quotations were searched.",
			casework.CannotBeSearched: "Whether it names the person could not be searched.",
		}[e.Names]
		counts := ""
		if e.Counts {
			counts = " It counts the person in lines without a name."
		}
		fmt.Fprintf(w, "Out of reach: copies of dossier %s, edition %d, that have left; they still verify. %s%s\n", e.Dossier, e.Edition, says, counts)
	}
}
