// SPDX-License-Identifier: Apache-2.0

package web

import "recount/store"

// perPage is how many things a list shows at once.
const perPage = 50

// pager leads through a list by key: to what comes after the last that is
// shown, and back to the beginning.
type pager struct {
	base
	First, Next string
	Later       bool // this is not the first page
}

// page is what to ask store for: one more than is shown, so that it is known
// whether more comes.
func (v *visit) page() store.Page { return store.Page{After: v.text("after"), Limit: perPage + 1} }

// paged cuts a list to what is shown, and makes its pager. key is by what the
// list goes on (store.Page.After).
func paged[T any](v *visit, list []T, key func(T) string) ([]T, pager) {
	p := pager{base: v.base("page.next"), Later: v.text("after") != ""}
	p.First = p.Query(v.URL.Path+"?"+v.URL.RawQuery, "after", "")
	if len(list) > perPage {
		list = list[:perPage]
		p.Next = p.Query(v.URL.Path+"?"+v.URL.RawQuery, "after", key(list[perPage-1]))
	}
	v.shown += len(list)
	return list, p
}
