// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"recount/access"
	"recount/fault"
	"recount/store"
)

// ceremonies: each is ended once, in time, by whom and for what it was begun.
func ceremonies(l *lobby) {
	begin := func(kind, account string) string {
		l.Helper()
		secret, err := l.o.BeginCeremony(l.ctx, kind, account, []byte("challenge of "+kind), 5*time.Minute)
		if err != nil {
			l.Fatal(err)
		}
		return secret
	}
	secret := begin("passkey", "a-1")
	for what, try := range map[string][3]string{
		"another kind": {"other", "a-1", secret}, "another account": {"passkey", "a-2", secret}, "nobody": {"passkey", "", secret}, "another secret": {"passkey", "a-1", "x"},
	} {
		_, err := l.o.EndCeremony(l.ctx, try[0], try[1], try[2])
		l.want(err, fault.NotFound, what)
	}
	var in atomic.Int32
	l.atOnce(func(o *store.Office) {
		pending, err := o.EndCeremony(l.ctx, "passkey", "a-1", secret)
		if err == nil && string(pending) == "challenge of passkey" {
			in.Add(1)
		} else if !errors.Is(err, fault.NotFound) {
			l.Error(err)
		}
	})
	if in.Load() != 1 {
		l.Errorf("%d ended one ceremony", in.Load())
	}
	late := begin("passkey", "")
	l.clock.Add(5*60 + 1)
	_, err := l.o.EndCeremony(l.ctx, "passkey", "", late)
	l.want(err, fault.NotFound, "after five minutes")
}

// passkeys: each is its account's alone, a count is taken once, and what is
// removed opens nothing.
func passkeys(l *lobby) {
	_, mira := l.signIn("Mira Olten", access.Member)
	_, tarek := l.signIn("Tarek", access.Administrator)
	one := store.Passkey{Name: "  blue   laptop ", Site: "localhost", Credential: []byte{1, 2}, Record: []byte(`{"a":1}`), Counter: 7}
	if err := l.o.AddPasskey(l.ctx, mira.ID, one); err != nil {
		l.Fatal(err)
	}
	l.want(l.o.AddPasskey(l.ctx, tarek.ID, one), fault.Conflict, "another's passkey")
	for _, name := range []string{"", "  ", "a\u202eb", strings.Repeat("x", 101)} {
		l.want(l.o.AddPasskey(l.ctx, mira.ID, store.Passkey{Name: name, Credential: []byte{9}}), fault.Invalid, "the name "+name)
	}
	all, err := l.o.Passkeys(l.ctx, mira.ID)
	if err != nil || len(all) != 1 || all[0].Name != "blue laptop" || all[0].Counter != 7 || !bytes.Equal(all[0].Record, one.Record) || !all[0].Used.IsZero() || !all[0].Copied.IsZero() {
		l.Fatalf("%+v, %v", all, err)
	}
	_, err = l.o.PasskeyOf(l.ctx, tarek.ID, one.Credential)
	l.want(err, fault.NotFound, "the passkey as another's")
	was, err := l.o.PasskeyOf(l.ctx, mira.ID, one.Credential)
	if err != nil {
		l.Fatal(err)
	}
	var in atomic.Int32
	l.atOnce(func(o *store.Office) {
		token, err := o.EnterByPasskey(l.ctx, mira.ID, was, []byte(`{"a":2}`), 8, "Firefox, Linux")
		if err == nil && token != "" {
			in.Add(1)
		} else if !errors.Is(err, fault.NotFound) {
			l.Error(err)
		}
	})
	if in.Load() != 1 {
		l.Errorf("%d got in with one count", in.Load())
	}
	l.want(l.o.NamePasskey(l.ctx, tarek.ID, was.ID, "mine"), fault.NotFound, "naming another's")
	l.want(l.o.RemovePasskey(l.ctx, tarek.ID, was.ID), fault.NotFound, "removing another's")
	if err := errors.Join(l.o.NamePasskey(l.ctx, mira.ID, was.ID, "old laptop"), l.o.PasskeyCopied(l.ctx, mira.ID, one.Credential)); err != nil {
		l.Fatal(err)
	}
	now, err := l.o.PasskeyOf(l.ctx, mira.ID, one.Credential)
	if err != nil || now.Name != "old laptop" || now.Counter != 8 || string(now.Record) != `{"a":2}` || now.Used.IsZero() || now.Copied.IsZero() {
		l.Errorf("%+v, %v", now, err)
	}
	if err := l.o.RemovePasskey(l.ctx, mira.ID, was.ID); err != nil {
		l.Fatal(err)
	}
	_, err = l.o.EnterByPasskey(l.ctx, mira.ID, now, now.Record, 9, "")
	l.want(err, fault.NotFound, "a passkey that was removed")
	for n := range byte(30) {
		if err := l.o.AddPasskey(l.ctx, mira.ID, store.Passkey{Name: "key", Credential: []byte{7, n}, Record: []byte("{}")}); err != nil {
			l.Fatal(err)
		}
	}
	l.want(l.o.AddPasskey(l.ctx, mira.ID, store.Passkey{Name: "key", Credential: []byte{8}, Record: []byte("{}")}), fault.Conflict, "the thirty-first")
}

// vouched: an institution's subject is one account's, and nothing else is compared.
func vouched(l *lobby) {
	_, mira := l.signIn("Mira Olten", access.Member)
	_, tarek := l.signIn("Tarek", access.Administrator)
	const issuer = "https://id.example"
	_, _, err := l.o.EnterVouched(l.ctx, issuer, "17", "")
	l.want(err, fault.NotFound, "a subject that nobody is")
	if err := l.o.Vouch(l.ctx, mira.ID, issuer, "17"); err != nil {
		l.Fatal(err)
	}
	l.want(l.o.Vouch(l.ctx, tarek.ID, issuer, "17"), fault.Conflict, "another's subject")
	l.want(l.o.Vouch(l.ctx, mira.ID, issuer, "18"), fault.Conflict, "a second subject")
	l.want(l.o.Vouch(l.ctx, mira.ID, issuer, strings.Repeat("1", 256)), fault.Invalid, "a long subject")
	token, who, err := l.o.EnterVouched(l.ctx, issuer, "17", "Firefox, Linux")
	if err != nil || who.ID != mira.ID || token == "" {
		l.Fatalf("%+v, %v", who, err)
	}
	for _, other := range [][2]string{{"https://id2.example", "17"}, {issuer, "1"}, {issuer, "17 "}} {
		_, _, err := l.o.EnterVouched(l.ctx, other[0], other[1], "")
		l.want(err, fault.NotFound, strings.Join(other[:], " "))
	}
	all, err := l.o.VouchedFor(l.ctx, mira.ID)
	if err != nil || len(all) != 1 || all[0].Used.IsZero() {
		l.Fatalf("%+v, %v", all, err)
	}
	l.want(l.o.EndVouched(l.ctx, tarek.ID, all[0].ID), fault.NotFound, "disconnecting another's")
	if err := l.o.EndVouched(l.ctx, mira.ID, all[0].ID); err != nil {
		l.Fatal(err)
	}
	_, _, err = l.o.EnterVouched(l.ctx, issuer, "17", "")
	l.want(err, fault.NotFound, "a subject that was disconnected")
}

// roll: the list says what an account gets in by; a reset and a dismissal take all of it away.
func roll(l *lobby) {
	token, mira := l.signIn("Mira Olten", access.Member)
	session, err := l.o.Session(l.ctx, token)
	if err != nil {
		l.Fatal(err)
	}
	arm := func() string {
		l.Helper()
		err := errors.Join(l.o.SetPassword(l.ctx, mira.ID, session.ID, "$argon2id$", []byte(codesSecret), 100, [][]byte{{1}, {2}}),
			l.o.AddPasskey(l.ctx, mira.ID, store.Passkey{Name: "key", Credential: []byte{1}, Record: []byte("{}")}), l.o.Vouch(l.ctx, mira.ID, "https://id.example", "17"))
		if err != nil {
			l.Fatal(err)
		}
		return l.invite("Mira Olten", "")
	}
	of := func() store.Enrolled {
		l.Helper()
		all, err := l.o.Roll(l.ctx)
		if err != nil || len(all) != 1 {
			l.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	link := arm()
	if e := of(); e.ID != mira.ID || !e.Password || e.Recovery != 2 || e.Passkeys != 1 || e.Institutions != 1 || e.Links != 1 || e.Sessions != 1 || e.Seen.IsZero() {
		l.Errorf("with all ways: %+v", e)
	}
	secret, err := l.o.Reset(l.ctx, mira.ID, time.Hour)
	if err != nil {
		l.Fatal(err)
	}
	if e := of(); e.Password || e.Recovery+e.Passkeys+e.Institutions+e.Sessions != 0 || e.Links != 1 {
		l.Errorf("after a reset: %+v", e)
	}
	_, err = l.o.Session(l.ctx, token)
	l.want(err, fault.NotFound, "a session after a reset")
	_, err = l.o.Invited(l.ctx, link)
	l.want(err, fault.NotFound, "an earlier link after a reset")
	if token, _, err = l.o.SignIn(l.ctx, secret, ""); err != nil {
		l.Fatal(err)
	}
	if session, err = l.o.Session(l.ctx, token); err != nil {
		l.Fatal(err)
	}
	arm()
	if err := l.o.Dismiss(l.ctx, mira.ID); err != nil {
		l.Fatal(err)
	}
	if e := of(); e.Password || e.Recovery+e.Passkeys+e.Institutions+e.Sessions+e.Links != 0 || e.Seen.IsZero() {
		l.Errorf("after a dismissal: %+v", e)
	}
	_, err = l.o.Reset(l.ctx, "a-nobody", time.Hour)
	l.want(err, fault.NotFound, "resetting nobody")
	_, err = l.o.Reset(l.ctx, mira.ID, 0)
	l.want(err, fault.Invalid, "a link for no time")
	for _, name := range []string{mira.ID, "mira  OLTEN"} {
		if a, err := l.o.AccountNamed(l.ctx, name); err != nil || a.ID != mira.ID {
			l.Errorf("AccountNamed(%s) = %+v, %v", name, a, err)
		}
	}
	_, err = l.o.AccountNamed(l.ctx, "Nobody")
	l.want(err, fault.NotFound, "a name that nobody has")
}
