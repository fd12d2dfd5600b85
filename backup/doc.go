// SPDX-License-Identifier: Apache-2.0

// Package backup keeps an archive a second time, and puts it back.
//
// A backup lies in two places that are to be apart. The first has journals and
// objects, which say nothing by themselves; the second has the keys. Run brings
// both up to the archive, Restore makes an archive of them, Look says what is
// there. docs/formats/backup.md is the format.
//
// # On the disk
//
//	recount-backup                         what this folder is
//	cases/ID/manifest                      signed: the state, and the files that make it up
//	cases/ID/list.RUN                      pieces and objects, by the manifest's hash
//	cases/ID/journal/FROM-TO.RUN.age       a piece of the journal
//	cases/ID/objects/ab/cd/abcd…           sealed objects, as in the vault
//	office.RANDOM.age                      accounts of the archive
//	audit/ID/…                             who looked (docs/formats/audit.md), in both folders
//
//	recount-backup-keys                    what the other folder is
//	ID/keys.TIME.RUN.ERASED.age            keys and epoch key of a run
//	ID/published                           the largest checkpoint that was published
//
// ID is the end of the case's origin. Whatever moment a run is cut off at, the
// manifest is the old one or the new one, and all that it names is there.
//
// # Who is trusted with what
//
// Who can alter the first place is found out by Restore, which takes the public
// key from the second. Who can alter both can put another case in the place of
// this one; only the public key, known from elsewhere, shows that. Who reads
// the first place learns how many entries, objects and erasures there are, how
// large, and when they came. Who reads both and has an identity reads the case.
package backup
