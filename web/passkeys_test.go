// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"recount/access"
	"recount/audit"
	"recount/signin/passkey/passkeytest"
	"recount/store"
)

// testHost is where httptest's requests go to.
const testHost = "example.com"

// begun asks for the beginning of a ceremony.
func (r *reading) begun(as access.Role, address string) (ceremony string, options []byte) {
	r.t.Helper()
	w := r.send(as, "POST", address, "")
	var b struct {
		Ceremony string
		Options  json.RawMessage
	}
	if err := json.Unmarshal(w.Body.Bytes(), &b); err != nil || w.Code != http.StatusOK || b.Ceremony == "" || w.Header().Get("Cache-Control") != "no-store" {
		r.t.Fatalf("%s: %d %s", address, w.Code, w.Body)
	}
	return b.Ceremony, b.Options
}

// withPasskey gives the writer a passkey.
func (r *reading) withPasskey() *passkeytest.Device {
	r.t.Helper()
	d, err := passkeytest.New("https://"+testHost, testHost)
	if err != nil {
		r.t.Fatal(err)
	}
	ceremony, options := r.begun(writer, "/account/passkeys/begin")
	answer, err := d.Make(options)
	if err != nil {
		r.t.Fatal(err)
	}
	form := url.Values{"ceremony": {ceremony}, "answer": {string(answer)}, "name": {"blue laptop"}}
	r.post("/account/passkeys", form, http.StatusSeeOther)
	r.post("/account/passkeys", form, http.StatusNotFound) // once
	return d
}

// tap signs in by a device.
func (r *reading) tap(d *passkeytest.Device, after string) *httptest.ResponseRecorder {
	r.t.Helper()
	ceremony, options := r.begun("", "/sign-in/passkey/begin")
	answer, err := d.Sign(options)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.send("", "POST", "/sign-in/passkey", url.Values{"ceremony": {ceremony}, "answer": {string(answer)}, "after": {after}}.Encode())
}

var removeKey = regexp.MustCompile(`/account/passkeys/(v-[0-9a-f]{16})/remove`) //nolint:gochecknoglobals // never changes

// TestPasskey: one is made, signs in, is named and removed; each answer is taken once.
func TestPasskey(t *testing.T) {
	t.Parallel()
	r := open(t)
	has(t, r.get("/account"), "There is none yet.", "/static/passkeys.js")
	d := r.withPasskey()
	has(t, r.get("/account?done=passkey-added"), "blue laptop", testHost, "The passkey is made.", ">never<")
	w := r.tap(d, "/account")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/account" || len(w.Result().Cookies()) != 1 {
		t.Fatalf("signing in: %d to %q", w.Code, w.Header().Get("Location"))
	}
	r.cookies["tapped"] = w.Result().Cookies()[0]
	page := r.send("tapped", "GET", "/account", "").Body.String()
	has(t, page, "A writer", "blue laptop")
	if strings.Contains(page, ">never<") {
		t.Error("the passkey was never used, says the page")
	}

	ceremony, options := r.begun("", "/sign-in/passkey/begin")
	answer, err := d.Sign(options)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"ceremony": {ceremony}, "answer": {string(answer)}}.Encode()
	for _, want := range []int{303, 403} {
		if w := r.send("", "POST", "/sign-in/passkey", form); w.Code != want {
			t.Errorf("an answer: %d, want %d", w.Code, want)
		}
	}

	id := removeKey.FindStringSubmatch(page)[1]
	to, _ := r.post("/account/passkeys/"+id+"/name", url.Values{"name": {"old laptop"}}, http.StatusSeeOther)
	has(t, r.get(to), "old laptop", "The name is kept.")
	r.post("/account/passkeys/"+id+"/name", url.Values{"name": {" "}}, http.StatusUnprocessableEntity)
	if w := r.send(access.Reader, "POST", "/account/passkeys/"+id+"/remove", "x=1"); w.Code != http.StatusNotFound {
		t.Errorf("another's passkey is removed: %d", w.Code)
	}
	to, _ = r.post("/account/passkeys/"+id+"/remove", url.Values{"x": {"1"}}, http.StatusSeeOther)
	has(t, r.get(to), "There is none yet.")
	if w := r.tap(d, ""); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "not known here") {
		t.Errorf("a passkey that was removed: %d", w.Code)
	}
}

// TestPasskeyRefused: what is not right signs nobody in, is counted for the
// account that it is of, and a copy is told to whoever holds it and to its owner.
func TestPasskeyRefused(t *testing.T) {
	t.Parallel()
	r := open(t)
	d := r.withPasskey()
	if w := r.tap(d, ""); w.Code != http.StatusSeeOther {
		t.Fatalf("signing in: %d", w.Code)
	}
	twin := *d
	twin.Counter = 1
	if w := r.tap(&twin, ""); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "there may be a copy of it") || len(w.Result().Cookies()) != 0 {
		t.Errorf("a copy: %d", w.Code)
	}
	has(t, r.get("/account"), "somebody may hold a copy of it")
	for what, change := range map[string]func(*passkeytest.Device){
		"a page elsewhere": func(d *passkeytest.Device) { d.Origin = "https://evil.example" }, "no holder": func(d *passkeytest.Device) { d.Holder = false },
	} {
		changed := *d
		change(&changed)
		if w := r.tap(&changed, ""); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "not known here") {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	r.gather.tellRefused(true)
	all := refusals(r.outside(func(all []store.Looked) bool { return len(refusals(all)) > 0 }))
	if all[0].Act != audit.Refused || all[0].Actor != "A writer" || all[0].Times != 3 {
		t.Errorf("passkeys that were refused are noted as %+v", all[0])
	}
	of, err := r.office.Passkeys(t.Context(), string(d.Handle))
	if err != nil || len(of) != 1 {
		t.Fatalf("%+v, %v", of, err)
	}
	for range 4 {
		r.send("", "POST", "/sign-in/passkey", "ceremony=none&answer={}")
	}
	if w := r.send("", "POST", "/sign-in/passkey/begin", ""); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("after seven failures of one address: %d", w.Code)
	}
}

// TestPasskeyHost: where the address is a number the page says so, and where to go instead.
func TestPasskeyHost(t *testing.T) {
	t.Parallel()
	r := open(t)
	for host, want := range map[string]string{"127.0.0.1:7373": `href="http://localhost:7373/sign-in"`, "[::1]:7373": `href="http://localhost:7373/sign-in"`, "192.0.2.7": "Passkeys do not work at this address", "localhost:7373": `data-passkey="enter"`} {
		req := httptest.NewRequest("GET", "/sign-in", nil)
		req.Host = host
		w := httptest.NewRecorder()
		r.handler.ServeHTTP(w, req)
		has(t, w.Body.String(), want)
		if works := strings.Contains(w.Body.String(), "/static/passkeys.js"); works != (host == "localhost:7373") {
			t.Errorf("%s: the script is there: %t", host, works)
		}
		if host == "192.0.2.7" && strings.Contains(w.Body.String(), "localhost") {
			t.Error("a visitor from afar is sent to his own machine")
		}
	}
	req := httptest.NewRequest("POST", "/sign-in/passkey/begin", nil)
	req.Host = "192.0.2.7"
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("a passkey for a number: %d", w.Code)
	}
}

// TestPasskeyTooLate: a question waits five minutes for its answer.
func TestPasskeyTooLate(t *testing.T) {
	t.Parallel()
	r := open(t)
	d := r.withPasskey()
	secret, err := r.office.BeginCeremony(t.Context(), ceremonyEnter, "", []byte(`{}`), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond)
	if w := r.send("", "POST", "/sign-in/passkey", url.Values{"ceremony": {secret}, "answer": {"{}"}}.Encode()); w.Code != http.StatusForbidden {
		t.Errorf("too late: %d", w.Code)
	}
	ceremony, options := r.begun(writer, "/account/passkeys/begin")
	answer, err := d.Make(options)
	if err != nil {
		t.Fatal(err)
	}
	w := r.send(access.Reader, "POST", "/account/passkeys", url.Values{"ceremony": {ceremony}, "answer": {string(answer)}, "name": {"x"}}.Encode())
	if w.Code != http.StatusNotFound {
		t.Errorf("a ceremony that somebody else began: %d", w.Code)
	}
}

// TestFailedPasswordsAreTold: the auditor reads whose password failed, by name.
func TestFailedPasswordsAreTold(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.withPassword()
	r.knock("A writer", "wrong", "000000")
	r.knock("Nobody", "wrong", "000000")
	r.gather.tellRefused(true)
	times := map[string]int64{}
	for _, one := range r.outside(func(all []store.Looked) bool { return len(refusals(all)) > 1 }) {
		if one.Act == audit.Refused {
			times[one.Actor] = one.Times
		}
	}
	if times["A writer"] != 1 || times["unknown"] != 1 {
		t.Errorf("failures are told as %v", times)
	}
}
