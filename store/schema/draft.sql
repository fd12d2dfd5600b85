-- What somebody has typed into a form and not sent; fields is JSON, changed
-- Unix seconds.
CREATE TABLE IF NOT EXISTS o_draft (
	account TEXT NOT NULL,
	form TEXT NOT NULL,
	about TEXT NOT NULL,
	fields TEXT NOT NULL,
	changed INTEGER NOT NULL,
	base INTEGER NOT NULL,
	PRIMARY KEY (account, form, about)
) STRICT, WITHOUT ROWID;
