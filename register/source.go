// SPDX-License-Identifier: Apache-2.0

package register

import (
	"regexp"
	"slices"

	"recount/journal"
)

const (
	kindSource   = "source.described@1"
	kindExhibit  = "exhibit.received@1"
	kindCitation = "citation.made@1"
)

// Source is a person, body, publication or list that speaks.
type Source struct {
	Source       string   // id, s-…
	Name         string   // one line
	Kind         string   // SourceKinds or x-…
	Affiliation  string   // the party or body that it belongs to, "" unknown
	Independence string   // sources of one group copy each other and count once (I-15)
	Reliability  string   // A to F, "" not graded
	DerivedFrom  []string // ids of the sources that it draws on
	Language     string   // BCP 47, "" not said
	Note         string
}

func (x *Source) slots() []slot {
	return []slot{
		{"source", &x.Source}, {"name", &x.Name}, {"kind", &x.Kind},
		{"affiliation", &x.Affiliation}, {"independence", &x.Independence},
		{"reliability", &x.Reliability}, {"derived_from", &x.DerivedFrom},
		{"language", &x.Language}, {"note", &x.Note},
	}
}

// Draft is the entry source.described@1 that says x.
func (x Source) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindSource, x.slots(), reason, basis, handling)
}

// SourceFrom reads an entry source.described@1.
func SourceFrom(e journal.Entry) (Source, error) {
	var x Source
	err := read(kindSource, x.slots(), e)
	return x, err
}

// languageTag is the shape of a BCP 47 tag (RFC 5646, 2.1), not its registry.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

func (c *checks) language(field, tag string) {
	if tag != "" && (len(tag) > 60 || !languageTag.MatchString(tag)) {
		c.failf(field, "%q: accepted is a BCP 47 tag such as en, hy, az-Cyrl or pt-BR", clip(tag))
	}
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Source) Check() error {
	c := checks{what: "source " + clip(x.Source)}
	c.id("source", "s", x.Source)
	c.line("name", x.Name)
	c.add("kind", CheckSourceKind(x.Kind))
	c.optionalLine("affiliation", x.Affiliation)
	c.optionalLine("independence", x.Independence)
	c.add("reliability", CheckReliability(x.Reliability))
	for _, id := range x.DerivedFrom {
		c.id("derived_from", "s", id)
	}
	if slices.Contains(x.DerivedFrom, x.Source) {
		c.failf("derived_from", "a source is not derived from itself; accepted are other sources")
	}
	c.language("language", x.Language)
	c.texts(x.slots())
	return c.err()
}

// Exhibit is a preserved file and where it came from.
type Exhibit struct {
	Exhibit       string // id, e-…
	Source        string // id of the source that speaks in it, "" none yet
	Title         string // one line
	FileName      string // as received, "" none
	MediaType     string // as found in the bytes, "type/subtype"
	Size          int64  // bytes as received
	SHA256        string // of the bytes as received, hex
	Object        string // address in the vault, hex
	ReceivedFrom  string // who handed it over, in words
	ClaimedSHA256 string // what the giver said it would be, "" nothing said
	Custody       string // how it came to us, in words
}

func (x *Exhibit) slots() []slot {
	return []slot{
		{"exhibit", &x.Exhibit}, {"source", &x.Source}, {"title", &x.Title},
		{"file_name", &x.FileName}, {"media_type", &x.MediaType}, {"size", &x.Size},
		{"sha256", &x.SHA256}, {"object", &x.Object}, {"received_from", &x.ReceivedFrom},
		{"claimed_sha256", &x.ClaimedSHA256}, {"custody", &x.Custody},
	}
}

// Draft is the entry exhibit.received@1 that says x.
func (x Exhibit) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindExhibit, x.slots(), reason, basis, handling)
}

// ExhibitFrom reads an entry exhibit.received@1.
func ExhibitFrom(e journal.Entry) (Exhibit, error) {
	var x Exhibit
	err := read(kindExhibit, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid). A claimed
// hash that differs is no fault of form: what was received is kept, and the
// difference stays visible.
func (x Exhibit) Check() error {
	c := checks{what: "exhibit " + clip(x.Exhibit)}
	c.id("exhibit", "e", x.Exhibit)
	c.optionalID("source", "s", x.Source)
	c.line("title", x.Title)
	c.optionalLine("file_name", x.FileName)
	c.optionalLine("media_type", x.MediaType)
	c.notNegative("size", x.Size)
	c.sha256("sha256", x.SHA256)
	c.sha256("object", x.Object)
	c.optionalSHA256("claimed_sha256", x.ClaimedSHA256)
	c.texts(x.slots())
	return c.err()
}

// Citation is a place in an exhibit, with the words that stand there.
type Citation struct {
	Citation      string // id, c-…
	Exhibit       string // id, e-…
	ExhibitSHA256 string // of the bytes that the pinpoint points into, hex
	Scheme        string // Schemes
	Pinpoint      string // in the scheme: "12", "Sheet1!B7", "00:01:10-00:01:15"
	Quote         string // exact characters
	Before, After string // up to 32 characters on each side, to find it again
	Language      string // of the quote, BCP 47
	Attribution   string // whose words they are, as the dossier shall say it
}

// around is the most characters kept on each side of a quote.
const around = 32

func (x *Citation) slots() []slot {
	return []slot{
		{"citation", &x.Citation}, {"exhibit", &x.Exhibit}, {"exhibit_sha256", &x.ExhibitSHA256},
		{"scheme", &x.Scheme}, {"pinpoint", &x.Pinpoint}, {"quote", &x.Quote},
		{"before", &x.Before}, {"after", &x.After}, {"language", &x.Language},
		{"attribution", &x.Attribution},
	}
}

// Draft is the entry citation.made@1 that says x.
func (x Citation) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindCitation, x.slots(), reason, basis, handling)
}

// CitationFrom reads an entry citation.made@1.
func CitationFrom(e journal.Entry) (Citation, error) {
	var x Citation
	err := read(kindCitation, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Citation) Check() error {
	c := checks{what: "citation " + clip(x.Citation)}
	c.id("citation", "c", x.Citation)
	c.id("exhibit", "e", x.Exhibit)
	c.sha256("exhibit_sha256", x.ExhibitSHA256)
	c.add("scheme", CheckScheme(x.Scheme))
	if x.Scheme != "whole" {
		c.line("pinpoint", x.Pinpoint)
	}
	if n := len([]rune(x.Before)); n > around {
		c.failf("before", "it has %d characters; accepted are at most %d", n, around)
	}
	if n := len([]rune(x.After)); n > around {
		c.failf("after", "it has %d characters; accepted are at most %d", n, around)
	}
	c.language("language", x.Language)
	c.optionalLine("attribution", x.Attribution)
	c.texts(x.slots())
	return c.err()
}
