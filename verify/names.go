// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"path"
	"regexp"
)

var (
	publicFile = regexp.MustCompile(`^(?:bagit\.txt|bag-info\.txt|manifest-sha256\.txt|tagmanifest-sha256\.txt|SEAL|VERIFY\.txt|CONDITIONS\.txt|` +
		`proof/(?:checkpoint|history|log\.vkey|seal\.vkey|kinds\.txt|[0-9]+\.opening|[0-9]+\.tlog-proof|consistency-[0-9]+-[0-9]+)|` +
		`data/(?:statement\.md|statement\.html|figures\.json|quotes\.json|counts/[0-9]+\.(?:count|erased)))$`)
	namedFile = regexp.MustCompile(`^(?:data/members/[0-9]+\.count|data/rows/[0-9a-f]{64}\.opening|proof/rows/[0-9a-f]{64}\.row-proof)$`)
)

// closedList refutes files that no bundle of its level has, however well they
// are listed and sealed: readers would take them for a part of what was frozen.
func (c *checking) closedList(named bool) {
	for _, name := range c.bag.names {
		if publicFile.MatchString(name) || named && namedFile.MatchString(name) {
			continue
		}
		c.report.add(Unchanged, Finding{Verdict: Refuted, File: name, What: "a file that bundles do not have", Expected: "the files of docs/formats/bundle.md and no others", Found: name})
	}
}

// emptyFolders are those of folders that lead to none of the files.
func emptyFolders(folders, files []string) []string {
	used := make(map[string]bool)
	for _, name := range files {
		for dir := path.Dir(name); dir != "." && !used[dir]; dir = path.Dir(dir) {
			used[dir] = true
		}
	}
	var empty []string
	for _, dir := range folders {
		if !used[dir] {
			empty = append(empty, dir)
		}
	}
	return empty
}
