// SPDX-License-Identifier: Apache-2.0

package web

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"sync"
)

// onlyOnce lets a form be carried out one time, however often it is sent: a button
// that is pressed twice must not count a person twice. Each form that is shown
// has a mark of its own; who sends one again is led to what came of it. Marks
// are kept in memory, as many as fit.
type onlyOnce struct {
	mu    sync.Mutex
	marks map[string]*sending
	order []string // oldest first
}

// sending is a form that was sent: done is closed when it was answered; to is
// where it led, "" where it was refused.
type sending struct {
	done chan struct{}
	to   string
}

// mostMarks is how many forms are remembered.
const mostMarks = 10_000

func newOnce() *onlyOnce { return &onlyOnce{marks: map[string]*sending{}} }

// begin answers the earlier sending of a mark, or begins one.
func (o *onlyOnce) begin(mark string) (s *sending, earlier bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s, ok := o.marks[mark]; ok {
		return s, true
	}
	s = &sending{done: make(chan struct{})}
	o.marks[mark] = s
	if o.order = append(o.order, mark); len(o.order) > mostMarks {
		delete(o.marks, o.order[0])
		o.order = o.order[1:]
	}
	return s, false
}

// end notes where a form led. One that was refused can be sent again.
func (o *onlyOnce) end(mark string, s *sending, to string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s.to = to; to == "" {
		delete(o.marks, mark)
	}
	close(s.done)
}

// newMark draws the mark of a form that is shown.
func (s *Server) newMark() string {
	from := s.Rand
	if from == nil {
		from = rand.Reader
	}
	var raw [16]byte
	if _, err := io.ReadFull(from, raw[:]); err != nil {
		return "" // a form without a mark is carried out as often as it is sent
	}
	return hex.EncodeToString(raw[:])
}

// carryOut lets the route answer a form, unless the same form was sent before.
func (s *Server) carryOut(v *visit) error {
	mark := ""
	if v.PostForm != nil {
		mark = v.PostForm.Get("once")
	}
	if mark == "" {
		return v.route.handle(s, v)
	}
	mark = v.who.ID + " " + v.URL.Path + " " + mark
	for {
		sent, earlier := s.once.begin(mark)
		if !earlier {
			defer func() { s.once.end(mark, sent, v.led) }() // also where the handler breaks off
			return v.route.handle(s, v)
		}
		select {
		case <-sent.done:
		case <-v.Context().Done():
			return v.Context().Err()
		}
		if sent.to != "" {
			return v.goTo(sent.to)
		}
	}
}
