// SPDX-License-Identifier: Apache-2.0

package signin_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// secretive are the words of names that hold what whoever tries to get in must not
// learn byte by byte from how long a comparison takes.
var secretive = regexp.MustCompile(`(?i)hash|sum|secret|token|code|password|salt|state|nonce|verifier|challenge|passphrase|recovery|signature|link`) //nolint:gochecknoglobals // never changes

// early are functions that stop at the first difference.
var early = []string{"bytes.Equal", "bytes.Compare", "bytes.HasPrefix", "strings.Compare", "strings.EqualFold", "slices.Equal", "slices.Compare", "slices.Contains", "slices.Index", "reflect.DeepEqual", "cmp.Compare"} //nolint:gochecknoglobals // never changes

// comparisons are the places in a source at which something secretive is compared
// in a time that depends on it, and how many comparisons in constant time there are.
func comparisons(t *testing.T, name string, source any) (wrong []string, constant int) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	say := func(at token.Pos, what string) {
		wrong = append(wrong, fmt.Sprintf("%s: %s", set.Position(at), what))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && !plain(n.X) && !plain(n.Y) && (secretive.MatchString(named(n.X)) || secretive.MatchString(named(n.Y))) {
				say(n.Pos(), named(n.X)+" "+n.Op.String()+" "+named(n.Y))
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && secretive.MatchString(named(n.Tag)) {
				say(n.Pos(), "switch "+named(n.Tag))
			}
		case *ast.CallExpr:
			called := named(n.Fun)
			switch {
			case called == "subtle.ConstantTimeCompare" || called == "hmac.Equal":
				constant++
			case slices.Contains(early, called) && slices.ContainsFunc(n.Args, func(a ast.Expr) bool { return !literal(a) && secretive.MatchString(named(a)) }):
				say(n.Pos(), called)
			}
		}
		return true
	})
	return wrong, constant
}

// plain reports whether an operand is no secret: nil, a number, an empty text, a
// length, an error.
func plain(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind != token.STRING || e.Value == `""`
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "true" || e.Name == "false" || e.Name == "err"
	case *ast.CallExpr:
		called := named(e.Fun)
		return called == "len" || strings.HasPrefix(called, "utf8.") || called == "subtle.ConstantTimeCompare"
	case *ast.ParenExpr:
		return plain(e.X)
	}
	return false
}

// literal is a text of the source itself, such as the name of a method.
func literal(e ast.Expr) bool {
	_, ok := e.(*ast.BasicLit)
	return ok
}

// named is what an expression is called, with the texts that it is asked for by.
func named(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return named(e.X) + "." + e.Sel.Name
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.CallExpr:
		all := named(e.Fun)
		for _, a := range e.Args {
			all += " " + named(a)
		}
		return all
	case *ast.IndexExpr:
		return named(e.X)
	case *ast.SliceExpr:
		return named(e.X)
	case *ast.StarExpr:
		return named(e.X)
	case *ast.UnaryExpr:
		return named(e.X)
	case *ast.ParenExpr:
		return named(e.X)
	case *ast.BinaryExpr:
		return named(e.X) + " " + named(e.Y)
	}
	return ""
}

// TestConstantTime reads the sources through which somebody gets in: what is
// secret is compared in constant time, or by a database that is asked for its
// SHA-256 alone.
func TestConstantTime(t *testing.T) {
	t.Parallel()
	files, constant := 0, 0
	for _, pattern := range []string{"*.go", "passkey/*.go", "institution/*.go", "../store/office*.go", "../web/session*.go", "../web/account*.go", "../web/passkeys.go", "../web/institution.go", "../web/begin.go", "../web/locked.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		for _, name := range found {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			wrong, n := comparisons(t, name, nil)
			files, constant = files+1, constant+n
			for _, w := range wrong {
				t.Errorf("%s: compare it by crypto/subtle", w)
			}
		}
	}
	if files < 20 || constant < 4 { // codes, passwords, what an institution answers, a password typed twice
		t.Errorf("%d files with %d comparisons in constant time: this test would say nothing", files, constant)
	}
}

// TestConstantTimeCanFail shows that what it looks for is found, and nothing else.
func TestConstantTimeCanFail(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{
		`sum == k.hash`: 1, `hashed(secret) != kept`: 1, `bytes.Equal(sum, other)`: 1, `token == "abc"`: 1, `q.Get("state") == w.Once`: 1, `k.Hash[0] == x`: 1, `slices.Contains(all, recovery)`: 1,
		`strings.EqualFold(code, typed)`: 1, `(password) == again`: 1, `string(raw) == "x" && session.Token == x`: 1,
		`token == ""`: 0, `secret != nil`: 0, `len(hash) != 32`: 0, `subtle.ConstantTimeCompare(hash, sum) == 1`: 0, `hmac.Equal(sum, hash)`: 0, `kind == "writer"`: 0, `err == errNoLink`: 0, `bytes.Equal(name, other)`: 0, `slices.Contains(methods, "client_secret_basic")`: 0,
	} {
		wrong, _ := comparisons(t, "planted.go", "package planted\n\nfunc f() bool { return "+source+" }\n")
		if len(wrong) != want {
			t.Errorf("%s: %v, want %d", source, wrong, want)
		}
	}
	if wrong, _ := comparisons(t, "planted.go", "package planted\n\nfunc f() { switch secret { case other: } }\n"); len(wrong) != 1 {
		t.Errorf("a switch over a secret: %v", wrong)
	}
}
