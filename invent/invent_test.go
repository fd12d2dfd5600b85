// SPDX-License-Identifier: Apache-2.0

package invent_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/figure"
	"recount/intake/mapping"
	"recount/invent"
	"recount/linkage"
	"recount/names"
	"recount/register"
	"recount/verify"
)

// written is all files of a case by name.
func written(t *testing.T, seed uint64, size invent.Size) (map[string]string, invent.Manifest) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "case")
	m, err := invent.New(seed, size).Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, relErr := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return errors.Join(err, relErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, m
}

// digest is the SHA-256 of all files, by name.
func digest(files map[string]string) string {
	h := sha256.New()
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(h, "%s %d\n%s", name, len(files[name]), files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// The same seed gives the same bytes, on every machine: the digest stands here.
// It changes when the generator is changed, or the version of excelize.
func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	const want = "7f7e97b2b4596c1f2c6ecf14a8434769b1b418b41f2ac4f2d36b25dab8541ebb"
	one, _ := written(t, 1, invent.Small)
	again, _ := written(t, 1, invent.Small)
	if diff := cmp.Diff(one, again); diff != "" {
		t.Fatal("two runs differ")
	}
	if got := digest(one); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	other, _ := written(t, 2, invent.Small)
	if digest(other) == digest(one) {
		t.Error("two seeds give one case")
	}
}

// Names of the world, of which no invented name may be one. The generator has
// a list of its own; this one was written for the test.
func TestNoRealName(t *testing.T) {
	t.Parallel()
	real := strings.Fields(`afghanistan albania algeria angola argentina armenia austria azerbaijan bahrain bangladesh belarus belgium bolivia bosnia
		botswana brazil bulgaria burundi cambodia cameroon canada chad chile china colombia congo croatia cuba cyprus denmark ecuador egypt eritrea
		estonia ethiopia finland france gabon georgia germany ghana greece guatemala guinea haiti honduras hungary india indonesia iran iraq ireland
		israel italy jordan kazakhstan kenya kosovo kuwait laos latvia lebanon liberia libya lithuania malawi malaysia mali mexico moldova mongolia
		montenegro morocco mozambique myanmar namibia nepal niger nigeria norway oman pakistan palestine panama paraguay peru poland portugal qatar
		romania russia rwanda senegal serbia slovakia slovenia somalia spain sudan sweden syria taiwan tajikistan tanzania thailand togo tunisia
		turkey uganda ukraine uruguay uzbekistan venezuela vietnam yemen zambia zimbabwe baghdad mosul aleppo grozny sarajevo srebrenica bucha gaza
		baku yerevan stepanakert shusha tbilisi kigali goma juba darfur khartoum kabul halabja tripoli beirut sabra guernica lidice oradour
		ivan maria anna ali fatima mohammed ahmed john peter paul david daniel sara mira lena armen aram`)
	for seed := range uint64(300) {
		c := invent.New(seed, 1)
		names := []string{c.Land.Country[0], c.Land.River}
		for _, p := range c.Land.Places {
			names = append(names, p.Name[0])
		}
		for _, p := range c.Land.Parties {
			names = append(names, strings.Fields(p.Name)[2])
		}
		for _, p := range c.People {
			names = append(names, p.Given[0], p.Family[0])
		}
		for _, name := range names {
			if slices.Contains(real, strings.ToLower(name)) {
				t.Errorf("seed %d: %s", seed, name)
			}
		}
	}
}

func TestEverythingSaysThatItIsInvented(t *testing.T) {
	t.Parallel()
	files, m := written(t, 3, invent.Small)
	if len(files) < 30 {
		t.Fatalf("%d files", len(files))
	}
	for name, data := range files {
		inName := strings.Contains(name, "invented")
		inside := strings.Contains(strings.ToLower(data), "invented")
		picture := strings.HasSuffix(name, ".png") || name == m.Rules // no text can stand there
		if !inside && !(picture && inName) {
			t.Errorf("%s does not say that it is invented", name)
		}
	}
	for name, data := range files {
		if strings.HasSuffix(name, ".csv") {
			for i, line := range strings.Split(strings.TrimSpace(data), "\n")[1:] {
				if !strings.HasSuffix(line, "invented") {
					t.Errorf("%s: row %d does not say that it is invented", name, i+2)
				}
			}
		}
	}
}

// Each spelling of a person keeps to its script, and no two people share one.
func TestNames(t *testing.T) {
	t.Parallel()
	tables := map[invent.Script]*unicode.RangeTable{
		invent.Latin: unicode.Latin, invent.Cyrillic: unicode.Cyrillic, invent.Arabic: unicode.Arabic, invent.Armenian: unicode.Armenian,
	}
	c := invent.New(4, invent.Demo)
	truth := c.Truth()
	allowed := map[int]bool{}
	for _, pair := range truth.Namesakes {
		allowed[pair.Other] = true
	}
	seen := map[string]int{}
	used := map[invent.Script]int{}
	for _, p := range c.People {
		used[p.Script]++
		for _, script := range invent.Scripts() {
			name := p.Name(script)
			for _, r := range name {
				if r != ' ' && !unicode.Is(tables[script], r) {
					t.Fatalf("%s in %s has %q", name, script, r)
				}
			}
			if other, ok := seen[name]; ok && !allowed[p.Number] {
				t.Errorf("persons %d and %d are both %s", other, p.Number, name)
			}
			seen[name] = p.Number
		}
	}
	for _, script := range invent.Scripts() {
		if used[script] < 20 {
			t.Errorf("%d people write in %s", used[script], script)
		}
	}
	if used[invent.Latin]*2 < len(c.People) {
		t.Errorf("%d of %d people write in Latin letters: too few to be linked", used[invent.Latin], len(c.People))
	}
}

// Families: fathers and mothers are there, older than their children, and what
// happened to a person happened after the birth.
func TestFamilies(t *testing.T) {
	t.Parallel()
	c := invent.New(5, invent.Demo)
	children, fates := 0, map[string]int{}
	for _, p := range c.People {
		for _, parent := range []int{p.Father, p.Mother} {
			if parent == 0 {
				continue
			}
			children++
			if older := c.People[parent-1]; older.AgeOn(p.Birth) < 14 || older.Family != p.Family {
				t.Errorf("person %d has a parent of %d years", p.Number, older.AgeOn(p.Birth))
			}
		}
		for _, f := range p.Fates {
			fates[f.Code]++
			if f.Date.Before(p.Birth) {
				t.Errorf("person %d was %s before the birth", p.Number, f.Code)
			}
		}
	}
	for _, code := range []string{"killed", "died-indirect", "injured", "captured", "missing", "displaced"} {
		if fates[code] == 0 {
			t.Errorf("nobody was %s", code)
		}
	}
	if children < 200 {
		t.Errorf("%d children have parents", children)
	}
}

// Every quotation stands in its file, once, where the pinpoint says.
func TestQuotes(t *testing.T) {
	t.Parallel()
	files, m := written(t, 6, invent.Small)
	if len(m.Quotes) < 14 {
		t.Fatalf("%d quotations", len(m.Quotes))
	}
	for _, q := range m.Quotes {
		text := files[q.File]
		if strings.Count(text, q.Quote) != 1 || !strings.Contains(text, q.Before+q.Quote+q.After) {
			t.Errorf("%s: the words of %s stand there %d times", q.File, q.Citation, strings.Count(text, q.Quote))
		}
		var from, to int
		if _, err := fmt.Sscanf(q.Pinpoint, "%d-%d", &from, &to); err != nil {
			t.Fatal(err)
		}
		if got := string([]rune(text)[from:to]); got != q.Quote {
			t.Errorf("%s at %s: %q", q.File, q.Pinpoint, got)
		}
		if !strings.Contains(files[m.Statement], "{{quote "+q.Citation+"}}") {
			t.Errorf("the statement does not use %s", q.Citation)
		}
		if strings.ContainsAny(q.Quote, "{}%") {
			t.Errorf("%s: a pattern was not filled in: %q", q.File, q.Quote)
		}
	}
}

// What witnesses say of people by name is read as a record of its own: the
// person named in the quoted words, who is one of those harmed.
func TestRecordsOfWitnesses(t *testing.T) {
	t.Parallel()
	files, m := written(t, 1, invent.Demo)
	if len(m.Records) < 2 {
		t.Fatalf("%d records", len(m.Records))
	}
	harmed := map[string]bool{}
	for _, p := range invent.New(1, invent.Demo).Truth().People {
		harmed[names.Key(p.Name(invent.Latin))] = true
	}
	for _, name := range m.Records {
		s, err := mapping.ParseStatement([]byte(files[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(s.Harms) != 1 || !strings.Contains(s.Harms[0].CodeWritten.Text(), s.Record.Name.Text()) || !harmed[s.Record.NameFold] {
			t.Errorf("%s: %q with %d harms", name, s.Record.Name.Text(), len(s.Harms))
		}
	}
}

func TestFiguresAndRules(t *testing.T) {
	t.Parallel()
	files, m := written(t, 7, invent.Small)
	statement, err := verify.ParseStatement([]byte(files[m.Statement]))
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	for _, p := range statement.Places {
		asked[p.Figure+"."+p.Part+p.Quote]++
	}
	for _, f := range m.Figures {
		d, err := figure.ParseDefinition([]byte(files[f.File]))
		if err != nil || d.Figure != f.Figure {
			t.Errorf("%s: figure %s, %v", f.File, d.Figure, err)
		}
		for _, part := range append([]figure.Part{{}}, d.Parts...) {
			if asked[d.Figure+"."+part.Part] == 0 {
				t.Errorf("the statement does not ask for part %q of %s", part.Part, d.Title)
			}
			delete(asked, d.Figure+"."+part.Part)
		}
	}
	for _, q := range m.Quotes {
		delete(asked, "."+q.Citation)
	}
	if len(asked) > 0 {
		t.Errorf("the statement asks for what is not there: %v", asked)
	}
	if _, err := linkage.ParseRules([]byte(files[m.Rules])); err != nil {
		t.Error(err)
	}
	for _, s := range m.Sources {
		if err := register.Source(s).Check(); err != nil {
			t.Error(err)
		}
	}
	for _, i := range m.Incidents {
		if err := register.Incident(i).Check(); err != nil {
			t.Error(err)
		}
	}
	var read invent.Manifest
	if err := json.Unmarshal([]byte(files["manifest.json"]), &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, read); diff != "" {
		t.Errorf("manifest.json: %s", diff)
	}
	for _, e := range m.Exhibits {
		if _, ok := files[e.File]; !ok {
			t.Errorf("the manifest names %s, which was not written", e.File)
		}
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	files, _ := written(t, 8, invent.Small)
	for _, name := range []string{"pictures/invented-plan.png", "pictures/invented-memorial.png"} {
		picture, err := png.Decode(strings.NewReader(files[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		colours := map[any]bool{}
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() {
				colours[picture.At(x, y)] = true
			}
		}
		if len(colours) < 5 {
			t.Errorf("%s has %d colours", name, len(colours))
		}
	}
}

func TestWriteRefusesAFullFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "real.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := invent.New(1, invent.Small).Write(dir); !errors.Is(err, fault.Conflict) {
		t.Errorf("%v, want fault.Conflict", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder was changed: %v, %v", entries, err)
	}
}

func TestWriteCSVFails(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := invent.New(1, 1).WriteCSV(&limited{&b, 1 << 20}, 100_000); err == nil {
		t.Error("a full writer was not noticed")
	}
}

type limited struct {
	b    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errors.New("full")
	}
	return l.b.Write(p)
}
