// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"bufio"
	"context"
	"crypto/sha256"
	"runtime"
	"sync"

	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
)

// people completes what a row says to a record of the case.
type people struct {
	j    *importing
	rand *bufio.Reader // one read for many identifiers
}

func newPeople(j *importing) *people {
	return &people{j: j, rand: bufio.NewReaderSize(j.clerk.Rand, 4096)}
}

// complete says whose word the record is, and gives it a person of its own.
func (p *people) complete(one *mapping.Person) (err error) {
	for i := range one.Others {
		if err := p.complete(&one.Others[i]); err != nil {
			return err
		}
	}
	one.Record.Source, one.Record.Exhibit = p.j.source, p.j.exhibit.Exhibit
	if one.Group != nil {
		one.Group.Source, one.Group.Exhibit = p.j.source, p.j.exhibit.Exhibit
		return nil
	}
	if u := p.j.update; u != nil {
		if old, ok := u.changed[int(one.Record.Row.N)]; ok {
			one.Record.Supersedes, one.Record.Person = old.record, old.person
			return nil
		}
	}
	one.Record.Person, err = register.NewID(p.rand, "p")
	return err
}

// sealing seals people in several goroutines while the list is still read:
// most of an import's time is hashing.
type sealing struct {
	in      chan handed
	chunk   []mapping.Person
	workers sync.WaitGroup
	under   sync.WaitGroup // chunks that are not sealed yet
	ctx     context.Context
	stop    context.CancelCauseFunc

	batch  Marked
	made   digest
	from   Mark  // how far the batch was when it was taken up
	there  bool  // what is read stands before that
	marked int64 // rows of the list that are durable
}

// handed are people on their way to be sealed, or such as were sealed before.
type handed struct {
	people []mapping.Person
	there  bool
}

// chunkPeople is how many people are handed on at a time.
const chunkPeople = 128

func newSealing(ctx context.Context, batch Marked) *sealing {
	s := &sealing{in: make(chan handed, 4), batch: batch, from: batch.TakenUp()}
	s.there, s.marked = s.from.Rows > 0, s.from.Rows
	s.ctx, s.stop = context.WithCancelCause(ctx)
	for range max(1, runtime.GOMAXPROCS(0)) {
		s.workers.Go(func() {
			m := making{batch: batch, hash: sha256.New()}
			for some := range s.in {
				if s.ctx.Err() == nil { // else emptied, so that the reader never waits for ever
					s.seal(&m, some)
				}
				s.under.Done()
			}
		})
	}
	return s
}

func (s *sealing) seal(m *making, some handed) {
	m.there = some.there
	for i := range some.people {
		sum, err := m.person(&some.people[i])
		if err != nil {
			s.stop(err)
			return
		}
		s.made.add(sum)
	}
}

// add hands a person on; false once sealing has failed or was cancelled.
func (s *sealing) add(p mapping.Person) bool {
	if s.chunk == nil {
		s.chunk = make([]mapping.Person, 0, chunkPeople)
	}
	s.chunk = append(s.chunk, p)
	if len(s.chunk) == chunkPeople {
		s.flush()
	}
	return s.ctx.Err() == nil
}

func (s *sealing) flush() {
	if len(s.chunk) > 0 {
		s.under.Add(1)
		s.in <- handed{s.chunk, s.there}
		s.chunk = nil
	}
}

// idle waits until all that was handed on is sealed, and answers the digest of it.
func (s *sealing) idle() [sha256.Size]byte {
	s.flush()
	s.under.Wait()
	return s.made.now()
}

// failed says what failed first.
func (s *sealing) failed() error { return context.Cause(s.ctx) }

// wait waits for the end of the work and says what failed first.
func (s *sealing) wait() error {
	close(s.in)
	s.workers.Wait()
	return s.failed()
}

// end lets go what belongs to the work.
func (s *sealing) end() { s.stop(nil) }

// addPerson adds a record and then its harms and own fields, which name its leaf;
// or people without names.
func addPerson(batch rowTaker, p *mapping.Person) (leaf journal.Leaf, err error) {
	for i := range p.Others {
		if leaf, err = addPerson(batch, &p.Others[i]); err != nil {
			return leaf, err
		}
	}
	if p.Nobody {
		return leaf, nil
	}
	if p.Group != nil {
		return batch.Add("group@1", p.Group.Values())
	}
	leaf, err = batch.Add("record@1", p.Record.Values())
	if err != nil {
		return leaf, err
	}
	for i := range p.Harms {
		p.Harms[i].Record = leaf
		if _, err := batch.Add("harm@1", p.Harms[i].Values()); err != nil {
			return leaf, err
		}
	}
	for i := range p.Own {
		p.Own[i].Record = leaf
		if _, err := batch.Add("extra@1", p.Own[i].Values()); err != nil {
			return leaf, err
		}
	}
	return leaf, nil
}
