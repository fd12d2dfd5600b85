// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"strings"

	"recount/access"
	"recount/casework"
)

type identityEraseCmd struct {
	Target string `arg:"" placeholder:"ID" help:"The protected identity, w-…, to ask for it; the decision, q-…, to do what another person asked for."`
	Ground string `placeholder:"TEXT" help:"On which ground, in words that name nobody; needed to ask."`
	secondOutside
	act
}

// Help is shown under the command's flags.
func (identityEraseCmd) Help() string {
	return `Destroys the keys of the entries that hold the shares of the identity and its pseudonyms, and then its file in the map. From then on no copy of the
map opens it any more. That it was opened, by whom and why, stays. What was published under a pseudonym stays as it is.`
}

// Run carries the command out.
func (x *identityEraseCmd) Run(d *desk) error {
	asks, as := strings.HasPrefix(x.Target, "w-"), access.Confirm
	if asks {
		as = access.Decide
	}
	return d.work(as, func(w casework.Desk) error {
		if asks {
			if err := (oneIdentity{x.Target}).seen(d, w.Case); err != nil {
				return err
			}
			done, err := w.ProposeErasingIdentity(d.ctx, x.Target, x.Ground, x.why())
			if err != nil {
				return err
			}
			return d.answerDone(done, "Another person can carry it out with recount identity erase "+done.ID)
		}
		if err := (decision{x.Target}).seen(d, w.Case); err != nil {
			return err
		}
		if err := x.secondOutside.lay(&w); err != nil {
			return err
		}
		return d.eraseIdentity(w, x.Target, x.why())
	})
}

// eraseIdentity carries out what another person has proposed.
func (d *desk) eraseIdentity(w casework.Desk, decision string, why casework.Why) error {
	progress := d.progress("erasing", "keys")
	erased, err := w.EraseIdentity(d.ctx, decision, why, progress.at)
	progress.done()
	if errors.Is(err, casework.ErrMapAway) {
		d.out.warn("%s", err)
		err = nil
	}
	if err != nil {
		return err
	}
	return d.answerDone(erased.Done, "The identity is destroyed")
}
