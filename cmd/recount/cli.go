// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"github.com/alecthomas/kong"
	"runtime/debug"
)

const description = `Recount is the case file for people who document mass atrocities: preserve, record who says what, link, count, publish, verify.

NOT FOR REAL CASES YET: nobody from outside has examined this program.

Exit codes: 0 done · 1 error · 3 not found · 4 tampered: bytes differ from what was recorded · 5 conflict · 6 not allowed ·
7 not available (disk full, locked, database away) · 8 not accepted: the message says what would be · 64 usage · 130 stopped on request.
"recount verify" has its own: 0 nothing refuted and nothing open · 1 refuted · 2 not decided.`

// globals stand before or after any command.
type globals struct {
	Archive  string `short:"C" placeholder:"DIR" env:"RECOUNT_ARCHIVE" help:"The archive's folder; without it this folder, or recount-archive in it."`
	Case     string `placeholder:"ID" env:"RECOUNT_CASE" help:"The case; not needed where the archive has one."`
	Actor    string `placeholder:"NAME" env:"RECOUNT_ACTOR" help:"Who acts: a name or a role that colleagues know. Needed by everything that writes; init keeps it as the archive's default."`
	Postgres string `placeholder:"DSN" env:"RECOUNT_POSTGRES" help:"The PostgreSQL database that holds the tables, instead of SQLite in the archive's folder."`
	ways
	JSON bool `name:"json" help:"Answer with one JSON value on standard output."`

	Version kong.VersionFlag `help:"Print the version and stop."`
}

// act is embedded by every command that writes: each act says why it is done
// and on which basis, and in which handling class it stands.
type act struct {
	Reason   string `placeholder:"TEXT" help:"Why this is done; kept in the journal."`
	Basis    string `placeholder:"BASIS" default:"confidential" help:"Basis on which it is held: public, family, consent, duty or confidential (the default)."`
	Handling string `placeholder:"CLASS" default:"internal" help:"Handling class: public, internal (the default), confidential or restricted; or one of them in a compartment that you are a member of, such as restricted/k-0011223344556677. Sealing takes two people (recount decide)."`
}

// once is the key under which a new thing is added one time.
type once struct {
	Once string `placeholder:"KEY" help:"A key of your own, such as a line of your notebook: the same again under it adds nothing, and answers what stands. For scripts that may get no answer."`
}

type cli struct {
	globals

	Serve   serveCmd   `cmd:"" default:"withargs" group:"Look" help:"Open the archive in the browser, and serve it; where there is none yet, begin one. What recount alone does."`
	Init    initCmd    `cmd:"" group:"Preserve" help:"Make an archive with its first case."`
	Add     addCmd     `cmd:"" group:"Preserve" help:"Add a source, an exhibit, an incident, a record or a citation."`
	Import  importCmd  `cmd:"" group:"Preserve" help:"Import a list (CSV, XLSX, XLS, ODS, JSON, HTML, DOCX) by a mapping file; --preview shows what is understood and writes nothing."`
	Compare compareCmd `cmd:"" group:"Preserve" help:"Compare two editions of a list: what is new, gone, changed, or stands for somebody else by now."`
	Field   fieldCmd   `cmd:"" group:"Preserve" help:"Fields of the case's own: what they are called, what their values are, who sees them."`
	Link    linkCmd    `cmd:"" group:"Link and count" help:"Judge which records are one person: by rules, or by hand."`
	Figure  figureCmd  `cmd:"" group:"Link and count" help:"Define figures and ask for their answers."`
	Dossier dossierCmd `cmd:"" group:"Publish" help:"Compose, freeze and export a statement with its evidence."`
	Consent consentCmd `cmd:"" group:"Publish" help:"On which basis sources are held, what people agreed to, and what may be used."`
	Verify  verifyCmd  `cmd:"" group:"Publish" help:"Check a bundle, offline, or an archive's own journal."`
	Show    showCmd    `cmd:"" group:"Look" help:"Show what is held: the case, sources, exhibits, records, persons, incidents, the journal."`
	Export  exportCmd  `cmd:"" group:"Preserve" help:"Take records out: as a worksheet for people and machines, as FollowTheMoney statements, as PFIF."`
	Changes changesCmd `cmd:"" group:"Preserve" help:"Compare a worksheet that comes back with the records that it was made from, cell by cell, and take what it proposes."`
	Search  searchCmd  `cmd:"" group:"Look" help:"Find sources, exhibits, records and the rest by words."`
	Member  memberCmd  `cmd:"" group:"Look after" help:"Who is in the case and what they do in it, and the compartments that few see."`
	Decide  decideCmd  `cmd:"" group:"Look after" help:"Who sees a thing: close it, or have two people open or seal it."`
	Erase   eraseCmd   `cmd:"" group:"Look after" help:"Forget a person or a record: plan first, then two deciders."`
	Hold    holdCmd    `cmd:"" group:"Look after" help:"Legal holds: what is held is not erased."`
	Hide    hideCmd    `cmd:"" group:"Look after" help:"Take something out of everybody's sight at once; two people bring it back, or erase it."`
	Second  secondCmd  `cmd:"" group:"Look after" help:"Somebody outside of the office who agrees by signature, where there is no second person inside."`
	Lock    lockCmd    `cmd:"" group:"Look after" help:"Have whoever serves the archive lock it: keys are dropped from memory."`
	Audit   auditCmd   `cmd:"" group:"Look after" help:"Who looked at what: list it, check it, forget what was searched for."`
	Invite  inviteCmd  `cmd:"" group:"Look after" help:"Make a one-time sign-in link for somebody, or end all of an account's sessions."`
	Account accountCmd `cmd:"" group:"Look after" help:"The accounts of the reading room: list them, reset one, end one."`
	Rebuild rebuildCmd `cmd:"" group:"Look after" help:"Make every table anew from the journal."`
	Keyring keyringCmd `cmd:"" group:"Look after" help:"The ways that open an encrypted archive: passphrases, key files, recovery keys."`
	Backup  backupCmd  `cmd:"" group:"Look after" help:"Keep the archive a second time, sealed, with its keys apart."`
	Restore restoreCmd `cmd:"" group:"Look after" help:"Make an archive out of a backup, or try whether one could."`
	Travel  travelCmd  `cmd:"" group:"Look after" help:"Make a copy to travel with: chosen compartments only, to be read."`
	Words   wordsCmd   `cmd:"" group:"Look after" help:"The words of the pages in a language, as a workbook to translate in."`
	Demo    demoCmd    `cmd:"" group:"Learn" help:"Walk the whole way through an invented case."`

	Identity identityCmd `cmd:"" group:"Look after" help:"Protected identities: who stands behind a pseudonym, kept apart and sealed."`

	Derive deriveCmd `cmd:"" hidden:"" help:"Look into an exhibit for the reading room."`
}

// version is the module's version and the revision that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "recount (unknown build)"
	}
	rev, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			rev = " " + s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = " (modified)"
		}
	}
	return fmt.Sprintf("recount %s%s%s, %s", info.Main.Version, rev, dirty, info.GoVersion)
}
