// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"

	"recount/store"
)

// TakeConsents records what people on an imported list have answered to its question
// for consent, one consent for each record that has none yet, and answers how many.
// Cut off, the next call goes on where it ended: each is an entry of its own.
func (d Desk) TakeConsents(ctx context.Context, exhibit string, why Why, tell func(done, all int64)) (n int64, err error) {
	answered, err := d.Clerk().ConsentsOn(ctx, exhibit)
	if err != nil {
		return 0, err
	}
	for i, x := range answered {
		if tell != nil {
			tell(int64(i), int64(len(answered)))
		}
		known := false
		err := d.Case.Read(ctx, func(r store.Reader) error {
			all, err := r.Consents(ctx, x.Consent.Subject, store.Page{Limit: 1})
			known = len(all) > 0
			return err
		})
		if err != nil {
			return n, err
		}
		if known {
			continue
		}
		if _, err := d.GiveConsent(ctx, x.Consent, why); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
