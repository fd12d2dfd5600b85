// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"recount/fault"
	"recount/store"
	"recount/strongroom"
	"recount/web"
)

// open is an archive that is open, with its reading room. Locking ends it;
// unlocking makes another.
type open struct {
	archive *store.Archive
	room    *web.Server
	pages   http.Handler
	ctx     context.Context //nolint:containedctx // ends when it is locked, and with it all that is under way
	lock    context.CancelFunc
	under   sync.WaitGroup // requests, and who keeps the index
	asked   int            // requests under way; guarded by house.mu
}

// enter answers the open archive, or nil where it is locked or not made yet.
// Whoever enters leaves.
func (h *house) enter(request bool) *open {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.now
	if o == nil {
		return nil
	}
	o.under.Add(1)
	if request {
		o.asked++
	}
	return o
}

func (h *house) left(o *open, request bool) {
	h.mu.Lock()
	if request {
		o.asked--
		h.last = h.clock()
	}
	h.mu.Unlock()
	o.under.Done()
}

// ServeHTTP is the reading room; the page that opens the archive while it is
// locked; the page that begins it while there is none.
func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o := h.enter(true)
	if o == nil {
		h.mu.Lock()
		locked := h.locked
		h.mu.Unlock()
		if locked == nil {
			h.begin.ServeHTTP(w, r)
			return
		}
		locked.ServeHTTP(w, r)
		return
	}
	defer h.left(o, true)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(o.ctx, cancel)()
	o.pages.ServeHTTP(w, r.WithContext(ctx))
}

// lockGrace is how long what is under way has to end: a request that a slow
// reader holds up is not waited for any longer.
const lockGrace = 10 * time.Second

// close ends what is under way in an archive, drops its keys and closes it.
func (o *open) close() error {
	o.lock()
	ended := make(chan struct{})
	go func() { o.under.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(lockGrace):
	}
	o.room.Close()
	return o.archive.Close()
}

// lockUp locks the archive: requests and long work under way are ended, the
// databases closed, the keys forgotten. A plain archive has nothing to lock.
func (h *house) lockUp() error {
	h.turn.Lock()
	defer h.turn.Unlock()
	h.mu.Lock()
	o := h.now
	if o == nil || !o.archive.Encrypted() {
		h.mu.Unlock()
		return nil
	}
	h.now = nil
	h.mu.Unlock()
	return o.close()
}

// startLocked serves an archive of which nobody has said yet what opens it: its
// page asks, so that nobody needs a terminal.
func (h *house) startLocked(d *desk) error {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(d.program.rand, raw); err != nil {
		return fmt.Errorf("%w: no random bytes for a link: %w", fault.Unavailable, err)
	}
	config, err := h.config(d)
	if err != nil {
		return err
	}
	h.secret, h.until = base64.RawURLEncoding.EncodeToString(raw), h.clock().Add(linkLasts)
	h.locked, err = h.lockedPage(d, config)
	return err
}

// unlock opens the archive by what was typed, or where nothing was by the way
// that was named at the start. Whoever comes by the link that the start printed
// is led to sign in, once.
func (h *house) unlock(ctx context.Context, d *desk, text, link string) (to string, err error) {
	h.turn.Lock()
	defer h.turn.Unlock()
	if err := h.open(ctx, d, text); err != nil {
		return "", err
	}
	if link == "" || h.begin != nil || !h.clock().Before(h.until) || subtle.ConstantTimeCompare([]byte(link), []byte(h.secret)) != 1 {
		return "", nil
	}
	o := h.enter(false)
	if o == nil {
		return "", fmt.Errorf("%w: the archive was locked again", fault.Conflict)
	}
	defer h.left(o, false)
	if to, err = d.signInPath(o.archive); err == nil {
		h.until = time.Time{} // used up
	}
	return to, err
}

func (h *house) open(ctx context.Context, d *desk, text string) error {
	h.mu.Lock()
	there := h.now != nil
	h.mu.Unlock()
	if there {
		return nil
	}
	config := d.config()
	config.Unlock = func(ring *strongroom.Ring) (*strongroom.Key, error) {
		way, named, err := strongroom.Way{}, h.named, error(nil)
		if text != "" || !named {
			way, err = typed(text)
		} else {
			way, _, err = d.given()
		}
		if err != nil {
			return nil, err
		}
		defer way.Forget()
		return ring.Open(way)
	}
	a, err := store.Open(ctx, config)
	if err != nil {
		return err
	}
	return h.moveIn(d, a)
}

// lockRequest is the file by which recount lock asks whoever serves an archive
// to lock it: it works on every system, and whoever can write in the archive's
// folder may do that.
func lockRequest(dir string) string { return filepath.Join(dir, "lock-now") }

// watchEvery is how often the server looks whether it is to lock.
const watchEvery = 500 * time.Millisecond

// watch locks the archive when recount lock asks for it, and when nobody has
// asked for anything for as long as after; 0 is never. Long work goes on to its end
// before an archive is locked by itself.
func (h *house) watch(ctx context.Context, d *desk, after time.Duration) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		_, err := os.Stat(lockRequest(d.globals.Archive))
		told := err == nil
		if !told && !h.idle(after) {
			continue
		}
		if err := h.lockUp(); err != nil {
			return err
		}
		if told {
			if err := os.Remove(lockRequest(d.globals.Archive)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("%w: %w", fault.Unavailable, err)
			}
		}
		d.out.note("The archive is locked; its page asks for what opens it.")
	}
}

func (h *house) idle(after time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.now
	return after > 0 && o != nil && o.archive.Encrypted() && o.asked == 0 && !o.room.Busy() && h.clock().Sub(h.last) >= after
}

type lockCmd struct{}

// Help is shown under the command's flags.
func (lockCmd) Help() string {
	return `Asks the program that serves this archive to lock it: requests and long work under way are ended and record nothing, the databases are closed, and
the keys dropped from memory. Every page then asks for the passphrase. It can be given without opening the archive.

Exit codes: 0 locked · 3 nobody serves this archive, or no archive is there · 7 the folder cannot be written · 8 a plain archive has no lock · 64 usage.`
}

// lockWait is how long an answer is waited for.
const lockWait = 20 * time.Second

// Run carries the command out.
func (lockCmd) Run(d *desk) error {
	if !store.Here(d.globals.Archive) {
		return fmt.Errorf("%w: no archive is in %s (accepted: --archive DIR, or the variable RECOUNT_ARCHIVE)", fault.NotFound, d.globals.Archive)
	}
	if _, err := os.Stat(store.RingFile(d.globals.Archive)); err != nil {
		return fmt.Errorf("%w: this archive is plain: it has no lock", fault.Invalid)
	}
	request := lockRequest(d.globals.Archive)
	if err := os.WriteFile(request, nil, 0o600); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	for end := time.Now().Add(lockWait); time.Now().Before(end); {
		if _, err := os.Stat(request); errors.Is(err, os.ErrNotExist) {
			d.out.note("The archive is locked.")
			return nil
		}
		select {
		case <-d.ctx.Done():
			return errors.Join(context.Cause(d.ctx), os.Remove(request))
		case <-time.After(watchEvery / 5):
		}
	}
	if err := os.Remove(request); errors.Is(err, os.ErrNotExist) {
		return nil // just now
	}
	return fmt.Errorf("%w: nobody who serves this archive has answered within %d seconds; where a server of it runs, stop it", fault.NotFound, int(lockWait.Seconds()))
}
