// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/figure"
	"recount/journal"
)

// A named bundle carries the rows behind the lines as well: data/rows has the
// opening of each record and harm, proof/rows the proof that it stands in what
// an entry imported. docs/formats/bundle.md describes the level.

const (
	kindRecord   = "record@1"
	kindHarm     = "harm@1"
	kindImport   = "list.imported@1"
	kindAddition = "records.added@1"
)

// disclosed is a row that was shown to stand in an import.
type disclosed struct {
	file    string
	opening journal.Opening
	harms   []disclosed // of a record
}

// imported is what an opened import states of its row file.
type imported struct {
	n    int64
	root tlog.Hash
}

// readRows reads the disclosed rows and proves each to its import.
func (c *checking) readRows() {
	if !c.named {
		return
	}
	c.rows = make(map[journal.Leaf]disclosed)
	imports := c.imports()
	var harms []disclosed
	for _, name := range c.bag.under("data/rows") {
		file := "data/rows/" + name
		leaf, opening, err := c.readRow(file, strings.TrimSuffix(name, ".opening"))
		if err == nil {
			err = c.proveRow(leaf, imports)
		}
		if err != nil {
			c.report.add(InLog, Finding{Verdict: undecidedOr(err), File: file, What: "a row as it was imported", Expected: "a row of an import that the bundle opens", Found: err.Error()})
			continue
		}
		row := disclosed{file: file, opening: opening}
		if opening.Kind == kindHarm {
			harms = append(harms, row)
			continue
		}
		c.rows[leaf] = row
	}
	for _, h := range harms {
		v, _ := h.opening.Get("record")
		leaf, err := journal.ParseLeaf(v.Text())
		record, ok := c.rows[leaf]
		if err != nil || !ok {
			c.report.add(AddsUp, Finding{Verdict: Undecided, File: h.file, What: "a harm whose record is not disclosed", Expected: "the opening of its record", Found: "none"})
			continue
		}
		record.harms = append(record.harms, h)
		c.rows[leaf] = record
	}
}

func (c *checking) readRow(file, name string) (journal.Leaf, journal.Opening, error) {
	text, err := c.bag.read(file)
	if err != nil {
		return journal.Leaf{}, journal.Opening{}, err
	}
	origin, seq, o, err := journal.ParseOpening(text)
	if err != nil {
		return journal.Leaf{}, o, err
	}
	leaf, err := o.Leaf(origin)
	if err != nil {
		return leaf, o, err
	}
	if origin != c.checkpoint.Origin || seq != journal.NoSeq || leaf.String() != name || (o.Kind != kindRecord && o.Kind != kindHarm) {
		return leaf, o, fmt.Errorf("%w: the file opens the %s %s of %s", fault.Tampered, o.Kind, leaf, origin)
	}
	return leaf, o, nil
}

// RowProofPath is where a named bundle has the proof of a row.
func RowProofPath(leaf journal.Leaf) string { return "proof/rows/" + leaf.String() + ".row-proof" }

func (c *checking) proveRow(leaf journal.Leaf, imports []imported) error {
	text, err := c.bag.read(RowProofPath(leaf))
	if err != nil {
		return fmt.Errorf("%w: no proof that the row was imported", fault.Unavailable)
	}
	proof, err := journal.ParseRowProof(text)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if i.root == proof.Root && i.n == proof.Size {
			return proof.Verify(leaf, c.checkpoint.Origin, i.n, i.root)
		}
	}
	return fmt.Errorf("%w: the proof leads to a root that no opened import states", fault.Tampered)
}

// imports are the opened imports; one that came after the answer, or brings an
// exhibit that another import has brought, is told.
func (c *checking) imports() []imported {
	var list []imported
	exhibits := make(map[string]int64)
	for _, seq := range slices.Sorted(maps.Keys(c.entries)) {
		o := c.entries[seq]
		if o.Kind != kindImport && o.Kind != kindAddition {
			continue
		}
		file := "proof/" + itoa(seq) + ".opening"
		n, _ := o.Get("n")
		root, _ := o.Get("root")
		leaf, err := journal.ParseLeaf(root.Text())
		count, err2 := strconv.ParseInt(n.Text(), 10, 64)
		if err != nil || err2 != nil {
			c.report.add(InLog, Finding{Verdict: Undecided, File: file, What: "an import", Expected: "number of rows and root, open", Found: "closed, or something else"})
			continue
		}
		if seq >= c.frozen.BaseSize {
			c.report.add(InLog, Finding{Verdict: Refuted, File: file, What: "an import after the checkpoint that the figures were answered at", Expected: "an entry before " + itoa(c.frozen.BaseSize), Found: itoa(seq)})
		}
		list = append(list, imported{count, tlog.Hash(leaf)})
		if o.Kind == kindImport {
			c.onlyOnce(exhibits, seq, o)
		}
	}
	return list
}

func (c *checking) onlyOnce(exhibits map[string]int64, seq int64, o journal.Opening) {
	file := "proof/" + itoa(seq) + ".opening"
	sum, open := o.Get("exhibit_sha256")
	if !open || !sum.Present() {
		c.report.add(AddsUp, Finding{Verdict: Undecided, File: file, What: "whether its exhibit was imported twice", Expected: "exhibit_sha256, open", Found: "closed"})
		return
	}
	if other, twice := exhibits[sum.Text()]; twice {
		c.report.add(AddsUp, Finding{Verdict: Refuted, File: file, What: "one exhibit was imported twice", Expected: "each exhibit once", Found: "entries " + itoa(other) + " and " + itoa(seq)})
	}
	exhibits[sum.Text()] = seq
}

// rungsOf follows count@1's way from records to the rungs of a person. closed
// is a field that it needs and that is not open.
func rungsOf(d figure.Definition, records []disclosed) (r figure.Rungs, closed string) {
	use := d.Rungs()
	sets := map[string][]string{}
	for _, x := range records {
		for _, f := range use.Fields() {
			if f == "harms" {
				continue
			}
			v, open := x.opening.Get(f)
			if !open {
				return r, f + " in " + x.file
			}
			sets[f] = append(sets[f], v.Text())
		}
		for _, h := range x.harms {
			if !use.Harms {
				break
			}
			harm, counts, field := harmOf(h)
			if field != "" {
				return r, field + " in " + h.file
			}
			if counts {
				r.Harms = append(r.Harms, harm)
			}
		}
	}
	r.ChildFlag, r.ChildAge = figure.NewSet(sets["child_flag"]...), figure.NewSet(sets["child_age"]...)
	r.AgeBand, r.Sex = figure.NewSet(sets["age_band"]...), figure.NewSet(sets["sex"]...)
	return d.Reduce(r), ""
}

// harmOf reads a harm; one that was examined and excluded does not count.
func harmOf(h disclosed) (harm figure.Harm, counts bool, closed string) {
	var determination string
	for _, f := range []struct {
		name string
		to   *string
	}{{"code", &harm.Code}, {"month", &harm.Month}, {"district", &harm.District}, {"determination", &determination}} {
		v, open := h.opening.Get(f.name)
		if !open {
			return harm, false, f.name
		}
		*f.to = v.Text()
	}
	return harm, determination != "excluded", ""
}
