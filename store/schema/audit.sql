-- Who looked at a case: a journal of its own, apart from the case's tables.
CREATE TABLE IF NOT EXISTS a_state (
	name TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- header is the record of the tree; event is what its leaf is the hash of.
CREATE TABLE IF NOT EXISTS a_event (
	seq INTEGER PRIMARY KEY,
	header BLOB NOT NULL,
	event BLOB NOT NULL,
	actor TEXT NOT NULL,
	act TEXT NOT NULL,
	kind TEXT NOT NULL,
	id TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS a_event_actor ON a_event (actor, seq);
CREATE INDEX IF NOT EXISTS a_event_act ON a_event (act, seq);
CREATE INDEX IF NOT EXISTS a_event_kind ON a_event (kind, id, seq);

CREATE TABLE IF NOT EXISTS a_hash (
	number INTEGER PRIMARY KEY,
	hash BLOB NOT NULL
) STRICT;

-- Search texts, sealed; a text whose key is not in a_key was forgotten.
CREATE TABLE IF NOT EXISTS a_words (
	seq INTEGER PRIMARY KEY,
	body BLOB NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS a_key (
	seq INTEGER PRIMARY KEY,
	time TEXT NOT NULL,
	wrapped BLOB NOT NULL
) STRICT;
