// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"recount/fault"
	"recount/journal"
	"recount/verify"
)

// Those who write a checker of their own find the texts around a bundle in
// docs/formats/skeleton: they are the ones that are used here.
func TestSkeletonsArePublished(t *testing.T) {
	t.Parallel()
	used, err := filepath.Glob("skeleton/*")
	if err != nil || len(used) != 4 {
		t.Fatalf("%v, %v", used, err)
	}
	for _, name := range used {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found, err := os.ReadFile(filepath.Join("../docs/formats", name))
		if err != nil || string(found) != string(want) {
			t.Errorf("docs/formats/%s is not %s: %v", name, name, err)
		}
	}
}

// VERIFY.txt says what the report says that nothing shows, and leaves no place
// of its skeleton empty.
func TestVerifyText(t *testing.T) {
	t.Parallel()
	for recipient, level := range map[string]string{"": verify.LevelPublic, "A court": verify.LevelNamed} {
		text := verify.VerifyText(verify.Frozen{}, 7, journal.Checkpoint{Origin: "olm.example/0"}, verify.Listing{Payload: 5, Files: 19, Recipient: recipient})
		_, list, _ := strings.Cut(text, "What this does not show:\n\n")
		list, _, _ = strings.Cut(list, "\n\n")
		if want := "- " + strings.Join(verify.NotShown(level), "\n- "); list != want {
			t.Errorf("level %s: it lists\n%s\nand not\n%s", level, list, want)
		}
		if strings.Contains(text, "@") {
			t.Errorf("a place was left empty:\n%s", text)
		}
	}
}

// A folder in which nothing lies is a change as well.
func TestEmptyFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"empty", "data/empty", "proof/a/b"} {
		files, options := good(t)
		fsys := mapFS(files)
		fsys[name] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
		r, err := verify.Bundle(context.Background(), fsys, options)
		if err != nil || r.Claim(verify.Unchanged).Verdict != verify.Refuted || r.Claim(verify.AddsUp).Verdict != verify.Holds {
			t.Errorf("%s: %+v, %v", name, r.Claims, err)
		}
	}
}

// statementOf reads a statement of the tests.
func statementOf(t testing.TB, text string) verify.Statement {
	t.Helper()
	s, err := verify.ParseStatement([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What a page may show of a statement, and what not: written from the rules of
// docs/formats/bundle.md, "Words", one by one.
func TestCheckMain(t *testing.T) {
	t.Parallel()
	const f = "{{figure f-1}}"
	tests := []struct {
		name, statement, main string
		ok                    bool
	}{
		{"paragraph", "a b\nc\n", "<p>a b\nc</p>\n", true},
		{"two paragraphs for one", "a b\n", "<p>a</p><p>b</p>", true},
		{"figure", "a " + f + " b", "<p>a \uFDD00\uFDD1 b</p>", true},
		{"no figure", "a " + f + " b", "<p>a b</p>", false},
		{"figure twice", "a " + f, "<p>a \uFDD00\uFDD1 \uFDD00\uFDD1</p>", false},
		{"figure between blocks", f, "\uFDD00\uFDD1", false},
		{"figure moved", "a " + f + " b", "<p>a b \uFDD00\uFDD1</p>", false},
		{"figure with a hyphen", f + "-fold", "<p>\uFDD00\uFDD1-fold</p>", true},
		{"figure and full stop", "Of " + f + ", " + f + ".", "<p>Of \uFDD00\uFDD1, \uFDD01\uFDD1.</p>", true},
		{"figure behind a year", "In 1994 " + f + " fell", "<p>In 1994 \uFDD00\uFDD1 fell</p>", true},
		{"figure and the next number", f + " of 200", "<p>\uFDD00\uFDD1 of 200</p>", true},
		{"figures in two cells", "| " + f + " | " + f + " |\n| - | - |\n", "<table><thead><tr><th>\uFDD00\uFDD1</th><th>\uFDD01\uFDD1</th></tr></thead></table>", true},
		{"figures parted by a tag alone", f + "**" + f + "**", "<p>\uFDD00\uFDD1<strong>\uFDD01\uFDD1</strong></p>", false},
		{"thousands in emphasis", f + " *000*", "<p>\uFDD00\uFDD1 <em>000</em></p>", false},
		{"four digits behind a figure", f + " 1994", "<p>\uFDD00\uFDD1 1994</p>", true},
		{"emphasis", "*a* __b__", "<p><em>a</em> <strong>b</strong></p>", true},
		{"emphasis of another sort", "*a* __b__", "<p><strong>a</strong> <strong>b</strong></p>", false},
		{"escape", `\*a\_`, "<p>*a_</p>", true},
		{"heading", "## a", "<h2>a</h2>", true},
		{"heading of another rank", "## a", "<h1>a</h1>", false},
		{"rule", "a\n\n***\n\nb", "<p>a</p><hr><p>b</p>", true},
		{"no rule", "a\n\n***\n\nb", "<p>a</p><p>b</p>", false},
		{"break", "a\\\nb", "<p>a<br>b</p>", true},
		{"quoted block", "> a\n> b\n\nc", "<blockquote><p>a\nb</p></blockquote><p>c</p>", true},
		{"quoted block that goes on", "> a\n\nb", "<blockquote><p>a</p><p>b</p></blockquote>", false},
		{"quoted block that is not one", "> a", "<p>a</p>", false},
		{"list", "* a\n* b", "<ul><li>a</li><li>b</li></ul>", true},
		{"list with an item more", "* a b", "<ul><li>a</li><li>b</li></ul>", false},
		{"numbers", "7. a\n8. b", `<ol start="7"><li>a</li><li>b</li></ol>`, true},
		{"numbers with a leading zero", "07. a", `<ol start="7"><li>a</li></ol>`, false},
		{"link", "[a](https://b.example/?c=d&e)", `<p><a href="https://b.example/?c=d&amp;e">a</a></p>`, true},
		{"link by label", "[a][b]\n\n[b]: #notes", `<p><a href="#notes">a</a></p>`, true},
		{"link by label, its line shown", "[a][b]\n\n[b]: #notes", `<p><a href="#notes">a</a></p><p>[b]: #notes</p>`, false},
		{"link that is text", "[a](#notes)", `<p>[a](#notes)</p>`, true},
		{"link to another scheme", "[a](data:text/html,b)", `<p><a href="data:text/html,b">a</a></p>`, false},
		{"link without scheme", "[a](//b.example)", `<p><a href="//b.example">a</a></p>`, false},
		{"link in a link", "[[a](#b)](#c)", `<p><a href="#c"><a href="#b">a</a></a></p>`, false},
		{"link with a target", "[a](#b)", `<p><a href="#b" target="_blank">a</a></p>`, false},
		{"table set right", "| a |\n| ---: |\n| b |", `<table><thead><tr><th align="right">a</th></tr></thead><tbody><tr><td align="right">b</td></tr></tbody></table>`, true},
		{"table set otherwise", "| a |\n| ---: |\n| b |", `<table><thead><tr><th align="left">a</th></tr></thead><tbody><tr><td align="left">b</td></tr></tbody></table>`, false},
		{"row in no table", "| a |", "<tr><td>a</td></tr>", false},
		{"paragraph in a paragraph", "a b", "<p>a <p>b</p></p>", false},
		{"upper case", "a", "<P>a</P>", false},
		{"space in a tag", "a", "<p >a</p>", false},
		{"tag that does not end", "a", "<p>a</p><p", false},
		{"end without beginning", "a", "</p><p>a</p>", false},
		{"end of the statement", "a", "<p>a</p></main>", false},
		{"declaration", "a", "<!DOCTYPE html><p>a</p>", false},
		{"instruction", "a", "<?a?><p>a</p>", false},
		{"CDATA", "a", "<p><![CDATA[a]]></p>", false},
		{"foreign content", "a", "<svg><p>a</p></svg>", false},
		{"zero byte", "a", "<p>a\x00</p>", false},
		{"quoted block feigned", "a", "<p>\x01a\x02</p>", false},
		{"text outside", "a", "a", false},
		{"nothing", "", "", true},
		{"nothing for something", "a", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := verify.CheckMain(test.main, statementOf(t, test.statement), verify.Mark)
			if test.ok != (err == nil) || err != nil && !errors.Is(err, fault.Tampered) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Whatever a page holds that is accepted, only what Markdown comes to is in
// it, and without its tags it has no letter that the statement has not.
func FuzzCheckMain(f *testing.F) {
	f.Add("a *b* {{figure f-1}}\n\n> c\n\n- d\n", "<p>a <em>b</em> \uFDD00\uFDD1</p><blockquote><p>c</p></blockquote><ul><li>d</li></ul>")
	f.Add("[a](#b)", `<p><a href="#b">a</a></p>`)
	f.Add("| a |\n| - |\n", "<table><thead><tr><th>a</th></tr></thead></table>")
	f.Fuzz(func(t *testing.T, text, main string) {
		s, err := verify.ParseStatement([]byte(text))
		if err != nil || verify.CheckMain(main, s, verify.Mark) != nil {
			return
		}
		for _, not := range []string{"<s", "<i", "<!", " on", "style=", "src=", "javascript:"} {
			at := strings.Index(main, not)
			if at >= 0 && (not[0] == '<' && !strings.HasPrefix(main[at:], "<strong>") || strings.Contains(text, not) == false) {
				t.Fatalf("%q was accepted for %q: it holds %q", main, text, not)
			}
		}
	})
}
