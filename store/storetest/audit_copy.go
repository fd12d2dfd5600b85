// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"time"

	"recount/audit"
	"recount/fault"
	"recount/store"
)

// copiedLooks is an audit journal as a backup takes it: two pieces and the keys.
type copiedLooks struct {
	pieces     [][]byte
	keys       []byte
	checkpoint []byte
}

func (l *auditing) copyOf(a *store.Audit, cut int64) (c copiedLooks) {
	l.Helper()
	err := a.Copying(l.ctx, func(s *store.AuditCopy) error {
		c.checkpoint = s.Checkpoint()
		var keys bytes.Buffer
		for _, part := range [][2]int64{{0, cut}, {cut, s.Size()}} {
			var b bytes.Buffer
			if err := s.WriteEvents(l.ctx, &b, part[0], part[1]); err != nil {
				return err
			}
			c.pieces = append(c.pieces, b.Bytes())
		}
		defer func() { c.keys = keys.Bytes() }()
		return s.WriteKeys(l.ctx, &keys)
	})
	if err != nil {
		l.Fatal(err)
	}
	return c
}

func (c copiedLooks) events() iter.Seq2[io.Reader, error] {
	return func(yield func(io.Reader, error) bool) {
		for _, p := range c.pieces {
			if !yield(bytes.NewReader(p), nil) {
				return
			}
		}
	}
}

// putBack puts a copy into an archive that has no audit journal yet.
func (c copiedLooks) putBack(ctx context.Context, a *store.Archive, id string) (store.AuditState, error) {
	keys, err := store.ReadAuditKeys(bufio.NewReader(bytes.NewReader(c.keys)))
	if err != nil {
		return store.AuditState{}, err
	}
	return a.ImportAudit(ctx, id, keys, c.checkpoint, c.events())
}

// elsewhere is an empty archive of the same name.
func (l *auditing) elsewhere() *store.Archive {
	l.Helper()
	config := l.config
	config.Dir, config.Postgres, config.VFS = l.TempDir(), "", ""
	a, err := store.Create(l.ctx, config, store.Opening{PublicName: l.a.PublicName()})
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { _ = a.Close() })
	return a
}

// auditCopied: the archive's own journal goes into a copy and comes back, what
// was forgotten stays forgotten, and what was changed in the copy is refused.
func auditCopied(l *auditing) {
	own, err := l.a.Audit(l.ctx)
	if err != nil {
		l.Fatal(err)
	}
	late := look("Mira Olten", audit.Searched, "search", "")
	late.Time, late.Text = "2031-05-01T00:00:00Z", "Tarn quarry"
	if err := own.Note(l.ctx, append(looks(), late)...); err != nil {
		l.Fatal(err)
	}
	before := l.copyOf(own, 2)
	if n, err := own.Forget(l.ctx, time.Date(2031, 4, 20, 0, 0, 0, 0, time.UTC), "Keeper", ""); err != nil || n != 1 {
		l.Fatalf("Forget = %d, %v", n, err)
	}
	now := l.copyOf(own, 6)
	want, err := own.Verify(l.ctx)
	if err != nil {
		l.Fatal(err)
	}
	back := l.elsewhere()
	got, err := now.putBack(l.ctx, back, "")
	if err != nil || got != want {
		l.Fatalf("put back: %+v, %v; want %+v", got, err, want)
	}
	l.comesBack(back)
	_, err = now.putBack(l.ctx, back, "")
	l.want(err, fault.Conflict, "putting it back a second time")
	if s, err := before.putBack(l.ctx, l.elsewhere(), ""); err != nil || s.Forgotten != 0 || s.Size != 6 {
		l.Errorf("an older copy, with its own keys: %+v, %v", s, err)
	}
	l.copyRefused(before, now)
}

// comesBack: what was put back is what there was, goes on, and opens again.
func (l *auditing) comesBack(back *store.Archive) {
	l.Helper()
	a, err := back.Audit(l.ctx)
	if err != nil {
		l.Fatal(err)
	}
	all, err := a.Newest(l.ctx, audit.Filter{Act: audit.Searched}, -1, 10)
	if err != nil || len(all) != 2 || all[0].Text != "Tarn quarry" || all[1].Text != "" || !all[1].Forgotten {
		l.Errorf("searches put back: %+v, %v; want one text, and one that is forgotten", all, err)
	}
	if err := a.Note(l.ctx, looks()...); err != nil {
		l.Error(err)
	}
	if s, err := a.Verify(l.ctx); err != nil || s.Size != 12 {
		l.Errorf("after going on: %+v, %v; want 12 events", s, err)
	}
}

func (l *auditing) copyRefused(before, now copiedLooks) {
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	for name, c := range map[string]copiedLooks{
		"an event is changed":            {[][]byte{flip(now.pieces[0], len(now.pieces[0])/2), now.pieces[1]}, now.keys, now.checkpoint},
		"a piece is missing":             {now.pieces[:1], now.keys, now.checkpoint},
		"pieces are exchanged":           {[][]byte{now.pieces[1], now.pieces[0]}, now.keys, now.checkpoint},
		"a piece is cut off":             {[][]byte{now.pieces[0], now.pieces[1][:len(now.pieces[1])-1]}, now.keys, now.checkpoint},
		"something stands behind it":     {[][]byte{now.pieces[0], append(bytes.Clone(now.pieces[1]), 0)}, now.keys, now.checkpoint},
		"an older checkpoint":            {now.pieces, now.keys, before.checkpoint},
		"a checkpoint that is changed":   {now.pieces, now.keys, flip(now.checkpoint, len(now.checkpoint)-4)},
		"the keys are cut off":           {now.pieces, now.keys[:len(now.keys)-1], now.checkpoint},
		"a key opens no text":            {now.pieces, []byte(strings.Replace(string(now.keys), "\n5 ", "\n4 ", 1)), now.checkpoint},
		"keys of another journal's case": {now.pieces, []byte(strings.Replace(string(now.keys), "\nof -\n", "\nof x.example/0011223344556677\n", 1)), now.checkpoint},
	} {
		_, err := c.putBack(l.ctx, l.elsewhere(), "")
		if !errors.Is(err, fault.Tampered) && !errors.Is(err, fault.Invalid) {
			l.Errorf("%s: %v, want fault.Tampered or fault.Invalid", name, err)
		}
	}
}
