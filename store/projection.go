// SPDX-License-Identifier: Apache-2.0

package store

import "recount/journal"

// What the core of the package asks of the projections. They are written by
// applyEntry, applyErased and a rowApplier, and by nothing else:
//
//	applyEntry(ctx, *tx, journal.Entry) error
//	applyErased(ctx, *tx, journal.Header, kind string) error     tombstone of an erased payload
//	newRowApplier(ctx, *tx, batch string) rowApplier             one per transaction
//	newProjectedRows(ctx, dialect, putter, batch)                the same, to be written later
//	projectionTables() []table                                   in the order of creation
//	newReader(*tx) Reader
//
// The result may depend on headers, surviving payloads and surviving rows
// alone: never on the clock, on chance, on the engine or on the way rows were
// cut into transactions.

// rowApplier writes the rows of one batch into the projections, many to a
// statement. Rows come in ascending order of their leaves within a batch.
type rowApplier interface {
	// apply takes one row; values has the kind's fields in their order and is
	// not kept after the call.
	apply(leaf journal.Leaf, kind string, values []journal.Value) error
	// erased takes a row whose key is destroyed.
	erased(leaf journal.Leaf, kind string) error
	// close writes what is still held back. It must be called before commit.
	close() error
}

// columnType is the type of a column in the canonical dump.
type columnType string

const (
	integer columnType = "integer" // INTEGER, BIGINT
	text    columnType = "text"    // TEXT, TEXT COLLATE "C": UTF-8
	octets  columnType = "bytes"   // BLOB, BYTEA
)

// column is one column of a table; any column may be NULL.
type column struct {
	name string
	kind columnType
}

// table is one table as the dump, a copy and a rebuild go through it.
type table struct {
	name    string
	key     []string // columns of the primary key, in order
	columns []column // all columns, in the order of the dump
}
