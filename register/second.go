// SPDX-License-Identifier: Apache-2.0

package register

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
	"recount/journal"
)

const kindSecond = "second.named@1"

// Second is a person outside of the office whose signature stands for a second
// account's agreement. The key is theirs: the office has the public one.
type Second struct {
	Name     string // of the person, one line
	Capacity string // in which they do it: "notary in Tarn"
	VKey     string // public key of a signed note: name+hash+key
	Until    string // the last day on which they are one, YYYY-MM-DD; "" no end
}

func (x *Second) slots() []slot {
	return []slot{{"name", &x.Name}, {"capacity", &x.Capacity}, {"vkey", &x.VKey}, {"until", &x.Until}}
}

// Draft is the entry second.named@1 that says x.
func (x Second) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindSecond, x.slots(), reason, basis, handling)
}

// SecondFrom reads an entry second.named@1.
func SecondFrom(e journal.Entry) (Second, error) {
	var x Second
	err := read(kindSecond, x.slots(), e)
	return x, err
}

// MarshalJSON writes x by the names of its fields.
func (x Second) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Second) Check() error {
	c := checks{what: "second"}
	c.line("name", x.Name)
	c.line("capacity", x.Capacity)
	if _, err := note.NewVerifier(x.VKey); err != nil {
		c.failf("vkey", "it is no public key of a signed note; accepted is the line that recount second key prints")
	}
	c.day("until", x.Until)
	c.texts(x.slots())
	return c.err()
}

// agreementFormat is the first line of what a second from outside signs.
const agreementFormat = "recount agreement/1"

// Agreement is what a second from outside agrees to: a proposal, by its id, what
// it is about, and the leaf of its entry, to which every word of it is bound.
type Agreement struct {
	Origin   string // of the case's log
	Decision string // id, q-…
	About    string // "erase person p-…": act, kind and id of what it is about
	Leaf     string // of the entry decision.proposed, hex
}

// AgreementTo is what a second from outside signs to agree to a proposal; leaf is
// that of its entry, in the case's log of that origin.
func AgreementTo(origin string, x Proposal, leaf journal.Leaf) Agreement {
	return Agreement{Origin: origin, Decision: x.Decision, About: strings.Join(strings.Fields(x.Act+" "+x.SubjectKind+" "+x.Subject+" "+x.To), " "), Leaf: leaf.String()}
}

// Counts tells whether a signature of theirs counts on a day, YYYY-MM-DD.
func (x Second) Counts(day string) bool { return x.Until == "" || day <= x.Until }

// Text is what is signed: five lines (docs/formats/agreement.md).
func (a Agreement) Text() string {
	return strings.Join([]string{agreementFormat, a.Origin, a.Decision, a.About, a.Leaf}, "\n") + "\n"
}

// ParseAgreement reads the text of an agreement.
func ParseAgreement(text string) (Agreement, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 6 || lines[0] != agreementFormat || lines[5] != "" {
		return Agreement{}, fmt.Errorf("%w: it is no text of an agreement; accepted is what recount second text prints: five lines, the first %q", fault.Invalid, agreementFormat)
	}
	a := Agreement{lines[1], lines[2], lines[3], lines[4]}
	if err := CheckID("q", a.Decision); err != nil {
		return Agreement{}, err
	}
	if _, err := journal.ParseLeaf(a.Leaf); err != nil {
		return Agreement{}, err
	}
	if a.Origin == "" || len(strings.Fields(a.About)) < 2 {
		return Agreement{}, fmt.Errorf("%w: a line of the agreement is empty", fault.Invalid)
	}
	return a, nil
}

// NewSecondKey draws the key of a second from outside: the one that they keep,
// and the one that they give to the office. The name, of letters, digits, dots
// and hyphens, stands in both.
func NewSecondKey(rand io.Reader, name string) (skey, vkey string, err error) {
	skey, vkey, err = note.GenerateKey(rand, name)
	if err != nil {
		return "", "", fmt.Errorf("%w: making a key: %v", fault.Unavailable, err)
	}
	return skey, vkey, nil
}

// Sign signs the agreement as a signed note (golang.org/x/mod/sumdb/note).
func (a Agreement) Sign(skey string) ([]byte, error) {
	signer, err := note.NewSigner(strings.TrimSpace(skey))
	if err != nil {
		return nil, fmt.Errorf("%w: it is no key of a second; accepted is the file that recount second key made", fault.Invalid)
	}
	signed, err := note.Sign(&note.Note{Text: a.Text()}, signer)
	if err != nil {
		return nil, fmt.Errorf("%w: signing: %v", fault.Invalid, err)
	}
	return signed, nil
}

// SignedBy is which of the seconds has signed exactly this agreement; the error
// is fault.Forbidden where none has.
func (a Agreement) SignedBy(signed string, seconds []Second) (Second, error) {
	for _, s := range seconds {
		verifier, err := note.NewVerifier(s.VKey)
		if err != nil {
			return Second{}, fmt.Errorf("%w: the key of a second: %v", fault.Tampered, err)
		}
		opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
		if err != nil {
			continue
		}
		if opened.Text != a.Text() {
			return Second{}, fmt.Errorf("%w: %s has signed another agreement than that to %s; accepted is the signed text of this decision", fault.Forbidden, s.Name, a.Decision)
		}
		return s, nil
	}
	return Second{}, fmt.Errorf("%w: no second of this case has signed it; accepted is the text of %s, signed with the key of somebody whom second name has named", fault.Forbidden, a.Decision)
}
