-- The keys of a case, each wrapped under the epoch key, which is a file of its
-- own (docs/formats/keys.md). Destroying a row here is what erasing means.

-- epoch: the number of the epoch key. erased: entries of the log whose
-- erasures are carried out; removed: those whose objects are gone as well.
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

-- Keys of rows, behind the number of the batch that brought them: a batch is
-- written, read and dropped as one stretch.
CREATE TABLE k_row (
	batch INTEGER NOT NULL,
	leaf BLOB NOT NULL,
	wrapped BLOB NOT NULL,
	PRIMARY KEY (batch, leaf)
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

-- As j_gate.
CREATE TABLE k_gate (
	gate INTEGER PRIMARY KEY
) STRICT;
