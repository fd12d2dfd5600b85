// SPDX-License-Identifier: Apache-2.0

package shape

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"recount/intake/table"
	"recount/names"
)

// totals passes over rows in which a list states how many it has: "Total | 52" is no
// person. What it states is told beside how many rows stand above it.
type totals struct {
	table.Table
	above  int
	stated []string
}

// Next is the next row that is no total.
func (t *totals) Next() (*table.Row, error) {
	for {
		row, err := t.Table.Next()
		if err != nil || row.Refused != nil {
			if err == nil {
				t.above++
			}
			return row, err
		}
		numbers, is := totalIn(row.Cells)
		if !is {
			t.above++
			return row, nil
		}
		said := fmt.Sprintf("row %d states a total (%s) and is no person: %d rows stand above it", row.Number, strings.Join(numbers, ", "), t.above)
		if !slices.Contains(numbers, strconv.Itoa(t.above)) {
			said += ", which is another number"
		}
		t.stated = append(t.stated, said)
	}
}

// Notices say which totals the list states.
func (t *totals) Notices() []string { return append(t.Table.Notices(), t.stated...) }

// totalWords are what such a row is called, folded.
const totalWords = "|total|totals|grand total|sum|всего|итого|сумма|общо|загалом|разом|المجموع|مجموع|الاجمالي|اجمالي|סך הכל|toplam|cəmi|ընդամենը|სულ|gesamt|insgesamt|summe|total general|suma|ukupno|укупно|جمع|جمع کل|"

// totalIn is true of a row that has such a word and numbers, and nothing else. The
// numbers are in western digits, without what stands between thousands.
func totalIn(cells []table.Cell) (numbers []string, is bool) {
	worded := false
	for i := range cells {
		text := strings.Trim(strings.TrimSpace(cells[i].Text), ":=.؛ ")
		if text == "" {
			continue
		}
		if number, ok := plainNumber(text); ok {
			numbers = append(numbers, number)
			continue
		}
		if worded || !strings.Contains(totalWords, "|"+names.Fold(text)+"|") {
			return nil, false
		}
		worded = true
	}
	return numbers, worded && len(numbers) > 0
}

// plainNumber is a whole number as a list writes it.
func plainNumber(text string) (string, bool) {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			b.WriteRune('0' + digitOf(r))
		case r == ',' || r == ' ' || r == '\u00a0' || r == '\'' || r == '٬':
		default:
			return "", false
		}
	}
	n := strings.TrimLeft(b.String(), "0")
	return n, n != ""
}

// digitOf is the value of a decimal digit of any script: in Unicode they stand in
// runs of ten, from nought to nine.
func digitOf(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	return 0
}
