// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"recount/audit"
)

// tried is how a command is tried out on an archive.
type tried struct {
	path string
	args func(o *office, c *contents) []string
	code int // 0 where it succeeds
	// What it leaves in an audit journal, in the case's or, outside, in the archive's.
	act     audit.Act
	kind    string
	outside bool
	locked  bool // it is tried on an archive that is encrypted
	// Why it leaves nothing: it shows nothing that anybody else brought. That it
	// does not is checked. "" where it leaves an event.
	because string
}

// contents are ids in the archive that commands are tried on.
type contents struct {
	source, exhibit, dossier, person, leaf, otherLeaf, folder string
}

// planted are words that stand in the case, and nowhere else.
var planted = []string{"Morrowdusk", "quillstone", "Fennarch", "tidewrack"} //nolint:gochecknoglobals // never changes

const (
	own     = "what it writes stands in the case's journal, in the name of whoever acts, and it answers the ids of that alone"
	noCase  = "it opens no archive"
	noThing = "it says how much there is and whether it agrees, and shows nothing"
)

func args(all ...string) func(*office, *contents) []string {
	return func(*office, *contents) []string { return all }
}

// everyCommand is every command that there is, by its path, in the order in which
// they are tried on one archive.
func everyCommand() []tried {
	return []tried{
		{path: "dossier freeze", args: func(_ *office, c *contents) []string { return []string{"dossier", "freeze", c.dossier} }, because: own + ", which has the figures that it answers"},
		{path: "dossier export", args: func(o *office, c *contents) []string {
			return []string{"dossier", "export", c.dossier, "--out", c.folder + "/bundle"}
		}, act: audit.Exported, kind: "dossiers"},
		{path: "add source", args: args("add", "source", "A new list"), because: own},
		{path: "add exhibit", args: func(o *office, _ *contents) []string { return []string{"add", "exhibit", o.file("new.txt", "new")} }, because: own},
		{path: "add incident", args: args("add", "incident", "A new incident", "--kind", "attack"), because: own},
		{path: "add record", args: newRecord, because: own},
		{path: "add citation", args: newCitation, act: audit.Viewed, kind: "exhibits"},
		{path: "import", args: importPreview, act: audit.Viewed, kind: "exhibits"},
		{path: "compare", args: func(o *office, c *contents) []string {
			return []string{"compare", c.exhibit, c.exhibit, "--mapping", o.file("keyed.json", strings.Replace(listMapping, "{", `{"key": ["given", "family"], `, 1))}
		}, act: audit.Viewed, kind: "exhibits"},
		{path: "export", args: func(_ *office, c *contents) []string {
			return []string{"export", c.folder + "/records.csv"}
		}, act: audit.Exported, kind: "records"},
		{path: "changes", args: func(o *office, c *contents) []string {
			return []string{"changes", o.file("worksheet.csv", "record,name\n"+c.leaf+",Another Name\n")}
		}, act: audit.Viewed, kind: "records"},
		{path: "link rules", args: args("link", "--dry-run"), act: audit.Listed, kind: "persons"},
		{path: "link merge", args: args("link", "merge", "p-0000000000000001", "p-0000000000000002"), code: 3, because: own},
		{path: "link split", args: func(_ *office, c *contents) []string { return []string{"link", "split", c.person, c.leaf} }, code: 8, because: own},
		{path: "link distinguish", args: args("link", "distinguish", "p-0000000000000001", "p-0000000000000002"), code: 3, because: own},
		{path: "figure define", args: newFigure, because: own},
		{path: "figure list", args: args("figure", "list"), act: audit.Listed, kind: "figures"},
		{path: "figure answer", args: args("figure", "answer", "f-killed"), act: audit.Viewed, kind: "figures"},
		{path: "dossier compose", args: newDossier, because: own},
		{path: "dossier list", args: args("dossier", "list"), act: audit.Listed, kind: "dossiers"},
		{path: "consent basis", args: func(_ *office, c *contents) []string { return []string{"consent", "basis", c.source, "family"} }, because: own},
		{path: "consent give", args: func(_ *office, c *contents) []string { return []string{"consent", "give", c.source, "--use", "ngo"} }, because: own},
		{path: "consent withdraw", args: args("consent", "withdraw", "n-0000000000000000"), code: 3, because: own},
		{path: "consent show", args: func(_ *office, c *contents) []string { return []string{"consent", "show", c.source} }, act: audit.Viewed, kind: "consents"},
		{path: "consent list", args: args("consent", "list"), act: audit.Listed, kind: "consents"},
		{path: "consent may", args: func(_ *office, c *contents) []string {
			return []string{"consent", "may", c.source, "analyse", "team", "record"}
		}, act: audit.Viewed, kind: "consents"},
		{path: "consent used", args: func(_ *office, c *contents) []string { return []string{"consent", "used", c.source} }, act: audit.Listed, kind: "dossiers"},
		{path: "verify", args: func(o *office, _ *contents) []string { return []string{"verify", o.dir} }, act: audit.Verified, kind: "case"},
		{path: "show", args: args("show", "records"), act: audit.Listed, kind: "records"},
		{path: "search", args: args("search", "Morrowdusk"), act: audit.Searched, kind: "search"},
		{path: "erase plan", args: func(_ *office, c *contents) []string { return []string{"erase", "plan", c.person} }, act: audit.Viewed, kind: "erasures"},
		{path: "erase decide", args: func(_ *office, c *contents) []string {
			return []string{"erase", "decide", c.leaf, "--ground", "Withdrawn", "--decider", "A. Analyst", "--decider", "B. Head", "--keep", "others=duty", "--keep", c.exhibit + "=duty"}
		}, act: audit.Viewed, kind: "erasures"},
		{path: "erase propose", args: func(_ *office, c *contents) []string {
			return []string{"erase", "propose", c.otherLeaf, "--ground", "Withdrawn", "--keep", "others=duty", "--keep", c.exhibit + "=duty"}
		}, act: audit.Viewed, kind: "erasures"},
		{path: "hold place", args: func(_ *office, c *contents) []string {
			return []string{"hold", "place", c.source, "--ground", "An order of a court"}
		}, because: own},
		{path: "hold list", args: args("hold", "list"), act: audit.Listed, kind: "holds"},
		{path: "hold lift", args: args("hold", "lift", "h-0000000000000000"), code: 3, because: own},
		{path: "hide thing", args: func(_ *office, c *contents) []string { return []string{"hide", "thing", c.otherLeaf} }, because: own},
		{path: "hide list", args: args("hide", "list"), act: audit.Listed, kind: "hidden"},
		{path: "hide undo", args: func(_ *office, c *contents) []string { return []string{"hide", "undo", c.otherLeaf} }, because: own},
		{path: "second key", args: func(_ *office, c *contents) []string {
			return []string{"second", "key", "--out", c.folder + "/second-key"}
		}, because: noCase},
		{path: "second name", args: args("second", "name", "An outside office", "--capacity", "notary", "--vkey", "none"), code: 8, because: own},
		{path: "second list", args: args("second", "list"), act: audit.Listed, kind: "seconds"},
		{path: "second text", args: args("second", "text", "q-0000000000000000"), code: 3, because: "there is no such decision"},
		{path: "second sign", args: func(o *office, c *contents) []string {
			return []string{"second", "sign", "--key", c.folder + "/second-key", o.file("text.txt", "no text of a decision\n")}
		}, code: 8, because: noCase},
		{path: "field declare", args: newField, because: own},
		{path: "field list", args: args("field", "list"), act: audit.Listed, kind: "fields"},
		{path: "field file", args: args("field", "file"), act: audit.Listed, kind: "fields"},
		{path: "field values", args: args("field", "values", "Plot"), act: audit.Listed, kind: "fields"},
		{path: "field propose", args: args("field", "propose", "Plot"), act: audit.Listed, kind: "fields"},
		{path: "member list", args: args("member", "list"), act: audit.Listed, kind: "members"},
		{path: "member seat", args: args("member", "seat", "Tomas Erlik", "--role", "reader"), because: own},
		{path: "member leave", args: args("member", "leave", "Tomas Erlik"), because: own},
		{path: "member compartment", args: args("member", "compartment", "Few", "--member", "A. Analyst"), because: own},
		{path: "decide fields", args: args("decide", "fields"), act: audit.Listed, kind: "members"},
		{path: "decide list", args: args("decide", "list"), act: audit.Listed, kind: "decisions"},
		{path: "decide close", args: func(_ *office, c *contents) []string {
			return []string{"decide", "close", "source", c.source, "--to", "confidential"}
		}, because: own},
		{path: "decide propose", args: func(_ *office, c *contents) []string {
			return []string{"decide", "propose", "source", c.source, "--to", "public"}
		}, because: own},
		{path: "decide agree", args: args("decide", "agree", "q-0000000000000000"), code: 3, because: own},
		{path: "decide refuse", args: args("decide", "refuse", "q-0000000000000000"), code: 3, because: own},
		{path: "decide withdraw", args: args("decide", "withdraw", "q-0000000000000000"), code: 3, because: own},
		{path: "identity passphrase", args: func(o *office, _ *contents) []string {
			return []string{"identity", "passphrase", "--new-identity-passphrase-file", o.file("openers", "gulls over the old harbour\n")}
		}, because: own},
		{path: "identity protect", args: func(o *office, _ *contents) []string {
			return []string{"identity", "protect", "--opener", "A. Analyst", "--from", o.file("who", "name: Sorvane Teldrick\n")}
		}, because: own},
		{path: "identity amend", args: args("identity", "amend", "w-0000000000000000"), code: 3, because: own},
		{path: "identity list", args: args("identity", "list"), act: audit.Listed, kind: "identities"},
		{path: "identity ask", args: args("identity", "ask", "w-0000000000000000", "--for", "a court"), code: 3, because: own},
		{path: "identity open", args: args("identity", "open", "q-0000000000000000", "--reason", "a summons"), code: 3, because: "what is opened is written down before it is shown (casework, TestReveal)"},
		{path: "identity pseudonym", args: func(_ *office, c *contents) []string {
			return []string{"identity", "pseudonym", "w-0000000000000000", c.dossier}
		}, code: 3, because: own},
		{path: "identity check", args: func(o *office, c *contents) []string {
			return []string{"identity", "check", c.dossier, "--identity-passphrase-file", o.file("openers", "gulls over the old harbour\n")}
		}, act: audit.Verified, kind: "dossiers"},
		{path: "identity copy", args: func(_ *office, c *contents) []string { return []string{"identity", "copy", c.folder + "/map-copy"} }, act: audit.Exported, kind: "identities"},
		{path: "identity place", args: func(_ *office, c *contents) []string { return []string{"identity", "place", c.folder + "/map"} }, act: audit.Exported, kind: "identities"},
		{path: "identity sweep", args: args("identity", "sweep"), because: noThing},
		{path: "identity erase", args: args("identity", "erase", "w-0000000000000000", "--ground", "asked for"), code: 3, because: own},
		{path: "audit list", args: args("audit", "list"), act: audit.Listed, kind: "audit"},
		{path: "audit verify", args: args("audit", "verify"), act: audit.Verified, kind: "audit"},
		{path: "audit forget", args: args("audit", "forget", "--before", "2000-01-01"), act: audit.Forgot, kind: "audit"},
		{path: "invite", args: args("invite", "Mira Olten", "--archive-role", "member"), act: audit.Invited, kind: "accounts", outside: true},
		{path: "account list", args: args("account", "list"), act: audit.Listed, kind: "accounts", outside: true},
		{path: "account reset", args: args("account", "reset", "Keeper"), act: audit.Invited, kind: "accounts", outside: true},
		{path: "account end", args: args("account", "end", "Keeper"), act: audit.Changed, kind: "accounts", outside: true},
		{path: "rebuild", args: args("rebuild"), because: noThing},
		{path: "keyring list", locked: true, args: args("keyring", "list"), because: "it reads the ring alone, and says which ways there are; no archive is opened"},
		{path: "keyring add", locked: true, args: args("keyring", "add", "recovery"), act: audit.Changed, kind: "keyring", outside: true},
		{path: "keyring change", locked: true, args: func(o *office, _ *contents) []string {
			return []string{"keyring", "change", "--new-passphrase-file", o.file("new-passphrase", "a passphrase of several words\n")}
		}, act: audit.Changed, kind: "keyring", outside: true},
		{path: "keyring remove", locked: true, args: args("keyring", "remove", "2"), act: audit.Changed, kind: "keyring", outside: true},
		{path: "backup run", args: backupOf, act: audit.Exported, kind: "backup"},
		{path: "backup keygen", args: func(_ *office, c *contents) []string {
			return []string{"backup", "keygen", "--out", c.folder + "/identity"}
		}, because: noCase},
		{path: "backup status", args: func(_ *office, c *contents) []string { return []string{"backup", "status", "--to", c.folder} }, code: 3, because: noCase},
		{path: "travel", args: func(_ *office, c *contents) []string {
			return []string{"travel", "--to", c.folder + "/travel", "--plain"}
		}, act: audit.Exported, kind: "travel"},
		{path: "restore", args: func(_ *office, c *contents) []string {
			return []string{"restore", "--check", "--from", c.folder, "--keys", c.folder, "--identity", c.folder + "/identity"}
		}, code: 3, because: "it reads no archive but makes one, in whose audit journal it stands (backup); with --check nothing is kept"},
		{path: "words export", args: func(_ *office, c *contents) []string {
			return []string{"words", "export", "--language", "fr", c.folder + "/fr.xlsx"}
		}, because: "the words of the pages are of no case"},
		{path: "words import", args: func(_ *office, c *contents) []string { return []string{"words", "import", c.folder + "/fr.xlsx"} }, because: "the words of the pages are of no case"},
		{path: "lock", args: args("lock"), code: -1, because: noCase},
		{path: "init", args: args("init", "--plain", "--actor", "A. Analyst", "--title", "Another"), code: 5, because: "it makes an archive; there is nothing in it yet"},
		{path: "serve", because: "the reading room writes down every page itself (web, TestEveryRouteIsAudited)"},
		{path: "demo", because: "its case is invented and its archive its own"},
		{path: "derive", because: noCase},
	}
}

func newRecord(o *office, c *contents) []string {
	return []string{"add", "record", o.file("record.json", fmt.Sprintf(`{"format": "recount record/1", "source": %q, "exhibit": %q, "pinpoint": "line 9", "record": {"given": "Ada", "family": "Vell"}, "harms": [{"code": "killed", "date": "2031-02-25", "place": "Karvel, Tarn"}]}`, c.source, c.exhibit))}
}

func newCitation(o *office, c *contents) []string {
	exhibit := o.do("add", "exhibit", o.file("cited.txt", "They came at night."), "--source", c.source)
	return []string{"add", "citation", exhibit, "They came at night."}
}

func newFigure(o *office, _ *contents) []string {
	return []string{"figure", "define", o.file("other.json", `{"figure": "f-other", "title": "Other", "unit": "persons", "harms": ["killed"], "rule": "count@1"}`)}
}

func newField(o *office, _ *contents) []string {
	return []string{"field", "declare", o.file("fields.json", `{"format": "recount own fields/1", "fields": [{"field": "Plot"}]}`)}
}

func newDossier(o *office, _ *contents) []string {
	return []string{"dossier", "compose", o.file("other.md", "Nothing.\n"), "--title", "Another"}
}

func importPreview(o *office, c *contents) []string {
	return []string{"import", c.exhibit, "--mapping", o.file("mapping.json", listMapping), "--source", c.source, "--preview"}
}

func backupOf(o *office, c *contents) []string {
	identity := c.folder + "/backup-identity"
	public := o.do("backup", "keygen", "--out", identity)
	return []string{"backup", "--to", c.folder + "/first", "--keys-to", c.folder + "/second", "--recipient", public}
}

// filled is an archive with a case in which the planted words stand.
func filled(t *testing.T) (*office, *contents) {
	t.Helper()
	o := newOffice(t)
	o.do(everyRole()...)
	c := &contents{folder: t.TempDir()}
	c.source = o.do("add", "source", "The list of Fennarch")
	text := strings.ReplaceAll(list("quillstone"), "Ada", "Morrowdusk")
	o.do("import", o.file("one.csv", text), "--mapping", o.file("mapping.json", listMapping), "--source", c.source)
	o.do("figure", "define", o.file("figure.json", `{"figure": "f-killed", "title": "Killed by the tidewrack", "unit": "persons", "harms": ["killed"], "rule": "count@1"}`))
	c.dossier = o.do("dossier", "compose", o.file("statement.md", "In the valley {{figure f-killed}} people were killed.\n"), "--title", "The valley of Fennarch")
	o.do("dossier", "freeze", c.dossier)
	o.do("invite", "Keeper", "--archive-role", "member")
	var exhibits []struct{ Exhibit string }
	var records []struct{ Leaf, Person string }
	o.ask(&exhibits, "show", "exhibits")
	o.ask(&records, "show", "records")
	c.exhibit, c.leaf, c.person, c.otherLeaf = exhibits[0].Exhibit, records[0].Leaf, records[0].Person, records[1].Leaf
	return o, c
}

// sealedOffice is an archive that is encrypted.
func sealedOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: filepath.Join(t.TempDir(), "archive")}
	o.globals = []string{"--passphrase-file", o.file("passphrase", "a passphrase of several words\n")}
	o.do("init", "--actor", "A. Analyst", "--title", "A trial case")
	o.do(everyRole()...)
	return o
}

// everyRole has whoever opened the case see who looked as well.
func everyRole() []string {
	return []string{"member", "seat", "A. Analyst", "--role", "custodian,investigator,analyst,lawyer,reviewer,publisher,auditor"}
}

// events are what a journal of who looked has; asking adds one, behind them.
func (o *office) events(outside bool) (all []audit.Event) {
	o.t.Helper()
	args := []string{"audit", "list", "--limit", "1000"}
	if outside {
		args = append(args, "--outside")
	}
	o.ask(&all, args...)
	return all
}

// TestEveryCommandIsAudited walks the tree of commands: each either leaves one
// event in an audit journal, or leaves none and prints nothing of what stands in
// the case. A new command fails until it is tried here.
func TestEveryCommandIsAudited(t *testing.T) {
	t.Parallel()
	long(t)
	rows := map[string]tried{}
	for _, r := range everyCommand() {
		rows[r.path] = r
	}
	var c cli
	parser, err := kong.New(&c, kong.Name("recount"), variables())
	if err != nil {
		t.Fatal(err)
	}
	leaves := parser.Model.Leaves(false)
	if len(leaves) != len(rows) {
		t.Errorf("there are %d commands, and %d are tried", len(leaves), len(rows))
	}
	for _, leaf := range leaves {
		path := strings.TrimPrefix(leaf.FullPath(), "recount ")
		if _, is := rows[path]; !is {
			t.Errorf("the command %q is not tried: does it write down who looks?", path)
		}
	}
	o, held := filled(t)
	locked := sealedOffice(t)
	had := map[*office][2]int{}
	for _, in := range []*office{o, locked} {
		had[in] = [2]int{len(in.events(false)) + 1, len(in.events(true)) + 1} // with the asking
	}
	for _, r := range everyCommand() {
		if r.args == nil {
			continue // its reason names the test that has it
		}
		in := o
		if r.locked {
			in = locked
		}
		had[in] = in.tries(r, held, had[in])
	}
}

// tries runs a command and compares what it leaves with what it should; it
// answers how many events there are.
func (o *office) tries(r tried, held *contents, had [2]int) [2]int {
	o.t.Helper()
	out, errs, code := o.run(r.args(o, held)...)
	now := [2][]audit.Event{o.events(false), o.events(true)}
	if r.code >= 0 && code != r.code {
		o.t.Errorf("%s: exit %d, want %d\n%s%s", r.path, code, r.code, out, errs)
	} else {
		o.left(r, now, [2]int{len(now[0]) - had[0], len(now[1]) - had[1]}, out+errs)
	}
	return [2]int{len(now[0]) + 1, len(now[1]) + 1} // with the asking
}

func (o *office) left(r tried, now [2][]audit.Event, left [2]int, printed string) {
	o.t.Helper()
	if r.because != "" {
		for _, word := range planted {
			if strings.Contains(printed, word) {
				o.t.Errorf("%s leaves no event (%s), and prints %q", r.path, r.because, word)
			}
		}
		if left != [2]int{} {
			o.t.Errorf("%s is said to leave no event, and left %v", r.path, left)
		}
		return
	}
	where, want := 0, [2]int{1, 0}
	if r.outside {
		where, want = 1, [2]int{0, 1}
	}
	if r.act == audit.Exported && r.kind == "backup" {
		want[1] = left[1] // of the whole archive
	}
	if left != want {
		o.t.Errorf("%s left %v events, want %v", r.path, left, want)
		return
	}
	if e := now[where][0]; e.Act != r.act || e.Kind != r.kind || e.Actor == "" {
		o.t.Errorf("%s is noted as %+v, want %s %s", r.path, e, r.act, r.kind)
	}
}

// TestEveryNounIsAudited: show leaves an event for each thing that it shows, and
// as JSON an export.
func TestEveryNounIsAudited(t *testing.T) {
	t.Parallel()
	o, c := filled(t)
	what := ""
	var parsed cli
	parser, err := kong.New(&parsed, kong.Name("recount"), variables())
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		if leaf.Name == "show" {
			what = leaf.Positional[0].Enum
		}
	}
	nouns := strings.Split(what, ",")
	if len(nouns) < 10 {
		t.Fatalf("show has the nouns %v", nouns)
	}
	ids := map[string][]string{"person": {c.person}, "record": {c.leaf}, "consistency": {"1", "2"}}
	for _, noun := range nouns {
		outside := noun == "accounts"
		for _, json := range []bool{false, true} {
			args := append([]string{"show", noun}, ids[noun]...)
			if json {
				args = append(args, "--json")
			}
			n := len(o.events(outside))
			o.do(args...)
			all := o.events(outside)
			if len(all) != n+2 { // and the asking
				t.Errorf("%v left %d events, want one", args, len(all)-n-1)
				continue
			}
			if e := all[0]; (e.Act == audit.Exported) != json || e.Shown < 0 || len(ids[noun]) == 1 && e.ID != ids[noun][0] {
				t.Errorf("%v is noted as %+v", args, e)
			}
		}
	}
	if o.t.Failed() {
		return
	}
	// A file that is compared with earlier lists shows something of these; one that
	// is not compared needs no archive.
	n := len(o.events(false))
	o.run("import", o.file("one.csv", list("x")), "--mapping", o.file("mapping.json", listMapping), "--source", c.source, "--preview")
	o.run("import", o.file("one.csv", list("x")), "--mapping", o.file("mapping.json", listMapping), "--preview")
	if all := o.events(false); len(all) != n+2 || all[0].Kind != "lists" {
		t.Errorf("previews left %d events, want one", len(all)-n-1)
	}
}
