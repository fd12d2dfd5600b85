// SPDX-License-Identifier: Apache-2.0

// Package dossier turns a statement into a publication that strangers can
// recount.
//
// Compose reads a statement and finds the figures and citations that it names.
// Freeze answers the figures at one checkpoint, writes a line for each person
// of their universe, plans what of it may be shown (I-24), makes the page that
// readers will see and drafts the entry that fixes all of it. Export writes
// the bundle of a frozen edition as a folder or a zip file, after CheckPublic
// has found nothing in it that should have stayed closed and verify has found
// nothing wrong.
//
// A figure is never typed: a statement has places, and what stands in them
// follows from the lines. Everything is the same for the same records,
// statement and randomness.
//
// # Compatibility
//
// docs/formats/bundle.md, seal.md and figure.md fix what a bundle holds.
// Package verify reads and checks it.
package dossier

import (
	"context"
	"io"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"recount/figure"
	"recount/journal"
	"recount/tally"
	"recount/vault"
	"recount/verify"
)

// Answers are the records of a case at one checkpoint: *tally.Columns.
type Answers interface {
	Answer(figure.Definition) (tally.Answer, error)
	Stamp() tally.Stamp
}

// Register knows what a statement can name.
type Register interface {
	// Figure is the definition of that id; fault.NotFound.
	Figure(ctx context.Context, id string) (figure.Definition, error)
	// Quotation is what a publication shows of the citation of that id, and the
	// number of its entry; fault.NotFound.
	Quotation(ctx context.Context, id string) (verify.Quotation, error)
}

// Objects are the preserved bytes of the case.
type Objects interface {
	// Keep seals what r gives; it is durable, key and all, on return.
	Keep(ctx context.Context, r io.Reader) (vault.Address, error)
	// Open is an object's content; fault.NotFound once it was erased.
	Open(ctx context.Context, a vault.Address) (io.ReadCloser, error)
}

// Stager begins row files: rows that nobody sees until an entry names them.
type Stager interface {
	Stage(ctx context.Context) (Batch, error)
}

// Batch is a row file being written.
type Batch interface {
	// Add seals one row under a fresh key and answers its leaf.
	Add(kind string, values []journal.Value) (journal.Leaf, error)
	// Finish sorts the rows and writes them with their keys.
	Finish(ctx context.Context) (Staged, error)
	Abort() error
}

// Staged says what a batch holds.
type Staged struct {
	Batch  string // id, b-…
	N      int64
	Root   tlog.Hash
	Object vault.Address
}

// Log is the journal of the case as a publication shows it.
type Log interface {
	Origin() string
	// Checkpoint is the signed checkpoint at that size.
	Checkpoint(ctx context.Context, size int64) ([]byte, error)
	Disclose(ctx context.Context, seq int64, fields func(field string) bool) (journal.Opening, error)
	ProveInclusion(ctx context.Context, seq, size int64) ([]tlog.Hash, error)
	ProveConsistency(ctx context.Context, old, new int64) (journal.Consistency, error)
}

// History is what the log consists of, as far as strangers may see it.
type History interface {
	// EntryHashes are the RFC 6962 leaf hashes of the first size entries.
	EntryHashes(ctx context.Context, size int64) ([]tlog.Hash, error)
}

// Rows reads row files back.
type Rows interface {
	// Rows are the rows of a row file, ascending by leaf.
	Rows(ctx context.Context, object vault.Address) iter.Seq2[Row, error]
}

// Row is a row with its key, or one whose key was destroyed.
type Row struct {
	Sealed journal.Sealed
	Key    journal.Key
	Erased bool
}

// Sealer signs bundles, and knows the public keys of the case.
type Sealer interface {
	VKey() string
	SealVKey() string
	// SignSeal makes a signed note of a text, with the seal key.
	SignSeal(text []byte) ([]byte, error)
}
