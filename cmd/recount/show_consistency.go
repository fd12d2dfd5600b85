// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strconv"

	"recount/audit"
	"recount/fault"
)

// showConsistency prints the proof between two sizes of the journal.
func (d *desk) showConsistency(first, second string) error {
	older, err := strconv.ParseInt(first, 10, 64)
	newer, err2 := strconv.ParseInt(second, 10, 64)
	if err != nil || err2 != nil || older < 1 || newer < older {
		return fmt.Errorf("%w: accepted: show consistency OLD NEW, two numbers of entries such as stand in the second line of a checkpoint, the smaller one first", fault.Invalid)
	}
	return d.reading(lookAt(audit.Viewed, "journal", ""), func(c glance) error {
		proof, err := c.ProveConsistency(d.ctx, older, newer)
		if err != nil {
			return err
		}
		text := string(proof.Marshal())
		return d.out.answer(map[string]string{"consistency": text}, func(w io.Writer) { fmt.Fprint(w, text) })
	})
}
