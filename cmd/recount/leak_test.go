// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"recount/access"
)

// Every command is run by a member of every role on things of every class, in and
// out of a compartment. What it prints, and what it writes beside the archive, is
// searched for words that stand in what this member may not see. The commands are
// those of everyCommand, which has all there are; a new one is in this table by
// being in that one.

// leaky is an archive in which words stand in things of every class.
type leaky struct {
	*office
	compartment string
	tags        []string              // a class, or one in the compartment
	handling    map[string]string     // by tag, as the case has it
	words       map[string][]string   // by tag
	things      map[string]*contents  // by tag
	ids         map[string]otherThing // by tag
}

type otherThing struct{ incident, figure, citation, consent, decision string }

// inside are those who are in the compartment.
func inside() []string { return []string{"A. Analyst", "Few reviewer"} }

func (l *leaky) word(tag, where string) string {
	w := "planted" + tag + where
	l.words[tag] = append(l.words[tag], w)
	return w
}

// lookers are who tries the commands: one of each role, one of the compartment,
// one without a seat.
func lookers() map[string]access.Seat {
	all := map[string]access.Seat{"Nobody": {}, "Few reviewer": {Roles: []access.Role{access.Reviewer}}}
	for _, role := range access.CaseRoles() {
		all["The "+string(role)] = access.Seat{Roles: []access.Role{role}}
	}
	return all
}

func leakyOffice(t *testing.T) *leaky {
	t.Helper()
	l := &leaky{office: newOffice(t), handling: map[string]string{}, words: map[string][]string{}, things: map[string]*contents{}, ids: map[string]otherThing{}}
	for name, seat := range lookers() {
		if len(seat.Roles) > 0 {
			l.do("member", "seat", name, "--role", string(seat.Roles[0]))
		}
	}
	l.compartment = l.do("member", "compartment", l.word("sealed", "compartment"), "--member", "Few reviewer", "--note", l.word("sealed", "need"))
	for _, class := range []string{"public", "internal", "confidential", "restricted"} {
		l.plant(class, class, class)
	}
	l.plant("kept", "confidential/"+l.compartment, "confidential/"+l.compartment)
	l.plant("sealed", "restricted/"+l.compartment, "sealed/"+l.compartment)
	l.closeFields()
	l.do("invite", "Keeper", "--archive-role", "member")
	l.do("search", "planted")
	return l
}

// closeFields closes fields of all records, in which words stand in open ones.
func (l *leaky) closeFields() {
	l.t.Helper()
	l.do("decide", "close", "field", "occupation", "--to", l.handling["restricted"])
	l.do("decide", "close", "field", "father", "--to", l.handling["kept"])
	decision := l.do("decide", "propose", "field", "alleged", "--to", l.handling["sealed"])
	l.do("--actor", "Few reviewer", "decide", "agree", decision)
}

// plant puts one thing of each kind in. Nothing is born sealed: what shall be is
// sealed by two people.
func (l *leaky) plant(tag, born, handling string) {
	l.t.Helper()
	l.tags, l.handling[tag] = append(l.tags, tag), handling
	h := []string{"--handling", born, "--reason", l.word(tag, "reason")}
	with := func(args ...string) string { l.t.Helper(); return l.do(append(args, h...)...) }
	c := &contents{folder: l.t.TempDir()}
	c.source = with("add", "source", l.word(tag, "source"), "--kind", "witness", "--note", l.word(tag, "note"))
	c.exhibit = with("add", "exhibit", l.file(l.word(tag, "file")+".txt", l.word(tag, "text")+" was said at the ferry.\n"), "--source", c.source, "--title", l.word(tag, "title"))
	for range 2 { // two of one name, so that there is a person beside another
		text, err := json.Marshal(map[string]any{
			"format": "recount record/1", "source": c.source, "exhibit": c.exhibit, "pinpoint": "line 1", "handling": born,
			"record": l.fields(tag, map[string]string{"name": l.words2(tag, "name"), "note": l.words2(tag, "remark")}),
			"own":    map[string]string{"Plot": l.words2(tag, "plot")},
			"harms":  []map[string]string{l.harm(tag, map[string]string{"code": "killed", "date": "2031-05-02", "place": l.words2(tag, "place")})},
		})
		if err != nil {
			l.t.Fatal(err)
		}
		leaf := with("add", "record", l.file("record.json", string(text)))
		c.otherLeaf, c.leaf = c.leaf, leaf
	}
	var o otherThing
	o.citation = with("add", "citation", c.exhibit, "planted"+tag+"text was said", "--attribution", l.word(tag, "speaker"))
	o.incident = with("add", "incident", l.word(tag, "incident"), "--kind", "attack", "--place", l.word(tag, "ground"))
	o.figure = with("figure", "define", l.file("figure.json", fmt.Sprintf(`{"figure": "f-planted-%s", "title": %q, "unit": "persons", "harms": ["killed"], "rule": "count@1"}`, tag, l.word(tag, "figure"))))
	c.dossier = with("dossier", "compose", l.file("statement.md", "It is said: "+l.word(tag, "statement")+".\n"), "--title", l.word(tag, "dossier"))
	o.consent = with("consent", "give", c.source, "--use", "ngo", "--explained-by", l.word(tag, "explainer"))
	with("import", l.file(l.word(tag, "list")+".csv", "given,family,sex,age,what,when,where\n"+l.word(tag, "given")+","+l.word(tag, "family")+",f,30,killed,2031-02-02,"+l.word(tag, "village")+"\n"),
		"--mapping", l.file("mapping.json", listMapping), "--source", c.source)
	with("import", l.file(l.word(tag, "crowd")+".csv", "what,low\n"+l.word(tag, "those")+",5\n"), "--mapping", l.file("groups.json",
		fmt.Sprintf(`{"format": "recount mapping/1", "row": "group", "handling": %q, "group": {"description": "what", "low": "low", "code": {"constant": "killed"}}}`, born)), "--source", c.source)
	if tag == "sealed" {
		for kind, id := range map[string]string{"source": c.source, "exhibit": c.exhibit, "record": c.leaf, "incident": o.incident, "dossier": c.dossier} {
			decision := l.do("decide", "propose", kind, id, "--to", handling, "--reason", l.word(tag, "danger"+kind))
			l.do("--actor", "Few reviewer", "decide", "agree", decision, "--reason", l.word(tag, "agreed"+kind))
		}
	}
	o.decision = l.do("decide", "propose", "figure", o.figure, "--to", map[bool]string{true: "public", false: "sealed/" + l.compartment}[tag != "public"], "--reason", l.word(tag, "lowering"), "--handling", born)
	var records []saidRecord
	l.ask(&records, "show", "records")
	for _, r := range records {
		if r.Leaf == c.leaf {
			c.person = r.Person
		}
	}
	l.things[tag], l.ids[tag] = c, o
}

// fields puts into records that are open what stands in fields that are closed to
// whoever does not see a class.
func (l *leaky) fields(tag string, record map[string]string) map[string]string {
	if tag == "internal" {
		record["occupation"], record["father"] = l.words2("restricted", "occupation"), l.words2("kept", "father")
	}
	return record
}

func (l *leaky) harm(tag string, harm map[string]string) map[string]string {
	if tag == "internal" {
		harm["alleged"] = l.words2("sealed", "alleged")
	}
	return harm
}

// words2 is word for what is put in twice.
func (l *leaky) words2(tag, where string) string {
	if w := "planted" + tag + where; slices.Contains(l.words[tag], w) {
		return w
	}
	return l.word(tag, where)
}

// looks are commands that show one thing of the tag, besides those of everyCommand.
func (l *leaky) looks(tag string) [][]string {
	c, o := l.things[tag], l.ids[tag]
	return [][]string{
		{"show", "record", c.leaf}, {"show", "person", c.person}, {"show", "person", c.person, "--side-by-side"},
		{"show", "groups", "--source", c.source}, {"export", "-", "--source", c.source}, {"export", "-", "--source", c.source, "--format", "pfif"},
		{"export", "-", "--exhibit", c.exhibit, "--format", "followthemoney"}, {"changes", l.file("worksheet.csv", "record,name,own.Plot\n"+c.leaf+",Another Name,\n")},
		{"show", "records", "--source", c.source}, {"show", "records", "--name", "planted" + tag + "name"},
		{"search", "planted" + tag + "name"}, {"search", "planted" + tag},
		{"figure", "answer", o.figure}, {"consent", "show", c.source}, {"consent", "used", c.source},
		{"consent", "may", c.source, "analyse", "team", "record"}, {"second", "text", o.decision},
		{"import", c.exhibit, "--mapping", l.dir + "-mapping.json", "--source", c.source, "--preview"},
		{"erase", "plan", c.person}, {"erase", "plan", c.leaf},
	}
}

// acts are commands that do something to one thing of the tag: what they answer
// and refuse must not tell what it is.
func (l *leaky) acts(tag string) [][]string {
	c, o := l.things[tag], l.ids[tag]
	other := l.things["internal"]
	return [][]string{
		{"dossier", "freeze", c.dossier}, {"consent", "withdraw", o.consent},
		{"consent", "give", o.consent, "--use", "ngo"}, {"consent", "basis", c.source, "family"},
		{"add", "citation", c.exhibit, "planted" + tag + "text was said"}, {"add", "citation", c.exhibit, "no such words", "--id", o.citation},
		{"add", "source", "A name", "--id", c.source}, {"add", "incident", "A title", "--kind", "attack", "--id", o.incident},
		{"erase", "propose", c.person, "--ground", "withdrawal"},
		{"hold", "place", c.person, "--ground", "an order"}, {"hide", "thing", c.source}, {"hide", "undo", c.source},
		{"decide", "close", "exhibit", c.exhibit, "--to", "restricted"}, {"decide", "propose", "source", c.source, "--to", "public"},
		{"decide", "agree", o.decision}, {"decide", "refuse", o.decision}, {"decide", "withdraw", o.decision},
		{"link", "merge", c.person, other.person}, {"link", "distinguish", c.person, other.person}, {"link", "split", c.person, c.leaf},
	}
}

// long is said of a test that runs hundreds of commands, one after the other: it
// takes minutes under the race detector, and finds nothing there that single
// commands do not.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("hundreds of commands: not with -short")
	}
}

// TestNoCommandLeaks has the table.
func TestNoCommandLeaks(t *testing.T) {
	t.Parallel()
	long(t)
	l := leakyOffice(t)
	var mu = make(chan map[string]bool, 1)
	mu <- map[string]bool{}
	t.Run("by", func(t *testing.T) {
		for name, seat := range lookers() {
			if slices.Contains(inside(), name) {
				seat.Compartments = []string{l.compartment}
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				seen := l.lookedAtBy(t, name, seat)
				all := <-mu
				for w := range seen {
					all[w] = true
				}
				mu <- all
			})
		}
	})
	all := <-mu
	for _, tag := range l.tags {
		for _, w := range l.words[tag] {
			if !all[w] {
				t.Errorf("%s is shown to nobody: its row proves nothing", w)
			}
		}
	}
}

// lookedAtBy has one member run every command on a copy of the archive.
func (l *leaky) lookedAtBy(t *testing.T, name string, seat access.Seat) map[string]bool {
	o := &office{t: t, dir: filepath.Join(t.TempDir(), "archive"), globals: []string{"--actor", name}}
	if err := os.CopyFS(o.dir, os.DirFS(l.dir)); err != nil {
		t.Fatal(err)
	}
	who := access.Account{ID: "here", Name: name, Role: access.Member}.In(seat)
	sees := access.ScopeOf(who).Handling()
	var forbidden, allowed []string
	aimed := []string{"internal"} // and at all that is not for this member
	for _, tag := range l.tags {
		if slices.Contains(sees, l.handling[tag]) {
			allowed = append(allowed, l.words[tag]...)
		} else {
			forbidden = append(forbidden, l.words[tag]...)
			aimed = append(aimed, tag)
		}
	}
	seen := map[string]bool{}
	try := func(args []string, folder string) {
		t.Helper()
		out, errs, _ := o.run(args...)
		text := told(args, out+errs) + lying(t, folder)
		for _, w := range forbidden {
			if strings.Contains(text, w) {
				t.Errorf("%s may not see %s, and recount %s shows it", name, w, strings.Join(args, " "))
			}
		}
		for _, w := range allowed {
			seen[w] = seen[w] || strings.Contains(text, w)
		}
	}
	// Text and JSON are written from one answer: each look is asked for as one of
	// the two, in turns, which are others for the next member.
	turn := len(name)
	asked := func(args []string) []string {
		if turn++; turn%2 == 0 {
			return append(slices.Clone(args), "--json")
		}
		return args
	}
	for _, tag := range aimed {
		for _, args := range l.looks(tag) {
			try(asked(args), "")
		}
	}
	for _, args := range [][]string{{"rebuild", "--dump"}, {"rebuild", "--at", "20", "--into"}} {
		folder := t.TempDir()
		try(append(args, folder+"/out"), folder)
	}
	maker := &office{t: t, dir: o.dir} // makes what a command needs, in another's name
	for i, r := range everyCommand() {
		if r.args == nil || r.locked {
			continue
		}
		held := *l.things[l.tags[len(l.tags)-1-i%2]] // kept and sealed
		held.folder = t.TempDir()
		args := r.args(maker, &held)
		try(asked(args), held.folder)
	}
	for _, tag := range aimed {
		for _, args := range l.acts(tag) {
			try(args, "")
		}
	}
	return seen
}

// told is what a command said without what it was told.
func told(args []string, text string) string {
	for _, a := range args {
		if strings.Contains(a, "planted") {
			text = strings.ReplaceAll(text, a, "")
		}
	}
	return text
}

// lying is what lies in a folder, with the names of the files.
func lying(t *testing.T, folder string) string {
	t.Helper()
	var b strings.Builder
	if folder == "" {
		return ""
	}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s\n%s\n", path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
