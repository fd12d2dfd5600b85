// SPDX-License-Identifier: Apache-2.0

// Package store keeps archives: the journal, the keys, the objects and the
// projections of each case, on SQLite or on PostgreSQL.
//
// Archive opens an archive, Case is one case of it. There is one way to write,
// Case.Act: decide on what is there, append an entry, apply it, in one
// transaction. Bulk rows are staged in a Batch before the entry that names
// them. Case.Read asks questions (Reader). What stands in the tables p_ can be
// made again from the rest by Case.Rebuild, and Case.Verify tells whether it is
// what the rest says.
//
// # On the disk
//
//	recount.json                format, public name, engine
//	keys/CASE/epoch-N.key       wraps every key of the case (docs/formats/keys.md)
//	keys/CASE/published         the largest checkpoint that has left the archive
//	cases/CASE/CURRENT          which of the following are in use
//	cases/CASE/case.N.db        journal j_, projections p_, work under way o_
//	cases/CASE/keys.N.db        keys k_
//	cases/CASE/vault/ab/cd/…    objects (docs/formats/object.md)
//	cases/CASE/lock, gate, present, staging, waiting
//	cases/CASE/staging-BATCH    rows on their way, under a key that is nowhere
//
// With PostgreSQL the databases are the schemas case_CASE and case_CASE_keys,
// and all else stays in the folder.
//
// # Who is trusted with what
//
// Who can alter projections or journal is found out by Verify, and by anybody
// who holds an earlier checkpoint. Who can alter keys can make things
// unreadable, and nothing else. Who can read the epoch key and the keys can
// read the whole case; who can read them and write the journal can sign
// another history, which only a comparison of checkpoints shows.
//
// # Compatibility
//
// The tables j_ and k_, the vault and CURRENT are read by every later release.
// The tables p_ belong to a release: another one rebuilds them.
package store
