-- The search index of a case and its census: filled from the projections by
-- Case.Index, and dropped at will. A rebuild and an erasure begin without it.
-- The table s_text of words is in index_tables.go: each engine has its own.

-- state: how far the index has come; census: what was counted. JSON.
CREATE TABLE s_state (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which thing a number in s_text is; records need no table (see docNumber).
CREATE TABLE s_thing (
	doc INTEGER PRIMARY KEY,
	id TEXT NOT NULL
) STRICT;

-- All words of letters, so that those with one beginning are found.
CREATE TABLE s_word (
	word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
