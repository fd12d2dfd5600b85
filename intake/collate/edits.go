// SPDX-License-Identifier: Apache-2.0

package collate

import (
	"slices"
	"strings"
)

// edits are what rows say of the keys that they had before.
type edits struct {
	was      map[string][]string // of rows of the newer edition, by key
	oldNamed map[string][]string // keys of rows of the older edition by what they name as their own former one
	replaced map[string]bool     // keys of the newer edition that another row of it names
	former   map[string][]string // of a key that is new, the keys of the older edition that its row had
	claims   map[string]int      // of a key of the older edition, how many rows say that they had it
}

func newEdits() edits {
	return edits{map[string][]string{}, map[string][]string{}, map[string]bool{}, map[string][]string{}, map[string]int{}}
}

func (c *comparison) noteOld(r *Row) {
	if r.Key == "" {
		return
	}
	for _, was := range r.Was {
		key := strings.Clone(was)
		c.oldNamed[key] = append(c.oldNamed[key], strings.Clone(r.Key))
	}
}

func (c *comparison) noteNew(r *Row) {
	if r.Key == "" || len(r.Was) == 0 {
		return
	}
	key := strings.Clone(r.Key)
	for _, was := range r.Was {
		if was != r.Key && !slices.Contains(c.was[key], was) {
			c.was[key] = append(c.was[key], strings.Clone(was))
		}
	}
}

// followEdits finds which rows of the older edition those of the newer one were.
func (c *comparison) followEdits() {
	for _, all := range c.was {
		for _, was := range all {
			if _, there := c.now[was]; there {
				c.replaced[was] = true
			}
		}
	}
	for key := range c.was {
		if _, there := c.old[key]; there || c.replaced[key] {
			continue
		}
		former := c.formerOf(key)
		for _, old := range former {
			c.claims[old]++
		}
		if len(former) > 0 {
			c.former[key] = former
		}
	}
}

// formerOf are the keys of the older edition that a row had: those that it names, or
// that the rows which it takes the place of name, or whose rows name the same one.
func (c *comparison) formerOf(key string) (former []string) {
	seen := map[string]bool{key: true}
	for follow := []string{key}; len(follow) > 0; follow = follow[1:] {
		for _, was := range c.was[follow[0]] {
			if seen[was] {
				continue
			}
			seen[was] = true
			if _, there := c.old[was]; there {
				former = append(former, was)
			} else {
				former = append(former, c.oldNamed[was]...)
			}
			follow = append(follow, was)
		}
	}
	slices.Sort(former)
	return slices.Compact(former)
}

// stands: the row of that key stands in the newer edition itself, and no other row
// takes its place.
func (c *comparison) stands(key string) bool {
	_, there := c.now[key]
	return there && !c.replaced[key]
}
