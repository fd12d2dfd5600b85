-- The keys of a case, each wrapped under the epoch key, which is a file of its
-- own (docs/formats/keys.md). Destroying a row here is what erasing means.

CREATE TABLE k_state (
	name TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys of entries. One that stands at or behind the end of the log belongs to
-- an act that was cut off; the next act takes its place.
CREATE TABLE k_entry (
	seq INTEGER PRIMARY KEY,
	leaf BLOB NOT NULL UNIQUE,
	wrapped BLOB NOT NULL
) STRICT;

CREATE TABLE k_batch (
	number INTEGER PRIMARY KEY,
	batch TEXT NOT NULL UNIQUE
) STRICT;

-- Keys of rows, with the number of the batch that brought them.
CREATE TABLE k_row (
	leaf BLOB PRIMARY KEY,
	batch INTEGER NOT NULL,
	wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys of objects in the vault; plain is the wrapped SHA-256 of the content.
CREATE TABLE k_object (
	address BLOB PRIMARY KEY,
	wrapped BLOB NOT NULL,
	plain BLOB NOT NULL,
	size INTEGER NOT NULL,
	stored INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The signing keys, sealed under the epoch key.
CREATE TABLE k_secret (
	name TEXT PRIMARY KEY,
	body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
