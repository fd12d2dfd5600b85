// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"recount/figure"
)

// Verdict is what can be said of a claim.
type Verdict string

// The verdicts of claims and findings.
const (
	Holds     Verdict = "holds"
	Undecided Verdict = "undecided" // something is missing: a key, a proof, a later release
	Refuted   Verdict = "refuted"
)

// Exit codes of a check.
const (
	ExitHolds     = 0 // every claim holds
	ExitRefuted   = 1 // a claim is refuted
	ExitUndecided = 2 // none is refuted, but one is undecided
)

// The claims, in the order of a Report.
const (
	Unchanged = "unchanged" // the files are those that were sealed
	Complete  = "complete"  // every line of every count file is there
	InLog     = "in-log"    // what is claimed stands in the log, which was not rewritten
	AddsUp    = "adds-up"   // figures, quotations and pages follow from the lines and the entry
)

// Claim is one of the four claims with what was found.
type Claim struct {
	Name     string    `json:"name"`
	Says     string    `json:"says"`
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings"` // what refutes the claim or leaves it open; none when it holds
}

// Finding is one thing that refutes a claim or leaves it open.
type Finding struct {
	Verdict  Verdict `json:"verdict"`
	File     string  `json:"file,omitempty"`
	Line     int64   `json:"line,omitempty"` // of a count file, from 1
	What     string  `json:"what"`
	Expected string  `json:"expected,omitempty"`
	Found    string  `json:"found,omitempty"`
}

// Lines says how far lines could be followed.
type Lines struct {
	Total       int64 `json:"total"`
	Reevaluated int64 `json:"reevaluated"`      // every verdict follows from the open rungs
	InPart      int64 `json:"reevaluated_part"` // some verdicts do, the others are taken on trust
	VerdictOnly int64 `json:"taken_on_trust"`   // the rungs are closed
	Closed      int64 `json:"closed"`           // nothing of them is shown: erased since, or withheld
}

// Key is a public key that signed something in the bundle.
type Key struct {
	Role        string `json:"role"` // checkpoint or seal
	Name        string `json:"name"`
	VKey        string `json:"vkey"`
	Fingerprint string `json:"fingerprint"` // SHA-256 of the key's 32 bytes, hex
	Pinned      bool   `json:"pinned"`      // it was given from outside
}

// Counted is what a figure or a part comes to.
type Counted struct {
	Figure string        `json:"figure"`
	Part   string        `json:"part,omitempty"`
	Title  string        `json:"title"`
	Totals figure.Totals `json:"totals"` // as the entry states them
	Lines  Lines         `json:"lines"`  // of the count file it stands in
}

// Report is all that was found. Its JSON is for programs; WriteTo is for people.
type Report struct {
	Format    string `json:"format"` // "recount report/1"
	Dossier   string `json:"dossier,omitempty"`
	Edition   int64  `json:"edition,omitempty"`
	Title     string `json:"title,omitempty"`
	Level     string `json:"level,omitempty"` // public or named
	Recipient string `json:"recipient,omitempty"`

	// Conditions are those under which the bundle was handed over; nil: none
	// travel with it. Whether they are kept no check can tell.
	Conditions *Conditions `json:"conditions,omitempty"`

	Origin   string    `json:"origin,omitempty"`
	Size     int64     `json:"checkpoint_size,omitempty"`
	Root     string    `json:"checkpoint_root,omitempty"`
	Claims   []Claim   `json:"claims"`
	Keys     []Key     `json:"keys"`
	Figures  []Counted `json:"figures"`
	Lines    Lines     `json:"lines"`
	NotShown []string  `json:"not_shown"`
	Exit     int       `json:"exit"`
}

func newReport() Report {
	return Report{
		Format: "recount report/1",
		Claims: []Claim{
			{Name: Unchanged, Says: "the files are those that were sealed, none missing and none added"},
			{Name: Complete, Says: "every line that was frozen is in its count file, and no other"},
			{Name: InLog, Says: "the statement and its figures were recorded in the log of the case, which was not rewritten"},
			{Name: AddsUp, Says: "figures, quotations and pages follow from the lines and from what was recorded"},
		},
		Keys:    []Key{},
		Figures: []Counted{},
	}
}

// add puts a finding under a claim.
func (r *Report) add(claim string, f Finding) {
	for i := range r.Claims {
		if r.Claims[i].Name == claim {
			r.Claims[i].Findings = append(r.Claims[i].Findings, f)
		}
	}
}

// refutes reports whether something in a file was found that refutes a claim.
func (r *Report) refutes(claim, file string) bool {
	return slices.ContainsFunc(r.Claim(claim).Findings, func(f Finding) bool { return f.Verdict == Refuted && f.File == file })
}

// close settles the verdicts: a claim is as bad as its worst finding.
func (r *Report) close() {
	r.Exit = ExitHolds
	for i := range r.Claims {
		c := &r.Claims[i]
		c.Verdict = Holds
		if c.Findings == nil {
			c.Findings = []Finding{}
		}
		for _, f := range c.Findings {
			if f.Verdict == Refuted || c.Verdict == Holds {
				c.Verdict = f.Verdict
			}
		}
		switch {
		case c.Verdict == Refuted:
			r.Exit = ExitRefuted
		case c.Verdict == Undecided && r.Exit == ExitHolds:
			r.Exit = ExitUndecided
		}
	}
	r.NotShown = NotShown(r.Level)
}

// Claim is the claim of that name.
func (r Report) Claim(name string) Claim {
	for _, c := range r.Claims {
		if c.Name == name {
			return c
		}
	}
	return Claim{Name: name, Verdict: Undecided}
}

// NotShown is what no check of a bundle shows. It is printed with every report,
// whatever that found.
func NotShown(level string) []string {
	list := []string{
		"that two lines stand for two different human beings",
		"that nobody was left out of the records, or put into them",
		"that this was the only freeze, or that the figure was defined before its result was known",
		"that a source told the truth, or that it was read without mistake",
		"that the verdicts of lines taken on trust follow from their rungs",
		"when any of this was recorded: times are those of the archive's own clock",
	}
	if level == LevelNamed {
		list = append(list, "that every harm which a disclosed record states was disclosed with it")
	}
	return list
}

// WriteTo prints the report for people, in plain lines.
func (r Report) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	if r.Dossier != "" {
		fmt.Fprintf(&b, "dossier %s, edition %d: %s\n", r.Dossier, r.Edition, r.Title)
		fmt.Fprintf(&b, "level %s", r.Level)
		if r.Recipient != "" {
			fmt.Fprintf(&b, ", for %s", r.Recipient)
		}
		r.Conditions.print(&b)
		fmt.Fprintf(&b, "\nlog %s, checkpoint of %d entries, root %s\n\n", r.Origin, r.Size, r.Root)
	}
	for _, c := range r.Claims {
		fmt.Fprintf(&b, "%-9s  %s: %s\n", c.Verdict, c.Name, c.Says)
		for _, f := range c.Findings {
			f.print(&b)
		}
	}
	for _, k := range r.Keys {
		how := "not pinned: it came with the bundle, which says nothing about whose it is"
		if k.Pinned {
			how = "pinned by you"
		}
		fmt.Fprintf(&b, "\n%s signed by %s\n  fingerprint %s (%s)\n", k.Role, k.VKey, k.Fingerprint, how)
	}
	fmt.Fprintf(&b, "\nlines: %d in all; %d re-evaluated, %d in part, %d verdict only (taken on trust), %d not shown\n",
		r.Lines.Total, r.Lines.Reevaluated, r.Lines.InPart, r.Lines.VerdictOnly, r.Lines.Closed)
	b.WriteString("\nThis does not show:\n")
	for _, s := range r.NotShown {
		fmt.Fprintf(&b, "  - %s\n", s)
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

func (f Finding) print(b *strings.Builder) {
	fmt.Fprintf(b, "    %s: ", f.Verdict)
	if f.File != "" {
		b.WriteString(f.File)
		if f.Line > 0 {
			fmt.Fprintf(b, ", line %d", f.Line)
		}
		b.WriteString(": ")
	}
	b.WriteString(oneLined(f.What) + "\n")
	if f.Expected != "" || f.Found != "" {
		fmt.Fprintf(b, "      expected %s\n      found    %s\n", oneLined(f.Expected), oneLined(f.Found))
	}
}

// oneLined makes text of a bundle fit for a line on a terminal: ends of lines
// are shown as ⏎, other characters that are not seen by their numbers.
func oneLined(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSuffix(s, "\n") {
		switch {
		case r == '\n':
			b.WriteRune('⏎')
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
