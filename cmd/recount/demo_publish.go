// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"recount/fault"
	"recount/store"
)

// publish composes, freezes and exports the statement.
func (w *walk) publish() error {
	text, err := os.ReadFile(w.in("case/" + w.made.Statement))
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	w.screen.say("A dossier is a statement in which no number and no quotation is typed: the text names them, and they are put in when it is frozen.")
	w.screen.excerpt(string(text), "# ", 13)
	if w.dossier, err = w.run(cmdDossier("compose", "./case/"+w.made.Statement, "--title", w.made.Title)); err != nil {
		return err
	}
	w.answer.Dossier = w.dossier
	w.screen.say("Freezing answers its figures as the case stands now and fixes them by an entry. Every person becomes a line without a name. " +
		"Where values of a line would make a group of fewer than five, only its verdict is shown.")
	if err := w.freeze(); err != nil {
		return err
	}
	w.screen.say("The export is the bundle: a folder, and the same as a zip file, for anyone to check without this archive.")
	if _, err := w.run(cmd("dossier", "export", w.dossier, "--out", "./bundle", "--zip", "./bundle.zip")); err != nil {
		return err
	}
	w.screen.say("To look at: bundle/data/statement.html in a browser, with every number leading to its row; and bundle/VERIFY.txt, which says how to check all of it with ordinary tools.")
	return nil
}

func cmdDossier(args ...string) call { return cmd(append([]string{"dossier"}, args...)...) }

// check runs recount verify and notes its exit code.
func (w *walk) check(what string, c call) error {
	if _, err := w.run(c); err != nil {
		return err
	}
	w.answer.Checks = append(w.answer.Checks, demoCheck{what, c.exit})
	return nil
}

// pinned is a check with the two public keys.
func (w *walk) pinned(bundle string) call {
	return cmd("verify", bundle, "--vkey", w.answer.VKey, "--vkey", w.answer.SealVKey)
}

// verify checks the bundle as a stranger would.
func (w *walk) verify() error {
	w.screen.say("Checking needs neither this archive nor a network. First without anything but the bundle:")
	if err := w.check("the bundle, no key pinned", cmd("verify", "./bundle").ends(2)); err != nil {
		return err
	}
	w.screen.say("Nothing is refuted, and still it is not decided who made this: the keys came with the bundle, and whoever makes all of a bundle again can put in keys of their own. " +
		"So a reader takes the keys from another place, here from keys.txt, and pins them:")
	if err := w.check("the bundle, both keys pinned", w.pinned("./bundle")); err != nil {
		return err
	}
	w.screen.say("(From here on the keys are written as ….)")
	w.screen.say("To look at: four claims, each with a verdict of its own; how many lines anybody can count again and how many are taken on trust; and what no check shows. " +
		"That something is true is not among the claims. The zip file holds the same:")
	return w.check("the zip file, both keys pinned", w.pinned("./bundle.zip").since("holds").first(4))
}

// releases puts the words of the two parties beside each other.
func (w *walk) releases() error {
	w.screen.say("Both parties told the press about the same days. Their words are citations in the statement, each with its source:")
	var speakers []string
	words := map[string][]string{}
	err := w.read(func(ctx context.Context, r store.Reader) error {
		for _, q := range w.made.Quotes {
			if !strings.HasPrefix(q.File, "releases/") {
				continue
			}
			x, err := r.Exhibit(ctx, q.Exhibit)
			if err != nil {
				return err
			}
			s, err := r.Source(ctx, x.Source)
			if err != nil {
				return err
			}
			if words[s.Name] == nil {
				speakers = append(speakers, s.Name)
			}
			words[s.Name] = append(words[s.Name], "“"+q.Quote+"”")
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(speakers); i += 2 {
		one, other := speakers[i], speakers[i+1]
		w.screen.twoColumns(one+"\n\n"+strings.Join(words[one], "\n\n"), other+"\n\n"+strings.Join(words[other], "\n\n"))
	}
	w.screen.say("Neither is taken for the truth, and neither is weighed against the lists by this program. The statement prints both with their speakers; " +
		"the figures count what is recorded of single persons and take no number from a press release.")
	return nil
}

// end says what lies where, and what to try.
func (w *walk) end() error {
	w.screen.say("The archive can always be checked as a whole, against its own journal:")
	if err := w.runAll(cmd("verify", "./archive")); err != nil {
		return err
	}
	w.answer.Left = map[string]any{
		"archive": w.in("archive"), "case": w.in("case"), "bundle": w.in("bundle"), "zip": w.in("bundle.zip"),
		"tampered": w.in("tampered"), "keys": w.in("keys.txt"),
	}
	w.screen.say("In %s lie:", w.dir)
	w.screen.answered("archive              the case: journal, vault, tables, keys\n" +
		"case                 the invented files\n" +
		"bundle, bundle.zip   what was published\n" +
		"bundle-later         the same edition, exported after the erasure\n" +
		"tampered             the changed copy\n" +
		"keys.txt             the public keys to pin")
	w.screen.say("Commands to try, in that folder, with RECOUNT_ARCHIVE=archive:")
	for _, c := range w.toTry() {
		w.screen.command(c)
	}
	w.screen.say("docs/first-steps.md leads from your own spreadsheet to a figure with its bundle. recount --help says the rest. " +
		"This program is not for real cases yet: nobody from outside has examined it.")
	return nil
}

func (w *walk) toTry() [][]string {
	return [][]string{
		{"show", "persons", "--limit", "5"},
		{"show", "journal", "--limit", "0"},
		{"figure", "answer", w.made.Figures[0].Figure, "--contradictions", "--limit", "0"},
		{"show", "checkpoint"},
		{"rebuild"},
	}
}
