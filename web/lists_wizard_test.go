// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/google/go-cmp/cmp"

	"recount/intake/mapping"
)

// filled is what a browser would send of the form that imports a list, without a button.
func filled(t *testing.T, page string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	sent := url.Values{}
	attribute := func(n *html.Node, name string) (string, bool) {
		at := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
		if at < 0 {
			return "", false
		}
		return n.Attr[at].Val, true
	}
	for n := range root.Descendants() {
		if action, _ := attribute(n, "action"); n.Data != "form" || !strings.HasSuffix(action, "/lists") {
			continue
		}
		for f := range n.Descendants() {
			name, named := attribute(f, "name")
			value, _ := attribute(f, "value")
			kind, _ := attribute(f, "type")
			_, checked := attribute(f, "checked")
			switch {
			case !named || f.Data == "button":
			case f.Data == "input" && (kind != "checkbox" || checked):
				sent.Add(name, value)
			case f.Data == "textarea":
				for c := range f.ChildNodes() {
					value += c.Data
				}
				sent.Add(name, value)
			case f.Data == "select":
				first := true
				for o := range f.Descendants() {
					text, _ := attribute(o, "value")
					if _, selected := attribute(o, "selected"); o.Data == "option" && (selected || first) {
						value, first = text, false
					}
				}
				sent.Add(name, value)
			}
		}
	}
	if !sent.Has("meaning0") {
		t.Fatal("the page has no form of a list")
	}
	return sent
}

// listWith is an exhibit with a CSV of these columns and a row of values.
func (r *reading) listWith(name string, columns []string, rows ...[]string) (id string) {
	r.t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{columns}, rows...)); err != nil {
		r.t.Fatal(err)
	}
	page := r.exhibit(name, []byte(b.String()))
	return page[strings.LastIndex(page, "/")+1:]
}

// everyMapping are those of the known lists, and the whole ones of the manual.
func everyMapping(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"much": muchMapping}
	files, err := filepath.Glob("../intake/propose/known/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var x struct{ Mapping map[string]any }
		if err := json.Unmarshal(text, &x); err != nil {
			t.Fatal(err)
		}
		if x.Mapping["format"] == nil { // of a form: its questions stand beside it
			x.Mapping["format"], x.Mapping["row"] = mapping.Format, "person"
			if x.Mapping["record"] == nil {
				x.Mapping["record"] = map[string]any{"name": "victim/name"}
			}
		}
		if text, err = json.Marshal(x.Mapping); err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = string(text)
	}
	manual, err := os.ReadFile("../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	for n, block := range strings.Split(string(manual), "```json\n")[1:] {
		if block, _, _ = strings.Cut(block, "```"); strings.Contains(block, mapping.Format) {
			all["manual "+string(rune('a'+n))] = block
		}
	}
	return all
}

// muchMapping has what the form shows and what it does not.
const muchMapping = `{"format":"recount mapping/1","row":"person","title":"a note","encoding":"windows-1251","handling":"restricted","unknown":["NA","not known",""],
"only":{"column":"Kind","values":["Person"]},"sections":"Village","fill_down":["Family"],"rows_of":["No"],"repeats":{"child":{"columns":"child#_*"},"inj":{"split":["Injuries"],"by":";"}},
"record":{"name":{"columns":["Given","Family"]},"age":{"column":"Age","unit":"months","year_is_birth":true,"unknown":["?"]},"birth":{"column":"Born","calendar":"hijri","date":"dmy"},"status":"Fate","note":{"constant":"seen"}},
"harms":[{"repeat":"rows","code":{"column":"Fate","codes":{" D ":"killed","M":"missing","-":null,"W":"x-own"},"other":"x-"},"date":{"column":"Day","date":"mdy"},"place":{"columns":["Village","District"]},"standard":"rgb"},
{"code":{"constant":"displaced"},"place":"District"},{"repeat":"inj","code":{"column":"Injuries","codes":{"1":"injured"}}},{"code":{"constant":"property"},"alleged":"Who"}],
"own":{"Plot":"Plot","Both":{"columns":["A","B"],"join":"-"}},"others":[{"repeat":"child","record":{"name":"name"},"harms":[{"code":{"constant":"missing"},"place":"Village"}]}],
"consent":{"answer":{"column":"Consent","codes":{"Yes":"yes","No":"no"}},"uses":["analyse team any","un any record"],"date":"Asked","explained_by":"Team","language":"ar","explained":"e-0123456789abcdef","way":"oral","obtained_by":"Team"},
"key":["No"],"identifiers":["No","Name#2"],"not_mapped":["Remarks"]}`

// TestWizardKeepsMappings: a mapping that the form shows and sends back unchanged is
// the same, byte for byte, at once and after it was shown twice; each of its parts is
// shown or told in words.
func TestWizardKeepsMappings(t *testing.T) {
	t.Parallel()
	r := open(t)
	all := everyMapping(t)
	if len(all) < 10 {
		t.Fatalf("%d mappings", len(all))
	}
	for name, text := range all {
		m, err := mapping.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, err := m.JSON()
		if err != nil {
			t.Fatal(err)
		}
		columns := slices.DeleteFunc(append(m.Wanted(), "more"), func(c string) bool { return c == m.Sections })
		values := make([]string, len(columns))
		for i := range values {
			values[i] = []string{"D", "Yes", "W"}[i%3]
		}
		id := r.listWith(name+".csv", columns, values)
		_, page := r.post("/case/case-1/lists", url.Values{"exhibit": {id}, "file": {text}, "step": {"take"}}, http.StatusOK)
		has(t, page, "The form begins with the mapping that you gave.")
		if strings.Contains(page, "lists.") {
			t.Errorf("%s: a key stands in the place of words", name)
		}
		for _, again := range []string{"columns", "columns"} {
			form := filled(t, page)
			form.Set("step", "download")
			_, got := r.post("/case/case-1/lists", form, http.StatusOK)
			back, err := mapping.Parse([]byte(got))
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, got)
			}
			raw, err := back.JSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(raw)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			form.Set("step", again)
			_, page = r.post("/case/case-1/lists", form, http.StatusOK)
		}
		if name == "much" {
			has(t, shown(page), "Each of “child” is a further person. whole name: the column name; what happened: always Missing: fate not known to the family; place of it: the column Village",
				"“child” are the numbered columns child#_*: # is the number, * the name.", "Only rows are read in whose column “Kind” stands: Person.",
				"a year is taken for the year of birth", "Each row of a person is one more harm 1.", "note: always seen")
		}
	}
}

// TestWizardChangesMapping: what is chosen otherwise is changed and the rest kept,
// parts are left out, a file that is no mapping is told with its line, and nothing
// that was typed is lost.
func TestWizardChangesMapping(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.t.Cleanup(r.Close)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Registry"}, "kind": {"list"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	columns := []string{"No", "Name", "Sex", "Fate", "Day", "Village", "child1_name", "child1_age", "child2_name", "child2_age", "Plot"}
	row := []string{"1", "Aram Velk", "M", "D", "02/05/2031", "Tavresk", "Mira Velk", "4", "", "", "12"}
	id := r.listWith("families.csv", columns, row, []string{"2", "Nora Tamm", "F", "W", "03/05/2031", "Tavresk", "", "", "", "", "13"})
	text := `{"format": "recount mapping/1", "row": "person", "record": {"name": "Name"}, "harms": [{"code": {"column": "Fate", "codes": {"D": "killed"}}, "date": {"column": "Day", "date": "dmy"}}],
"repeats": {"child": {"columns": "child#_*"}}, "others": [{"repeat": "child", "record": {"name": "name", "age": "age"}, "harms": [{"code": {"constant": "missing"}, "place": "Village"}]}]}`

	begun := url.Values{"exhibit": {id}, "source": {source}, "reason": {"a test"}, "meaning1": {"given"}, "file": {"{\"format\": \"recount mapping/1\",\n\"rows\": 1}"}, "step": {"take"}}
	_, page := r.post("/case/case-1/lists", begun, http.StatusUnprocessableEntity)
	has(t, shown(page), "line 2: the mapping has no", "a test")
	if form := filled(t, page); form.Get("meaning1") != "given" || form.Get("file") != begun.Get("file") || form.Get("source") != source || form.Get("reason") != "a test" {
		t.Errorf("what was typed is lost: %v", form)
	}
	begun.Set("step", "preview")
	_, page = r.post("/case/case-1/lists", begun, http.StatusUnprocessableEntity)
	has(t, page, "was not taken. Press")

	begun.Set("step", "take")
	begun.Set("file", text)
	_, page = r.post("/case/case-1/lists", begun, http.StatusOK)
	form := filled(t, page)
	if form.Get("reason") != "a test" || form.Get("source") != source || form.Get("meaning1") != "name" || form.Get("code3_0") != "killed" || form.Get("dates") != "dmy" {
		t.Errorf("the form begins as %v", form)
	}
	form.Set("code3_1", "injured")
	form.Set("meaning0", "identifier")
	form.Set("key0", "yes")
	form.Set("meaning10", "own")
	form.Set("own10", "Plot of land")
	form.Set("also5", "note")
	form.Set("meaning5", "harm.place")
	form.Set("harms", "2")
	form.Set("harm2_of_all", "displaced")
	form.Set("step", "preview")
	_, page = r.post("/case/case-1/lists", form, http.StatusOK)
	has(t, shown(page), "Records that it would make 3", "Mira Velk")
	form = filled(t, page)
	form.Set("step", "download")
	_, got := r.post("/case/case-1/lists", form, http.StatusOK)
	m, err := mapping.Parse([]byte(got))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := m.JSON()
	for _, want := range []string{
		`"codes":{"D":"killed","W":"injured"}`, `"others":[{"repeat":"child"`, `"key":["No"],"identifiers":["No"]`, `"own":{"Plot of land":{"columns":["Plot"]}}`,
		`"note":{"columns":["Village"]}`, `"place":{"columns":["Village"]}`, `{"code":{"constant":"displaced"}`,
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%s is not in %s", want, raw)
		}
	}
	form.Set("step", "import")
	job, _ := r.post("/case/case-1/lists", form, http.StatusSeeOther)
	has(t, r.ended(job), "3 records were made.")
	has(t, r.get("/case/case-1/exhibits/"+id+"/mapping"), `"Plot of land"`)
	has(t, r.get("/case/case-1/exhibits/"+id), "/mapping")

	next := r.listWith("families-2.csv", columns[1:], row[1:])
	page = r.get("/case/case-1/lists/new?exhibit=" + next + "&like=" + id)
	has(t, shown(page), "The form begins with the mapping of families.csv", "Each of “child” is a further person.")
	form = filled(t, page)
	form.Set("source", source)
	form.Set("drop", "others.0")
	form.Set("reason", "the next edition")
	form.Set("step", "download")
	_, got = r.post("/case/case-1/lists", form, http.StatusOK)
	if strings.Contains(got, "others") || !strings.Contains(got, `"Plot of land"`) {
		t.Errorf("the mapping without further persons: %s", got)
	}
}

// TestWizardKnowsLists: a list of a program is known, and what cannot be taken is said.
func TestWizardKnowsLists(t *testing.T) {
	t.Parallel()
	r := open(t)
	id := r.listWith("ged.csv", strings.Split("id,type_of_violence,conflict_name,where_description,adm_1,country,event_clarity,where_prec,date_start,date_end,low,high", ","), strings.Split("7,3,Vale,the mill,North,Vale,1,1,1992-02-25,1992-02-26,3,7", ","))
	page := r.get("/case/case-1/lists/new?exhibit=" + id)
	has(t, shown(page), "This list is known: UCDP GED", "The best estimate, and who died on which side", "Begin empty")
	form := filled(t, page)
	if form.Get("row") != "group" || form.Get("meaning10") != "group.low" || form.Get("harm_of_all") != "killed" || form.Get("meaning0") != "identifier" {
		t.Errorf("the form begins as %v", form)
	}
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Events"}, "kind": {"list"}}, http.StatusSeeOther)
	form.Set("source", to[strings.Index(to, "s-"):][:18])
	form.Set("step", "preview")
	_, page = r.post("/case/case-1/lists", form, http.StatusOK)
	has(t, shown(page), "how many people, at least", "1992-02-25/1992-02-26")
	statements := r.listWith("statements.csv", strings.Split("canonical_id,entity_id,prop,schema,value,dataset", ","), strings.Split("c,a,name,Person,Ada Vell,d", ","), strings.Split("c,a,gender,Person,female,d", ","))
	page = r.get("/case/case-1/lists/new?exhibit=" + statements)
	has(t, shown(page), "FollowTheMoney statements", "prop.name", "A row says one thing of somebody")
	kobo := r.listWith("kobo.csv", []string{"_uuid", "_submission_time", "_index", "victim/name", "victim/sex"}, []string{"u-1", "2026-01-02", "1", "Ada Vell", "female"})
	page = r.get("/case/case-1/lists/new?exhibit=" + kobo)
	has(t, shown(page), "KoboToolbox, answers to a form", "The column is called so")
}

// TestWizardHeader: a header of two rows, headings between rows, and choices that stay
// with their columns and values when the header is another row.
func TestWizardHeader(t *testing.T) {
	t.Parallel()
	r := open(t)
	page := r.exhibit("two.csv", []byte("A note,,\nVictim,,Fate\nName,Age,\nTavresk,,\nAram Velk,17,D\nNora Tamm,30,W\n"))
	id := page[strings.LastIndex(page, "/")+1:]
	form := url.Values{"exhibit": {id}, "header_row": {"2"}, "header_rows": {"2"}, "sections": {"Village"}, "meaning0": {"name"}, "step": {"columns"}}
	_, page = r.post("/case/case-1/lists", form, http.StatusOK)
	has(t, shown(page), "Victim / Name", "Victim / Age", "Village")
	form = filled(t, page)
	form.Set("meaning1", "age")
	form.Set("meaning2", "harm.code")
	form.Set("meaning3", "harm.place")
	form.Set("step", "columns")
	_, page = r.post("/case/case-1/lists", form, http.StatusOK)
	form = filled(t, page)
	if form.Get("value2_0") != "D" || form.Get("value2_1") != "W" {
		t.Fatalf("values of the fate: %v", form)
	}
	form.Set("code2_0", "killed")
	form.Set("code2_1", "injured")
	form.Set("step", "preview")
	_, page = r.post("/case/case-1/lists", form, http.StatusOK)
	has(t, shown(page), "Records that it would make 2", "Tavresk")
	form = filled(t, page)
	form.Set("header_row", "1") // nothing is called as before: nothing is taken for something else
	form.Set("header_rows", "")
	form.Set("step", "columns")
	_, page = r.post("/case/case-1/lists", form, http.StatusOK)
	if again := filled(t, page); again.Get("meaning0") != "" || again.Get("meaning2") != "" {
		t.Errorf("other columns have the meanings: %v", again)
	}
}
