// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recount/access"
	"recount/backup"
	"recount/casework"
	"recount/register"
	"recount/store"
)

// TestTravelCopy: each page of a travel copy says what it is and offers nothing
// that would be recorded; what is sent all the same is refused.
func TestTravelCopy(t *testing.T) {
	t.Parallel()
	ctx, home := context.Background(), open(t)
	for name, class := range map[string]string{"Openmarsh survey": "internal", "Harshgrove ledger": "restricted"} {
		if _, err := home.desk().DescribeSource(ctx, register.Source{Name: name, Kind: "list"}, casework.Why{Reason: "a test", Handling: class}); err != nil {
			t.Fatal(err)
		}
	}
	config := store.Config{Dir: filepath.Join(t.TempDir(), "copy"), Now: time.Now, Rand: rand.Reader}
	_, err := backup.Travel(ctx, home.Archive, home.Case, backup.TravelOptions{
		Config: config, Scope: access.Scopes()[1].Within("internal", nil), Class: "internal", Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := store.Open(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	copied := over(t, config.Dir, a)
	const says, offers = "This is a travel copy of the case", `href="/case/case-1/sources/new`
	for _, page := range []string{"/case/case-1", "/case/case-1/sources", "/case/case-1/journal", "/case/case-1/figures"} {
		here, there := home.send(writer, "GET", page, ""), copied.send(writer, "GET", page, "")
		if here.Code != http.StatusOK || there.Code != http.StatusOK {
			t.Fatalf("%s: %d at home, %d in the copy", page, here.Code, there.Code)
		}
		if strings.Contains(here.Body.String(), says) || !strings.Contains(there.Body.String(), says) {
			t.Errorf("%s does not say rightly whether it is of a travel copy", page)
		}
		if strings.Contains(there.Body.String(), "Harshgrove") {
			t.Errorf("%s has what stayed at home", page)
		}
	}
	here, there := home.send(writer, "GET", "/case/case-1/sources", "").Body.String(), copied.send(writer, "GET", "/case/case-1/sources", "").Body.String()
	if !strings.Contains(here, offers) || strings.Contains(there, offers) || !strings.Contains(there, "Openmarsh") {
		t.Error("the sources of a travel copy are not there, or the page offers to add one")
	}
	answer := copied.send(writer, "POST", "/case/case-1/sources", "name=Another&kind=list&reason=a+test&basis=confidential&handling=internal")
	if answer.Code < 400 || !strings.Contains(answer.Body.String(), "travel copy") {
		t.Errorf("a source sent to a travel copy: %d\n%s", answer.Code, answer.Body)
	}
}
