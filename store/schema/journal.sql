-- The journal of a case: what is hashed, sealed (docs/formats/entry.md,
-- leaf.md), and the tree over it. Nothing here is ever changed or removed.

CREATE TABLE j_case (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- An entry: its header exactly as hashed, and its payload under its own key.
CREATE TABLE j_entry (
	seq INTEGER PRIMARY KEY,
	leaf BLOB NOT NULL,
	kind TEXT NOT NULL,
	header BLOB NOT NULL,
	body BLOB NOT NULL
) STRICT;

-- Hashes of the tree, numbered as golang.org/x/mod/sumdb/tlog stores them.
CREATE TABLE j_hash (
	number INTEGER PRIMARY KEY,
	hash BLOB NOT NULL
) STRICT;

-- The signed checkpoint that each act ended with.
CREATE TABLE j_checkpoint (
	size INTEGER PRIMARY KEY,
	note BLOB NOT NULL
) STRICT;

-- Nobody writes this table: PostgreSQL locks it to tell transactions apart
-- from a rebuild.
CREATE TABLE j_gate (
	gate INTEGER PRIMARY KEY
) STRICT;

-- Work that has begun and that no entry names yet. What is left here when no
-- process has the case open was cut off, and is swept.
CREATE TABLE o_batch (
	batch TEXT PRIMARY KEY,
	n INTEGER,
	root BLOB,
	object BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE o_object (
	address BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- layout: the fingerprint of the projections that are in this database.
CREATE TABLE o_state (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
