// SPDX-License-Identifier: Apache-2.0

package consent

import (
	"strings"

	"recount/journal"
	"recount/register"
)

// Shared is that a bundle was handed to somebody under conditions, which travel
// with it in its file CONDITIONS.txt.
type Shared struct {
	Dossier     string // id, d-…
	Edition     int64
	Recipient   string // Recipients, or a case's own x-…
	Name        string // who that is, in words
	Purpose     string // Purposes
	Until       string // the last day on which it may be used, "" without end
	Conditions  string // in words, one line
	TagManifest string // SHA-256 of tagmanifest-sha256.txt of the bundle, hex

	Seq int64
}

func (x *Shared) slots() []slot {
	return []slot{
		{"dossier", &x.Dossier}, {"edition", &x.Edition}, {"recipient", &x.Recipient}, {"name", &x.Name},
		{"purpose", &x.Purpose}, {"until", &x.Until}, {"conditions", &x.Conditions}, {"tag_manifest", &x.TagManifest},
	}
}

// Draft is the entry bundle.shared@1 that says x.
func (x Shared) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindShared, x.slots(), reason, basis, handling)
}

// SharedFrom reads an entry bundle.shared@1.
func SharedFrom(e journal.Entry) (Shared, error) {
	x := Shared{Seq: e.Header.Seq}
	err := read(kindShared, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid). The bundle's
// manifest is not known before it is made and is not asked for.
func (x Shared) Check() error {
	c := checks{what: "handing over"}
	c.add("dossier", register.CheckID("d", x.Dossier))
	c.add("recipient", checkCode("recipient", Recipients(), x.Recipient, true))
	c.add("purpose", checkCode("purpose", Purposes(), x.Purpose, false))
	for field, line := range map[string]string{"name": x.Name, "conditions": x.Conditions} {
		if strings.ContainsAny(line, "\r\n\x00") || strings.TrimSpace(line) != line {
			c.failf(field, "accepted is a text of one line, without spaces at its ends")
		}
	}
	if x.Name == "" {
		c.failf("name", "it is missing; accepted is who gets the bundle, in words")
	}
	c.day("until", x.Until)
	c.texts(x.slots())
	return c.err()
}
