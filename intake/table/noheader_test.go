// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

// TestNoHeader: where a list has no header its first row is a row of it, columns
// have the letters that spreadsheets show, and the first row says how many there are.
func TestNoHeader(t *testing.T) {
	t.Parallel()
	want := []string{"A|B|C", "2: Ani|17|Tarn", "4: A|B|C", "5: Ben||Sorre"}
	csv := "\nAni,17,Tarn\n\nA,B,C\nBen,,Sorre\n"
	sheet := `<row r="2"><c r="A2" t="inlineStr"><is><t>Ani</t></is></c><c r="B2"><v>17</v></c><c r="C2" t="inlineStr"><is><t>Tarn</t></is></c></row>
		<row r="3"/><row r="4"><c r="A4" t="inlineStr"><is><t>A</t></is></c><c r="B4" t="inlineStr"><is><t>B</t></is></c><c r="C4" t="inlineStr"><is><t>C</t></is></c></row>
		<row r="5"><c r="A5" t="inlineStr"><is><t>Ben</t></is></c><c r="C5" t="inlineStr"><is><t>Sorre</t></is></c></row>`
	for name, data := range map[string][]byte{"csv": []byte(csv), "xlsx": book(t, sheet, nil)} {
		got, tab, err := readAll(t, data, Options{NoHeader: true})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" || tab.Info().HeaderRow != 0 {
			t.Errorf("%s, header %d: %s", name, tab.Info().HeaderRow, diff)
		}
	}
	got, _, err := readAll(t, []byte("a,b\nc,d,e\n"), Options{NoHeader: true})
	if diff := cmp.Diff([]string{"A|B", "1: a|b", "2! not accepted: row 2: the row has 3 cells, the first row has 2; accepted: 2 cells between \",\"; a cell that holds the delimiter stands in quotes"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for name, data := range map[string][]byte{"csv": []byte("\n \n"), "xlsx": book(t, `<row r="1"/>`, nil)} {
		if _, _, err := readAll(t, data, Options{NoHeader: true}); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s without a row: %v, want fault.Invalid", name, err)
		}
	}
}
