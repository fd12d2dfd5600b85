// SPDX-License-Identifier: Apache-2.0

package layering

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// unwanted are patterns that a stranger could not follow: paths of one machine,
// and pages and numbers that are not part of the project. They are written so
// that they do not match themselves.
func unwanted() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"a path of one machine":      regexp.MustCompile(`/[w]ork/|/[r]oot/|/[t]mp/[a-z]`),
		"a page outside the project": regexp.MustCompile(`\.\./[s]hared|\b[D]EVELOPERS\b|\b[c]ommitments(\.md)?[ ,]+\d|\b([d]omain|[f]aults|[e]vidence|[m]odels|[p]eers)\.md\b`),
		"the number of an issue":     regexp.MustCompile(`\b[iI]ssue #?\d`),
		"how it was written":         regexp.MustCompile(`\b[A]I\b|(?i)\bsub-?[a]gent|[c]o-authored-by`),
	}
}

// TestWords: no file of the repository has an unwanted pattern. Files that are
// not text are left out, and so are the vectors of the formats: in base64 of
// random bytes any short word comes up.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, path := range files(t) {
		text := read(t, path)
		if path == "go.sum" || strings.HasPrefix(path, "docs/formats/vectors/") || !utf8.ValidString(text) {
			continue
		}
		for what, pattern := range unwanted() {
			for _, at := range pattern.FindAllStringIndex(text, -1) {
				// The one place that says where the corpus lies by default.
				if path == ".ci/run" && strings.HasSuffix(text[:at[0]], "RECOUNT_CORPUS:-") {
					continue
				}
				t.Errorf("%s:%d has %s: %q", path, 1+strings.Count(text[:at[0]], "\n"), what, text[at[0]:at[1]])
			}
		}
	}
}

func TestWordsCanFail(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"a path of one machine":      "in /" + "work/main",
		"a page outside the project": "see " + "domain" + ".md",
		"the number of an issue":     "Issue " + "#12",
		"how it was written":         "by an " + "A" + "I",
	} {
		if !unwanted()[what].MatchString(text) {
			t.Errorf("%q is not found as %s", text, what)
		}
	}
}
