// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"recount/fault"
	"recount/intake"
	"recount/intake/table"
)

// The rules of output: answers go to standard output, everything said on the
// way to standard error; with --json standard output is one JSON value and
// nothing else. Progress is drawn on a terminal only. Errors read
// "recount: error: …", advice "recount: hint: …".

// teller is how a command speaks.
type teller struct {
	out, err io.Writer
	json     bool
	looked   func(answer any) error // writes down who looks at an answer; nil: nobody does
	terminal bool                   // standard error is a terminal: progress may be drawn
}

func newTeller(p program, g globals) *teller {
	t := &teller{out: p.stdout, err: p.stderr, json: g.JSON}
	if f, ok := p.stderr.(*os.File); ok {
		t.terminal = term.IsTerminal(int(f.Fd()))
	}
	return t
}

// answer prints v as JSON when that was asked for, else what text writes.
func (t *teller) answer(v any, text func(w io.Writer)) error {
	if t.looked != nil {
		if err := t.looked(v); err != nil {
			return err
		}
	}
	if !t.json {
		text(t.out)
		return nil
	}
	enc := json.NewEncoder(t.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// note says something on the way; silent with --json.
func (t *teller) note(format string, args ...any) {
	if !t.json {
		fmt.Fprintf(t.err, format+"\n", args...)
	}
}

// warn is said in every mode.
func (t *teller) warn(format string, args ...any) {
	fmt.Fprintf(t.err, "recount: "+format+"\n", args...)
}

// failure renders an error: as JSON on standard error with --json.
func (t *teller) failure(err error) {
	if t.json {
		enc := json.NewEncoder(t.err)
		enc.SetEscapeHTML(false)
		said := map[string]any{"error": err.Error(), "kind": fault.Name(err), "exit": fault.ExitCode(err)}
		aboutList(said, err)
		if enc.Encode(said) == nil {
			return
		}
	}
	fmt.Fprintf(t.err, "recount: error: %s\n", err)
	if _, known := fault.KindOf(err); !known {
		fmt.Fprintln(t.err, "recount: hint: this is not a mistake of yours; the text above belongs in a report")
	}
}

// aboutList adds what the error of a list says of its rows, never a value.
func aboutList(said map[string]any, err error) {
	var rows *intake.RowsRefused
	var one *table.Refusal
	var standing *intake.AlreadyStanding
	switch {
	case errors.As(err, &rows):
		said["rows"], said["refused"], said["of"] = rows.Listed, rows.Refused, rows.Rows
	case errors.As(err, &one) && one.Row > 0:
		said["rows"] = []intake.Listed{{Row: one.Row, Column: one.Column, Why: one.Why}}
	case errors.As(err, &standing):
		said["earlier_lists"], said["standing"], said["of"] = standing.Lists, standing.Standing, standing.Rows
	}
}

// columns writes rows in aligned columns, two spaces between them. The last cell
// of a row may be of any length.
func columns(w io.Writer, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(row)-1 {
				widths[i] = max(widths[i], len([]rune(cell)))
			}
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-len([]rune(cell))+2))
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// group writes 1234567 as "1,234,567".
func group(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// line is the text form of an answer that is one line.
func (t *teller) line(s string) func(io.Writer) {
	return func(w io.Writer) { fmt.Fprintln(w, s) }
}

// plain makes text from a case safe to print: control characters and marks
// that turn the direction of what follows are shown, not obeyed.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return '\ufffd'
		}
		return r
	}, s)
}
