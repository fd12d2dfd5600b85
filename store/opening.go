// SPDX-License-Identifier: Apache-2.0

package store

import (
	"crypto/rand"
	"os"

	"recount/journal"
	"recount/register"
)

// Wrong is what would be refused of an opening, by the name of its field:
// public_name, case_id, title, actor. A form asks before anything is made; the
// actor is held to what an account may be called, since whoever opens a case
// signs in to it. An empty public name is the archive's own.
func (o Opening) Wrong() map[string]error {
	wrong := map[string]error{}
	if o.PublicName != "" {
		if _, err := journal.NewOrigin(rand.Reader, o.PublicName); err != nil {
			wrong["public_name"] = err
		}
	}
	if err := checkCaseID(o.CaseID); err != nil {
		wrong["case_id"] = err
	}
	for _, w := range register.Wrongs(register.CaseOpened{Title: o.Title, PublicName: "x"}.Check()) {
		wrong[w.Field] = w.Err
	}
	if _, _, err := accountName(o.Actor); err != nil {
		wrong["actor"] = err
	}
	return wrong
}

// Here reports whether an archive is in the folder; it is not opened.
func Here(dir string) bool {
	_, err := os.Stat(aboutFile(dir))
	return err == nil
}
