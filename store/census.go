// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
)

// Census says how many of what a case holds, what is not known of it, and what
// waits for somebody. It is counted by Case.Index, as of Size entries; Size 0:
// it was never counted.
type Census struct {
	Size int64

	Sources, Exhibits, Citations, Incidents, Imports int64
	Records, Persons                                 int64 // records that stand uncorrected; whom they are judged to be about
	Figures, Dossiers, Editions                      int64 // Editions: of dossiers, frozen
	Entries                                          int64

	Nameless, Ageless, Undated, Placeless, Sexless int64 // records without any name, any age or birth, a date of any harm, a place of any, of unknown sex
	Pending                                        int64 // harms whose determination is pending

	Refused, Doubtful int64 // cells of imported lists
	Unlinked          int64 // imports since the last run of the rules
	Unfrozen          int64 // dossiers that were composed since they were last frozen, or never were
	Unread            int64 // exhibits that no record and no citation rests on
}

// Census is the census as it was last counted.
func (r Reader) Census(ctx context.Context) (Census, error) { return Census{}, ctx.Err() }
