// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"

	"recount/fault"
	"recount/journal"
	"recount/store"
)

// journalPage is the history of the case: who did what and why, newest first.
type journalPage struct {
	base
	Entries []journalLine
	Groups  []link
	Actors  []option
	Group   string
	Older   string // the next page
	Newer   string // back to the newest
	Size    int64
}

// journalLine is one entry in a sentence.
type journalLine struct {
	store.EntryLine
	Says []told
}

// actorsToChoose bounds the list of those who acted.
const actorsToChoose = 200

// kindGroups are the kinds of entries that the history is filtered by.
func kindGroups() []kindGroup {
	return []kindGroup{
		{"sources", []string{"source.described@1", "exhibit.received@1", "citation.made@1", "edition.named@1"}},
		{"records", []string{"list.imported@1", "records.added@1", "field.declared@1", "codes.declared@1"}},
		{"persons", []string{"persons.linked@1", "persons.merged@1", "persons.split@1", "persons.distinguished@1"}},
		{"incidents", []string{"incident.described@1"}},
		{"figures", []string{"figure.defined@1"}},
		{"dossiers", []string{"dossier.composed@1", "dossier.frozen@1"}},
		{"consents", []string{"basis.stated@1", "consent.given@1", "consent.withdrawn@1", "bundle.shared@1"}},
		{"identities", []string{"opener.named@1", "identity.protected@1", "identity.opened@1", "pseudonym.given@1"}},
		{"erasures", []string{"erasure.decided@1", "erasure.decided@2", "exhibit.redacted@1", "hold.placed@1", "hold.lifted@1", "thing.hidden@1", "thing.shown@1", "second.named@1"}},
		{"case", []string{"case.opened@1"}},
	}
}

type kindGroup struct {
	name  string
	kinds []string
}

func (s *Server) journal(v *visit) error {
	p := &journalPage{base: v.base("nav.journal"), Group: v.text("kind")}
	filter, err := p.filter(v)
	if err != nil {
		return err
	}
	before := v.whole("before", -1)
	var entries []store.EntryLine
	err = v.read(func(ctx context.Context, r store.Reader) (err error) {
		p.Size = r.Size()
		if entries, err = r.Newest(ctx, filter, before, perPage+1); err != nil {
			return err
		}
		actors, err := r.Actors(ctx, actorsToChoose)
		p.Actors = []option{{Text: v.words.T("journal.actor.all")}}
		for _, a := range actors {
			p.Actors = append(p.Actors, option{a, a, a == filter.Actor})
		}
		return err
	})
	if err != nil {
		return err
	}
	here := p.Query(v.URL.Path+"?"+v.URL.RawQuery, "before", "")
	if before >= 0 {
		p.Newer = here
	}
	if len(entries) > perPage {
		entries = entries[:perPage]
		p.Older = p.Query(here, "before", seq(entries[perPage-1].Seq))
	}
	if p.Entries, err = v.tellAll(entries); err != nil {
		return err
	}
	return s.show(v, p)
}

// filter reads what the history is filtered by, and offers the other choices.
func (p *journalPage) filter(v *visit) (store.JournalFilter, error) {
	f := store.JournalFilter{Actor: v.text("actor")}
	here := p.Query(p.Query(v.URL.Path+"?"+v.URL.RawQuery, "before", ""), "done", "")
	p.Groups = []link{{v.words.T("journal.group.all"), p.Query(here, "kind", ""), p.Group == ""}}
	for _, g := range kindGroups() {
		p.Groups = append(p.Groups, link{v.words.T("journal.group." + g.name), p.Query(here, "kind", g.name), g.name == p.Group})
		if g.name == p.Group {
			f.Kinds = g.kinds
		}
	}
	if p.Group != "" && f.Kinds == nil {
		return f, fmt.Errorf("%w: entries of %.40q: there is no such group of kinds", fault.Invalid, p.Group)
	}
	return f, nil
}

// entryPage is one entry: all that it says, and how it stands in the log.
type entryPage struct {
	base
	Entry     journalLine
	Fields    []entryField
	Header    string
	Kind      string
	Size, Sum int64 // entries of the log, and hashes of the proof
	Root      string
	Before    int64 // the entry before; -1: there is none
	After     int64 // the one after it; -1: there is none
}

func (s *Server) entry(v *visit) error {
	n := v.number("entry")
	if n < 0 {
		return fmt.Errorf("%w: there is no such entry", fault.NotFound)
	}
	var line store.EntryLine
	p := &entryPage{Before: n - 1, After: -1}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		line, err = r.Entry(ctx, n)
		p.Size = r.Size()
		return err
	})
	if err != nil {
		return err
	}
	if n+1 < p.Size {
		p.After = n + 1
	}
	p.base = v.base("journal.entry.title", "seq", n)
	p.Crumbs = []link{{Text: v.words.T("nav.journal"), To: v.link("journal")}}
	lines, err := v.tellAll([]store.EntryLine{line})
	if err != nil {
		return err
	}
	p.Entry, p.Kind = lines[0], line.Kind
	if err := p.prove(v, n); err != nil {
		return err
	}
	if !line.Erased {
		e, err := v.room.OpenEntry(v.Context(), n)
		if err != nil {
			return err
		}
		err = v.read(func(_ context.Context, r store.Reader) error {
			p.Fields = v.entryFields(r.Stripped(e))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.show(v, p)
}

// prove shows that the entry stands in the log as it is now (RFC 6962 section
// 2.1.1): the header leads to the root that was signed.
func (p *entryPage) prove(v *visit, n int64) error {
	header, err := v.room.Header(v.Context(), n)
	if err != nil {
		return err
	}
	signed, err := v.room.Checkpoint(v.Context(), p.Size)
	if err != nil {
		return err
	}
	checkpoint, _, err := journal.OpenCheckpoint(signed, v.room.VKey())
	if err != nil {
		return err
	}
	path, err := v.room.ProveInclusion(v.Context(), n, p.Size)
	if err != nil {
		return err
	}
	p.Header, p.Root, p.Sum = string(header), checkpoint.Root.String(), int64(len(path))
	return journal.Proof{Seq: n, Path: path, Checkpoint: signed}.Verify(header, checkpoint)
}

// number is a whole number in the address, -1 where it is none.
func (v *visit) number(name string) int64 {
	var n int64
	if _, err := fmt.Sscanf(v.PathValue(name), "%d", &n); err != nil || seq(n) != v.PathValue(name) {
		return -1
	}
	return n
}

// checkpointPage has what others keep to see later that nothing was rewritten.
type checkpointPage struct {
	base
	Checkpoint     string
	Size           int64
	VKey, SealVKey string
}

// checkpoint shows the signed state of the journal. Who sees it can carry it
// away, so that it is noted first as one that has left (store.Case.Publish).
func (s *Server) checkpoint(v *visit) error {
	p := &checkpointPage{base: v.base("journal.checkpoint"), VKey: v.room.VKey(), SealVKey: v.room.SealVKey()}
	p.Crumbs = []link{{Text: v.words.T("nav.journal"), To: v.link("journal")}}
	err := v.read(func(_ context.Context, r store.Reader) error {
		p.Size = r.Size()
		return nil
	})
	if err != nil {
		return err
	}
	signed, err := v.room.Checkpoint(v.Context(), p.Size)
	if err != nil {
		return err
	}
	if err := v.room.Publish(v.Context(), signed); err != nil {
		return err
	}
	p.Checkpoint = string(signed)
	return s.show(v, p)
}

// tellAll says entries in sentences, each with links to what it speaks of.
func (v *visit) tellAll(lines []store.EntryLine) ([]journalLine, error) {
	opened := make([]journal.Entry, len(lines))
	for i, l := range lines {
		if l.Erased {
			continue
		}
		var err error
		if opened[i], err = v.room.OpenEntry(v.Context(), l.Seq); err != nil {
			return nil, err
		}
	}
	all := make([]journalLine, len(lines))
	err := v.read(func(ctx context.Context, r store.Reader) error {
		n := &namer{v: v, ctx: ctx, r: r, known: map[string]link{}}
		for i, l := range lines {
			// Erased between the two readings: nothing is told of it.
			l.Erased = l.Erased || opened[i].Values == nil
			says, err := n.tell(l, r.Stripped(opened[i]))
			if err != nil {
				return err
			}
			all[i] = journalLine{l, says}
		}
		return nil
	})
	return all, err
}
