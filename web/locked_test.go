// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"recount/fault"
	"recount/web/words"
)

// TestLocked: the page of an archive that is locked tells nothing, takes
// nothing, and hands what was typed to whoever opens it, one try at a time.
func TestLocked(t *testing.T) {
	t.Parallel()
	book, err := words.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	var under, most atomic.Int64
	config := Config{Now: time.Now, Rand: rand.Reader, Words: book, Version: "test"}
	locked, err := NewLocked(config, true, func(_ context.Context, typed, link string) (string, error) {
		if now := under.Add(1); now > most.Load() {
			most.Store(now)
		}
		defer under.Add(-1)
		switch typed {
		case "gulls over the old harbour":
			if link == "of-the-start" {
				return "/sign-in?link=another", nil
			}
			return "", nil
		case "burning":
			return "", fmt.Errorf("a disk that burns")
		}
		return "", fmt.Errorf("%w: this passphrase does not open the archive", fault.Forbidden)
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, address, body string, header ...string) (*http.Response, string) {
		req := httptest.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		locked.ServeHTTP(w, req)
		answer := w.Result()
		page, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Error(err)
		}
		if answer.Header.Get("Content-Security-Policy") != policy {
			t.Errorf("%s %s: headers %v", method, address, answer.Header)
		}
		return answer, string(page)
	}
	for _, c := range []struct {
		method, address, body string
		status                int
		to, says              string
	}{
		{"GET", "/", "", 303, "/unlock", ""},
		{"GET", "/case/main?q=a", "", 303, "/unlock?after=%2Fcase%2Fmain%3Fq%3Da", ""},
		{"GET", "/unlock?after=/case/main", "", 503, "", `value="/case/main"`},
		{"GET", "/unlock?after=https://elsewhere.example", "", 503, "", `name="after" value="/"`},
		{"GET", "/unlock?link=of-the-start", "", 503, "", `name="link" value="of-the-start"`},
		{"POST", "/unlock", "passphrase=wrong&link=of-the-start", 403, "", `name="link" value="of-the-start"`},
		{"POST", "/unlock", url.Values{"passphrase": {"gulls over the old harbour"}, "link": {"of-the-start"}}.Encode(), 303, "/sign-in?link=another", ""},
		{"GET", "/static/recount.css", "", 200, "", ""},
		{"POST", "/case/main/sources", "name=x", 503, "", "This archive is locked"},
		{"POST", "/unlock", "passphrase=wrong&after=/case/main", 403, "", "does not open the archive"},
		{"POST", "/unlock", "passphrase=burning", 500, "", ""},
		{"POST", "/unlock", url.Values{"passphrase": {"gulls over the old harbour"}, "after": {"/case/main"}}.Encode(), 303, "/case/main", ""},
		{"POST", "/unlock", url.Values{"passphrase": {"gulls over the old harbour"}, "after": {"//elsewhere.example"}}.Encode(), 303, "/", ""},
	} {
		answer, page := ask(c.method, c.address, c.body)
		if answer.StatusCode != c.status || answer.Header.Get("Location") != c.to || !strings.Contains(page, c.says) {
			t.Errorf("%s %s %s: %d to %q; want %d to %q with %q", c.method, c.address, c.body, answer.StatusCode, answer.Header.Get("Location"), c.status, c.to, c.says)
		}
		if strings.HasPrefix(c.address, "/static/") {
			continue
		}
		if strings.Contains(page, "wrong") || strings.Contains(page, "burns") {
			t.Errorf("%s: what was typed, or an error of ours, is shown", c.address)
		}
	}
	if answer, _ := ask("POST", "/unlock", "passphrase=wrong", "Sec-Fetch-Site", "cross-site"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a foreign form: %d", answer.StatusCode)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() { ask("POST", "/unlock", "passphrase=wrong") })
	}
	wait.Wait()
	if most.Load() != 1 {
		t.Errorf("%d tries at a time", most.Load())
	}
}
