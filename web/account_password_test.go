// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"recount/names"
	"recount/signin"
)

const testPassword = "by the old ferry"

var (
	secretIn = regexp.MustCompile(`name="secret" value="([A-Z2-7]{32})"`)              //nolint:gochecknoglobals // never changes
	codesIn  = regexp.MustCompile(`<code dir="ltr">((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})<`) //nolint:gochecknoglobals // never changes
)

// withPassword gives the writer a password; it answers the secret of the codes
// and the recovery codes.
func (r *reading) withPassword() (signin.Codes, []string) {
	r.t.Helper()
	form := r.get("/account/password")
	has(r.t, form, "<path d=\"M4 4h1", "otpauth://totp/Recount:A%20writer?secret=")
	codes, err := signin.ParseCodes(secretIn.FindStringSubmatch(form)[1])
	if err != nil {
		r.t.Fatal(err)
	}
	_, page := r.post("/account/password", url.Values{"secret": {codes.Text()}, "password": {testPassword}, "password_again": {testPassword},
		"code": {codes.At(signin.Step(r.Now()) - 1)}}, http.StatusOK)
	var recovery []string
	for _, m := range codesIn.FindAllStringSubmatch(page, -1) {
		recovery = append(recovery, m[1])
	}
	if len(recovery) != 10 {
		r.t.Fatalf("%d recovery codes are shown, want 10:\n%s", len(recovery), page)
	}
	return codes, recovery
}

// knock tries to sign in.
func (r *reading) knock(name, password, code string) (status int, page string) {
	w := r.send("", "POST", "/sign-in", url.Values{"name": {name}, "password": {password}, "code": {code}}.Encode())
	return w.Code, w.Body.String()
}

// TestPassword: a password is taken with a code only, each code once, each
// recovery code once, and what is refused is refused in the same words.
func TestPassword(t *testing.T) {
	t.Parallel()
	r := open(t)
	other := r.again(writer)
	codes, recovery := r.withPassword()
	r.cookies["other"] = other
	if w := r.send("other", "GET", "/account", ""); w.Code != http.StatusSeeOther {
		t.Errorf("another session goes on after a password was set: %d", w.Code)
	}
	has(t, r.get("/account"), "10 recovery codes are left.")
	now := signin.Step(r.Now())
	type try struct {
		what, name, password, code string
		want                       int
	}
	var refused string
	for _, try := range []try{
		{"the code that confirmed it", "A writer", testPassword, codes.At(now - 1), 403},
		{"no code", "A writer", testPassword, "", 403},
		{"a code", " a  WRITER ", testPassword, codes.At(now + 1), 303},
		{"the code again", "A writer", testPassword, codes.At(now + 1), 403},
		{"an earlier code", "A writer", testPassword, codes.At(now), 403},
		{"a recovery code", "A writer", testPassword, strings.ToLower(recovery[3]), 303},
		{"the recovery code again", "A writer", testPassword, recovery[3], 403},
		{"a wrong password", "A writer", testPassword + "x", recovery[4], 403},
		{"whoever has no password", "A reader", testPassword, recovery[4], 403},
		{"nobody", "Nobody", testPassword, recovery[4], 403},
	} {
		status, page := r.knock(try.name, try.password, try.code)
		if status != try.want {
			t.Errorf("%s: %d, want %d", try.what, status, try.want)
		}
		if status == http.StatusForbidden {
			page = strings.ReplaceAll(page, `value="`+try.name+`"`, "")
			if strings.Contains(page, testPassword) || refused != "" && page != refused {
				t.Errorf("%s is refused in words of its own:\n%s", try.what, page)
			}
			refused = page
		}
		r.Server.tries = signin.NewTries(5) // each try is the first
	}
	has(t, r.get("/account"), "9 recovery codes are left.")

	to, _ := r.post("/account/password/forget", url.Values{"x": {"1"}}, http.StatusSeeOther)
	has(t, r.get(to), "you get in by one-time links only")
	if status, _ := r.knock("A writer", testPassword, recovery[5]); status != http.StatusForbidden {
		t.Errorf("a password that was taken away: %d", status)
	}
}

// TestPasswordRefused: nothing is kept before everything is right, and nothing
// that was typed as a password comes back.
func TestPasswordRefused(t *testing.T) {
	t.Parallel()
	r := open(t)
	codes := signin.Codes(strings.Repeat("k", signin.SecretBytes))
	right := codes.At(signin.Step(time.Now()))
	for what, form := range map[string]url.Values{
		"must not be short":    {"password": {"short"}, "password_again": {"short"}, "code": {right}},
		"must be the same":     {"password": {testPassword}, "password_again": {testPassword + "x"}, "code": {right}},
		"must have a code":     {"password": {testPassword}, "password_again": {testPassword}},
		"must have this codes": {"password": {testPassword}, "password_again": {testPassword}, "code": {"12345"}},
	} {
		form.Set("secret", codes.Text())
		_, page := r.post("/account/password", form, http.StatusUnprocessableEntity)
		if strings.Contains(page, testPassword) || !strings.Contains(page, codes.Text()) {
			t.Errorf("%s: the page keeps the password, or not the secret", what)
		}
	}
	r.post("/account/password", url.Values{"secret": {"short"}, "password": {testPassword}, "password_again": {testPassword}}, http.StatusUnprocessableEntity)
	has(t, r.get("/account"), "you get in by one-time links only")
	w := r.send("", "POST", "/account/password", url.Values{"secret": {codes.Text()}, "password": {testPassword}, "code": {right}}.Encode())
	if body := w.Body.String(); w.Code != http.StatusUnauthorized || strings.Contains(body, testPassword) || strings.Contains(body, codes.Text()) {
		t.Errorf("signed out in the middle: %d, and the page must not keep what was typed", w.Code)
	}
}

// TestEqualWork: whatever is wrong, one hash is computed and one failure kept; who
// has to wait has none computed, whether there is such a name or not.
func TestEqualWork(t *testing.T) {
	t.Parallel()
	r := open(t)
	codes, _ := r.withPassword()
	computed := 0
	r.passwords.Computed = func() { computed++ }
	for _, try := range []struct{ what, name, password, code string }{
		{"a wrong password", "A writer", "wrong", codes.At(signin.Step(r.Now()) + 1)},
		{"a wrong code", "A writer", testPassword, "000000"},
		{"no code", "A writer", testPassword, ""},
		{"an account without a password", "A reader", testPassword, "000000"},
		{"nobody", "Nobody", testPassword, "000000"},
		{"no name", "", testPassword, "000000"},
	} {
		computed, r.Server.tries = 0, signin.NewTries(5)
		if status, _ := r.knock(try.name, try.password, try.code); status != http.StatusForbidden || computed != 1 {
			t.Errorf("%s: %d, %d hashes, want 403 and 1", try.what, status, computed)
		}
	}
	for _, name := range []string{"A writer", "Nobody"} {
		for range 12 {
			r.tries.Failed("name "+names.Fold(name), r.Now())
		}
		computed = 0
		if status, _ := r.knock(name, testPassword, "000000"); status != http.StatusTooManyRequests || computed != 0 {
			t.Errorf("%s has to wait: %d, %d hashes, want 429 and 0", name, status, computed)
		}
	}
}

// TestTriesAreBounded: after five failures whoever tries has to wait, whether there is such a name or not.
func TestTriesAreBounded(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"A writer", "Nobody"} {
		r := open(t)
		_, recovery := r.withPassword()
		if status, _ := r.knock(name, "wrong", "000000"); status != http.StatusForbidden {
			t.Fatalf("a failure: %d", status)
		}
		if r.tries.Wait("name "+names.Fold(name), r.Now()) != 0 {
			t.Error("the first failure costs something")
		}
		for range 12 { // by the sign-in page each would take its time; with the one before, the wait is two minutes
			r.tries.Failed("name "+names.Fold(name), r.Now())
		}
		if status, page := r.knock(name, testPassword, recovery[0]); status != http.StatusTooManyRequests || !strings.Contains(page, "Too many tries") {
			t.Errorf("%s, after thirteen failures: %d", name, status)
		}
		secret, err := r.office.Invite(t.Context(), "A writer", "", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if w := r.send("", "POST", "/sign-in", "link="+secret); w.Code != http.StatusSeeOther {
			t.Errorf("a link while tries are held back: %d", w.Code)
		}
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.7:4711": "192.0.2.7", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64", "[::ffff:192.0.2.7]:1": "192.0.2.7", "odd": "odd",
	} {
		if got := origin(remote); got != want {
			t.Errorf("origin(%q) = %q, want %q", remote, got, want)
		}
	}
}
