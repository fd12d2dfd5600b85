// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

// oracle is the same tree, built and proved by transparency-dev/merkle.
type oracle struct {
	nodes map[compact.NodeID][]byte
	roots map[int64][]byte
}

func newOracle(t *testing.T, sizes []int64) oracle {
	t.Helper()
	o := oracle{map[compact.NodeID][]byte{}, map[int64][]byte{}}
	r := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	visit := func(id compact.NodeID, hash []byte) { o.nodes[id] = hash }
	for _, size := range sizes {
		for int64(r.End()) < size {
			record := []byte(strconv.FormatUint(r.End(), 10))
			if err := r.Append(rfc6962.DefaultHasher.HashLeaf(record), visit); err != nil {
				t.Fatal(err)
			}
		}
		root := rfc6962.DefaultHasher.EmptyRoot()
		if size > 0 {
			var err error
			if root, err = r.GetRootHash(nil); err != nil {
				t.Fatal(err)
			}
		}
		o.roots[size] = root
	}
	return o
}

// path fetches and rehashes the nodes of a proof.
func (o oracle) path(t *testing.T, n proof.Nodes, err error) []tlog.Hash {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	hashes := make([][]byte, len(n.IDs))
	for i, id := range n.IDs {
		hashes[i] = o.nodes[id]
	}
	hashes, err = n.Rehash(hashes, rfc6962.DefaultHasher.HashChildren)
	if err != nil {
		t.Fatal(err)
	}
	path := []tlog.Hash{}
	for _, h := range hashes {
		path = append(path, tlog.Hash(h))
	}
	return path
}

func flat(path []tlog.Hash) [][]byte {
	var b [][]byte
	for _, h := range path {
		b = append(b, h[:])
	}
	return b
}

// Roots and proofs are those of a second implementation, which also accepts
// ours, at the sizes of the C2SP tiles and their neighbours.
func TestTreeAgainstOracle(t *testing.T) {
	t.Parallel()
	tree, o := vectorTree(t), newOracle(t, vectorSizes)
	hasher := rfc6962.DefaultHasher
	for k, size := range vectorSizes {
		root := must[tlog.Hash](t)(RootAt(size, tree))
		if d := cmp.Diff(o.roots[size], root[:]); d != "" {
			t.Errorf("root at size %d: %s", size, d)
		}
		step := max(1, size/100) // each record of the small trees, some of the large one
		for i := int64(0); i < size; i += step {
			path := must[[]tlog.Hash](t)(ProveInclusion(i, size, tree))
			n, err := proof.Inclusion(uint64(i), uint64(size))
			if d := cmp.Diff(o.path(t, n, err), append([]tlog.Hash{}, path...)); d != "" {
				t.Fatalf("path of %d at size %d: %s", i, size, d)
			}
			leaf := hasher.HashLeaf([]byte(strconv.FormatInt(i, 10)))
			if err := proof.VerifyInclusion(hasher, uint64(i), uint64(size), leaf, flat(path), root[:]); err != nil {
				t.Errorf("record %d at size %d: %v", i, size, err)
			}
		}
		for _, old := range vectorSizes[:k+1] {
			c := must[Consistency](t)(ProveConsistency(old, size, tree))
			if old > 0 {
				n, err := proof.Consistency(uint64(old), uint64(size))
				if d := cmp.Diff(o.path(t, n, err), append([]tlog.Hash{}, c.Path...)); d != "" {
					t.Errorf("size %d from %d: %s", size, old, d)
				}
			}
			if err := proof.VerifyConsistency(hasher, uint64(old), uint64(size), flat(c.Path), o.roots[old], root[:]); err != nil {
				t.Errorf("size %d from %d: %v", size, old, err)
			}
			grown := Checkpoint{testOrigin, size, root}
			if err := c.Verify(Checkpoint{testOrigin, old, tlog.Hash(o.roots[old])}, grown); err != nil {
				t.Errorf("size %d from %d, by ourselves: %v", size, old, err)
			}
			if len(c.Path) > 0 {
				c.Path[0][0] ^= 1
				if err := c.Verify(Checkpoint{testOrigin, old, tlog.Hash(o.roots[old])}, grown); !errors.Is(err, fault.Tampered) {
					t.Errorf("size %d from %d with a wrong hash: %v", size, old, err)
				}
			}
		}
	}
}

func TestMerkleAtEverySize(t *testing.T) {
	t.Parallel()
	var m Merkle
	tree := &Tree{}
	for i := range int64(300) {
		if want := must[tlog.Hash](t)(RootAt(i, tree)); m.Root() != want || m.Size() != i {
			t.Fatalf("size %d: root %s at %d, want %s", i, m.Root(), m.Size(), want)
		}
		record := []byte(strconv.FormatInt(i, 10))
		m.Add(record)
		if err := tree.Add(record); err != nil {
			t.Fatal(err)
		}
	}
}

// The arithmetic of tlog runs without end above 2^62; none of these may.
func TestHugeSizes(t *testing.T) {
	t.Parallel()
	tree := &Tree{}
	header := Header{testOrigin, math.MaxInt64 - 1, Leaf{}}.Marshal()
	small := Header{testOrigin, 5, Leaf{}}.Marshal()
	for _, n := range []int64{MaxSize + 1, 1 << 62, 1<<62 + 1, math.MaxInt64, -1, math.MinInt64} {
		c := Checkpoint{testOrigin, n, tlog.Hash{1}}
		_, errRoot := RootAt(n, tree)
		_, errHashes := HashesFor(n, nil, tree)
		_, errPath := ProveInclusion(0, n, tree)
		_, errGrown := ProveConsistency(0, n, tree)
		_, errText := ParseCheckpoint(c.Text())
		_, errSign := SignCheckpoint(c, "")
		for name, err := range map[string]error{
			"RootAt": errRoot, "HashesFor": errHashes, "ProveInclusion": errPath, "ProveConsistency": errGrown,
			"ParseCheckpoint": errText, "SignCheckpoint": errSign,
			"Proof.Verify":       Proof{Seq: 5}.Verify(small, c),
			"Proof.Verify seq":   Proof{Seq: math.MaxInt64 - 1}.Verify(header, c),
			"Consistency.Verify": Consistency{Old: 1, New: n}.Verify(Checkpoint{testOrigin, 1, tlog.Hash{1}}, c),
			"RowProof.Verify":    RowProof{Origin: testOrigin, Size: n}.Verify(Leaf{}, testOrigin, n, tlog.Hash{}),
		} {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%s at %d: %v, want %v", name, n, err, fault.Invalid)
			}
		}
	}
}

func BenchmarkMerkle(b *testing.B) {
	var m Merkle
	var l Leaf
	b.ReportAllocs()
	for b.Loop() {
		m.Add(l[:])
	}
}
