// SPDX-License-Identifier: Apache-2.0

package web

import (
	"regexp"
	"strings"
	"testing"
)

// TestRecordAgainstItself: a record that calls a man of thirty a child says so
// on its own page and on the person's, where the field counts as one in which
// not all can be so. By I-08 the source's word and its age are two readings;
// nobody decides here.
func TestRecordAgainstItself(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.fourTold()
	list := r.get("/case/case-1/persons")
	row := list[strings.LastIndex(list[:strings.Index(list, "Bo &lt;script")], "<a "):]
	person := regexp.MustCompile(`/persons/p-[0-9a-f]+`).FindString(row)
	page := r.get("/case/case-1" + person)
	has(t, page, "Yes; by the age in the same record: No", "cannot all be so")
	record := regexp.MustCompile(`/records/[0-9a-f]{64}`).FindString(page)
	has(t, r.get("/case/case-1"+record), "Yes; by the age in the same record: No")
	other := regexp.MustCompile(`/persons/p-[0-9a-f]+`).FindString(list[strings.LastIndex(list[:strings.Index(list, "Ada Vell")], "<a "):])
	if strings.Contains(r.get("/case/case-1"+other), "by the age in the same record") {
		t.Error("a record that gives no age is said to contradict itself")
	}
}
