// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// screenWidth is how many columns the demo uses.
const screenWidth = 80

// screen is where the demo speaks: paragraphs, commands and what they answered,
// all within screenWidth columns.
type screen struct{ w io.Writer }

func newScreen(w io.Writer) *screen { return &screen{w} }

// step begins a step.
func (s *screen) step(number int, title string) {
	head := fmt.Sprintf("-- %d. %s ", number, title)
	fmt.Fprintf(s.w, "\n%s%s\n", head, strings.Repeat("-", max(3, screenWidth-wide(head))))
}

// say writes a paragraph.
func (s *screen) say(format string, args ...any) {
	fmt.Fprintln(s.w)
	for _, line := range wrapped(plain(fmt.Sprintf(format, args...)), screenWidth, 0) {
		fmt.Fprintln(s.w, line)
	}
}

// command writes a command as somebody would type it in a shell; an option
// and its value stay together.
func (s *screen) command(args []string) {
	line := "  $ recount"
	fmt.Fprintln(s.w)
	for i := 0; i < len(args); i++ {
		word := quoted(args[i])
		if strings.HasPrefix(args[i], "--") && i+1 < len(args) && !strings.HasPrefix(args[i+1], "--") {
			i++
			word += " " + quoted(args[i])
		}
		if wide(line)+1+wide(word) > screenWidth-2 {
			fmt.Fprintln(s.w, line+" \\")
			line = "     "
		}
		line += " " + word
	}
	fmt.Fprintln(s.w, line)
}

// address writes a link on a line of its own, never broken.
func (s *screen) address(link string) { fmt.Fprintf(s.w, "\n  %s\n", link) }

// answered writes what a command answered, or some lines of it.
func (s *screen) answered(text string) { s.excerpt(text, "", 0) }

// excerpt writes a text from the first line that begins with from, at most that
// many lines; 0 is all of them.
func (s *screen) excerpt(text, from string, most int) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, from) }); i > 0 {
		fmt.Fprintln(s.w, "    …")
		lines = lines[i:]
	}
	left := 0
	if most > 0 && len(lines) > most {
		left, lines = len(lines)-most, lines[:most]
	}
	for _, line := range lines {
		for _, part := range wrapped(plain(line), screenWidth-4, hang(line)) {
			fmt.Fprintln(s.w, strings.TrimRight("    "+part, " "))
		}
	}
	if left > 0 {
		fmt.Fprintf(s.w, "    … (%s more)\n", counted(int64(left), "line", "lines"))
	}
}

// hang is how far the parts of a broken line stand in: below its last column,
// where it has columns and the words of that one fit, else a little.
func hang(line string) int {
	const little = 4
	column := little
	for i := 0; i < len(line); i++ {
		if rest := strings.TrimLeft(line[i:], " "); rest != "" && len(line[i:])-len(rest) >= 2 {
			i = len(line) - len(rest)
			if at := wide(line[:i]); at <= screenWidth-30 {
				column = at
			}
		}
	}
	for word := range strings.FieldsSeq(line) {
		if wide(word) > screenWidth-4-column {
			return little
		}
	}
	return column
}

// quoted puts an argument in quotes where a shell would take it apart.
func quoted(arg string) string {
	if arg != "" && !strings.ContainsFunc(arg, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:=,@+%…", r)
	}) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// wrapped breaks one line at spaces, and where there is none anywhere, so that
// no part is wider than width. Parts after the first stand in by indent columns.
// What fits stays as it is, with its spaces.
func wrapped(line string, width, indent int) []string {
	var parts []string
	for wide(line) > width {
		hard, space, n := 0, 0, 0
		for i, r := range line {
			if n > width {
				break
			}
			if r == ' ' && n > indent && strings.TrimSpace(line[:i]) != "" {
				space = i
			}
			if !unicode.Is(unicode.Mn, r) {
				n++
			}
			if n <= width {
				hard = i + len(string(r))
			}
		}
		cut := hard
		if space > 0 {
			cut = space
		}
		parts = append(parts, strings.TrimRight(line[:cut], " "))
		line = strings.Repeat(" ", indent) + strings.TrimLeft(line[cut:], " ")
	}
	return append(parts, line)
}

// wide is how many columns a text takes: marks that stand on a letter take none.
func wide(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.Is(unicode.Mn, r) {
			n++
		}
	}
	return n
}

// twoColumns writes two texts beside each other.
func (s *screen) twoColumns(left, right string) {
	const each = 37
	one, other := paragraphs(left, each), paragraphs(right, each)
	fmt.Fprintln(s.w)
	for i := range max(len(one), len(other)) {
		var l, r string
		if i < len(one) {
			l = one[i]
		}
		if i < len(other) {
			r = other[i]
		}
		fmt.Fprintln(s.w, strings.TrimRight("  "+l+strings.Repeat(" ", each-wide(l)+2)+r, " "))
	}
}

func paragraphs(text string, width int) (lines []string) {
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrapped(plain(line), width, 0)...)
	}
	return lines
}
