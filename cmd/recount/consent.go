// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"recount/access"
	"recount/casework"
	"recount/consent"
	"recount/fault"
	"recount/register"
)

type consentCmd struct {
	Basis    consentBasisCmd    `cmd:"" help:"State on which ground a source is held, and what it may be used for."`
	Give     consentGiveCmd     `cmd:"" help:"Record what somebody agreed to, for each use."`
	Withdraw consentWithdrawCmd `cmd:"" help:"Record that a consent was taken back: nothing new may be made from then on."`
	Show     consentShowCmd     `cmd:"" help:"Show the basis of a source and what was agreed to about it, a person or a record."`
	List     consentListCmd     `cmd:"" help:"List the consents of the case, those that expire soon first."`
	May      consentMayCmd      `cmd:"" help:"Ask whether one use of a source is permitted, and why."`
	Used     consentUsedCmd     `cmd:"" help:"List the editions in which something was used before."`
}

// usesHelp says how uses are written, for all commands that take some.
const usesHelp = `A use is written as purpose, recipient, form and answer, with spaces between: 'publish-anonymised public quotation yes'. Left out at the end
are the answer (yes), the form and the recipient (any). What no line speaks of is no.

  purposes    record analyse national-prosecutor foreign-prosecutor icc un ngo research publish-anonymised publish-named publish-image
              publish-voice contact archive
  recipients  team family national-prosecutor foreign-prosecutor icc un ngo researchers media public, or a case's own x-…, or any
  forms       figures summary quotation record copy, or any
  answers     yes no ask

`

// uses are permitted uses as they are given on the command line.
type uses struct {
	Use  []string `sep:"none" placeholder:"'PURPOSE RECIPIENT FORM ANSWER'" help:"A use, and whether it is permitted; as often as needed."`
	Uses string   `type:"existingfile" placeholder:"FILE" help:"A file with a use on each line, beside those of --use."`
}

func (u uses) rules() (consent.Rules, error) {
	text := strings.Join(u.Use, "\n")
	if u.Uses != "" {
		more, err := os.ReadFile(u.Uses)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		text += "\n" + string(more)
	}
	return consent.ParseLines(text)
}

type consentBasisCmd struct {
	Source string `arg:"" placeholder:"s-…" help:"The source."`
	Ground string `arg:"" help:"public, family, consent, duty or confidential."`
	Legal  string `placeholder:"TEXT" help:"The law or mandate with its article; needed for duty."`
	Until  string `placeholder:"YYYY-MM-DD" help:"The last day on which it holds."`
	Note   string `placeholder:"TEXT" help:"Anything else."`
	uses
	act
}

// Help is shown under the command's flags.
func (consentBasisCmd) Help() string {
	return `The records of a source inherit its basis. Where none is stated it is that of the source's own entry (--basis of recount add source). What
each ground permits stands in docs/consent.md; uses that are given here stand in its place. With the ground consent nothing is permitted
but what a consent permits as well.

` + usesHelp + `Exit codes: 0 recorded · 3 no such source · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *consentBasisCmd) Run(d *desk) error {
	rules, err := x.rules()
	if err != nil {
		return err
	}
	return d.work(access.Receive, func(desk casework.Desk) error {
		done, err := desk.StateBasis(d.ctx, consent.Basis{Source: x.Source, Ground: x.Ground, LegalBasis: x.Legal, Uses: rules, Until: x.Until, Note: x.Note}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "basis of "+x.Source+" stated: "+register.Label(register.BasisCodes(), x.Ground))
	})
}

type consentGiveCmd struct {
	Subject     string `arg:"" placeholder:"s-…|p-…|LEAF" help:"What it covers: a source, a person or a record."`
	ID          string `name:"id" placeholder:"n-…" help:"Renew this consent instead of adding one; it stands anew, also where it was withdrawn."`
	ExplainedBy string `placeholder:"NAME" help:"Who explained what it means."`
	Language    string `placeholder:"TAG" help:"In which language: a BCP 47 tag, such as en or hy."`
	Explained   string `placeholder:"FILE|e-…" help:"What was explained: the exhibit that has the text, or a file, of which the SHA-256 is kept."`
	Way         string `placeholder:"WAY" help:"How it was given: oral, written or recorded."`
	ObtainedBy  string `placeholder:"NAME" help:"Who obtained it, and is asked where a use says ask."`
	Date        string `placeholder:"YYYY-MM-DD" help:"The day on which it was given."`
	Until       string `placeholder:"YYYY-MM-DD" help:"The last day on which it holds."`
	Minor       string `placeholder:"yes|no" help:"Whether it is about a child."`
	Guardian    string `placeholder:"NAME" help:"Who agreed for the child."`
	Assent      string `placeholder:"yes|no" help:"Whether the child agreed as well."`
	Interpreter string `placeholder:"NAME" help:"Who interpreted."`
	Skipped     bool   `help:"Questions were passed over. No reason is asked for."`
	Stopped     bool   `help:"The conversation was ended before its end. No reason is asked for."`
	Contact     string `placeholder:"yes|no|through" help:"Whether the person may be contacted again; through: by the way that --note says."`
	Note        string `placeholder:"TEXT" help:"Anything else."`
	uses
	act
}

// Help is shown under the command's flags.
func (consentGiveCmd) Help() string {
	return `A consent does not count while it lacks who explained it, in which language, what was explained, how and by whom it was obtained, and when;
of a child, who agreed for it and that it agreed itself. It is recorded all the same, and shown as lacking that.

` + usesHelp + `Prints the consent's id. Exit codes: 0 recorded · 3 what it covers does not exist · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *consentGiveCmd) Run(d *desk) error {
	rules, err := x.rules()
	if err != nil {
		return err
	}
	c := consent.Consent{
		Consent: x.ID, Subject: x.Subject, Uses: rules, ExplainedBy: x.ExplainedBy, Language: x.Language, Way: x.Way, ObtainedBy: x.ObtainedBy, Date: x.Date, Until: x.Until,
		Minor: x.Minor, Guardian: x.Guardian, Assent: x.Assent, Interpreter: x.Interpreter, Skipped: flagged(x.Skipped), Stopped: flagged(x.Stopped), Contact: x.Contact, Note: x.Note,
	}
	if c.Explained, err = explained(x.Explained); err != nil {
		return err
	}
	return d.work(access.Receive, func(desk casework.Desk) error {
		done, err := desk.GiveConsent(d.ctx, c, x.why())
		if err != nil {
			return err
		}
		sentence := "consent about " + x.Subject + " recorded"
		if missing := c.Missing(); len(missing) > 0 {
			sentence += ", which does not count: it does not say " + strings.ReplaceAll(strings.Join(missing, ", "), "_", " ")
		}
		return d.answerDone(done, sentence)
	})
}

func flagged(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

// explained is an exhibit's id as it stands, or the SHA-256 of a file.
func explained(said string) (string, error) {
	if said == "" || strings.HasPrefix(said, "e-") {
		return said, nil
	}
	text, err := os.ReadFile(said)
	if err != nil {
		return "", fmt.Errorf("%w: what was explained: %w (accepted: a file, or the id of an exhibit, e-…)", fault.Invalid, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

type consentWithdrawCmd struct {
	Consent string `arg:"" placeholder:"n-…" help:"The consent."`
	Note    string `placeholder:"TEXT" help:"Anything else."`
	uses
	act
}

// Help is shown under the command's flags.
func (consentWithdrawCmd) Help() string {
	return `Without a use all of it is taken back, from this moment on: a freeze or an export that would use what it covers is refused. What was published
before stays as it is; recount consent used lists it. A source that is held under a duty laid down by law stays in use for that duty, and
every answer says so.

` + usesHelp + `Exit codes: 0 recorded · 3 no such consent · 5 it is withdrawn already · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *consentWithdrawCmd) Run(d *desk) error {
	rules, err := x.rules()
	if err != nil {
		return err
	}
	return d.work(access.Receive, func(desk casework.Desk) error {
		done, err := desk.WithdrawConsent(d.ctx, consent.Withdrawn{Consent: x.Consent, Uses: rules, Note: x.Note}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "consent "+x.Consent+" withdrawn; where it was used before: recount consent used "+x.Consent)
	})
}
