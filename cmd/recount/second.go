// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/register"
	"recount/store"
)

type secondCmd struct {
	Key  secondKeyCmd  `cmd:"" help:"For the outside person: make a key in a file, and print its public half. Needs no archive."`
	Text secondTextCmd `cmd:"" help:"For the office: print the text of a decision, to be signed by an outside person."`
	Sign secondSignCmd `cmd:"" help:"For the outside person: sign the text of a decision. Needs no archive."`
	Name secondNameCmd `cmd:"" help:"For the office: name an outside person, by their public key."`
	List secondListCmd `cmd:"" help:"Show who has been named."`
}

type secondKeyCmd struct {
	Out  string `required:"" placeholder:"FILE" help:"The file of the key, which must not be there yet. It stays with whoever signs."`
	Name string `default:"second" placeholder:"NAME" help:"A name in the key: letters, digits, dots and hyphens."`
}

// Help is shown under the command's flags.
func (secondKeyCmd) Help() string {
	return `Where an office has one person, somebody from outside, a notary, a lawyer, a colleague of another organisation, agrees in the place of a
second account. They make a key on their own machine, keep the file, and send the line that is printed to the office, best by another way than
the texts that they will sign.

Exit codes: 0 made · 5 the file is there already · 8 not accepted · 64 usage.`
}

var keyName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$`)

// Run carries the command out.
func (x *secondKeyCmd) Run(d *desk) error {
	if !keyName.MatchString(x.Name) {
		return fmt.Errorf("%w: --name %.80q; accepted are up to 64 letters, digits, dots and hyphens", fault.Invalid, x.Name)
	}
	skey, vkey, err := register.NewSecondKey(d.program.rand, x.Name)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(x.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s is there already; accepted is the name of a new file", fault.Conflict, x.Out)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	_, err = f.WriteString(skey + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	d.out.note("the key is in %s; keep it, and give the office this line", filepath.Base(x.Out))
	return d.out.answer(struct {
		VKey string `json:"vkey"`
	}{vkey}, d.out.line(vkey))
}

type secondTextCmd struct {
	decision
}

// Help is shown under the command's flags.
func (secondTextCmd) Help() string {
	return `Five lines: what it is, the case, the decision, what it is about, and the fingerprint of the proposal, to which every word of it is bound. Nobody is
named in it. Send it to the outside person as a file, exactly as it is printed; what they send back goes to recount decide agree --outside FILE.

Exit codes: 0 printed · 3 no such decision · 64 usage.`
}

// Run carries the command out.
func (x *secondTextCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Viewed, "decisions", x.Decision), func(c glance) error {
		if err := x.seen(d, c.Case); err != nil {
			return err
		}
		a, err := casework.Desk{Case: c.Case}.AgreementOn(d.ctx, x.Decision)
		if err != nil {
			return err
		}
		return d.out.answer(struct {
			Text string `json:"text"`
		}{a.Text()}, func(w io.Writer) { fmt.Fprint(w, a.Text()) })
	})
}

type secondSignCmd struct {
	Key  string `required:"" type:"existingfile" placeholder:"FILE" help:"The file that second key made."`
	Text string `arg:"" type:"existingfile" placeholder:"TEXT" help:"The file with the text that the office sent."`
}

// Help is shown under the command's flags.
func (secondSignCmd) Help() string {
	return `The text says which case, which decision, what it is about, and the fingerprint of the proposal. It is shown before it is signed. Ask the office
what is to be decided and why, and sign only what you have understood: an erasure cannot be undone.

Prints the signed text; send all of it back. Exit codes: 0 signed · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *secondSignCmd) Run(d *desk) error {
	text, err := os.ReadFile(x.Text)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	agreement, err := register.ParseAgreement(string(text))
	if err != nil {
		return err
	}
	key, err := os.ReadFile(x.Key)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	signed, err := agreement.Sign(string(key))
	if err != nil {
		return err
	}
	d.out.note("signed: in the case %s, decision %s: %s", plain(agreement.Origin), agreement.Decision, plain(agreement.About))
	return d.out.answer(struct {
		Signed string `json:"signed"`
	}{string(signed)}, func(w io.Writer) { fmt.Fprint(w, string(signed)) })
}

type secondNameCmd struct {
	Name     string `arg:"" placeholder:"NAME" help:"Who it is."`
	Capacity string `required:"" placeholder:"TEXT" help:"In which capacity they agree: a notary, a lawyer, a colleague of another organisation."`
	VKey     string `name:"vkey" required:"" placeholder:"KEY" help:"The public key that they gave you (recount second key)."`
	Until    string `placeholder:"YYYY-MM-DD" help:"The last day on which their signature counts; naming them again with a day that is over ends it."`
	act
}

// Help is shown under the command's flags.
func (secondNameCmd) Help() string {
	return `From then on their signature stands for a second person of the office, in whatever takes two: erasing, lifting a hold, showing what was hidden.
Check the key with them by another way than it came. Whoever holds both keys can act alone, and the journal keeps the name and the capacity for
whoever asks later.

Exit codes: 0 named · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *secondNameCmd) Run(d *desk) error {
	return d.work(access.Admit, func(desk casework.Desk) error {
		done, err := desk.NameSecond(d.ctx, register.Second{Name: x.Name, Capacity: x.Capacity, VKey: x.VKey, Until: x.Until}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "a second from outside: "+x.Name)
	})
}

type secondListCmd struct{}

// Run carries the command out.
func (x *secondListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "seconds", ""), func(c glance) error {
		var all []register.Second
		err := c.Read(d.ctx, func(r store.Reader) (err error) {
			all, err = r.Seconds(d.ctx)
			return err
		})
		if err != nil {
			return err
		}
		return d.out.answer(all, func(w io.Writer) {
			rows := [][]string{{"name", "capacity", "until", "public key"}}
			for _, s := range all {
				rows = append(rows, []string{plain(s.Name), plain(s.Capacity), s.Until, s.VKey})
			}
			if len(all) == 0 {
				fmt.Fprintln(w, "Nobody from outside has been named.")
				return
			}
			columns(w, rows)
		})
	})
}
