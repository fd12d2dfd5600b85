-- The projections of a case: what the journal says, laid out for questions.
-- They are a function of headers, surviving payloads and surviving rows
-- (docs/projections.md); dropped and replayed at will, written by apply alone.
--
-- from_seq is the entry that something stands in the case since, to_seq the
-- entry that put something else in its place (NULL: it still stands). Rows of
-- a bulk carry their batch instead; p_batch has the entry that named it, and
-- until there is one nobody sees them.
--
-- A column has the name of its field, but for words that SQL keeps to itself:
-- row_no, end_date, when_date, cell_limit. NULL is an absent field, '' a blank
-- one. Fields that nothing is searched by, the row as it stood among them, lie
-- together in rest (see layout.go).
-- part is the first four bits of the row's own leaf: rows come in the order of
-- their leaves, so that what is ordered by part first is written one piece
-- after the other and not all over the table.

CREATE TABLE p_entry (
	seq INTEGER PRIMARY KEY,
	leaf BLOB NOT NULL,
	kind TEXT NOT NULL,
	erased INTEGER NOT NULL,
	time TEXT,
	actor TEXT,
	reason TEXT,
	basis TEXT,
	handling TEXT
) STRICT;
CREATE INDEX p_entry_kind ON p_entry (kind, seq);
CREATE INDEX p_entry_actor ON p_entry (actor, kind, seq);
CREATE INDEX p_entry_erased ON p_entry (kind, seq) WHERE erased = 1;
CREATE INDEX p_entry_closed ON p_entry (handling) WHERE handling NOT IN ('public', 'internal', 'confidential');

CREATE TABLE p_erased (
	leaf BLOB PRIMARY KEY,
	kind TEXT NOT NULL,
	batch TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_erased_batch ON p_erased (batch);

CREATE TABLE p_case (
	from_seq INTEGER PRIMARY KEY,
	title TEXT,
	public_name TEXT
) STRICT;

CREATE TABLE p_source (
	source TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	name TEXT,
	kind TEXT,
	affiliation TEXT,
	independence TEXT,
	reliability TEXT,
	derived_from TEXT,
	language TEXT,
	note TEXT,
	handling TEXT,
	PRIMARY KEY (source, from_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_source_closed ON p_source (source) WHERE handling NOT IN ('public', 'internal', 'confidential');

CREATE TABLE p_exhibit (
	exhibit TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	source TEXT,
	title TEXT,
	file_name TEXT,
	media_type TEXT,
	size INTEGER,
	sha256 TEXT,
	object TEXT,
	received_from TEXT,
	claimed_sha256 TEXT,
	custody TEXT,
	handling TEXT,
	PRIMARY KEY (exhibit, from_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_exhibit_sha256 ON p_exhibit (sha256);
CREATE INDEX p_exhibit_first ON p_exhibit (first_seq);
CREATE INDEX p_exhibit_source ON p_exhibit (source, first_seq);
CREATE INDEX p_exhibit_entry ON p_exhibit (from_seq);
CREATE INDEX p_exhibit_closed ON p_exhibit (exhibit) WHERE handling NOT IN ('public', 'internal', 'confidential');

CREATE TABLE p_citation (
	citation TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	exhibit TEXT,
	exhibit_sha256 TEXT,
	scheme TEXT,
	pinpoint TEXT,
	quote TEXT,
	before TEXT,
	after TEXT,
	language TEXT,
	attribution TEXT,
	handling TEXT,
	PRIMARY KEY (citation, from_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_citation_exhibit ON p_citation (exhibit);
CREATE INDEX p_citation_first ON p_citation (first_seq);
CREATE INDEX p_citation_entry ON p_citation (from_seq);

CREATE TABLE p_incident (
	incident TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	title TEXT,
	when_written TEXT,
	when_date TEXT,
	place_written TEXT,
	place TEXT,
	kind TEXT,
	context TEXT,
	parent TEXT,
	note TEXT,
	handling TEXT,
	PRIMARY KEY (incident, from_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_batch (
	batch TEXT PRIMARY KEY,
	from_seq INTEGER NOT NULL,
	kind TEXT NOT NULL,
	n INTEGER,
	root TEXT,
	handling TEXT,
	object TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX p_batch_entry ON p_batch (from_seq);
CREATE INDEX p_batch_closed ON p_batch (handling) WHERE handling NOT IN ('public', 'internal', 'confidential');

-- Of which sources and exhibits the records of a batch speak; '' for none.
CREATE TABLE p_batch_source (
	batch TEXT NOT NULL,
	source TEXT NOT NULL,
	exhibit TEXT NOT NULL,
	PRIMARY KEY (batch, source, exhibit)
) STRICT, WITHOUT ROWID;

-- list.imported and records.added; of the latter mapping and counts are NULL.
CREATE TABLE p_import (
	from_seq INTEGER PRIMARY KEY,
	batch TEXT,
	source TEXT,
	exhibit TEXT,
	exhibit_sha256 TEXT,
	mapping TEXT,
	mapping_sha256 TEXT,
	n INTEGER,
	root TEXT,
	object TEXT,
	rows INTEGER,
	records INTEGER,
	refused INTEGER,
	doubtful INTEGER
) STRICT;

CREATE TABLE p_linking (
	from_seq INTEGER PRIMARY KEY,
	base INTEGER,
	rules TEXT,
	rules_sha256 TEXT,
	batch TEXT,
	n INTEGER,
	root TEXT,
	object TEXT,
	moved INTEGER,
	persons INTEGER
) STRICT;

CREATE TABLE p_record (
	leaf BLOB PRIMARY KEY,
	part INTEGER NOT NULL,
	batch TEXT NOT NULL,
	to_seq INTEGER,
	source TEXT,
	exhibit TEXT,
	person TEXT,
	row_no INTEGER,
	sex TEXT,
	child_flag TEXT,
	child_age TEXT,
	age_band TEXT,
	age_low INTEGER,
	age_high INTEGER,
	birth TEXT,
	name_fold TEXT,
	supersedes BLOB,
	handling TEXT,
	rest BLOB NOT NULL
) STRICT;
CREATE INDEX p_record_batch ON p_record (batch);
CREATE INDEX p_record_person ON p_record (part, person);
CREATE INDEX p_record_name ON p_record (part, name_fold);
CREATE INDEX p_record_closed ON p_record (to_seq) WHERE to_seq IS NOT NULL;
CREATE INDEX p_record_corrects ON p_record (supersedes, batch) WHERE supersedes IS NOT NULL;
CREATE INDEX p_record_class ON p_record (handling) WHERE handling NOT IN ('public', 'internal', 'confidential');

CREATE TABLE p_harm (
	part INTEGER NOT NULL,
	record BLOB NOT NULL,
	number INTEGER NOT NULL,
	leaf BLOB NOT NULL,
	batch TEXT NOT NULL,
	code TEXT,
	month TEXT,
	district TEXT,
	determination TEXT,
	date TEXT,
	end_date TEXT,
	place TEXT,
	incident TEXT,
	handling TEXT,
	rest BLOB NOT NULL,
	PRIMARY KEY (part, record, number, leaf)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_harm_incident ON p_harm (part, incident) WHERE incident IS NOT NULL;
CREATE INDEX p_harm_class ON p_harm (handling) WHERE handling NOT IN ('public', 'internal', 'confidential');

CREATE TABLE p_group (
	leaf BLOB PRIMARY KEY,
	batch TEXT NOT NULL,
	source TEXT,
	exhibit TEXT,
	low INTEGER,
	high INTEGER,
	code TEXT,
	date TEXT,
	place TEXT,
	handling TEXT,
	rest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX p_group_batch ON p_group (batch);
CREATE INDEX p_group_class ON p_group (handling) WHERE handling NOT IN ('public', 'internal', 'confidential');

CREATE TABLE p_rung (
	part INTEGER NOT NULL,
	record BLOB NOT NULL,
	leaf BLOB NOT NULL,
	batch TEXT NOT NULL,
	rung TEXT,
	rule TEXT,
	value TEXT,
	PRIMARY KEY (part, record, leaf)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_extra (
	part INTEGER NOT NULL,
	record BLOB NOT NULL,
	leaf BLOB NOT NULL,
	batch TEXT NOT NULL,
	name TEXT,
	written TEXT,
	value TEXT,
	PRIMARY KEY (part, record, leaf)
) STRICT, WITHOUT ROWID;

-- Where records stand that were moved. batch is that of persons.linked, or
-- 'entry N' for what people decided; leaf is the row of the batch.
CREATE TABLE p_member (
	record BLOB NOT NULL,
	batch TEXT NOT NULL,
	from_seq INTEGER,
	to_seq INTEGER,
	person TEXT NOT NULL,
	why TEXT,
	leaf BLOB,
	PRIMARY KEY (record, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_member_person ON p_member (person);
CREATE INDEX p_member_leaf ON p_member (leaf) WHERE leaf IS NOT NULL;

-- persons.merged (one: into, other: from), persons.split (one: person, other:
-- into), persons.distinguished.
CREATE TABLE p_decision (
	from_seq INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	one TEXT,
	other TEXT,
	records TEXT
) STRICT;

-- Pairs of persons that people said are not one, by the ids that they had
-- then. Whom it binds now follows from where their records of then stand now.
CREATE TABLE p_apart (
	from_seq INTEGER PRIMARY KEY,
	one TEXT NOT NULL,
	other TEXT NOT NULL
) STRICT;

CREATE TABLE p_figure (
	figure TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	definition TEXT,
	definition_sha256 TEXT,
	handling TEXT,
	PRIMARY KEY (figure, from_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_dossier (
	dossier TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	title TEXT,
	statement_sha256 TEXT,
	object TEXT,
	handling TEXT,
	PRIMARY KEY (dossier, from_seq)
) STRICT, WITHOUT ROWID;

-- Protected identities: pseudonyms, and who may open what. Who it is lies in no
-- table, and the share of the key that opens it stays in the journal.
CREATE TABLE p_opener (
	opener TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	name TEXT,
	key TEXT,
	handling TEXT,
	PRIMARY KEY (opener, from_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_identity (
	identity TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	pseudonym TEXT,
	stands_for TEXT,
	openers TEXT,
	sealed TEXT,
	handling TEXT,
	PRIMARY KEY (identity, from_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_opening (
	from_seq INTEGER PRIMARY KEY,
	identity TEXT,
	for_whom TEXT,
	decision TEXT,
	outside TEXT,
	handling TEXT
) STRICT;
CREATE INDEX p_opening_identity ON p_opening (identity);

CREATE TABLE p_pseudonym (
	from_seq INTEGER PRIMARY KEY,
	identity TEXT,
	dossier TEXT,
	pseudonym TEXT,
	linked_to TEXT,
	handling TEXT
) STRICT;
CREATE INDEX p_pseudonym_dossier ON p_pseudonym (dossier);

CREATE TABLE p_frozen (
	from_seq INTEGER PRIMARY KEY,
	dossier TEXT,
	edition INTEGER,
	title TEXT,
	statement_sha256 TEXT,
	base_size INTEGER,
	base_root TEXT,
	cell_limit INTEGER,
	counts TEXT,
	quotes TEXT,
	statement_object TEXT,
	page_sha256 TEXT,
	handling TEXT,
	page_object TEXT
) STRICT;

CREATE TABLE p_erasure (
	from_seq INTEGER PRIMARY KEY,
	erasure TEXT,
	ground TEXT,
	deciders TEXT,
	leaves TEXT,
	objects TEXT,
	kept TEXT,
	plan_sha256 TEXT,
	decision TEXT,
	outside TEXT
) STRICT;

-- Which copy stands in the place of an exhibit whose bytes an erasure destroys.
CREATE TABLE p_redacted (
	exhibit TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	successor TEXT,
	successor_sha256 TEXT,
	erasure TEXT,
	method TEXT,
	rows TEXT,
	cells TEXT,
	left_out TEXT,
	handling TEXT,
	PRIMARY KEY (exhibit, from_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_redacted_entry ON p_redacted (from_seq);
CREATE INDEX p_redacted_successor ON p_redacted (successor);

-- Which exhibit is a later edition of which.
CREATE TABLE p_edition (
	exhibit TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	edition_of TEXT,
	PRIMARY KEY (exhibit, from_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_edition_entry ON p_edition (from_seq);
CREATE INDEX p_edition_of ON p_edition (edition_of);

-- On which ground a source is held, and what was agreed to (docs/consent.md).
CREATE TABLE p_basis (
	source TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	ground TEXT,
	legal_basis TEXT,
	uses TEXT,
	until TEXT,
	note TEXT,
	handling TEXT,
	PRIMARY KEY (source, from_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_consent (
	consent TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	source TEXT,
	person TEXT,
	record BLOB,
	uses TEXT,
	explained_by TEXT,
	language TEXT,
	explained TEXT,
	way TEXT,
	obtained_by TEXT,
	date TEXT,
	until TEXT,
	minor TEXT,
	guardian TEXT,
	assent TEXT,
	interpreter TEXT,
	skipped TEXT,
	stopped TEXT,
	contact TEXT,
	note TEXT,
	handling TEXT,
	PRIMARY KEY (consent, from_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX p_consent_source ON p_consent (source);
CREATE INDEX p_consent_person ON p_consent (person);
CREATE INDEX p_consent_record ON p_consent (record);

CREATE TABLE p_withdrawal (
	from_seq INTEGER PRIMARY KEY,
	consent TEXT,
	uses TEXT,
	note TEXT,
	handling TEXT
) STRICT;
CREATE INDEX p_withdrawal_consent ON p_withdrawal (consent);

CREATE TABLE p_shared (
	from_seq INTEGER PRIMARY KEY,
	dossier TEXT,
	edition INTEGER,
	recipient TEXT,
	name TEXT,
	purpose TEXT,
	until TEXT,
	conditions TEXT,
	tag_manifest TEXT,
	handling TEXT
) STRICT;
-- What somebody does in the case. member is the folded name.
CREATE TABLE p_seat (
	member TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	first_seq INTEGER NOT NULL,
	to_seq INTEGER,
	name TEXT,
	roles TEXT,
	until TEXT,
	PRIMARY KEY (member, from_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_compartment (
	compartment TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	first_seq INTEGER NOT NULL,
	to_seq INTEGER,
	name TEXT,
	members TEXT,
	note TEXT,
	handling TEXT,
	PRIMARY KEY (compartment, from_seq)
) STRICT, WITHOUT ROWID;

-- What one person proposed and a second has to agree to, and the entries that
-- settled it: the act itself, or that it was dropped.
CREATE TABLE p_proposal (
	decision TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	first_seq INTEGER NOT NULL,
	to_seq INTEGER,
	act TEXT,
	subject_kind TEXT,
	subject TEXT,
	becomes TEXT,
	detail TEXT,
	detail_sha256 TEXT,
	handling TEXT,
	PRIMARY KEY (decision, from_seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE p_settled (
	from_seq INTEGER PRIMARY KEY,
	decision TEXT NOT NULL,
	kind TEXT NOT NULL
) STRICT;
CREATE INDEX p_settled_decision ON p_settled (decision);

-- Each change of who sees a thing; what it changed is changed in the tables of
-- the thing itself.
CREATE TABLE p_reclassed (
	from_seq INTEGER PRIMARY KEY,
	subject_kind TEXT,
	subject TEXT,
	was TEXT,
	becomes TEXT,
	decision TEXT
) STRICT;
CREATE INDEX p_reclassed_subject ON p_reclassed (subject);

-- Legal holds. to_seq is the entry that lifted one, or said it anew.
CREATE TABLE p_hold (
	hold TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	subject_kind TEXT,
	subject TEXT,
	ground TEXT,
	until TEXT,
	handling TEXT,
	PRIMARY KEY (hold, from_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_lifted (
	from_seq INTEGER PRIMARY KEY,
	hold TEXT,
	decision TEXT,
	outside TEXT
) STRICT;

-- What one person took out of sight, and what two brought back (shown: 1). What
-- that changes is changed in the tables of the thing itself.
CREATE TABLE p_hidden (
	from_seq INTEGER PRIMARY KEY,
	shown INTEGER NOT NULL,
	subject_kind TEXT,
	subject TEXT,
	decision TEXT,
	outside TEXT
) STRICT;
CREATE INDEX p_hidden_subject ON p_hidden (subject);

-- People outside of the office whose signature stands for a second person's.
CREATE TABLE p_second (
	vkey TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	name TEXT,
	capacity TEXT,
	until TEXT,
	PRIMARY KEY (vkey, from_seq)
) STRICT, WITHOUT ROWID;

-- Fields of the case's own, and lists of codes, as they were declared.
CREATE TABLE p_field (
	field TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	labels TEXT,
	type TEXT,
	code_list TEXT,
	note TEXT,
	PRIMARY KEY (field, from_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE p_code_list (
	code_list TEXT NOT NULL,
	from_seq INTEGER NOT NULL,
	to_seq INTEGER,
	first_seq INTEGER NOT NULL,
	labels TEXT,
	codes TEXT,
	note TEXT,
	PRIMARY KEY (code_list, from_seq)
) STRICT, WITHOUT ROWID;
