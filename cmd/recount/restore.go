// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"recount/backup"
	"recount/fault"
)

type restoreCmd struct {
	From     string   `required:"" placeholder:"DIR" help:"The place with journals and objects."`
	Keys     string   `required:"" placeholder:"DIR" help:"The place with the keys."`
	Identity []string `required:"" sep:"none" placeholder:"FILE" help:"A file with an identity that the backup is sealed to; may be given again."`
	Into     string   `placeholder:"DIR" help:"The folder of the new archive, empty or not there. With --check: where the temporary folder is made."`
	Plain    bool     `help:"Do not encrypt the new archive."`
	Check    bool     `help:"Restore into a temporary folder, verify, and remove it: tries the backup and leaves nothing."`
}

// Help is shown under the command's flags.
func (restoreCmd) Help() string {
	return `Every file is compared with what the signed manifest says of it; journal, keys and objects are put in place; every table is written anew
from the journal; the case is verified, the head of its log compared with the backup's, every file in the vault opened. Only then does the
folder get its name. With --case one case alone is restored, with --postgres the tables go into that database.

The new archive is encrypted under a master key of its own. How it opens is said or asked for as recount init does it; --plain leaves that out.

The public keys of the cases are printed. Compare them with what you have published: who could write into both places could have put another
case there.

The journals of who looked come along where the backup has them, and that the case was restored is an event in them, in the name of --actor or of
whoever opened the case. What was forgotten of searches stays forgotten. With --check nothing is kept, and so nothing is noted.

Two archives with one case must not both go on: strangers would see two histories. A case that is behind a checkpoint that was published is
restored to be read, and refuses to grow.

Exit codes: 0 restored · 3 the backup or its keys are not there · 4 something was changed, cut off, exchanged or is missing: the message names
it · 5 the folder is not empty · 6 the identity is another's · 7 no room · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *restoreCmd) Run(d *desk) error {
	if x.Into == "" && !x.Check {
		return fmt.Errorf("%w: restore into which folder? accepted: --into DIR, or --check", fault.Invalid)
	}
	p := d.progress("restoring", "objects")
	o := backup.RestoreOptions{From: x.From, Keys: x.Keys, Config: d.config(), Check: x.Check, Actor: d.globals.Actor}
	o.Config.Dir = x.Into
	if x.Check {
		o.Temp = x.Into
	} else {
		var err error
		if o.Config.Lock, err = d.lock(x.Into, x.Plain); err != nil {
			return err
		}
	}
	o.Progress = func(objects, _ int64) { p.at(objects, 0) }
	for _, name := range x.Identity {
		found, err := backup.Identities(name)
		if err != nil {
			return err
		}
		o.Identities = append(o.Identities, found...)
	}
	if d.globals.Case != "" {
		o.Cases = []string{d.globals.Case}
	}
	r, err := backup.Restore(d.ctx, o)
	p.done()
	if err != nil {
		return err
	}
	for _, c := range r.Cases {
		if c.Behind > 0 {
			d.out.warn("warning: case %s is %d entries behind a checkpoint that was published. It can be read and refuses to grow: look for a newer backup", c.Case, c.Behind)
		}
		if c.Unerased {
			d.out.warn("warning: case %s was restored from before an erasure: what was erased is back. Erase it again, or restore the newer backup", c.Case)
		}
	}
	for _, a := range audits(r) {
		if a.Behind > 0 {
			d.out.warn("warning: the journal of who looked is %s behind the one that was backed up last: look for a newer backup", counted(a.Behind, "event", "events"))
		}
		if a.Remembered {
			d.out.warn("warning: search texts that were forgotten since this backup are back: recount audit forget")
		}
	}
	return d.out.answer(r, func(w io.Writer) { restoredText(w, r) })
}

// audits are the journals of who looked that were put back.
func audits(r backup.Restored) (all []backup.RestoredAudit) {
	for _, c := range r.Cases {
		if c.Audit != nil {
			all = append(all, *c.Audit)
		}
	}
	if r.Audit != nil {
		all = append(all, *r.Audit)
	}
	return all
}

func restoredText(w io.Writer, r backup.Restored) {
	for _, c := range r.Cases {
		fmt.Fprintf(w, "Case %s as of %s: %s entries, %s objects, verified.\n", c.Case, c.Time.Format("2006-01-02 15:04 MST"), group(c.Entries), group(c.Objects))
		columns(w, [][]string{{"  origin", plain(c.Origin)}, {"  public key of the log", c.VKey}})
		if c.Audit != nil {
			columns(w, [][]string{{"  who looked", counted(c.Audit.Events, "event", "events") + ", verified"}})
		}
	}
	if r.Accounts > 0 {
		fmt.Fprintf(w, "%s accounts, without sessions and links: invite whoever is to sign in.\n", group(int64(r.Accounts)))
	}
	if r.Checked {
		fmt.Fprintln(w, "This backup was tested: it could be restored, and was. Nothing was kept of the trial.")
		return
	}
	fmt.Fprintf(w, "The archive is in %s.\n", r.Into)
}
