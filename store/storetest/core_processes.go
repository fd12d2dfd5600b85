// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// job is what a child process is told to do.
type job struct {
	Dir, CaseID string
	Engine      Engine
	Number      int
}

const (
	childEnv       = "RECOUNT_STORETEST_CHILD"
	childWriters   = 4
	actsOfWriter   = 8
	importsOfChild = 2
	recordsOfBatch = 150
)

// Child does the job of a child process, if this is one: the TestMain of a
// package that calls Processes asks it first, and ends when it answers true.
func Child() bool {
	told := os.Getenv(childEnv)
	if told == "" {
		return false
	}
	var j job
	err := json.Unmarshal([]byte(told), &j)
	if err == nil {
		err = j.run(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

func (j job) run(ctx context.Context) error {
	a, err := store.Open(ctx, j.Engine.Config(store.Config{Dir: j.Dir, Now: time.Now, Rand: rand.Reader}))
	if err != nil {
		return err
	}
	c, err := a.Case(ctx, j.CaseID)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	var wait sync.WaitGroup
	errs := make([]error, childWriters+1)
	for w := range childWriters {
		wait.Go(func() { errs[w] = j.write(ctx, c, w) })
	}
	wait.Go(func() { errs[childWriters] = j.load(ctx, c) })
	wait.Wait()
	return errors.Join(append(errs, a.Close())...)
}

// write describes sources; each act also looks at the case, as acts do.
func (j job) write(ctx context.Context, c *store.Case, w int) error {
	for n := range actsOfWriter {
		s := register.Source{Source: fmt.Sprintf("s-%04d%04d%08d", j.Number, w, n), Name: fmt.Sprint("list of writer ", w), Kind: "list"}
		_, err := c.Act(ctx, fmt.Sprint("writer ", w), func(v store.View) (journal.Draft, error) {
			if _, err := v.Sources(ctx, store.Page{}); err != nil {
				return journal.Draft{}, err
			}
			return draftOf(s), nil
		})
		if err != nil {
			return fmt.Errorf("child %d, writer %d, act %d: %w", j.Number, w, n, err)
		}
	}
	return nil
}

func (j job) load(ctx context.Context, c *store.Case) error {
	for n := range importsOfChild {
		d := &desk{ctx: ctx, c: c, last: 1_000_000*(j.Number+1) + 10_000*n}
		b, _, err := d.fill(c, recordsOfBatch)
		if err != nil {
			return err
		}
		staged, err := b.Finish(ctx)
		if err == nil {
			_, err = c.Act(ctx, "loader", func(store.View) (journal.Draft, error) { return addition(staged), nil })
		}
		if err != nil {
			return fmt.Errorf("child %d, import %d: %w", j.Number, n, err)
		}
	}
	return nil
}

// Processes has eight writers and two imports in two processes work on one
// case, while this one rebuilds it. Nothing that was acknowledged is lost, and
// what they have made is what a rebuild makes of it.
func Processes(t *testing.T, engine Engine) {
	g := newGround(t, engine)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const children = 2
	var wait sync.WaitGroup
	for n := range children {
		told, err := json.Marshal(job{Dir: g.config.Dir, Engine: engine, CaseID: g.caseID, Number: n})
		if err != nil {
			t.Fatal(err)
		}
		child := exec.CommandContext(g.ctx, self)
		child.Env = append(os.Environ(), childEnv+"="+string(told))
		var said bytes.Buffer
		child.Stdout, child.Stderr = &said, &said
		wait.Go(func() {
			if err := child.Run(); err != nil {
				t.Errorf("child %d: %v\n%s", n, err, said.String())
			}
		})
	}
	ended := make(chan struct{})
	go func() { wait.Wait(); close(ended) }()
	g.watch(ended)
	acts := children * (childWriters*actsOfWriter + importsOfChild)
	g.equal("the size", g.size(g.c), int64(acts+1))
	g.equal("sources", g.count(false, "p_source"), children*childWriters*actsOfWriter)
	g.equal("records", g.count(false, "p_record"), children*importsOfChild*recordsOfBatch)
	live := g.dump(g.c)
	g.verify(g.c)
	if err := g.c.Rebuild(g.ctx, nil); err != nil {
		t.Fatal(err)
	}
	if g.dump(g.c) != live {
		t.Error("rebuilt is not live")
	}
}

// watch reads, and rebuilds where no import is under way, until ended.
func (g *ground) watch(ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		case <-time.After(50 * time.Millisecond):
		}
		g.dump(g.c)
		if err := g.c.Rebuild(g.ctx, nil); err != nil && !errors.Is(err, fault.Unavailable) {
			g.t.Error(err)
		}
	}
}
