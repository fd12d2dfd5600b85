// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"recount/fault"
)

// FileConditions is the file of a bundle that was handed to somebody under
// conditions.
const FileConditions = "CONDITIONS.txt"

// Conditions say for whom a bundle was made, what for and until when. They
// travel with it (docs/formats/bundle.md).
type Conditions struct {
	Dossier    string `json:"dossier"`
	Edition    int64  `json:"edition"`
	Recipient  string `json:"recipient"` // a code
	Name       string `json:"name"`      // who that is, in words
	Purpose    string `json:"purpose"`   // a code
	Until      string `json:"until,omitempty"`
	Conditions string `json:"conditions,omitempty"` // in words
}

const conditionsHead = "recount conditions/1"

// conditionsTail stands in every such file, so that whoever finds it reads what
// it is for.
const conditionsTail = "This bundle was given to the recipient named above for the purpose named above. Whoever passes it on passes on this file and its conditions."

// Text is the file.
func (c Conditions) Text() string {
	dash := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	return strings.Join([]string{
		conditionsHead, "dossier " + c.Dossier, "edition " + itoa(c.Edition), "recipient " + c.Recipient, "name " + c.Name,
		"purpose " + c.Purpose, "until " + dash(c.Until), "conditions " + dash(c.Conditions), "", conditionsTail, "",
	}, "\n")
}

// ParseConditions reads the file; anything but the one form is fault.Invalid.
func ParseConditions(text string) (Conditions, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 11 || lines[0] != conditionsHead {
		return Conditions{}, fmt.Errorf("%w: accepted is %q and seven lines, an empty line, and the sentence behind them", fault.Invalid, conditionsHead)
	}
	var c Conditions
	var edition string
	for i, f := range []struct {
		name string
		to   *string
	}{{"dossier", &c.Dossier}, {"edition", &edition}, {"recipient", &c.Recipient}, {"name", &c.Name}, {"purpose", &c.Purpose}, {"until", &c.Until}, {"conditions", &c.Conditions}} {
		value, ok := strings.CutPrefix(lines[i+1], f.name+" ")
		if !ok || value == "" || strings.TrimSpace(value) != value || strings.ContainsAny(value, "\r\x00") {
			return Conditions{}, fmt.Errorf("%w: line %d: accepted is %q, a space and a value", fault.Invalid, i+2, f.name)
		}
		if value == "-" && i >= 5 {
			value = ""
		}
		*f.to = value
	}
	if _, err := fmt.Sscan(edition, &c.Edition); err != nil || itoa(c.Edition) != edition {
		return Conditions{}, fmt.Errorf("%w: edition %.20q: accepted is a whole number", fault.Invalid, edition)
	}
	if c.Until != "" {
		if _, err := time.Parse(time.DateOnly, c.Until); err != nil {
			return Conditions{}, fmt.Errorf("%w: until %.20q: accepted is a day, YYYY-MM-DD, or -", fault.Invalid, c.Until)
		}
	}
	if c.Text() != text {
		return Conditions{}, fmt.Errorf("%w: the sentence behind the lines is another one", fault.Invalid)
	}
	return c, nil
}

// print tells them to people, where there are some.
func (c *Conditions) print(b *strings.Builder) {
	if c == nil {
		return
	}
	fmt.Fprintf(b, "\ngiven to %s (%s), for the purpose %s", oneLined(c.Name), oneLined(c.Recipient), oneLined(c.Purpose))
	if c.Until != "" {
		fmt.Fprintf(b, ", until %s", c.Until)
	}
	if c.Conditions != "" {
		fmt.Fprintf(b, ": %s", oneLined(c.Conditions))
	}
}

// conditions reads the conditions of a bundle that has some, and holds them
// against the entry of the freeze.
func (c *checking) conditions() {
	text, err := c.bag.read(FileConditions)
	if errors.Is(err, fault.NotFound) {
		return
	}
	if err != nil {
		c.missing(Unchanged, FileConditions, err)
		return
	}
	read, err := ParseConditions(string(text))
	if err != nil {
		c.report.add(Unchanged, Finding{Verdict: Refuted, File: FileConditions, What: "the conditions cannot be read", Expected: "the form of docs/formats/bundle.md", Found: err.Error()})
		return
	}
	c.same(Unchanged, FileConditions, "the edition that the conditions are of", c.frozen.Dossier+"/"+itoa(c.frozen.Edition), read.Dossier+"/"+itoa(read.Edition))
	c.report.Conditions = &read
}
