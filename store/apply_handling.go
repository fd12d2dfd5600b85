// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"strconv"

	"recount/journal"
	"recount/register"
)

// settleDecision keeps which entry settled what was proposed: any that names the
// decision and is not the proposal itself.
func settleDecision(ctx context.Context, t *tx, e journal.Entry) error {
	if e.Kind.Index("decision") < 0 || e.Kind.Name == "decision.proposed@1" || e.Get("decision").Text() == "" {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO p_settled (from_seq, decision, kind) VALUES (?, ?, ?)`,
		e.Header.Seq, textCell(e.Get("decision").Text()), textCell(e.Kind.Name))
	return err
}

// applyReclassed gives a thing another handling, in all that was ever said of it
// and in the entries that said it: a thing is as closed as it was ever
// described, so that describing it anew opens nothing and this does.
func applyReclassed(ctx context.Context, t *tx, e journal.Entry) error {
	if err := keepSaid(ctx, t, e, "p_reclassed"); err != nil {
		return err
	}
	to, subject := textCell(e.Get("to").Text()), e.Get("subject").Text()
	if register.MoreClosed(e.Get("to").Text(), e.Get("from").Text()) {
		if err := closeProposals(ctx, t, to, textCell(subject)); err != nil {
			return err
		}
	}
	switch kind := e.Get("subject_kind").Text(); kind {
	case "dossier":
		if err := reclass(ctx, t, to, textCell(subject), "p_frozen", "dossier", "from_seq"); err != nil {
			return err
		}
		return reclass(ctx, t, to, textCell(subject), "p_dossier", "dossier", "from_seq")
	case "source", "exhibit", "citation", "incident", "figure", "consent", "identity":
		return reclass(ctx, t, to, textCell(subject), "p_"+kind, kind, "from_seq")
	case "list":
		return reclass(ctx, t, to, textCell(subject), "p_batch", "batch", "from_seq")
	case "field":
		return nil // scopeFor reads what was said last
	case "record":
		leaf, err := journal.ParseLeaf(subject)
		if err != nil {
			return invalidf("entry %d (%s), field subject: %v", e.Header.Seq, e.Kind.Name, err)
		}
		_, err = t.exec(ctx, `UPDATE p_record SET handling = ? WHERE leaf = ?`, to, leaf[:])
		return err
	case "entry":
		seq, err := strconv.ParseInt(subject, 10, 64)
		if err != nil {
			return invalidf("entry %d (%s), field subject: %q is no number of an entry", e.Header.Seq, e.Kind.Name, subject)
		}
		_, err = t.exec(ctx, `UPDATE p_entry SET handling = ? WHERE seq = ? AND erased = 0`, to, seq)
		return err
	}
	return invalidf("entry %d (%s), field subject_kind: %.64q", e.Header.Seq, e.Kind.Name, e.Get("subject_kind").Text())
}

// closeProposals closes, with a thing, what was proposed and decided about it.
func closeProposals(ctx context.Context, t *tx, to, subject any) error {
	_, err := t.exec(ctx, `UPDATE p_entry SET handling = ? WHERE erased = 0 AND (seq IN (SELECT from_seq FROM p_reclassed WHERE subject = ?) OR seq IN (SELECT from_seq FROM p_proposal WHERE subject = ?))`, to, subject, subject)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE p_proposal SET handling = ? WHERE subject = ?`, to, subject)
	return err
}

// reclass is for what stands in a table with the entry that said it.
func reclass(ctx context.Context, t *tx, to, subject any, table, id, entry string) error {
	_, err := t.exec(ctx, `UPDATE p_entry SET handling = ? WHERE erased = 0 AND seq IN (SELECT `+entry+` FROM `+table+` WHERE `+id+` = ?)`, to, subject)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE `+table+` SET handling = ? WHERE `+id+` = ?`, to, subject)
	return err
}
