// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"recount/access"
	"recount/casework"
	"recount/fault"
	"recount/figure"
	"recount/intake"
	"recount/register"
	"recount/store"
	"recount/web"
	"recount/web/words"
)

// BenchmarkRooms asks every page of a large case that is read, two readers at
// once and each page many times about things chosen at random, and prints the
// server's time for each: the middle and the 95th percentile. Exhibits are
// added until there are 100,000 (200 when small). RECOUNT_BENCH_ARCHIVE names
// an archive that was made before.
func BenchmarkRooms(b *testing.B) {
	archive := os.Getenv("RECOUNT_BENCH_ARCHIVE")
	if archive == "" {
		made, err := ready()
		if err != nil {
			b.Fatal(err)
		}
		archive = made.archive
	}
	ctx := context.Background()
	a, err := store.Open(ctx, store.Config{Dir: archive, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	c, err := a.Case(ctx, "main")
	if err != nil {
		b.Fatal(err)
	}
	if err := addExhibits(ctx, c); err != nil {
		b.Fatal(err)
	}
	if err := defineFigure(ctx, c); err != nil {
		b.Fatal(err)
	}
	if err := c.Index(ctx, func(_, _ int64) {}); err != nil {
		b.Fatal(err)
	}
	b.Run("AllSeen", func(b *testing.B) { readRooms(b, ctx, a, c, access.Analyst) })
	if err := restrict(ctx, c); err != nil {
		b.Fatal(err)
	}
	b.Run("SomeHidden", func(b *testing.B) { readRooms(b, ctx, a, c, access.Reader) })
}

// restrict puts something in that a reader may not see, so that every question
// is put to what they may see.
func restrict(ctx context.Context, c *store.Case) error {
	desk := casework.Desk{Case: c, Actor: "Bench", Rand: rand.Reader}
	_, err := desk.DescribeSource(ctx, register.Source{Name: "A witness (invented)", Kind: "witness"}, casework.Why{Handling: "restricted"})
	if err != nil {
		return err
	}
	return c.Index(ctx, func(_, _ int64) {})
}

func readRooms(b *testing.B, ctx context.Context, a *store.Archive, c *store.Case, as access.Role) {
	r := openRooms(b, ctx, a, c, as)
	defer r.server.Close()
	pages, err := r.pages(ctx, c)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		worst := time.Duration(0)
		for _, p := range pages {
			took := r.ask(b, p)
			middle, high := took[len(took)/2], took[len(took)*95/100]
			worst = max(worst, high)
			b.Logf("%-34s p50 %7.1f ms, p95 %7.1f ms, slowest %7.1f ms", p.name, ms(middle), ms(high), ms(took[len(took)-1]))
		}
		b.ReportMetric(ms(worst), "worst-p95-ms")
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func exhibitsWanted() int64 {
	if os.Getenv("RECOUNT_BENCH_SMALL") != "" {
		return 200
	}
	return 100_000
}

// addExhibits preserves small texts until there are as many as wanted.
func addExhibits(ctx context.Context, c *store.Case) error {
	clerk := casework.Desk{Case: c, Actor: "Bench", Rand: rand.Reader}.Clerk()
	var have int64
	err := c.Read(ctx, func(r store.Reader) error {
		all, err := r.Exhibits(ctx, store.Page{})
		have = int64(len(all))
		return err
	})
	for n := have; err == nil && n < exhibitsWanted(); n++ {
		text := fmt.Sprintf("Statement %d, invented.\nNobody of this name was at the mill on that day.\n", n)
		_, err = clerk.PreserveStream(ctx, fmt.Sprintf("statement-%06d.txt", n), strings.NewReader(text), intake.Delivery{Title: fmt.Sprintf("Statement %d (invented)", n)})
	}
	return err
}

// defineFigure records one, where the archive that was named has none.
func defineFigure(ctx context.Context, c *store.Case) error {
	var have []store.FigureDefined
	err := c.Read(ctx, func(r store.Reader) (err error) {
		have, err = r.Figures(ctx, store.Page{Limit: 1})
		return err
	})
	if err != nil || len(have) > 0 {
		return err
	}
	_, err = casework.Desk{Case: c, Actor: "Bench", Rand: rand.Reader}.DefineFigure(ctx, figure.Definition{
		Title: "Killed", Unit: "persons", Harms: []string{"killed"}, Rule: "count@1", Parts: []figure.Part{{Part: "child", Title: "Children", Child: "either"}},
	}, casework.Why{})
	return err
}

// rooms is a reading room with somebody signed in.
type rooms struct {
	server  *web.Server
	handler http.Handler
	cookie  *http.Cookie
}

func openRooms(b *testing.B, ctx context.Context, a *store.Archive, c *store.Case, as access.Role) rooms {
	b.Helper()
	book, err := words.Load(nil)
	if err != nil {
		b.Fatal(err)
	}
	server, err := web.New(ctx, web.Config{Archive: a, Now: time.Now, Rand: rand.Reader, Words: book})
	if err != nil {
		b.Fatal(err)
	}
	office, err := a.Office(ctx)
	if err != nil {
		b.Fatal(err)
	}
	name := "Bench " + string(as)
	if _, err := (casework.Desk{Case: c, Actor: "Bench", Rand: rand.Reader}).Seat(ctx, register.Seated{Name: name, Roles: []string{string(as)}}, casework.Why{Reason: "a benchmark"}); err != nil {
		b.Fatal(err)
	}
	secret, err := office.Invite(ctx, name, access.Member, time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	r := rooms{server: server, handler: server.Handler()}
	w := httptest.NewRecorder()
	req := httptest.NewRequest("POST", "/sign-in", strings.NewReader("link="+secret))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.handler.ServeHTTP(w, req)
	if len(w.Result().Cookies()) != 1 {
		b.Fatalf("signing in: %d", w.Code)
	}
	r.cookie = w.Result().Cookies()[0]
	return r
}

// roomsPage is a page and the addresses under which it is asked.
type roomsPage struct {
	name      string
	addresses []string
}

// timesAsked is how often each page is asked.
const timesAsked = 60

// pages are the pages that are read, with addresses of things of the case.
func (r rooms) pages(ctx context.Context, c *store.Case) (all []roomsPage, err error) {
	const root = "/case/main"
	var records []store.Record
	var persons []store.PersonLine
	var exhibits []register.Exhibit
	var figures []store.FigureDefined
	err = c.Read(ctx, func(q store.Reader) error {
		var errs [4]error
		records, errs[0] = q.Records(ctx, store.RecordFilter{}, store.Page{Limit: 3000})
		persons, errs[1] = q.Persons(ctx, store.PersonFilter{}, store.Page{Limit: 3000})
		exhibits, errs[2] = q.Exhibits(ctx, store.Page{Limit: 3000})
		figures, errs[3] = q.Figures(ctx, store.Page{})
		return errors.Join(errs[:]...)
	})
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || len(persons) == 0 || len(exhibits) == 0 || len(figures) == 0 {
		return nil, fmt.Errorf("%w: the case to measure lacks records, persons, exhibits or figures", fault.Invalid)
	}
	each := func(name string, n int, address func(i int) string) {
		p := roomsPage{name: name}
		for i := range timesAsked {
			p.addresses = append(p.addresses, root+address(i*(n-1)/timesAsked))
		}
		all = append(all, p)
	}
	one := func(name, address string) { each(name, 1, func(int) string { return address }) }
	leaf := func(i int) string { return records[i].Leaf.String() }
	one("overview", "")
	one("sources", "/sources")
	one("exhibits", "/exhibits")
	each("exhibits, further on", len(exhibits), func(i int) string { return "/exhibits?after=" + exhibits[i].Exhibit })
	each("an exhibit, without its view", len(exhibits), func(i int) string { return "/exhibits/" + exhibits[i].Exhibit })
	one("records", "/records")
	each("records, further on", len(records), func(i int) string { return "/records?after=" + leaf(i) })
	each("records by name", len(records), func(i int) string { return "/records?name=" + urlWord(casework.NameOf(records[i].Said)) })
	each("a record", len(records), func(i int) string { return "/records/" + leaf(i) })
	one("persons", "/persons")
	one("persons of several records", "/persons?linked=1")
	each("persons, further on", len(persons), func(i int) string { return "/persons?after=" + persons[i].Person })
	each("a person", len(persons), func(i int) string { return "/persons/" + persons[i].Person })
	one("incidents", "/incidents")
	each("search for a name", len(records), func(i int) string { return "/search?q=" + urlWord(casework.NameOf(records[i].Said)) })
	one("search for a frequent word", "/search?q=mason")
	one("figures", "/figures")
	one("a figure", "/figures/"+figures[0].Figure)
	one("the persons behind a figure", "/figures/"+figures[0].Figure+"/persons")
	one("dossiers", "/dossiers")
	one("journal", "/journal")
	return all, nil
}

func urlWord(s string) string {
	return strings.NewReplacer(" ", "+", "%", "", "&", "", "#", "").Replace(s)
}

// ask asks a page's addresses, two at once, and answers how long each took. The
// first answer of all is left out: it fills what is kept in memory.
func (r rooms) ask(b *testing.B, p roomsPage) []time.Duration {
	b.Helper()
	r.get(b, p.addresses[0])
	var mu sync.Mutex
	var took []time.Duration
	queue := make(chan string)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for address := range queue {
				d := r.get(b, address)
				mu.Lock()
				took = append(took, d)
				mu.Unlock()
			}
		})
	}
	for _, address := range p.addresses {
		queue <- address
	}
	close(queue)
	wg.Wait()
	slices.Sort(took)
	return took
}

func (r rooms) get(b *testing.B, address string) time.Duration {
	req := httptest.NewRequest("GET", address, nil)
	req.AddCookie(r.cookie)
	w := httptest.NewRecorder()
	start := time.Now()
	r.handler.ServeHTTP(w, req)
	took := time.Since(start)
	if w.Code != http.StatusOK {
		b.Fatalf("GET %s: %d", address, w.Code)
	}
	return took
}
