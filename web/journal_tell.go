// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/store"
)

// told is a part of a sentence: words of the catalogue, or what somebody wrote
// (Said), with a way to the thing where there is one.
type told struct {
	Text, To string
	Said     bool
}

// namer finds what things are called, each once.
type namer struct {
	v     *visit
	ctx   context.Context
	r     store.Reader
	seq   int64 // of the entry that is told
	known map[string]link
}

// tell is an entry in a sentence of the catalogue, by its kind.
func (n *namer) tell(l store.EntryLine, e journal.Entry) ([]told, error) {
	n.seq = l.Seq
	if l.Erased {
		return n.v.sentence("journal.erased", map[string]link{"kind": {Text: l.Kind}}), nil
	}
	said := func(field string) link { return link{Text: e.Get(field).Text()} }
	of := map[string]link{"actor": {Text: l.Actor}}
	var err error
	thing := func(name, field string) {
		if err == nil {
			of[name], err = n.name(e.Get(field).Text())
		}
	}
	for _, field := range []string{"source", "exhibit", "incident", "identity", "into", "from", "person", "one", "other"} {
		if e.Kind.Index(field) >= 0 {
			thing(field, field)
		}
	}
	for _, field := range []string{"records", "refused", "moved", "persons", "edition"} {
		if e.Kind.Index(field) >= 0 {
			of[field] = link{Text: n.v.count(e.Get(field).Text())}
		}
	}
	to := func(noun, id, text string) link { return link{Text: text, To: n.v.link(noun, id)} }
	switch e.Kind.Name {
	case "case.opened@1":
		of["title"] = said("title")
	case "source.described@1":
		of["source"] = to("sources", e.Get("source").Text(), e.Get("name").Text())
	case "exhibit.received@1":
		of["exhibit"] = to("exhibits", e.Get("exhibit").Text(), e.Get("title").Text())
	case "edition.named@1":
		thing("earlier", "edition_of")
	case "incident.described@1":
		of["incident"] = to("incidents", e.Get("incident").Text(), e.Get("title").Text())
	case "citation.made@1":
		text := e.Get("quote").Text()
		if text == "" {
			text = e.Get("pinpoint").Text()
		}
		of["citation"] = to("citations", e.Get("citation").Text(), begin(text, 100))
	case "figure.defined@1":
		id := e.Get("figure").Text()
		of["figure"] = to("figures", id, titleOf(e.Get("definition").Text(), id))
	case "dossier.composed@1", "dossier.frozen@1":
		of["dossier"] = to("dossiers", e.Get("dossier").Text(), e.Get("title").Text())
		if edition, ok := of["edition"]; ok {
			edition.To = n.v.link("dossiers", e.Get("dossier").Text(), "editions", e.Get("edition").Text())
			of["edition"] = edition
		}
	case "consent.given@1", "consent.withdrawn@1":
		of["consent"] = said("consent")
	case "bundle.shared@1":
		of["name"] = said("name")
		of["dossier"] = to("dossiers", e.Get("dossier").Text(), e.Get("dossier").Text())
	case "member.seated@1":
		of["member"] = to("members", "", e.Get("name").Text())
	case "compartment.described@1":
		of["compartment"] = to("compartments", e.Get("compartment").Text(), e.Get("name").Text())
	case "decision.proposed@1", "decision.dropped@1":
		of["decision"] = to("decisions", e.Get("decision").Text(), e.Get("decision").Text())
	case "handling.changed@1":
		of["subject"], err = n.v.aboutLink(n.ctx, n.r, e.Get("subject_kind").Text(), e.Get("subject").Text())
	case "field.declared@1":
		of["field"] = link{Text: e.Get("field").Text(), To: n.v.ownFieldLink(e.Get("field").Text())}
	case "codes.declared@1":
		of["list"] = link{Text: e.Get("code_list").Text(), To: n.v.codeListLink(e.Get("code_list").Text())}
	case "second.named@1":
		of["second"] = said("name")
	case "erasure.decided@1", "erasure.decided@2", "hold.placed@1":
		of["ground"] = said("ground")
	case "opener.named@1":
		of["name"] = said("name")
	case "identity.opened@1":
		of["whom"] = said("for_whom")
	case "pseudonym.given@1":
		of["pseudonym"] = said("pseudonym")
		thing("dossier", "dossier")
	}
	key := "journal.did." + e.Kind.Name
	if !n.v.words.Has(key) {
		key, of["kind"] = "journal.did", link{Text: e.Kind.Name}
	}
	return n.v.sentence(key, of), err
}

// count is a number that an entry states, as the reader's language writes it.
func (v *visit) count(text string) string {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return text
	}
	return v.words.Number(n)
}

func titleOf(definition, otherwise string) string {
	d, err := figure.ParseDefinition([]byte(definition))
	if err != nil {
		return otherwise // what was recorded by another release is still a figure of that id
	}
	return d.Title
}

// sentence puts things into the places of a text: the catalogue decides their
// order, and each stays an element of its own.
func (v *visit) sentence(key string, of map[string]link) []told {
	var things []link
	var args []any
	for name, thing := range of {
		args = append(args, name, "\x00"+strconv.Itoa(len(things))+"\x00")
		things = append(things, thing)
	}
	var pieces []told
	for i, part := range strings.Split(v.words.T(key, args...), "\x00") {
		if part == "" {
			continue
		}
		if i%2 == 0 {
			pieces = append(pieces, told{Text: part})
			continue
		}
		at, err := strconv.Atoi(part)
		if err != nil || at >= len(things) {
			continue // no text of the catalogue has such a place
		}
		pieces = append(pieces, told{things[at].Text, things[at].To, true})
	}
	return pieces
}

// name is what a thing of that id is called now, with its page. What is not
// there any more, or was never called anything, is called by its id.
func (n *namer) name(id string) (link, error) {
	if l, ok := n.known[id]; ok || id == "" {
		return l, nil
	}
	l := link{Text: id}
	noun, _ := nounOf(id)
	var err error
	switch noun {
	case "sources":
		l, err = n.v.sourceLink(n.ctx, n.r, id)
	case "exhibits":
		x, e := n.r.Exhibit(n.ctx, id)
		l, err = n.v.named(noun, id, x.Title, e)
	case "incidents":
		x, e := n.r.Incident(n.ctx, id)
		l, err = n.v.named(noun, id, x.Title, e)
	case "identities":
		x, e := n.r.Identity(n.ctx, id)
		l, err = n.v.named(noun, id, x.Pseudonym, e)
	case "persons":
		l, err = n.person(id)
	}
	n.known[id] = l
	return l, err
}

func (v *visit) named(noun, id, name string, err error) (link, error) {
	if errors.Is(err, fault.NotFound) {
		return link{Text: id}, nil
	}
	return link{Text: name, To: v.link(noun, id)}, err
}

// person is called by the first name that a record gives. Under an id that was
// merged away nothing stands any more: it is called as it was before the entry.
func (n *namer) person(id string) (link, error) {
	name, err := n.nameIn(n.r, id)
	if err == nil && name != "" {
		return link{Text: name, To: n.v.link("persons", id)}, nil
	}
	if err != nil {
		return link{}, err
	}
	then, err := n.r.At(n.seq)
	if err != nil {
		return link{}, err
	}
	if name, err = n.nameIn(then, id); name == "" {
		name = id
	}
	return link{Text: name}, err
}

// nameIn is a person's name at a reader's size; "" where nothing stands under the id.
func (n *namer) nameIn(r store.Reader, id string) (string, error) {
	records, err := r.Records(n.ctx, store.RecordFilter{Person: id}, store.Page{Limit: 1})
	if err != nil || len(records) == 0 {
		return "", err
	}
	if name := casework.NameOf(records[0].Said); name != "" {
		return name, nil
	}
	return n.v.words.T("persons.nameless"), nil
}

// nounOf is the part of the case that an id belongs to, by its first letters.
func nounOf(id string) (noun string, ok bool) {
	prefix, rest, ok := strings.Cut(id, "-")
	noun, known := map[string]string{
		"s": "sources", "e": "exhibits", "c": "citations", "i": "incidents", "p": "persons", "f": "figures", "d": "dossiers", "w": "identities",
	}[prefix]
	return noun, ok && known && rest != "" && strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// entryField is a field of an entry as it was recorded.
type entryField struct {
	Name    string
	Absent  bool   // nothing was said
	Text    string // as it stands
	Long    bool   // more than a line or two: shown folded, as it stands
	Links   []link // to the things that it names, in place of the text
	More    int64  // links that are left out
	Written bool   // somebody's words, and no code or number
}

// linksShown bounds the links of one field.
const linksShown = 50

// entryFields are the kind's own fields; those of every act stand above them.
func (v *visit) entryFields(e journal.Entry) []entryField {
	var all []entryField
	for i, name := range e.Kind.Fields {
		switch name {
		case "seq", "time", "actor", "reason", "basis", "handling":
			continue
		case "share": // half of the key to an identity, which nobody needs to see
			continue
		}
		value := e.Values[i]
		f := entryField{Name: name, Absent: !value.Present(), Text: value.Text()}
		switch {
		case name == "records" && e.Kind.Name != "list.imported@1":
			f.leaves(v)
		default:
			if noun, ok := nounOf(f.Text); ok && name == strings.TrimSuffix(noun, "s") || ok && noun == "persons" {
				f.Links = []link{{Text: f.Text, To: v.link(noun, f.Text)}}
			}
		}
		f.Long = len(f.Links) == 0 && (len(f.Text) > 300 || strings.ContainsAny(f.Text, "\n{["))
		f.Written = strings.ContainsFunc(f.Text, func(r rune) bool { return r > 127 }) || strings.Contains(f.Text, " ")
		all = append(all, f)
	}
	return all
}

// leaves makes links to records of a list of their leaves.
func (f *entryField) leaves(v *visit) {
	list, err := journal.ParseLeafList(f.Text)
	if err != nil {
		return
	}
	for i, leaf := range list {
		if i == linksShown {
			f.More = int64(len(list) - linksShown)
			return
		}
		f.Links = append(f.Links, link{Text: leaf.String()[:16] + "…", To: v.link("records", leaf.String())})
	}
}
