// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"

	"recount/access"
	"recount/register"
)

// scope stands before every question of a Reader that may not see all of a
// case: in each question it puts, in the place of every table, the rows of that
// table that may be seen. A WITH query hides the table of the same name, in
// SQLite and in PostgreSQL, so no question has to think of it and none can
// forget it. docs/design.md, "What may be seen", has the rules.
type scope struct {
	schema  string        // where the tables lie, as the engine writes it
	closed  string        // a condition on handling: the class is above what may be seen
	classes string        // the admitted ones
	shut    register.Shut // fields of records that may not be seen
	shutOwn []int64       // the entries that closed single ones of the case's own
	written map[string]string
}

// ReadAs is Read for somebody who may see what the scope admits. What they may
// not see is not there for them.
func (c *Case) ReadAs(ctx context.Context, who access.Scope, f func(Reader) error) error {
	return c.Read(ctx, func(r Reader) error {
		s, err := scopeFor(ctx, r.t, c.schemaName(), who)
		if err != nil {
			return err
		}
		if s != nil {
			r.t.setScope(s)
		}
		return f(r)
	})
}

// scopeFor is what stands before the questions of a transaction for somebody;
// nil where nothing is closed to them.
func scopeFor(ctx context.Context, t *tx, schema string, who access.Scope) (*scope, error) {
	shut, own, err := shutBy(ctx, t, who)
	if err != nil {
		return nil, err
	}
	s := newScope(schema, who, shut, own)
	hides, err := s.hides(ctx, t)
	if err != nil || !hides {
		return nil, err
	}
	return s, nil
}

// Narrow tells whether there is anything in the case that this reader may not
// see. Where there is nothing, no question is changed.
func (r Reader) Narrow() bool { return r.t.scope != nil }

// schemaName is how a statement names the schema of the case's tables.
func (c *Case) schemaName() string {
	if p, ok := c.place.(*postgresSchemas); ok {
		return quoted(p.schema)
	}
	return "main"
}

// ordinary classes hide nothing from anybody who may read, and the indexes of
// what is closed leave them out; the projections' schema repeats this text.
const ordinary = "handling NOT IN ('public', 'internal', 'confidential')"

func newScope(schema string, who access.Scope, shut register.Shut, own []int64) *scope {
	s := &scope{schema: schema, shut: shut, shutOwn: own, closed: ordinary, classes: strings.Join(who.Handling(), " ")}
	var admitted []string
	for _, class := range who.Handling() { // codes of this program and checked ids, never what somebody typed
		admitted = append(admitted, "'"+class+"'")
	}
	switch {
	case !who.Admits("confidential"):
		s.closed = "handling NOT IN ('')"
		if len(admitted) > 0 {
			s.closed = "handling NOT IN (" + strings.Join(admitted, ", ") + ")"
		}
	case len(admitted) > 3:
		s.closed += " AND handling NOT IN (" + strings.Join(admitted, ", ") + ")"
	}
	s.written = s.tables()
	return s
}

// of is the condition on a table's alias.
func (s *scope) of(alias string) string {
	return strings.ReplaceAll(s.closed, "handling", alias+".handling")
}

// any is a condition: there is a row of the table, known as alias, which meets
// the conditions.
func (s *scope) any(table, alias string, conditions ...string) string {
	return "EXISTS (SELECT 1 FROM " + s.schema + "." + table + " " + alias + " WHERE " + strings.Join(conditions, " AND ") + ")"
}

// The conditions under which something is hidden, on the alias or column of
// who names it. A thing is as closed as it was ever described: describing it
// anew opens nothing.
func (s *scope) source(column string) string {
	return s.any("p_source", "hs", "hs.source = "+column, s.of("hs"))
}

func (s *scope) identity(column string) string {
	return s.any("p_identity", "hi", "hi.identity = "+column, s.of("hi"))
}

func (s *scope) exhibit(column string) string {
	own := s.any("p_exhibit", "he", "he.exhibit = "+column, s.of("he"))
	speaks := s.any("p_exhibit", "hf", "hf.exhibit = "+column, s.source("hf.source"))
	return "(" + own + " OR " + speaks + ")"
}

func (s *scope) batch(column string) string {
	return s.any("p_batch", "hb", "hb.batch = "+column, s.of("hb"))
}

func (s *scope) record(alias string) string {
	return "(" + strings.Join([]string{
		s.of(alias), s.source(alias + ".source"), s.exhibit(alias + ".exhibit"), s.batch(alias + ".batch"),
	}, " OR ") + ")"
}

func (s *scope) recordOf(column string) string {
	return s.any("p_record", "hr", "hr.leaf = "+column, s.record("hr"))
}

// consent is as closed as what it covers, and as what was ever said of it: a
// withdrawal that may not be seen hides the consent, which would else look as
// if it stood.
func (s *scope) consent(column string) string {
	person := "(" + s.any("p_record", "hr", "hr.part"+allParts, "hr.person = hn.person", s.record("hr")) + " OR " +
		s.any("p_member", "hm", "hm.person = hn.person", s.recordOf("hm.record")) + ")"
	covered := "(" + strings.Join([]string{s.of("hn"), s.source("hn.source"), person, s.recordOf("hn.record")}, " OR ") + ")"
	return "(" + s.any("p_consent", "hn", "hn.consent = "+column, covered) + " OR " +
		s.any("p_withdrawal", "hw", "hw.consent = "+column, s.of("hw")) + ")"
}

func (s *scope) basis(column string) string {
	return "(" + s.any("p_basis", "hd", "hd.source = "+column, s.of("hd")) + " OR " + s.source(column) + ")"
}

func (s *scope) shared(alias string) string {
	return "(" + s.of(alias) + " OR " + s.any("p_dossier", "hd", "hd.dossier = "+alias+".dossier", s.of("hd")) + ")"
}

func (s *scope) described(table, id string) string {
	return s.any(table, "hd", "hd."+id+" = x."+id, s.of("hd"))
}

// tables are, for each table that has what somebody says, the rows that may be
// seen, as a table of a WITH.
func (s *scope) tables() map[string]string {
	or := func(conditions ...string) string { return strings.Join(conditions, " OR ") }
	hidden := map[string]string{
		"p_source":       s.described("p_source", "source"),
		"p_exhibit":      or(s.exhibit("x.exhibit")),
		"p_citation":     or(s.described("p_citation", "citation"), s.exhibit("x.exhibit")),
		"p_hold":         s.described("p_hold", "hold"),
		"p_redacted":     or(s.exhibit("x.exhibit"), s.exhibit("x.successor"), s.described("p_redacted", "exhibit")),
		"p_edition":      or(s.exhibit("x.exhibit"), s.exhibit("x.edition_of")),
		"p_incident":     s.described("p_incident", "incident"),
		"p_figure":       s.described("p_figure", "figure"),
		"p_dossier":      s.described("p_dossier", "dossier"),
		"p_opener":       s.described("p_opener", "opener"),
		"p_identity":     s.described("p_identity", "identity"),
		"p_opening":      or(s.of("x"), s.identity("x.identity")),
		"p_pseudonym":    or(s.of("x"), s.identity("x.identity"), s.any("p_dossier", "hd", "hd.dossier = x.dossier", s.of("hd"))),
		"p_frozen":       or(s.of("x"), s.any("p_dossier", "hd", "hd.dossier = x.dossier", s.of("hd"))),
		"p_basis":        s.basis("x.source"),
		"p_consent":      s.consent("x.consent"),
		"p_withdrawal":   s.consent("x.consent"),
		"p_shared":       s.shared("x"),
		"p_record":       s.record("x"),
		"p_harm":         or(s.of("x"), s.recordOf("x.record")),
		"p_group":        or(s.of("x"), s.source("x.source"), s.exhibit("x.exhibit"), s.batch("x.batch")),
		"p_rung":         or(s.recordOf("x.record"), s.rungs()),
		"p_extra":        or(s.recordOf("x.record"), s.own("x.name")),
		"p_field":        s.own("x.field"),
		"p_member":       s.recordOf("x.record"),
		"p_import":       or(s.source("x.source"), s.exhibit("x.exhibit"), s.batch("x.batch")),
		"p_batch_source": or(s.source("x.source"), s.exhibit("x.exhibit"), s.batch("x.batch")),
		"p_compartment":  s.of("x"),
		"p_proposal":     s.of("x"),
		"p_entry":        s.entry(),
	}
	tables := map[string]string{}
	for name, condition := range hidden {
		tables[name] = name + " AS NOT MATERIALIZED (SELECT " + s.columns(name) + " FROM " + s.schema + "." + name + " x WHERE NOT (" + condition + "))"
	}
	return tables
}

// entry is hidden where it is closed itself, or describes what is.
func (s *scope) entry() string {
	conditions := []string{"x.handling IS NOT NULL AND " + s.of("x")}
	for _, d := range [][2]string{{"p_source", "source"}, {"p_exhibit", "exhibit"}, {"p_citation", "citation"}, {"p_incident", "incident"}, {"p_figure", "figure"}, {"p_dossier", "dossier"}, {"p_identity", "identity"}, {"p_opener", "opener"}} {
		table, id := d[0], d[1]
		hidden := s.any(table, "hd", "hd."+id+" = hx."+id, s.of("hd"))
		switch table {
		case "p_exhibit":
			hidden = s.exhibit("hx.exhibit")
		case "p_citation":
			hidden = "(" + hidden + " OR " + s.exhibit("hx.exhibit") + ")"
		}
		conditions = append(conditions, s.any(table, "hx", "hx.from_seq = x.seq", hidden))
	}
	conditions = append(conditions,
		s.any("p_redacted", "hx", "hx.from_seq = x.seq", "("+s.exhibit("hx.exhibit")+" OR "+s.exhibit("hx.successor")+")"),
		s.any("p_edition", "hx", "hx.from_seq = x.seq", "("+s.exhibit("hx.exhibit")+" OR "+s.exhibit("hx.edition_of")+")"),
		s.any("p_field", "hx", "hx.from_seq = x.seq", s.own("hx.field")),
		s.any("p_basis", "hx", "hx.from_seq = x.seq", s.basis("hx.source")),
		s.any("p_consent", "hx", "hx.from_seq = x.seq", s.consent("hx.consent")),
		s.any("p_withdrawal", "hx", "hx.from_seq = x.seq", s.consent("hx.consent")),
		s.any("p_shared", "hx", "hx.from_seq = x.seq", s.shared("hx")),
		s.any("p_frozen", "hx", "hx.from_seq = x.seq", s.any("p_dossier", "hd", "hd.dossier = hx.dossier", s.of("hd"))),
		s.any("p_opening", "hx", "hx.from_seq = x.seq", s.identity("hx.identity")),
		s.any("p_pseudonym", "hx", "hx.from_seq = x.seq", "("+s.identity("hx.identity")+" OR "+s.any("p_dossier", "hd", "hd.dossier = hx.dossier", s.of("hd"))+")"),
		s.any("p_import", "hx", "hx.from_seq = x.seq", "("+s.source("hx.source")+" OR "+s.exhibit("hx.exhibit")+")"),
		s.any("p_batch", "hx", "hx.from_seq = x.seq", s.any("p_record", "hr", "hr.batch = hx.batch", "hx.n = 1", s.record("hr"))),
	)
	return strings.Join(conditions, " OR ")
}

// hides tells whether there is anything in the case that is closed to the
// reader, by the indexes of what is.
func (s *scope) hides(ctx context.Context, t *tx) (bool, error) {
	if len(s.shut) > 0 {
		return true, nil
	}
	for _, table := range []string{"p_entry", "p_record", "p_harm", "p_group", "p_batch"} { // whatever else is closed has an entry that is
		var n int64
		if err := t.get(ctx, []any{&n}, `SELECT COUNT(*) FROM (SELECT 1 FROM `+table+` WHERE `+s.closed+` LIMIT 1) AS one`); err != nil {
			return false, err
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}

var tableNames = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bp_[a-z_]+\b`) })

// over is the question with the tables that may be seen in front of it.
func (s *scope) over(query string) string {
	var named []string
	for _, name := range tableNames().FindAllString(query, -1) {
		if s.written[name] != "" && !slices.Contains(named, name) {
			named = append(named, name)
		}
	}
	if len(named) == 0 {
		return query
	}
	slices.Sort(named)
	for i, name := range named {
		named[i] = s.written[name]
	}
	tables := strings.Join(named, ", ")
	if rest, ok := strings.CutPrefix(query, "WITH RECURSIVE "); ok {
		return "WITH RECURSIVE " + tables + ", " + rest
	}
	return "WITH " + tables + " " + query
}
