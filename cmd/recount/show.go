// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"recount/audit"
	"recount/fault"
	"recount/journal"
	"recount/names"
	"recount/register"
	"recount/store"
)

type showCmd struct {
	What   string `arg:"" enum:"case,sources,exhibits,citations,incidents,groups,imports,records,persons,person,record,journal,checkpoint,consistency,accounts" help:"One of: ${enum}."`
	ID     string `arg:"" optional:"" help:"The id of a person (p-…), or the leaf of a record (64 hex digits). Consistency: the smaller number of entries."`
	To     string `arg:"" optional:"" help:"Consistency: the larger number of entries."`
	Name   string `placeholder:"TEXT" help:"Records: with this word in the name, in whatever order, case and accents."`
	From   string `name:"source" placeholder:"s-…" help:"Records and groups: of this source."`
	Linked bool   `help:"Persons: only those of several records, or whose record was moved."`
	Side   bool   `name:"side-by-side" help:"Person: field by field, the version of each source beside the others."`
	At     int64  `default:"-1" placeholder:"SIZE" help:"As known when the journal had this many entries."`
	After  string `placeholder:"TEXT" help:"Continue a list after this id."`
	Limit  int    `default:"50" help:"How many lines at most; 0 shows all."`
}

// Help is shown under the command's flags.
func (showCmd) Help() string {
	return `Shows what is held and who says it. "groups" are people without names, of whom sources say how many. A person is shown as the records that were judged to be about one human being, each with its source,
never as one "true" version. "persons" lists everybody; --linked only those of whom rules or people judged which records are theirs.
"checkpoint" prints the signed state of the journal: give it to somebody who keeps it, and "recount verify --against" later shows whether the past was rewritten. "consistency OLD NEW" prints the proof that the journal of NEW
entries begins with that of OLD, for "recount verify --consistency". "accounts" lists, all at once, who may enter the archive's reading room, and in
which role.

Who looks is written down in the case's audit journal, in the name of --actor or of whoever opened the case (recount audit list).

Exit codes: 0 shown · 3 not found · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *showCmd) Run(d *desk) error {
	if x.What == "consistency" {
		return d.showConsistency(x.ID, x.To)
	}
	if x.To != "" {
		return fmt.Errorf("%w: %.40q is one thing too many; accepted are two only for show consistency OLD NEW", fault.Invalid, x.To)
	}
	if (x.What == "person" || x.What == "record") == (x.ID == "") {
		return fmt.Errorf("%w: accepted: show person p-…, show record LEAF, and the others without an id", fault.Invalid)
	}
	if x.Side && x.What != "person" {
		return fmt.Errorf("%w: --side-by-side is for show person p-…", fault.Invalid)
	}
	if x.Linked && x.What != "persons" {
		return fmt.Errorf("%w: --linked is for show persons", fault.Invalid)
	}
	if x.What == "accounts" {
		if x.At >= 0 {
			return fmt.Errorf("%w: --at: accounts do not stand in the journal; accepted is show accounts without it", fault.Invalid)
		}
		return d.showAccounts()
	}
	return d.reading(lookAt(x.act(), x.kind(), x.ID), func(c glance) error {
		if x.What == "checkpoint" {
			size := x.At
			if size < 0 {
				if err := c.Read(d.ctx, func(r store.Reader) error { size = r.Size(); return nil }); err != nil {
					return err
				}
			}
			signed, err := c.Checkpoint(d.ctx, size)
			if err != nil {
				return err
			}
			return d.out.answer(map[string]string{"checkpoint": string(signed), "vkey": c.VKey()}, func(w io.Writer) { fmt.Fprintf(w, "%s", signed) })
		}
		return c.Read(d.ctx, func(r store.Reader) (err error) {
			if x.At >= 0 {
				if r, err = r.At(x.At); err != nil {
					return err
				}
			}
			if shut := r.Shut(); len(shut) > 0 && slices.Contains([]string{"record", "records", "person", "persons"}, x.What) {
				d.out.warn("closed to %s in this case, whatever the sources say of it: %s", plain(c.who.Name), strings.Join(shut.Told(), ", "))
			}
			return x.show(d, c.Case, r)
		})
	})
}

// act and kind are what whoever asks is shown, in the words of the reading room.
func (x *showCmd) act() audit.Act {
	if x.What == "journal" || x.ID == "" && x.What != "case" && x.What != "checkpoint" {
		return audit.Listed
	}
	return audit.Viewed
}

func (x *showCmd) kind() string {
	switch x.What {
	case "person", "record":
		return x.What + "s"
	case "checkpoint":
		return "journal"
	}
	return x.What
}

func (x *showCmd) page() store.Page { return store.Page{After: x.After, Limit: x.Limit} }

func (x *showCmd) show(d *desk, c *store.Case, r store.Reader) error {
	switch x.What {
	case "case":
		return x.showCase(d, c, r)
	case "person":
		if x.Side {
			return x.showCompared(d, r)
		}
		return x.showPerson(d, r)
	case "record":
		return x.showRecord(d, r)
	case "journal":
		return x.showJournal(d, r)
	case "records", "persons":
		return x.showPeople(d, r)
	}
	return x.showThings(d, r)
}

func (x *showCmd) showThings(d *desk, r store.Reader) error {
	switch x.What {
	case "sources":
		all, err := r.Sources(d.ctx, x.page())
		return listed(d, all, err, []string{"source", "kind", "grade", "group", "name"}, func(s register.Source) []string {
			return []string{s.Source, s.Kind, s.Reliability, s.Independence, s.Name}
		})
	case "exhibits":
		all, err := r.Exhibits(d.ctx, x.page())
		return listed(d, all, err, []string{"exhibit", "bytes", "type", "sha256", "title"}, func(e register.Exhibit) []string {
			return []string{e.Exhibit, group(e.Size), e.MediaType, e.SHA256, e.Title}
		})
	case "citations":
		all, err := r.Citations(d.ctx, x.page())
		return listed(d, all, err, []string{"citation", "exhibit", "place", "quote"}, func(e register.Citation) []string {
			return []string{e.Citation, e.Exhibit, e.Scheme + " " + e.Pinpoint, e.Quote}
		})
	case "incidents":
		all, err := r.Incidents(d.ctx, x.page())
		return listed(d, all, err, []string{"incident", "when", "place", "title"}, func(e register.Incident) []string {
			return []string{e.Incident, e.When, e.PlaceWritten, e.Title}
		})
	}
	if x.What == "groups" {
		all, err := r.Groups(d.ctx, x.From, x.page())
		return listedAs(d, all, err, func(g store.Group) groupJSON { return groupJSON{g.Leaf.String(), g.Seq, g.Said} }, []string{"source", "people", "what", "date", "place", "said"}, func(g store.Group) []string {
			return []string{g.Said.Source, peopleOf(g.Said), g.Said.Code, g.Said.Date, g.Said.Place, g.Said.Description.Text()}
		})
	}
	all, err := r.Imports(d.ctx, store.ImportFilter{})
	return listedAs(d, all, err, func(i store.Imported) importJSON { return importJSON{i.Seq, i.List, i.Import} }, []string{"entry", "source", "exhibit", "rows", "records", "refused", "doubtful"}, func(e store.Imported) []string {
		return []string{fmt.Sprint(e.Seq), e.Source, e.Exhibit, group(e.Rows), group(e.Records), group(e.Refused), group(e.Doubtful)}
	})
}

// listed prints a list as a table, or says that it is empty.
func listed[T any](d *desk, all []T, err error, head []string, row func(T) []string) error {
	return listedAs(d, all, err, func(x T) T { return x }, head, row)
}

// listedAs is listed with another form for JSON.
func listedAs[T, J any](d *desk, all []T, err error, form func(T) J, head []string, row func(T) []string) error {
	if err != nil {
		return err
	}
	forms := []J{}
	for _, x := range all {
		forms = append(forms, form(x))
	}
	return d.out.answer(forms, func(w io.Writer) {
		if len(all) == 0 {
			fmt.Fprintln(w, "None.")
			return
		}
		rows := [][]string{head}
		for _, x := range all {
			cells := row(x)
			for i := range cells {
				cells[i] = plain(cells[i])
			}
			rows = append(rows, cells)
		}
		columns(w, rows)
	})
}

func (x *showCmd) showJournal(d *desk, r store.Reader) error {
	from := int64(0)
	if x.After != "" {
		if _, err := fmt.Sscan(x.After, &from); err != nil {
			return fmt.Errorf("%w: --after %q: accepted is the number of an entry", fault.Invalid, x.After)
		}
		from++
	}
	to := r.Size()
	if x.Limit > 0 {
		to = min(to, from+int64(x.Limit))
	}
	all, err := r.Entries(d.ctx, from, to)
	return listedAs(d, all, err, func(e store.EntryLine) entryJSON { return entryJSON{e.Act, e.Kind, e.Leaf, e.Erased} }, []string{"entry", "time (UTC)", "actor", "act", "reason"}, func(e store.EntryLine) []string {
		if e.Erased {
			return []string{fmt.Sprint(e.Seq), "erased", "erased", e.Kind, "erased"}
		}
		return []string{fmt.Sprint(e.Seq), e.Time.UTC().Format("2006-01-02 15:04:05"), e.Actor, e.Kind, e.Reason}
	})
}

func (x *showCmd) showPeople(d *desk, r store.Reader) error {
	if x.What == "persons" {
		all, err := r.Persons(d.ctx, store.PersonFilter{Linked: x.Linked}, x.page())
		if x.Limit > 0 && len(all) == x.Limit {
			d.out.note("recount: hint: there may be more than these %d: --after %s shows the next ones, --limit 0 shows all", x.Limit, all[x.Limit-1].Person)
		}
		return listedAs(d, all, err, func(p store.PersonLine) personJSON {
			return jsonOfPerson(store.Person{Person: p.Person, Records: p.Records})
		}, []string{"person", "records", "names, as written"}, func(p store.PersonLine) []string {
			return []string{p.Person, fmt.Sprint(len(p.Records)), namesOf(p.Records)}
		})
	}
	all, err := r.Records(d.ctx, store.RecordFilter{Source: x.From, Word: names.Fold(x.Name)}, x.page())
	return listedAs(d, all, err, jsonOfRecord, []string{"record", "person", "source", "place", "name, as written"}, func(e store.Record) []string {
		return []string{e.Leaf.String(), e.Person, e.Said.Source, e.Said.Pinpoint, nameOf(e.Said)}
	})
}

// nameOf is the name as the source wrote it, whole or in its parts.
func nameOf(r register.Record) string {
	if r.Name.Present() && r.Name.Text() != "" {
		return r.Name.Text()
	}
	var parts []string
	for _, v := range []journal.Value{r.Given, r.Father, r.Family} {
		if v.Text() != "" {
			parts = append(parts, v.Text())
		}
	}
	if len(parts) == 0 {
		return "(no name)"
	}
	return strings.Join(parts, " ")
}

func namesOf(records []store.Record) string {
	var all []string
	seen := map[string]bool{}
	for _, r := range records {
		name := "(erased)"
		if !r.Erased {
			name = nameOf(r.Said)
		}
		if !seen[name] {
			seen[name] = true
			all = append(all, name)
		}
	}
	return strings.Join(all, " · ")
}
