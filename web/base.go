// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"time"

	"recount/access"
	"recount/consent"
	"recount/register"
	"recount/web/words"
)

// base is what every page has. Page structs embed it.
type base struct {
	words.Language
	Title   string
	Path    string // the page's own address, for forms that come back to it
	Who     access.Account
	MayRead bool // what is in the case
	acts    []access.Act

	compartments map[string]string // names of those that the visitor is a member of, by id
	Case         string            // the case's id; "" outside of one
	CaseTitle    string
	Noun         string // the part of the case that the page belongs to
	Nav          []link
	Crumbs       []link
	Languages    []words.Info
	Look         string // "", "light" or "dark"
	Leave        string // where "leave this page fast" leads
	Version      string
	Done         string // what the act did that led here
	Travel       string // the day on which a travel copy was made; "" where this is the case itself
	Search       string // what was searched for
	Once         string // the mark of a form on the page (once.go)
	Act          act    // what was typed into the fields of every act
	NoClass      bool   // the form asks for no class: what it records is as closed as what it is about
}

// act is what was typed into the fields that every act has, where a form comes back.
type act struct{ Reason, Basis, Handling string }

// link is somewhere to go, by its text.
type link struct {
	Text, To string
	Here     bool
}

// base begins a page with a title that is a key of the catalogue.
func (v *visit) base(title string, args ...any) base {
	return v.baseNamed(v.words.T(title, args...))
}

// baseNamed begins a page with a title that is somebody's words.
func (v *visit) baseNamed(title string) base {
	b := base{
		Language: v.words, Title: title, Path: v.URL.RequestURI(), Who: v.who,
		acts: v.acts(),
		Noun: v.route.noun(), Languages: v.s.Words.Languages(), Look: v.look, Leave: cmp.Or(v.s.Leave, "about:blank"), Version: v.s.Version,
	}
	b.Once, b.compartments = v.s.newMark(), v.compartmentNames()
	if v.PostForm != nil {
		b.Act = act{v.PostForm.Get("reason"), v.PostForm.Get("basis"), v.PostForm.Get("handling")}
	}
	if key := v.URL.Query().Get("done"); key != "" && v.words.Has("done."+key) {
		b.Done = v.words.T("done." + key)
	}
	if v.room == nil {
		return b
	}
	b.Case, b.CaseTitle = v.PathValue("case"), v.caseTitle
	if t := v.room.Travel(); t != nil {
		b.Travel = t.Made.UTC().Format(time.DateOnly)
	}
	if b.MayRead = b.May("read"); !b.MayRead {
		b.Nav = append(b.Nav, link{Text: v.words.T("audit.title"), To: caseLink(b.Case, "audit"), Here: b.Noun == "audit"})
		return b
	}
	for _, noun := range nouns() {
		to := caseLink(b.Case)
		if noun != "overview" {
			to = caseLink(b.Case, noun)
		}
		b.Nav = append(b.Nav, link{Text: v.words.T("nav." + noun), To: to, Here: noun == b.Noun || noun == "overview" && b.Noun == ""})
	}
	return b
}

// acts are what the visitor may do in the case, and in the archive.
func (v *visit) acts() (all []access.Act) {
	for _, act := range access.Acts() {
		if v.room != nil && v.room.Travel() != nil && (act.Changes() || act == access.Draft) {
			continue // nothing can be recorded in a travel copy
		}
		if v.room != nil && v.s.May(v.who, act, access.Thing{Case: v.PathValue("case")}) == nil || v.s.May(v.who, act, access.Thing{}) == nil {
			all = append(all, act)
		}
	}
	return all
}

// May reports whether the visitor may do an act, by its word: {{if .May "link"}}.
// It decides what a page offers; what is done is decided anew.
func (b base) May(act string) bool {
	return slices.ContainsFunc(b.acts, func(a access.Act) bool { return a.String() == act })
}

// nouns are the parts of a case, in the order of the work.
func nouns() []string {
	return []string{"overview", "sources", "exhibits", "records", "persons", "incidents", "figures", "dossiers", "identities", "journal", "decisions", "members"}
}

// To is the address of something in the case: {{.To "records" .ID}}.
func (b base) To(parts ...string) string { return caseLink(b.Case, parts...) }

// Query puts one more pair into an address.
func (b base) Query(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Time writes a moment of the journal: UTC, to the minute, the same in all
// languages, so that it can be compared with the journal.
func (b base) Time(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") + " UTC" }

// Short is the beginning of a text, for lists.
func (b base) Short(text string) string {
	letters := []rune(text)
	if len(letters) <= 120 {
		return text
	}
	return string(letters[:119]) + "…"
}

// option is one of the values of a field to choose from.
type option struct {
	Value, Text string
	Chosen      bool
}

// Bases and Handlings are what every form of an act offers.
func (b base) Bases() []option {
	return b.codes("basis", register.BasisCodes(), cmp.Or(b.Act.Basis, "confidential"))
}

// Handlings leave out what is sealed: that takes two people.
func (b base) Handlings() []option {
	open := slices.DeleteFunc(register.HandlingCodes(), func(c register.Code) bool { return c.Code == "sealed" })
	for _, k := range slices.Sorted(maps.Keys(b.compartments)) {
		for _, class := range []string{"confidential", "restricted"} {
			open = append(open, register.Code{Code: register.InCompartment(class, k)})
		}
	}
	return b.codes("handling", open, cmp.Or(b.Act.Handling, "internal"))
}

// codes are a list of codes to choose from, in the reader's language.
func (b base) codes(set string, all []register.Code, chosen string) []option {
	options := make([]option, len(all))
	for i, c := range all {
		options[i] = option{Value: c.Code, Text: b.Code(set, c.Code, c.Label), Chosen: c.Code == chosen}
	}
	return options
}

// Code is what a code is called: by the catalogue, or by the register where the
// code is a case's own.
func (b base) Code(set, code, otherwise string) string {
	if class, k := register.SplitHandling(code); set == "handling" && k != "" {
		return b.T("handling.in", "class", b.Code("handling", class, ""), "compartment", cmp.Or(b.compartments[k], k))
	}
	if key := "code." + set + "." + code; b.Has(key) {
		return b.T(key)
	}
	if otherwise == "" {
		return register.Label(codeList(set), code)
	}
	return otherwise
}

// codeList is the register's list of a set of codes; none where it has none.
func codeList(set string) []register.Code {
	list, ok := codeLists()[set]
	if !ok {
		return []register.Code{}
	}
	return list()
}

func codeLists() map[string]func() []register.Code {
	return map[string]func() []register.Code{
		"harm": register.HarmCodes, "sex": register.SexCodes, "yes-no": register.YesNo, "handling": register.HandlingCodes, "decision": register.DecisionActs, "subject": register.SubjectKinds, "record-field": register.FieldCodes, "own-type": register.OwnTypes, "held": register.HeldKinds, "basis": register.BasisCodes,
		"cause": register.CauseCodes, "determination": register.DeterminationCodes, "standard": register.StandardCodes, "scheme": register.Schemes,
		"source": register.SourceKinds, "incident": register.IncidentKinds, "context": register.Contexts, "reliability": register.ReliabilityCodes,
		"purpose": consent.Purposes, "recipient": consent.Recipients, "form": consent.Forms, "answer": consent.Answers, "way": consent.Ways, "contact": consent.Contacts,
	}
}
