// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"recount/access"
	"recount/register"
)

func seats() said[register.Seated] {
	return said[register.Seated]{"member.seated@1", "p_seat", register.SeatedFrom}
}

func compartments() said[register.Compartment] {
	return said[register.Compartment]{"compartment.described@1", "p_compartment", register.CompartmentFrom}
}

// Seats are the members of the case and what they do in it, in the order in
// which they came. One who left has no roles. Whoever opened the case is first,
// with every role of work, as long as no entry says otherwise of them.
func (r Reader) Seats(ctx context.Context) ([]register.Seated, error) {
	all, err := seats().all(ctx, r, Page{}, "")
	if err != nil {
		return nil, err
	}
	opener, err := r.opener(ctx)
	if err != nil || opener == "" {
		return all, err
	}
	for _, seat := range all {
		if seat.Member == register.MemberOf(opener) {
			return all, nil
		}
	}
	return append([]register.Seated{openersSeat(opener)}, all...), nil
}

func openersSeat(name string) register.Seated {
	seat := register.Seated{Member: register.MemberOf(name), Name: name}
	for _, role := range access.EveryWork() {
		seat.Roles = append(seat.Roles, string(role))
	}
	return seat
}

// opener is who opened the case, "" where the entry that says so is erased.
func (r Reader) opener(ctx context.Context) (string, error) {
	names, err := collect(ctx, r, scanOne[sql.NullString], `SELECT actor FROM p_entry WHERE seq = 0 AND kind = 'case.opened@1'`)
	if err != nil || len(names) == 0 {
		return "", err
	}
	return names[0].String, nil
}

// SeatOf is what somebody of that name is in the case on that day: no roles for
// who is no member of it, or is one no longer.
func (r Reader) SeatOf(ctx context.Context, name string, now time.Time) (access.Seat, error) {
	member := register.MemberOf(name)
	list, err := seats().all(ctx, r, Page{}, "d.member = ?", member)
	if err != nil || member == "" {
		return access.Seat{}, err
	}
	if len(list) == 0 {
		opener, err := r.opener(ctx)
		if err != nil || register.MemberOf(opener) != member {
			return access.Seat{}, err
		}
		list = append(list, openersSeat(opener))
	}
	seated := list[0]
	if seated.Until != "" && now.UTC().Format(time.DateOnly) > seated.Until {
		return access.Seat{}, nil
	}
	roles, err := access.ParseCaseRoles(seated.Roles)
	if err != nil || len(roles) == 0 {
		return access.Seat{}, err
	}
	seat := access.Seat{Roles: roles}
	in, err := r.compartmentsOf(ctx, member)
	for _, k := range in {
		seat.Compartments = append(seat.Compartments, k.Compartment)
	}
	return seat, err
}

// compartmentsOf are the compartments that somebody is a member of, by folded name.
func (r Reader) compartmentsOf(ctx context.Context, member string) ([]register.Compartment, error) {
	all, err := r.Compartments(ctx)
	if err != nil {
		return nil, err
	}
	var of []register.Compartment
	for _, k := range all {
		if k.Has(member) {
			of = append(of, k)
		}
	}
	return of, nil
}

// Compartments are the compartments of the case, in the order in which they were
// first described.
func (r Reader) Compartments(ctx context.Context) ([]register.Compartment, error) {
	return compartments().all(ctx, r, Page{}, "")
}

// Compartment is one compartment. fault.NotFound.
func (r Reader) Compartment(ctx context.Context, id string) (register.Compartment, error) {
	return compartments().one(ctx, r, "compartment", id)
}

// CompartmentNames are the names of the compartments that the reader may see, by id.
func (r Reader) CompartmentNames(ctx context.Context) (map[string]string, error) {
	all, err := r.Compartments(ctx)
	names := map[string]string{}
	for _, k := range all {
		names[k.Compartment] = strings.TrimSpace(k.Name)
	}
	return names, err
}
