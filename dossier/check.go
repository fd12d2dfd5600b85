// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/names"
	"recount/register"
	"recount/verify"
)

// CheckPublic looks at a public bundle for what must not be in it, by reading
// it as anyone can: fields that should be closed, values that are no rungs,
// groups of fewer than limit persons, also by difference, ids of persons, pages that ask for
// something from outside, and values that lines have in common with those of
// other bundles, so that one could be joined with another. It answers
// fault.Forbidden with everything that was found.
//
// It trusts neither the plan of the freeze nor the program that wrote the
// bundle: it counts again.
func CheckPublic(ctx context.Context, bundle fs.FS, limit int, others ...fs.FS) error {
	c := &publicCheck{ctx: ctx, bundle: bundle, limit: int64(limit), told: make(map[string]bool)}
	if err := c.entries(); err != nil {
		return err
	}
	if err := c.texts(); err != nil {
		return err
	}
	for _, count := range c.frozen.Counts {
		if err := c.count(count); err != nil {
			return err
		}
	}
	if err := checkNested(c.frozen.Counts, nil, limit); errors.Is(err, fault.Forbidden) {
		c.find("proof", 0, "holds totals of nested figures that differ by fewer than %d persons", limit)
	} else if err != nil {
		return err
	}
	for _, other := range others {
		if err := c.join(other); err != nil {
			return err
		}
	}
	if len(c.found) == 0 {
		return nil
	}
	return fmt.Errorf("%w: the bundle must not be published: %s", fault.Forbidden, strings.Join(c.found, "; "))
}

type publicCheck struct {
	ctx    context.Context
	bundle fs.FS
	limit  int64
	frozen verify.Frozen
	found  []string
	told   map[string]bool
}

// find notes a violation of a file, the first of each sort with its line (0:
// none); it never names a value.
func (c *publicCheck) find(file string, line int64, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if c.told[file+text] {
		return
	}
	c.told[file+text] = true
	if line > 0 {
		file += ", line " + strconv.FormatInt(line, 10)
	}
	c.found = append(c.found, file+" "+text)
}

func openError(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the bundle has no %s", fault.Invalid, name)
	}
	return onDisk(err)
}

// entries reads the opened entries and holds their open fields to a list.
func (c *publicCheck) entries() error {
	names, err := fs.Glob(c.bundle, "proof/*.opening")
	if err != nil {
		return err
	}
	frozen := 0
	for _, name := range names {
		text, err := fs.ReadFile(c.bundle, name)
		if err != nil {
			return openError(name, err)
		}
		_, _, o, err := journal.ParseOpening(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		allowed := map[string][]string{verify.KindFrozen: verify.FrozenFields(), verify.KindCitation: verify.QuotationFields()}[o.Kind]
		if allowed == nil {
			c.find(name, 0, "opens an entry of kind %s", o.Kind)
		}
		for _, f := range o.Fields {
			if f.Open && !slices.Contains(allowed, f.Name) {
				c.find(name, 0, "opens the field %s", f.Name)
			}
		}
		if o.Kind != verify.KindFrozen {
			continue
		}
		frozen++
		if c.frozen, err = verify.ParseFrozen(o.Get); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if frozen != 1 {
		return fmt.Errorf("%w: the bundle opens %d entries of a freeze, not one", fault.Invalid, frozen)
	}
	if c.frozen.Limit < c.limit {
		c.find("proof", 0, "holds a freeze that allows groups of %d persons", c.frozen.Limit)
	}
	return nil
}

var (
	personID = regexp.MustCompile(`\bp-[0-9a-f]{16}\b`)
	// what a browser would fetch, run or send by itself
	outside = regexp.MustCompile(`(?is)<(?:script|link|img|iframe|object|embed|form|video|audio|source|base)\b|<[^>]*\s(?:on[a-z]+|src|srcset|style)\s*=|<style>[^<]*(?:url\(|@import)`)
	allowed = regexp.MustCompile(`<t[hd] style="text-align:(?:left|right|center)">`) // a table of Markdown
)

// texts looks at the files that people and programs read.
func (c *publicCheck) texts() error {
	return fs.WalkDir(c.bundle, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return onDisk(err)
		}
		if err := c.ctx.Err(); err != nil || d.IsDir() {
			return err
		}
		switch {
		case strings.HasPrefix(name, "data/members/"), strings.HasPrefix(name, "data/rows/"), strings.HasPrefix(name, "proof/rows/"):
			c.find(name, 0, "belongs to a named bundle")
			return nil
		case strings.HasPrefix(name, "data/counts/"):
			return nil // read line by line
		}
		text, err := fs.ReadFile(c.bundle, name)
		if err != nil {
			return openError(name, err)
		}
		if personID.Match(text) {
			c.find(name, 0, "holds the id of a person")
		}
		if strings.HasSuffix(name, ".html") && outside.Match(allowed.ReplaceAll(text, nil)) {
			c.find(name, 0, "asks for something from outside, or runs something")
		}
		return nil
	})
}

// count looks at one count file.
func (c *publicCheck) count(count verify.Count) error {
	sheet, err := count.Sheet()
	if err != nil {
		return err
	}
	name := verify.CountPath(count.File)
	var erased int64
	if text, err := fs.ReadFile(c.bundle, verify.ErasedPath(count.File)); err == nil {
		erased = int64(strings.Count(string(text), "\n")) - 2
	}
	cells := make(map[string]int64)
	verdicts := make([]map[figure.Verdict]int64, len(count.Parts)+1)
	err = eachLine(c.ctx, c.bundle, name, func(number int64, o journal.Opening) error {
		cell, err := c.line(name, number, sheet, o)
		cells[cell]++
		v, _ := o.Get("verdicts")
		list, err2 := figure.ParseVerdicts(v.Text())
		for i := 0; i < len(list) && i < len(verdicts); i++ {
			if verdicts[i] == nil {
				verdicts[i] = make(map[figure.Verdict]int64)
			}
			verdicts[i][list[i]]++
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		return err
	}
	for _, n := range cells {
		// A line that was erased since stood in one of the groups, and its verdicts
		// follow from the totals: it still counts as one of them.
		if n+erased < c.limit {
			c.find(name, 0, "shows a group of fewer than %d persons", c.limit)
		}
	}
	for _, column := range verdicts {
		for _, n := range column {
			if n+erased < c.limit {
				c.find(name, 0, "shows a group of fewer than %d persons", c.limit)
			}
		}
	}
	return nil
}

// line looks at one line and names the cell that it belongs to.
func (c *publicCheck) line(name string, number int64, sheet figure.Definition, o journal.Opening) (string, error) {
	cell := ""
	for _, f := range o.Fields {
		switch {
		case !f.Open:
			cell += "|"
			continue
		case f.Name == "verdicts":
		case !sheet.Rungs().Has(f.Name):
			c.find(name, number, "opens %s, which the figure does not use", f.Name)
		case !isRung(sheet, f.Name, f.Value.Text()):
			c.find(name, number, "opens %s, which is no rung as figures know it", f.Name)
		}
		cell += f.Name + strconv.Quote(f.Value.Text()) + "|"
	}
	return cell, nil
}

var (
	month = regexp.MustCompile(`^[0-9]{4}-(?:0[1-9]|1[0-2])$`)
	code  = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)
)

// isRung reports whether a value is one that the rung can have: a code, a
// month, a band, a district; never a name, a day or an age.
func isRung(d figure.Definition, field, text string) bool {
	var r figure.Rungs
	if err := r.SetField(field, text); err != nil {
		return false
	}
	var known []string
	switch field {
	case "harms":
		return !slices.ContainsFunc(r.Harms, func(h figure.Harm) bool { return !isHarm(d, h) })
	case "child_flag", "child_age":
		known = []string{"yes", "no"}
	case "age_band":
		known = figure.AgeBands()
	case "sex":
		for _, s := range register.SexCodes() {
			known = append(known, s.Code)
		}
	}
	for _, v := range figure.Set(text).Values() {
		if !slices.Contains(known, v) {
			return false
		}
	}
	return text != ""
}

// isHarm holds each part of a harm to what the definition uses of it.
func isHarm(d figure.Definition, h figure.Harm) bool {
	use := d.Rungs()
	part := func(used bool, text string, ok func(string) bool) bool {
		if !used {
			return text == ""
		}
		return text == figure.Unknowns || ok(text)
	}
	counts := func(s string) bool {
		return s == figure.Unresolved || slices.Contains(d.Harms, s) && code.MatchString(s)
	}
	folded := func(s string) bool { return s != "" && names.Fold(s) == s }
	return part(use.Code, h.Code, counts) && part(use.Month, h.Month, month.MatchString) && part(use.District, h.District, folded)
}

// join looks for anything that a line of this bundle has in common with a line
// of another: salts, commitments.
func (c *publicCheck) join(other fs.FS) error {
	names, err := fs.Glob(other, "data/counts/*.count")
	if err != nil {
		return err
	}
	theirs := make(map[[32]byte]bool)
	each := func(o journal.Opening, f func([32]byte)) {
		for _, x := range o.Fields {
			if x.Open {
				f(x.Salt)
			} else {
				f(x.Commitment)
			}
		}
	}
	for _, name := range names {
		err := eachLine(c.ctx, other, name, func(_ int64, o journal.Opening) error {
			each(o, func(v [32]byte) { theirs[v] = true })
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, count := range c.frozen.Counts {
		name := verify.CountPath(count.File)
		err := eachLine(c.ctx, c.bundle, name, func(number int64, o journal.Opening) error {
			each(o, func(v [32]byte) {
				if theirs[v] {
					c.find(name, number, "has something in common with another bundle")
				}
			})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachLine goes through a count file.
func eachLine(ctx context.Context, bundle fs.FS, name string, f func(number int64, o journal.Opening) error) (err error) {
	file, err := bundle.Open(name)
	if err != nil {
		return openError(name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	r, err := journal.NewCountReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		o, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := f(r.Number(), o); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, r.Number(), err)
		}
	}
}
