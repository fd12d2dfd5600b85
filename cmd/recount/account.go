// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"recount/audit"
	"recount/store"
)

type accountCmd struct {
	List  accountListCmd  `cmd:"" help:"List who may enter, by what, and when each was last seen."`
	Reset accountResetCmd `cmd:"" help:"Take away everything that an account signs in with, and make it one link."`
	End   accountEndCmd   `cmd:"" help:"Dismiss an account: nothing lets it in any more."`
}

type accountListCmd struct{}

// Help is shown under the command's flags.
func (accountListCmd) Help() string {
	return `Lists the accounts of the archive's reading room: name, role, what each can sign in with, how many sessions are going on, and when it was last
seen, to the minute. Never a secret. An account that was dismissed stays in the list, because the journal names it; it has no way to sign in.

Exit codes: 0 listed · 7 not possible now · 8 not accepted · 64 usage.`
}

// enrolledJSON is an account with its ways to sign in.
type enrolledJSON struct {
	accountJSON
	Password     bool   `json:"password"`       // with codes
	Recovery     int64  `json:"recovery_codes"` // left
	Passkeys     int64  `json:"passkeys"`
	Institutions int64  `json:"institutions"` // that vouch for it
	Links        int64  `json:"links"`        // one-time, that can still be used
	Sessions     int64  `json:"sessions"`     // going on
	Seen         string `json:"seen,omitempty"`
}

func jsonOfEnrolled(e store.Enrolled) enrolledJSON {
	j := enrolledJSON{accountJSON: jsonOfAccount(e.Account), Password: e.Password, Recovery: e.Recovery, Passkeys: e.Passkeys, Institutions: e.Institutions, Links: e.Links, Sessions: e.Sessions}
	if !e.Seen.IsZero() {
		j.Seen = e.Seen.UTC().Format(time.RFC3339)
	}
	return j
}

// Run carries the command out.
func (x *accountListCmd) Run(d *desk) error {
	return d.keeping(lookAt(audit.Listed, "accounts", ""), func(a *store.Archive, _ *store.Look) error {
		office, err := a.Office(d.ctx)
		if err != nil {
			return err
		}
		all, err := office.Roll(d.ctx)
		return listedAs(d, all, err, jsonOfEnrolled, []string{"account", "role", "last seen", "sessions", "name", "signs in by"}, func(e store.Enrolled) []string {
			seen := "-"
			if !e.Seen.IsZero() {
				seen = e.Seen.UTC().Format("2006-01-02 15:04")
			}
			return []string{e.ID, string(e.Role), seen, fmt.Sprint(e.Sessions), e.Name, waysOf(e)}
		})
	})
}

// waysOf says in words what an account can sign in with.
func waysOf(e store.Enrolled) string {
	var all []string
	say := func(n int64, one, more string) {
		switch {
		case n == 1:
			all = append(all, "1 "+one)
		case n > 1:
			all = append(all, fmt.Sprintf("%d %s", n, more))
		}
	}
	if e.Password {
		all = append(all, fmt.Sprintf("password with codes (%d recovery codes left)", e.Recovery))
	}
	say(e.Passkeys, "passkey", "passkeys")
	say(e.Institutions, "institution", "institutions")
	say(e.Links, "open link", "open links")
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}

type accountResetCmd struct {
	Name  string        `arg:"" placeholder:"NAME" help:"Whose: the name or the id of an account."`
	Valid time.Duration `placeholder:"TIME" default:"24h" help:"How long the new link can be used, such as 15m or 24h (the default); at most 720h."`
	At    string        `placeholder:"URL" default:"http://127.0.0.1:7373" help:"The address at which the holder of the account reaches the server."`
}

// Help is shown under the command's flags.
func (accountResetCmd) Help() string {
	return `For whoever has lost the ways to sign in, or when somebody else may have them. In one step it takes away the account's password, codes and recovery
codes, its passkeys, its connections to institutions and its links, ends all of its sessions, and prints a one-time link, the only way
in that is left. Name, role and seats stay. Make sure of whom you hand the link to: it is all that is needed to be this account.

Passkeys stay in the devices, where they open nothing any more. What was typed and kept as a draft stays.

Prints the link alone. Exit codes: 0 done · 3 no such account · 7 not possible now · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *accountResetCmd) Run(d *desk) error {
	at, err := (&inviteCmd{At: x.At}).address()
	if err != nil {
		return err
	}
	return d.keeping(lookAt(audit.Invited, "accounts", ""), func(a *store.Archive, look *store.Look) error {
		office, err := a.Office(d.ctx)
		if err != nil {
			return err
		}
		who, err := office.AccountNamed(d.ctx, x.Name)
		if err != nil {
			return err
		}
		look.ID = who.ID
		until := d.program.now().Add(x.Valid)
		secret, err := office.Reset(d.ctx, who.ID, x.Valid)
		if err != nil {
			return err
		}
		link := at + "/sign-in?link=" + secret
		d.out.note("All that %s signed in with is gone, and all sessions have ended. Whoever holds this link is %s, once, until %s UTC:", plain(who.Name), plain(who.Name), until.UTC().Format("2006-01-02 15:04"))
		return d.out.answer(invitedAnswer{jsonOfAccount(who), link, until.UTC().Format(time.RFC3339)}, d.out.line(link))
	})
}

type accountEndCmd struct {
	Name string `arg:"" placeholder:"NAME" help:"Whose: the name or the id of an account."`
}

// Help is shown under the command's flags.
func (accountEndCmd) Help() string {
	return `Somebody leaves, or must not get in any more. At once it ends all sessions and links of the account and takes away its password, codes, passkeys and
connections. The account stays in the list, because the journal names it, and can be invited again. Accounts are neither renamed nor
removed: an act in the journal is by the name that it had.

Prints the account's id. Exit codes: 0 done · 3 no such account · 7 not possible now · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *accountEndCmd) Run(d *desk) error {
	return d.keeping(lookAt(audit.Changed, "accounts", ""), func(a *store.Archive, look *store.Look) error {
		office, err := a.Office(d.ctx)
		if err != nil {
			return err
		}
		return (&inviteCmd{Name: x.Name}).dismiss(d, office, look)
	})
}
