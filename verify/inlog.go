// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recount/fault"
	"recount/journal"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// inLog checks that the entries that the bundle opens stand in the log, and
// that statement and page are those that were frozen.
func (c *checking) inLog(ctx context.Context) error {
	const file = "proof/checkpoint"
	text, err := c.bag.read(file)
	if err != nil {
		c.report.add(InLog, Finding{Verdict: Undecided, File: file, What: "without a checkpoint nothing can be held against the log", Expected: file, Found: "nothing that can be read"})
		return nil
	}
	checkpoint, err := journal.ReadCheckpoint(text)
	if err != nil {
		c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "the checkpoint cannot be read", Expected: "a signed checkpoint", Found: err.Error()})
		return nil
	}
	c.checkpoint, c.signed = &checkpoint, text
	c.report.Origin, c.report.Size, c.report.Root = checkpoint.Origin, checkpoint.Size, journal.Leaf(checkpoint.Root).String()
	c.judgeKey(InLog, file, "checkpoint", checkpoint.Origin, text)
	for _, name := range c.bag.under("proof") {
		if err := ctx.Err(); err != nil {
			return err
		}
		if seq, ok := strings.CutSuffix(name, ".opening"); ok {
			c.entry(seq)
		}
		if seq, ok := strings.CutSuffix(name, ".tlog-proof"); ok && !c.bag.has("proof/"+seq+".opening") {
			c.report.add(InLog, Finding{Verdict: Refuted, File: "proof/" + name, What: "a proof of an entry that is not opened", Expected: "proof/" + seq + ".opening", Found: "no such file"})
		}
	}
	c.kinds()
	c.freeze()
	c.against(c.history())
	return nil
}

// entry checks one opened entry and keeps it if it stands in the log.
func (c *checking) entry(name string) {
	file := "proof/" + name + ".opening"
	bad := func(file string, err error) {
		c.report.add(InLog, Finding{Verdict: undecidedOr(err), File: file, What: "an entry of the log", Expected: "entry " + name + " of " + c.checkpoint.Origin, Found: err.Error()})
	}
	text, err := c.bag.read(file)
	if err != nil {
		bad(file, err)
		return
	}
	origin, seq, opening, err := journal.ParseOpening(text)
	if err != nil {
		bad(file, err)
		return
	}
	if itoa(seq) != name {
		bad(file, fmt.Errorf("%w: it calls itself entry %d", fault.Tampered, seq))
		return
	}
	leaf, err := opening.Leaf(origin)
	if err != nil {
		bad(file, err)
		return
	}
	if v, open := opening.Get("seq"); open && v != journal.Text(itoa(seq)) {
		bad(file, fmt.Errorf("%w: the entry gives itself the number %.20q", fault.Tampered, v.Text()))
		return
	}
	proofFile := "proof/" + name + ".tlog-proof"
	text, err = c.bag.read(proofFile)
	if err != nil {
		c.report.add(InLog, Finding{Verdict: Undecided, File: proofFile, What: "no proof that entry " + name + " stands in the log", Expected: proofFile, Found: "nothing that can be read"})
		return
	}
	proof, err := journal.ParseProof(text)
	if err != nil {
		bad(proofFile, err)
		return
	}
	if !bytes.Equal(proof.Checkpoint, c.signed) || len(proof.Extra) > 0 {
		bad(proofFile, fmt.Errorf("%w: it does not carry proof/checkpoint, byte for byte, and nothing else", fault.Tampered))
		return
	}
	if err := proof.Verify(journal.Header{Origin: origin, Seq: seq, Leaf: leaf}.Marshal(), *c.checkpoint); err != nil {
		bad(proofFile, err)
		return
	}
	c.entries[seq] = opening
}

// kinds holds the table of kinds in the bundle against this release's.
func (c *checking) kinds() {
	const file = "proof/kinds.txt"
	text, err := c.bag.read(file)
	if err != nil {
		c.missing(InLog, file, err)
		return
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if k, known := journal.KindNamed(words[0]); known && !slices.Equal(k.Fields, words[1:]) {
			c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "the fields of " + words[0], Expected: strings.Join(k.Fields, " "), Found: clip(strings.Join(words[1:], " "), 300)})
		}
	}
}

// freeze finds the entry of the freeze among those opened and what it names.
func (c *checking) freeze() {
	var found []int64
	for seq, o := range c.entries {
		if o.Kind == KindFrozen {
			found = append(found, seq)
		}
	}
	slices.Sort(found)
	if len(found) != 1 {
		c.report.add(InLog, Finding{Verdict: Undecided, File: "proof", What: "opened entries of a freeze that stand in the log", Expected: "one", Found: fmt.Sprint(len(found))})
		return
	}
	seq := found[0]
	file := "proof/" + itoa(seq) + ".opening"
	frozen, err := ParseFrozen(c.entries[seq].Get)
	if err != nil {
		c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "the entry of the freeze", Expected: "what a freeze states", Found: err.Error()})
		return
	}
	c.frozen, c.frozenSeq = &frozen, seq
	c.same(InLog, "data/statement.md", "SHA-256 that was recorded at the freeze", frozen.StatementSHA256, c.bag.sum["data/statement.md"])
	c.same(InLog, "data/statement.html", "SHA-256 that was recorded at the freeze", frozen.PageSHA256, c.bag.sum["data/statement.html"])
	if frozen.BaseSize > seq {
		c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "the checkpoint that the figures were answered at", Expected: "at most " + itoa(seq) + " entries, those before the freeze", Found: itoa(frozen.BaseSize)})
	}
	c.base(frozen)
	c.citations(frozen)
}

// BasePath is where a bundle has the proof that its log begins with the log
// that the figures were answered at.
func BasePath(base, size int64) string { return "proof/consistency-" + itoa(base) + "-" + itoa(size) }

func (c *checking) base(f Frozen) {
	file := BasePath(f.BaseSize, c.checkpoint.Size)
	text, err := c.bag.read(file)
	if err != nil {
		c.report.add(InLog, Finding{Verdict: Undecided, File: file, What: "no proof that the log begins with what it was when the figures were answered", Expected: file, Found: "nothing that can be read"})
		return
	}
	proof, err := journal.ParseConsistency(text)
	if err == nil {
		err = proof.Verify(journal.Checkpoint{Origin: c.checkpoint.Origin, Size: f.BaseSize, Root: f.BaseRoot}, *c.checkpoint)
	}
	if err != nil {
		c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "the log does not begin with the log that the figures were answered at", Expected: "root " + journal.Leaf(f.BaseRoot).String() + " at " + itoa(f.BaseSize), Found: err.Error()})
	}
}

// citations finds each quoted citation among the opened entries.
func (c *checking) citations(f Frozen) {
	for _, ref := range f.Quotes {
		file := "proof/" + itoa(ref.Seq) + ".opening"
		o, ok := c.entries[ref.Seq]
		if !ok {
			c.report.add(InLog, Finding{Verdict: Undecided, File: file, What: "citation " + ref.Citation + " is not opened, or does not stand in the log", Expected: file, Found: "nothing that holds"})
			continue
		}
		q, err := ParseQuotation(ref.Seq, o)
		if err != nil {
			c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "a quoted citation", Expected: ref.Citation, Found: err.Error()})
			continue
		}
		if c.same(InLog, file, "the citation that the freeze names", ref.Citation, q.Citation) {
			c.quotes = append(c.quotes, q)
		}
	}
}

// against compares the checkpoint with one that the reader kept from before.
func (c *checking) against(h *history) {
	if len(c.options.Against) == 0 {
		return
	}
	const file = "proof/checkpoint"
	undecided := func(what, expected, found string) {
		c.report.add(InLog, Finding{Verdict: Undecided, File: file, What: what, Expected: expected, Found: found})
	}
	own := *c.checkpoint
	old, err := journal.ReadCheckpoint(c.options.Against)
	if err != nil {
		undecided("the checkpoint to compare with cannot be read", "a signed checkpoint", err.Error())
		return
	}
	if old.Origin != own.Origin {
		undecided("the checkpoint to compare with is of another log", own.Origin, old.Origin)
		return
	}
	if old.Size == own.Size {
		if old.Root != own.Root {
			c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "the log has two histories: two checkpoints of one size with different roots", Expected: "root " + journal.Leaf(old.Root).String(), Found: "root " + journal.Leaf(own.Root).String()})
		}
		return
	}
	if own.Size > old.Size && h != nil {
		c.begins(old, h)
		return
	}
	c.consistent(old, own)
}

// consistent compares two sizes by a proof between them: the reader's, or one
// that came with the bundle. A proof for other sizes, or that cannot be read,
// is none. Without one nobody can tell a log that was cut short from a reader's
// checkpoint that is younger than the bundle, which only the archive can show.
func (c *checking) consistent(old, own journal.Checkpoint) {
	const file = "proof/checkpoint"
	first, second := old, own
	if own.Size < old.Size {
		first, second = own, old
	}
	text := c.options.Consistency
	if len(text) == 0 && own.Size > old.Size {
		text, _ = c.bag.read(BasePath(first.Size, second.Size)) // often the reader's is the base of the freeze
	}
	proof, none := proofBetween(first, second, text)
	switch {
	case none != "" && own.Size < old.Size:
		c.report.add(InLog, Finding{Verdict: Undecided, File: file,
			What:     "the checkpoint that it was compared with is of a longer log: it is younger than the bundle, or the log was cut short; only a proof of consistency from the archive shows which",
			Expected: fmt.Sprintf("a proof of consistency from %d to %d", first.Size, second.Size), Found: itoa(own.Size) + " entries and " + none})
		return
	case none != "":
		c.report.add(InLog, Finding{Verdict: Undecided, File: file, What: "the two checkpoints cannot be compared without a proof between them",
			Expected: fmt.Sprintf("a proof of consistency from %d to %d; ask the archive for it", first.Size, second.Size), Found: none})
		return
	}
	if err := proof.Verify(first, second); errors.Is(err, fault.Tampered) {
		c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "the proof does not lead from one checkpoint to the other: the log has two histories, or the proof is wrong",
			Expected: fmt.Sprintf("a log of %d entries that begins with root %s at %d", second.Size, journal.Leaf(first.Root), first.Size), Found: err.Error()})
	} else if err != nil {
		c.report.add(InLog, Finding{Verdict: Undecided, File: file, What: "the proof of consistency", Expected: "a proof that can be checked", Found: err.Error()})
	}
}

// proofBetween reads a proof from one checkpoint to the other; none says why
// there is no such proof. Every log begins with the empty one, and needs none.
func proofBetween(first, second journal.Checkpoint, text []byte) (proof journal.Consistency, none string) {
	if first.Size == 0 {
		return journal.Consistency{Old: 0, New: second.Size}, ""
	}
	if len(text) == 0 {
		return proof, "no proof"
	}
	proof, err := journal.ParseConsistency(text)
	if err != nil {
		return proof, "a proof that cannot be read: " + err.Error()
	}
	if proof.Old != first.Size || proof.New != second.Size {
		return proof, fmt.Sprintf("a proof from %d to %d", proof.Old, proof.New)
	}
	return proof, ""
}

// begins tells whether the log of the bundle begins with the one that the
// reader kept from before.
func (c *checking) begins(old journal.Checkpoint, h *history) {
	root, err := h.rootAt(old.Size)
	if err != nil || root != old.Root {
		c.report.add(InLog, Finding{Verdict: Refuted, File: FileHistory, What: "the log was rewritten: it does not begin with the log that you kept",
			Expected: fmt.Sprintf("root %s at %d entries", journal.Leaf(old.Root), old.Size), Found: "root " + journal.Leaf(root).String()})
	}
}
