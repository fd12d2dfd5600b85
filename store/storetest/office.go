// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crypto/rand"

	"github.com/google/go-cmp/cmp"

	"recount/access"
	"recount/fault"
	"recount/store"
)

// Office tries who may enter the reading room, and what is typed there.
func Office(t *testing.T, engine Engine) {
	for _, test := range []struct {
		name string
		run  func(*lobby)
	}{
		{"a link is used once", linkOnce},
		{"of many who use one link at once one gets in", linkRace},
		{"two processes who invite a new name at once make one account", inviteRace},
		{"links and sessions end", endings},
		{"sessions are listed and ended one by one", sittings},
		{"a code and a recovery code are used once", ways},
		{"of many who use one code at once one gets in", codeRace},
		{"a ceremony is ended once, by whom it was begun for", ceremonies},
		{"a passkey is one account's, and each count is taken once", passkeys},
		{"an institution's subject is one account's", vouched},
		{"the roll, a reset and a dismissal", roll},
		{"failures are counted in bounded rows", doorFailures},
		{"accounts and their roles", accounts},
		{"whoever is dismissed is out", dismissed},
		{"preferences go with the account", preferences},
		{"an office is there for the next process", officeStays},
		{"an office that is damaged says so", officeDamaged},
		{"drafts are kept, replaced and dropped", drafts},
		{"drafts outlive a rebuild", draftsStay},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(newLobby(t, engine))
		})
	}
}

// lobby is an archive with one case and an office whose clock can be moved on.
type lobby struct {
	*testing.T
	ctx    context.Context
	clock  atomic.Int64 // seconds that the clock is ahead
	config store.Config
	caseID string
	a      *store.Archive
	o      *store.Office
}

func newLobby(t *testing.T, engine Engine) *lobby {
	t.Helper()
	l := &lobby{T: t, ctx: t.Context(), caseID: newCaseID(t)}
	l.config = engine.Config(store.Config{
		Dir: filepath.Join(t.TempDir(), "archive"), Rand: rand.Reader,
		Now: func() time.Time { return time.Now().Add(time.Duration(l.clock.Load()) * time.Second) },
	})
	name := l.caseID + ".example"
	var err error
	l.a, err = store.Create(l.ctx, l.config, store.Opening{PublicName: name, CaseID: l.caseID, Title: "Karvel", Actor: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = l.a.Close()
		dropSchemas(t, engine.Postgres, l.caseID)
		dropOffice(t, engine.Postgres, name)
	})
	if l.o, err = l.a.Office(l.ctx); err != nil {
		t.Fatal(err)
	}
	return l
}

func dropOffice(t *testing.T, dsn, name string) {
	if dsn == "" {
		return
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(`DROP SCHEMA IF EXISTS "` + store.OfficeSchema(name) + `" CASCADE`); err != nil {
		t.Error(err)
	}
}

func (l *lobby) invite(name string, role access.Role) string {
	l.Helper()
	secret, err := l.o.Invite(l.ctx, name, role, time.Hour)
	if err != nil {
		l.Fatal(err)
	}
	return secret
}

func (l *lobby) signIn(name string, role access.Role) (token string, who access.Account) {
	l.Helper()
	token, who, err := l.o.SignIn(l.ctx, l.invite(name, role), "Firefox, Linux")
	if err != nil {
		l.Fatal(err)
	}
	return token, who
}

func (l *lobby) want(err, kind error, what string) {
	l.Helper()
	if !errors.Is(err, kind) {
		l.Errorf("%s: %v, want %v", what, err, kind)
	}
}

func linkOnce(l *lobby) {
	secret := l.invite("Mira Olten", access.Member)
	if len(secret) != 43 { // 32 bytes in base64url without padding, RFC 4648 section 5
		l.Errorf("a secret of %d characters, want 43", len(secret))
	}
	for range 2 { // looking does not use it up
		who, err := l.o.Invited(l.ctx, secret)
		if err != nil || who.Name != "Mira Olten" || who.Role != access.Member {
			l.Fatalf("Invited = %+v, %v", who, err)
		}
	}
	token, who, err := l.o.SignIn(l.ctx, secret, "")
	if err != nil || token == secret {
		l.Fatalf("SignIn = %v", err)
	}
	s, err := l.o.Session(l.ctx, token)
	if err != nil || !cmp.Equal(s.Account, who) {
		l.Fatalf("Session = %+v, %v, want the account %+v", s, err, who)
	}
	_, _, err = l.o.SignIn(l.ctx, secret, "")
	l.want(err, fault.NotFound, "a used link")
	_, used := l.o.Invited(l.ctx, secret)
	_, never := l.o.Invited(l.ctx, "never-made")
	if used == nil || never == nil || used.Error() != never.Error() {
		l.Errorf("a used link says %v, one that was never made %v: they should not differ", used, never)
	}
	if err := l.o.SignOut(l.ctx, token); err != nil {
		l.Fatal(err)
	}
	_, err = l.o.Session(l.ctx, token)
	l.want(err, fault.NotFound, "a session after signing out")
	if l.config.Postgres == "" {
		l.secretsAreNotKept(secret, token)
	}
}

// secretsAreNotKept looks for a link's secret and a session's token in all files of the archive.
func (l *lobby) secretsAreNotKept(secrets ...string) {
	l.Helper()
	looked := 0
	err := filepath.Walk(l.config.Dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		looked++
		for _, secret := range secrets {
			if strings.Contains(string(raw), secret) {
				l.Errorf("%s has a secret", path)
			}
		}
		return err
	})
	if err != nil || looked < 4 {
		l.Fatalf("%d files were looked at, %v", looked, err)
	}
}

// another is the same archive's office as another process has it.
func (l *lobby) another() *store.Office {
	l.Helper()
	a, err := store.Open(l.ctx, l.config)
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { _ = a.Close() })
	o, err := a.Office(l.ctx)
	if err != nil {
		l.Fatal(err)
	}
	return o
}

// atOnce lets eight try at once, in turn through two offices.
func (l *lobby) atOnce(try func(*store.Office)) {
	offices := []*store.Office{l.o, l.another()}
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			<-start
			try(offices[i%2])
		})
	}
	close(start)
	wg.Wait()
}

func linkRace(l *lobby) {
	secret := l.invite("Mira Olten", access.Administrator)
	var in atomic.Int32
	l.atOnce(func(o *store.Office) {
		if _, _, err := o.SignIn(l.ctx, secret, ""); err == nil {
			in.Add(1)
		} else if !errors.Is(err, fault.NotFound) {
			l.Error(err)
		}
	})
	if in.Load() != 1 {
		l.Errorf("%d got in with one link", in.Load())
	}
}

func inviteRace(l *lobby) {
	var mu sync.Mutex
	ids := map[string]bool{}
	l.atOnce(func(o *store.Office) {
		secret, err := o.Invite(l.ctx, "Mira Olten", access.Member, time.Hour)
		if err != nil {
			l.Error(err)
			return
		}
		_, who, err := o.SignIn(l.ctx, secret, "")
		if err != nil {
			l.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		ids[who.ID] = true
	})
	if len(ids) != 1 {
		l.Errorf("%d accounts of one name", len(ids))
	}
}

func endings(l *lobby) {
	secret := l.invite("Mira Olten", access.Member) // for an hour
	token, _ := l.signIn("Tarek", access.Administrator)
	l.clock.Store(3600 + 5)
	_, err := l.o.Invited(l.ctx, secret)
	l.want(err, fault.NotFound, "a link after its hour")
	_, err = l.o.Session(l.ctx, token)
	l.want(err, fault.NotFound, "a session that nobody visited for an hour")

	token, _ = l.signIn("Tarek", "")
	began, step := l.clock.Load(), int64(store.SessionIdle/time.Second)-5
	for at := began; at < began+int64(store.SessionLasts/time.Second)-step; at += step {
		l.clock.Store(at)
		if _, err := l.o.Session(l.ctx, token); err != nil {
			l.Fatalf("a session that is visited all the time, after %d s: %v", at-began, err)
		}
	}
	l.clock.Store(began + int64(store.SessionLasts/time.Second) - step)
	if _, err := l.o.Session(l.ctx, token); err != nil {
		l.Fatal(err)
	}
	l.clock.Store(began + int64(store.SessionLasts/time.Second) - 10)
	s, err := l.o.Session(l.ctx, token)
	if err != nil || s.Until.Unix() > time.Now().Unix()+l.clock.Load()+20 {
		l.Errorf("just before its end: until %v, %v", s.Until, err)
	}
	l.clock.Store(began + int64(store.SessionLasts/time.Second) + 1)
	_, err = l.o.Session(l.ctx, token)
	l.want(err, fault.NotFound, "a session after its longest time, visited to the end")
	for _, valid := range []time.Duration{0, -time.Hour, 31 * 24 * time.Hour} {
		_, err := l.o.Invite(l.ctx, "Tarek", access.Administrator, valid)
		l.want(err, fault.Invalid, "a link for "+valid.String())
	}
}

func accounts(l *lobby) {
	for _, a := range []struct {
		name string
		role access.Role
	}{{"  Zora   Venn ", access.Member}, {"Արամ", access.Administrator}, {"zora venn", access.Administrator}} {
		l.invite(a.name, a.role)
	}
	all, err := l.o.Accounts(l.ctx)
	if err != nil {
		l.Fatal(err)
	}
	var got []string
	for _, a := range all {
		got = append(got, a.Name+"/"+string(a.Role))
	}
	if diff := cmp.Diff([]string{"Zora Venn/administrator", "Արամ/administrator"}, got); diff != "" {
		l.Errorf("accounts (-want +got):\n%s", diff)
	}
	l.invite("ZORA VENN", "") // keeps the role
	for name, kind := range map[string]error{"": fault.Invalid, " . ": fault.Invalid, strings.Repeat("x", 201): fault.Invalid, "Nobody yet": fault.NotFound,
		"Mira\x00": fault.Invalid, "\u202eariM": fault.Invalid, "Mira\xff": fault.Invalid} {
		_, err := l.o.Invite(l.ctx, name, "", time.Hour)
		l.want(err, kind, "inviting "+name)
	}
	_, err = l.o.Invite(l.ctx, "Zora Venn", "owner", time.Hour)
	l.want(err, fault.Invalid, "an unknown role")
}

func dismissed(l *lobby) {
	token, who := l.signIn("Tarek", access.Administrator)
	secret := l.invite("Tarek", "")
	if err := l.o.Dismiss(l.ctx, who.ID); err != nil {
		l.Fatal(err)
	}
	_, err := l.o.Session(l.ctx, token)
	l.want(err, fault.NotFound, "the session of somebody dismissed")
	_, err = l.o.Invited(l.ctx, secret)
	l.want(err, fault.NotFound, "a link of somebody dismissed")
	l.want(l.o.Dismiss(l.ctx, "a-0000000000000000"), fault.NotFound, "dismissing nobody")
}

func sittings(l *lobby) {
	first, who := l.signIn("Tarek", access.Administrator)
	l.clock.Add(100)
	second, _ := l.signIn("Tarek", "")
	third, _ := l.signIn("Tarek", "")
	foreign, other := l.signIn("Mira Olten", access.Member)
	if _, err := l.o.Session(l.ctx, first); err != nil { // a visit
		l.Fatal(err)
	}
	all, err := l.o.Sessions(l.ctx, who.ID)
	if err != nil || len(all) != 3 || all[2].Agent != "Firefox, Linux" {
		l.Fatalf("Sessions = %+v, %v, want three", all, err)
	}
	if d := all[2].Seen.Sub(all[2].Began); d < 100*time.Second || d > 120*time.Second || all[0].Seen != all[0].Began {
		l.Errorf("Sessions = %+v: the first began 100 s before it was seen", all)
	}
	l.want(l.o.EndSession(l.ctx, other.ID, all[2].ID), fault.NotFound, "ending somebody else's session")
	if err := l.o.EndSession(l.ctx, who.ID, all[2].ID); err != nil {
		l.Fatal(err)
	}
	_, err = l.o.Session(l.ctx, first)
	l.want(err, fault.NotFound, "a session that was ended")
	kept, err := l.o.Session(l.ctx, second)
	if err != nil {
		l.Fatal(err)
	}
	if err := l.o.EndSessions(l.ctx, who.ID, kept.ID); err != nil {
		l.Fatal(err)
	}
	_, err = l.o.Session(l.ctx, third)
	l.want(err, fault.NotFound, "another session")
	for _, token := range []string{second, foreign} {
		if _, err := l.o.Session(l.ctx, token); err != nil {
			l.Errorf("a session that nobody ended: %v", err)
		}
	}
	if err := l.o.EndSessions(l.ctx, who.ID, ""); err != nil {
		l.Fatal(err)
	}
	_, err = l.o.Session(l.ctx, second)
	l.want(err, fault.NotFound, "the last session")
}

func preferences(l *lobby) {
	token, _ := l.signIn("Tarek", access.Administrator)
	if err := l.o.Prefer(l.ctx, token, "ar", "dark"); err != nil {
		l.Fatal(err)
	}
	other, _ := l.signIn("Tarek", "")
	s, err := l.o.Session(l.ctx, other)
	if err != nil || s.Language != "ar" || s.Look != "dark" {
		l.Errorf("Session = %+v, %v, want ar and dark", s, err)
	}
	l.want(l.o.Prefer(l.ctx, token, "ar", "pink"), fault.Invalid, "a look that is none")
	l.want(l.o.Prefer(l.ctx, token, "ar\x00", ""), fault.Invalid, "a language that is none")
	if err := l.o.Prefer(l.ctx, token, "", ""); err != nil {
		l.Errorf("choosing nothing: %v", err)
	}
	l.want(l.o.Prefer(l.ctx, "never-made", "ar", "dark"), fault.NotFound, "preferences of nobody")
}

func officeStays(l *lobby) {
	token, who := l.signIn("Tarek", access.Administrator)
	if err := l.a.Close(); err != nil {
		l.Fatal(err)
	}
	a, err := store.Open(l.ctx, l.config)
	if err != nil {
		l.Fatal(err)
	}
	l.a = a
	o, err := a.Office(l.ctx)
	if err != nil {
		l.Fatal(err)
	}
	if s, err := o.Session(l.ctx, token); err != nil || !cmp.Equal(s.Account, who) {
		l.Errorf("Session = %+v, %v, want %+v", s, err, who)
	}
}

// officeDamaged: SQLite's first page begins with words of its own
// (sqlite.org/fileformat.html section 1.3); with others it is no database.
func officeDamaged(l *lobby) {
	if l.config.Postgres != "" {
		return // the server keeps its own files
	}
	l.signIn("Tarek", access.Administrator)
	if err := l.a.Close(); err != nil {
		l.Fatal(err)
	}
	file := filepath.Join(l.config.Dir, "office", "office.db")
	data, err := os.ReadFile(file)
	if err != nil {
		l.Fatal(err)
	}
	copy(data, "no database at all")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		l.Fatal(err)
	}
	if l.a, err = store.Open(l.ctx, l.config); err != nil {
		l.Fatalf("the archive has to open, its cases are whole: %v", err)
	}
	_, err = l.a.Office(l.ctx)
	l.want(err, fault.Tampered, "a damaged office")
	if c := l.openCase(); l.size(c) != 1 {
		l.Error("the case should be read as before")
	}
}
