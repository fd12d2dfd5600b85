// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// binder ties fields to columns; the first column that is not there ends it.
type binder struct {
	*Reader
	used    map[int]bool
	repeats map[string]*repeated
	tallies map[string]*FieldCount
	failed  error
}

func (b *binder) fail(err error) {
	if err != nil && b.failed == nil {
		b.failed = err
	}
}

// repeat is what is repeated under a name; nil for the row itself.
func (b *binder) repeat(name string) *repeated {
	if name == "" {
		return nil
	}
	if of, known := b.repeats[name]; known {
		return of
	}
	x, _ := b.m.repeat(name) // Parse has seen that it is there
	of, err := b.Reader.repeated(x, b.used)
	b.fail(err)
	if of == nil {
		of = &repeated{name: name}
	}
	b.repeats[name] = of
	return of
}

// bind ties one field, of the n-th of what is repeated.
func (b *binder) bind(name string, s slot, of *repeated, n int) *bound {
	f := *s.at
	x := &bound{name: name, slot: s, field: f, cache: map[string]reading{}, unknown: map[string]bool{}}
	if b.tallies == nil {
		b.tallies = map[string]*FieldCount{}
	}
	if x.tally = b.tallies[name]; x.tally == nil {
		x.tally = &FieldCount{Field: name, Columns: f.Columns, Codes: map[string]int64{}}
		b.tallies[name] = x.tally
		b.all = append(b.all, x)
	}
	for _, u := range slices.Concat(b.m.Unknown, f.Unknown) {
		u = strings.TrimSpace(u)
		x.unknown[norm.NFC.String(u)] = true
		x.longest = max(x.longest, len(norm.NFD.String(u)))
	}
	x.folded = foldedCodes(f.Codes)
	for _, c := range f.Columns {
		if i, ok := b.column(c, name, of, n); ok {
			x.cols = append(x.cols, i)
			b.used[i] = true
		}
	}
	for _, c := range f.Unlike {
		if i, ok := b.column(c, name, of, n); ok {
			x.unlike = append(x.unlike, i)
			b.used[i] = true
		}
	}
	b.bounds = append(b.bounds, x)
	x.absent = len(f.Columns) > 0 && len(x.cols) == 0 || len(f.Interval) > 0 && len(x.cols) < len(f.Columns)
	return x
}

// column is where a field's column stands: one of what is repeated, or of the row.
func (b *binder) column(c, name string, of *repeated, n int) (at int, ok bool) {
	if of != nil {
		if at, child := of.place(c, n); child {
			return at, at >= 0
		}
		if of.most == 0 && len(of.split) == 0 { // nothing of it is in this list: it has no columns to look for
			return 0, false
		}
	}
	at, err := b.find(c, name)
	b.fail(err)
	return at, err == nil
}

func (b *binder) record(in string, r *Record, to *[roleNote + 1]*bound, of *repeated, n int) {
	for _, s := range r.slots() {
		if *s.at != nil {
			to[s.role] = b.bind(in+"record."+s.name, s, of, n)
		}
	}
}

// harms ties the harms of a person. One that is repeated is tied as often as the
// list has columns for it.
func (b *binder) harms(in string, harms []Harm, of *repeated, n int) (all []boundHarm) {
	for i := range harms {
		h := &harms[i]
		own := b.repeat(h.Repeat)
		switch {
		case own == nil:
			all = append(all, b.harm(in, i, h, of, n))
		case len(own.split) > 0:
			x := b.harm(in, i, h, nil, 1)
			x.split = own
			all = append(all, x)
		default:
			for n := 0; n <= own.most; n++ {
				if own.has(n) {
					all = append(all, b.harm(in, i, h, own, n))
				}
			}
			if len(own.columns) == 0 {
				b.harm(in, i, h, own, 1) // counted, as none
			}
		}
	}
	return all
}

func (b *binder) harm(in string, i int, h *Harm, of *repeated, n int) boundHarm {
	x := boundHarm{determination: h.Determination, standard: h.Standard, of: of.all(n)}
	for _, s := range h.slots() {
		if *s.at != nil {
			x.at[s.role-roleCode] = b.bind(fmt.Sprintf("%sharms[%d].%s", in, i, s.name), s, of, n)
		}
	}
	return x
}

// has reports whether there is a column with that number.
func (x *repeated) has(n int) bool {
	for _, numbers := range x.columns {
		if _, ok := numbers[n]; ok {
			return true
		}
	}
	return false
}

// all are the columns of the n-th.
func (x *repeated) all(n int) (at []int) {
	if x == nil {
		return nil
	}
	for _, numbers := range x.columns {
		if i, ok := numbers[n]; ok {
			at = append(at, i)
		}
	}
	return at
}

func (b *binder) others(i int, o *Other) {
	of, in := b.repeat(o.Repeat), fmt.Sprintf("others[%d].", i)
	for n := 0; n <= of.most; n++ {
		if !of.has(n) {
			continue
		}
		x := boundOther{name: o.Repeat, number: n, of: of.all(n)}
		b.record(in, &o.Record, &x.record, of, n)
		x.harms = b.harms(in, o.Harms, of, n)
		b.Reader.others = append(b.Reader.others, x)
	}
}
