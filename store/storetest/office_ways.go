// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/access"
	"recount/fault"
	"recount/store"
)

const codesSecret = "invented-secret-of-codes"

// withPassword gives an account a password that was confirmed at step 100, and two recovery codes.
func (l *lobby) withPassword(name string) (who access.Account, kept store.Session) {
	l.Helper()
	token, who := l.signIn(name, access.Administrator)
	kept, err := l.o.Session(l.ctx, token)
	if err != nil {
		l.Fatal(err)
	}
	if err := l.o.SetPassword(l.ctx, who.ID, kept.ID, "$argon2id$", []byte(codesSecret), 100, [][]byte{{1}, {2}}); err != nil {
		l.Fatal(err)
	}
	return who, kept
}

func ways(l *lobby) {
	none, err := l.o.PasswordOf(l.ctx, "Tarek")
	l.want(err, fault.NotFound, "the password of nobody")
	if none.Account != "" {
		l.Errorf("PasswordOf nobody = %+v", none)
	}
	who, _ := l.withPassword("Tarek")
	p, err := l.o.PasswordOf(l.ctx, "  TAREK ")
	if err != nil || p.Account != who.ID || p.Hash != "$argon2id$" || string(p.Secret) != codesSecret {
		l.Fatalf("PasswordOf = %+v, %v", p, err)
	}
	if w, err := l.o.Ways(l.ctx, who.ID); err != nil || w.Password.IsZero() || w.Recovery != 2 {
		l.Errorf("Ways = %+v, %v", w, err)
	}
	if l.config.Postgres == "" {
		l.secretsAreNotKept(codesSecret)
	}
	for _, try := range []struct {
		step int64
		kind error
	}{{100, fault.NotFound}, {99, fault.NotFound}, {102, nil}, {102, fault.NotFound}, {101, fault.NotFound}, {103, nil}} {
		token, _, err := l.o.EnterByCode(l.ctx, who.ID, try.step, "")
		if !errors.Is(err, try.kind) {
			l.Errorf("the code of step %d: %v, want %v", try.step, err, try.kind)
		}
		if s, sessionErr := l.o.Session(l.ctx, token); (sessionErr == nil) != (err == nil) || err == nil && !cmp.Equal(s.Account, who) {
			l.Errorf("a session after step %d: %+v, %v", try.step, s, sessionErr)
		}
	}
	if _, _, err := l.o.EnterByRecovery(l.ctx, who.ID, []byte{2}, ""); err != nil {
		l.Error(err)
	}
	for _, hash := range [][]byte{{2}, {3}, {}} {
		_, _, err := l.o.EnterByRecovery(l.ctx, who.ID, hash, "")
		l.want(err, fault.NotFound, "a recovery code that is used or was never given")
	}
	_, before := l.withPassword("Tarek") // anew: other sessions end
	all, err := l.o.Sessions(l.ctx, who.ID)
	if err != nil || len(all) != 1 || all[0].ID != before.ID {
		l.Errorf("Sessions after a new password = %+v, %v", all, err)
	}
	if err := l.o.Dismiss(l.ctx, who.ID); err != nil {
		l.Fatal(err)
	}
	_, err = l.o.PasswordOf(l.ctx, "Tarek")
	l.want(err, fault.NotFound, "the password of somebody dismissed")
	_, _, err = l.o.EnterByRecovery(l.ctx, who.ID, []byte{1}, "")
	l.want(err, fault.NotFound, "a recovery code of somebody dismissed")
}

func codeRace(l *lobby) {
	who, _ := l.withPassword("Tarek")
	var in atomic.Int32
	l.atOnce(func(o *store.Office) {
		if _, _, err := o.EnterByCode(l.ctx, who.ID, 101, ""); err == nil {
			in.Add(1)
		} else if !errors.Is(err, fault.NotFound) {
			l.Error(err)
		}
	})
	if in.Load() != 1 {
		l.Errorf("%d got in with one code", in.Load())
	}
}

func doorFailures(l *lobby) {
	l.clock.Store(int64(store.FailuresWindow/time.Second) - time.Now().Unix()%int64(store.FailuresWindow/time.Second)) // at the beginning of a window
	who, _ := l.withPassword("Tarek")
	for range 3 {
		for _, account := range []string{who.ID, ""} {
			if err := l.o.NoteFailed(l.ctx, account); err != nil {
				l.Fatal(err)
			}
		}
	}
	if p, err := l.o.PasswordOf(l.ctx, "Tarek"); err != nil || p.Failed != 3 {
		l.Errorf("PasswordOf = %+v, %v, want 3 failures", p, err)
	}
	l.clock.Add(int64(store.FailuresWindow / time.Second))
	if p, err := l.o.PasswordOf(l.ctx, "Tarek"); err != nil || p.Failed != 0 {
		l.Errorf("PasswordOf in the next window = %+v, %v, want none", p, err)
	}
}
