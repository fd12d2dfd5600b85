// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"recount/fault"
)

type serveCmd struct {
	Listen    string        `placeholder:"HOST:PORT" default:"127.0.0.1:7373" help:"Where to listen. An address that others can reach needs --tls-cert and --tls-key."`
	TLSCert   string        `name:"tls-cert" placeholder:"FILE" type:"existingfile" help:"The certificate, PEM."`
	TLSKey    string        `name:"tls-key" placeholder:"FILE" type:"existingfile" help:"Its private key, PEM."`
	OIDC      string        `name:"oidc" placeholder:"FILE" type:"existingfile" help:"Let an institution say who people are, by OpenID Connect: a JSON file with issuer, client_id, client_secret_file and label (docs/sign-in.md). Without it nothing goes out of this machine."`
	LockAfter time.Duration `name:"lock-after" default:"15m" placeholder:"TIME" help:"Lock an encrypted archive when nobody has asked for anything for that long, such as 15m or 2h; 0 never."`
	Leave     string        `placeholder:"URL" default:"about:blank" help:"Where \"Leave fast\" (Escape twice) leads: about:blank, or an https address that nobody minds to see open."`
	NoBrowser bool          `name:"no-browser" help:"Do not open the sign-in link in this machine's browser."`
}

func (c serveCmd) Help() string {
	return `Opens the archive in the browser and serves it until it is stopped (Ctrl-C). This is what "recount" alone does.

Where no archive is yet, the link that it prints leads to a page that makes one with its first case: in the folder that --archive
names, or in recount-archive in this folder.

An archive that is encrypted is opened by what is typed into its first page, unless a file that opens it is named.

Prints a one-time link to sign in for whoever started it. Who holds the link before it is used can be that person:
do not send it on. It ends after 15 minutes. "recount invite" makes links for colleagues.

An archive that is encrypted is locked when nobody has used it for 15 minutes (--lock-after), or when "recount lock" asks for it: its keys are
dropped from memory, and every page asks for the passphrase.

With --oidc people can sign in through an institution, once they have connected their accounts to it. The institution is asked when
somebody wants to sign in through it, and at no other time.

Without TLS it listens on this machine only: what is read and typed would otherwise cross the network in the clear.`
}

// linkLasts is how long the link that the start prints can be used.
const linkLasts = 15 * time.Minute

func (c serveCmd) Run(d *desk) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	vouches, err := d.institution(c.OIDC)
	if err != nil {
		return err
	}
	h, err := c.house(d, vouches)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	listener, link, err := c.listen(d, h)
	if err != nil {
		return err
	}
	d.out.note("Not for real cases yet: nobody from outside has examined this program.")
	switch {
	case h.begin != nil:
		d.out.note("There is no archive in %s yet. This link begins one:", d.globals.Archive)
	case h.secret != "":
		d.out.note("%s is locked. This link asks for what opens it, and then signs you in, once, within %d minutes:", d.globals.Archive, int(linkLasts.Minutes()))
	default:
		d.out.note("Serving %s. Sign in, once, within %d minutes:", d.globals.Archive, int(linkLasts.Minutes()))
	}
	fmt.Fprintln(d.program.stdout, link)
	if !c.NoBrowser {
		d.openBrowser(link)
	}
	d.out.note("This is the program: leave it open while you work, and end it with Ctrl-C. If no browser has opened, copy the link into one.")
	return c.serve(d, h, listener)
}

// listen takes the address, and makes the link by which whoever started the
// program gets in.
func (c serveCmd) listen(d *desk, h *house) (net.Listener, string, error) {
	listener, err := new(net.ListenConfig).Listen(d.ctx, "tcp", c.Listen)
	if err != nil {
		return nil, "", fmt.Errorf("%w: cannot listen on %s: %w (accepted: another --listen)", fault.Unavailable, c.Listen, err)
	}
	link, err := h.link(d, listener.Addr())
	if err != nil {
		return nil, "", errors.Join(err, listener.Close())
	}
	return listener, link, nil
}

// check refuses what would send a case through a network in the clear.
func (c serveCmd) check() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("%w: TLS needs both --tls-cert and --tls-key", fault.Invalid)
	}
	if c.LockAfter < 0 {
		return fmt.Errorf("%w: --lock-after %s (accepted: a time such as 15m, or 0 for never)", fault.Invalid, c.LockAfter)
	}
	if to, err := url.Parse(c.Leave); c.Leave != "" && c.Leave != "about:blank" && (err != nil || to.Scheme != "https" || to.Host == "" || to.User != nil) {
		return fmt.Errorf("%w: --leave %.80q (accepted: about:blank, or an address that begins with https://)", fault.Invalid, c.Leave)
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
func (c serveCmd) serve(d *desk, h *house, listener net.Listener) (err error) {
	jobs, stop := context.WithCancel(d.ctx)
	defer stop()
	indexed, watched := make(chan error, 1), make(chan error, 1)
	go func() { indexed <- h.keepIndexed(jobs) }()
	go func() { watched <- h.watch(jobs, d, c.LockAfter) }()
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
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
	return errors.Join(err, <-watched, <-indexed)
}
