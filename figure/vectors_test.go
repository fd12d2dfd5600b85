// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write docs/formats/vectors/figure.json anew")

const vectorFile = "../docs/formats/vectors/figure.json"

// ruling is a line of the vectors: rungs as a line has them, and the verdicts.
type ruling struct {
	Harms     string `json:"harms"`
	ChildFlag string `json:"child_flag"`
	ChildAge  string `json:"child_age"`
	AgeBand   string `json:"age_band"`
	Sex       string `json:"sex"`
	Verdicts  string `json:"verdicts"`
}

type figureVector struct {
	Definition json.RawMessage `json:"definition"`
	Lines      []ruling        `json:"lines"`
}

// Every combination of a few values of each rung, decided. The tables of
// decide_test.go say what is right; these are for other programs.
func TestVectors(t *testing.T) {
	t.Parallel()
	d := killed()
	d.Parts = append(d.Parts,
		Part{Part: "either", Title: "children", Child: ChildEither},
		Part{Part: "girls", Title: "girls under ten", Child: ChildByFlag, Sex: []string{"female"}, AgeBand: []string{"0-4", "5-9"}},
		Part{Part: "old", Title: "old people", AgeBand: []string{"60+"}})
	all := Definition{Figure: "f-all", Title: "Everyone", Unit: Unit, Sources: []string{"s-1"}, Rule: Rule, Parts: []Part{{Part: "men", Title: "men", Sex: []string{"male"}}}}
	period := Definition{Figure: "f-period", Title: "Any harm in the last days of February 1996", Unit: Unit, Period: "1996-02-26/1996-03-31", Rule: Rule}
	var list []figureVector
	for _, d := range []Definition{d, all, period} {
		v := figureVector{Definition: d.JSON()}
		seen := map[ruling]bool{}
		for _, r := range combinations() {
			reduced := d.Reduce(r)
			line := ruling{
				EncodeHarms(reduced.Harms), string(reduced.ChildFlag), string(reduced.ChildAge), string(reduced.AgeBand), string(reduced.Sex),
				EncodeVerdicts(d.Decide(reduced)),
			}
			if !seen[line] {
				seen[line] = true
				v.Lines = append(v.Lines, line)
			}
		}
		list = append(list, v)
	}
	text, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile(vectorFile, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, text) {
		t.Errorf("%s would be written otherwise now; a rule never changes", vectorFile)
	}
}

func combinations() []Rungs {
	harms := [][]Harm{
		nil,
		{{"killed", "1994-03", "orlen"}},
		{{"killed", "?", "orlen"}},
		{{"killed", "1994-04", "orlen"}, {"?", "1994-03", "?"}},
		{{"unresolved", "1996-02", "orlen"}, {"injured", "1996-03", "vasht, by the mill; north 50%"}},
	}
	var list []Rungs
	for _, h := range harms {
		for _, child := range [][2]Set{{"?", "?"}, {"yes", "?"}, {"no", "yes"}, {"yes", "no"}, {"no", "no"}, {"?", "no"}, {"no+yes", "?"}, {"no+yes", "no"}, {"?", "no+yes"}} {
			for _, band := range []Set{"?", "5-9", "0-4+5-9", "45-59+60+", "60+"} {
				for _, sex := range []Set{"?", "female", "male", "female+male"} {
					list = append(list, Rungs{Harms: h, ChildFlag: child[0], ChildAge: child[1], AgeBand: band, Sex: sex})
				}
			}
		}
	}
	return list
}
