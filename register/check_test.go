// SPDX-License-Identifier: Apache-2.0

package register

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"recount/fault"
	"recount/journal"
)

const (
	aVKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" // of the documentation of golang.org/x/mod/sumdb/note
	anID  = "-0123456789abcdef"
	aHash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
)

func goodRecord() Record {
	return Record{
		Source: "s" + anID, Exhibit: "e" + anID, Pinpoint: "row 1", Person: "p" + anID,
		Name: journal.Text("Mira Tolen"), NameFold: "mira tolen", Handling: "internal", Basis: "public",
	}
}

func goodHarm() Harm {
	return Harm{
		Record: journal.Leaf{1}, Number: 1, Code: "killed", Determination: "pending", Standard: "ns", Handling: "internal",
	}
}

// TestCheckRecord: each broken field is named, and what is accepted with it.
func TestCheckRecord(t *testing.T) {
	t.Parallel()
	if err := goodRecord().Check(); err != nil {
		t.Fatalf("a good record: %v", err)
	}
	for _, c := range []struct {
		field, says string
		mend        func(*Record)
	}{
		{"source", "16 hex digits", func(r *Record) { r.Source = "s-12" }},
		{"exhibit", "16 hex digits", func(r *Record) { r.Exhibit = "" }},
		{"pinpoint", "missing", func(r *Record) { r.Pinpoint = " " }},
		{"person", "p- and then", func(r *Record) { r.Person = "s" + anID }},
		{"sex", "female, male, other", func(r *Record) { r.Sex = "unknown" }},
		{"age_low", "neither", func(r *Record) { r.AgeLow = Exactly(3) }},
		{"age_low", "age_low ≤ age_high", func(r *Record) { r.AgeLow, r.AgeHigh = Exactly(30), Exactly(3) }},
		{"age_low", "1800", func(r *Record) { r.AgeLow, r.AgeHigh = Exactly(30), Exactly(1801) }},
		{"birth", "", func(r *Record) { r.Birth = "12.5.1992" }},
		{"child_flag", "yes, no", func(r *Record) { r.ChildFlag = "child" }},
		{"age_band", "15-17", func(r *Record) { r.AgeBand = "16-17" }},
		{"handling", "restricted", func(r *Record) { r.Handling = "secret" }},
		{"handling", "restricted", func(r *Record) { r.Handling = "" }},
		{"basis", "consent", func(r *Record) { r.Basis = "" }},
		{"name", "UTF-8", func(r *Record) { r.Name = journal.Text("Mir\xff") }},
		{"note", "65535", func(r *Record) { r.Note = journal.Text(strings.Repeat("n", MaxField+1)) }},
		{"note", "encoded value", func(r *Record) { r.Note = "plain" }},
	} {
		r := goodRecord()
		c.mend(&r)
		err := r.Check()
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), ", "+c.field+":") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s (%s): %v", c.field, c.says, err)
		}
		if err != nil && strings.Contains(err.Error(), "Tolen") {
			t.Errorf("the message names the person: %v", err)
		}
	}
}

func TestCheckHarmRow(t *testing.T) {
	t.Parallel()
	if err := goodHarm().Check(); err != nil {
		t.Fatalf("a good harm: %v", err)
	}
	for _, c := range []struct {
		field, says string
		mend        func(*Harm)
	}{
		{"record", "leaf", func(h *Harm) { h.Record = journal.Leaf{} }},
		{"number", "from 1", func(h *Harm) { h.Number = 0 }},
		{"code", "killed, died-in-custody", func(h *Harm) { h.Code = "murdered" }},
		{"code", "x- and then", func(h *Harm) { h.Code = "x-" }},
		{"date", "", func(h *Harm) { h.Date = "2010-02-30" }},
		{"cause", "small-arms", func(h *Harm) { h.Cause = "bullets" }},
		{"month", "YYYY-MM", func(h *Harm) { h.Month = "2010-13" }},
		{"month", "YYYY-MM", func(h *Harm) { h.Month = "2010" }},
		{"determination", "pending", func(h *Harm) { h.Determination = "" }},
		{"standard", "rgb", func(h *Harm) { h.Standard = "" }},
		{"handling", "I-26", func(h *Harm) { h.Code = "sexual-violence" }},
	} {
		h := goodHarm()
		c.mend(&h)
		err := h.Check()
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), ", "+c.field+":") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s (%s): %v", c.field, c.says, err)
		}
	}
	own := goodHarm()
	own.Code = "x-forced-haircut"
	if err := own.Check(); err != nil {
		t.Errorf("a case's own code: %v", err)
	}
}

// TestRaise: I-26, sexual violence is restricted from the start, and nothing is
// ever lowered.
func TestRaise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, from, want string }{
		{"sexual-violence", "public", "restricted"},
		{"sexual-violence", "", "restricted"},
		{"sexual-violence", "sealed", "sealed"},
		{"killed", "public", "public"},
	} {
		r, h := goodRecord(), goodHarm()
		r.Handling, h.Handling, h.Code = c.from, c.from, c.code
		other := goodHarm()
		harms := []Harm{other, h}
		Raise(&r, harms)
		if r.Handling != c.want || harms[1].Handling != c.want || harms[0].Handling != other.Handling {
			t.Errorf("%s %s: record %s, harms %s, %s", c.code, c.from, r.Handling, harms[0].Handling, harms[1].Handling)
		}
	}
}

func TestCheckOthers(t *testing.T) {
	t.Parallel()
	file := RowFile{Batch: "b" + anID, N: 1, Root: aHash, Object: aHash}
	type checker interface{ Check() error }
	for _, c := range []struct {
		name string
		good checker
		bad  map[string]checker // by the field that the message names
	}{
		{"source", Source{Source: "s" + anID, Name: "Register of Orvald", Kind: "state-body", Reliability: "B", Language: "az-Cyrl"}, map[string]checker{
			"kind":         Source{Source: "s" + anID, Name: "N", Kind: "paper"},
			"name":         Source{Source: "s" + anID, Kind: "ngo", Name: "a\nb"},
			"reliability":  Source{Source: "s" + anID, Kind: "ngo", Name: "N", Reliability: "G"},
			"language":     Source{Source: "s" + anID, Kind: "ngo", Name: "N", Language: "English, German"},
			"derived_from": Source{Source: "s" + anID, Kind: "ngo", Name: "N", DerivedFrom: []string{"s" + anID}},
		}},
		{"exhibit", Exhibit{Exhibit: "e" + anID, Title: "List", Size: 5, SHA256: aHash, Object: aHash}, map[string]checker{
			"sha256": Exhibit{Exhibit: "e" + anID, Title: "List", Object: aHash, SHA256: strings.ToUpper(aHash)},
			"size":   Exhibit{Exhibit: "e" + anID, Title: "List", Object: aHash, SHA256: aHash, Size: -1},
		}},
		{"citation", Citation{Citation: "c" + anID, Exhibit: "e" + anID, ExhibitSHA256: aHash, Scheme: "page", Pinpoint: "4"}, map[string]checker{
			"scheme":   Citation{Citation: "c" + anID, Exhibit: "e" + anID, ExhibitSHA256: aHash, Scheme: "p", Pinpoint: "4"},
			"pinpoint": Citation{Citation: "c" + anID, Exhibit: "e" + anID, ExhibitSHA256: aHash, Scheme: "page"},
			"before":   Citation{Citation: "c" + anID, Exhibit: "e" + anID, ExhibitSHA256: aHash, Scheme: "whole", Before: strings.Repeat("ə", 33)},
		}},
		{"incident", Incident{Incident: "i" + anID, Title: "Fire at the mill", When: "2010-02-25", Kind: "destruction", Context: "niac"}, map[string]checker{
			"when":   Incident{Incident: "i" + anID, Title: "T", Kind: "other", When: "yesterday"},
			"parent": Incident{Incident: "i" + anID, Title: "T", Kind: "other", Parent: "i" + anID},
		}},
		{"import", Import{Source: "s" + anID, Exhibit: "e" + anID, ExhibitSHA256: aHash, Mapping: "{}", MappingSHA256: aHash, RowFile: file, Rows: 2, Refused: 1}, map[string]checker{
			"refused": Import{Source: "s" + anID, Exhibit: "e" + anID, ExhibitSHA256: aHash, Mapping: "{}", MappingSHA256: aHash, RowFile: file, Rows: 1, Refused: 2},
			"root":    Import{Source: "s" + anID, Exhibit: "e" + anID, ExhibitSHA256: aHash, Mapping: "{}", MappingSHA256: aHash, RowFile: RowFile{Batch: "b" + anID, Object: aHash}},
		}},
		{"addition", Addition{RowFile: file}, map[string]checker{
			"exhibit_sha256": Addition{RowFile: file, Exhibit: "e" + anID},
		}},
		{"case", CaseOpened{Title: "T", PublicName: "north archive"}, map[string]checker{"public_name": CaseOpened{Title: "T"}}},
		{"erasure", Erasure{Erasure: "z" + anID, Ground: "withdrawn", Deciders: []string{"a"}, Leaves: []string{aHash}, PlanSHA256: aHash}, map[string]checker{
			"deciders": Erasure{Erasure: "z" + anID, Ground: "withdrawn", Leaves: []string{aHash}, PlanSHA256: aHash},
			"leaves":   Erasure{Erasure: "z" + anID, Ground: "withdrawn", Deciders: []string{"a"}, PlanSHA256: aHash},
			"kept":     Erasure{Erasure: "z" + anID, Ground: "w", Deciders: []string{"a"}, Objects: []string{aHash}, Kept: []string{"a\nb"}, PlanSHA256: aHash},
		}},
		{"redaction", Redaction{Exhibit: "e" + anID, Successor: "e-fedcba9876543210", SuccessorSHA256: aHash, Erasure: "z" + anID, Method: ByProgram, Rows: []string{"7"}, Cells: []string{"2:7"}}, map[string]checker{
			"successor": Redaction{Exhibit: "e" + anID, Successor: "e" + anID, SuccessorSHA256: aHash, Erasure: "z" + anID, Method: ByProgram},
			"method":    Redaction{Exhibit: "e" + anID, Successor: "e-fedcba9876543210", SuccessorSHA256: aHash, Erasure: "z" + anID, Method: "somehow"},
			"rows":      Redaction{Exhibit: "e" + anID, Successor: "e-fedcba9876543210", SuccessorSHA256: aHash, Erasure: "z" + anID, Method: ByHand, Rows: []string{"Sheet of Ana!7"}},
		}},
		{"hold", Hold{Hold: "h" + anID, SubjectKind: "record", Subject: aHash, Ground: "an order", Until: "2031-02-28"}, map[string]checker{
			"subject_kind": Hold{Hold: "h" + anID, SubjectKind: "village", Ground: "an order"},
			"subject":      Hold{Hold: "h" + anID, SubjectKind: "case", Subject: "p" + anID, Ground: "an order"},
			"ground":       Hold{Hold: "h" + anID, SubjectKind: "case"},
			"until":        Hold{Hold: "h" + anID, SubjectKind: "case", Ground: "an order", Until: "2031-02-30"},
		}},
		{"lifted hold", LiftedHold{Hold: "h" + anID, Decision: "q" + anID}, map[string]checker{"decision": LiftedHold{Hold: "h" + anID}}},
		{"hiding", Hiding{SubjectKind: "person", Subject: "p" + anID}, map[string]checker{
			"subject_kind": Hiding{SubjectKind: "case"},
			"subject":      Hiding{SubjectKind: "person", Subject: "s" + anID},
		}},
		{"showing", Showing{SubjectKind: "source", Subject: "s" + anID, Decision: "q" + anID}, map[string]checker{"decision": Showing{SubjectKind: "source", Subject: "s" + anID}}},
		{"second", Second{Name: "Nara Tull", Capacity: "notary", VKey: aVKey}, map[string]checker{
			"name":     Second{Capacity: "notary", VKey: aVKey},
			"capacity": Second{Name: "Nara Tull", VKey: aVKey},
			"vkey":     Second{Name: "Nara Tull", Capacity: "notary", VKey: "notary"},
		}},
		{"group", Group{Source: "s" + anID, Exhibit: "e" + anID, Pinpoint: "p", Low: Exactly(3), Code: "killed", Handling: "public", Basis: "public"}, map[string]checker{
			"low": Group{Source: "s" + anID, Exhibit: "e" + anID, Pinpoint: "p", Low: Exactly(3), High: Exactly(2), Code: "killed", Handling: "public", Basis: "public"},
		}},
		{"rung", Rung{Record: journal.Leaf{1}, Rung: "month", Rule: "month@2"}, map[string]checker{"rule": Rung{Record: journal.Leaf{1}, Rung: "month"}}},
		{"extra field", Extra{Record: journal.Leaf{1}, Name: "grave"}, map[string]checker{"name": Extra{Record: journal.Leaf{1}}}},
	} {
		if err := c.good.Check(); err != nil {
			t.Errorf("a good %s: %v", c.name, err)
		}
		for field, bad := range c.bad {
			err := bad.Check()
			if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), ", "+field+":") {
				t.Errorf("%s with a wrong %s: %v", c.name, field, err)
			}
		}
	}
}

func TestCheckAct(t *testing.T) {
	t.Parallel()
	if err := CheckAct("to begin", "duty", "internal"); err != nil {
		t.Error(err)
	}
	for _, bad := range [][3]string{{" ", "duty", "internal"}, {"r", "", "internal"}, {"r", "duty", "top secret"}} {
		if err := CheckAct(bad[0], bad[1], bad[2]); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNewID(t *testing.T) {
	t.Parallel()
	id, err := NewID(bytes.NewReader([]byte{0, 1, 2, 3, 0xfc, 0xfd, 0xfe, 0xff}), "p")
	if err != nil || id != "p-00010203fcfdfeff" || CheckID("p", id) != nil {
		t.Errorf("%q, %v", id, err)
	}
	if _, err := NewID(bytes.NewReader(make([]byte, 8)), "j"); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "s, e, c") {
		t.Errorf("prefix j: %v", err)
	}
	if _, err := NewID(iotest.ErrReader(errors.New("no entropy")), "s"); !errors.Is(err, fault.Unavailable) {
		t.Errorf("no entropy: %v", err)
	}
	for _, bad := range []string{"", "p-", "p-0123456789ABCDEF", "p-0123456789abcdef0", "s-0123456789abcdef", "p0123456789abcdef0"} {
		if CheckID("p", bad) == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// TestCodes: every code is accepted by its own check, has a label, and stands
// once; unknown words are refused with the list.
func TestCodes(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]struct {
		codes []Code
		check func(string) error
	}{
		"harm": {HarmCodes(), CheckHarm}, "sex": {SexCodes(), CheckSex},
		"handling": {HandlingCodes(), CheckHandling}, "basis": {BasisCodes(), CheckBasis},
		"determination": {DeterminationCodes(), CheckDetermination}, "standard": {StandardCodes(), CheckStandard},
		"source": {SourceKinds(), CheckSourceKind}, "reliability": {ReliabilityCodes(), CheckReliability},
		"cause": {CauseCodes(), CheckCause}, "scheme": {Schemes(), CheckScheme},
		"incident": {IncidentKinds(), CheckIncidentKind}, "context": {Contexts(), CheckContext},
	} {
		seen := map[string]bool{}
		for _, c := range l.codes {
			if err := l.check(c.Code); err != nil {
				t.Errorf("%s %s: %v", name, c.Code, err)
			}
			if c.Label == "" || Label(l.codes, c.Code) != c.Label || seen[c.Code] {
				t.Errorf("%s %s: label %q, twice: %v", name, c.Code, c.Label, seen[c.Code])
			}
			seen[c.Code] = true
		}
		err := l.check("no such code")
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), l.codes[len(l.codes)-1].Code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for code, dead := range map[string]bool{"killed": true, "died-indirect": true, "missing": false, "x-own": false} {
		if Fatal(code) != dead {
			t.Errorf("Fatal(%s) = %v", code, !dead)
		}
	}
}
