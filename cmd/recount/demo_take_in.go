// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"recount/casework"
	"recount/consent"
	"recount/fault"
	"recount/intake"
	"recount/invent"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// open invents the case and makes the archive.
func (w *walk) open() (err error) {
	if w.made, err = invent.New(w.answer.Seed, invent.Demo).Write(w.in("case")); err != nil {
		return err
	}
	w.answer.Notice, w.answer.Case = w.made.Notice, w.made.CaseID
	w.screen.say("The invented files lie in the folder case of %s: lists, statements, press releases, drawings. "+
		"An archive is made for them. Its journal is a list of all acts that nobody can change unseen: "+
		"each act is an entry, and a signed checkpoint stands for all entries up to it.", w.dir)
	if _, err := w.run(cmd("init", "--plain", "--title", w.made.Title, "--name", w.made.PublicName, "--reason", "To show how a case is kept (invented)")); err != nil {
		return err
	}
	err = w.inCase(func(desk casework.Desk) error {
		w.answer.VKey, w.answer.SealVKey = desk.Case.VKey(), desk.Case.SealVKey()
		return nil
	})
	if err != nil {
		return err
	}
	w.screen.say("The two public keys are for strangers, who check with them what this archive publishes. They are kept in keys.txt, apart from any bundle. " +
		"To look at: the folder archive; its subfolder keys opens everything else and belongs on another disk. " +
		"With --plain this archive is not encrypted, so that you can look into its files: nobody in it exists. One of your own is encrypted unless you say otherwise.")
	return w.save("keys.txt", w.answer.VKey+"\n"+w.answer.SealVKey+"\n")
}

// invented is what the demo says of each of its acts.
func (w *walk) invented(reason string) casework.Why {
	return casework.Why{Reason: reason + " (invented)", Basis: "consent", Handling: "internal"}
}

// describe records sources and incidents.
func (w *walk) describe() error {
	w.screen.say("Nothing stands in the case without a source: who says it. A source has a kind, the party that it belongs to, and a group: "+
		"sources of one group copy each other and are not two witnesses. And it is held on a ground: already public, kept by law, given by the family, or by consent; what may be "+
		"done with it follows from that. Each witness was asked, use by use, and what was not agreed to is not permitted. %s and %s are described here, under ids that the invented files use already. "+
		"Each is done as by recount add source and recount add incident.",
		counted(int64(len(w.made.Sources)), "source", "sources"), counted(int64(len(w.made.Incidents)), "incident", "incidents"))
	err := w.inCase(func(desk casework.Desk) error {
		for _, s := range w.made.Sources {
			at, err := drawing(desk, s.Source)
			if err != nil {
				return err
			}
			s.Source = ""
			why := w.invented("A source of the case")
			why.Basis = heldOn(s)
			done, err := at.DescribeSource(w.d.ctx, register.Source(s), why)
			if err != nil {
				return err
			}
			if why.Basis != "consent" {
				continue
			}
			if err := w.agree(desk, done.ID); err != nil {
				return err
			}
		}
		for _, i := range w.made.Incidents {
			at, err := drawing(desk, i.Incident)
			if err != nil {
				return err
			}
			i.Incident = ""
			if _, err := at.DescribeIncident(w.d.ctx, register.Incident(i), w.invented("What the sources speak of")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := w.runAll(cmd("show", "incidents"), cmd("show", "journal", "--limit", "3")); err != nil {
		return err
	}
	w.screen.say("To look at: the dates are intervals, for nobody knows the hour; and the journal has who did what, when, and why.")
	return nil
}

// heldOn is on which ground a source of the demo is held: what was told to the
// press is public, offices keep their registers by law, families gave their
// list, and each witness was asked.
func heldOn(s invent.Source) string {
	switch {
	case strings.HasPrefix(s.Independence, "party-"):
		return "public"
	case s.Independence == "registry" || s.Independence == "hospital":
		return "duty"
	case s.Independence == "families":
		return "family"
	case s.Kind == "archive":
		return "confidential"
	}
	return "consent"
}

// agree records what a witness of the demo agreed to.
func (w *walk) agree(desk casework.Desk, source string) error {
	rules, err := consent.ParseLines("record team\nanalyse team\npublish-anonymised\nicc icc any ask\npublish-named any any no\ncontact team any no")
	if err != nil {
		return err
	}
	text := sha256.Sum256([]byte("What was explained to the witness. Invented."))
	_, err = desk.GiveConsent(w.d.ctx, consent.Consent{
		Subject: source, Uses: rules, ExplainedBy: "A field worker (invented)", Language: "en", Explained: hex.EncodeToString(text[:]), Way: "oral",
		ObtainedBy: "A field worker (invented)", Date: consent.Today(desk.Case.Now()), Contact: "no",
	}, w.invented("What the witness agreed to"))
	return err
}

// preserve takes every file into the vault.
func (w *walk) preserve() error {
	w.screen.say("Each file that was handed over is copied into the vault while its SHA-256 is taken, a fingerprint: no two different files are known that share one. "+
		"The copy is sealed under a key of its own: the vault holds no readable file, and destroying one key later makes that one file unreadable. "+
		"%s are preserved, as by recount add exhibit.", counted(int64(len(w.made.Exhibits)), "file", "files"))
	err := w.inCase(func(desk casework.Desk) error {
		for _, e := range w.made.Exhibits {
			at, err := drawing(desk, e.Exhibit)
			if err != nil {
				return err
			}
			_, err = at.Clerk().Preserve(w.d.ctx, w.in("case/"+e.File), intake.Delivery{
				Act:    intake.Act{Reason: "Handed over for the case (invented)", Basis: "consent", Handling: "internal"},
				Source: e.Source, Title: e.Title, ReceivedFrom: e.ReceivedFrom, Custody: e.Custody,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := w.shelf(); err != nil {
		return err
	}
	w.screen.say("The same bytes once more add nothing, whatever the file is called now:")
	return w.runAll(cmd("add", "exhibit", "./case/"+w.made.Exhibits[len(w.made.Exhibits)-1].File))
}

// shelf shows where the bytes of a drawing went.
func (w *walk) shelf() error {
	var x register.Exhibit
	err := w.read(func(ctx context.Context, r store.Reader) (err error) {
		x, err = r.Exhibit(ctx, w.made.Exhibits[len(w.made.Exhibits)-1].Exhibit)
		return err
	})
	if err != nil {
		return err
	}
	var stored string
	err = filepath.WalkDir(w.in("archive"), func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Name() == x.Object {
			stored, err = filepath.Rel(w.dir, path)
		}
		return err
	})
	if err != nil || stored == "" {
		return errors.Join(err, notStored(stored, x.Object))
	}
	info, err := os.Stat(w.in(stored))
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	w.screen.say("One of them, for instance:")
	w.screen.answered(fmt.Sprintf("%s, from %s\n  as received   %s bytes, SHA-256 %s\n  in the vault  %s bytes, %s",
		x.Title, x.ReceivedFrom, group(x.Size), x.SHA256, group(info.Size()), filepath.ToSlash(stored)))
	w.screen.say("To look at: the name in the vault is the hash of the sealed bytes. Whoever changes one byte of them makes the file unreadable, and nothing else.")
	return nil
}

func notStored(path, object string) error {
	if path != "" {
		return nil
	}
	return fmt.Errorf("%w: no file %s in the vault", fault.NotFound, object)
}

// lists looks at one list, imports all of them, and one again.
func (w *walk) lists() error {
	w.screen.say("Four lists name people: of a registry office, a hospital, a committee of families and a commission of one party. " +
		"They overlap, contradict each other, and write names in Latin, Cyrillic, Arabic and Armenian letters. " +
		"A mapping, a small file, says what the columns of a list mean. The preview shows what that makes of the list, what is doubtful first, and writes nothing:")
	list := func(l invent.ListFile, more ...string) []string {
		return append([]string{"import", "./case/" + l.File, "--mapping", "./case/" + l.Mapping}, more...)
	}
	shown := w.made.Lists[0]
	for _, l := range w.made.Lists {
		if l.Key == "families" {
			shown = l
		}
	}
	if _, err := w.run(cmd(list(shown, "--preview")...).first(29)); err != nil {
		return err
	}
	w.screen.say("To look at: what cannot be read for certain is left unknown, never guessed. Then each list is imported, as one act:")
	for i, l := range w.made.Lists {
		c := cmd(list(l, "--reason", "A list of the case (invented)")...)
		if i > 0 {
			c = c.first(8)
		}
		if _, err := w.run(c); err != nil {
			return err
		}
		w.answer.Rows += int64(l.Rows)
	}
	w.screen.say("The receipt names rows and columns but nothing that is said of a person, so that it can be passed on. The same list with the same mapping again:")
	if _, err := w.run(cmd(list(w.made.Lists[0])...).first(3)); err != nil {
		return err
	}
	return w.findRows()
}

// findRows notes under which leaf each row of the lists stands.
func (w *walk) findRows() error {
	w.leaves = map[invent.RowRef]journal.Leaf{}
	return w.read(func(ctx context.Context, r store.Reader) error {
		for _, l := range w.made.Lists {
			all, err := r.Records(ctx, store.RecordFilter{Exhibit: l.Exhibit}, store.Page{})
			if err != nil {
				return err
			}
			for _, rec := range all {
				w.leaves[invent.RowRef{List: l.Key, Row: int(rec.Said.Row.N)}] = rec.Leaf
			}
		}
		return nil
	})
}

// witnesses takes records and quotations from statements.
func (w *walk) witnesses() error {
	w.screen.say("Twelve people gave statements. Some name somebody: what they say is written down as a record of its own, cited to its place, in a small file such as this:")
	if len(w.made.Records) > 0 {
		text, err := os.ReadFile(w.in("case/" + w.made.Records[0]))
		if err != nil {
			return fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		w.screen.answered(string(text))
	}
	for _, file := range w.made.Records {
		if _, err := w.run(cmd("add", "record", "./case/"+file, "--basis", "consent")); err != nil {
			return err
		}
	}
	w.screen.say("Their words are quoted by citations: a place in a statement with the characters that stand there. They are looked for, character by character. "+
		"%s are made so. One with a word too many is refused, and it is said where the words come nearest:", counted(int64(len(w.made.Quotes)), "citation", "citations"))
	if err := w.inCase(w.cite); err != nil {
		return err
	}
	first := slices.MinFunc(w.made.Quotes, func(a, b invent.Quote) int { return len(a.Quote) - len(b.Quote) })
	last := strings.LastIndexByte(first.Quote, ' ')
	return w.runAll(cmd("add", "citation", first.Exhibit, first.Quote[:last]+" outright"+first.Quote[last:]).ends(fault.ExitInvalid), cmd("show", "citations", "--limit", "2"))
}

func (w *walk) cite(desk casework.Desk) error {
	for _, q := range w.made.Quotes {
		at, err := drawing(desk, q.Citation)
		if err != nil {
			return err
		}
		cited, err := at.Clerk().Cite(w.d.ctx, register.Citation{
			Exhibit: q.Exhibit, Scheme: q.Scheme, Pinpoint: q.Pinpoint, Quote: q.Quote,
			Before: q.Before, After: q.After, Language: q.Language, Attribution: q.Attribution,
		}, intake.Act{Reason: "For the statement (invented)", Basis: "consent", Handling: "internal"})
		if err != nil {
			return fmt.Errorf("%s: %w", q.Citation, err)
		}
		if !cited.Checked {
			return fmt.Errorf("%w: %s was not looked for: %s", fault.Invalid, q.Citation, cited.Unasked)
		}
	}
	return nil
}
