// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"recount/fault"
)

// Opener opens an exhibit anew, from its beginning.
type Opener = func(ctx context.Context) (io.ReadCloser, error)

// Runner makes derivatives. Program must be set; the other fields may be left.
// It is safe for concurrent use once it is in use, and must not be copied.
// What it answers may be shared with other callers: it must not be changed.
type Runner struct {
	Program   string // this program, which is started as "recount derive …"
	Limits    Limits
	Cache     int64  // bytes of results kept in memory; 0: 64 MiB, below 0: none
	PDFToText string // the program; "": looked for when a child is started

	once   sync.Once
	slots  chan struct{}
	kept   *cache
	starts atomic.Int64
}

const defaultCache = 64 << 20

func (r *Runner) begin() {
	r.once.Do(func() {
		r.slots = make(chan struct{}, 2*runtime.GOMAXPROCS(0))
		size := r.Cache
		if size == 0 {
			size = defaultCache
		}
		r.kept = newCache(size)
	})
}

// Text answers page (from 1) of an exhibit's text. key is the object's address;
// "" keeps nothing. A page behind the last is fault.NotFound.
func (r *Runner) Text(ctx context.Context, key string, open Opener, page int) (Text, error) {
	return derived(ctx, r, key, request{Kind: KindText, Page: max(page, 1)}, open, checkText)
}

// Source is Text for the file as it is written, also where it is HTML or JSON.
func (r *Runner) Source(ctx context.Context, key string, open Opener, page int) (Text, error) {
	return derived(ctx, r, key, request{Kind: KindSource, Page: max(page, 1)}, open, checkText)
}

// Table answers rows from to to, both included, of a list; at most 1,000, and
// fewer where they are very long: Table.To says how far it got. sheet names a
// sheet of a workbook; "": the first that is not hidden.
func (r *Runner) Table(ctx context.Context, key string, open Opener, sheet string, from, to int) (Table, error) {
	from = max(from, 1)
	q := request{Kind: KindTable, Sheet: sheet, From: from, To: min(max(to, from), from+maxRows-1)}
	return derived(ctx, r, key, q, open, checkTable)
}

// Picture answers an exhibit's picture, at most width points wide (16 to 4096).
func (r *Runner) Picture(ctx context.Context, key string, open Opener, width int) (Picture, error) {
	return derived(ctx, r, key, request{Kind: KindPicture, Width: min(max(width, 16), maxWidth)}, open, checkPicture)
}

// Forget drops everything that was made of an exhibit, and what is being made.
func (r *Runner) Forget(key string) {
	r.begin()
	r.kept.forget(key)
}

const (
	maxRows  = 1000
	maxWidth = 4096
)

// request is what a child is asked for. It goes to its standard input, as one
// line of JSON before the exhibit: everybody on a machine can read arguments.
type request struct {
	Kind      Kind
	Page      int    `json:",omitempty"`
	Sheet     string `json:",omitempty"`
	From      int    `json:",omitempty"`
	To        int    `json:",omitempty"`
	Width     int    `json:",omitempty"`
	Memory    int64  `json:",omitempty"`
	PDFToText string `json:",omitempty"`
}

// slot is the request's place in the cache.
func (q request) slot() string {
	return strings.Join([]string{string(q.Kind), strconv.Itoa(q.Page), strconv.Itoa(q.From), strconv.Itoa(q.To), strconv.Itoa(q.Width), q.Sheet}, " ")
}

// derived answers from the cache, or has a child make the result, has it
// checked, and keeps it.
func derived[T any](ctx context.Context, r *Runner, key string, q request, open Opener, check func(*T, request, frame) error) (out T, err error) {
	defer fault.Wrap(&err, "showing an exhibit as a %s", q.Kind)
	r.begin()
	if kept, ok := r.kept.get(key, q.slot()); ok {
		if v, ok := kept.(T); ok {
			return v, nil
		}
	}
	since := r.kept.moment()
	f, err := r.run(ctx, q, open)
	if err != nil {
		return out, err
	}
	if err := f.failure(); err != nil {
		return out, err
	}
	if err := json.Unmarshal(f.head, &out); err != nil {
		return out, fmt.Errorf("%w: the reader of this file answered what is no result", fault.Invalid)
	}
	if err := check(&out, q, f); err != nil {
		var none T
		return none, err
	}
	r.kept.put(key, q.slot(), out, int64(len(f.head)+len(f.body)), since)
	return out, nil
}

// The checks below hold a child that was taken over by its file to the form of
// a result; what it says of the file cannot be checked here.

func checkText(t *Text, _ request, f frame) error {
	if len(f.body) > 0 || t.Page < 1 || t.Page > t.Pages || t.Total < 0 {
		return errGarbled()
	}
	return nil
}

func checkTable(t *Table, q request, f frame) error {
	if len(f.body) > 0 || t.From != q.From || t.To > q.To || len(t.Rows) > maxRows {
		return errGarbled()
	}
	return nil
}

func checkPicture(p *Picture, q request, f frame) error {
	width, height, err := barePNG(f.body)
	if err != nil || width != p.Width || height != p.Height || width > q.Width || len(p.Times) > maxTimes {
		return errGarbled()
	}
	for _, t := range p.Times {
		if len(t.Field)+len(t.Raw)+len(t.Day)+len(t.Clock)+len(t.Zone) > 5*maxTimeText {
			return errGarbled()
		}
	}
	p.PNG = f.body
	return nil
}

func errGarbled() error {
	return fmt.Errorf("%w: the reader of this file answered what is no result", fault.Invalid)
}
