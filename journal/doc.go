// SPDX-License-Identifier: Apache-2.0

// Package journal holds what is hashed: the acts of a case, the rows that
// they bring, the tree over them, and the files in which all of it leaves the
// archive.
//
// Everything that a case knows is a leaf. A leaf has a kind, which fixes its
// fields; a random key of its own; and 32 bytes that commit to every field
// apart, so that any of them can be shown and the others stay closed. A
// Sealer makes leaves, Open reads them back, Disclose shows a chosen part.
// Destroying a leaf's key makes the leaf unreadable for ever and leaves every
// proof standing.
//
// Acts are Entries: a Draft becomes a leaf, the leaf stands in a four-line
// Header, and the headers are the records of an append-only Merkle tree
// (RFC 6962, by golang.org/x/mod/sumdb/tlog). A Checkpoint is the signed head
// of that tree, a Proof shows one header under it, a Consistency shows that a
// later tree begins with an earlier one. Bulk rows lie in row files, whose
// root an entry states; RowProof shows one row under such a root. The lines
// of a published figure lie in count files.
//
// # Errors
//
// A parser that meets bytes which are not of its format answers fault.Invalid.
// Bytes that are of the format, but are not what was hashed, signed, ordered
// or counted, answer fault.Tampered. A kind that this release does not know
// answers ErrUnknownKind: that is neither, the reader cannot decide.
//
// # Compatibility
//
// Every format here is written down in docs/formats, with test vectors in
// docs/formats/vectors. A format never changes: what a release wrote, every
// later release reads, hashes and proves to the same bytes. New needs get a
// new kind or a new version number in a file's first line.
package journal
