// SPDX-License-Identifier: Apache-2.0

package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"recount/casework"
)

// TestPressedTwice: a form that is sent several times, at once and again later,
// is carried out one time, and each sending is led to what came of it. One
// that was refused can be sent again.
func TestPressedTwice(t *testing.T) {
	t.Parallel()
	r := open(t)
	form := url.Values{"name": {"Witness 12"}, "kind": {"witness"}, "once": {"0123456789abcdef"}}
	var wg sync.WaitGroup
	var mu sync.Mutex
	led := map[string]int{}
	for range 6 {
		wg.Go(func() {
			w := r.send(writer, "POST", "/case/case-1/sources", form.Encode())
			mu.Lock()
			defer mu.Unlock()
			led[w.Header().Get("Location")]++
		})
	}
	wg.Wait()
	w := r.send(writer, "POST", "/case/case-1/sources", form.Encode())
	led[w.Header().Get("Location")]++
	if len(led) != 1 || led[""] > 0 {
		t.Errorf("seven sendings led to %v", led)
	}
	if n := strings.Count(r.get("/case/case-1/sources"), ">Witness 12<"); n != 1 {
		t.Errorf("%d sources were made", n)
	}
	refused := url.Values{"name": {""}, "kind": {"witness"}, "once": {"fedcba9876543210"}}
	r.post("/case/case-1/sources", refused, http.StatusUnprocessableEntity)
	refused.Set("name", "Witness 13")
	r.post("/case/case-1/sources", refused, http.StatusSeeOther)
	if form := r.get("/case/case-1/sources/new"); strings.Count(form, `name="once" value="`) != 1 || strings.Contains(form, `name="once" value=""`) {
		t.Error("a form has no mark of its own")
	}
}

// TestNothingOfTheDestroyed: once an exhibit's key is destroyed, nothing that
// was made of its bytes is shown any more, though it was in memory.
func TestNothingOfTheDestroyed(t *testing.T) {
	t.Parallel()
	r := open(t)
	to, _ := r.post("/case/case-1/sources", url.Values{"name": {"Witness 12"}, "kind": {"witness"}}, http.StatusSeeOther)
	source := to[strings.Index(to, "s-"):][:18]
	page := r.exhibit("statement.txt", []byte("They shot Zyx Quorl there.\n"))
	id := page[strings.LastIndex(page, "/")+1:]
	has(t, r.get(page), "They shot Zyx Quorl there.")
	entered, _ := r.post("/case/case-1/records", url.Values{"exhibit": {id}, "source": {source}, "pinpoint": {"line 1"}, "name": {"Zyx Quorl"}}, http.StatusSeeOther)
	person := r.get(entered)
	person = person[strings.Index(person, "/persons/p-")+len("/persons/"):][:18]
	r.erase(person, id)
	for _, address := range []string{page, page + "?as=text", "/case/case-1/citations/new?exhibit=" + id + "&scheme=line&pinpoint=1", "/case/case-1/lists/new?exhibit=" + id} {
		if w := r.send(writer, "GET", address, ""); strings.Contains(w.Body.String(), "Quorl") {
			t.Errorf("GET %s: what was destroyed is shown (%d)", address, w.Code)
		}
	}
	has(t, r.get(page), "destroyed by an erasure")
	if w := r.send(writer, "GET", page+"/file", ""); w.Code != http.StatusNotFound {
		t.Errorf("the bytes of what was destroyed: %d", w.Code)
	}
}

// erase forgets a person, with an exhibit, as two deciders would.
func (r *reading) erase(person, exhibit string) {
	r.t.Helper()
	ctx := r.t.Context()
	plan, err := casework.PlanErasure(ctx, r.Case, person, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	desk := casework.Desk{Case: r.Case, Actor: "A writer", Rand: rand.Reader}
	_, err = desk.DecideErasure(ctx, plan, casework.ErasureDecision{Ground: "withdrawal", Deciders: []string{"Ana Bel", "Tom Orsk"}, Destroy: []string{exhibit}}, casework.Why{}, func(_, _ int64) {})
	if err != nil {
		r.t.Fatal(err)
	}
}
