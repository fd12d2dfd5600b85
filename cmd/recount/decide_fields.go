// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"recount/audit"
	"recount/register"
	"recount/store"
)

type decideFieldsCmd struct{}

// Help is shown under the command's flags.
func (decideFieldsCmd) Help() string {
	return `A field that is closed to you is not in the list. To close one: recount decide close field FIELD --to HANDLING; to open it to more people:
recount decide propose field FIELD --to HANDLING, and another person agrees.`
}

type fieldJSON struct {
	Field    string `json:"field"`
	Handling string `json:"handling"`
	Label    string `json:"label"`
}

// Run carries the command out.
func (x *decideFieldsCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "members", ""), func(c glance) error {
		all := []fieldJSON{}
		err := c.Read(d.ctx, func(r store.Reader) error {
			list, err := r.FieldClasses(d.ctx)
			for _, f := range list {
				all = append(all, fieldJSON{f.Code, f.Handling, register.Label(register.FieldCodes(), f.Code)})
			}
			return err
		})
		if err != nil {
			return err
		}
		return d.out.answer(all, func(w io.Writer) {
			rows := [][]string{{"field", "who sees it", "what it is"}}
			for _, f := range all {
				who := f.Handling
				if who == register.OpenField {
					who = "as the record"
				}
				rows = append(rows, []string{f.Field, who, f.Label})
			}
			columns(w, rows)
			fmt.Fprintln(w, "Files keep their own class.")
		})
	})
}
