// SPDX-License-Identifier: Apache-2.0

// Package consent decides what may be done with what somebody gave: on which
// ground a source is held, what the people in it agreed to, and whether one use
// of it is permitted (I-21, I-22, R-21).
//
// A use is a purpose, a recipient and a form. The answer is yes, no, or ask
// first; where nothing is said it is no. May is the one place that answers; it
// says why, so that a refusal can name what is missing.
//
//	Basis      on which ground a source is held, and for which uses    basis.stated@1
//	Consent    what somebody agreed to, who explained it, until when   consent.given@1
//	Withdrawn  that it was taken back, in whole or for some uses       consent.withdrawn@1
//	Shared     to whom a bundle was handed, under which conditions     bundle.shared@1
//
// docs/consent.md says what follows from each; grounds.txt beside this file has
// what each ground permits where nothing else is stated.
package consent

import (
	"fmt"
	"regexp"
	"strings"

	"recount/fault"
	"recount/register"
)

// Use is one thing that could be done with what somebody gave.
type Use struct{ Purpose, Recipient, Form string }

// Check accepts a purpose, a recipient and a form; none of them may be Any.
func (u Use) Check() error {
	for _, x := range []struct {
		what, code string
		list       []register.Code
	}{{"purpose", u.Purpose, Purposes()}, {"recipient", u.Recipient, Recipients()}, {"form", u.Form, Forms()}} {
		if err := checkCode(x.what, x.list, x.code, x.what == "recipient"); err != nil {
			return err
		}
	}
	return nil
}

// String is the use in one line, as rules are written.
func (u Use) String() string { return u.Purpose + " " + u.Recipient + " " + u.Form }

// Any stands in a rule for every recipient, or every form.
const Any = "any"

// The answers.
const (
	Yes = "yes"
	No  = "no"
	Ask = "ask" // ask first, each time
)

// Purposes: what something is used for.
func Purposes() []register.Code {
	return []register.Code{
		{Code: "record", Label: "Write it down and keep it"},
		{Code: "analyse", Label: "Work with it inside the case"},
		{Code: "national-prosecutor", Label: "Give it to a prosecutor or court of the same country"},
		{Code: "foreign-prosecutor", Label: "Give it to a prosecutor or court of another country"},
		{Code: "icc", Label: "Give it to the International Criminal Court"},
		{Code: "un", Label: "Give it to a mechanism of the United Nations"},
		{Code: "ngo", Label: "Give it to another organisation"},
		{Code: "research", Label: "Research, without names"},
		{Code: "publish-anonymised", Label: "Publish without names"},
		{Code: "publish-named", Label: "Publish with the name"},
		{Code: "publish-image", Label: "Publish an image"},
		{Code: "publish-voice", Label: "Publish a voice"},
		{Code: "contact", Label: "Contact again"},
		{Code: "archive", Label: "Keep in an archive when the case is over"},
	}
}

// Recipients: who gets to see it.
func Recipients() []register.Code {
	return []register.Code{
		{Code: "team", Label: "Those who work on the case"},
		{Code: "family", Label: "The family"},
		{Code: "national-prosecutor", Label: "A prosecutor or court of the same country"},
		{Code: "foreign-prosecutor", Label: "A prosecutor or court of another country"},
		{Code: "icc", Label: "The International Criminal Court"},
		{Code: "un", Label: "A mechanism of the United Nations"},
		{Code: "ngo", Label: "Another organisation"},
		{Code: "researchers", Label: "Researchers"},
		{Code: "media", Label: "Journalists"},
		{Code: "public", Label: "Anyone"},
	}
}

// Forms: what of it gets there.
func Forms() []register.Code {
	return []register.Code{
		{Code: "figures", Label: "Counted in figures"},
		{Code: "summary", Label: "Told in other words"},
		{Code: "quotation", Label: "Quoted word by word"},
		{Code: "record", Label: "The records, field by field"},
		{Code: "copy", Label: "The whole file"},
	}
}

// Answers: what may be said of a use.
func Answers() []register.Code {
	return []register.Code{{Code: Yes, Label: "Yes"}, {Code: No, Label: "No"}, {Code: Ask, Label: "Ask first"}}
}

// Ways: how a consent was given.
func Ways() []register.Code {
	return []register.Code{{Code: "oral", Label: "Spoken"}, {Code: "written", Label: "Written"}, {Code: "recorded", Label: "Recorded"}}
}

// Contacts: whether whoever gave the consent may be spoken to again.
func Contacts() []register.Code {
	return []register.Code{{Code: "yes", Label: "May be contacted again"}, {Code: "no", Label: "Does not want to be contacted"}, {Code: "through", Label: "Only through somebody, as the note says"}}
}

// ownCode is a case's own recipient, so that a named body can be one.
var ownCode = regexp.MustCompile(`^x-[a-z0-9][a-z0-9-]{0,60}$`)

func checkCode(what string, list []register.Code, code string, own bool) error {
	words := make([]string, len(list))
	for i, c := range list {
		if c.Code == code {
			return nil
		}
		words[i] = c.Code
	}
	more := ""
	if own {
		if ownCode.MatchString(code) {
			return nil
		}
		more = ", or a case's own code: x- and then small letters a to z, digits and hyphens"
	}
	return fmt.Errorf("%w: %s %.40q: accepted are %s%s", fault.Invalid, what, code, strings.Join(words, ", "), more)
}
