// SPDX-License-Identifier: Apache-2.0

// Command recount is the case file for people who document mass atrocities:
// it preserves evidence, records who says what, links records into persons,
// answers figures, publishes statements and lets anyone check them offline.
//
// This package wires the others together; what a command does is decided in
// the packages it calls.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"recount/fault"
	"recount/internal/durable"
	"recount/register"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
		now: time.Now, rand: rand.Reader,
	}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is one run of the command with all that it takes from outside.
type program struct {
	stdin          io.Reader // nil: nobody sits there
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	rand           io.Reader
	// Set by tests that end the process at a named point, or cut the power.
	pause func(point string)
	files durable.Files
	vfs   string
	// Set by tests, to have a bulk written in many transactions.
	stageRows int
}

// exitStatus ends a run with a status of a command's own, such as verify's.
type exitStatus struct{ code int }

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", e.code) }

// run parses the arguments, carries out the command and returns its exit code.
// It is the one place where an error becomes text and a status.
func (p program) run(ctx context.Context, args []string) (code int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("recount"),
		kong.Description(description),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		variables(),
	)
	if err != nil {
		fmt.Fprintf(p.stderr, "recount: error: %v\n", err)
		return fault.ExitError
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "recount: error: %v\nrecount: hint: recount --help\n", err)
		return fault.ExitUsage
	}
	d := &desk{ctx: ctx, program: p, globals: c.globals, archiveNamed: c.Archive != "", out: newTeller(p, c.globals)}
	if err := namesFolder(parsed, c.Archive); err != nil {
		return p.finish(d, err)
	}
	d.findArchive()
	err = parsed.Run(d)
	return p.finish(d, err)
}

// namesFolder refuses an archive that is named by nothing, such as by a variable
// of a script that is not set: another folder would be taken in its place.
func namesFolder(parsed *kong.Context, archive string) error {
	for _, at := range parsed.Path {
		if at.Flag != nil && at.Flag.Name == "archive" && archive == "" {
			return fmt.Errorf("%w: --archive (-C) is empty and names no folder; accepted: a folder's name, such as \".\" for the one where you are", fault.Invalid)
		}
	}
	return nil
}

// finish renders the error of a command and returns its exit code.
func (p program) finish(d *desk, err error) int {
	var status exitStatus
	switch {
	case err == nil:
		return fault.ExitOK
	case errors.As(err, &status):
		return status.code
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(p.stderr, "recount: stopped on request; what was not finished left nothing behind")
		return 130
	}
	d.out.failure(err)
	return fault.ExitCode(err)
}

// variables are what the help of commands has in its place.
func variables() kong.Vars {
	return kong.Vars{
		"version": version(), "source_kinds": kinds(register.SourceKinds()),
		"incident_kinds": kinds(register.IncidentKinds()), "contexts": kinds(register.Contexts()), "schemes": kinds(register.Schemes()),
	}
}

// kinds lists codes for a flag's help.
func kinds(codes []register.Code) string {
	var all []string
	for _, c := range codes {
		all = append(all, c.Code)
	}
	return "One of " + strings.Join(all, ", ") + ", or one of your own that begins with x-."
}
