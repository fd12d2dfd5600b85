// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"recount/access"
	"recount/fault"
	"recount/store"
	"recount/web"
	"recount/web/words"
)

type serveCmd struct {
	Listen    string `placeholder:"HOST:PORT" default:"127.0.0.1:7373" help:"Where to listen. An address that others can reach needs --tls-cert and --tls-key."`
	TLSCert   string `name:"tls-cert" placeholder:"FILE" type:"existingfile" help:"The certificate, PEM."`
	TLSKey    string `name:"tls-key" placeholder:"FILE" type:"existingfile" help:"Its private key, PEM."`
	NoBrowser bool   `name:"no-browser" help:"Do not open the sign-in link in this machine's browser."`
}

func (c serveCmd) Help() string {
	return `Opens the archive in the browser and serves it until it is stopped (Ctrl-C).

Prints a one-time sign-in link for whoever started it. Who holds the link before it is used can be that person:
do not send it on. It ends after 15 minutes. "recount invite" makes links for colleagues.

Without TLS it listens on this machine only: what is read and typed would otherwise cross the network in the clear.`
}

// linkLasts is how long the link that the start prints can be used.
const linkLasts = 15 * time.Minute

func (c serveCmd) Run(d *desk) error {
	if err := c.check(); err != nil {
		return err
	}
	a, err := store.Open(d.ctx, d.config())
	if errors.Is(err, fault.NotFound) {
		return fmt.Errorf("%w (accepted: --archive DIR, or the variable RECOUNT_ARCHIVE; recount init makes one)", err)
	}
	if err != nil {
		return err
	}
	err = c.serve(d, a)
	return errors.Join(err, a.Close())
}

// check refuses what would send a case through a network in the clear.
func (c serveCmd) check() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("%w: TLS needs both --tls-cert and --tls-key", fault.Invalid)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("%w: --listen %q (accepted: HOST:PORT, such as 127.0.0.1:7373)", fault.Invalid, c.Listen)
	}
	if ip := net.ParseIP(host); c.TLSCert == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%w: --listen %s can be reached by others, and what is read and typed would cross the network in the clear (accepted: a loopback address, or --tls-cert and --tls-key)", fault.Invalid, c.Listen)
	}
	return nil
}

// serve answers requests until the context ends, then lets those under way end.
func (c serveCmd) serve(d *desk, a *store.Archive) error {
	room, err := c.room(d, a)
	if err != nil {
		return err
	}
	defer room.Close()
	listener, err := new(net.ListenConfig).Listen(d.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%w: cannot listen on %s: %w (accepted: another --listen)", fault.Unavailable, c.Listen, err)
	}
	link, err := c.link(d, a, listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	d.out.note("Not for real cases yet: access rules are not complete.")
	d.out.note("Serving %s. Sign in, once, within %d minutes:", d.globals.Archive, int(linkLasts.Minutes()))
	fmt.Fprintln(d.program.stdout, link)
	if !c.NoBrowser {
		d.openBrowser(link)
	}
	jobs, stop := context.WithCancel(d.ctx)
	defer stop()
	indexed := make(chan error, 1)
	go func() { indexed <- room.KeepIndexed(jobs) }()
	server := &http.Server{Handler: room.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	ended := make(chan error, 1)
	go func() {
		if c.TLSCert != "" {
			ended <- server.ServeTLS(listener, c.TLSCert, c.TLSKey)
			return
		}
		ended <- server.Serve(listener)
	}()
	select {
	case err = <-ended:
	case <-d.ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), 10*time.Second)
		err = server.Shutdown(grace)
		cancel()
	}
	stop()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, <-indexed)
}

// room is the reading room of the archive, with the words that the archive has of its own.
func (c serveCmd) room(d *desk, a *store.Archive) (*web.Server, error) {
	var over fs.FS
	if dir := filepath.Join(d.globals.Archive, "words"); isFolder(dir) {
		over = os.DirFS(dir)
	}
	book, err := words.Load(over)
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return web.New(d.ctx, web.Config{
		Archive: a, Now: d.program.now, Rand: d.program.rand, Words: book, Secure: c.TLSCert != "",
		Version: version(), Program: program, Log: slog.New(slog.NewTextHandler(d.program.stderr, nil)),
	})
}

func isFolder(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// link is the one-time link of whoever started the server.
func (c serveCmd) link(d *desk, a *store.Archive, at net.Addr) (string, error) {
	office, err := a.Office(d.ctx)
	if err != nil {
		return "", err
	}
	name := d.globals.Actor
	if name == "" {
		name = d.defaultName(a)
	}
	secret, err := office.Invite(d.ctx, name, access.Writer, linkLasts)
	if err != nil {
		return "", err
	}
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s/sign-in?link=%s", scheme, at, secret), nil
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
