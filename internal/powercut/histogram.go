// SPDX-License-Identifier: Apache-2.0

package powercut

import (
	"fmt"
	"strings"
)

// Histogram counts where kills fell.
type Histogram struct {
	classes []string
	counts  map[string]int
}

// NewHistogram is one with these classes, in the order of the work.
func NewHistogram(classes ...string) *Histogram {
	return &Histogram{classes: classes, counts: map[string]int{}}
}

// Add counts a kill.
func (h *Histogram) Add(class string) { h.counts[class]++ }

// Total is the number of kills.
func (h *Histogram) Total() (n int) {
	for _, count := range h.counts {
		n += count
	}
	return n
}

// Empty are the classes in which nothing fell, and what was counted under no
// class.
func (h *Histogram) Empty() (empty, foreign []string) {
	known := map[string]bool{}
	for _, class := range h.classes {
		known[class] = true
		if h.counts[class] == 0 {
			empty = append(empty, class)
		}
	}
	for class := range h.counts {
		if !known[class] {
			foreign = append(foreign, class)
		}
	}
	return empty, foreign
}

// Lines are the histogram for people, one line a class.
func (h *Histogram) Lines(title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "kills: %s, %d\n", title, h.Total())
	for _, class := range h.classes {
		n := h.counts[class]
		fmt.Fprintf(&b, "kills:   %-16s %4d %s\n", class, n, strings.Repeat("#", min(n, 60)))
	}
	return b.String()
}
