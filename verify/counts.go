// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"recount/fault"
	"recount/figure"
	"recount/journal"
)

const (
	kindLine   = "line@1"
	erasedLine = "recount erased/1"
)

// ErasedPath is where a bundle lists the leaves of lines that were erased
// after the freeze and cannot be shown any more.
func ErasedPath(file int64) string { return fmt.Sprintf("data/counts/%d.erased", file) }

// MarshalErased is that list: ascending, each once.
func MarshalErased(origin string, leaves []journal.Leaf) []byte {
	var b bytes.Buffer
	b.WriteString(erasedLine + "\n" + origin + "\n")
	for _, l := range leaves {
		b.WriteString(l.String() + "\n")
	}
	return b.Bytes()
}

// ParseErased reads exactly what MarshalErased writes.
func ParseErased(origin string, text []byte) ([]journal.Leaf, error) {
	rest, ok := strings.CutPrefix(string(text), erasedLine+"\n"+origin+"\n")
	if !ok {
		return nil, fmt.Errorf("%w: not a list of erased lines of %s", fault.Invalid, origin)
	}
	var leaves []journal.Leaf
	for line := range strings.Lines(rest) {
		leaf, err := journal.ParseLeaf(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, err
		}
		if n := len(leaves); n > 0 && bytes.Compare(leaves[n-1][:], leaf[:]) >= 0 {
			return nil, fmt.Errorf("%w: leaf %s is out of order", fault.Invalid, leaf)
		}
		leaves = append(leaves, leaf)
	}
	if !bytes.Equal(MarshalErased(origin, leaves), text) {
		return nil, fmt.Errorf("%w: the list of erased lines is not written as such lists are", fault.Invalid)
	}
	return leaves, nil
}

// counts checks every count file that the entry names, and that there is no
// other.
func (c *checking) counts(ctx context.Context) error {
	known := make(map[string]bool)
	for _, count := range c.frozen.Counts {
		known[CountPath(count.File)], known[ErasedPath(count.File)] = true, true
	}
	for _, name := range c.bag.under("data/counts") {
		if file := "data/counts/" + name; !known[file] {
			c.report.add(Complete, Finding{Verdict: Refuted, File: file, What: "a count file that the freeze does not name", Expected: "no such file", Found: file})
		}
	}
	c.readRows()
	for _, count := range c.frozen.Counts {
		if err := c.count(ctx, count); err != nil {
			return err
		}
	}
	c.sameFigure()
	return nil
}

// sameFigure holds count files of one figure against each other: the figure
// itself stands in each of them.
func (c *checking) sameFigure() {
	first := make(map[string]Count)
	for _, x := range c.frozen.Counts {
		id := x.Definition.Figure
		one, seen := first[id]
		if !seen {
			first[id] = x
			continue
		}
		c.same(AddsUp, CountPath(x.File), "the definition of "+id, string(one.Definition.JSON()), string(x.Definition.JSON()))
		c.same(AddsUp, CountPath(x.File), "the sum of "+id+" in two count files", sumText(one.Totals[0]), sumText(x.Totals[0]))
	}
}

// tally is the check of one count file under way.
type tally struct {
	*checking
	count  Count
	sheet  figure.Definition
	file   string
	merkle journal.Merkle
	erased []journal.Leaf
	left   []journal.Leaf // of the erased, those not yet passed
	sums   []figure.Totals
	lines  Lines
	told   map[string]int // findings of one sort, of which only some are printed
	people *people        // named level
}

// count checks one count file: complete, and adding up.
func (c *checking) count(ctx context.Context, count Count) error {
	sheet, err := count.Sheet()
	if err != nil {
		return err // ParseFrozen has made it once already
	}
	t := &tally{checking: c, count: count, sheet: sheet, file: CountPath(count.File), sums: make([]figure.Totals, len(count.Totals)), told: make(map[string]int)}
	if c.named {
		t.people = c.newPeople(count.File)
	}
	if !t.readErased() {
		return nil
	}
	if !c.bag.has(t.file) {
		c.missing(Complete, t.file, fault.NotFound)
		c.report.add(AddsUp, Finding{Verdict: Undecided, File: t.file, What: "its lines cannot be read"})
		return nil
	}
	f, err := c.bag.fsys.Open(t.file)
	if err != nil {
		return readError(err)
	}
	err = t.read(contextReader{ctx, f})
	if err := errors.Join(ctx.Err(), f.Close()); err != nil {
		return readError(err)
	}
	if err != nil {
		c.report.add(Complete, Finding{Verdict: undecidedOr(err), File: t.file, What: "the lines as they were frozen", Expected: itoa(count.N) + " lines with root " + count.Root, Found: err.Error()})
		c.report.add(AddsUp, Finding{Verdict: Undecided, File: t.file, What: "not all of its lines can be read"})
	} else {
		t.total()
	}
	t.keep()
	return nil
}

func (t *tally) readErased() bool {
	file := ErasedPath(t.count.File)
	if !t.bag.has(file) {
		return true
	}
	text, err := t.bag.read(file)
	if err == nil {
		t.erased, err = ParseErased(t.checkpoint.Origin, text)
	}
	if err != nil {
		t.report.add(Complete, Finding{Verdict: Refuted, File: file, What: "the list of erased lines", Expected: "leaves in ascending order", Found: err.Error()})
		t.report.add(AddsUp, Finding{Verdict: Undecided, File: t.file, What: "not all of its lines can be told"})
		return false
	}
	t.left, t.lines.Closed = t.erased, int64(len(t.erased))
	return true
}

// read goes through the lines once.
func (t *tally) read(r io.Reader) error {
	reader, err := journal.NewCountReader(r)
	if err != nil {
		return err
	}
	if reader.Origin() != t.checkpoint.Origin || reader.Kind().Name != kindLine || reader.Size() != t.count.N-int64(len(t.erased)) {
		return fmt.Errorf("%w: a file of %s with %d lines of kind %s", fault.Tampered, reader.Origin(), reader.Size(), reader.Kind().Name)
	}
	for {
		o, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		t.pass(reader.Leaf())
		t.line(reader.Number(), o)
	}
	for _, l := range t.left {
		t.merkle.Add(l[:])
	}
	if t.merkle.Root() != t.count.root() || t.merkle.Size() != t.count.N {
		return fmt.Errorf("%w: %d lines with root %s", fault.Tampered, t.merkle.Size(), journal.Leaf(t.merkle.Root()))
	}
	return nil
}

// pass adds a leaf to the root, and before it the erased ones that precede it.
func (t *tally) pass(leaf journal.Leaf) {
	for len(t.left) > 0 && bytes.Compare(t.left[0][:], leaf[:]) < 0 {
		t.merkle.Add(t.left[0][:])
		t.left = t.left[1:]
	}
	t.merkle.Add(leaf[:])
}

// tell adds a finding about a line, but no more than a few of one sort.
func (t *tally) tell(verdict Verdict, line int64, what, expected, found string) {
	const few = 5
	t.told[what]++
	switch n := t.told[what]; {
	case n <= few:
		t.report.add(AddsUp, Finding{Verdict: verdict, File: t.file, Line: line, What: what, Expected: expected, Found: found})
	case n == few+1:
		t.report.add(AddsUp, Finding{Verdict: verdict, File: t.file, Line: line, What: what + " (and perhaps more lines, which are not printed)"})
	}
}

// line re-evaluates one line from the rungs that it opens.
func (t *tally) line(number int64, o journal.Opening) {
	t.lines.Total++
	v, open := o.Get("verdicts")
	if !open {
		t.lines.Closed++
		return
	}
	verdicts, err := figure.ParseVerdicts(v.Text())
	if err != nil || len(verdicts) != len(t.sums) {
		t.tell(Refuted, number, "the verdicts of a line", fmt.Sprintf("%d verdicts", len(t.sums)), "something else")
		return
	}
	for i, v := range verdicts {
		t.sums[i].Add(v)
	}
	rungs, opened, ok := t.openRungs(number, o)
	if !ok {
		return
	}
	decided, follow := t.sheet.Decide(rungs), 0
	for i, v := range verdicts {
		if !t.sheet.Uses(i).Within(opened) {
			continue
		}
		follow++
		if decided[i] != v {
			t.tell(Refuted, number, "a verdict does not follow from the open rungs by "+t.count.Rule, figure.EncodeVerdicts(decided), figure.EncodeVerdicts(verdicts))
			return
		}
	}
	switch follow {
	case len(verdicts):
		t.lines.Reevaluated++
	case 0:
		t.lines.VerdictOnly++
	default:
		t.lines.InPart++
	}
	if t.people != nil {
		t.person(number, o, rungs, opened)
	}
}

// openRungs reads the rungs that a line opens.
func (t *tally) openRungs(number int64, o journal.Opening) (r figure.Rungs, opened figure.Use, ok bool) {
	use := t.sheet.Rungs()
	for _, f := range use.Fields() {
		v, open := o.Get(f)
		if !open {
			continue
		}
		if err := r.SetField(f, v.Text()); err != nil || !v.Present() {
			t.tell(Refuted, number, "a rung of a line", f+" as figures write it", "something else")
			return r, opened, false
		}
		opened = opened.With(f)
	}
	return r, opened, true
}

// total holds the sums against what the entry states. Each line that is not
// shown has taken one verdict of each column with it: what is left can refute
// the sums, but not make them up.
func (t *tally) total() {
	fits := true
	for i, sum := range t.sums {
		want := t.count.Totals[i]
		gone := figure.Totals{In: want.In - sum.In, Unknown: want.Unknown - sum.Unknown, Out: want.Out - sum.Out}
		if gone.In >= 0 && gone.Unknown >= 0 && gone.Out >= 0 && gone.N() == t.lines.Closed {
			continue
		}
		fits = false
		what := "the sum of the verdicts of " + t.count.Definition.Figure
		if i > 0 {
			what += "." + t.count.Parts[i-1]
		}
		t.report.add(AddsUp, Finding{Verdict: Refuted, File: t.file, What: what, Expected: sumText(want), Found: sumText(sum)})
	}
	if t.lines.Closed > 0 && fits {
		t.report.add(AddsUp, Finding{Verdict: Undecided, File: t.file, What: "lines that are not shown, as they were erased since the freeze or are withheld; the others fit what was stated",
			Expected: "every line", Found: itoa(t.lines.Closed) + " of " + itoa(t.count.N) + " not shown"})
	}
	if t.people != nil {
		t.people.close(t)
	}
}

func sumText(t figure.Totals) string {
	return fmt.Sprintf("%d in, %d unknown, %d out", t.In, t.Unknown, t.Out)
}

// keep puts what was counted into the report.
func (t *tally) keep() {
	l, all := &t.lines, &t.report.Lines
	l.Total += int64(len(t.erased))
	all.Total, all.Reevaluated, all.InPart = all.Total+l.Total, all.Reevaluated+l.Reevaluated, all.InPart+l.InPart
	all.VerdictOnly, all.Closed = all.VerdictOnly+l.VerdictOnly, all.Closed+l.Closed
	for _, col := range t.frozen.Columns() {
		if col.Figure == t.count.Definition.Figure && (col.Part == "" || slices.Contains(t.count.Parts, col.Part)) {
			seen := slices.ContainsFunc(t.report.Figures, func(x Counted) bool { return x.Figure == col.Figure && x.Part == col.Part })
			if !seen {
				col.Lines = t.lines
				t.report.Figures = append(t.report.Figures, col)
			}
		}
	}
}
