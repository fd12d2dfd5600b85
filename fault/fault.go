// SPDX-License-Identifier: Apache-2.0

// Package fault gives every error of the program one of six kinds, and keeps
// the one table from a kind to an HTTP status and to a command's exit code.
//
// An error gets its kind by wrapping one of the sentinels:
//
//	fmt.Errorf("%w: exhibit %s has no seal", fault.Invalid, id)
//
// and is asked for it with errors.Is or KindOf. An error of no kind is an
// internal one: its text is for the log, never for the reader.
package fault

import (
	"errors"
	"fmt"
)

// The six kinds. The text of each is what a reader sees before the detail.
var (
	// Invalid: what was given cannot be taken. The message says what would be.
	Invalid = errors.New("not accepted")
	// NotFound: there is no such thing, or the reader may not know of it.
	NotFound = errors.New("not found")
	// Conflict: what was decided on has changed, or stands against an earlier act.
	Conflict = errors.New("conflict")
	// Forbidden: the reader may not do this, whether or not the thing exists.
	Forbidden = errors.New("not allowed")
	// Unavailable: something that is needed does not answer, is full or is locked.
	Unavailable = errors.New("not available")
	// Tampered: bytes differ from what was hashed, signed or counted. It is
	// never retried, never downgraded and never hidden.
	Tampered = errors.New("does not match what was recorded")
)

// Exit codes of every command but verify, which has its own (0, 1 refuted,
// 2 undecided). Usage follows sysexits.h (EX_USAGE).
const (
	ExitOK       = 0
	ExitError    = 1
	ExitNotFound = 3
	ExitTampered = 4
	ExitConflict = 5
	ExitDenied   = 6
	ExitUnavail  = 7
	ExitInvalid  = 8
	ExitUsage    = 64
)

// row is one line of the table of kinds.
type row struct {
	kind error
	name string
	http int
	exit int
}

// table is ordered: an error that wraps two kinds has the first of them, so
// that Tampered is never hidden behind another.
func table() []row {
	return []row{
		{Tampered, "tampered", 500, ExitTampered},
		{Forbidden, "forbidden", 403, ExitDenied},
		{NotFound, "not-found", 404, ExitNotFound},
		{Conflict, "conflict", 409, ExitConflict},
		{Invalid, "invalid", 422, ExitInvalid},
		{Unavailable, "unavailable", 503, ExitUnavail},
	}
}

// KindOf returns the kind of err and true, or false where err has none
// (which includes nil).
func KindOf(err error) (error, bool) {
	for _, r := range table() {
		if errors.Is(err, r.kind) {
			return r.kind, true
		}
	}
	return errInternal, false
}

var errInternal = errors.New("internal error")

// Name is the word for err's kind in machine-readable answers: "invalid",
// "not-found", "conflict", "forbidden", "unavailable", "tampered", "internal".
func Name(err error) string {
	for _, r := range table() {
		if errors.Is(err, r.kind) {
			return r.name
		}
	}
	return "internal"
}

// HTTPStatus is the status for err: 200 for nil, 500 for an error of no kind.
func HTTPStatus(err error) int {
	if err == nil {
		return 200
	}
	for _, r := range table() {
		if errors.Is(err, r.kind) {
			return r.http
		}
	}
	return 500
}

// ExitCode is the exit code of a command that ends with err: 0 for nil, 1 for
// an error of no kind.
func ExitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	for _, r := range table() {
		if errors.Is(err, r.kind) {
			return r.exit
		}
	}
	return ExitError
}

// Wrap puts the call in front of *errp, if there is an error; functions that
// do input or output open with
//
//	defer fault.Wrap(&err, "store.Open(%q)", dir)
//
// Arguments must be identifiers or paths, never what is said about a person.
func Wrap(errp *error, format string, args ...any) {
	if *errp != nil {
		*errp = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *errp)
	}
}
