// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"slices"

	"recount/fault"
	"recount/store"
)

// earlierLists are the lists that were imported and that the visitor sees, the
// newest first, to choose of which one a list is a later edition; none where there
// is no other.
func (v *visit) earlierLists(but string) ([]option, error) {
	all := []option{}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		lists, err := r.Imports(ctx, store.ImportFilter{})
		if err != nil {
			return err
		}
		slices.Reverse(lists)
		for _, list := range lists {
			known := slices.ContainsFunc(all, func(o option) bool { return o.Value == list.Exhibit })
			if !list.List || list.Exhibit == but || known {
				continue
			}
			x, err := r.Exhibit(ctx, list.Exhibit)
			if errors.Is(err, fault.NotFound) {
				continue // closed to the visitor, or erased
			}
			if err != nil {
				return err
			}
			all = append(all, option{x.Exhibit, x.Title, x.Exhibit == v.text("edition_of")})
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return append([]option{{Text: v.words.T("lists.no-edition")}}, all...), nil
}
