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

-- Earlier releases had roles that held in all cases; what somebody does in a
-- case stands in its journal now.
UPDATE o_account SET role = 'member' WHERE role NOT IN ('member', 'auditor', 'administrator');

CREATE TABLE IF NOT EXISTS o_link (
	hash BLOB PRIMARY KEY,
	account TEXT NOT NULL,
	until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Earlier releases kept less of a session; whoever had one signs in anew.
DROP TABLE IF EXISTS o_session;

-- id names a session to those who may end it; it opens nothing. agent is what
-- kind of browser it is, coarsely.
CREATE TABLE IF NOT EXISTS o_sitting (
	hash BLOB PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	account TEXT NOT NULL,
	began INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A password, as a PHC string, goes with the secret of the codes that change
-- with time, sealed (docs/sign-in.md), and the step of the last one that was used.
CREATE TABLE IF NOT EXISTS o_password (
	account TEXT PRIMARY KEY,
	hash TEXT NOT NULL,
	sealed BLOB NOT NULL,
	step INTEGER NOT NULL,
	made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS o_recovery (
	account TEXT NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

-- Failures to sign in: one row for each account and window; '' is all names
-- that nobody has.
CREATE TABLE IF NOT EXISTS o_failed (
	account TEXT NOT NULL,
	since INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (account, since)
) STRICT, WITHOUT ROWID;

-- When an account was last seen, to the minute; sessions that are over are swept.
CREATE TABLE IF NOT EXISTS o_seen (
	account TEXT PRIMARY KEY,
	seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The public halves of passkeys. id names one to its holder; credential is the
-- device's id of it, record what a signature is checked against (JSON), counter how
-- often it has signed, site the host that it is bound to. used and copied are when it
-- last signed in, and when its counter went back; 0: never.
CREATE TABLE IF NOT EXISTS o_passkey (
	id TEXT PRIMARY KEY,
	account TEXT NOT NULL,
	credential BLOB NOT NULL UNIQUE,
	record BLOB NOT NULL,
	counter INTEGER NOT NULL,
	name TEXT NOT NULL,
	site TEXT NOT NULL,
	made INTEGER NOT NULL,
	used INTEGER NOT NULL,
	copied INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was begun to sign in and waits for its second half: challenges and the
-- like, which the browser does not get back. Each is taken once.
CREATE TABLE IF NOT EXISTS o_ceremony (
	hash BLOB PRIMARY KEY,
	kind TEXT NOT NULL,
	account TEXT NOT NULL,
	pending BLOB NOT NULL,
	until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who an account is to an institution that vouches for it: by its issuer and the
-- subject that it calls somebody, never by an e-mail address.
CREATE TABLE IF NOT EXISTS o_institution (
	issuer TEXT NOT NULL,
	subject TEXT NOT NULL,
	id TEXT NOT NULL UNIQUE,
	account TEXT NOT NULL,
	made INTEGER NOT NULL,
	used INTEGER NOT NULL,
	PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
