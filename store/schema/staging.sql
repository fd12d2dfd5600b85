-- What is needed to go on with a bulk of rows that was cut off: beside o_batch,
-- until an entry names the batch. work: what its rows are made of, as a hash;
-- about: the exhibit that they are read from; said: the order, as JSON; begun:
-- Unix seconds; row_count, leaf_count, digest: how far it is, and a digest of
-- what was made so far; parts: temporary files and their wrapped keys, as JSON;
-- laid: up to which leaf its rows stand in the tables; lost: why nothing of it
-- is left to go on with.
CREATE TABLE IF NOT EXISTS o_staging (
	batch TEXT PRIMARY KEY,
	work TEXT NOT NULL,
	actor TEXT NOT NULL,
	about TEXT NOT NULL,
	said TEXT NOT NULL,
	begun INTEGER NOT NULL,
	row_count INTEGER NOT NULL,
	leaf_count INTEGER NOT NULL,
	digest BLOB,
	parts TEXT NOT NULL,
	laid BLOB,
	lost TEXT
) STRICT, WITHOUT ROWID;
