// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/access"
	"recount/fault"
	"recount/names"
	"recount/register"
	"recount/store"
)

// Seat says what somebody does in the case from now on; without roles, that they
// are in it no longer. The case keeps a custodian, without an end.
func (d Desk) Seat(ctx context.Context, x register.Seated, why Why) (Done, error) {
	x.Name = strings.Join(strings.Fields(x.Name), " ")
	x.Member = register.MemberOf(x.Name)
	roles, err := access.ParseCaseRoles(x.Roles)
	if err != nil {
		return Done{}, err
	}
	x.Roles = nil
	for _, role := range roles {
		x.Roles = append(x.Roles, string(role))
	}
	return d.record(ctx, x.Name, x, why, func(v store.View) error {
		seats, err := v.Seats(ctx)
		if err != nil {
			return err
		}
		keeps := func(s register.Seated) bool {
			return s.Until == "" && slices.Contains(s.Roles, string(access.Custodian))
		}
		others := slices.DeleteFunc(seats, func(s register.Seated) bool { return s.Member == x.Member || !keeps(s) })
		if len(others) == 0 && !keeps(x) {
			return fmt.Errorf("%w: roles: %s is the only custodian, and nobody could let anybody in any more; accepted is another custodian first", fault.Conflict, x.Name)
		}
		return nil
	})
}

// DescribeCompartment records a compartment; without an id it is new, and
// whoever makes it is a member. Members are members of the case. Only a member
// can describe it anew; for others it is not there.
func (d Desk) DescribeCompartment(ctx context.Context, x register.Compartment, why Why) (Done, error) {
	isNew := x.Compartment == ""
	if err := d.draw("k", &x.Compartment); err != nil {
		return Done{}, err
	}
	for i, m := range x.Members {
		x.Members[i] = register.MemberOf(m)
	}
	if isNew && !x.Has(d.Actor) {
		x.Members = append(x.Members, register.MemberOf(d.Actor))
	}
	slices.Sort(x.Members)
	x.Members = slices.Compact(x.Members)
	return d.record(ctx, x.Compartment, x, why, func(v store.View) error {
		if !isNew {
			if err := memberOf(ctx, v, d.Actor, register.InCompartment("restricted", x.Compartment)); err != nil {
				return err
			}
		}
		return d.seated(ctx, v, x.Members)
	})
}

// seated refuses members of a compartment who are none of the case.
func (d Desk) seated(ctx context.Context, v store.View, members []string) error {
	seats, err := v.Seats(ctx)
	if err != nil {
		return err
	}
	for _, m := range members {
		if !slices.ContainsFunc(seats, func(s register.Seated) bool { return s.Member == m && len(s.Roles) > 0 }) {
			return fmt.Errorf("%w: members: %q has no seat in this case; accepted are its members, by name", fault.Invalid, m)
		}
	}
	return nil
}

// samePerson tells two names that are one person's: that differ in case, spaces,
// accents or the order of their words.
func samePerson(one, other string) bool { return names.Key(one) == names.Key(other) }
