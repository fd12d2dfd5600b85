// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"strings"

	"recount/journal"
	"recount/verify"
)

const recipient = "Court of the invented district of Vasht"

// named are bundles of the named level.
func (s *shelf) named() {
	m := scene("named", few())
	_, seq := m.freeze(s.t, edition(1), statement)
	good := named(s.t, m, seq, recipient)
	s.say("named", good, "down to the rows of the list", 0, m.vkeys())
	rows := rowFiles(m)
	re := func(c contents) contents { return c.remade(m.sealS) }
	s.refutes(m, "named-row-changed", re(good.swap(rows["record"], b64("no"), b64("yes"))), "a value of a record", verify.InLog)
	s.refutes(m, "named-row-proof", re(good.with(verify.RowProofPath(leafOf(rows["record"])), string(good[verify.RowProofPath(leafOf(rows["other"]))]))), "the proof of another row", verify.InLog)
	s.refutes(m, "named-harm-missing", re(good.without(rows["harm"]).without(verify.RowProofPath(leafOf(rows["harm"])))), "the harm that a verdict follows from is not disclosed", verify.AddsUp)
	s.say("named-record-missing", re(good.without(rows["record"]).without(rows["harm"])), "a record behind a line is not disclosed", 2, m.vkeys())
	s.say("named-members-missing", re(good.without(verify.MembersPath(1))), "the members of a count file are not disclosed", 2, m.vkeys())
	unmarked := good.clone()
	text, _, _ := strings.Cut(string(good["SEAL"]), "\n\n")
	unmarked["SEAL"] = must(signNote([]byte(strings.Replace(text, "recipient "+recipient, "recipient -", 1)+"\n"), m.sealS))
	s.refutes(m, "named-unmarked", unmarked, "no recipient is named", verify.Unchanged)
	s.namedLies()
}

func (s *shelf) namedLies() {
	m := scene("record twice", few())
	var first journal.Value
	seq := freezeLying(s.t, m, func(kind string, n int, v []journal.Value) {
		switch {
		case kind == "member@1" && n == 0:
			first = v[0]
		case kind == "member@1" && n == 1:
			v[0] = first
		}
	}, nil)
	s.refutes(m, "named-record-twice", named(s.t, m, seq, recipient), "one record stands behind two lines", verify.AddsUp)

	m = scene("other rungs", few())
	seq = freezeLying(s.t, m, func(kind string, n int, v []journal.Value) {
		if kind == "line@1" && v[2].Present() && n == 0 { // the flag's count file
			v[0], v[2] = journal.Text("in,in"), journal.Text("yes")
		}
		if kind == "line@1" && v[2].Present() && n == 3 {
			v[0], v[2] = journal.Text("in,out"), journal.Text("no")
		}
	}, nil)
	s.refutes(m, "named-rungs", named(s.t, m, seq, recipient), "the rungs of two lines are not those of their records; verdicts and sums agree with them", verify.AddsUp)

	m = scene("exhibit twice", few())
	again := few()
	for i := range again {
		again[i].person = strings.Replace(again[i].person, "p-0", "p-a", 1)
	}
	m.list("s-00000000000000f6", "e-00000000000000e1", again)
	_, seq = m.freeze(s.t, edition(1), statement)
	s.refutes(m, "named-exhibit-twice", named(s.t, m, seq, recipient), "the same exhibit was imported as two lists", verify.AddsUp)

	m = scene("late import", few())
	f := must(m.tryFreeze(edition(1), statement))
	m.list("s-00000000000000f6", "e-00000000000000e2", few()[:3])
	seq = m.act(f.Draft)
	s.refutes(m, "named-late-import", named(s.t, m, seq, recipient), "an import after the figures were answered", verify.InLog)
}

// rowFiles finds a disclosed record of a man killed, his harm, and another record.
func rowFiles(m *memoryCase) map[string]string {
	out := map[string]string{}
	file := func(leaf journal.Leaf) string { return "data/rows/" + leaf.String() + ".opening" }
	harm, _ := journal.KindNamed("harm@1")
	for _, r := range m.records {
		switch {
		case r.ChildFlag != "no" || r.ChildAge != "no":
		case out["record"] == "":
			out["record"] = file(r.Leaf)
			for leaf, row := range m.rows {
				if row.sealed.Kind == harm.Name && must(journal.Open(m.origin, harm, row.key, row.sealed))[0].Text() == r.Leaf.String() {
					out["harm"] = file(leaf)
				}
			}
		default:
			out["other"] = file(r.Leaf)
			return out
		}
	}
	return out
}

func leafOf(file string) journal.Leaf {
	return must(journal.ParseLeaf(strings.TrimSuffix(strings.TrimPrefix(file, "data/rows/"), ".opening")))
}
