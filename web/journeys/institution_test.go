// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"recount/signin/institution/institutiontest"
)

// vouching is a description of an institution of this machine, in files as
// whoever keeps an archive writes them.
func vouching(t *testing.T) string {
	t.Helper()
	p, err := institutiontest.New()
	if err != nil {
		t.Fatal(err)
	}
	p.Ask, p.Alg = true, "ES256"
	t.Cleanup(p.Close)
	dir := t.TempDir()
	text, err := json.Marshal(map[string]any{"issuer": p.URL, "client_id": institutiontest.ClientID, "client_secret_file": "secret", "label": "The test's court"})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"court.json": string(text), "secret": institutiontest.ClientSecret + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "court.json")
}

// TestInstitution: who is not connected is told so; somebody connects his account,
// signs out, and comes back in through the institution, to the page that he wanted.
func TestInstitution(t *testing.T) {
	s := onStage(t)
	r := s.serve(t, s.archive(t), "--oidc", vouching(t))
	outside := r.browse(r.address + "/sign-in")
	outside.follow("Go to The test's court")
	outside.sees("Go on as Mira")
	outside.follow("Go on as Mira")
	outside.sees("no account here is connected to that")

	p := r.enter(r.link)
	p.open("/account")
	p.follow("Connect The test's court")
	p.follow("Go on as Mira")
	p.sees("has said who you are there", "mira@court.example", "Writer of the test")
	p.follow("Connect")
	p.sees("The account is connected.", "never used")
	p.click("Writer of the test")
	p.follow("Sign out")
	p.open(in("sources"))
	p.at("/sign-in")
	p.follow("Go to The test's court")
	p.follow("Go on as Mira")
	p.at(in("sources"))
	p.open("/account")
	p.sees("last used on")
	p.follow("Disconnect")
	p.sees("not connected any more")
}
