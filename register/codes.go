// SPDX-License-Identifier: Apache-2.0

package register

import (
	"fmt"
	"regexp"
	"strings"

	"recount/fault"
)

// Code is a code of one of our lists and what it means, in our own words.
type Code struct{ Code, Label string }

// HarmCodes: what was done to a person. A harm is one kind of act upon one
// person (the "act" of the HURIDOCS Events Standard Formats).
func HarmCodes() []Code {
	return []Code{
		{"killed", "Killed: died directly from the incident"},
		{"died-in-custody", "Died while held"},
		{"died-indirect", "Died of what the situation caused: exposure, hunger, no treatment"},
		{"injured", "Injured or wounded"},
		{"tortured", "Tortured"},
		{"ill-treated", "Ill-treated"},
		{"sexual-violence", "Subjected to sexual violence"},
		{"detained", "Arrested or detained"},
		{"captured", "Captured"},
		{"hostage", "Taken hostage or abducted"},
		{"disappeared", "Disappeared by force"},
		{"disappeared-dead", "Disappeared by force, since found or declared dead"},
		{"missing", "Missing: fate not known to the family"},
		{"displaced", "Displaced, deported or put to flight"},
		{"property", "Property destroyed, damaged, taken or out of reach"},
		{"threatened", "Threatened"},
		{"enslaved", "Enslaved or made to work by force"},
		{"deprived", "Deprived of aid or of what is needed to survive"},
		{"suicide", "Took their own life"},
		{"unresolved", "Harmed in a way that the source leaves open"},
	}
}

// SexCodes: sex as the source gives it. Absent means that nothing is known.
func SexCodes() []Code {
	return []Code{{"female", "Woman or girl"}, {"male", "Man or boy"}, {"other", "Other, as the source says"}}
}

// YesNo: a flag of a source. Absent means that the source does not say.
func YesNo() []Code { return []Code{{"yes", "Yes"}, {"no", "No"}} }

// HandlingCodes, from the most open to the most closed.
func HandlingCodes() []Code {
	return []Code{
		{"public", "May be shown to anyone"},
		{"internal", "For those who work on the case"},
		{"confidential", "For those who need it for their part of the case"},
		{"restricted", "For named people only"},
		{"sealed", "For nobody without a decision"},
	}
}

// BasisCodes: on what ground something is held.
func BasisCodes() []Code {
	return []Code{
		{"public", "Already public"},
		{"family", "Given by the family"},
		{"consent", "Consent of the person"},
		{"duty", "A duty or task laid down by law"},
		{"confidential", "Given in confidence"},
	}
}

// DeterminationCodes: whether a harm is taken into the case's figures.
func DeterminationCodes() []Code {
	return []Code{
		{"included", "Meets the stated standard"},
		{"excluded", "Looked at, and left out for a stated reason"},
		{"pending", "Not yet decided"},
	}
}

// StandardCodes: standards of proof.
func StandardCodes() []Code {
	return []Code{
		{"rgs", "Reasonable grounds to suspect"},
		{"rgb", "Reasonable grounds to believe"},
		{"sgb", "Substantial grounds to believe"},
		{"bop", "Balance of probabilities"},
		{"cce", "Clear and convincing evidence"},
		{"brd", "Beyond reasonable doubt"},
		{"fc", "Fully conclusive"},
		{"ns", "Not stated"},
	}
}

// SourceKinds: what kind of body or thing speaks.
func SourceKinds() []Code {
	return []Code{
		{"victim", "A person who was harmed"}, {"witness", "A person who saw it"},
		{"relative", "A relative"}, {"insider", "A person of the party concerned"},
		{"expert", "An expert"}, {"official", "An official, speaking as such"},
		{"state-body", "A body of a State"}, {"armed-group", "A party that is no State"},
		{"prosecution", "Police, investigators or prosecutors"}, {"court", "A court"},
		{"commission", "A commission of inquiry"}, {"international", "An international organisation"},
		{"ngo", "A non-governmental organisation"}, {"medical", "A hospital, clinic or morgue"},
		{"media", "A newspaper, broadcaster or agency"}, {"publication", "A book or an article"},
		{"list", "A list compiled from other sources"}, {"database", "A database"},
		{"social-media", "Postings"}, {"archive", "An archive"}, {"unknown", "Not known"},
	}
}

// ReliabilityCodes: how reliable a source has been, apart from what it says
// (the A–F half of the Admiralty system; R-13).
func ReliabilityCodes() []Code {
	return []Code{
		{"A", "Completely reliable"}, {"B", "Usually reliable"}, {"C", "Fairly reliable"},
		{"D", "Not usually reliable"}, {"E", "Unreliable"}, {"F", "Can not be judged"},
	}
}

// CauseCodes: cause of death or injury, as SDG indicator 16.1.2 groups them.
func CauseCodes() []Code {
	return []Code{
		{"heavy-weapons", "Heavy weapons and explosive munitions"},
		{"planted-explosives", "Planted explosives and unexploded ordnance"},
		{"small-arms", "Small arms and light weapons"},
		{"incendiary", "Incendiary weapons"},
		{"cbrn", "Chemical, biological, radiological or nuclear weapons"},
		{"electromagnetic", "Electromagnetic weapons"},
		{"less-lethal", "Less-lethal weapons"},
		{"denial", "Denial or destruction of what is needed to survive"},
		{"accident", "Accidents related to the conflict"},
		{"other", "Objects and other means"},
	}
}

// Schemes: how a pinpoint points into an exhibit.
func Schemes() []Code {
	return []Code{
		{"page", "Page"}, {"para", "Paragraph"}, {"line", "Line"}, {"cell", "Sheet and cell"},
		{"row", "Row of a table"}, {"time", "Time code"}, {"region", "Region of an image"},
		{"article", "Article"}, {"record-id", "The source's own record number"},
		{"chars", "Range of characters"}, {"whole", "The whole of it"},
	}
}

// IncidentKinds: what kind of happening.
func IncidentKinds() []Code {
	return []Code{
		{"attack", "Attack on a place or on people"}, {"airstrike", "Attack from the air"},
		{"shelling", "Shelling"}, {"shooting", "Shooting"}, {"explosion", "Explosion or mine"},
		{"massacre", "Killing of many"}, {"execution", "Execution"}, {"arrest", "Arrest or round-up"},
		{"detention", "Detention"}, {"siege", "Siege or blockade"}, {"expulsion", "Expulsion or flight"},
		{"famine", "Hunger"}, {"destruction", "Destruction or looting"}, {"burial", "Burial site found"},
		{"other", "Other"}, {"unknown", "Not known"},
	}
}

// Contexts: the conflict that an incident is said to belong to.
func Contexts() []Code {
	return []Code{
		{"iac", "International armed conflict"}, {"niac", "Non-international armed conflict"},
		{"occupation", "Occupation"}, {"none", "No armed conflict"},
		{"disputed", "Disputed"}, {"unknown", "Not known"},
	}
}

// Label is the label of a code in a list, or the code itself.
func Label(list []Code, code string) string {
	for _, c := range list {
		if c.Code == code {
			return c.Label
		}
	}
	return code
}

// Fatal reports whether a harm of this code means that the person is dead.
// A person has at most one fatal harm (I-02): two are two accounts of one.
func Fatal(code string) bool {
	switch code {
	case "killed", "died-in-custody", "died-indirect", "disappeared-dead", "suicide":
		return true
	}
	return false
}

// ownCode is a case's own code: it says so, and it can not look like ours.
var ownCode = regexp.MustCompile(`^x-[a-z0-9][a-z0-9-]{0,60}$`)

// CheckHarm accepts a code of HarmCodes or a case's own, x-….
func CheckHarm(code string) error { return checkOwn("harm", HarmCodes(), code) }

// CheckSex accepts female, male, other, or "" for not known.
func CheckSex(code string) error { return check("sex", SexCodes(), code, true) }

// CheckFlag accepts yes, no, or "" for not said; what names the flag.
func CheckFlag(what, code string) error { return check(what, YesNo(), code, true) }

// CheckBasis accepts a basis; it is never absent.
func CheckBasis(code string) error { return check("basis", BasisCodes(), code, false) }

// CheckDetermination accepts a determination; it is never absent.
func CheckDetermination(code string) error {
	return check("determination", DeterminationCodes(), code, false)
}

// CheckStandard accepts a standard of proof; ns when none is stated.
func CheckStandard(code string) error {
	return check("standard of proof", StandardCodes(), code, false)
}

// CheckSourceKind accepts a kind of source or a case's own, x-….
func CheckSourceKind(code string) error { return checkOwn("kind of source", SourceKinds(), code) }

// CheckReliability accepts A to F, or "" for not graded.
func CheckReliability(code string) error { return check("reliability", ReliabilityCodes(), code, true) }

// CheckCause accepts a cause or a case's own, x-…, or "" for not known.
func CheckCause(code string) error {
	if code == "" {
		return nil
	}
	return checkOwn("cause", CauseCodes(), code)
}

// CheckScheme accepts a way of pointing into an exhibit.
func CheckScheme(code string) error { return check("scheme", Schemes(), code, false) }

// CheckIncidentKind accepts a kind of incident or a case's own, x-….
func CheckIncidentKind(code string) error { return checkOwn("kind of incident", IncidentKinds(), code) }

// CheckContext accepts a context, or "" for not said.
func CheckContext(code string) error { return check("context", Contexts(), code, true) }

func check(what string, list []Code, code string, mayBeAbsent bool) error {
	if code == "" && mayBeAbsent {
		return nil
	}
	if has(list, code) {
		return nil
	}
	end := ""
	if mayBeAbsent {
		end = ", or nothing when it is not known"
	}
	return fmt.Errorf("%w: %s %q: accepted are %s%s", fault.Invalid, what, clip(code), listed(list), end)
}

func checkOwn(what string, list []Code, code string) error {
	if has(list, code) || ownCode.MatchString(code) {
		return nil
	}
	return fmt.Errorf("%w: %s %q: accepted are %s, or a case's own code: x- and then small letters a to z, digits and hyphens (at most 63 characters)",
		fault.Invalid, what, clip(code), listed(list))
}

func has(list []Code, code string) bool {
	for _, c := range list {
		if c.Code == code {
			return true
		}
	}
	return false
}

func listed(list []Code) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = c.Code
	}
	return strings.Join(words, ", ")
}

// clip keeps messages readable when a whole cell lands in a code.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
