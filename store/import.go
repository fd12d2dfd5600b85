// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// Import is a case as a copy of it lies elsewhere: what a Snapshot wrote, to be
// read again.
type Import struct {
	Keys    io.Reader                    // as WriteKeys wrote them
	Journal iter.Seq2[io.Reader, error]  // as WriteJournal wrote it, from entry 0 on, piece by piece
	Objects Stored                       // the stored objects; a case has no other than its own
	Travel  []byte                       // the signed text of a travel copy; nil: this is to be the case itself
	Done    func(objects, entries int64) // progress; may be nil
}

// Stored gives objects as they lie in a vault, such as a vault.Backend.
type Stored interface {
	Open(context.Context, vault.Address) (io.ReadCloser, error)
}

// Import makes a case out of a copy, under a new epoch key: journal, keys,
// objects. The projections are written anew, so every entry and every row is
// read and checked. The tree is computed anew from the headers and must have
// the root of the last checkpoint. fault.Conflict where the archive has a case
// of that id; fault.Invalid and fault.Tampered for a copy that is not whole.
func (a *Archive) Import(ctx context.Context, i Import) (c *Case, err error) {
	defer fault.Wrap(&err, "putting a case back")
	keys := bufio.NewReaderSize(i.Keys, 1<<16)
	head, err := ReadKeysHead(keys)
	if err != nil {
		return nil, err
	}
	err = a.makeCase(ctx, head.Case, identity{}, func(made *Case, tables *tx, ring *keyring) error {
		in := importing{Import: i, head: head, to: tables}
		made.identity = identity{publicName: head.PublicName, origin: head.Origin, vkey: head.VKey, sealVKey: head.SealVKey}
		tables.origin = head.Origin
		if err := in.journal(ctx, made); err != nil {
			return err
		}
		if err := in.keys(ctx, a, made, ring, keys); err != nil {
			return err
		}
		if i.Travel != nil {
			if err := a.config.writeFile(made.travelFile(), i.Travel); err != nil {
				return err
			}
		}
		// Without this the projections are those of no release: whoever opens the
		// case next writes them first, also when this process ends before it does.
		_, err := tables.exec(ctx, `DELETE FROM o_state WHERE name = 'layout'`)
		return err
	})
	if err != nil {
		return nil, err
	}
	if c, err = a.Case(ctx, head.Case); err != nil {
		return nil, err
	}
	if i.Travel != nil {
		return c, nil // it has no keys to sign with
	}
	return c, c.checkKeyPairs()
}

type importing struct {
	Import
	head    KeysHead
	to      *tx
	objects int64
}

func (in *importing) advance() {
	if in.Done != nil {
		in.Done(in.objects, in.to.size)
	}
}

// journal reads all pieces.
func (in *importing) journal(ctx context.Context, made *Case) error {
	for _, row := range [][2]string{{"public_name", in.head.PublicName}, {"origin", in.head.Origin}, {"vkey", in.head.VKey}, {"seal_vkey", in.head.SealVKey}} {
		if _, err := in.to.exec(ctx, `INSERT INTO j_case (name, value) VALUES (?, ?)`, row[0], row[1]); err != nil {
			return err
		}
	}
	var last []byte
	for piece, err := range in.Journal {
		if err == nil {
			last, err = in.piece(ctx, bufio.NewReaderSize(piece, 1<<16))
		}
		if err != nil {
			return fmt.Errorf("the piece of the journal from entry %d on: %w", in.to.size, err)
		}
	}
	if in.to.size != in.head.Size || last == nil {
		return fmt.Errorf("%w: the journal has %d entries, the keys are of one that has %d", fault.Tampered, in.to.size, in.head.Size)
	}
	checkpoint, _, err := journal.OpenCheckpoint(last, in.head.VKey)
	if err != nil {
		return fmt.Errorf("the last checkpoint: %w", err)
	}
	if checkpoint.Size != in.to.size {
		return fmt.Errorf("%w: the last checkpoint is of %d entries, there are %d", fault.Tampered, checkpoint.Size, in.to.size)
	}
	return made.holds(ctx, in.to, checkpoint)
}

// piece appends what stands in a piece, and answers its last checkpoint.
func (in *importing) piece(ctx context.Context, r *bufio.Reader) (note []byte, err error) {
	var lines [4]string
	for i := range lines {
		if lines[i], err = headLine(r); err != nil {
			return nil, err
		}
	}
	from, err := headNumber(lines[2])
	if err != nil {
		return nil, err
	}
	to, err := headNumber(lines[3])
	if err != nil {
		return nil, err
	}
	if lines[0] != pieceLine || lines[1] != in.head.Origin || from != in.to.size || to <= from {
		return nil, fmt.Errorf("%w: it is headed %.60q, %.120q, entries %d to %d", fault.Invalid, lines[0], lines[1], from, to-1)
	}
	for in.to.size < to {
		if note, err = in.entry(ctx, r); err != nil {
			return nil, fmt.Errorf("entry %d: %w", in.to.size, err)
		}
		in.to.size++
		in.advance()
	}
	return note, atEnd(r)
}

func (in *importing) entry(ctx context.Context, r *bufio.Reader) (note []byte, err error) {
	leaf, err := readBytes(r, 32)
	if err != nil {
		return nil, err
	}
	kind, err := readShort(r)
	if err != nil {
		return nil, err
	}
	body, err := readLong(r, 64<<20)
	if err != nil {
		return nil, err
	}
	if note, err = readLong(r, 1<<20); err != nil {
		return nil, err
	}
	seq := in.to.size
	record := journal.Header{Origin: in.head.Origin, Seq: seq, Leaf: journal.Leaf(leaf)}.Marshal()
	if _, err := in.to.exec(ctx, `INSERT INTO j_entry (seq, leaf, kind, header, body) VALUES (?, ?, ?, ?, ?)`, seq, leaf, string(kind), record, body); err != nil {
		return nil, err
	}
	if err := addToTree(ctx, in.to, seq, record); err != nil {
		return nil, err
	}
	_, err = in.to.exec(ctx, `INSERT INTO j_checkpoint (size, note) VALUES (?, ?)`, seq+1, note)
	return note, err
}

// keys reads all keys, wraps them anew, and copies the objects that there are
// keys for.
func (in *importing) keys(ctx context.Context, a *Archive, made *Case, ring *keyring, r *bufio.Reader) error {
	store, err := a.backend(made)
	if err != nil {
		return err
	}
	for name, value := range map[string]int64{"epoch": ring.t.epoch, "erased": in.head.Erased, "removed": in.head.Erased} {
		if err := ring.putState(ctx, name, value); err != nil {
			return err
		}
	}
	again := rewrapping{from: &keyring{w: newWrapper(in.head.epoch)}, to: ring, rand: a.config.Rand}
	inserters := map[string]*inserter{}
	for _, t := range keyTables() {
		inserters[t.name] = newInserter(ring.t, t.name, t.columnNames(), 100)
	}
	err = readKeyRows(r, func(row keyRowRead) error {
		if row.table == "k_object" {
			if err := copyObject(ctx, in.Objects, store, row.address); err != nil {
				return fmt.Errorf("object %s: %w", row.address, err)
			}
			in.objects++
			in.advance()
		}
		if _, err := again.row(row.table, row.values); err != nil {
			return err
		}
		return inserters[row.table].add(ctx, row.values...)
	})
	if err != nil {
		return err
	}
	for _, in := range inserters {
		if err := in.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// checkKeyPairs sees that the secret keys are those of the public ones.
func (c *Case) checkKeyPairs() error {
	for _, pair := range [][2]string{{c.skey, c.vkey}, {c.sealKey, c.sealVKey}} {
		signer, err := note.NewSigner(pair[0])
		if err != nil {
			return fmt.Errorf("%w: a signing key of case %s: %w", fault.Tampered, c.id, err)
		}
		verifier, err := note.NewVerifier(pair[1])
		if err != nil {
			return fmt.Errorf("%w: a public key of case %s: %w", fault.Tampered, c.id, err)
		}
		signed, err := note.Sign(&note.Note{Text: "keys of one pair\n"}, signer)
		if err == nil {
			_, err = note.Open(signed, note.VerifierList(verifier))
		}
		if err != nil {
			return fmt.Errorf("%w: a signing key of case %s is not that of its public key: %w", fault.Tampered, c.id, err)
		}
	}
	return nil
}
