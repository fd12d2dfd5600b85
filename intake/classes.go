// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"

	"recount/intake/mapping"
)

// closeFields gives the fields that a mapping closes the classes that it asks for,
// before anybody sees what stands in them. A field that is as closed already, or
// more, stays as it is: a list opens nothing. What was closed stays so where the
// import itself fails.
func (j *importing) closeFields(ctx context.Context, closes []mapping.FieldClass) error {
	for _, x := range closes {
		closed, err := j.clerk.Case.CloseField(ctx, j.clerk.Actor, x, j.order.Act)
		if err != nil {
			return err
		}
		if closed {
			j.receipt.Closed = append(j.receipt.Closed, x)
		}
	}
	return nil
}
