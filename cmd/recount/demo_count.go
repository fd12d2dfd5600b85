// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	"recount/casework"
	"recount/fault"
	"recount/figure"
	"recount/invent"
	"recount/store"
	"recount/tally"
)

// link joins records by rules and by hand.
func (w *walk) link() error {
	w.screen.say("A person is a set of records, and never has a value that no record has. Rules say which records agree so well that they are one person; " +
		"they are exact and stated in a file. What is not known agrees with nothing.")
	if err := w.read(func(_ context.Context, r store.Reader) error { w.linkedFrom = r.Size(); return nil }); err != nil {
		return err
	}
	if _, err := w.run(cmd("link", "--rules", "./case/"+w.made.Rules, "--reason", "First run of the rules (invented)")); err != nil {
		return err
	}
	if err := w.merge(); err != nil {
		return err
	}
	if err := w.keepApart(); err != nil {
		return err
	}
	return w.countPersons()
}

// of is the person under whom a row stands now.
func (w *walk) of(row invent.RowRef) (person string, err error) {
	err = w.read(func(ctx context.Context, r store.Reader) (err error) {
		person, err = r.PersonOf(ctx, w.leaves[row])
		return err
	})
	return person, err
}

// merge decides, of pairs that no rule can see, that they are one.
func (w *walk) merge() error {
	if len(w.made.Merges) == 0 {
		w.screen.say("In the case invented from this number no name stands in two scripts, so that nothing is left to merge by hand.")
		return nil
	}
	best, err := w.telling()
	if err != nil {
		return err
	}
	one, other, err := w.pair(w.made.Merges[best])
	if err != nil {
		return err
	}
	w.screen.say("No rule compares names across scripts: that is for people who know both. These two, for instance, stood apart:")
	if err := w.runAll(cmd("show", "person", one, "--side-by-side"), cmd("show", "person", other, "--side-by-side")); err != nil {
		return err
	}
	w.screen.say("Somebody decides that they are one human being, and says why. The decision is an entry, outlives every run of the rules, and can be taken back by a split.")
	into, err := w.run(cmd("link", "merge", one, other, "--reason", "The family showed both (invented)"))
	if err != nil {
		return err
	}
	w.screen.say("So the person now stands in the case, field by field, each source in its own script:")
	if _, err := w.run(cmd("show", "person", into, "--side-by-side")); err != nil {
		return err
	}
	w.screen.say("To look at: no version is the right one. Where they exclude each other that is said, and stays so. "+
		"%s of this sort are made without showing them.", counted(int64(len(w.made.Merges)-1), "more decision", "more decisions"))
	return w.inCase(func(desk casework.Desk) error {
		for i, decision := range w.made.Merges {
			if i == best {
				continue
			}
			one, other, err := w.pair(decision)
			if err != nil {
				return err
			}
			if one == other {
				continue // by way of a third record they are one already
			}
			if _, err := desk.Merge(w.d.ctx, one, other, w.invented(decision.Why)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *walk) pair(x invent.Decision) (one, other string, err error) {
	if one, err = w.of(x.One); err != nil {
		return "", "", err
	}
	other, err = w.of(x.Other)
	return one, other, err
}

// telling is the merge that shows most: of those whose two sides are still
// apart, one whose sources exclude each other, with as many records as may be.
func (w *walk) telling() (best int, err error) {
	most := -1
	for i, x := range w.made.Merges {
		one, other, err := w.pair(x)
		if err != nil {
			return 0, err
		}
		n, err := w.tells(one, other)
		if err != nil {
			return 0, err
		}
		if one != other && n > most {
			most, best = n, i
		}
	}
	return best, nil
}

// tells counts the records of two persons, ten for each field in which the
// two together would hold versions that exclude each other.
func (w *walk) tells(one, other string) (n int, err error) {
	err = w.read(func(ctx context.Context, r store.Reader) error {
		var together store.Person
		for _, id := range []string{one, other} {
			p, err := r.Person(ctx, id)
			if err != nil {
				return err
			}
			together.Records = append(together.Records, p.Records...)
		}
		c, err := casework.Compare(ctx, r, together)
		n = len(together.Records) + 10*c.Differing()
		return err
	})
	return n, err
}

// keepApart decides, of two people whom the rules took for one, that they are
// not, and runs the rules again.
func (w *walk) keepApart() error {
	for _, x := range w.made.Apart {
		one, other, err := w.pair(x)
		if err != nil {
			return err
		}
		why := []string{"--reason", "Two people, says the family (invented)"}
		if one != other {
			w.screen.say("Two people are easily taken for one. Somebody who knows them says that they are not:")
			if _, err := w.run(cmd(append([]string{"link", "distinguish", one, other}, why...)...)); err != nil {
				return err
			}
			continue
		}
		w.screen.say("Rules also err. They took these two records for one person, since name, day and place agree. Somebody who knows the family says that they are not the same:")
		if err := w.runAll(
			cmd("show", "person", one, "--side-by-side"),
			cmd(append([]string{"link", "split", one, w.leaves[x.Other].String()}, why...)...),
		); err != nil {
			return err
		}
	}
	w.screen.say("Such a decision lasts: the rules run again, and do not undo it. (recount link distinguish says the same of two who were never joined.)")
	return w.runAll(cmd("link", "--rules", "./case/"+w.made.Rules, "--reason", "Second run (invented)"))
}

func (w *walk) countPersons() error {
	before, err := w.columns(w.linkedFrom)
	if err != nil {
		return err
	}
	after, err := w.columns(-1)
	if err != nil {
		return err
	}
	w.answer.Before, w.answer.After, w.answer.Records = before.persons, after.persons, after.records
	w.screen.say("%s were %s before, one each; now they are %s.", counted(after.records, "record", "records"),
		counted(before.persons, "person", "persons"), group(after.persons))
	return nil
}

type people struct{ records, persons int64 }

func (w *walk) columns(size int64) (p people, err error) {
	err = w.inCase(func(desk casework.Desk) error {
		c, err := casework.LoadColumns(w.d.ctx, desk.Case, size)
		if err == nil {
			p = people{c.Records(), c.Persons()}
		}
		return err
	})
	return p, err
}

// figures asks how many, of whom, how many then, and who.
func (w *walk) figures() error {
	w.screen.say("A figure is a question put to the records, never a typed number. Its definition is a small file: what is counted, which harms, which of whom.")
	if len(w.made.Figures) == 0 {
		return fmt.Errorf("%w: the invented case has no figures", fault.Invalid)
	}
	define := []string{"figure", "define"}
	for _, f := range w.made.Figures {
		define = append(define, "./case/"+f.File)
	}
	dead := w.made.Figures[0].Figure
	if err := w.runAll(cmd(append(define, "--reason", "Asked by the statement (invented)")...), cmd("figure", "answer", dead)); err != nil {
		return err
	}
	w.screen.say("To look at: those of whom it cannot be said have a column of their own. They are in \"at most\", and are not shared out. " +
		"Contradictions between sources are counted, and nothing settles them. Behind every number stand the persons, and behind every contradiction its records:")
	err := w.runAll(
		cmd("figure", "answer", dead, "--contradictions", "--limit", "1").since("Contradiction"),
	)
	if err != nil {
		return err
	}
	if err := w.contradicted(dead); err != nil {
		return err
	}
	w.screen.say("Those of whom it cannot be said whether they were children, the first three of them:")
	if _, err := w.run(cmd("figure", "answer", dead, "--people", "unknown", "--of", "children", "--limit", "3").since("p-")); err != nil {
		return err
	}
	w.screen.say("A figure can be asked as it was known on any earlier entry. Before the rules ran, every record was a person of its own:")
	// The definition came later than the rules, so it is put to the older records.
	if err := w.earlier(dead); err != nil {
		return err
	}
	return w.noteFigures()
}

// contradicted shows a person whose sources exclude each other.
func (w *walk) contradicted(id string) error {
	var person string
	err := w.inCase(func(desk casework.Desk) error {
		a, err := casework.Answer(w.d.ctx, desk.Case, id, -1)
		if err != nil {
			return err
		}
		for _, k := range a.Contradictions {
			if k.Kind == tally.FlagAge {
				continue // within one record
			}
			list, err := a.ContradictionsOf(k.Kind, 0, 1)
			if err != nil {
				return err
			}
			for _, c := range list {
				person = c.Person
			}
		}
		return nil
	})
	if err != nil || person == "" {
		return err
	}
	w.screen.say("One of them, with every source's version beside the others:")
	return w.runAll(cmd("show", "person", person, "--side-by-side"))
}

// earlier answers a figure of now on the records as they stood before linking.
func (w *walk) earlier(id string) error {
	return w.inCase(func(desk casework.Desk) error {
		now, err := casework.Answer(w.d.ctx, desk.Case, id, -1)
		if err != nil {
			return err
		}
		columns, err := casework.LoadColumns(w.d.ctx, desk.Case, w.linkedFrom)
		if err != nil {
			return err
		}
		then, err := columns.Answer(now.Definition)
		if err != nil {
			return err
		}
		w.screen.answered(fmt.Sprintf("as known with %d entries   %s\nas known with %d entries   %s",
			then.Size, totalsText(then.Total), now.Size, totalsText(now.Total)))
		return nil
	})
}

func totalsText(t figure.Totals) string {
	return fmt.Sprintf("%s counted, %s unknown", group(t.Point()), group(t.Unknown))
}

func (w *walk) noteFigures() error {
	return w.inCase(func(desk casework.Desk) error {
		for _, f := range w.made.Figures {
			a, err := casework.Answer(w.d.ctx, desk.Case, f.Figure, -1)
			if err != nil {
				return err
			}
			w.answer.Figures = append(w.answer.Figures, demoFigure{f.Figure, a.Definition.Title, a.Total.Point(), a.Total.Unknown, a.Total.Max()})
		}
		return nil
	})
}
