// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestFirstSteps does what docs/first-steps.md says, block by block: a block
// with a file's name is that file, "sh" are commands, "text" is what the
// commands before it printed, among other things.
func TestFirstSteps(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/first-steps.md")
	if err != nil {
		t.Fatal(err)
	}
	s := steps{t: t, dir: t.TempDir(), names: map[string]string{}}
	commands := 0
	for _, b := range blocks(string(page)) {
		language, file, _ := strings.Cut(b.info, " ")
		switch {
		case file != "":
			if err := os.WriteFile(filepath.Join(s.dir, file), []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
		case language == "sh":
			s.printed = ""
			for line := range strings.Lines(b.text) {
				s.line(strings.TrimSpace(line))
				commands++
			}
		case language == "text":
			for line := range strings.Lines(b.text) {
				if !strings.Contains(s.printed, line) {
					t.Errorf("the page says that this is printed:\n%sIt was:\n%s", line, s.printed)
				}
			}
		default:
			t.Errorf("a block that is neither a file, nor sh, nor text: %q", b.info)
		}
	}
	if commands < 20 {
		t.Errorf("%d commands", commands)
	}
}

type block struct{ info, text string }

// blocks are the fenced blocks of a page.
func blocks(page string) (all []block) {
	for {
		_, rest, ok := strings.Cut(page, "\n```")
		if !ok {
			return all
		}
		body, after, ok := strings.Cut(rest, "\n```\n")
		if !ok {
			return all
		}
		info, text, _ := strings.Cut(body, "\n")
		all, page = append(all, block{info, text + "\n"}), "\n"+after
	}
}

// steps is a shell as far as the page needs one.
type steps struct {
	t       *testing.T
	dir     string
	names   map[string]string
	printed string
}

var (
	lineKept = regexp.MustCompile(`^([A-Z]+)=\$\(recount (.*)\)$`)
	lineRun  = regexp.MustCompile(`^recount (.*?)(?: # exit (\d+))?$`)
	lineWord = regexp.MustCompile(`"[^"]*"|[^ "=]+="[^"]*"|\S+`)
)

func (s *steps) line(line string) {
	s.t.Helper()
	if rest, ok := strings.CutPrefix(line, "export "); ok {
		for _, word := range lineWord.FindAllString(rest, -1) {
			name, value, _ := strings.Cut(word, "=")
			s.names[name] = strings.Trim(value, `"`)
		}
		return
	}
	if m := lineKept.FindStringSubmatch(line); m != nil {
		s.names[m[1]] = strings.TrimSpace(s.run(m[2], 0))
		return
	}
	m := lineRun.FindStringSubmatch(line)
	if m == nil {
		s.t.Fatalf("not a command: %s", line)
	}
	exit := 0
	if m[2] != "" {
		exit, _ = strconv.Atoi(m[2])
	}
	s.run(m[1], exit)
}

// run runs recount in the folder of the page and gives its standard output.
func (s *steps) run(line string, want int) string {
	s.t.Helper()
	var args []string
	for _, word := range lineWord.FindAllString(line, -1) {
		args = append(args, os.Expand(strings.Trim(word, `"`), s.name))
	}
	c := exec.CommandContext(s.t.Context(), "recount", args...)
	c.Dir = s.dir
	c.Env = append(os.Environ(), "RECOUNT_ARCHIVE="+s.names["RECOUNT_ARCHIVE"], "RECOUNT_ACTOR="+s.names["RECOUNT_ACTOR"], "RECOUNT_KEY_FILE="+s.names["RECOUNT_KEY_FILE"])
	var errs strings.Builder
	c.Stderr = &errs
	out, err := c.Output()
	s.printed += string(out) + errs.String()
	if code := c.ProcessState.ExitCode(); code != want {
		s.t.Fatalf("recount %s: exit %d, want %d (%v)\n%s%s", line, code, want, err, out, errs.String())
	}
	return string(out)
}

// name is a variable; those that the page lets the reader fill in are read
// from what the program says.
func (s *steps) name(name string) string {
	if _, ok := s.names[name]; !ok {
		switch name {
		case "LEV", "SAME":
			var records []struct {
				Person string
				Record struct{ Source string }
			}
			s.ask("show records --name lev", &records)
			for _, r := range records {
				s.names[map[bool]string{true: "LEV", false: "SAME"}[r.Record.Source == s.names["HOSPITAL"]]] = r.Person
			}
		case "LOG", "SEAL":
			var shown struct {
				VKey     string `json:"vkey"`
				SealVKey string `json:"seal_vkey"`
			}
			s.ask("show case", &shown)
			s.names["LOG"], s.names["SEAL"] = shown.VKey, shown.SealVKey
		}
	}
	value, ok := s.names[name]
	if !ok {
		s.t.Fatalf("the page does not say what $%s is", name)
	}
	return value
}

func (s *steps) ask(line string, v any) {
	s.t.Helper()
	before := s.printed
	if err := json.Unmarshal([]byte(s.run(line+" --json", 0)), v); err != nil {
		s.t.Fatal(fmt.Errorf("recount %s: %w", line, err))
	}
	s.printed = before
}
