// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net"
	"net/url"
	"time"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/names"
	"recount/register"
	"recount/store"
)

type inviteCmd struct {
	Name    string        `arg:"" placeholder:"NAME" help:"Who is invited: a name or a role that colleagues know. The journal will name this account as the actor."`
	Role    []string      `placeholder:"ROLE" help:"What they are to do in the case (--case, where there are several): custodian, investigator, analyst, lawyer, reviewer, publisher, reader or auditor; several, parted by commas. The same as recount member seat."`
	As      string        `name:"archive-role" placeholder:"ROLE" enum:",member,auditor,administrator" default:"" help:"Their role in the archive: member (of a new account, if nothing is said), who is in the cases that they have a seat in; auditor, who sees who signed in; administrator, who makes accounts and opens cases, and sees none by that."`
	Reason  string        `placeholder:"TEXT" help:"With --role: why, for the journal."`
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
	if x.Dismiss && (x.As != "" || len(x.Role) > 0) {
		return fmt.Errorf("%w: --dismiss invites nobody; accepted is --dismiss without --role and --archive-role", fault.Invalid)
	}
	act := audit.Invited
	if x.Dismiss {
		act = audit.Changed
	}
	return d.keeping(lookAt(act, "accounts", ""), func(a *store.Archive, look *store.Look) error {
		office, err := a.Office(d.ctx)
		if err != nil {
			return err
		}
		if x.Dismiss {
			return x.dismiss(d, office, look)
		}
		until := d.program.now().Add(x.Valid)
		role, err := x.roleOf(d, office)
		if err != nil {
			return err
		}
		secret, err := office.Invite(d.ctx, x.Name, role, x.Valid)
		if err != nil {
			return err
		}
		if err := x.seat(d, a); err != nil {
			return err
		}
		who, err := office.Invited(d.ctx, secret)
		if err != nil {
			return err
		}
		look.ID = who.ID
		link := at + "/sign-in?link=" + secret
		d.out.note("Whoever holds this link is %s (%s), once, until %s UTC:", plain(who.Name), who.Role, until.UTC().Format("2006-01-02 15:04"))
		return d.out.answer(invitedAnswer{jsonOfAccount(who), link, until.UTC().Format(time.RFC3339)}, d.out.line(link))
	})
}

// seat gives a seat in the case, where one is asked for.
func (x *inviteCmd) seat(d *desk, a *store.Archive) error {
	if len(x.Role) == 0 {
		return nil
	}
	id, err := d.caseID(a)
	if err != nil {
		return err
	}
	c, err := a.Case(d.ctx, id)
	if err != nil {
		return err
	}
	who, err := d.may(c, access.Admit)
	if err != nil {
		return err
	}
	desk := casework.Desk{Case: c, Actor: who.Name, Rand: d.program.rand}
	_, err = desk.Seat(d.ctx, register.Seated{Name: x.Name, Roles: x.Role}, casework.Why{Reason: x.Reason, Basis: "confidential", Handling: "internal"})
	return err
}

// roleOf is the role to invite with: a new account is a member if nothing else is
// said, one that is there keeps its own. A name that is new and gets nothing to do
// is more likely a slip.
func (x *inviteCmd) roleOf(d *desk, office *store.Office) (access.Role, error) {
	if x.As != "" || len(x.Role) == 0 {
		return access.Role(x.As), nil
	}
	all, err := office.Accounts(d.ctx)
	for _, a := range all {
		if names.Fold(a.Name) == names.Fold(x.Name) {
			return "", err
		}
	}
	return access.Member, err
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

func (x *inviteCmd) dismiss(d *desk, office *store.Office, look *store.Look) error {
	who, err := office.AccountNamed(d.ctx, x.Name)
	if err != nil {
		return err
	}
	if err := office.Dismiss(d.ctx, who.ID); err != nil {
		return err
	}
	look.ID = who.ID
	d.out.note("%s is out: all sessions, links and other ways to sign in have ended.", plain(who.Name))
	return d.out.answer(jsonOfAccount(who), d.out.line(who.ID))
}

// showAccounts lists who may enter the reading room; never a secret.
func (d *desk) showAccounts() error {
	return d.keeping(lookAt(audit.Listed, "accounts", ""), func(a *store.Archive, _ *store.Look) error {
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
