// SPDX-License-Identifier: Apache-2.0

package journal

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"recount/fault"
)

// ErrUnknownKind says that a leaf is of a kind which this release does not
// know. Nothing is wrong with it; it cannot be decided here.
var ErrUnknownKind = errors.New("kind not known to this release")

// Kind fixes the fields of a leaf, their number and their order. The Fields
// of a kind from Kinds or KindNamed are shared: do not change them.
type Kind struct {
	Name   string // "record@1": at most 64 bytes, its version after the "@"
	Fields []string
}

// Index is the place of field in the kind, or -1.
func (k Kind) Index(field string) int { return slices.Index(k.Fields, field) }

// IsEntry tells whether the kind is one of acts: it begins with the fields
// seq, time, actor, reason, basis, handling.
func (k Kind) IsEntry() bool {
	return len(k.Fields) >= len(entryFields) && slices.Equal(k.Fields[:len(entryFields)], entryFields[:])
}

// entryFields are what every act carries, in this order.
var entryFields = [...]string{"seq", "time", "actor", "reason", "basis", "handling"}

//go:embed kinds.txt
var kindsText string

// KindsText is the table of kinds as a file, for a bundle's proof/kinds.txt.
func KindsText() string { return kindsText }

// Kinds are all kinds of this release, in the order of kinds.txt.
func Kinds() []Kind { return slices.Clone(table().list) }

// KindNamed is the kind of that name, and false for one that this release
// does not know.
func KindNamed(name string) (Kind, bool) {
	k, ok := table().byName[name]
	return k, ok
}

type kindTable struct {
	list   []Kind
	byName map[string]Kind
}

// table reads the embedded file once; a test holds that it reads cleanly.
var table = sync.OnceValue(func() kindTable {
	list, err := parseKinds(kindsText)
	if err != nil {
		list = nil
	}
	t := kindTable{list: list, byName: make(map[string]Kind, len(list))}
	for _, k := range list {
		t.byName[k.Name] = k
	}
	return t
})

// parseKinds reads a table of kinds: one a line, name and fields parted by
// one space; lines that begin with "#" say nothing.
func parseKinds(text string) ([]Kind, error) {
	var list []Kind
	seen := map[string]bool{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		words := strings.Split(line, " ")
		k := Kind{Name: words[0], Fields: words[1:]}
		if err := k.check(); err != nil {
			return nil, fmt.Errorf("kinds, line %d: %w", number, err)
		}
		if seen[k.Name] {
			return nil, fmt.Errorf("%w: kinds, line %d: %s stands there twice", fault.Invalid, number, k.Name)
		}
		seen[k.Name] = true
		list = append(list, k)
	}
	return list, nil
}

func (k Kind) check() error {
	if err := checkKindName(k.Name); err != nil {
		return err
	}
	if len(k.Fields) == 0 || len(k.Fields) > maxFields {
		return fmt.Errorf("%w: %s has %d fields; 1 to %d are accepted", fault.Invalid, k.Name, len(k.Fields), maxFields)
	}
	for i, f := range k.Fields {
		if err := checkFieldName(f); err != nil {
			return fmt.Errorf("%s: %w", k.Name, err)
		}
		if slices.Contains(k.Fields[:i], f) {
			return fmt.Errorf("%w: %s has the field %q twice", fault.Invalid, k.Name, f)
		}
	}
	return nil
}

// known answers whether k is exactly a kind of this release: leaves of any
// other could be sealed, and never be checked by anybody.
func (k Kind) known() error {
	t, ok := KindNamed(k.Name)
	if !ok {
		return fmt.Errorf("%w: %w: %.64q", fault.Invalid, ErrUnknownKind, k.Name)
	}
	if !slices.Equal(t.Fields, k.Fields) {
		return fmt.Errorf("%w: the fields given for %s are not those of that kind", fault.Invalid, k.Name)
	}
	return nil
}

// checkKindName accepts a lower-case letter, then letters, digits, "." and
// "-", then "@" and a version from 1.
func checkKindName(s string) error {
	name, version, found := strings.Cut(s, "@")
	if len(s) > maxName || !found || !isWord(name, ".-") || !isVersion(version) {
		return fmt.Errorf("%w: %.64q is no name of a kind; one such as \"record@1\", of at most %d bytes, is accepted", fault.Invalid, s, maxName)
	}
	return nil
}

// checkFieldName accepts a lower-case letter, then letters, digits and "_".
func checkFieldName(s string) error {
	if len(s) > maxName || !isWord(s, "_") {
		return fmt.Errorf("%w: %.64q is no name of a field; lower-case letters, digits and \"_\", at most %d bytes, are accepted", fault.Invalid, s, maxName)
	}
	return nil
}

func isWord(s, also string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || strings.IndexByte(also, c) >= 0)) {
			return false
		}
	}
	return s != ""
}

func isVersion(s string) bool {
	if s == "" || s[0] == '0' {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}
