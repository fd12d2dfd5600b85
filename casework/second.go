// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// NameSecond records somebody outside of the office whose signature stands for a
// second person's, or until when it does.
func (d Desk) NameSecond(ctx context.Context, x register.Second, why Why) (Done, error) {
	if samePerson(x.Name, d.Actor) {
		return Done{}, fmt.Errorf("%w: name: %.80q is whoever acts; accepted is another person", fault.Invalid, x.Name)
	}
	return d.record(ctx, x.Name, x, why, func(store.View) error { return nil })
}
