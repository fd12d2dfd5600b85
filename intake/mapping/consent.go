// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strings"

	"recount/consent"
	"recount/intake/table"
)

// Consent says how a form's question for consent is to be read: what whoever said yes
// has agreed to, and what everybody was told. It becomes a consent on each record,
// beside the list.
type Consent struct {
	Answer      *Field   `json:"answer"`
	Uses        []string `json:"uses"` // "purpose recipient form", each yes where the answer is
	Date        *Field   `json:"date,omitempty"`
	ExplainedBy string   `json:"explained_by,omitempty"`
	Language    string   `json:"language,omitempty"`
	Explained   string   `json:"explained,omitempty"`
	Way         string   `json:"way,omitempty"`
	ObtainedBy  string   `json:"obtained_by,omitempty"`
}

func (c *Consent) slots() []slot {
	return []slot{{"answer", asCode, &c.Answer, roleAnswer}, {"date", asDate, &c.Date, roleDate}}
}

func (m *Mapping) readConsent(n node) error {
	c := &Consent{}
	f := form{
		"uses": texts(&c.Uses), "explained_by": text(&c.ExplainedBy, nil), "language": text(&c.Language, nil), "explained": text(&c.Explained, nil),
		"way": text(&c.Way, nil), "obtained_by": text(&c.ObtainedBy, nil),
	}
	if err := readSlots("consent", c.slots(), f, n); err != nil {
		return err
	}
	if c.Answer == nil || c.Answer.Constant != nil {
		return n.errorf(`consent says in which column the answer stands; accepted: "answer": {"column": "Consent", "codes": {"Yes": "yes", "No": "no"}}`)
	}
	if len(c.Uses) == 0 {
		return n.errorf(`consent says not what was agreed to; accepted: "uses" such as ["analyse team any", "un any record"]`)
	}
	if err := c.Given("yes", "").Check(); err != nil {
		return n.wrap(err)
	}
	m.Consent = c
	return nil
}

// Given is the consent of somebody who has answered so, without whose it is. Who said
// no has refused each of the uses.
func (c *Consent) Given(answer, date string) consent.Consent {
	x := consent.Consent{
		Consent: "n-0000000000000000", Subject: strings.Repeat("0", 63) + "1", ExplainedBy: c.ExplainedBy, Language: c.Language, Explained: c.Explained,
		Way: c.Way, ObtainedBy: c.ObtainedBy, Date: date,
	}
	for _, use := range c.Uses {
		parts := append(strings.Fields(use), "any", "any")
		x.Uses = append(x.Uses, consent.Rule{Purpose: parts[0], Recipient: parts[1], Form: parts[2], Answer: answer})
	}
	return x
}

// Consented is the answer to the question for consent that stands in a row, and the
// day; "" where nothing is said.
func (r *Reader) Consented(row *table.Row) (answer, day string) {
	if r.consent[0] == nil {
		return "", ""
	}
	rr := rowReader{Reader: r, row: row, p: &Person{}}
	_, said := rr.value(r.consent[0])
	if r.consent[1] != nil {
		if _, date := rr.value(r.consent[1]); len(date.text) == len("1992-02-26") {
			day = date.text
		}
	}
	return said.text, day
}
