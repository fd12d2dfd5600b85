// SPDX-License-Identifier: Apache-2.0

package web

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"recount/web/words"
)

// TestTemplates checks each template against the struct that it is shown with:
// a field or method that the struct has not, or a wrong number of arguments.
func TestTemplates(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	all := pages()
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name != "layout" && all[name] == nil {
			t.Errorf("template %s belongs to no page: list it in pages()", name)
		}
	}
	for name, page := range all {
		parsed, err := parse(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if err := templatecheck.CheckHTML(parsed, page); err != nil {
			t.Errorf("template %s: %v", name, err)
		}
	}
}

// TestTemplatesCanFail shows that a field that is not there is found.
func TestTemplatesCanFail(t *testing.T) {
	t.Parallel()
	parsed, err := parse("overview")
	if err != nil {
		t.Fatal(err)
	}
	if templatecheck.CheckHTML(parsed, &struct{ Title string }{}) == nil {
		t.Error("a page without the fields of base passes")
	}
}

// keyed are the places where a template or a handler asks for words. A key that
// is put together has its fixed beginning here; it uses all keys that begin so.
func keyed() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`\.[TN] "([a-z0-9.-]+)"`),                                    // {{.T "records.title"}}
		regexp.MustCompile(`\.[TN] \(print "([a-z0-9.-]+\.)"`),                          // {{.T (print "role." .Role)}}
		regexp.MustCompile(`(?:words|base|p|b|l|v)\.(?:T|N|Has|base)\("([a-z0-9.-]+)"`), // v.words.T("…"), v.base("…")
	}
}

// TestWords: every key that is asked for is in the English catalogue, and every
// key there is asked for.
func TestWords(t *testing.T) {
	t.Parallel()
	book, err := words.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]string{}
	for name, text := range sources(t) {
		for _, re := range keyed() {
			for _, m := range re.FindAllStringSubmatch(text, -1) {
				asked[m[1]] = name
			}
		}
		// Literal beginnings and whole keys that Go puts together or passes on.
		for _, m := range regexp.MustCompile(`"([a-z-]+(?:\.[a-z0-9-]+)*\.?)"`).FindAllStringSubmatch(text, -1) {
			if _, ok := asked[m[1]]; !ok && strings.Contains(m[1], ".") {
				asked["?"+m[1]] = name
			}
		}
	}
	english := map[string]bool{}
	for _, key := range book.Keys() {
		english[key] = true
	}
	for key, where := range asked {
		if !strings.HasPrefix(key, "?") && !strings.HasSuffix(key, ".") && !english[key] {
			t.Errorf("%s asks for the words %q, which English does not have", where, key)
		}
	}
	for key := range english {
		if !used(asked, key) {
			t.Errorf("nobody asks for the words %q", key)
		}
	}
}

// used reports whether a key, or a beginning of it that ends with a dot, is asked for.
func used(asked map[string]string, key string) bool {
	for _, mark := range []string{"", "?"} {
		if _, ok := asked[mark+key]; ok {
			return true
		}
		for i := strings.IndexByte(key, '.'); i > 0 && i < len(key); {
			if _, ok := asked[mark+key[:i+1]]; ok {
				return true
			}
			next := strings.IndexByte(key[i+1:], '.')
			if next < 0 {
				break
			}
			i += next + 1
		}
	}
	return false
}

// sources are the texts of all templates and of the package's own Go files.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, from := range []struct {
		fsys    fs.FS
		pattern []string
	}{{files, []string{"templates/*.html", "templates/parts/*.html"}}, {here(), []string{"*.go", "words/*.go"}}} {
		for _, pattern := range from.pattern {
			names, err := fs.Glob(from.fsys, pattern)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				if strings.HasSuffix(name, "_test.go") {
					continue
				}
				raw, err := fs.ReadFile(from.fsys, name)
				if err != nil {
					t.Fatal(err)
				}
				all[name] = string(raw)
			}
		}
	}
	return all
}
