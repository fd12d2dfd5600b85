// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net"
	"net/url"
	"time"

	"recount/access"
	"recount/fault"
	"recount/store"
)

type inviteCmd struct {
	Name    string        `arg:"" placeholder:"NAME" help:"Who is invited: a name or a role that colleagues know. The journal will name this account as the actor."`
	Role    string        `placeholder:"ROLE" enum:",auditor,reader,writer" default:"" help:"auditor, who may see who looked and nothing else of any case; reader, who may look at every case of the archive, or writer, who may also add and decide. Needed for a new name; another role becomes the account's at once, in sessions that are open too."`
	Valid   time.Duration `placeholder:"TIME" default:"24h" help:"How long the link can be used, such as 15m or 24h (the default); at most 720h."`
	At      string        `placeholder:"URL" default:"http://127.0.0.1:7373" help:"The address at which whoever is invited reaches the server."`
	Dismiss bool          `help:"Invite nobody: end all sessions, links and other ways to sign in of this account, at once, as recount account end does. The account stays, because the journal names it, and can be invited again."`
}

// Help is shown under the command's flags.
func (inviteCmd) Help() string {
	return `Prints a link that signs in as this account, once. Whoever holds the link is that account, until it is used or out of date: what is done then
stands in the journal under that name. Hand it over on a way that nobody else reads, and ask whether it worked: if it was used up
already, somebody else is in; end that with --dismiss.

The secret in the link is printed here and nowhere else; the archive keeps only its hash. A session ends after 30 minutes without a visit, and after 12 hours
at the latest.
A second link does not end the first. "recount account list" lists who there is; "recount account reset" is for whoever has lost the ways to sign in.

Prints the link alone, or with --dismiss the account's id. Exit codes: 0 done · 3 no such account · 7 not possible now · 8 not accepted ·
64 usage.`
}

type invitedAnswer struct {
	Account accountJSON `json:"account"`
	Link    string      `json:"link"`
	Until   string      `json:"until"` // RFC 3339, UTC
}

type accountJSON struct {
	ID   string      `json:"account"`
	Name string      `json:"name"`
	Role access.Role `json:"role"`
}

func jsonOfAccount(a access.Account) accountJSON { return accountJSON{a.ID, a.Name, a.Role} }

// Run carries the command out.
func (x *inviteCmd) Run(d *desk) error {
	at, err := x.address()
	if err != nil {
		return err
	}
	if x.Dismiss && x.Role != "" {
		return fmt.Errorf("%w: --dismiss invites nobody; accepted is --dismiss without --role", fault.Invalid)
	}
	return d.withArchive(func(a *store.Archive) error {
		office, err := a.Office(d.ctx)
		if err != nil {
			return err
		}
		if x.Dismiss {
			return x.dismiss(d, office)
		}
		until := d.program.now().Add(x.Valid)
		secret, err := office.Invite(d.ctx, x.Name, access.Role(x.Role), x.Valid)
		if err != nil {
			return err
		}
		who, err := office.Invited(d.ctx, secret)
		if err != nil {
			return err
		}
		link := at + "/sign-in?link=" + secret
		d.out.note("Whoever holds this link is %s (%s), once, until %s UTC:", plain(who.Name), who.Role, until.UTC().Format("2006-01-02 15:04"))
		return d.out.answer(invitedAnswer{jsonOfAccount(who), link, until.UTC().Format(time.RFC3339)}, d.out.line(link))
	})
}

// address is where the server is reached, without a slash at its end. A link
// must not cross a network in the clear, no more than a case (serve).
func (x *inviteCmd) address() (string, error) {
	u, err := url.Parse(x.At)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%w: --at %.80q (accepted: the server's address, such as https://archive.example)", fault.Invalid, x.At)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", fmt.Errorf("%w: --at %.80q: the link would cross the network in the clear (accepted: https, or http to a loopback address)", fault.Invalid, x.At)
	}
	return u.Scheme + "://" + u.Host, nil
}

func (x *inviteCmd) dismiss(d *desk, office *store.Office) error {
	who, err := office.AccountNamed(d.ctx, x.Name)
	if err != nil {
		return err
	}
	if err := office.Dismiss(d.ctx, who.ID); err != nil {
		return err
	}
	d.out.note("%s is out: all sessions, links and other ways to sign in have ended.", plain(who.Name))
	return d.out.answer(jsonOfAccount(who), d.out.line(who.ID))
}

// showAccounts lists who may enter the reading room; never a secret.
func (d *desk) showAccounts() error {
	return d.withArchive(func(a *store.Archive) error {
		office, err := a.Office(d.ctx)
		if err != nil {
			return err
		}
		all, err := office.Accounts(d.ctx)
		return listedAs(d, all, err, jsonOfAccount, []string{"account", "role", "name"}, func(a access.Account) []string {
			return []string{a.ID, string(a.Role), a.Name}
		})
	})
}
