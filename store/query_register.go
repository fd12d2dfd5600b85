// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"recount/register"
)

func sources() said[register.Source] {
	return said[register.Source]{"source.described@1", "p_source", register.SourceFrom}
}

func exhibits() said[register.Exhibit] {
	return said[register.Exhibit]{"exhibit.received@1", "p_exhibit", register.ExhibitFrom}
}

func citations() said[register.Citation] {
	return said[register.Citation]{"citation.made@1", "p_citation", register.CitationFrom}
}

func incidents() said[register.Incident] {
	return said[register.Incident]{"incident.described@1", "p_incident", register.IncidentFrom}
}

// Sources are the sources as they were last described, in the order in which
// they came into the case. After is an id.
func (r Reader) Sources(ctx context.Context, p Page) ([]register.Source, error) {
	return sources().all(ctx, r, p, "")
}

// Source is one source as it was last described. fault.NotFound.
func (r Reader) Source(ctx context.Context, id string) (register.Source, error) {
	return sources().one(ctx, r, "source", id)
}

// Exhibits are all exhibits. After is an id.
func (r Reader) Exhibits(ctx context.Context, p Page) ([]register.Exhibit, error) {
	return exhibits().all(ctx, r, p, "")
}

// ExhibitsOf are the exhibits in which a source speaks.
func (r Reader) ExhibitsOf(ctx context.Context, source string, p Page) ([]register.Exhibit, error) {
	return exhibits().all(ctx, r, p, "d.source = ?", source)
}

// Exhibit is one exhibit. fault.NotFound.
func (r Reader) Exhibit(ctx context.Context, id string) (register.Exhibit, error) {
	return exhibits().one(ctx, r, "exhibit", id)
}

// ExhibitBySHA256 are the exhibits whose bytes as received have that SHA-256
// (hex): none, one, or several where the same bytes were received again.
func (r Reader) ExhibitBySHA256(ctx context.Context, sha256 string) ([]register.Exhibit, error) {
	return exhibits().all(ctx, r, Page{}, "d.sha256 = ?", sha256)
}

func redactions() said[register.Redaction] {
	return said[register.Redaction]{"exhibit.redacted@1", "p_redacted", register.RedactionFrom}
}

// Redaction is what stands in the place of an exhibit whose bytes were
// destroyed for the sake of one who was erased. fault.NotFound where nothing does.
func (r Reader) Redaction(ctx context.Context, exhibit string) (register.Redaction, error) {
	return redactions().one(ctx, r, "a redacted copy of", exhibit)
}

// RedactedFrom are the exhibits in whose place a copy stands, oldest first.
func (r Reader) RedactedFrom(ctx context.Context, copy string) ([]register.Redaction, error) {
	return redactions().all(ctx, r, Page{}, "d.successor = ?", copy)
}

func editions() said[register.Edition] {
	return said[register.Edition]{"edition.named@1", "p_edition", register.EditionFrom}
}

// Edition is of which exhibit another is a later edition. fault.NotFound.
func (r Reader) Edition(ctx context.Context, exhibit string) (register.Edition, error) {
	return editions().one(ctx, r, "an earlier edition of", exhibit)
}

// EditionsOf are the later editions of an exhibit, oldest first.
func (r Reader) EditionsOf(ctx context.Context, exhibit string) ([]register.Edition, error) {
	return editions().all(ctx, r, Page{}, "d.edition_of = ?", exhibit)
}

func ownFields() said[register.OwnField] {
	return said[register.OwnField]{"field.declared@1", "p_field", register.OwnFieldFrom}
}

func codeLists() said[register.CodeList] {
	return said[register.CodeList]{"codes.declared@1", "p_code_list", register.CodeListFrom}
}

// OwnFields are the fields of the case's own that are declared.
func (r Reader) OwnFields(ctx context.Context) ([]register.OwnField, error) {
	return ownFields().all(ctx, r, Page{}, "")
}

// OwnField is one that is declared. fault.NotFound.
func (r Reader) OwnField(ctx context.Context, name string) (register.OwnField, error) {
	return ownFields().one(ctx, r, "own field", name)
}

// CodeLists are the lists of codes of the case's own.
func (r Reader) CodeLists(ctx context.Context) ([]register.CodeList, error) {
	return codeLists().all(ctx, r, Page{}, "")
}

// CodeList is one of them. fault.NotFound.
func (r Reader) CodeList(ctx context.Context, id string) (register.CodeList, error) {
	return codeLists().one(ctx, r, "list of codes", id)
}

// Citations are all citations. After is an id.
func (r Reader) Citations(ctx context.Context, p Page) ([]register.Citation, error) {
	return citations().all(ctx, r, p, "")
}

// CitationsOf are the citations that point into an exhibit.
func (r Reader) CitationsOf(ctx context.Context, exhibit string, p Page) ([]register.Citation, error) {
	return citations().all(ctx, r, p, "d.exhibit = ?", exhibit)
}

// Citation is one citation. fault.NotFound.
func (r Reader) Citation(ctx context.Context, id string) (register.Citation, error) {
	return citations().one(ctx, r, "citation", id)
}

// Incidents are all incidents. After is an id.
func (r Reader) Incidents(ctx context.Context, p Page) ([]register.Incident, error) {
	return incidents().all(ctx, r, p, "")
}

// Incident is one incident. fault.NotFound.
func (r Reader) Incident(ctx context.Context, id string) (register.Incident, error) {
	return incidents().one(ctx, r, "incident", id)
}

// undated sorts behind every date.
const undated = "~"

// Chronology are all incidents by the beginning of their dates as read, those
// of no known date last. After is an id.
func (r Reader) Chronology(ctx context.Context, p Page) ([]register.Incident, error) {
	condition, args := standing("d"), []any{r.size, r.size}
	if p.After != "" {
		after, err := r.Incident(ctx, p.After)
		if err != nil {
			return nil, err
		}
		when := after.When
		if when == "" {
			when = undated
		}
		condition += ` AND (COALESCE(d.when_date, '` + undated + `'), d.incident) > (?, ?)`
		args = append(args, when, after.Incident)
	}
	return incidents().matching(ctx, r, condition+` ORDER BY COALESCE(d.when_date, '`+undated+`'), d.incident LIMIT ?`, append(args, p.limit())...)
}

// IncidentsWithin are the incidents that are said to be part of another one.
// After is an id.
func (r Reader) IncidentsWithin(ctx context.Context, parent string, p Page) ([]register.Incident, error) {
	return incidents().all(ctx, r, p, "d.parent = ?", parent)
}
