// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"

	"recount/fault"
	"recount/register"
)

// jobs is long work that outlives the request that asked for it: an import, a
// run of the rules. It lives as long as the server; what was cut off leaves
// nothing, since only its last step records anything.
type jobs struct {
	mu    sync.Mutex
	all   map[string]*job
	under sync.WaitGroup
	ctx   context.Context //nolint:containedctx // the server's life, not a request's
	stop  context.CancelFunc
}

// job is one piece of work. Its fields are guarded by jobs.mu.
type job struct {
	owner    string // account
	caseID   string
	what     string // words "job.…"
	stage    string // words "job.stage.…", "" none
	done, of int64
	ended    bool
	err      error
	result   any
	typed    []typed // of the form, so that what was refused can be mended
}

func newJobs() *jobs {
	ctx, stop := context.WithCancel(context.Background())
	return &jobs{all: map[string]*job{}, ctx: ctx, stop: stop}
}

// close ends all work and waits for it.
func (j *jobs) close() {
	j.stop()
	j.under.Wait()
}

// mostJobs bounds how much long work there is at once.
const mostJobs = 8

// start begins work in the visitor's name and answers its id.
func (j *jobs) start(v *visit, what string, work func(ctx context.Context, tell func(stage string, done, of int64)) (result any, err error)) (string, error) {
	drawn, err := register.NewID(v.s.Rand, "b")
	if err != nil {
		return "", err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	underWay := 0
	for _, one := range j.all {
		if !one.ended {
			underWay++
		}
	}
	if underWay >= mostJobs {
		return "", fmt.Errorf("%w: %d long pieces of work are under way; try again when one has ended", fault.Unavailable, underWay)
	}
	maps.DeleteFunc(j.all, func(_ string, one *job) bool { return one.ended && one.owner == v.who.ID })
	one := &job{owner: v.who.ID, caseID: v.PathValue("case"), what: what, typed: v.typed()}
	j.all[drawn] = one
	j.under.Go(func() {
		result, err := work(j.ctx, func(stage string, done, of int64) {
			j.mu.Lock()
			defer j.mu.Unlock()
			one.stage, one.done, one.of = stage, done, of
		})
		j.mu.Lock()
		defer j.mu.Unlock()
		one.result, one.err, one.ended = result, err, true
	})
	return drawn, nil
}

// of is the visitor's job of that id, as it stands.
func (j *jobs) of(v *visit, id string) (job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	one, ok := j.all[id]
	if !ok || one.owner != v.who.ID || one.caseID != v.PathValue("case") {
		return job{}, fmt.Errorf("%w: this work is not under way; what it recorded, if it did, stands in the journal", fault.NotFound)
	}
	return *one, nil
}

// jobPage shows work under way; the browser asks again by itself.
type jobPage struct {
	base
	What, Stage string
	Done, Of    int64
}

func (s *Server) job(v *visit) error {
	one, err := s.jobs.of(v, v.PathValue("job"))
	if errors.Is(err, fault.NotFound) {
		return s.jobGone(v)
	}
	if err != nil {
		return err
	}
	if !one.ended {
		return s.jobUnderWay(v, one)
	}
	if one.err != nil {
		return s.jobFailed(v, one)
	}
	return s.jobEnded(v, one)
}

// jobGone answers for work that is not there: ended, and forgotten.
func (s *Server) jobGone(v *visit) error {
	v.status = http.StatusNotFound
	return s.show(v, &refusedJobPage{base: v.base("job.gone"), Detail: v.words.T("job.gone.text")})
}

// jobUnderWay shows how far work is; the browser asks again by itself.
func (s *Server) jobUnderWay(v *visit, one job) error {
	v.w.Header().Set("Refresh", "1")
	p := &jobPage{base: v.base("job." + one.what), Done: one.done, Of: one.of}
	if one.stage != "" {
		p.Stage = v.words.T("job.stage." + one.stage)
	}
	return s.show(v, p)
}
