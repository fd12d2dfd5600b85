// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

const (
	proofLine       = "c2sp.org/tlog-proof@v1"
	consistencyLine = "recount consistency/1"
)

// Proof shows that an entry stands under a checkpoint: the file of
// c2sp.org/tlog-proof.
type Proof struct {
	Seq        int64
	Extra      []byte      // what others may have added; nothing vouches for it, none is written here
	Path       []tlog.Hash // from the entry's sibling up (RFC 6962 section 2.1.1)
	Checkpoint []byte      // a signed note, as it was signed
}

// ProveInclusion is the path of the record seq in the tree of that size.
func ProveInclusion(seq, size int64, r tlog.HashReader) ([]tlog.Hash, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	if seq < 0 || seq >= size {
		return nil, fmt.Errorf("%w: record %d of a tree of %d", fault.NotFound, seq, size)
	}
	path, err := tlog.ProveRecord(size, seq, r)
	if err != nil {
		return nil, fmt.Errorf("prove record %d at size %d: %w", seq, size, err)
	}
	return path, nil
}

// Marshal is the proof as a file.
func (p Proof) Marshal() []byte {
	var b bytes.Buffer
	b.WriteString(proofLine + "\n")
	if len(p.Extra) > 0 {
		b.WriteString("extra " + encode64(p.Extra) + "\n")
	}
	b.WriteString("index " + strconv.FormatInt(p.Seq, 10) + "\n")
	writePath(&b, p.Path)
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseProof reads exactly what Marshal writes. The checkpoint must be one,
// but its signatures are not checked.
func ParseProof(b []byte) (Proof, error) {
	if len(b) > maxText {
		return Proof{}, fmt.Errorf("%w: proof of %d bytes; at most %d are accepted", fault.Invalid, len(b), maxText)
	}
	head, checkpoint, found := bytes.Cut(b, []byte("\n\n"))
	if !found {
		return Proof{}, fmt.Errorf("%w: proof: no blank line before the checkpoint", fault.Invalid)
	}
	lines, err := splitLines(append(head[:len(head):len(head)], '\n'), proofLine, maxText)
	if err != nil {
		return Proof{}, fmt.Errorf("proof: %w", err)
	}
	var p Proof
	if len(lines) > 0 {
		if s, ok := strings.CutPrefix(lines[0], "extra "); ok {
			if p.Extra, err = decodeAny(s, maxText); err != nil {
				return Proof{}, fmt.Errorf("proof: extra: %w", err)
			}
			lines = lines[1:]
		}
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return Proof{}, fmt.Errorf("%w: proof: no line \"index\"", fault.Invalid)
	}
	if p.Seq, err = parseNumber(lines[0][len("index "):]); err != nil {
		return Proof{}, fmt.Errorf("proof: index: %w", err)
	}
	if p.Path, err = parsePath(lines[1:]); err != nil {
		return Proof{}, fmt.Errorf("proof: %w", err)
	}
	if _, err := ReadCheckpoint(checkpoint); err != nil {
		return Proof{}, fmt.Errorf("proof: %w", err)
	}
	p.Checkpoint = bytes.Clone(checkpoint)
	return p, nil
}

// Verify checks that header stands at p.Seq under c, a checkpoint that the
// caller trusts. It answers fault.Tampered when the header is of another case
// or number, when the checkpoint that the proof carries says another thing
// than c, and when the path does not lead to c's root.
func (p Proof) Verify(header []byte, c Checkpoint) error {
	h, err := ParseHeader(header)
	if err != nil {
		return fmt.Errorf("proof: %w", err)
	}
	if err := c.check(); err != nil {
		return fmt.Errorf("proof: %w", err)
	}
	if h.Origin != c.Origin || h.Seq != p.Seq {
		return fmt.Errorf("%w: the proof is for entry %d of %s; the header is entry %d of %s", fault.Tampered, p.Seq, c.Origin, h.Seq, h.Origin)
	}
	if len(p.Checkpoint) > 0 {
		own, err := ReadCheckpoint(p.Checkpoint)
		if err != nil {
			return fmt.Errorf("proof: %w", err)
		}
		if own != c {
			return fmt.Errorf("%w: the proof carries the checkpoint of %s at size %d, root %s; it is checked against %s at size %d, root %s",
				fault.Tampered, own.Origin, own.Size, own.Root, c.Origin, c.Size, c.Root)
		}
	}
	if p.Seq >= c.Size {
		return fmt.Errorf("%w: entry %d cannot stand under a checkpoint of size %d", fault.Tampered, p.Seq, c.Size)
	}
	if err := tlog.CheckRecord(p.Path, c.Size, c.Root, p.Seq, tlog.RecordHash(header)); err != nil {
		return fmt.Errorf("%w: entry %d does not stand under the checkpoint of size %d: %w", fault.Tampered, p.Seq, c.Size, err)
	}
	return nil
}

// Consistency shows that a tree begins with the records of an earlier one
// (RFC 6962 section 2.1.2).
type Consistency struct {
	Old, New int64 // sizes; Old may be 0, and may be New
	Path     []tlog.Hash
}

// ProveConsistency makes the proof from the tree of size old to that of size
// new; r must have the hashes of new records.
func ProveConsistency(old, new int64, r tlog.HashReader) (Consistency, error) {
	if err := checkSize(new); err != nil {
		return Consistency{}, err
	}
	if old < 0 || old > new {
		return Consistency{}, fmt.Errorf("%w: from size %d to size %d; the first must be the smaller", fault.Invalid, old, new)
	}
	c := Consistency{Old: old, New: new}
	if old == 0 || old == new {
		return c, nil
	}
	path, err := tlog.ProveTree(new, old, r)
	if err != nil {
		return Consistency{}, fmt.Errorf("prove size %d from size %d: %w", new, old, err)
	}
	c.Path = path
	return c, nil
}

// Marshal is the proof as a file.
func (c Consistency) Marshal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%d\n%d\n", consistencyLine, c.Old, c.New)
	writePath(&b, c.Path)
	return b.Bytes()
}

// ParseConsistency reads exactly what Marshal writes.
func ParseConsistency(b []byte) (Consistency, error) {
	lines, err := splitLines(b, consistencyLine, maxText)
	if err != nil {
		return Consistency{}, fmt.Errorf("consistency: %w", err)
	}
	if len(lines) < 2 {
		return Consistency{}, fmt.Errorf("%w: consistency: the two sizes are missing", fault.Invalid)
	}
	var c Consistency
	if c.Old, err = parseNumber(lines[0]); err != nil {
		return Consistency{}, fmt.Errorf("consistency: old size: %w", err)
	}
	if c.New, err = parseNumber(lines[1]); err != nil {
		return Consistency{}, fmt.Errorf("consistency: new size: %w", err)
	}
	if c.Path, err = parsePath(lines[2:]); err != nil {
		return Consistency{}, fmt.Errorf("consistency: %w", err)
	}
	if c.Old > c.New {
		return Consistency{}, fmt.Errorf("%w: consistency: from size %d to the smaller %d", fault.Invalid, c.Old, c.New)
	}
	return c, nil
}

// Verify checks that the log of the checkpoint new begins with that of old.
// It answers fault.Tampered when it does not: then the log's key has signed
// two histories, or one of the two checkpoints is not of this log.
func (c Consistency) Verify(old, new Checkpoint) error {
	if err := old.check(); err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	if err := new.check(); err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	if old.Origin != new.Origin || old.Size != c.Old || new.Size != c.New {
		return fmt.Errorf("%w: a consistency proof from size %d to %d for checkpoints of %s at size %d and %s at size %d",
			fault.Tampered, c.Old, c.New, old.Origin, old.Size, new.Origin, new.Size)
	}
	refused := fmt.Errorf("%w: the log of %s at size %d does not begin with what it was at size %d", fault.Tampered, new.Origin, c.New, c.Old)
	switch {
	case c.Old > c.New:
		return refused
	case c.Old == 0 || c.Old == c.New: // nothing to show, so the path must be empty
		if len(c.Path) > 0 || c.Old == c.New && old.Root != new.Root {
			return refused
		}
		return nil
	}
	if err := tlog.CheckTree(c.Path, c.New, new.Root, c.Old, old.Root); err != nil {
		return fmt.Errorf("%w: %w", refused, err)
	}
	return nil
}

func writePath(b *bytes.Buffer, path []tlog.Hash) {
	for _, h := range path {
		b.WriteString(encode64(h[:]))
		b.WriteByte('\n')
	}
}

// parsePath reads hashes, one a line; of none it answers nil.
func parsePath(lines []string) ([]tlog.Hash, error) {
	if len(lines) > maxPath {
		return nil, fmt.Errorf("%w: a path of %d hashes; at most %d are accepted", fault.Invalid, len(lines), maxPath)
	}
	var path []tlog.Hash
	for i, s := range lines {
		h, err := parseHash(s)
		if err != nil {
			return nil, fmt.Errorf("hash %d of the path: %w", i+1, err)
		}
		path = append(path, h)
	}
	return path, nil
}
