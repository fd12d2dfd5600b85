// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"recount/access"
	"recount/audit"
	"recount/backup"
	"recount/fault"
	"recount/store"
)

type backupCmd struct {
	Run    backupRunCmd    `cmd:"" default:"withargs" help:"Bring the two places up to the archive (may be left out: recount backup --to …)."`
	Keygen backupKeygenCmd `cmd:"" help:"Make the identity that opens backups, in a file, and print its public key."`
	Status backupStatusCmd `cmd:"" help:"Say what a backup has, how old it is, and where its keys are."`
}

type backupRunCmd struct {
	To        string   `required:"" placeholder:"DIR" help:"Where journals and sealed objects go."`
	KeysTo    string   `required:"" placeholder:"DIR" help:"Where the keys go: another disk or machine, with other people's access."`
	Recipient []string `required:"" sep:"none" placeholder:"age1…" help:"A public key that all is sealed to; may be given again: any one of them opens the backup."`
	KeepKeys  days     `default:"30d" placeholder:"DAYS" help:"For how long the keys of earlier runs are kept, such as 30d, 12h or 0: so long an erasure takes to become final."`
}

// Help is shown under the command's flags.
func (backupRunCmd) Help() string {
	return `Writes all cases of the archive, or the one named with --case, with the journals of who looked at them, into two places that are to be apart: one has what says nothing by itself,
the other has the keys. Only what is new is written. Others can work meanwhile. Stopped in the middle, the backup is as it was before, and
the next run goes on.

After an erasure, run it: it takes the erased out of the first place. Keys of earlier runs are destroyed when their time is over; until then
they could still open copies of the first place that somebody else has made, and this says until when.

Whoever chooses the recipients chooses who can read it: --actor, or whoever opened the case, has to be a custodian of each case that is copied.

A backup that was never restored is a hope: try "recount restore --check". docs/backup.md says how to set it up.

Exit codes: 0 written · 4 the backup or the archive was changed or damaged, nothing was written · 5 the places hold something else, or a later
state · 6 no custodian · 7 no room, or another run is at work · 8 not accepted · 64 usage.`
}

// days is a term: 30d, or what time.ParseDuration takes.
type days time.Duration

// UnmarshalText makes days a flag's value.
func (d *days) UnmarshalText(text []byte) error {
	whole, isDays := strings.CutSuffix(string(text), "d")
	n, err := strconv.ParseInt(whole, 10, 32)
	term := time.Duration(n) * 24 * time.Hour
	if !isDays {
		term, err = time.ParseDuration(string(text))
	}
	if err != nil || term < 0 || n > 36500 {
		return fmt.Errorf("%q is no term; accepted are days, such as 30d, or hours, such as 12h", text)
	}
	*d = days(term)
	return nil
}

// Run carries the command out.
func (x *backupRunCmd) Run(d *desk) (err error) {
	recipients, err := backup.Recipients(x.Recipient)
	if err != nil {
		return err
	}
	a, err := store.Open(d.ctx, d.config())
	if errors.Is(err, fault.NotFound) {
		return fmt.Errorf("%w (accepted: --archive DIR, or the variable RECOUNT_ARCHIVE)", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	p := d.progress("copying", "objects")
	o := backup.Options{
		Archive: d.globals.Archive, To: x.To, KeysTo: x.KeysTo, Recipients: recipients, KeepKeys: time.Duration(x.KeepKeys),
		Now: d.program.now, Rand: d.program.rand, Files: d.program.files, Pause: d.program.pause, Progress: p.at,
	}
	if d.globals.Case != "" {
		o.Cases = []string{d.globals.Case}
	}
	if err := d.noteBackup(a, o.Cases); err != nil {
		return err
	}
	r, err := backup.Run(d.ctx, a, o)
	p.done()
	if err != nil {
		return err
	}
	return d.out.answer(r, func(w io.Writer) { x.text(w, r) })
}

// noteBackup writes down, in the audit journal of each case, that it is copied,
// which takes a custodian of each.
func (d *desk) noteBackup(a *store.Archive, ids []string) error {
	if len(ids) == 0 {
		var err error
		if ids, err = a.Cases(d.ctx); err != nil {
			return err
		}
	}
	for _, id := range ids {
		c, err := a.Case(d.ctx, id)
		if err != nil {
			return err
		}
		look := lookAt(audit.Exported, "backup", "")
		look.Shown = 1
		who, err := d.may(c, access.Admit) // whoever chooses the recipients chooses who can read it
		if err != nil {
			return err
		}
		look.Actor = who.Name
		journal, err := c.Audit(d.ctx)
		if err != nil {
			return err
		}
		if err := journal.Note(d.ctx, look); err != nil {
			return err
		}
	}
	return nil
}

func (x *backupRunCmd) text(w io.Writer, r backup.Report) {
	for _, c := range r.Cases {
		fmt.Fprintf(w, "Case %s: %s entries (%s new), %s objects (%s new), %s written, %s in all.\n", c.Case,
			group(c.Entries), group(c.NewEntries), group(c.Objects), group(c.NewObjects), bytesText(c.NewBytes), bytesText(c.Bytes))
		if c.Removed > 0 || c.Rewritten > 0 {
			fmt.Fprintf(w, "  taken out: %s objects; written anew: %s pieces of the journal\n", group(c.Removed), group(c.Rewritten))
		}
		if c.KeysPruned > 0 {
			fmt.Fprintf(w, "  destroyed: %s files of old keys\n", group(c.KeysPruned))
		}
		oldKeysText(w, c.Lingering)
		writtenLooksText(w, "  who looked", c.Audit)
	}
	writtenLooksText(w, "Who looked outside of cases, and signed in", r.Audit)
	if !r.All {
		fmt.Fprintln(w, "Other cases of this archive were not backed up.")
	}
	fmt.Fprintln(w, `Try it: recount restore --check --from … --keys … --identity …`)
}

// writtenLooksText says what was written of an audit journal.
func writtenLooksText(w io.Writer, what string, a *backup.WrittenAudit) {
	if a == nil {
		return
	}
	fmt.Fprintf(w, "%s: %s (%s new)\n", what, counted(a.Events, "event", "events"), group(a.NewEvents))
	forgottenKeysText(w, a.Lingering)
}

// forgottenKeysText says until when search texts that were forgotten can come back.
func forgottenKeysText(w io.Writer, old []backup.OldKeys) {
	for _, k := range old {
		fmt.Fprintf(w, "    search texts that were forgotten can still be opened with %s, until the first backup after %s\n", k.File, k.Until.Format("2006-01-02 15:04 MST"))
	}
}

// oldKeysText says until when the erased can come back.
func oldKeysText(w io.Writer, old []backup.OldKeys) {
	if len(old) == 0 {
		return
	}
	fmt.Fprintln(w, "  What was erased is not out of reach yet. With these keys, whoever has a copy of the first place from before can still read it:")
	for _, k := range old {
		fmt.Fprintf(w, "    %s  until the first backup after %s\n", k.File, k.Until.Format("2006-01-02 15:04 MST"))
	}
}

// bytesText writes a number of bytes for people, in binary units.
func bytesText(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d bytes", n)
	}
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	v, i := float64(n)/(1<<10), 0
	for v >= 1<<10 && i < len(units)-1 {
		v, i = v/(1<<10), i+1
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}

type backupKeygenCmd struct {
	Out         string `required:"" placeholder:"FILE" help:"The file that the identity goes to; it must not be there."`
	PostQuantum bool   `help:"Make a key that is to withstand quantum computers too (age1pq1…); it goes with its like only."`
}

// Help is shown under the command's flags.
func (backupKeygenCmd) Help() string {
	return `The identity opens every backup that is sealed to its public key. Keep it where neither the archive nor the backup is, on paper too: it is two
lines of text. Whoever loses it has lost the backups. The file is one that the program age reads.

Exit codes: 0 made · 5 there is such a file · 7 it cannot be written · 64 usage.`
}

// Run carries the command out.
func (x *backupKeygenCmd) Run(d *desk) error {
	public, err := backup.GenerateIdentity(x.Out, x.PostQuantum, d.program.now())
	if err != nil {
		return err
	}
	d.out.note("The identity is in %s, for its owner alone. Keep it apart from archive and backup. Its public key:", x.Out)
	return d.out.answer(map[string]string{"recipient": public, "identity_file": x.Out}, d.out.line(public))
}

type backupStatusCmd struct {
	To       string `required:"" placeholder:"DIR" help:"The place with journals and objects."`
	KeysTo   string `placeholder:"DIR" help:"The place with the keys, if it is at hand: then it is looked at too."`
	KeepKeys days   `default:"30d" placeholder:"DAYS" help:"For how long the keys of earlier runs are kept."`
}

// Help is shown under the command's flags.
func (backupStatusCmd) Help() string {
	return `Needs neither archive nor identity, and checks nothing: "recount restore --check" does.

Exit codes: 0 said · 3 there is no backup · 4 it was changed · 64 usage.`
}

// Run carries the command out.
func (x *backupStatusCmd) Run(d *desk) error {
	s, err := backup.Look(d.program.files, x.To, x.KeysTo, time.Duration(x.KeepKeys))
	if err != nil {
		return err
	}
	return d.out.answer(s, func(w io.Writer) { statusText(w, s, d.program.now()) })
}

func statusText(w io.Writer, s backup.Status, now time.Time) {
	if len(s.Cases) == 0 {
		fmt.Fprintln(w, "No run has ended here yet.")
	}
	for _, c := range s.Cases {
		fmt.Fprintf(w, "%s\n", plain(c.Origin))
		columns(w, [][]string{
			{"  last run", fmt.Sprintf("%s, %s (number %d)", c.Time.Format("2006-01-02 15:04 MST"), ago(now.Sub(c.Time)), c.Run)},
			{"  entries", group(c.Entries)}, {"  objects", group(c.Objects)}, {"  size", bytesText(c.Bytes)},
			{"  its keys", fmt.Sprintf("%s, %s%s", c.Keys, ago(now.Sub(c.KeysAt)), thereText(c.KeysThere))},
		})
		oldKeysText(w, c.OldKeys)
		if c.Audit != nil {
			columns(w, [][]string{{"  who looked", counted(c.Audit.Events, "event", "events")}})
			forgottenKeysText(w, c.Audit.OldKeys)
		}
	}
	if s.Audit != nil {
		fmt.Fprintf(w, "Who looked outside of cases, and signed in: %s\n", counted(s.Audit.Events, "event", "events"))
		forgottenKeysText(w, s.Audit.OldKeys)
	}
	if s.Apart {
		fmt.Fprintln(w, "No keys lie in this place.")
	} else {
		fmt.Fprintln(w, "KEYS LIE IN THIS PLACE: whoever gets it gets both. Take them away, to a place of their own.")
	}
}

func thereText(there *bool) string {
	switch {
	case there == nil:
		return ""
	case *there:
		return ", there"
	}
	return ", MISSING: without them this backup cannot be read; run a backup now"
}

// ago is an age in words.
func ago(d time.Duration) string {
	switch hours := int64(d.Hours()); {
	case hours < 1:
		return "within the hour"
	case hours < 48:
		return fmt.Sprintf("%d hours ago", hours)
	default:
		return fmt.Sprintf("%d days ago", hours/24)
	}
}
