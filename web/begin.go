// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"recount/access"
	"recount/fault"
	"recount/store"
	"recount/strongroom"
)

// Begin answers where no archive is yet: one page, reached by one link, that
// makes the archive with its first case. From then on the same handler is the
// reading room of that archive.
type Begin struct {
	pages  *Server // shows pages; it has no archive and no office
	folder string
	asks   bool              // for a passphrase: whoever started the program has named no way to lock it
	hash   [sha256.Size]byte // of the link's secret
	create func(ctx context.Context, o store.Opening, passphrase string) (*Server, error)
	inner  http.Handler // while there is no archive

	mu   sync.Mutex   // held while the archive is made
	room http.Handler // the reading room, once there is one
}

// NewBegin makes the page and the secret of its link, 32 random bytes in
// base64url; Config.Archive is left out. create makes the archive, in the folder that
// the page names, and opens its reading room; it is called until it succeeds
// once. With asks, the page asks for a passphrase, and create gets it; "" where the
// archive is to be plain, and without asks. What it refuses (fault.Invalid, fault.Conflict) comes back in the form.
func NewBegin(c Config, folder string, asks bool, create func(ctx context.Context, o store.Opening, passphrase string) (*Server, error)) (b *Begin, secret string, err error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(c.Rand, raw); err != nil {
		return nil, "", fmt.Errorf("%w: no random bytes for a link: %w", fault.Unavailable, err)
	}
	pages, err := apart(c)
	if err != nil {
		return nil, "", err
	}
	secret = base64.RawURLEncoding.EncodeToString(raw)
	b = &Begin{pages: pages, folder: folder, asks: asks, hash: sha256.Sum256([]byte(secret)), create: create}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{file}", b.pages.serve(route{"GET /static/{file}", access.Open, (*Server).static}))
	mux.HandleFunc("GET /begin", b.pages.serve(route{"GET /begin", access.Open, b.ask}))
	mux.HandleFunc("POST /begin", b.pages.serve(route{"POST /begin", access.Open, b.make}))
	mux.HandleFunc("/", b.pages.serve(route{"/", access.Open, b.elsewhere}))
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(b.pages.refuseForeign))
	b.inner = b.pages.strict(foreign.Handler(http.MaxBytesHandler(mux, 1<<20)))
	return b, secret, nil
}

// ServeHTTP is the page, or the reading room that came of it.
func (b *Begin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	room := b.room
	b.mu.Unlock()
	if room == nil {
		room = b.inner
	}
	room.ServeHTTP(w, r)
}

// beginPage asks for what the first start needs.
type beginPage struct {
	base
	Folder string
	Link   string // "" where the visitor has none that works
	Form   form
}

// fields are what a case is opened with; the public name and who opens it are
// asked for only at the first start.
func openingFields(v *visit, first bool) []group {
	label := func(name string) string { return v.words.T("begin." + name) }
	line := func(name, key string) field {
		return field{Name: name, Label: label(key), Hint: label(key + ".hint"), Required: true}
	}
	groups := []group{{Title: label("case"), Fields: []field{line("title", "case-title"), line("case_id", "case-id")}}}
	if !first {
		return groups
	}
	return append([]group{{Title: label("archive"), Fields: []field{line("public_name", "public-name"), line("actor", "actor")}}}, groups...)
}

// lockFields ask how an archive that is made is locked.
func lockFields(v *visit) group {
	label := func(name string) string { return v.words.T("begin." + name) }
	return group{Title: label("lock"), Fields: []field{
		{Name: "passphrase", Kind: "passphrase", Label: label("passphrase"), Hint: label("passphrase.hint")},
		{Name: "passphrase_again", Kind: "passphrase", Label: label("passphrase-again")},
		{Name: "plain", Kind: "check", Label: label("plain"), Hint: label("plain.hint")},
	}}
}

// passphrase is what was typed as one, "" where the archive is to be plain. What
// is wrong with it is said beside its field.
func (f *form) passphrase(v *visit) (text string, ok bool) {
	text, again, plain := v.PostFormValue("passphrase"), v.PostFormValue("passphrase_again"), v.PostFormValue("plain") != ""
	if plain && text == "" && again == "" {
		return "", true
	}
	beside := "passphrase"
	way, err := strongroom.Passphrase(text)
	if err == nil {
		defer way.Forget()
		err = way.Fit()
	}
	switch {
	case plain:
		err = fmt.Errorf("%w: %s", fault.Invalid, v.words.T("begin.plain.both"))
	case text == "":
		err = fmt.Errorf("%w: %s", fault.Invalid, v.words.T("begin.passphrase.needed"))
	case err == nil && text != again:
		beside, err = "passphrase_again", fmt.Errorf("%w: %s", fault.Invalid, v.words.T("begin.passphrase.differs"))
	}
	if err != nil {
		f.beside(beside, err)
		v.status, f.Problem = http.StatusUnprocessableEntity, v.words.T("form.problem.beside")
	}
	return text, err == nil
}

// formAlone is a form outside of a case: it keeps no draft.
func (v *visit) formAlone(action, button string, groups ...group) form {
	f := form{base: v.base(button), Action: action, Button: v.words.T(button), Groups: groups}
	if v.Method == http.MethodPost {
		f.typed = true
		f.fill(func(name string) (string, bool) { return v.FormValue(name), v.PostForm.Has(name) })
	}
	return f
}

func (b *Begin) page(v *visit) *beginPage {
	groups := openingFields(v, true)
	if b.asks {
		groups = append(groups, lockFields(v))
	}
	p := &beginPage{base: v.base("begin.title"), Folder: b.folder, Form: v.formAlone("/begin", "begin.button", groups...)}
	if b.holds(v.text("link")) {
		p.Link = v.text("link")
	}
	return p
}

// holds compares without telling by the time it takes how much was right.
func (b *Begin) holds(link string) bool {
	hash := sha256.Sum256([]byte(link))
	return subtle.ConstantTimeCompare(hash[:], b.hash[:]) == 1
}

func (b *Begin) ask(s *Server, v *visit) error {
	p := b.page(v)
	if p.Link == "" {
		v.status = http.StatusForbidden
	}
	return s.show(v, p)
}

// elsewhere leads whoever has no link to the page that says so.
func (b *Begin) elsewhere(s *Server, v *visit) error {
	if v.Method != http.MethodGet && v.Method != http.MethodHead {
		return s.nowhere(v)
	}
	return v.goTo("/begin")
}

// opening is what was typed.
func (v *visit) opening() store.Opening {
	why := v.why()
	return store.Opening{
		PublicName: v.text("public_name"), CaseID: v.text("case_id"), Title: v.text("title"), Actor: strings.Join(strings.Fields(v.text("actor")), " "),
		Reason: why.Reason, Basis: why.Basis, Handling: why.Handling,
	}
}

// wrongOpening says beside the fields what is wrong; false: nothing is.
func (f *form) wrongOpening(v *visit, o store.Opening) bool {
	wrong := o.Wrong()
	if len(wrong) == 0 {
		return false
	}
	v.status, f.Problem = http.StatusUnprocessableEntity, v.words.T("form.problem.beside")
	for name, err := range wrong {
		f.beside(name, err)
	}
	return true
}

// make makes the archive, once, signs in whoever made it, and is the reading
// room from then on.
func (b *Begin) make(s *Server, v *visit) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.room != nil {
		return fmt.Errorf("%w: the archive has been made meanwhile; open / and sign in", fault.Conflict)
	}
	p := b.page(v)
	if p.Link == "" {
		v.status = http.StatusForbidden
		return s.show(v, p)
	}
	o := v.opening()
	if o.PublicName == "" {
		p.Form.beside("public_name", errNeeded)
		v.status, p.Form.Problem = http.StatusUnprocessableEntity, v.words.T("form.problem.beside")
	}
	passphrase, right := "", true
	if b.asks {
		passphrase, right = p.Form.passphrase(v)
	}
	if p.Form.wrongOpening(v, o) || !right || v.status != 0 {
		return s.show(v, p)
	}
	room, err := b.create(context.WithoutCancel(v.Context()), o, passphrase) // the archive outlives the request
	if err != nil {
		if p.Form.refuse(v, err) {
			return s.show(v, p)
		}
		return err
	}
	b.room = room.Handler()
	return room.enter(v, o.Actor, caseLink(o.CaseID)+"?done=begun")
}

// errNeeded stands beside a field that was left empty.
var errNeeded = fmt.Errorf("%w: this is needed", fault.Invalid)

// enter signs somebody in as an administrator, without a link that somebody else could hold.
func (s *Server) enter(v *visit, name, to string) error {
	secret, err := s.office.Invite(v.Context(), name, access.Administrator, time.Minute)
	if err != nil {
		return err
	}
	token, _, err := s.office.SignIn(v.Context(), secret, agent(v.Header.Get("User-Agent")))
	if err != nil {
		return errors.Join(fmt.Errorf("%w: the archive is made, but signing in failed; start the program again for a link", fault.Unavailable), err)
	}
	return s.seat(v, token, to)
}
