// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"recount/access"
	"recount/audit"
	"recount/fault"
	"recount/signin/institution"
	"recount/store"
	"recount/web"
	"recount/web/words"
)

// house is what is served: an archive's reading room, or first the page that
// makes the archive, and its reading room from then on.
type house struct {
	begin  *web.Begin // nil where there was an archive at the start
	secret string     // of the link to it, or to the page that opens a locked archive for the first time; guarded by turn
	until  time.Time  // when the latter ends
	secure bool
	named  bool // a file that opens the archive was named at the start
	clock  func() time.Time
	leave  string // where "leave this page fast" leads

	vouches *institution.Institution // says who people are; nil none

	turn   sync.Mutex  // held by who locks or unlocks
	mu     sync.Mutex  // of what follows
	locked *web.Locked // the page of an archive that is locked; nil before the first opening
	now    *open       // nil while there is no archive, or it is locked
	last   time.Time   // when somebody last asked for anything
	opened chan struct{}
}

// house opens the archive, or the page that makes it.
func (c serveCmd) house(d *desk, vouches *institution.Institution) (*house, error) {
	h := &house{opened: make(chan struct{}), secure: c.TLSCert != "", leave: c.Leave, named: d.namesFile(), clock: d.program.now, vouches: vouches}
	if !h.named && d.globals.ways.PassphraseFD == nil && store.Locked(d.globals.Archive) {
		return h, h.startLocked(d)
	}
	a, err := store.Open(d.ctx, d.config())
	if err == nil {
		return h, h.moveIn(d, a)
	}
	if !errors.Is(err, fault.NotFound) {
		return nil, err
	}
	if !d.archiveNamed {
		d.globals.Archive = ownFolder
	}
	folder, err := filepath.Abs(d.globals.Archive)
	if err != nil {
		return nil, err
	}
	config, err := h.config(d)
	if err != nil {
		return nil, err
	}
	given, named, err := d.given()
	given.Forget()
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a key file that is not there yet is made
		return nil, err
	}
	h.begin, h.secret, err = web.NewBegin(config, folder, !named, func(ctx context.Context, o store.Opening, passphrase string) (*web.Server, error) {
		config := d.config()
		if config.Lock, err = d.lockTyped(folder, named, passphrase); err != nil {
			return nil, err
		}
		a, err := store.Create(ctx, config, o)
		if err != nil {
			return nil, err
		}
		if err := h.moveIn(d, a); err != nil {
			return nil, err
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.now.room, nil
	})
	return h, err
}

// moveIn opens the archive's reading room; where that fails, the archive is closed.
func (h *house) moveIn(d *desk, a *store.Archive) error {
	config, err := h.config(d)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	config.Archive = a
	room, err := web.New(d.ctx, config)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	o := &open{archive: a, room: room, pages: room.Handler()}
	o.ctx, o.lock = context.WithCancel(context.WithoutCancel(d.ctx)) // when the program is stopped, requests may still end
	config.Archive = nil
	locked, err := h.lockedPage(d, config)
	if err != nil {
		return errors.Join(err, o.close())
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now, h.locked, h.last = o, locked, h.clock()
	close(h.opened)
	h.opened = make(chan struct{})
	return nil
}

func (h *house) lockedPage(d *desk, c web.Config) (*web.Locked, error) {
	return web.NewLocked(c, h.named, func(ctx context.Context, typed, link string) (string, error) { return h.unlock(ctx, d, typed, link) })
}

// namesFile reports whether a file that opens the archive was named, which can be
// read again; a descriptor cannot.
func (d *desk) namesFile() bool {
	w := d.globals.ways
	return w.PassphraseFD == nil && (w.PassphraseFile != "" || w.KeyFile != "" || d.program.getenv("RECOUNT_PASSPHRASE_FILE") != "" || d.program.getenv("RECOUNT_KEY_FILE") != "")
}

// config is what the reading room needs, with the words that the archive has of its own.
func (h *house) config(d *desk) (web.Config, error) {
	book, err := d.words()
	if err != nil {
		return web.Config{}, err
	}
	for _, left := range book.Left() {
		d.out.warn("words/%s is a text that this release does not have; it is left out", plain(left))
	}
	program, err := os.Executable()
	if err != nil {
		return web.Config{}, err
	}
	return web.Config{
		Now: d.program.now, Rand: d.program.rand, Words: book, Secure: h.secure, Leave: h.leave, Institution: h.vouches,
		Version: version(), Program: program, Log: slog.New(slog.NewTextHandler(d.program.stderr, nil)),
	}, nil
}

// words are the program's catalogues, and over them those in the archive's folder words.
func (d *desk) words() (*words.Book, error) {
	var over fs.FS
	if dir := filepath.Join(d.globals.Archive, "words"); isFolder(dir) {
		over = os.DirFS(dir)
	}
	return words.Load(over)
}

func isFolder(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// keepIndexed keeps the search index, whenever the archive is open.
func (h *house) keepIndexed(ctx context.Context) error {
	for {
		h.mu.Lock()
		opened := h.opened
		h.mu.Unlock()
		if o := h.enter(false); o != nil {
			until, cancel := context.WithCancel(ctx)
			locked := context.AfterFunc(o.ctx, cancel)
			err := o.room.KeepIndexed(until)
			locked()
			cancel()
			h.left(o, false)
			if err != nil || ctx.Err() != nil {
				return err
			}
			continue
		}
		select {
		case <-opened:
		case <-ctx.Done():
			return nil
		}
	}
}

// close ends long work and closes the archive.
func (h *house) close() error {
	h.turn.Lock()
	defer h.turn.Unlock()
	h.mu.Lock()
	o := h.now
	h.now = nil
	h.mu.Unlock()
	if o == nil {
		return nil
	}
	return o.close()
}

// link is the one-time link of whoever started the server.
func (h *house) link(d *desk, at net.Addr) (string, error) {
	scheme := "http"
	if h.secure {
		scheme = "https"
	}
	if h.begin != nil {
		return fmt.Sprintf("%s://%s/begin?link=%s", scheme, at, h.secret), nil
	}
	o := h.enter(false)
	if o == nil { // it is locked, and nothing of it can be read yet
		return fmt.Sprintf("%s://%s/unlock?link=%s", scheme, at, h.secret), nil
	}
	defer h.left(o, false)
	path, err := d.signInPath(o.archive)
	return fmt.Sprintf("%s://%s%s", scheme, at, path), err
}

// signInPath is the address at which whoever started the server signs in, once.
func (d *desk) signInPath(a *store.Archive) (string, error) {
	office, err := a.Office(d.ctx)
	if err != nil {
		return "", err
	}
	name := d.globals.Actor
	if name == "" {
		name = d.defaultName(a)
	}
	secret, err := office.Invite(d.ctx, name, access.Administrator, linkLasts)
	if err != nil {
		return "", err
	}
	who, err := office.Invited(d.ctx, secret)
	if err != nil {
		return "", err
	}
	look := lookAt(audit.Invited, "accounts", who.ID)
	look.Actor, look.Shown = name, 1
	own, err := a.Audit(d.ctx)
	if err == nil {
		err = own.Note(d.ctx, look)
	}
	return "/sign-in?link=" + secret, err
}

// defaultName is whoever opened the first case of the archive.
func (d *desk) defaultName(a *store.Archive) string {
	ids, err := a.Cases(d.ctx)
	if err != nil || len(ids) == 0 {
		return "the archive's keeper"
	}
	c, err := a.Case(d.ctx, ids[0])
	if err != nil {
		return "the archive's keeper"
	}
	name, err := d.actor(c)
	if err != nil {
		return "the archive's keeper"
	}
	return name
}
