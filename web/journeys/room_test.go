// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"bufio"
	"bytes"
	"cmp"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// room is `recount serve` over an archive, as a process that can be stopped
// and started again at the same address.
type room struct {
	actor   string // who serves; "" is the writer
	t       *testing.T
	stage   *stage
	archive string
	address string // http://127.0.0.1:PORT
	link    string // the one-time link that the last start printed
	server  *exec.Cmd
	said    bytes.Buffer // of the last start
	more    []string     // further arguments of the start
}

// open serves a copy of the invented archive.
func (s *stage) open(t *testing.T) *room { return s.serve(t, s.archive(t)) }

func (s *stage) serve(t *testing.T, archive string, more ...string) *room {
	t.Helper()
	r := &room{t: t, stage: s, archive: archive, more: more}
	r.start()
	t.Cleanup(r.stop)
	return r
}

func (r *room) start() {
	r.t.Helper()
	listen := "127.0.0.1:0"
	if r.address != "" {
		listen = strings.TrimPrefix(r.address, "http://")
	}
	r.said.Reset()
	r.server = exec.Command(r.stage.recount, append([]string{"serve", "--archive", r.archive, "--actor", cmp.Or(r.actor, "Writer of the test"), "--no-browser", "--listen", listen}, r.more...)...)
	r.server.Stderr = &r.said
	out, err := r.server.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.server.Start(); err != nil {
		r.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); strings.HasPrefix(line, "http://") {
			r.link = line
			host, _, _ := strings.Cut(strings.TrimPrefix(line, "http://"), "/")
			r.address = "http://" + host
			return
		}
	}
	err = r.server.Wait()
	r.t.Fatalf("recount serve ended without a link: %v\n%s", err, &r.said)
}

// stop ends the server as Ctrl-C does.
func (r *room) stop() {
	r.t.Helper()
	if r.server == nil {
		return
	}
	server := r.server
	r.server = nil
	if err := server.Process.Signal(os.Interrupt); err != nil {
		r.t.Error(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		r.t.Error("the server did not stop within a minute")
		_ = server.Process.Kill()
		<-ended
	}
	if r.t.Failed() && r.said.Len() > 0 {
		r.t.Logf("the server said:\n%s", &r.said)
	}
}

// invite is a one-time link for a colleague.
func (r *room) invite(name string) string {
	r.t.Helper()
	for line := range strings.Lines(r.stage.run(r.t, "invite", name, "--role", "custodian,investigator,analyst,lawyer,reviewer,publisher", "--archive-role", "administrator", "--archive", r.archive)) {
		if _, secret, ok := strings.Cut(strings.TrimSpace(line), "/sign-in?link="); ok {
			return r.address + "/sign-in?link=" + secret
		}
	}
	r.t.Fatal("recount invite printed no link")
	return ""
}

// enter signs in by a one-time link, in a browser of its own.
func (r *room) enter(link string) *page {
	r.t.Helper()
	p := r.browse(link)
	p.sees("This link signs you in as")
	p.follow("Sign in")
	return p
}

// browse opens a link in a browser of its own: no cookie is shared with any other.
func (r *room) browse(link string) *page {
	r.t.Helper()
	ctx, end := chromedp.NewContext(r.stage.browser, chromedp.WithNewBrowserContext())
	r.t.Cleanup(end)
	p := &page{t: r.t, ctx: ctx, room: r}
	p.do(chromedp.EmulateViewport(1280, 900))
	p.open(strings.TrimPrefix(link, r.address))
	return p
}

// writer is whoever started the server, on the overview of the case.
func (r *room) writer() *page {
	r.t.Helper()
	p := r.enter(r.link)
	p.open("/case/" + theCase)
	return p
}

// in is an address in the case.
func in(parts ...string) string {
	address := "/case/" + theCase
	for _, part := range parts {
		address += "/" + url.PathEscape(part)
	}
	return address
}
