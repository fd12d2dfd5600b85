// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// denied runs a command that must end with an exit code and say something.
func (o *office) denied(code int, want string, args ...string) {
	o.t.Helper()
	if out, errs, got := o.run(args...); got != code || !strings.Contains(errs, want) {
		o.t.Errorf("recount %s: exit %d, want %d with %q\n%s%s", strings.Join(args, " "), got, code, want, out, errs)
	}
}

func (o *office) verified() {
	o.t.Helper()
	if out, errs, code := o.run("verify", o.dir); code != 0 {
		o.t.Errorf("verify: exit %d\n%s%s", code, out, errs)
	}
}

// village fills an office with the village's list, of which it gives person and leaf
// by name, its exhibit and its source.
func (o *office) village() (people, leaves map[string]string, exhibit, source string) {
	o.t.Helper()
	source = o.do("add", "source", "The village's list")
	o.do("import", o.file("list.csv", villageCSV()), "--mapping", o.file("mapping.json", scatteredMap), "--source", source)
	people, leaves = map[string]string{}, map[string]string{}
	var all []saidRecord
	o.ask(&all, "show", "records")
	for _, r := range all {
		people[r.Record.Name], leaves[r.Record.Name], exhibit = r.Person, r.Leaf, r.Record.Exhibit
	}
	return people, leaves, exhibit, source
}

// TestHolds: whatever a hold is on, an erasure that touches it is refused and says
// which hold; what leaves it alone is not; lifting it takes another person.
func TestHolds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	people, leaves, exhibit, source := o.village()
	o.do("member", "seat", "Ben Orlo", "--role", "custodian")
	ann := people["Ann Bo"]
	erase := []string{"erase", "decide", ann, "--ground", "withdrawal", "--decider", "One", "--decider", "Two"}
	with := func(more ...string) []string { return append(append([]string{}, erase...), more...) }
	for _, subject := range []string{ann, leaves["Ann Bo"], exhibit, source, "case"} {
		hold := o.do("hold", "place", subject, "--ground", "an order of the court")
		var plan casework.ErasurePlan
		o.ask(&plan, "erase", "plan", ann)
		if len(plan.Holds) != 1 || plan.Holds[0].Hold != hold {
			t.Errorf("held is %s: the plan says %+v; %s is right", subject, plan.Holds, hold)
		}
		o.denied(fault.ExitDenied, hold, with("--redact", exhibit)...)
		o.denied(fault.ExitDenied, hold, "erase", "propose", ann, "--ground", "withdrawal", "--destroy", exhibit)
		decision := o.do("hold", "lift", hold)
		o.denied(fault.ExitDenied, "whoever proposes cannot agree", "decide", "agree", decision)
		o.denied(fault.ExitDenied, hold, with("--redact", exhibit)...)
		o.do("--actor", "Ben Orlo", "decide", "agree", decision)
		o.denied(fault.ExitConflict, "settled", "--actor", "Ben Orlo", "decide", "agree", decision)
	}
	// Holds on what the erasure leaves alone, and one whose last day is over.
	o.do("hold", "place", people["Mira Quand"], "--ground", "an order")
	o.do("hold", "place", leaves["Mira Quand"], "--ground", "an order", "--until", "2999-12-31")
	o.do("hold", "place", exhibit, "--ground", "an order")
	o.denied(fault.ExitInvalid, "is over", "hold", "place", source, "--ground", "an order", "--until", "2001-01-01")
	o.denied(fault.ExitInvalid, "YYYY-MM-DD", "hold", "place", source, "--ground", "an order", "--until", "soon")
	o.denied(fault.ExitNotFound, "", "hold", "place", "p-0123456789abcdef", "--ground", "an order")
	o.denied(fault.ExitInvalid, "accepted is the id", "hold", "place", "nothing", "--ground", "an order")
	o.do(with("--keep", exhibit+"=held by a court")...)
	var holds []register.Hold
	o.ask(&holds, "hold", "list")
	if len(holds) != 3 {
		t.Errorf("%d holds are listed, want 3 that are not lifted", len(holds))
	}
	o.verified()
	o.do("rebuild")
	o.verified()
}

// TestHidden: what one person hides is in no answer and no count changes; a second
// person is needed to bring it back, as it was.
func TestHidden(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	people, leaves, exhibit, source := o.village()
	o.do("member", "seat", "Ben Orlo", "--role", "custodian")
	o.do("figure", "define", o.file("f.json", `{"figure":"f-killed","title":"Killed","unit":"persons","harms":["killed"],"rule":"count@1"}`))
	answers := func() string {
		var all strings.Builder
		for _, args := range [][]string{{"show", "records"}, {"show", "persons"}, {"show", "sources"}, {"show", "exhibits"}, {"search", "mira"}, {"search", "village"}} {
			out, _, _ := o.run(args...)
			all.WriteString(out)
		}
		return all.String()
	}
	before := answers()
	for subject, words := range map[string][]string{
		people["Mira Quand"]: {"Mira Quand"}, leaves["Mira Quand"]: {"Mira Quand"},
		exhibit: {"Mira Quand", "Ann Bo", exhibit}, source: {"Mira Quand", "Ann Bo", exhibit, source},
	} {
		for _, word := range words {
			if !strings.Contains(before, word) {
				t.Fatalf("%q is not shown before it is hidden: this test says nothing", word)
			}
		}
		o.do("hide", subject, "--reason", "in danger")
		hidden := answers()
		for _, word := range words {
			if strings.Contains(hidden, word) {
				t.Errorf("%s is hidden and %q is shown:\n%s", subject, word, hidden)
			}
		}
		var a answerJSON
		if o.ask(&a, "figure", "answer", "f-killed"); a.Answer.Total.In != 6 {
			t.Errorf("%d are counted while something is hidden, want 6", a.Answer.Total.In)
		}
		o.denied(fault.ExitNotFound, "", "hide", subject)
		o.verified()
		o.do("rebuild")
		if strings.Contains(answers(), words[0]) {
			t.Errorf("%s is hidden, and a rebuild shows it", subject)
		}
		decision := o.do("hide", "undo", subject)
		o.denied(fault.ExitDenied, "cannot agree", "decide", "agree", decision)
		o.do("--actor", "Ben Orlo", "decide", "agree", decision)
		if diff := cmp.Diff(before, answers()); diff != "" {
			t.Errorf("%s was brought back (-before +after):\n%s", subject, diff)
		}
		o.denied(fault.ExitInvalid, "is not hidden", "hide", "undo", subject)
	}
	var list []hiddenJSON
	if o.ask(&list, "hide", "list"); len(list) != 0 {
		t.Errorf("hidden are %v; nothing is right", list)
	}
	o.verified()
}

// TestErasureProposed: one person proposes and another erases from the same plan;
// where the plan is another one by then, nothing is erased.
func TestErasureProposed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	people, _, exhibit, source := o.village()
	o.do("member", "seat", "Ben Orlo", "--role", "custodian")
	mira := people["Mira Quand"]
	o.denied(fault.ExitInvalid, exhibit, "erase", "propose", mira, "--ground", "withdrawal")
	first := o.do("erase", "propose", mira, "--ground", "withdrawal", "--redact", exhibit)
	o.denied(fault.ExitDenied, "cannot agree", "decide", "agree", first)
	o.do("add", "exhibit", o.file("letter.txt", "Mira Quand was seen.\n"), "--source", source)
	o.denied(fault.ExitConflict, "look at it again", "--actor", "Ben Orlo", "decide", "agree", first)
	o.do("decide", "withdraw", first)
	var plan casework.ErasurePlan
	o.ask(&plan, "erase", "plan", mira)
	args := []string{"erase", "propose", mira, "--ground", "withdrawal", "--redact", exhibit}
	for _, e := range plan.Exhibits {
		if e.Exhibit != exhibit {
			args = append(args, "--destroy", e.Exhibit)
		}
	}
	second := o.do(args...)
	o.do("add", "source", "Somebody else") // which changes nothing of the plan
	o.do("--actor", "Ben Orlo", "decide", "agree", second)
	o.denied(fault.ExitNotFound, "", "show", "person", mira)
	if n := searchAll(t, o, []string{"Mira Quand"}, func(c *store.Case) everyKey { return steal(t, c, o) }).total(); n != 0 {
		t.Errorf("found %d times", n)
	}
	o.withCase(func(c *store.Case) {
		err := c.Read(context.Background(), func(r store.Reader) error {
			all, err := r.Erasures(context.Background())
			if len(all) != 1 || all[0].Decision != second || !cmp.Equal(all[0].Deciders, []string{"A. Analyst", "Ben Orlo"}) {
				t.Errorf("erasures %+v; one of %s by A. Analyst and Ben Orlo is right", all, second)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	o.verified()
	o.do("rebuild")
	o.verified()
}

// TestOutsideSecond: in an office of one person somebody from outside signs, with
// no archive at hand; nothing else than the decision's own text, signed by
// somebody who is named, is taken; verify finds a signature that is none.
func TestOutsideSecond(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	people, _, exhibit, _ := o.village()
	outside := &office{t: t, dir: filepath.Join(t.TempDir(), "nothing")}
	key, stranger := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "stranger")
	vkey := outside.do("second", "key", "--out", key, "--name", "notary")
	outside.do("second", "key", "--out", stranger)
	outside.denied(fault.ExitConflict, "is there already", "second", "key", "--out", key)
	outside.denied(fault.ExitInvalid, "letters", "second", "key", "--out", key+"2", "--name", "a b")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v; 0600 is right", info, err)
	}
	o.denied(fault.ExitInvalid, "accepted is another person", "second", "name", "a.  analyst", "--capacity", "myself", "--vkey", vkey)
	o.denied(fault.ExitInvalid, "public key", "second", "name", "Nara Tull", "--capacity", "notary", "--vkey", "nonsense")

	decision := o.do("erase", "propose", people["Mira Quand"], "--ground", "withdrawal", "--redact", exhibit)
	other := o.do("erase", "propose", people["Ann Bo"], "--ground", "withdrawal", "--redact", exhibit)
	signed := func(decision, key string) string {
		text, _, _ := o.run("second", "text", decision)
		note, errs, code := outside.run("second", "sign", "--key", key, o.file("text", text))
		if code != 0 {
			t.Fatalf("signing: exit %d %s", code, errs)
		}
		return o.file("signed-"+decision+filepath.Base(key), note)
	}
	agree := func(note string) []string { return []string{"decide", "agree", decision, "--outside", note} }
	o.denied(fault.ExitDenied, "no second of this case has signed", agree(signed(decision, key))...)
	o.do("second", "name", "Nara Tull", "--capacity", "notary in Tarn", "--vkey", vkey, "--until", "2001-01-01")
	o.denied(fault.ExitDenied, "no second of this case has signed", agree(signed(decision, key))...)
	o.do("second", "name", "Nara Tull", "--capacity", "notary in Tarn", "--vkey", vkey)
	o.denied(fault.ExitDenied, "no second of this case has signed", agree(signed(decision, stranger))...)
	o.denied(fault.ExitDenied, "another agreement", agree(signed(other, key))...)
	o.denied(fault.ExitDenied, "no second of this case has signed", agree(o.file("junk", "junk"))...)
	outside.denied(fault.ExitInvalid, "no text of an agreement", "second", "sign", "--key", key, o.file("junk", "junk"))
	outside.denied(fault.ExitInvalid, "no key of a second", "second", "sign", "--key", o.file("nokey", "x"), signedText(o, decision))
	o.do(agree(signed(decision, key))...)
	o.denied(fault.ExitNotFound, "", "show", "person", people["Mira Quand"])
	o.withCase(func(c *store.Case) {
		err := c.Read(context.Background(), func(r store.Reader) error {
			all, err := r.Erasures(context.Background())
			if len(all) != 1 || !cmp.Equal(all[0].Deciders, []string{"A. Analyst", "Nara Tull (notary in Tarn)"}) {
				t.Errorf("erasures %+v; by A. Analyst and Nara Tull is right", all)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	o.verified()
}

func signedText(o *office, decision string) string {
	text, _, _ := o.run("second", "text", decision)
	return o.file("text-"+decision, text)
}

// TestForgedAgreement: an entry that was written past the checks, by the person
// who proposed it, with a signature that is none or without any, is found by
// verify, which says which entry it is.
func TestForgedAgreement(t *testing.T) {
	t.Parallel()
	for _, outside := range []string{"junk", ""} {
		o := newOffice(t)
		hold := o.do("hold", "place", "case", "--ground", "an order")
		decision := o.do("hold", "lift", hold)
		o.verified()
		o.withCase(func(c *store.Case) {
			_, err := c.Act(context.Background(), "A. Analyst", func(store.View) (journal.Draft, error) {
				return register.LiftedHold{Hold: hold, Decision: decision, Outside: outside}.Draft("forged", "duty", "internal"), nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		o.denied(fault.ExitTampered, "hold.lifted@1", "verify", o.dir)
	}
}
