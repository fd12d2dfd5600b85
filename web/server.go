// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"recount/access"
	"recount/derive"
	"recount/signin"
	"recount/signin/institution"
	"recount/store"
	"recount/web/words"
)

// Config is what the reading room takes from outside.
type Config struct {
	Archive *store.Archive
	Now     func() time.Time
	Rand    io.Reader
	Log     *slog.Logger // identifiers and counts only, never what is said about a person
	Words   *words.Book
	Secure  bool   // served over TLS: cookies say so
	Version string // shown at the foot of pages
	Leave   string // where "leave this page fast" leads; "" is about:blank
	Program string // path of this program, which derive starts as a bounded child; "" shows no derivatives and says so
	// Institution says who somebody is, where one is asked; nil is none, and nothing goes out.
	Institution *institution.Institution
	// May decides; nil is access.Can. A test watches through it that each route asks.
	May func(who access.Account, act access.Act, what access.Thing) error
}

// Server answers the requests of one archive's readers. It is safe for
// concurrent use and holds nothing that store does not keep, but for caches.
type Server struct {
	Config
	office *store.Office
	looks  *looks
	derive *derive.Runner
	jobs   *jobs
	once   *onlyOnce
	gather *gatherer
	tries  *signin.Tries
	routes []route

	passwords *signin.Passwords

	mu     sync.Mutex
	cases  map[string]room
	counts map[string]*counting // what figures are answered from, by case
}

// room is a case that was opened once, for as long as the server runs.
type room struct {
	*store.Case
	title string
}

// New makes the reading room of an archive. The archive stays the caller's to close.
func New(ctx context.Context, c Config) (*Server, error) {
	s, err := apart(c)
	if err != nil {
		return nil, err
	}
	if s.office, err = c.Archive.Office(ctx); err != nil {
		return nil, err
	}
	s.routes, s.gather = s.sitemap(), newGatherer(s)
	return s, nil
}

// apart is a server without an archive: for the pages that are shown while there
// is none, or none that is open.
func apart(c Config) (*Server, error) {
	if c.May == nil {
		c.May = access.Can
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	looks, err := newLooks()
	if err != nil {
		return nil, err
	}
	return &Server{
		Config: c, looks: looks, derive: &derive.Runner{Program: c.Program}, jobs: newJobs(), once: newOnce(),
		tries: signin.NewTries(5), passwords: signin.NewPasswords(c.Rand), cases: map[string]room{}, counts: map[string]*counting{},
	}, nil
}

// Close ends long work under way and waits for it; what was not finished
// recorded nothing. It writes down who looked last. The archive stays the
// caller's to close.
func (s *Server) Close() {
	s.jobs.close()
	s.gather.close()
}

// Handler is the whole reading room.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes {
		mux.HandleFunc(r.pattern, s.serve(r))
	}
	mux.HandleFunc("/", s.serve(route{pattern: "/", act: access.Open, handle: (*Server).nowhere}))
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(s.refuseForeign))
	return s.strict(foreign.Handler(mux))
}

// opened is the case of that id, opened when it is first asked for.
func (s *Server) opened(ctx context.Context, id string) (room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.cases[id]; ok {
		return c, nil
	}
	// The case outlives the request that opens it.
	c, err := s.Archive.Case(context.WithoutCancel(ctx), id)
	if err != nil {
		return room{}, err
	}
	opened := room{Case: c}
	err = c.Read(ctx, func(r store.Reader) error {
		o, err := r.Opened(ctx)
		opened.title = o.Title
		return err
	})
	if err != nil {
		return room{}, err
	}
	s.cases[id] = opened
	return opened, nil
}

// errDone ends a handler that has answered by itself, as a download does.
var errDone = errors.New("answered")
