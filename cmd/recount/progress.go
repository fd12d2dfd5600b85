// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"time"
)

// progress draws one line with what is done, the rate and the time that
// remains. It stays silent for the first second, and altogether where
// standard error is no terminal.
type progress struct {
	w           io.Writer
	what, unit  string
	now         func() time.Time
	start, last time.Time
	drawn       bool
}

func (d *desk) progress(what, unit string) *progress {
	p := &progress{what: what, unit: unit, now: d.program.now, start: d.program.now()}
	if d.out.terminal && !d.out.json {
		p.w = d.out.err
	}
	return p
}

// at draws the state; total ≤ 0 means that it is not known.
func (p *progress) at(done, total int64) {
	t := p.now()
	if p.w == nil || t.Sub(p.start) < time.Second || t.Sub(p.last) < 200*time.Millisecond {
		return
	}
	p.last, p.drawn = t, true
	fmt.Fprintf(p.w, "\r\x1b[K%s", progressLine(p.what, p.unit, done, total, t.Sub(p.start)))
}

// done ends the line.
func (p *progress) done() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

func progressLine(what, unit string, done, total int64, took time.Duration) string {
	rate := float64(done) / took.Seconds()
	line := fmt.Sprintf("%s: %s %s, %s/s", what, group(done), unit, group(int64(rate)))
	if total > 0 && done > 0 && done <= total {
		left := time.Duration(float64(total-done)/rate) * time.Second
		line = fmt.Sprintf("%s: %s of %s %s (%d %%), %s/s, %s left", what, group(done), group(total), unit,
			done*100/total, group(int64(rate)), left.Round(time.Second))
	}
	return line
}
