// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"recount/journal"
)

// applyLifted ends a hold.
func applyLifted(ctx context.Context, t *tx, e journal.Entry) error {
	if err := keepSaid(ctx, t, e, "p_lifted"); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE p_hold SET to_seq = ? WHERE hold = ? AND to_seq IS NULL`, e.Header.Seq, textCell(e.Get("hold").Text()))
	return err
}

// How the handling of what is hidden is written, and how it comes back: no scope
// admits a text that begins so.
const (
	hideHandling = `handling = 'hidden/' || COALESCE(handling, '')`
	showHandling = `handling = SUBSTR(handling, 8)`
	isHidden     = `handling LIKE 'hidden/%'`
	isShown      = `COALESCE(handling, '') NOT LIKE 'hidden/%'`
)

// applyHidden takes a thing out of sight, or brings it back, in all that was ever
// said of it and in the entries that said it. Of a person these are the records
// that stand under it, of those that an entry has named.
func applyHidden(ctx context.Context, t *tx, e journal.Entry) error {
	subject, kind := e.Get("subject").Text(), e.Get("subject_kind").Text()
	change, where, shown := hideHandling, isShown, 0
	if e.Kind.Name == "thing.shown@1" {
		change, where, shown = showHandling, isHidden, 1
	}
	var cells []any
	for _, field := range []string{"subject_kind", "subject", "decision", "outside"} {
		var value journal.Value = journal.Absent
		if e.Kind.Index(field) >= 0 {
			value = e.Get(field)
		}
		c, err := cellOf(value, text)
		if err != nil {
			return err
		}
		cells = append(cells, c)
	}
	if _, err := t.exec(ctx, `INSERT INTO p_hidden (from_seq, shown, subject_kind, subject, decision, outside) VALUES (?, ?, ?, ?, ?, ?)`, append([]any{e.Header.Seq, shown}, cells...)...); err != nil {
		return err
	}
	switch kind {
	case "source", "exhibit":
		table := "p_" + kind
		_, err := t.exec(ctx, `UPDATE p_entry SET `+change+` WHERE erased = 0 AND `+where+` AND seq IN (SELECT from_seq FROM `+table+` WHERE `+kind+` = ?)`, textCell(subject))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE `+table+` SET `+change+` WHERE `+where+` AND `+kind+` = ?`, textCell(subject))
		return err
	case "record":
		leaf, err := journal.ParseLeaf(subject)
		if err != nil {
			return invalidf("entry %d (%s), field subject: %v", e.Header.Seq, e.Kind.Name, err)
		}
		_, err = t.exec(ctx, `UPDATE p_record SET `+change+` WHERE `+where+` AND leaf = ?`, leaf[:])
		return err
	case "person":
		_, err := t.exec(ctx, `UPDATE p_record SET `+change+` WHERE `+where+` AND leaf IN (`+standingUnder+`)`, subject, subject, subject)
		return err
	}
	return invalidf("entry %d (%s), field subject_kind: %.64q", e.Header.Seq, e.Kind.Name, kind)
}

// standingUnder are the records that stand under a person now, corrected ones too.
const standingUnder = `SELECT r.leaf FROM p_record r JOIN p_batch b ON b.batch = r.batch LEFT JOIN p_member m ON m.record = r.leaf AND m.from_seq IS NOT NULL AND m.to_seq IS NULL
	WHERE r.leaf IN (SELECT leaf FROM p_record WHERE part` + allParts + `AND person = ? UNION SELECT record FROM p_member WHERE person = ?) AND COALESCE(m.person, r.person) = ?`
