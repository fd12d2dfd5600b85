// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

const rowProofLine = "recount row-proof/1"

// RowProof shows that a leaf stands in the row file or count file with that
// root. The root is a claim of the proof: what counts is the one that an
// entry states.
type RowProof struct {
	Origin string
	Index  int64 // place in the file, from 0
	Size   int64 // leaves in the file
	Root   tlog.Hash
	Path   []tlog.Hash
}

// ProveRow makes the proof for the leaf at index of a file with size leaves;
// r has its hashes (a Tree to which every leaf was added).
func ProveRow(origin string, index, size int64, r tlog.HashReader) (RowProof, error) {
	path, err := ProveInclusion(index, size, r)
	if err != nil {
		return RowProof{}, err
	}
	root, err := RootAt(size, r)
	if err != nil {
		return RowProof{}, err
	}
	return RowProof{Origin: origin, Index: index, Size: size, Root: root, Path: path}, nil
}

// Verify checks that leaf stands in the file that an entry of the case
// states with size leaves and that root. It answers fault.Tampered when the
// proof is of another case or file, or does not lead to the root.
func (p RowProof) Verify(leaf Leaf, origin string, size int64, root tlog.Hash) error {
	if err := checkSize(size); err != nil {
		return fmt.Errorf("row proof: %w", err)
	}
	if p.Origin != origin || p.Size != size || p.Root != root {
		return fmt.Errorf("%w: a row proof for %d rows of %s with root %s; the entry states %d rows of %s with root %s",
			fault.Tampered, p.Size, p.Origin, p.Root, size, origin, root)
	}
	if p.Index < 0 || p.Index >= size {
		return fmt.Errorf("%w: row %d of %d rows", fault.Tampered, p.Index, size)
	}
	if err := tlog.CheckRecord(p.Path, size, root, p.Index, tlog.RecordHash(leaf[:])); err != nil {
		return fmt.Errorf("%w: leaf %s does not stand at %d of the %d rows with root %s: %w", fault.Tampered, leaf, p.Index, size, root, err)
	}
	return nil
}

// Marshal is the proof as a file.
func (p RowProof) Marshal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s\n%d\n%d\n%s\n", rowProofLine, p.Origin, p.Index, p.Size, encode64(p.Root[:]))
	writePath(&b, p.Path)
	return b.Bytes()
}

// ParseRowProof reads exactly what Marshal writes.
func ParseRowProof(b []byte) (RowProof, error) {
	lines, err := splitLines(b, rowProofLine, maxText)
	if err != nil {
		return RowProof{}, fmt.Errorf("row proof: %w", err)
	}
	if len(lines) < 4 {
		return RowProof{}, fmt.Errorf("%w: row proof: origin, index, number and root are needed", fault.Invalid)
	}
	p := RowProof{Origin: lines[0]}
	if err := checkOrigin(p.Origin); err != nil {
		return RowProof{}, fmt.Errorf("row proof: %w", err)
	}
	if p.Index, err = parseNumber(lines[1]); err != nil {
		return RowProof{}, fmt.Errorf("row proof: index: %w", err)
	}
	if p.Size, err = parseNumber(lines[2]); err != nil {
		return RowProof{}, fmt.Errorf("row proof: number: %w", err)
	}
	if p.Root, err = parseHash(lines[3]); err != nil {
		return RowProof{}, fmt.Errorf("row proof: root: %w", err)
	}
	if p.Path, err = parsePath(lines[4:]); err != nil {
		return RowProof{}, fmt.Errorf("row proof: %w", err)
	}
	return p, nil
}
