// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/vault"
)

// Travel is what a travel copy says of itself: of which state of the case it
// was made, what was chosen, and how much stayed at home (docs/formats/travel.md).
type Travel struct {
	Origin       string
	Size         int64     // entries in the journal that it was made of
	Root         tlog.Hash // of that journal's tree
	Made         time.Time
	Class        string   // what goes outside of compartments: all up to this class
	Compartments []string // ids of those that go
	// What stayed at home. What had been erased before is in none of these.
	Entries, Rows, Objects int64

	ForFields int64 // of what stayed: records, groups and incidents that did for a closed field alone; not in the note

	leaves  []journal.Leaf  // of entries, and of rows of lists that go, without a key here
	objects []vault.Address // without a key here
}

const travelLine = "recount travel/1"

// Text is what the seal key of the case signs.
func (t Travel) Text() []byte {
	among := strings.Join(t.Compartments, ",")
	if among == "" {
		among = "-"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\norigin %s\nsize %d\nroot %s\nmade %s\nclass %s\ncompartments %s\nentries %d\nrows %d\nobjects %d\n", travelLine,
		t.Origin, t.Size, base64.StdEncoding.EncodeToString(t.Root[:]), t.Made.UTC().Format(time.RFC3339), t.Class, among, t.Entries, t.Rows, t.Objects)
	for _, leaf := range t.leaves {
		b.WriteString("leaf " + leaf.String() + "\n")
	}
	for _, a := range t.objects {
		b.WriteString("object " + a.String() + "\n")
	}
	return []byte(b.String())
}

// ParseTravel reads exactly what Text writes; anything else is fault.Invalid.
func ParseTravel(text []byte) (t Travel, err error) {
	defer fault.Wrap(&err, "what a travel copy says of itself")
	names := []string{"origin", "size", "root", "made", "class", "compartments", "entries", "rows", "objects"}
	lines := strings.Split(string(text), "\n")
	if len(lines) < len(names)+2 || lines[0] != travelLine {
		return t, fmt.Errorf("%w: it begins with %q and has %d lines before its list", fault.Invalid, travelLine, len(names)+1)
	}
	values := map[string]string{}
	for i, name := range names {
		value, found := strings.CutPrefix(lines[i+1], name+" ")
		if !found || value == "" {
			return t, fmt.Errorf("%w: line %d is %q", fault.Invalid, i+2, name)
		}
		values[name] = value
	}
	if err := t.parse(values); err != nil {
		return t, err
	}
	for _, line := range lines[len(names)+1 : len(lines)-1] {
		if err := t.parseLeft(line); err != nil {
			return t, err
		}
	}
	if string(t.Text()) != string(text) {
		return t, fmt.Errorf("%w: it has another spelling than the one that is written", fault.Invalid)
	}
	return t, nil
}

func (t *Travel) parse(values map[string]string) (err error) {
	t.Origin, t.Class = values["origin"], values["class"]
	for name, dest := range map[string]*int64{"size": &t.Size, "entries": &t.Entries, "rows": &t.Rows, "objects": &t.Objects} {
		if *dest, err = headNumber(values[name]); err != nil {
			return err
		}
	}
	root, err := base64.StdEncoding.Strict().DecodeString(values["root"])
	if err != nil || len(root) != len(t.Root) {
		return fmt.Errorf("%w: the root is not 32 bytes in base64", fault.Invalid)
	}
	t.Root = tlog.Hash(root)
	if t.Made, err = time.Parse(time.RFC3339, values["made"]); err != nil {
		return fmt.Errorf("%w: when it was made: %w", fault.Invalid, err)
	}
	if err := register.CheckHandling(t.Class); err != nil {
		return err
	}
	if values["compartments"] == "-" {
		return nil
	}
	t.Compartments = strings.Split(values["compartments"], ",")
	for _, k := range t.Compartments {
		if err := register.CheckID("k", k); err != nil {
			return err
		}
	}
	return nil
}

func (t *Travel) parseLeft(line string) error {
	kind, text, _ := strings.Cut(line, " ")
	switch kind {
	case "leaf":
		leaf, err := journal.ParseLeaf(text)
		t.leaves = append(t.leaves, leaf)
		return err
	case "object":
		a, err := vault.ParseAddress(text)
		t.objects = append(t.objects, a)
		return err
	}
	return fmt.Errorf("%w: the line %s", fault.Invalid, strconv.Quote(line))
}

// into adds what has no key in this copy to what is decided to be erased: both
// are read past, and neither is a loss.
func (t *Travel) into(d *decisions) {
	if t == nil {
		return
	}
	for _, leaf := range t.leaves {
		d.leaves[leaf] = true
	}
	for _, a := range t.objects {
		d.objects[a] = true
	}
}
