// SPDX-License-Identifier: Apache-2.0

package propose_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake/mapping"
	"recount/intake/propose"
	"recount/intake/table"
)

// opened is a list with the first of its rows.
func opened(t *testing.T, list string) (table.Table, [][]string) {
	t.Helper()
	tab, err := table.Open(strings.NewReader(list), int64(len(list)), table.Options{File: "list"})
	if err != nil {
		t.Fatal(err)
	}
	return tab, cellsOf(t, tab)
}

func cellsOf(t *testing.T, tab table.Table) (rows [][]string) {
	t.Helper()
	for {
		row, err := tab.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		cells := []string{}
		for _, c := range row.Cells {
			cells = append(cells, c.Text)
		}
		rows = append(rows, cells)
	}
}

// TestKnown: lists that programs and registers write are known by their columns
// (UCDP GED codebook 24.1; ACLED codebook; PFIF 1.4; FollowTheMoney; KoboToolbox and
// ODK exports; Uwazi CSV), and read by a ready mapping, invented rows of each.
func TestKnown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		list string
		want []string
	}{
		"ucdp-ged": {"id,relid,year,type_of_violence,conflict_name,side_a,side_b,source_headline,where_prec,where_description,adm_1,adm_2,country,event_clarity,date_prec,date_start,date_end,best,high,low\n" +
			"7,X-1,1992,3,Vale,North,civilians,Night at the mill,1,the mill,North,Tarn,Vale,1,2,1992-02-25,1992-02-26,5,7,3\n8,X-2,1992,3,Vale,North,civilians,,1,,North,,Vale,1,1,1992-02-27 00:00:00.000,1992-02-27 00:00:00.000,1,1,1\n",
			[]string{"3..7 killed 1992-02-25/1992-02-26 the mill, Tarn, North, Vale", "1..1 killed 1992-02-27 North, Vale"}},
		"acled": {"\ufeffevent_id_cnty,event_date,year,time_precision,event_type,actor1,location,admin1,country,notes,fatalities\n" +
			"VAL1,26 February 1992,1992,1,Attack,North,Tarn,North,Vale,At the mill,5\nVAL2,1992-02-26,1992,2,Attack,North,Oss,,Vale,,0\nVAL3,1992-02-26,1992,3,Attack,,Oss,,Vale,,2\n",
			[]string{"5..5 killed 1992-02-26 Tarn, North, Vale", "0..0 killed 1992-02-26~ Oss, Vale", "2..2 killed 1992-02 Oss, Vale"}},
		"followthemoney": {`{"id": "a", "schema": "Person", "properties": {"name": ["Ada Vell"], "gender": ["female"], "birthDate": ["1974-05"]}}` + "\n" + `{"id": "b", "schema": "Company", "properties": {"name": ["Mill"]}}` + "\n",
			[]string{"Ada Vell female 1974-05"}},
		"followthemoney-statements": {"canonical_id,entity_id,prop,prop_type,schema,value,dataset\nc,a,name,name,Person,Ada Vell,d\nc,a,gender,gender,Person,female,d\nc,a,birthDate,date,Person,1974-05,d\ne,e,name,name,Event,killed,d\n",
			[]string{"Ada Vell female 1974-05"}},
		"pfif":           {"person_record_id,entry_date,full_name,sex,age,date_of_birth\nx.example/1,2026-01-02T03:04:05Z,Ada Vell,female,17-19,1974\n", []string{"Ada Vell female 1974"}},
		"kobo":           {"_uuid,_submission_time,_index,victim/name,victim/sex,phonenumber\nu-1,2026-01-02,1,Ada Vell,female,000\n", []string{"Ada Vell female "}},
		"odk":            {"SubmissionDate,name,sex,KEY,DeviceID\n2026-01-02,Ada Vell,female,uuid:1,d\n", []string{"Ada Vell female "}},
		"uwazi":          {"Title,Date added,Template,Sex\nAda Vell,2026-01-02,Victim,female\n", []string{"Ada Vell female "}},
		"uwazi-import":   {"title__en,Sex\nAda Vell,female\n", []string{"Ada Vell female "}},
		"uwazi-entities": {`[{"sharedId": "x", "language": "en", "title": "Ada Vell", "metadata": {"sex": [{"value": "k1", "label": "Female"}]}}]`, []string{"Ada Vell female "}},
		"security-force-monitor": {"type:claim,status:meta,about_entity:ref:claim,person:names:assertion,first_precise:range,last_precise:range\n" +
			"person,accepted,u-1,Ada Vell,2001-02-03,2001-02-03\nunit,accepted,u-2,,2001-02-03,2001-02-03\n", []string{"Ada Vell  "}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab, _ := opened(t, test.list)
			known, is, err := propose.Recognise(tab.Info().Columns)
			if err != nil || !is || known.Name != name || known.Lost == "" {
				t.Fatalf("known as %q, %v", known.Name, err)
			}
			text := proposed(t, known, tab, test.list)
			m, err := mapping.Parse(text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if diff := cmp.Diff(test.want, readBy(t, m, test.list)); diff != "" {
				t.Errorf("- want, + got:\n%s\n%s", diff, text)
			}
		})
	}
	kinds, err := propose.Kinds()
	if err != nil || len(kinds) != len(tests) {
		t.Errorf("%d kinds are known, %d are tried: %v", len(kinds), len(tests), err)
	}
	tab, _ := opened(t, "name,age\nAda,17\n")
	if _, is, _ := propose.Recognise(tab.Info().Columns); is {
		t.Error("any list is known")
	}
}

// proposed is the mapping of a list that is known.
func proposed(t *testing.T, known propose.Known, tab table.Table, list string) []byte {
	t.Helper()
	shaped, err := known.List(func(o table.Options) (table.Table, error) {
		return table.Open(strings.NewReader(list), int64(len(list)), o)
	}, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	of := tab.Info()
	of.Columns = shaped.Info().Columns
	text, left, err := known.Mapping(of, known.Propose(of.Columns, cellsOf(t, shaped)), nil)
	if err != nil || len(left) > 0 && strings.HasPrefix(known.Name, "uwazi") {
		t.Fatal(left, err)
	}
	return text
}

func readBy(t *testing.T, m *mapping.Mapping, list string) (said []string) {
	t.Helper()
	tab, err := m.Shape().List(func(o table.Options) (table.Table, error) {
		return table.Open(strings.NewReader(list), int64(len(list)), o)
	}, table.Options{File: "list", Wanted: m.Wanted()})
	if err != nil {
		t.Fatal(err)
	}
	r, err := mapping.Bind(m, tab.Info(), "list")
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := tab.Next()
		if errors.Is(err, io.EOF) {
			return said
		}
		if err != nil {
			t.Fatal(err)
		}
		p, refused := r.Read(row)
		switch {
		case refused != nil:
			said = append(said, refused.Tell())
		case p.Group != nil:
			said = append(said, fmt.Sprintf("%s..%s %s %s %s", p.Group.Low, p.Group.High, p.Group.Code, p.Group.Date, p.Group.Place))
		default:
			said = append(said, fmt.Sprintf("%s %s %s", p.Record.Name.Text(), p.Record.Sex, p.Record.Birth))
		}
	}
}

// What can put somebody in danger is closed in a known list as well, wherever it is
// read into a field that can be, or into none.
func TestKnownListsCloseColumns(t *testing.T) {
	t.Parallel()
	columns := table.Columns([]string{"id", "schema", "properties.name", "properties.phone", "properties.idNumber", "properties.religion", "properties.birthDate"})
	known, is, err := propose.Recognise(columns)
	if err != nil || !is {
		t.Fatalf("not recognised: %v", err)
	}
	rows := [][]string{{"p1", "Person", "Ada Vell", "0555", "77", "x", "1990"}}
	text, _, err := known.Mapping(table.Info{Columns: columns, Format: "jsonl"}, propose.Propose(columns, rows), nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	want := mapping.Classes{{Column: "properties.idNumber", Handling: "restricted"}, {Column: "properties.phone", Handling: "restricted"}, {Column: "properties.religion", Handling: "restricted"}}
	if diff := cmp.Diff(want, m.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s\n%s", diff, text)
	}
}
