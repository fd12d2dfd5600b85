// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/internal/corpus"
)

// The list of a truth commission, delivered twice: as CSV with its rows
// shuffled, and as a workbook. What it must come to was counted in the file
// itself and stands in the corpus's SOURCES.md: 2,398 rows; Killed 1,331,
// Disappearance 853, with information of death 108; children 94 by the flag,
// 98 by age, 105 by either; 13 rows contradict themselves; age not stated 773.
// No name of that list is written anywhere by this test.

const commissionMapping = "../../intake/testdata/rettig.json"

// commission imports both deliveries and links them.
func commission(t *testing.T) *office {
	t.Helper()
	list, workbook := corpus.Path(t, "lists/rettig.csv"), corpus.Path(t, "lists/rettig.xlsx")
	o := newOffice(t)
	one, two := o.do("add", "source", "The commission's list"), o.do("add", "source", "The list in another office")
	o.do("import", o.file("shuffled.csv", shuffled(t, list)), "--mapping", commissionMapping, "--source", one)
	o.do("import", workbook, "--mapping", commissionMapping, "--source", two)
	for id, definition := range commissionFigures() {
		o.do("figure", "define", o.file(id+".json", definition))
	}
	return o
}

func commissionFigures() map[string]string {
	return map[string]string{
		"f-killed":           `{"figure":"f-killed","title":"Killed","unit":"persons","harms":["killed"],"rule":"count@1"}`,
		"f-disappeared":      `{"figure":"f-disappeared","title":"Disappeared","unit":"persons","harms":["disappeared"],"rule":"count@1"}`,
		"f-disappeared-dead": `{"figure":"f-disappeared-dead","title":"Disappeared, with information of death","unit":"persons","harms":["disappeared-dead"],"rule":"count@1"}`,
		"f-victims": `{"figure":"f-victims","title":"Victims","unit":"persons","rule":"count@1","parts":[
			{"part":"flag","title":"Children by the flag","child":"flag"},
			{"part":"age","title":"Children by age","child":"age"},
			{"part":"either","title":"Children by either","child":"either"}]}`,
	}
}

// shuffled is the list with its rows in another order, the same each time.
func shuffled(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	body := rows[1:]
	rand.New(rand.NewPCG(7, 7)).Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// answerJSON is the part of an answer that tests look at.
type answerJSON struct {
	Answer struct {
		Universe int64
		Total    struct{ In, Unknown, Out, Min, Max int64 }
		Parts    []struct {
			Part             string
			In, Unknown, Out int64
		}
		Contradictions []struct {
			Kind    string
			Persons int64
		}
	}
	Contradictions map[string][]struct {
		Person     string
		Statements []struct{ Record string }
	}
}

func TestCommissionList(t *testing.T) {
	t.Parallel()
	o := commission(t)
	var imports []struct {
		Import struct{ Records, Refused int64 }
	}
	o.ask(&imports, "show", "imports")
	if len(imports) != 2 || imports[0].Import.Records+imports[1].Import.Records != 4796 {
		t.Fatalf("imports %+v, want 4,796 records of two lists", imports)
	}
	var linked struct {
		Records int64
		After   int64 `json:"persons_after"`
	}
	o.ask(&linked, "link")
	if linked.Records != 4796 || linked.After != 2398 {
		t.Errorf("%d records are %d persons, want 4,796 and 2,398", linked.Records, linked.After)
	}
	for figure, want := range map[string]int64{"f-killed": 1331, "f-disappeared": 853, "f-disappeared-dead": 108, "f-victims": 2398} {
		var a answerJSON
		o.ask(&a, "figure", "answer", figure)
		if a.Answer.Total.In != want || a.Answer.Universe != 2398 {
			t.Errorf("%s: %d of %d, want %d of 2,398", figure, a.Answer.Total.In, a.Answer.Universe, want)
		}
	}
	var a answerJSON
	o.ask(&a, "figure", "answer", "f-victims", "--contradictions")
	got := map[string][2]int64{}
	for _, p := range a.Answer.Parts {
		got[p.Part] = [2]int64{p.In, p.Unknown}
	}
	// Unknown by the flag: 67 rows say NA.
	if diff := cmp.Diff(map[string][2]int64{"flag": {94, 67}, "age": {98, 773}, "either": {105, 67}}, got); diff != "" {
		t.Errorf("children and unknown (-want +got):\n%s", diff)
	}
	if n := len(a.Contradictions["flag-age"]); n != 13 {
		t.Errorf("%d persons whose flag and age contradict are listed, want 13", n)
	}
}

// TestCommissionNamesakes: two different people of one name stay two, each
// with the two records of the two deliveries.
func TestCommissionNamesakes(t *testing.T) {
	t.Parallel()
	o := commission(t)
	o.do("link")
	var persons []struct {
		Person  string
		Records []struct {
			Record struct {
				Fold string `json:"name_fold"`
			}
		}
	}
	o.ask(&persons, "show", "persons", "--limit", "0")
	byName := map[string][]int{}
	for _, p := range persons {
		byName[p.Records[0].Record.Fold] = append(byName[p.Records[0].Record.Fold], len(p.Records))
	}
	namesakes := 0
	for _, sizes := range byName {
		if len(sizes) > 1 {
			namesakes++
			if diff := cmp.Diff([]int{2, 2}, sizes); diff != "" {
				t.Errorf("records of the namesakes (-want +got):\n%s", diff)
			}
		}
	}
	if len(persons) != 2398 || namesakes != 1 {
		t.Errorf("%d persons with %d shared names, want 2,398 and 1", len(persons), namesakes)
	}
	if out, _, code := o.run("link"); code != 0 || !bytes.Contains([]byte(out), []byte("Nothing moved")) {
		t.Errorf("a second run: exit %d\n%s", code, out)
	}
}
