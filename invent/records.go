// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"encoding/json"
	"strings"
)

// statementRecord is a record as people write it down from a statement.
type statementRecord struct {
	Format   string          `json:"format"`
	Source   string          `json:"source"`
	Exhibit  string          `json:"exhibit"`
	Pinpoint string          `json:"pinpoint"`
	Handling string          `json:"handling"`
	Basis    string          `json:"basis"`
	Record   map[string]any  `json:"record"`
	Harms    []statementHarm `json:"harms"`
}

type statementHarm struct {
	Code     map[string]string `json:"code"`
	Incident string            `json:"incident"`
}

// harmSaid is what a witness's words say was done to the person whom they
// name: no more than that.
func harmSaid(words string) string {
	if strings.Contains(words, "to the hospital") {
		return "injured"
	}
	return "missing"
}

// recordOf is what a witness says of the person named in a statement. The
// witness gives no day: the record is tied to the incident alone.
func (c *Case) recordOf(p paper, e ExhibitFile, q Quote) ([]byte, error) {
	r := statementRecord{
		Format: "recount record/1", Source: e.Source, Exhibit: e.Exhibit, Pinpoint: "characters " + q.Pinpoint,
		Handling: "confidential", Basis: "consent",
		Record: map[string]any{"name": p.named, "note": Notice},
		Harms:  []statementHarm{{map[string]string{"written": q.Quote, "code": harmSaid(q.Quote)}, c.incidents[p.event].Incident}},
	}
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}
