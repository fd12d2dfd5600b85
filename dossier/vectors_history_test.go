// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recount/journal"
	"recount/verify"
)

// EntryHashes are the leaf hashes of RFC 6962 2.1: SHA-256(0x00 ‖ header).
func (m *memoryCase) EntryHashes(_ context.Context, size int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, h := range m.headers[:size] {
		all = append(all, tlog.RecordHash(h.Marshal()))
	}
	return all, nil
}

// withHistory is an edition with the hashes of all entries, as a case of four
// entries published it.
func withHistory(s *shelf, m *memoryCase, seq int64) contents {
	return exported(s.t, m, seq, func(x *exporter) { x.p.Size, x.a.History = 4, m })
}

func against(name, consistency string) func(*vector) {
	return func(v *vector) {
		v.Against = "checkpoints/" + name
		if consistency != "" {
			v.Consistency = "checkpoints/" + consistency
		}
	}
}

// histories are bundles with proof/history: by it any older checkpoint can be
// compared, and what it does not lead to is refuted.
func (s *shelf) histories(m *memoryCase, seq int64) {
	ctx := context.Background()
	good := withHistory(s, m, seq)
	m.act(journal.Draft{Kind: "case.opened@1"}) // after the export
	s.files["checkpoints/5"] = must(m.Checkpoint(ctx, 5))
	s.files["checkpoints/4-5.consistency"] = must(m.ProveConsistency(ctx, 4, 5)).Marshal()
	s.files["checkpoints/1"] = must(m.Checkpoint(ctx, 1))
	s.files["checkpoints/0"] = must(m.Checkpoint(ctx, 0))
	for _, v := range []struct {
		why, old, proof string
		exit            int
	}{
		{"with the hash of every entry", "", "", 0},
		{"compared with the first checkpoint", "1", "", 0},
		{"compared with an older checkpoint that is not the base", "2", "", 0},
		{"compared with the checkpoint that is the base", "3", "", 0},
		{"compared with the checkpoint of an empty log", "0", "", 0},
		{"compared with an older checkpoint, and a proof for other sizes: the history decides", "2", "4-5.consistency", 0},
		{"compared with an older checkpoint, and a proof", "2", "2-4.consistency", 0},
		{"compared with an older checkpoint of another history: the log was rewritten", "fork-2", "", 1},
		{"the same with a proof that is not its own", "fork-2", "2-4.consistency", 1},
		{"compared with a checkpoint of the same size and another root", "fork", "", 1},
		{"compared with a checkpoint of another log", "other", "", 2},
		{"compared with a longer log, without a proof", "5", "", 2},
		{"the same with a proof from the archive: the checkpoint is younger than the bundle", "5", "4-5.consistency", 0},
		{"the same with a proof for other sizes, which shows nothing", "5", "2-4.consistency", 2},
	} {
		var also []func(*vector)
		if v.old != "" {
			also = append(also, against(v.old, v.proof))
		}
		if v.old == "" {
			s.put("history", good)
		}
		s.say("history", nil, v.why, v.exit, m.vkeys(), also...)
	}
	s.say("public", nil, "without a history, compared with the checkpoint of an empty log: every log begins with it", 0, m.vkeys(), against("0", ""))
	s.say("public", nil, "without a history, compared with an older checkpoint, with a proof for other sizes", 2, m.vkeys(), against("2", "4-5.consistency"))
	s.say("public", nil, "without a history, compared with a longer log, without a proof", 2, m.vkeys(), against("5", ""))
	s.say("history", nil, "rewritten against a kept checkpoint, no key pinned", 1, nil, against("fork-2", ""))
	s.brokenHistories(m, good)
	s.forks(m, good)
}

// brokenHistories do not lead to the checkpoint of their bundle.
func (s *shelf) brokenHistories(m *memoryCase, good contents) {
	text := string(good[verify.FileHistory])
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n")+"\n", "\n")
	lines = lines[:len(lines)-1]
	swapped := slices.Clone(lines)
	swapped[2], swapped[3] = swapped[3], swapped[2]
	for _, v := range []struct{ name, text, why string }{
		{"history-root", string(flipHash(good, verify.FileHistory)[verify.FileHistory]), "a hash of the history: its root is not the checkpoint's"},
		{"history-order", strings.Join(swapped, ""), "two hashes of the history in each other's place"},
		{"history-short", strings.Join(lines[:len(lines)-1], ""), "a history that lacks the last entry"},
		{"history-long", text + lines[2], "a history with an entry more than the checkpoint has"},
		{"history-head", strings.Join(lines[:2], ""), "a history without entries"},
		{"history-end", strings.TrimSuffix(text, "\n"), "a history whose last line does not end"},
		{"history-base64", strings.Replace(text, "=\n", "\n", 1), "a hash of the history without its padding"},
		{"history-form", strings.Replace(text, "history/1", "history/2", 1), "a history of a form that is not known"},
		{"history-other", strings.Replace(text, m.origin, newCase("another case").origin, 1), "a history that calls itself another log's"},
		{"history-empty", "", "a history without a line"},
	} {
		s.refutes(m, v.name, good.with(verify.FileHistory, v.text).remade(m.sealS), v.why, verify.InLog)
	}
	s.say("history-root", nil, "the same, compared with an older checkpoint", 1, m.vkeys(), against("3", ""))
	s.say("history-end", nil, "the same, compared with an older checkpoint", 1, m.vkeys(), against("3", ""))
	s.say("history-base64", nil, "the same, compared with an older checkpoint", 1, m.vkeys(), against("3", ""))
}

// forks are bundles of a log that was written anew under the keys of the first:
// by themselves they hold, and against a checkpoint that was kept they do not.
func (s *shelf) forks(m *memoryCase, good contents) {
	fork := newCase("vectors")
	fork.sealer = journal.NewSealer(&stream{seed: "vectors, written anew"}, fork.origin)
	_, seq := populate(fork, people()).freeze(s.t, edition(1), statement)
	other := withHistory(s, fork, seq)
	s.say("history-fork", other, "a log that was written anew under the same keys: nobody can tell without a checkpoint that was kept", 0, m.vkeys())
	s.say("history-fork", nil, "the same, compared with a checkpoint of the first log: it was rewritten", 1, m.vkeys(), against("2", ""))
	s.say("history-fork", nil, "the same, with a proof of the first log", 1, m.vkeys(), against("2", "2-4.consistency"))
	s.say("history-fork", nil, "the same, compared with a longer checkpoint of the first log, with the first log's proof", 1, m.vkeys(), against("5", "4-5.consistency"))
	s.refutes(m, "history-of-fork", good.with(verify.FileHistory, string(other[verify.FileHistory])).remade(m.sealS), "the history of the log that was written anew, in a bundle of the first", verify.InLog)
}
