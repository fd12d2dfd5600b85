// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"path/filepath"

	"recount/fault"
)

// PlaceIdentities moves the map of identities to another folder, on another
// medium say, and notes where it is. Where the map was moved by hand and lies in
// dir already, that alone is noted. The old place is cleared once the new one is durable.
func (d Desk) PlaceIdentities(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Invalid, err)
	}
	at, err := d.Case.IdentityPlace()
	if err != nil {
		return err
	}
	if filepath.Clean(at) == dir {
		return fmt.Errorf("%w: the map of identities is placed at %s already", fault.Conflict, dir)
	}
	old, away := d.Case.IdentityMap(ctx, false)
	if away != nil {
		if err := d.Case.FindIdentities(dir); err != nil {
			return fmt.Errorf("%w; and %w", away, err)
		}
		return d.Case.SetIdentityPlace(dir)
	}
	if _, err := old.CopyTo(ctx, dir, d.Case.Origin()); err != nil {
		return err
	}
	if err := d.Case.SetIdentityPlace(dir); err != nil {
		return err
	}
	if err := old.Leave(); err != nil {
		return fmt.Errorf("the map of identities lies at %s now, and its old place %s could not be cleared: %w", dir, at, err)
	}
	return nil
}

// CopyIdentities copies the map of identities to another folder. No backup of
// the archive has it.
func (d Desk) CopyIdentities(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Invalid, err)
	}
	m, err := d.Case.IdentityMap(ctx, false)
	if err != nil {
		return err
	}
	if filepath.Clean(m.Dir()) == dir {
		return fmt.Errorf("%w: the map of identities lies at %s itself; accepted is another folder", fault.Invalid, dir)
	}
	to, err := m.CopyTo(ctx, dir, d.Case.Origin())
	if err != nil {
		return err
	}
	return d.SweepIdentities(ctx, to) // an older copy there has what was amended or erased since
}
