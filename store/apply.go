// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"strings"

	"recount/journal"
)

// applyEntry writes what an entry says into the projections. What a released
// kind does here never changes, and nothing is read out of a field that needs
// more than its bytes: what was read is what is stored (docs/projections.md).
func applyEntry(ctx context.Context, t *tx, e journal.Entry) error {
	if err := insertEntry(ctx, t, e); err != nil {
		return err
	}
	if err := settleDecision(ctx, t, e); err != nil {
		return err
	}
	switch e.Kind.Name {
	case "member.seated@1":
		return describe(ctx, t, e, "p_seat")
	case "compartment.described@1":
		return describe(ctx, t, e, "p_compartment")
	case "decision.proposed@1":
		return describe(ctx, t, e, "p_proposal")
	case "decision.dropped@1":
		return nil
	case "handling.changed@1":
		return applyReclassed(ctx, t, e)
	case "source.described@1":
		return describe(ctx, t, e, "p_source")
	case "exhibit.received@1":
		return describe(ctx, t, e, "p_exhibit")
	case "citation.made@1":
		return describe(ctx, t, e, "p_citation")
	case "incident.described@1":
		return describe(ctx, t, e, "p_incident")
	case "figure.defined@1":
		return describe(ctx, t, e, "p_figure")
	case "dossier.composed@1":
		return describe(ctx, t, e, "p_dossier")
	case "opener.named@1":
		return describe(ctx, t, e, "p_opener")
	case "identity.protected@1":
		return describe(ctx, t, e, "p_identity")
	case "identity.opened@1":
		return keepSaid(ctx, t, e, "p_opening")
	case "pseudonym.given@1":
		return keepSaid(ctx, t, e, "p_pseudonym")
	case "hold.placed@1":
		return describe(ctx, t, e, "p_hold")
	case "hold.lifted@1":
		return applyLifted(ctx, t, e)
	case "thing.hidden@1", "thing.shown@1":
		return applyHidden(ctx, t, e)
	case "second.named@1":
		return describe(ctx, t, e, "p_second")
	case "edition.named@1":
		return describe(ctx, t, e, "p_edition")
	case "field.declared@1":
		return describe(ctx, t, e, "p_field")
	case "codes.declared@1":
		return describe(ctx, t, e, "p_code_list")
	case "exhibit.redacted@1":
		return describe(ctx, t, e, "p_redacted")
	case "basis.stated@1":
		return describe(ctx, t, e, "p_basis")
	case "consent.given@1":
		return describe(ctx, t, e, "p_consent")
	case "consent.withdrawn@1":
		return keepSaid(ctx, t, e, "p_withdrawal")
	case "bundle.shared@1":
		return keepSaid(ctx, t, e, "p_shared")
	case "case.opened@1":
		return keepSaid(ctx, t, e, "p_case")
	case "dossier.frozen@1":
		return keepSaid(ctx, t, e, "p_frozen")
	case "erasure.decided@1", "erasure.decided@2":
		return keepSaid(ctx, t, e, "p_erasure")
	case "list.imported@1", "records.added@1":
		return applyRecords(ctx, t, e)
	case "persons.linked@1":
		return applyLinked(ctx, t, e)
	case "persons.merged@1":
		return applyMoved(ctx, t, e, "into", "from", "into")
	case "persons.split@1":
		return applyMoved(ctx, t, e, "person", "into", "into")
	case "persons.distinguished@1":
		return applyDistinguished(ctx, t, e)
	}
	return fmt.Errorf("entry %d: %w: %.64q", e.Header.Seq, journal.ErrUnknownKind, e.Kind.Name)
}

// applyErased is the tombstone of an entry whose payload is destroyed: its
// number and its kind, whatever the kind is. What it had said is not said any
// more: what stood before it stands again, and rows of its batch are not seen.
func applyErased(ctx context.Context, t *tx, h journal.Header, kind string) error {
	_, err := t.exec(ctx, `INSERT INTO p_entry (seq, leaf, kind, erased) VALUES (?, ?, ?, 1)`, h.Seq, h.Leaf[:], textCell(kind))
	return err
}

func insertEntry(ctx context.Context, t *tx, e journal.Entry) error {
	args := []any{e.Header.Seq, e.Header.Leaf[:], textCell(e.Kind.Name), 0}
	for _, field := range []string{"time", "actor", "reason", "basis", "handling"} {
		c, err := cellOf(e.Get(field), text)
		if err != nil {
			return err
		}
		args = append(args, c)
	}
	_, err := t.exec(ctx, `INSERT INTO p_entry (seq, leaf, kind, erased, time, actor, reason, basis, handling) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	return err
}

// keepSaid keeps an entry that nothing comes to stand in the place of.
func keepSaid(ctx context.Context, t *tx, e journal.Entry, name string) error {
	return insertFields(ctx, t, e, name, e.Header.Seq)
}

// describe keeps what an entry says of a thing and closes what was said of it
// before: the first key column of the table is the thing's id.
func describe(ctx context.Context, t *tx, e journal.Entry, name string) error {
	id := projectionTable(name).key[0]
	v := e.Get(id)
	if v.Text() == "" {
		return invalidf("entry %d (%s), field %s: it is missing", e.Header.Seq, e.Kind.Name, id)
	}
	thing := textCell(v.Text())
	first := e.Header.Seq
	var known int64
	if err := t.get(ctx, []any{&known, &first}, `SELECT COUNT(*), COALESCE(MIN(first_seq), CAST(? AS INTEGER)) FROM `+name+` WHERE `+id+` = ?`, e.Header.Seq, thing); err != nil {
		return err
	}
	if known > 0 {
		if _, err := t.exec(ctx, `UPDATE `+name+` SET to_seq = ? WHERE `+id+` = ? AND to_seq IS NULL`, e.Header.Seq, thing); err != nil {
			return err
		}
	}
	return insertFields(ctx, t, e, name, first)
}

// insertFields writes the columns of a table that are fields of the entry.
func insertFields(ctx context.Context, t *tx, e journal.Entry, name string, first int64) error {
	table := projectionTable(name)
	args := make([]any, len(table.columns))
	for i, c := range table.columns {
		switch c.name {
		case "from_seq":
			args[i] = e.Header.Seq
		case "first_seq":
			args[i] = first
		case "to_seq":
		default:
			cell, err := cellOf(e.Get(fieldOf(c.name)), c.kind)
			if err != nil {
				return fmt.Errorf("entry %d (%s), field %s: %w", e.Header.Seq, e.Kind.Name, fieldOf(c.name), err)
			}
			args[i] = cell
		}
	}
	_, err := t.exec(ctx, `INSERT INTO `+name+` (`+strings.Join(table.columnNames(), ", ")+`) VALUES (`+placeholders(len(args))+`)`, args...)
	return err
}

func placeholders(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}
