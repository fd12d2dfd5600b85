// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Write writes a preview as text: what a person should look at comes first.
func (u Understood) Write(w io.Writer) error {
	p := &printer{w: w}
	p.earlier(u)
	p.doubts(u)
	p.orders(u)
	p.refused(u)
	p.file(u)
	p.fields(u)
	p.people(u)
	p.first(u)
	return p.err
}

// printer keeps the first error of writing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) f(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// table writes rows with aligned columns.
func (p *printer) table(rows [][]string) {
	if p.err != nil {
		return
	}
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		if _, p.err = fmt.Fprintln(t, "  "+strings.Join(r, "\t")); p.err != nil {
			return
		}
	}
	p.err = t.Flush()
}

// shown makes a value one short line.
func shown(s string) string {
	s = steerless(s)
	const most = 60
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// steerless shows what could steer a terminal, or turn the direction of what
// follows, as U+FFFD. The joiners that Persian and Indian scripts need stay.
func steerless(s string) string {
	return strings.Map(func(r rune) rune {
		turns := r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
		if unicode.IsControl(r) || turns {
			return '\ufffd'
		}
		return r
	}, s)
}

func (p *printer) refused(u Understood) {
	if u.Counts.Refused == 0 {
		return
	}
	p.f("Refused rows: %d. Nothing is imported unless they are accepted as left out.\n", u.Counts.Refused)
	for _, r := range u.Refused {
		p.f("  %s\n", steerless(r.Tell()))
	}
	p.more(u.Counts.Refused, len(u.Refused))
	p.f("\n")
}

func (p *printer) earlier(u Understood) {
	if u.unchanged || u.Standing == 0 && !notCompared(u.Earlier) {
		return
	}
	p.f("To look at: %s.\n\n", earlierNotice(u.Earlier, u.Standing, u.Counts.Read))
}

func (p *printer) more(all int64, listed int) {
	if all > int64(listed) {
		p.f("  … and %d more\n", all-int64(listed))
	}
}

// orders says what dates say of the order of day and month.
func (p *printer) orders(u Understood) {
	for _, said := range u.Orders {
		p.f("To look at: %s\n", steerless(said))
	}
	if len(u.Orders) > 0 {
		p.f("\n")
	}
}

func (p *printer) doubts(u Understood) {
	if len(u.DoubtKinds) == 0 && len(u.Contradict) == 0 {
		return
	}
	p.f("To look at: records with a doubtful cell: %d.\n", u.Counts.Doubtful)
	var cells int64
	for _, k := range u.DoubtKinds {
		cells += k.Cells
		p.f("  column %q, cells: %d, first in row %d: %s\n", k.Column, k.Cells, k.First, k.Why)
	}
	rows := [][]string{{"row", "column", "stands there", "read as", "why"}}
	for _, d := range u.Doubts {
		rows = append(rows, []string{strconv.Itoa(d.Row), d.Column, shown(d.Value), orDash(shown(d.Taken)), d.Why})
	}
	if len(u.Doubts) > 0 {
		p.table(rows)
	}
	p.more(cells, len(u.Doubts))
	if n := u.Counts.Contradictions; n > 0 {
		p.f("  child flag against age: %s, both kept: rows %s", numbered(n, "record"), numbers(u.Contradict))
		p.f("\n")
	}
	p.f("\n")
}

// numbered is "1 record" or "7 records".
func numbered(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func numbers(n []int) string {
	const most = 20
	parts := make([]string, 0, most)
	for i, v := range n {
		if i == most {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, strconv.Itoa(v))
	}
	return strings.Join(parts, ", ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (p *printer) file(u Understood) {
	i := u.Info
	p.f("List: %s\n", shown(u.File))
	rows := [][]string{{"format", i.Format}}
	if i.Format == "csv" {
		found := "as the mapping says"
		if i.Sniffed {
			found = "found in the header; the mapping can say it"
		}
		mark := "no byte order mark"
		if i.BOM {
			mark = "with a byte order mark"
		}
		if i.Sheet != "" { // in a ZIP
			rows = append(rows, []string{"file", strconv.Quote(i.Sheet) + " of the ZIP"})
		}
		rows = append(rows, []string{"delimiter", strconv.Quote(i.Delimiter) + ", " + found}, []string{"encoding", i.Encoding + ", " + mark})
	} else {
		var names []string
		for _, s := range i.Sheets {
			name := strconv.Quote(s.Name)
			if s.Hidden {
				name += " (hidden)"
			}
			names = append(names, name)
		}
		of := ""
		if len(names) > 0 {
			of = " of " + strings.Join(names, ", ")
		}
		if i.Sheet != "" || of != "" {
			rows = append(rows, []string{"sheet", strconv.Quote(i.Sheet) + of})
		}
	}
	header, below := fmt.Sprintf("row %d", i.HeaderRow), " below the header"
	if i.HeaderRow == 0 {
		header, below = "none", ""
	}
	rows = append(rows, []string{"header", header + ", " + numbered(int64(len(i.Columns)), "column")},
		[]string{"rows", fmt.Sprintf("%d%s", u.Counts.Rows(), below)})
	p.table(rows)
	for _, n := range u.Notices {
		if (u.Standing > 0 || notCompared(u.Earlier)) && n == earlierNotice(u.Earlier, u.Standing, u.Counts.Read) {
			continue // said first
		}
		p.f("  notice: %s\n", n)
	}
	if len(u.Unlisted) > 0 {
		p.f("  notice: columns that the mapping neither reads nor lists as not mapped; they are kept in the row as it stood: %s\n", quoted(u.Unlisted))
	}
	for _, c := range u.Closes {
		p.f("  notice: by the mapping's classes the field %s of all records of the case will be seen by whoever sees %s alone, where it is more open now\n", c.Field, c.Handling)
	}
	p.f("\n")
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return strings.Join(out, ", ")
}

func (p *printer) fields(u Understood) {
	p.f("What the columns are read as:\n")
	rows := [][]string{{"field", "column", "read", "blank", "unknown", "no such", "doubtful"}}
	for _, f := range u.Fields {
		from := "(the same for all)"
		if len(f.Columns) > 0 {
			from = quoted(f.Columns)
		}
		rows = append(rows, []string{f.Field, from, count(f.Said), count(f.Blank), count(f.Unknown), count(f.None), count(f.Doubtful)})
	}
	p.table(rows)
	for _, f := range u.Fields {
		if len(f.Codes) == 0 {
			continue
		}
		p.f("  %s:", f.Field)
		for _, code := range byCount(f.Codes) {
			p.f(" %s %d,", code, f.Codes[code])
		}
		p.f(" unknown %d, blank %d\n", f.Unknown, f.Blank)
	}
	p.f("\n")
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

// byCount are the codes from the most to the least frequent.
func byCount(codes map[string]int64) []string {
	names := slices.Sorted(maps.Keys(codes))
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case codes[a] > codes[b]:
			return -1
		case codes[a] < codes[b]:
			return 1
		}
		return 0
	})
	return names
}

func (p *printer) people(u Understood) {
	c := u.Counts
	if c.Groups > 0 {
		p.f("Rows that say how many people without names: %d. They are never added to a count of persons.\n\n", c.Groups)
		return
	}
	p.f("Records: %d, with %s; without a name: %d.\n", c.Read, numbered(c.Harms, "harm"), c.NoName)
	p.table([][]string{
		{"child, by the source's flag", "yes " + count(c.ChildFlag["yes"]), "no " + count(c.ChildFlag["no"]), "not known " + count(c.ChildFlag[""])},
		{"child, by age under 18", "yes " + count(c.ChildAge["yes"]), "no " + count(c.ChildAge["no"]), "not known " + count(c.ChildAge[""])},
	})
	p.f("\n")
}

func (p *printer) first(u Understood) {
	for _, s := range u.First {
		p.f("Row %d as it stands, and as it is read:\n", s.Row)
		rows := make([][]string, max(len(s.Cells), len(s.Read)))
		for i := range rows {
			row := []string{"", "", "", ""}
			if i < len(s.Cells) {
				row[0], row[1] = strconv.Quote(s.Cells[i][0]), shown(s.Cells[i][1])
			}
			if i < len(s.Read) {
				row[2], row[3] = s.Read[i][0], shown(s.Read[i][1])
			}
			rows[i] = row
		}
		p.table(rows)
		p.f("\n")
	}
}
