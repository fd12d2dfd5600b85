// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"net"
	"os"

	"golang.org/x/term"

	"recount/fault"
)

// serves reports whether the demo ends in the reading room: where somebody
// sits before it, or asked for it. Elsewhere it ends, so that nothing hangs.
func (x *demoCmd) serves(d *desk) bool {
	if x.Serve || x.NoServe || x.Yes || d.out.json {
		return x.Serve
	}
	out, ok := d.program.stdout.(*os.File)
	return ok && term.IsTerminal(int(out.Fd()))
}

// demoRoom is the reading room of the demo's archive, open beside the walk.
type demoRoom struct {
	desk    *desk
	house   *house
	address net.Addr
	stop    context.CancelFunc
	ended   chan error
}

// openRoom begins to serve as soon as there is something to look at: the walk
// goes on beside it.
func (w *walk) openRoom() error {
	if !w.serves {
		return nil
	}
	inner := *w.d
	inner.globals = globals{Archive: w.in("archive"), Case: w.made.CaseID, Actor: demoActor}
	r := &demoRoom{desk: &inner, ended: make(chan error, 1)}
	inner.ctx, r.stop = context.WithCancel(w.d.ctx)
	c := serveCmd{Listen: "127.0.0.1:7373"}
	h, err := c.house(&inner, nil)
	if err != nil {
		r.stop()
		return err
	}
	listener, link, err := c.listen(&inner, h)
	if errors.Is(err, fault.Unavailable) { // another program listens there
		c.Listen = "127.0.0.1:0"
		listener, link, err = c.listen(&inner, h)
	}
	if err != nil {
		r.stop()
		return errors.Join(err, h.close())
	}
	r.house, r.address = h, listener.Addr()
	go func() { r.ended <- errors.Join(c.serve(&inner, h, listener), h.close()) }()
	w.room = r
	w.screen.say("The case can be looked at in the browser from now on, while this goes on. Once, within %d minutes, this signs in:", int(linkLasts.Minutes()))
	w.screen.address(link)
	return nil
}

// closeRoom ends serving; it does nothing where nothing is served.
func (w *walk) closeRoom() error {
	if w.room == nil {
		return nil
	}
	w.room.stop()
	err := <-w.room.ended
	w.room = nil
	return err
}

// stay serves until it is stopped, after the walk.
func (w *walk) stay() error {
	if w.room == nil {
		return nil
	}
	link, err := w.room.house.link(w.room.desk, w.room.address)
	if err != nil {
		return err
	}
	w.screen.say("The reading room of this case stays open until you stop it (Ctrl-C). This signs in, once, within %d minutes:", int(linkLasts.Minutes()))
	w.screen.address(link)
	w.d.openBrowser(link)
	select {
	case err := <-w.room.ended:
		w.room.ended <- nil
		return err
	case <-w.d.ctx.Done():
		return nil // it was asked to stop, and everything was done
	}
}
