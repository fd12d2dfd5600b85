// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// visitor is a script's browser, and the server that it started.
type visitor struct {
	client  *http.Client
	last    *url.URL // that it looked at
	server  *exec.Cmd
	written chan struct{} // closed when the server has closed its output
}

func newVisitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // its only error is about options, of which it has none
	}
	return &visitor{client: &http.Client{Jar: jar, Timeout: 2 * time.Minute}}
}

var printedLink = regexp.MustCompile(`https?://\S+`) //nolint:gochecknoglobals // never changes

func scriptServes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: serves NAME COMMAND …")
	}
	v := ts.Value(visitor{}).(*visitor)
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	ts.Defer(stop)
	program, err := exec.LookPath(args[1])
	ts.Check(err)
	c := exec.CommandContext(ctx, program, args[2:]...)
	c.Dir, c.Env = ts.Getenv("PWD"), os.Environ()
	if c.Dir == "" {
		c.Dir = ts.MkAbs(".")
	}
	for _, name := range []string{"RECOUNT_ARCHIVE", "RECOUNT_ACTOR", "RECOUNT_KEY_FILE"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	out, err := c.StdoutPipe()
	ts.Check(err)
	var said strings.Builder
	c.Stderr = &said
	ts.Check(c.Start())
	v.server, v.written = c, make(chan struct{})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		link := printedLink.FindString(lines.Text())
		if link == "" {
			continue
		}
		ts.Setenv(args[0], link)
		go func() {
			defer close(v.written)
			_, _ = io.Copy(io.Discard, out)
		}()
		return
	}
	ts.Fatalf("it printed no link: %v\n%s", c.Wait(), said.String())
}

func scriptStops(ts *testscript.TestScript, neg bool, args []string) {
	v := ts.Value(visitor{}).(*visitor)
	if neg || len(args) > 0 || v.server == nil {
		ts.Fatalf("usage: stops, after serves")
	}
	v.client.CloseIdleConnections()
	ts.Check(v.server.Process.Signal(os.Interrupt))
	<-v.written
	if err := v.server.Wait(); err != nil {
		ts.Fatalf("the server ended with %v", err)
	}
	v.server = nil
}

func scriptVisit(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: visit URL [FORM]")
	}
	v := ts.Value(visitor{}).(*visitor)
	address, err := url.Parse(args[0])
	ts.Check(err)
	if v.last != nil {
		address = v.last.ResolveReference(address)
	}
	method, body := http.MethodGet, ""
	if len(args) == 2 {
		method, body = http.MethodPost, args[1]
	}
	req, err := http.NewRequestWithContext(context.Background(), method, address.String(), strings.NewReader(body))
	ts.Check(err)
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := v.client.Do(req)
	ts.Check(err)
	page, err := io.ReadAll(answer.Body)
	ts.Check(errors.Join(err, answer.Body.Close()))
	v.last = answer.Request.URL
	fmt.Fprintf(ts.Stdout(), "%s %s\n%s", answer.Status, answer.Request.URL.RequestURI(), page)
	if (answer.StatusCode >= 400) != neg {
		ts.Fatalf("the answer is %s:\n%s", answer.Status, page)
	}
}
