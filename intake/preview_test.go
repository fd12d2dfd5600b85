// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"recount/intake"
	"recount/intake/table"
)

// What a person sees before anything is written: doubtful cells first.
func TestPreview(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list := strings.Replace(tarnList, "1992-02-26", "31.04.1992", 1) + "001,Dorn\u202e Vell,1994,0,drowned,1992,Tarn,NA\n001,Edda Senn,1983,0,KILLED,sometime,Tarn,NA\n"
	x := d.preserve("tarn.csv", list)
	m := parseMapping(t, tarnMapping)
	u, err := d.clerk.PreviewExhibit(context.Background(), intake.Order{Exhibit: x.Exhibit, Mapping: m})
	if err != nil {
		t.Fatal(err)
	}
	again, err := intake.Preview(context.Background(), strings.NewReader(list), int64(len(list)), "tarn.csv", m, table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var one, two strings.Builder
	if err := u.Write(&one); err != nil {
		t.Fatal(err)
	}
	if err := again.Write(&two); err != nil {
		t.Fatal(err)
	}
	if one.String() != two.String() {
		t.Errorf("the preview of the exhibit differs from that of the file:\n%s\n%s", one.String(), two.String())
	}
	want := `To look at: records with a doubtful cell: 2.
  column "when", cells: 1, first in row 2: its month has no such day; read as that month or the next one
  column "id", cells: 1, first in row 6: the same identifier stands in another row
  column "age", cells: 1, first in row 6: a year stands where the age should, so the age was left unknown; with "year_is_birth" it is taken as the year of birth
  column "what", cells: 1, first in row 6: the mapping names this value in another spelling; the two were taken for one
  column "when", cells: 1, first in row 6: it is no date that can be read for certain, so it was left unknown; where day or month stands first, the mapping says "date": "dmy" or "mdy"
  row  column  stands there  read as          why
  2    when    31.04.1992    1992-04/1992-05  its month has no such day; read as that month or the next one
  6    id      001           –                the same identifier stands in row 2
  6    age     1983          –                a year stands where the age should, so the age was left unknown; with "year_is_birth" it is taken as the year of birth
  6    what    KILLED        killed           the mapping names this value in another spelling; the two were taken for one
  6    when    sometime      –                it is no date that can be read for certain, so it was left unknown; where day or month stands first, the mapping says "date": "dmy" or "mdy"
  child flag against age: 1 record, both kept: rows 4

Refused rows: 1. Nothing is imported unless they are accepted as left out.
  tarn.csv: row 5, column "what": "drowned": the mapping does not name this value; accepted: "killed", "missing"; or the value added to the mapping's "codes" or "unknown"

List: tarn.csv
  format     csv
  delimiter  ",", found in the header; the mapping can say it
  encoding   utf-8, no byte order mark
  header     row 1, 8 columns
  rows       5 below the header

What the columns are read as:
  field              column   read  blank  unknown  no such  doubtful
  record.name        "name"   4     0      0        0        0
  record.age         "age"    3     0      1        0        1
  record.occupation  "work"   1     1      2        0        0
  record.child       "minor"  4     0      0        0        0
  harms[0].code      "what"   3     0      1        0        1
  harms[0].date      "when"   3     0      1        0        2
  harms[0].place     "where"  3     0      1        0        0
  record.child: no 3, yes 1, unknown 0, blank 0
  harms[0].code: killed 2, missing 1, unknown 1, blank 0

Records: 4, with 4 harms; without a name: 0.
  child, by the source's flag  yes 1  no 3  not known 0
  child, by age under 18       yes 2  no 0  not known 2

Row 2 as it stands, and as it is read:
  "id"     001          name               Ada Vell
`
	if got := one.String(); !strings.HasPrefix(got, want) {
		t.Errorf("the preview is\n%s\nwant at its beginning\n%s", got, want)
	}
	if len(d.records()) != 0 {
		t.Error("a preview wrote records")
	}
	d.sound(3)
}

// The preview names the file of a ZIP that is read, in the letters that it is in.
func TestPreviewOfAZip(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "\xab\xa8\xe1\xe2.csv", NonUTF8: true}) // "лист", as Windows packs it
	if err == nil {
		_, err = w.Write([]byte(tarnList))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	u, err := intake.Preview(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), "tarn.zip", parseMapping(t, tarnMapping), table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := u.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`file       "лист.csv" of the ZIP`, "read as ibm866"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
}
