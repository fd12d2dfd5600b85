-- Who may enter the reading room, and who is in it. Nothing here is of a case.
-- Secrets and tokens are never kept, only their SHA-256. Times are Unix seconds.
CREATE TABLE IF NOT EXISTS o_account (
	account TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	folded TEXT NOT NULL UNIQUE,
	role TEXT NOT NULL,
	made INTEGER NOT NULL,
	language TEXT NOT NULL,
	look TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS o_link (
	hash BLOB PRIMARY KEY,
	account TEXT NOT NULL,
	until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS o_session (
	hash BLOB PRIMARY KEY,
	account TEXT NOT NULL,
	until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
