// SPDX-License-Identifier: Apache-2.0

package redact

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// scrubber clears a part, token by token, of what must not stay.
type scrubber struct {
	b       *book
	out     *bytes.Buffer
	part    string // of a file of relationships: the part that they are of
	changed bool
	depth   int      // within an element that is left out
	open    []string // elements around
}

// copied are elements that hold values of cells once more.
func copied(element string) string {
	switch element {
	case "strCache", "numCache", "multiLvlStrCache":
		return "values that charts had"
	case "pivotCaches":
		return "pivot tables"
	}
	return ""
}

func (s *scrubber) take(t token) {
	switch {
	case s.depth > 0:
		s.skip(t)
	case t.start != "" && s.goes(t):
		s.skip(t)
	case t.start != "":
		s.open = append(s.open, t.start)
		raw := scrubTag(t.raw, func(name, value string) (string, bool) { return s.b.instead(t.start, name, value) })
		s.changed = s.changed || !bytes.Equal(raw, t.raw)
		s.out.Write(raw)
	case t.end != "":
		s.open = s.open[:max(0, len(s.open)-1)]
		s.out.Write(t.raw)
	default:
		s.text(t)
	}
}

// skip leaves a token out.
func (s *scrubber) skip(t token) {
	s.changed = true
	switch {
	case t.start != "":
		s.depth++
	case t.end != "":
		s.depth--
	}
}

// goes tells elements that are left out with all that is in them.
func (s *scrubber) goes(t token) bool {
	switch t.start {
	case "Relationship":
		target := t.attr("Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(path.Dir(s.part), target)
		}
		return s.b.leaves(target) || s.b.links[s.part+" "+t.attr("Id")]
	case "Override":
		return s.b.leaves(t.attr("PartName"))
	}
	what := copied(t.start)
	if what == "" {
		return false
	}
	for _, said := range s.b.report.Left {
		if said == what {
			return true
		}
	}
	s.b.report.Left = append(s.b.report.Left, what)
	return true
}

// leaves tells whether a part is left out.
func (b *book) leaves(part string) bool {
	f := b.find(part)
	if f == nil {
		return false
	}
	_, gone := b.gone[f.Name]
	return gone
}

func (s *scrubber) text(t token) {
	if t.text == "" || !s.b.must(t.text) {
		s.out.Write(t.raw)
		return
	}
	s.changed = true
	mark := Mark
	if n := len(s.open); n > 0 && isFormula(s.open[n-1]) {
		mark = "#REF!" // what stands in a formula when its cells are gone
	}
	s.out.Write(escaped(mark))
}

func isFormula(element string) bool {
	switch element {
	case "definedName", "f", "formula", "formula1", "formula2":
		return true
	}
	return false
}

// must tells whether a text has to go: it holds what is sought, or is what a
// blanked cell said and no other cell says.
func (b *book) must(text string) bool {
	if b.order.Holds(text) {
		return true
	}
	text = strings.TrimSpace(text)
	return b.lost[text] && !b.stays[text] && utf8.RuneCountInString(text) > 3
}

// instead is the value that an attribute gets in the place of one that has to go.
func (b *book) instead(element, name, value string) (string, bool) {
	if !b.must(value) {
		return "", false
	}
	b.erased++
	switch {
	case element == "sheet" && name == "name":
		return fmt.Sprintf("erased %d", b.erased), true // brackets cannot stand in a sheet's name
	case element == "definedName" && name == "name":
		return fmt.Sprintf("erased_%d", b.erased), true
	}
	return Mark, true
}

// shared empties the shared texts that no cell points to any more.
func (b *book) shared() error {
	f := b.find(b.part)
	if b.part == "" || f == nil {
		return nil
	}
	for i, text := range b.texts {
		if b.used[i] {
			b.stays[strings.TrimSpace(text)] = true
		}
	}
	data, err := b.read(f)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	at, in := 0, false
	err = b.scan(f.Name, data, func(t token) error {
		switch {
		case t.start == "si" && !b.used[at]:
			in = true
			fmt.Fprintf(&out, "<%[1]ssi><%[1]st></%[1]st></%[1]ssi>", t.prefix)
		case !in:
			out.Write(t.raw)
		}
		if t.end == "si" {
			at++
			in = false
		}
		return nil
	})
	if err == nil && len(b.used) < len(b.texts) {
		b.fresh[f.Name] = out.Bytes()
	}
	return err
}

// remarks blanks what is remarked on rows that were blanked, and what holds what
// is sought; the remark itself stays where it hangs.
func (b *book) remarks() error {
	for i := range b.names {
		related, err := b.relations(b.names[i].part)
		if err != nil {
			return err
		}
		for _, r := range related {
			f := b.find(r.target)
			if f == nil || r.kind != "comments" && r.kind != "threadedComment" {
				continue
			}
			if err := b.remarksIn(f.Name, &b.names[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *book) remarksIn(part string, of *bookSheet) error {
	data, err := b.read(b.find(part))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	s := scrubber{b: b, out: &out}
	var remark []token
	changed := false
	err = b.scan(part, data, func(t token) error {
		begins := t.start == "comment" || t.start == "threadedComment"
		switch ends := t.end == "comment" || t.end == "threadedComment"; {
		case begins || len(remark) > 0:
			if remark = append(remark, t); ends {
				changed = b.remark(&out, remark, of) || changed
				remark = nil
			}
		default:
			s.take(t)
		}
		return nil
	})
	if err == nil && (changed || s.changed) {
		b.fresh[part] = out.Bytes()
	}
	return err
}

// remark writes one remark.
func (b *book) remark(out *bytes.Buffer, tokens []token, of *bookSheet) (changed bool) {
	row := rowOf(tokens[0].attr("ref"))
	var all strings.Builder
	for _, t := range tokens {
		all.WriteString(t.text)
	}
	blank := of.blanked[row] || !b.order.Keep.Has(of.name, row) && b.must(all.String())
	said := false
	for _, t := range tokens {
		switch {
		case !blank || t.start != "" || t.end != "" || strings.TrimSpace(t.text) == "":
			out.Write(t.raw)
		case !said:
			out.WriteString(Mark)
			said = true
		}
	}
	return said
}

// others clears every other part that is text.
func (b *book) others() error {
	sheets := map[string]bool{}
	for _, s := range b.names {
		if f := b.find(s.part); f != nil {
			sheets[f.Name] = true
		}
	}
	for _, f := range b.zip.File {
		low := strings.ToLower(f.Name)
		_, gone := b.gone[f.Name]
		_, fresh := b.fresh[f.Name]
		if gone || fresh || sheets[f.Name] || strings.EqualFold(f.Name, b.part) || !strings.HasSuffix(low, ".xml") && !strings.HasSuffix(low, ".rels") && !strings.HasSuffix(low, ".vml") {
			continue
		}
		data, err := b.read(f)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		s := scrubber{b: b, out: &out, part: relationsOf(f.Name)}
		err = b.scan(f.Name, data, func(t token) error { s.take(t); return nil })
		switch {
		case err != nil && strings.HasSuffix(low, ".vml"):
			continue // often no XML; what stands there is searched afterwards as text
		case err != nil:
			return err
		case s.changed:
			b.fresh[f.Name] = out.Bytes()
		}
	}
	return nil
}

// relationsOf is the part whose relationships a file holds.
func relationsOf(file string) string {
	dir, name := path.Split(file)
	return path.Join(path.Dir(path.Clean(dir)), strings.TrimSuffix(name, ".rels"))
}
