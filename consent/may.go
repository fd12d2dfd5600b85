// SPDX-License-Identifier: Apache-2.0

package consent

import "strings"

// Answer is what may be done, and why.
type Answer struct {
	Value   string // Yes, No or Ask
	Reasons []Reason
}

// Permitted reports whether the use is permitted as it stands. What needs to be
// asked first is not.
func (a Answer) Permitted() bool { return a.Value == Yes }

// String are the reasons in words.
func (a Answer) String() string {
	texts := make([]string, len(a.Reasons))
	for i, r := range a.Reasons {
		texts[i] = r.String()
	}
	return strings.Join(texts, "; ")
}

// The reasons there are; the codes are keys of the catalogues.
const (
	GroundPermits  = "ground-permits"  // Ground: it permits this use
	GroundForbids  = "ground-forbids"  // Ground: it does not
	GroundAsks     = "ground-asks"     // Ground: who gave it has to be asked first
	GroundLapsed   = "ground-lapsed"   // Until: the basis does not hold any more
	Statutory      = "statutory"       // Text: the law; it does not rest on consent
	NoConsent      = "no-consent"      // nobody has agreed to anything
	ConsentPermits = "consent-permits" // Consent: says yes
	ConsentSilent  = "consent-silent"  // Consent: does not speak of this use
	ConsentForbids = "consent-forbids" // Consent: says no
	ConsentAsks    = "consent-asks"    // Consent: Text has to be asked first
	ConsentExpired = "consent-expired" // Consent: since Until
	ConsentRevoked = "consent-revoked" // Consent: withdrawn
	ConsentLacks   = "consent-lacks"   // Consent: does not count without Text
	DespiteRevoked = "despite-revoked" // Consent: withdrawn; the use rests on a duty laid down by law
)

// Reason is one reason of an answer. Which fields it has follows from its code.
type Reason struct {
	Code    string
	Ground  string
	Consent string
	Until   string
	Text    string
}

// String is the reason in English, for the terminal.
func (r Reason) String() string {
	switch r.Code {
	case GroundPermits:
		return "the ground " + r.Ground + " permits it"
	case GroundForbids:
		return "the ground " + r.Ground + " does not permit it"
	case GroundAsks:
		return "the ground " + r.Ground + " asks for a question to whoever gave it first"
	case GroundLapsed:
		return "the basis held until " + r.Until
	case Statutory:
		return "it is processed under a duty laid down by law (" + r.Text + ")"
	case NoConsent:
		return "it is held by consent, and none is recorded"
	case ConsentPermits:
		return "consent " + r.Consent + " says yes"
	case ConsentSilent:
		return "consent " + r.Consent + " does not speak of it"
	case ConsentForbids:
		return "consent " + r.Consent + " says no"
	case ConsentAsks:
		return "consent " + r.Consent + " asks for a question first, through " + r.Text
	case ConsentExpired:
		return "consent " + r.Consent + " has expired: it held until " + r.Until
	case ConsentRevoked:
		return "consent " + r.Consent + " was withdrawn"
	case ConsentLacks:
		return "consent " + r.Consent + " does not count: it does not say " + strings.ReplaceAll(r.Text, "_", " ")
	case DespiteRevoked:
		return "consent " + r.Consent + " was withdrawn; the duty stays"
	}
	return r.Code
}

// May decides whether something may be used: it is held on a basis, consents
// cover it, and today is a day (Today). It is the one place that decides.
//
// The basis permits a use or does not; what it says of no use is no. Beside the
// ground consent, a consent can only take away: where one that was given says
// no, or was withdrawn, the answer is no, whatever the ground; but for the
// ground duty, where processing does not rest on consent, and the answer says
// so. With the ground consent, one that stands must say yes, and none may say
// no. A withdrawn consent says no until it is given again under its own id.
func May(b Basis, consents []Consent, u Use, today string) Answer {
	if over(b.Until, today) {
		return Answer{No, []Reason{{Code: GroundLapsed, Until: b.Until}}}
	}
	said := hear(consents, u, today)
	if b.Ground == "consent" {
		return byConsent(b, said, u)
	}
	value, _ := b.rules().Answer(u)
	switch value {
	case No:
		return Answer{No, []Reason{{Code: GroundForbids, Ground: ground(b)}}}
	case Ask:
		if said.value == Yes { // who had to be asked has agreed
			return Answer{Yes, append([]Reason{{Code: GroundAsks, Ground: ground(b)}}, said.reasons...)}
		}
		return Answer{strictest(Ask, said.against()), append([]Reason{{Code: GroundAsks, Ground: ground(b)}}, said.reasons...)}
	}
	if b.Ground == "duty" {
		return Answer{Yes, append([]Reason{{Code: Statutory, Ground: b.Ground, Text: b.LegalBasis}}, said.despite()...)}
	}
	if against := said.against(); against != Yes {
		return Answer{against, said.reasons}
	}
	return Answer{Yes, []Reason{{Code: GroundPermits, Ground: ground(b)}}}
}

// byConsent: the ground is consent itself.
func byConsent(b Basis, said heard, u Use) Answer {
	if len(b.Uses) > 0 {
		if value, _ := b.Uses.Answer(u); value == No {
			return Answer{No, []Reason{{Code: GroundForbids, Ground: b.Ground}}}
		}
	}
	if len(said.reasons) == 0 {
		return Answer{No, []Reason{{Code: NoConsent}}}
	}
	return Answer{said.value, said.reasons}
}

// ground is the ground as it is decided by: what is not known is confidential.
func ground(b Basis) string {
	if b.Ground == "" {
		return "confidential"
	}
	return b.Ground
}

// heard is what consents say of a use: Yes where one that counts does and none
// is against it.
type heard struct {
	value   string
	reasons []Reason // those that decide
}

// against is the strictest of what was said against the use; Yes where nothing was.
func (h heard) against() string {
	value := Yes
	for _, r := range h.reasons {
		switch r.Code {
		case ConsentForbids, ConsentRevoked:
			value = No
		case ConsentAsks:
			value = strictest(value, Ask)
		}
	}
	return value
}

// despite are the withdrawals, told where the use does not rest on consent.
func (h heard) despite() []Reason {
	var told []Reason
	for _, r := range h.reasons {
		if r.Code == ConsentRevoked {
			told = append(told, Reason{Code: DespiteRevoked, Consent: r.Consent})
		}
	}
	return told
}

func strictest(one, other string) string {
	if strict(other) > strict(one) {
		return other
	}
	return one
}

// hear asks every consent. Silence and what has expired neither permit nor
// forbid where another one speaks; alone, they do not permit.
func hear(consents []Consent, u Use, today string) heard {
	var yes, against, silent []Reason
	value := Yes
	for _, c := range consents {
		r := Reason{Consent: c.Consent}
		answer, said := c.Uses.Answer(u)
		missing := c.Missing()
		switch {
		case c.takenBack(u):
			r.Code = ConsentRevoked
			against, value = append(against, r), No
		case !said:
			r.Code = ConsentSilent
			silent = append(silent, r)
		case answer == No: // said no: neither form nor time is needed for that
			r.Code = ConsentForbids
			against, value = append(against, r), No
		case len(missing) > 0:
			r.Code, r.Text = ConsentLacks, strings.Join(missing, ", ")
			silent = append(silent, r)
		case over(c.Until, today):
			r.Code, r.Until = ConsentExpired, c.Until
			silent = append(silent, r)
		case answer == Ask:
			r.Code, r.Text = ConsentAsks, c.ObtainedBy
			against, value = append(against, r), strictest(value, Ask)
		default:
			r.Code = ConsentPermits
			yes = append(yes, r)
		}
	}
	switch {
	case len(against) > 0:
		return heard{value, against}
	case len(yes) > 0:
		return heard{Yes, yes}
	}
	return heard{No, silent}
}
