// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"

	"recount/intake/mapping"
	"recount/intake/table"
)

// trial puts rows to the mapping in several goroutines, since nobody else has
// work while a list is tried, and tells what is refused in the order of the
// rows. Whether a row is refused depends on no other row.
type trial struct {
	j       *importing
	counts  mapping.Counts // of rows read and refused alone; good after wait
	work    chan *triedRows
	ordered chan *triedRows
	workers sync.WaitGroup
}

// trialRows is how many rows are handed on at a time.
const trialRows = 256

// triedRows are rows on their way: read, put to the mapping by one of several
// goroutines, told in the order of reading.
type triedRows struct {
	rows    []table.Row
	refused []*table.Refusal
	skipped int // that stand in the case already
	at      Progress
	done    chan struct{}
}

// newTrial starts a trial; read and wait must follow.
func (j *importing) newTrial(info table.Info, name string) (*trial, error) {
	readers := make([]*mapping.Reader, max(1, runtime.GOMAXPROCS(0)))
	for i := range readers {
		var err error
		if readers[i], err = mapping.Bind(j.order.Mapping, info, name); err != nil {
			return nil, err
		}
	}
	t := &trial{j: j, work: make(chan *triedRows, 4), ordered: make(chan *triedRows, 8)}
	for _, r := range readers {
		t.workers.Go(func() {
			for some := range t.work {
				some.try(r, j)
			}
		})
	}
	t.workers.Go(t.tell)
	return t, nil
}

// read takes all rows of a list.
func (t *trial) read(ctx context.Context, from table.Table) error {
	defer close(t.ordered)
	defer close(t.work)
	for n := int64(0); ; {
		some, err := nextRows(from)
		n += int64(len(some.rows))
		some.at = Progress{Stage: "checking", Rows: n, Bytes: from.BytesRead(), Size: from.Info().Size}
		t.work <- some
		t.ordered <- some
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
}

// nextRows are at most trialRows rows; the error is what came after them.
func nextRows(from table.Table) (*triedRows, error) {
	some := &triedRows{done: make(chan struct{})}
	for len(some.rows) < trialRows {
		row, err := from.Next()
		if err != nil {
			return some, err
		}
		some.rows = append(some.rows, table.Row{Number: row.Number, Cells: slices.Clone(row.Cells), Refused: row.Refused})
	}
	return some, nil
}

func (some *triedRows) try(r *mapping.Reader, j *importing) {
	for i := range some.rows {
		row := &some.rows[i]
		if j.skips(row.Number) {
			some.skipped++
			continue
		}
		record, refused := r.Try(row)
		if change := j.refuses(row.Number); refused == nil && change != nil {
			refused = change
		}
		if refused != nil {
			some.refused = append(some.refused, refused)
		} else if j.update == nil {
			j.earlier.compare(record)
		}
	}
	close(some.done)
}

// tell counts and tells what came of the rows.
func (t *trial) tell() {
	for some := range t.ordered {
		<-some.done
		for _, refused := range some.refused {
			t.j.refuse(refused)
		}
		t.counts.Refused += int64(len(some.refused))
		t.counts.Read += int64(len(some.rows) - len(some.refused) - some.skipped)
		t.j.progress(some.at)
	}
}

// wait returns when all that was read is told.
func (t *trial) wait() { t.workers.Wait() }
