// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"recount/access"
	"recount/fault"
)

// Locked answers while the archive is locked: one page, which asks for what
// opens it. Nothing of the archive can be read meanwhile, so there are no
// accounts either: whoever reaches the address can try. One try is made at a
// time, and each takes what a try of the passphrase takes.
type Locked struct {
	pages  *Server // shows pages; it has no archive and no office
	named  bool    // whoever started the program has named a way
	unlock func(ctx context.Context, typed, link string) (to string, err error)
	inner  http.Handler
	trying sync.Mutex
}

// NewLocked makes the page; Config.Archive is left out. unlock opens the archive
// by what was typed, or by the way that whoever started the program has named
// where nothing was; what it refuses as fault.Forbidden or fault.Invalid is shown.
// link is that of the address by which the page was reached, "" where it had
// none; to is where the reader is led then, "" where he wanted to go.
func NewLocked(c Config, named bool, unlock func(ctx context.Context, typed, link string) (to string, err error)) (*Locked, error) {
	pages, err := apart(c)
	if err != nil {
		return nil, err
	}
	l := &Locked{pages: pages, named: named, unlock: unlock}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{file}", l.pages.serve(route{"GET /static/{file}", access.Open, (*Server).static}))
	mux.HandleFunc("GET /unlock", l.pages.serve(route{"GET /unlock", access.Open, l.ask}))
	mux.HandleFunc("POST /unlock", l.pages.serve(route{"POST /unlock", access.Open, l.try}))
	mux.HandleFunc("/", l.pages.serve(route{"/", access.Open, l.elsewhere}))
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(l.pages.refuseForeign))
	l.inner = l.pages.strict(foreign.Handler(http.MaxBytesHandler(mux, 1<<16)))
	return l, nil
}

// ServeHTTP is the page.
func (l *Locked) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.inner.ServeHTTP(w, r) }

// unlockPage asks for what opens the archive.
type unlockPage struct {
	base
	After   string // where the reader wanted to go
	Link    string // of whoever started the program, who opens it for the first time
	Named   bool   // a way was named at the start: a button tries it
	Problem string
}

func (l *Locked) ask(s *Server, v *visit) error {
	v.status = http.StatusServiceUnavailable
	return s.show(v, l.page(v))
}

func (l *Locked) page(v *visit) *unlockPage {
	return &unlockPage{base: v.base("unlock.title"), After: local(v.text("after")), Link: v.text("link"), Named: l.named}
}

func (l *Locked) try(s *Server, v *visit) error {
	l.trying.Lock()
	to, err := l.unlock(context.WithoutCancel(v.Context()), v.PostFormValue("passphrase"), v.text("link")) // it outlives the request
	l.trying.Unlock()
	if errors.Is(err, fault.Forbidden) || errors.Is(err, fault.Invalid) {
		v.status = http.StatusForbidden
		p := l.page(v)
		p.Problem = err.Error()
		return s.show(v, p)
	}
	if err != nil {
		return err
	}
	return v.goTo(local(cmp.Or(to, v.text("after"))))
}

// elsewhere leads every other address here, and back to it afterwards. What was
// sent meanwhile is not taken.
func (l *Locked) elsewhere(s *Server, v *visit) error {
	if v.Method != http.MethodGet && v.Method != http.MethodHead {
		return l.ask(s, v)
	}
	if after := v.URL.RequestURI(); after != "/" && !strings.HasPrefix(after, "/unlock") {
		return v.goTo(base{}.Query("/unlock", "after", after))
	}
	return v.goTo("/unlock")
}

// Busy reports whether long work is under way, such as an import.
func (s *Server) Busy() bool {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	for _, one := range s.jobs.all {
		if !one.ended {
			return true
		}
	}
	return false
}
