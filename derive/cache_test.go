// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAskedAgain(t *testing.T) {
	t.Parallel()
	r := runner(t)
	ask := func(key string, page int) Text {
		t.Helper()
		text, err := r.Text(t.Context(), key, holding([]byte(strings.Repeat("a line of it\n", 4000))), page)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	started := func(want int64, after string) {
		t.Helper()
		if got := r.starts.Load(); got != want {
			t.Errorf("after %s %d children were started, %d were wanted", after, got, want)
		}
	}
	first := ask("one", 1)
	started(1, "the first page")
	if diff := cmp.Diff(first, ask("one", 1)); diff != "" {
		t.Errorf("asked again, it differs:\n%s", diff)
	}
	started(1, "the same page")
	ask("one", 2)
	started(2, "another page")
	if _, err := r.Source(t.Context(), "one", holding([]byte("x")), 1); err != nil {
		t.Fatal(err)
	}
	started(3, "another kind")
	ask("two", 1)
	started(4, "another exhibit")
	r.Forget("one")
	ask("two", 1)
	started(4, "forgetting another exhibit")
	ask("one", 1)
	started(5, "forgetting it")
	ask("", 1)
	ask("", 1)
	started(7, "asking twice without a key")
}

// TestForgottenMeanwhile: what was being made when its exhibit was erased is
// not kept.
func TestForgottenMeanwhile(t *testing.T) {
	t.Parallel()
	r := runner(t)
	open := func(context.Context) (io.ReadCloser, error) {
		r.Forget("one")
		return io.NopCloser(strings.NewReader("What was said.")), nil
	}
	for range 2 {
		if _, err := r.Text(t.Context(), "one", open, 1); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.starts.Load(); n != 2 || r.kept.size != 0 {
		t.Errorf("%d children were started, 2 were wanted; %d bytes are kept", n, r.kept.size)
	}
}

func TestCacheBounds(t *testing.T) {
	t.Parallel()
	c := newCache(3 * (100 + entryCost))
	has := func(want string) {
		t.Helper()
		got := ""
		for _, k := range strings.Fields("a b c d e") {
			c.mu.Lock()
			if _, ok := c.byKey[k]; ok {
				got += k
			}
			c.mu.Unlock()
		}
		if got != want {
			t.Errorf("kept are %q, wanted %q", got, want)
		}
	}
	for _, k := range []string{"a", "b", "c"} {
		c.put(k, "text", k, 100, c.moment())
	}
	has("abc")
	c.get("a", "text")
	c.put("d", "text", "d", 100, c.moment())
	has("acd") // b was used longest ago
	c.put("e", "text", "e", 4*(100+entryCost), c.moment())
	has("acd") // larger than all of it
	c.put("a", "text", "again", 50, c.moment())
	if v, _ := c.get("a", "text"); v != "again" || c.size != 250+3*entryCost {
		t.Errorf("a is %v, the size %d", v, c.size)
	}
	c.forget("a")
	c.forget("a")
	has("cd")
	if c.size != 2*(100+entryCost) || c.order.Len() != 2 {
		t.Errorf("the size is %d, with %d entries", c.size, c.order.Len())
	}
}
