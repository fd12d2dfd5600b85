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

// everything is all that is read of a row, a line for each thing.
func everything(p mapping.Person) string {
	var b strings.Builder
	r := p.Record
	for _, x := range [][2]string{{"name", r.Name.Text()}, {"others", r.OtherNames.Text()}, {"sex", r.Sex}, {"birth", r.Birth}, {"unit", r.Affiliation.Text()}, {"work", r.Occupation.Text()}, {"note", r.Note.Text()}} {
		if x[1] != "" {
			fmt.Fprintf(&b, "%s: %s\n", x[0], x[1])
		}
	}
	for _, h := range p.Harms {
		fmt.Fprintf(&b, "harm: %s %s %s\n", h.Code, h.Date, h.Place)
	}
	for _, x := range p.Own {
		if x.Value != "" {
			fmt.Fprintf(&b, "own %s: %s\n", x.Name, x.Value)
		}
	}
	return b.String()
}

// TestCells: lists as Uwazi and the Security Force Monitor write them, with all that a
// mapping takes of them; invented rows.
func TestCells(t *testing.T) {
	t.Parallel()
	const header = "Title,Date added,Template,Sex,Date of birth,Fate,Date of incident,Village,Relatives,Source link,Where,Detention,Telephone,Documents,Attachments,Published\n"
	tests := map[string]struct {
		list string
		want []string
		left []string // columns that are told as left out
	}{
		"uwazi export": {header +
			"Ada Vell,2026-01-02,Victim,Female,1974-05-06,Violence::Killed,1992-02-25~1992-02-27,Tarn,Bor Senn|Ceda Vell,Report|https://example.org/1,41.5|46.25,1991-01-01~1992-01-01,000,/files/a.pdf,,Published\n" +
			"Bor Senn,2026-01-02,Victim,Person::Male,1980,Killed|Violence::Injured,1992-02-25|1992-02-27,Oss,,,,,,,,Published\n",
			[]string{"name: Ada Vell\nsex: female\nbirth: 1974-05-06\nharm: killed 1992-02-25/1992-02-27 Tarn\nown Detention: 1991-01-01~1992-01-01\nown Relatives: Bor Senn|Ceda Vell\nown Source link: Report|https://example.org/1\n",
				"name: Bor Senn\nsex: male\nbirth: 1980\nharm: killed {1992-02-25,1992-02-27} Oss\nharm: injured {1992-02-25,1992-02-27} Oss\n"},
			[]string{"Attachments", "Date added", "Documents", "Published", "Telephone", "Template", "Where"}},
		"uwazi import in languages": {"title__en,title__es,title__ar,Sex,Date of birth,Testimony__en,Testimony__es,Fate,Date of incident,id,file\n" +
			"Ada Vell,Ada de Vell,Ada Vell,Female,\"February 26, 1974\",At night,De noche,Killed,1992 02 25:1992 02 27,a1,statement.pdf\n" +
			"Bor Senn,Bor Senn,بور,Male,1980,X,X,Killed,25 de febrero de 1992,a2,\n",
			[]string{"name: Ada Vell\nothers: Ada de Vell\nsex: female\nbirth: 1974-02-26\nharm: killed 1992-02-25/1992-02-27 \nown Testimony__en: At night\nown Testimony__es: De noche\n",
				"name: Bor Senn\nothers: بور\nsex: male\nbirth: 1980\nharm: killed 1992-02-25 \nown Testimony__en: X\n"},
			[]string{"file"}},
		"uwazi import mixed": {"title,attachments,Story,Story__es,Alias,title__fr\nAda Vell,a.pdf,Night,Noche,Adi,Adèle Vell\n",
			[]string{"name: Ada Vell\nothers: Adi; Adèle Vell\nown Story: Night\nown Story__es: Noche\n"}, []string{"attachments"}},
		"uwazi entities": {`[
			{"_id": "1", "sharedId": "x", "language": "en", "title": "Ada Vell", "template": "t", "published": true, "metadata": {
				"sex": [{"value": "k1", "label": "Female"}], "date_of_birth": [{"value": 136512000}], "fate": [{"value": "k2", "label": "Killed"}, {"value": "k3", "label": "Injured"}],
				"date_of_incident": [{"value": 699062400}], "detention": [{"value": {"from": 662688000, "to": 694224000}}], "relatives": [{"value": "y", "label": "Bor Senn"}, {"value": "z", "label": "Ceda Vell"}],
				"site": [{"value": {"lat": 41.5, "lon": 46.25, "label": ""}}], "story": [{"value": "At night"}], "paper": [{"value": {"label": "Report", "url": "https://example.org/1"}}]}},
			{"_id": "2", "sharedId": "x", "language": "es", "title": "Ada de Vell", "template": "t", "published": true, "metadata": {
				"sex": [{"value": "k1", "label": "Mujer"}], "date_of_birth": [{"value": 136512000}], "fate": [{"value": "k2", "label": "Asesinada"}, {"value": "k3", "label": "Herida"}],
				"date_of_incident": [{"value": 699062400}], "detention": [{"value": {"from": 662688000, "to": 694224000}}], "relatives": [{"value": "y", "label": "Bor Senn"}, {"value": "z", "label": "Ceda de Vell"}],
				"site": [{"value": {"lat": 41.5, "lon": 46.25, "label": ""}}], "story": [{"value": "De noche"}], "paper": [{"value": {"label": "Report", "url": "https://example.org/1"}}]}},
			{"_id": "3", "sharedId": "y", "language": "en", "title": "Bor Senn", "template": "t", "published": true, "metadata": {"sex": [{"value": "k4", "label": "Male"}], "date_of_birth": []}}]`,
			[]string{"name: Ada Vell\nothers: Ada de Vell\nsex: female\nbirth: 1974-04-30\nharm: killed 1992-02-26 \nharm: injured 1992-02-26 \n" +
				"own detention: 1991-01-01/1992-01-01\nown fate 2__es: Herida\nown fate__es: Asesinada\nown metadata.paper[1].value.url: https://example.org/1\nown paper: Report\nown relatives: Bor Senn\nown relatives 2: Ceda Vell\nown relatives 2__es: Ceda de Vell\nown sex__es: Mujer\nown story: At night\nown story__es: De noche\n",
				"name: Bor Senn\nsex: male\n"},
			[]string{"_id", "_id__es", "language__es", "metadata.date_of_birth", "metadata.fate[1].value", "metadata.fate[2].value", "metadata.relatives[1].value", "metadata.relatives[2].value",
				"metadata.sex[1].value", "metadata.site[1].value.label", "metadata.site[1].value.lat", "metadata.site[1].value.lon", "published", "template"}},
		"security force monitor": {"type:claim,status:meta,researcher:meta,internal_comments:meta,public_notes:meta,citation:refs:claim,about_entity:ref:claim,name:annotation,person:names:assertion," +
			"posting:person:refs:assertion,posting:person:names:qa,posting:unit:refs:assertion,posting:unit:names:qa,posting:roles:assertion,posting:titles:assertion,posting:ranks:assertion," +
			"first_precise:range,last_precise:range,first_imprecise:range,last_imprecise:range,starting:range,ending:range\n" +
			"person,accepted,R,,,c1,p1,Ada Vellane,Ada Vell,,,,,,,,2014-08-01,2014-08-01,,,N,N\n" +
			"posting,accepted,R,,A note,c1;c2,q1,,,p1,Ada Vell,u1,1 Mill Guard,Commander,,Captain,2014-08-01,2015-02-01,2014-07-01,2015-02-01,Y,N\n" +
			"posting,conflict,R,,,c2,q2,,,p1,Ada Vell,u2,8 Bridge Guard,,,,,,since_beginning_of_time,2014-08-01,N,Y\n" +
			"unit,accepted,R,,,c1,u1,1 Mill Guard,,,,,,,,,2014-08-01,2014-08-01,,,N,N\nincident,accepted,R,,,c3,i1,,,,,,,,,,2014-08-01,2014-08-01,,,N,N\n",
			[]string{"name: Ada Vell\nothers: Ada Vellane\nown Begins on the first day: N\nown Citations: c1\nown Claim: person\nown Ends on the last day: N\nown Entity: p1\nown Status: accepted\nown Time: 2014-08-01\n",
				"name: Ada Vell\nunit: 1 Mill Guard\nwork: Captain, Commander\nnote: A note\nown Begins on the first day: Y\nown Citations: c1;c2\nown Claim: posting\nown Ends on the last day: N\nown Entity: q1\nown Person: p1\nown Status: accepted\nown Time: 2014-07-01~/2015-02-01\nown Unit: u1\n",
				"name: Ada Vell\nunit: 8 Bridge Guard\nown Begins on the first day: N\nown Citations: c2\nown Claim: posting\nown Ends on the last day: Y\nown Entity: q2\nown Person: p1\nown Status: conflict\nown Time: [..2014-08-01]\nown Unit: u2\n"},
			[]string{"internal_comments:meta", "researcher:meta"}},
		"kobo, one not approved": {"_uuid,_submission_time,_index,_validation_status,meta/rootUuid,name,sex\nu1,2026-01-02,1,,uuid:u1,Ada Vell,female\nu2,2026-01-02,2,Not approved,uuid:u2,Bor Senn,male\n",
			[]string{"name: Ada Vell\nsex: female\n"}, []string{"_index", "_submission_time"}},
		"odk, one rejected": {"SubmissionDate,KEY,ReviewState,name,sex\n2026-01-02,uuid:1,rejected,Ada Vell,female\n2026-01-02,uuid:2,hasIssues,Bor Senn,male\n2026-01-02,uuid:3,,Ceda Vell,female\n",
			[]string{"name: Bor Senn\nsex: male\n", "name: Ceda Vell\nsex: female\n"}, []string{"SubmissionDate"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab, _ := opened(t, tt.list)
			known, is, err := propose.Recognise(tab.Info().Columns)
			if err != nil || !is {
				t.Fatal(is, err)
			}
			text := proposed(t, known, tab, tt.list)
			m, err := mapping.Parse(text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			list, err := m.Shape().List(func(o table.Options) (table.Table, error) {
				return table.Open(strings.NewReader(tt.list), int64(len(tt.list)), o)
			}, table.Options{File: "list", Wanted: m.Wanted()})
			if err != nil {
				t.Fatal(err)
			}
			r, err := mapping.Bind(m, list.Info(), "list")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for {
				row, err := list.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				p, no := r.Read(row)
				if no != nil {
					t.Fatalf("%s\n%s", no.Tell(), text)
				}
				if len(p.Doubts) > 0 {
					t.Errorf("doubts: %v", p.Doubts)
				}
				got = append(got, everything(p))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("- want, + got:\n%s\n%s", diff, text)
			}
			if diff := cmp.Diff(tt.left, m.NotMapped); diff != "" {
				t.Errorf("not mapped: - want, + got:\n%s", diff)
			}
			if left := r.Unlisted(); len(left) > 0 {
				t.Errorf("the mapping says nothing of %v", left)
			}
		})
	}
}
