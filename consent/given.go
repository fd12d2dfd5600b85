// SPDX-License-Identifier: Apache-2.0

package consent

import (
	"fmt"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

// Consent is what somebody agreed to. The same id given again renews it: what
// was said before under that id, a withdrawal too, does not count any more.
type Consent struct {
	Consent     string // id, n-…
	Subject     string // what it covers: a source s-…, a person p-…, or a record by its leaf
	Uses        Rules  // what is not in it is no
	ExplainedBy string // who explained what it means
	Language    string // in which language, BCP 47
	Explained   string // what was explained: an exhibit e-…, or the SHA-256 of the text
	Way         string // Ways: oral, written, recorded
	ObtainedBy  string // who obtained it, and is to be asked
	Date        string // the day, YYYY-MM-DD
	Until       string // the last day on which it holds; "" without end
	Minor       string // yes, no, "" not said
	Guardian    string // who agreed for a child, by name or role
	Assent      string // yes, no: whether the child agreed as well
	Interpreter string // who interpreted, "" nobody
	Skipped     string // yes: some questions were passed over; no reason is asked
	Stopped     string // yes: the conversation was ended before its end; likewise
	Contact     string // Contacts
	Note        string

	Seq       int64       // the entry that it stands since
	Withdrawn []Withdrawn // since then, oldest first
}

func (x *Consent) slots() []slot {
	return []slot{
		{"consent", &x.Consent},
		{"source", subject{&x.Subject, func(id string) bool { return register.CheckID("s", id) == nil }}},
		{"person", subject{&x.Subject, func(id string) bool { return register.CheckID("p", id) == nil }}},
		{"record", subject{&x.Subject, isHex}},
		{"uses", &x.Uses}, {"explained_by", &x.ExplainedBy},
		{"language", &x.Language}, {"explained", &x.Explained}, {"way", &x.Way}, {"obtained_by", &x.ObtainedBy},
		{"date", &x.Date}, {"until", &x.Until}, {"minor", &x.Minor}, {"guardian", &x.Guardian}, {"assent", &x.Assent},
		{"interpreter", &x.Interpreter}, {"skipped", &x.Skipped}, {"stopped", &x.Stopped}, {"contact", &x.Contact}, {"note", &x.Note},
	}
}

// Draft is the entry consent.given@1 that says x.
func (x Consent) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindGiven, x.slots(), reason, basis, handling)
}

// ConsentFrom reads an entry consent.given@1.
func ConsentFrom(e journal.Entry) (Consent, error) {
	x := Consent{Seq: e.Header.Seq}
	err := read(kindGiven, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid). That
// something is missing is no fault of form: it is recorded as it is, and does
// not count (Missing).
func (x Consent) Check() error {
	c := checks{what: "consent"}
	c.add("consent", register.CheckID("n", x.Consent))
	c.add("subject", CheckSubject(x.Subject))
	if len(x.Uses) == 0 {
		c.failf("uses", "none is said; accepted is one answer a line: purpose, recipient, form, answer")
	}
	if x.Explained != "" && register.CheckID("e", x.Explained) != nil && !isHex(x.Explained) {
		c.failf("explained", "%.40q: accepted is the id of an exhibit, e-…, or the SHA-256 of the text, 64 hex digits", x.Explained)
	}
	c.choice("way", Ways(), x.Way)
	for field, code := range map[string]string{"minor": x.Minor, "assent": x.Assent, "skipped": x.Skipped, "stopped": x.Stopped} {
		c.add(field, register.CheckFlag(field, code))
	}
	c.choice("contact", Contacts(), x.Contact)
	c.day("date", x.Date)
	c.day("until", x.Until)
	if x.Date != "" && over(x.Until, x.Date) {
		c.failf("until", "it lies before the day on which the consent was given")
	}
	c.texts(x.slots())
	return c.err()
}

// CheckSubject accepts what a consent can cover.
func CheckSubject(id string) error {
	if register.CheckID("s", id) == nil || register.CheckID("p", id) == nil || isHex(id) {
		return nil
	}
	return fmt.Errorf("%w: what the consent covers, %.40q: accepted are a source, s-…, a person, p-…, or a record, 64 hex digits", fault.Invalid, id)
}

func isHex(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// The states of a consent.
const (
	Given   = "given"
	Expired = "expired"
	Revoked = "withdrawn" // in whole
)

// State is whether the consent stands on a day: Given, Expired or Revoked. One
// that was withdrawn for some uses only is Given.
func (x Consent) State(today string) string {
	for _, w := range x.Withdrawn {
		if len(w.Uses) == 0 {
			return Revoked
		}
	}
	if over(x.Until, today) {
		return Expired
	}
	return Given
}

// takenBack reports whether a use was withdrawn, with all others or by itself.
// Naming a use in a withdrawal takes it back, whatever answer stands there.
func (x Consent) takenBack(u Use) bool {
	for _, w := range x.Withdrawn {
		if len(w.Uses) == 0 {
			return true
		}
		for _, r := range w.Uses {
			if r.covers(u) {
				return true
			}
		}
	}
	return false
}

// Missing are the fields without which a consent does not count (domain rules
// of validity: who explained it, in which language, what was explained, how and
// by whom it was obtained, when; of a child, who agreed for it and that it
// agreed itself). Empty: none.
func (x Consent) Missing() []string {
	var missing []string
	for _, f := range []struct{ name, text string }{
		{"explained_by", x.ExplainedBy}, {"language", x.Language}, {"explained", x.Explained}, {"way", x.Way}, {"obtained_by", x.ObtainedBy}, {"date", x.Date},
	} {
		if strings.TrimSpace(f.text) == "" {
			missing = append(missing, f.name)
		}
	}
	if x.Minor == "yes" {
		if strings.TrimSpace(x.Guardian) == "" {
			missing = append(missing, "guardian")
		}
		if x.Assent != "yes" {
			missing = append(missing, "assent")
		}
	}
	return missing
}

// Withdrawn is that a consent was taken back: in whole, or for some uses.
type Withdrawn struct {
	Consent string // id, n-…
	Uses    Rules  // which; none: all of it. The answers in it say nothing
	Note    string

	Seq int64 // the entry that says so
}

func (x *Withdrawn) slots() []slot {
	return []slot{{"consent", &x.Consent}, {"uses", &x.Uses}, {"note", &x.Note}}
}

// Draft is the entry consent.withdrawn@1 that says x.
func (x Withdrawn) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindWithdrawn, x.slots(), reason, basis, handling)
}

// WithdrawnFrom reads an entry consent.withdrawn@1.
func WithdrawnFrom(e journal.Entry) (Withdrawn, error) {
	x := Withdrawn{Seq: e.Header.Seq}
	err := read(kindWithdrawn, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Withdrawn) Check() error {
	c := checks{what: "withdrawal"}
	c.add("consent", register.CheckID("n", x.Consent))
	c.texts(x.slots())
	return c.err()
}
