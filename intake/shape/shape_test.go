// SPDX-License-Identifier: Apache-2.0

package shape_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake/shape"
	"recount/intake/table"
)

// read is a list in a shape: its header, its rows as number and cells, refused rows
// as the reason, and what is told of it.
func read(t *testing.T, s shape.Shape, text string, opt table.Options) (rows, notices []string, doubts int, err error) {
	t.Helper()
	opt.File = "list"
	tab, err := s.List(func(o table.Options) (table.Table, error) {
		return table.Open(strings.NewReader(text), int64(len(text)), o)
	}, opt)
	if err != nil {
		return nil, nil, 0, err
	}
	rows = append(rows, strings.Join(tab.Info().Keys(), "|"))
	for {
		row, err := tab.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.Refused != nil {
			rows = append(rows, "refused: "+row.Refused.Why)
			continue
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			cells[i] = c.Text
			if c.Doubt != "" {
				doubts++
			}
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows, tab.Notices(), doubts, tab.Close()
}

func TestShapes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		shape   shape.Shape
		text    string
		opt     table.Options
		want    []string
		notices string
		doubts  int
	}{
		// A village office writes the name of the village once, above its dead.
		"headings": {shape.Shape{Sections: "Village"}, "Name,Age\nTarn,\nAda Vell,17\nBo Marn,\nOss,\nKor Ruk,3\n", table.Options{},
			[]string{"Name|Age|Village", "Ada Vell|17|Tarn", "Kor Ruk|3|Oss"}, "3 rows of which the first cell alone is filled", 0},
		"headings before any": {shape.Shape{Sections: "Village"}, "No,Name\n1,Ada Vell\nTarn,\n2,Bo Marn\n", table.Options{},
			[]string{"No|Name|Village", "1|Ada Vell|", "2|Bo Marn|Tarn"}, "1 rows", 0},
		"filled down": {shape.Shape{FillDown: []string{"Village"}}, "Village,Name\nTarn,Ada\n,Bo\nOss,Kor\n,\n,Ila\n", table.Options{},
			[]string{"Village|Name", "Tarn|Ada", "Tarn|Bo", "Oss|Kor", "Oss|Ila"}, "2 blank cells", 0},
		// A hospital writes a line for each injury, and what it knows of the person now here, now there.
		"rows of one person": {shape.Shape{RowsOf: []string{"No"}, Person: []string{"Name", "Age"}}, "No,Name,Age,Injury\n1,Ada,17,arm\n1,Ada,,leg\n2,Bo,,head\n2,,40,eye\n2,Bob,41,ear\n,Kor,1,arm\n,Ila,2,arm\n", table.Options{},
			[]string{
				"No|Name|Age|Injury|rows[1].No|rows[1].Name|rows[1].Age|rows[1].Injury|rows[2].No|rows[2].Name|rows[2].Age|rows[2].Injury|rows[3].No|rows[3].Name|rows[3].Age|rows[3].Injury",
				"1|Ada|17|arm|1|Ada|17|arm|1|Ada||leg||||",
				"2|Bo|40|head|2|Bo||head|2||40|eye|2|Bob|41|ear",
				"|Kor|1|arm||Kor|1|arm||||||||",
				"|Ila|2|arm||Ila|2|arm||||||||",
			}, "3 rows that were put to the row of the same person", 2},
		"rows that stand apart": {shape.Shape{RowsOf: []string{"No"}}, "No,Injury\n1,arm\n2,leg\n1,eye\n", table.Options{},
			[]string{"No|Injury|rows[1].No|rows[1].Injury", "refused: the rows with this key do not all follow each other, so that nobody can say that they are one person", "2|leg|2|leg",
				"refused: the rows with this key do not all follow each other, so that nobody can say that they are one person"}, "", 0},
		"another sheet": {shape.Shape{Beside: []shape.Beside{{Name: "harm", Sheet: "harms", Key: "id", Parent: "of"}}},
			`{"people": [{"id": "1", "name": "Ada"}, {"id": "2", "name": "Bo"}, {"id": "1", "name": "Ada again"}], "harms": [{"of": "1", "what": "arm"}, {"of": "9", "what": "lost"}, {"of": "1", "what": "leg"}, {"of": "", "what": "nobody's"}]}`,
			table.Options{Sheet: "people"},
			[]string{"id|name|harm[1].of|harm[1].what|harm[2].of|harm[2].what", "1|Ada|1|arm|1|leg", "2|Bo||||", "1|Ada again||||"},
			`2 rows of the sheet "harms" belong to no row of the list, and are not read; 1 rows have a key that stood before`, 0},
		// Statements: each row is one thing that a source says of somebody.
		"statements": {shape.Shape{Pivot: shape.Pivot{By: []string{"who"}, Name: "prop", Value: "value"}}, "who,prop,value,by\na,name,Ada,x\na,born,1974,x\na,name,Ada V.,y\nb,name,Bo,x\n,name,Nobody,x\na,name,again,x\n", table.Options{},
			[]string{"who|by|prop.name|prop.born", "refused: the rows with this key do not all follow each other, or it is blank: nobody can say that they are of one thing",
				"refused: the rows with this key do not all follow each other, or it is blank: nobody can say that they are of one thing", "refused: the rows with this key do not all follow each other, or it is blank: nobody can say that they are of one thing",
				"b|x|Bo|", "refused: the rows with this key do not all follow each other, or it is blank: nobody can say that they are of one thing", "refused: the rows with this key do not all follow each other, or it is blank: nobody can say that they are of one thing"}, "", 0},
		"statements in order": {shape.Shape{Pivot: shape.Pivot{By: []string{"who"}, Name: "prop", Value: "value"}}, "who,prop,value,by\na,name,Ada,x\na,born,1974,x\na,name,Ada V.,y\nb,name,Bo,x\n", table.Options{},
			[]string{"who|by|prop.name|prop.born", "a|x; y|Ada; Ada V.|1974", "b|x|Bo|"}, "", 0},
		// Below its last person a list says how many it has.
		"a total":                 {shape.Shape{Totals: true}, "No,Name,Age\n1,Ada,17\n2,Bo,\n,Total:,2\n", table.Options{}, []string{"No|Name|Age", "1|Ada|17", "2|Bo|"}, "row 4 states a total (2) and is no person: 2 rows stand above it", 0},
		"a wrong total":           {shape.Shape{Totals: true}, "Name,Age\nAda,17\nВСЕГО,\"1,052\"\n", table.Options{}, []string{"Name|Age", "Ada|17"}, "(1052) and is no person: 1 rows stand above it, which is another number", 0},
		"in Arabic":               {shape.Shape{Totals: true}, "الاسم,العمر\nعلي,٣\nالمجموع,١\n", table.Options{}, []string{"الاسم|العمر", "علي|٣"}, "a total (1) and is no person: 1 rows", 0},
		"a name is none":          {shape.Shape{Totals: true}, "Name,Age,Place\nTotal,17,Tarn\nTotal,,\nSum Ok,1,\n", table.Options{}, []string{"Name|Age|Place", "Total|17|Tarn", "Total||", "Sum Ok|1|"}, "", 0},
		"nothing to put together": {shape.Shape{}, "a,b\n1,2\n", table.Options{}, []string{"a|b", "1|2"}, "", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, notices, doubts, err := read(t, test.shape, test.text, test.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, rows); diff != "" {
				t.Errorf("- want, + got:\n%s", diff)
			}
			if all := strings.Join(notices, "; "); !strings.Contains(all, test.notices) || doubts != test.doubts {
				t.Errorf("told: %s; %d doubts, want %d", all, doubts, test.doubts)
			}
		})
	}
}

// TestShapesRefuse: a column or a sheet that is not there ends it, with what is.
func TestShapesRefuse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		shape shape.Shape
		want  string
	}{
		"fill down": {shape.Shape{FillDown: []string{"x"}}, `the mapping's fill_down names this column, and the list does not have it; accepted: one of the columns that are there: "a", "b"`},
		"rows of":   {shape.Shape{RowsOf: []string{"x"}}, `the mapping's rows_of names this column`},
		"a key":     {shape.Shape{Beside: []shape.Beside{{Name: "h", Sheet: "s", Key: "x", Parent: "a"}}}, `the mapping's repeats names this column`},
		"a sheet":   {shape.Shape{Beside: []shape.Beside{{Name: "h", Sheet: "s", Key: "a", Parent: "a"}}}, `accepted`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, _, err := read(t, test.shape, "a,b\n1,2\n", table.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
