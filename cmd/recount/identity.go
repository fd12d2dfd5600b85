// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"

	"recount/access"
	"recount/casework"
	"recount/fault"
	"recount/identities"
	"recount/store"
	"recount/strongroom"
)

type identityCmd struct {
	Passphrase identityPassphraseCmd `cmd:"" help:"Become an opener by a passphrase of your own, or change it."`
	Protect    identityProtectCmd    `cmd:"" help:"Seal who somebody is; the case knows them by a pseudonym."`
	Amend      identityAmendCmd      `cmd:"" help:"Change what is sealed, or who may open it."`
	List       identityListCmd       `cmd:"" help:"List pseudonyms, who may open them, and when they were opened."`
	Ask        identityAskCmd        `cmd:"" help:"Ask for an identity to be opened: another person opens it."`
	Open       identityOpenCmd       `cmd:"" help:"Open an identity that another person asked for."`
	Pseudonym  identityPseudonymCmd  `cmd:"" help:"Say what a protected person is called in a dossier."`
	Check      identityCheckCmd      `cmd:"" help:"Look for true names in a dossier's statement before it is frozen."`
	Place      identityPlaceCmd      `cmd:"" help:"Move the map of identities to another medium, or show where it lies."`
	Copy       identityCopyCmd       `cmd:"" help:"Copy the map of identities; no backup has it."`
	Sweep      identitySweepCmd      `cmd:"" help:"Destroy what the journal does not name any more."`
	Erase      identityEraseCmd      `cmd:"" help:"Destroy an identity: one person asks, another does it."`
}

// Help is shown under the command's flags.
func (identityCmd) Help() string {
	return `A protected person is known in the case by a pseudonym. Who it is lies sealed in the map of identities, a folder of its own that can be on another
medium; the case works without it. To open an identity takes the map, an opener's own passphrase, the case's journal, and two people: one asks,
and another, who is an opener of it, opens. The journal says who opened it, for whom and why; nothing says who it is. In a statement,
{{witness w-…}} becomes the pseudonym of that dossier. docs/identities.md has the whole of it.

Exit codes: 0 done · 3 not found · 4 tampered with · 5 conflict · 6 not allowed, also a wrong passphrase · 7 the map is away · 8 not accepted ·
64 usage.`
}

// identityWay is how an opener's own passphrase is given.
type identityWay struct {
	IdentityPassphraseFile string `name:"identity-passphrase-file" placeholder:"FILE" help:"Take your identity passphrase from the first line of this file, instead of asking for it."`
	IdentityPassphraseFD   *int   `name:"identity-passphrase-fd" placeholder:"N" help:"Take it from this file descriptor."`
}

func (x identityWay) given(d *desk, prompt string) (way strongroom.Way, err error) {
	switch {
	case x.IdentityPassphraseFD != nil:
		way, err = d.passphraseFrom(os.NewFile(uintptr(*x.IdentityPassphraseFD), "identity passphrase"), fmt.Sprintf("descriptor %d", *x.IdentityPassphraseFD))
	case x.IdentityPassphraseFile != "":
		way, err = d.passphraseIn(x.IdentityPassphraseFile)
	case !d.canAsk():
		return way, fmt.Errorf("%w: nobody sits here to be asked for an identity passphrase; accepted: --identity-passphrase-file FILE or --identity-passphrase-fd N", fault.Invalid)
	default:
		text, err := d.askSecret(prompt)
		if err != nil {
			return way, err
		}
		return strongroom.Passphrase(text)
	}
	return way, err
}

const ownIdentityPassphrase = "Your identity passphrase: "

type identityPassphraseCmd struct {
	identityWay
	NewPassphraseFile string `name:"new-identity-passphrase-file" placeholder:"FILE" help:"Take the new passphrase from the first line of this file, instead of asking for it."`
	act
}

// Help is shown under the command's flags.
func (identityPassphraseCmd) Help() string {
	return `The first time this makes whoever acts an opener: from then on identities can be sealed to them. Later it changes the passphrase, for which the one
of today is needed. It is another passphrase than the archive's, and nobody can restore it: name two openers or more for each identity.
A copy of the map that was made before still opens by the old passphrase.`
}

// Run carries the command out.
func (x *identityPassphraseCmd) Run(d *desk) error {
	return d.work(access.Confirm, func(w casework.Desk) error {
		is, err := w.IsOpener(d.ctx)
		if err != nil {
			return err
		}
		var old strongroom.Way
		if is {
			if old, err = x.given(d, "Your identity passphrase of today: "); err != nil {
				return err
			}
			defer old.Forget()
		}
		way, err := newWay{x.NewPassphraseFile}.passphrase(d)
		if err != nil {
			return err
		}
		defer way.Forget()
		if is {
			if err := w.ChangeIdentityPassphrase(d.ctx, old, way, strongroom.UsualCost()); err != nil {
				return err
			}
			return d.out.answer(map[string]string{"opener": w.Actor}, func(out io.Writer) { fmt.Fprintln(out, "The identity passphrase was changed.") })
		}
		done, err := w.BecomeOpener(d.ctx, way, strongroom.UsualCost(), x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, w.Actor+" is an opener of protected identities now")
	})
}

// whoItIs is where the content of an identity comes from: never from arguments,
// which anybody on the machine can read.
type whoItIs struct {
	From  string `placeholder:"FILE" help:"Read who it is from this file, - for standard input: lines that begin with name:, contact:, residence:, relatives: or note:."`
	Photo string `placeholder:"FILE" help:"A picture, at most 5 MiB. The file stays where it is: destroy it yourself."`
}

func (x whoItIs) content(d *desk) (c identities.Content, err error) {
	if x.From != "" {
		text, err := x.text(d)
		if err != nil {
			return c, err
		}
		if c, err = identities.ParseForm(string(text)); err != nil {
			return c, err
		}
		clear(text)
	}
	if x.Photo != "" {
		f, err := os.Open(x.Photo)
		if err != nil {
			return c, fmt.Errorf("%w: the picture: %w", fault.Invalid, err)
		}
		defer f.Close() // only read from
		if c.Photo, err = io.ReadAll(io.LimitReader(f, identities.MostPhoto+1)); err != nil {
			return c, fmt.Errorf("%w: reading the picture: %w", fault.Unavailable, err)
		}
	}
	return c, nil
}

const longestForm = 1 << 20

func (x whoItIs) text(d *desk) (text []byte, err error) {
	in := d.program.stdin
	if x.From != "-" {
		f, err := os.Open(x.From)
		if err != nil {
			return nil, fmt.Errorf("%w: the file with who it is: %w", fault.Invalid, err)
		}
		defer f.Close() // only read from
		in = f
	} else if d.canAsk() {
		d.out.note("Who is it? Lines such as name: …, contact: …, residence: …, relatives: …, note: …; end with Ctrl-D.")
	}
	text, err = io.ReadAll(io.LimitReader(in, longestForm))
	if err != nil {
		return nil, fmt.Errorf("%w: reading who it is: %w", fault.Unavailable, err)
	}
	return text, nil
}

type identityProtectCmd struct {
	whoItIs
	Opener    []string `placeholder:"NAME" required:"" help:"Who may open it, an opener of this case; for each one more. Name two or more."`
	Pseudonym string   `placeholder:"TEXT" help:"What the case calls the person; without it one is drawn that says nothing, such as Witness KD-47."`
	StandsFor string   `placeholder:"ID" help:"The source or person of the case that it is."`
	act
}

// Run carries the command out.
func (x *identityProtectCmd) Run(d *desk) error {
	if x.From == "" {
		return fmt.Errorf("%w: who is it? accepted: --from FILE, or --from - for standard input; never arguments, which others on the machine can read", fault.Invalid)
	}
	return d.work(access.Receive, func(w casework.Desk) error {
		content, err := x.content(d)
		if err != nil {
			return err
		}
		done, err := w.Protect(d.ctx, casework.ToProtect{Pseudonym: x.Pseudonym, StandsFor: x.StandsFor, Openers: x.Opener, Content: content}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "The identity was sealed, and is known by its pseudonym")
	})
}

type identityAmendCmd struct {
	oneIdentity
	whoItIs
	Opener    []string `placeholder:"NAME" help:"Who may open it from now on, in the place of those who could; for each one more."`
	Pseudonym string   `placeholder:"TEXT" help:"What the case calls the person from now on."`
	StandsFor string   `placeholder:"ID" help:"The source or person of the case that it is."`
	identityWay
	act
}

// Run carries the command out.
func (x *identityAmendCmd) Run(d *desk) error {
	return d.work(access.Confirm, func(w casework.Desk) error {
		if err := x.seen(d, w.Case); err != nil {
			return err
		}
		content, err := x.content(d)
		if err != nil {
			return err
		}
		way, err := x.given(d, ownIdentityPassphrase)
		if err != nil {
			return err
		}
		defer way.Forget()
		done, err := w.Amend(d.ctx, casework.ToProtect{Identity: x.Identity, Pseudonym: x.Pseudonym, StandsFor: x.StandsFor, Openers: x.Opener, Content: content}, way, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "The identity was sealed anew; what was not given stays as it was")
	})
}

// oneIdentity names one that is protected.
type oneIdentity struct {
	Identity string `arg:"" placeholder:"ID" help:"The protected identity, w-…."`
}

// seen refuses one that is not there for whoever acts.
func (x oneIdentity) seen(d *desk, c *store.Case) error { return d.sees(c, "identity", x.Identity) }

type identityAskCmd struct {
	oneIdentity
	For string `required:"" placeholder:"WHOM" help:"Who is to be told, such as a court."`
	act
}

// Run carries the command out.
func (x *identityAskCmd) Run(d *desk) error {
	return d.work(access.Decide, func(w casework.Desk) error {
		if err := x.seen(d, w.Case); err != nil {
			return err
		}
		done, err := w.ProposeReveal(d.ctx, x.Identity, x.For, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "Another person, one of its openers, can open it with recount identity open "+done.ID)
	})
}
