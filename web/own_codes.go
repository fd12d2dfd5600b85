// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// codeListPage is a list of codes of the case's own.
type codeListPage struct {
	base
	List    string
	Label   labelled
	Note    string
	Codes   []codeLine
	Declare aloneForm
}

// codeLine is a code as a person reads it.
type codeLine struct {
	Code, Parent string
	Label        labelled
	Others       []string // labels in other languages
	Spellings    []string
}

func (s *Server) codeList(v *visit) error {
	p, err := v.codeListPage(v.text("list"))
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) codeListPage(id string) (*codeListPage, error) {
	p := &codeListPage{base: v.baseNamed(id), List: id}
	var list register.CodeList
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		list, err = r.CodeList(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	all, err := list.All()
	if err != nil {
		return nil, err
	}
	p.Label, p.Note = v.label(list.Labels), list.Note
	var written []string
	for _, c := range all {
		line := codeLine{Code: c.Code, Parent: c.Parent, Label: v.label(c.Labels), Spellings: c.Spellings}
		for _, l := range c.Labels {
			if _, text, _ := strings.Cut(l, " "); text != line.Label.Text {
				line.Others = append(line.Others, l)
			}
		}
		p.Codes, written = append(p.Codes, line), append(written, codeText(c))
	}
	fields := append([]field{field{Name: "list", Kind: "hidden"}.with(id)}, v.labelFields(list.Labels)...)
	p.Declare = v.declaring(v.link("fields", "codes"), "own.codes.button", group{Fields: append(fields,
		field{Name: "codes", Label: v.words.T("own.codes"), Hint: v.words.T("own.codes.hint"), Kind: "long", Rows: 12, Required: true}.with(strings.Join(written, "\n")),
		field{Name: "note", Label: v.words.T("own.note"), Kind: "long", Rows: 2}.with(list.Note),
	)})
	return p, nil
}

// A code in the form is a line: the code, and behind bars its labels ("en Gunshot"),
// "^ parent" and "= spelling".

func codeText(c register.OwnCode) string {
	parts := append([]string{c.Code}, c.Labels...)
	if c.Parent != "" {
		parts = append(parts, "^ "+c.Parent)
	}
	for _, s := range c.Spellings {
		parts = append(parts, "= "+s)
	}
	for i := range parts {
		parts[i] = strings.NewReplacer(`\`, `\\`, `|`, `\|`).Replace(parts[i])
	}
	return strings.Join(parts, " | ")
}

// barred are the parts of a line between bars; a bar behind a backslash is one of
// the text.
func barred(line string) []string {
	parts := []string{""}
	for i := 0; i < len(line); i++ {
		last := &parts[len(parts)-1]
		switch {
		case line[i] == '\\' && i+1 < len(line):
			i++
			*last += line[i : i+1]
		case line[i] == '|':
			parts = append(parts, "")
		default:
			*last += line[i : i+1]
		}
	}
	return parts
}

func parseCode(line string) (c register.OwnCode, err error) {
	parts := barred(line)
	c.Code = strings.TrimSpace(parts[0])
	for _, part := range parts[1:] {
		part = strings.Join(strings.Fields(part), " ")
		switch rest := strings.TrimSpace(strings.TrimLeft(part, "^=")); {
		case part == "":
		case strings.HasPrefix(part, "^") && c.Parent == "" && rest != "":
			c.Parent = rest
		case strings.HasPrefix(part, "^"):
			return c, fmt.Errorf(`%w: code %s: a code has one parent: "^ firearm"`, fault.Invalid, c.Code)
		case strings.HasPrefix(part, "=") && rest != "":
			c.Spellings = append(c.Spellings, rest)
		case strings.HasPrefix(part, "="):
			return c, fmt.Errorf(`%w: code %s: a spelling stands behind "="`, fault.Invalid, c.Code)
		default:
			c.Labels = append(c.Labels, part)
		}
	}
	return c, nil
}

// declareCodes declares a list of codes anew.
func (s *Server) declareCodes(v *visit) error {
	list := register.CodeList{CodeList: v.text("list"), Labels: v.labelsOf(), Note: v.text("note")}
	var err error
	for _, line := range lines(v.text("codes")) {
		c, wrong := parseCode(line)
		if wrong != nil {
			err = errors.Join(err, &register.Wrong{What: "list of codes", Field: "codes", Err: wrong})
		}
		list.Codes = append(list.Codes, c.Line())
	}
	if err == nil {
		_, err = v.desk().Declare(v.Context(), register.OwnFile{Lists: []register.CodeList{list}}, v.why())
	}
	if err == nil {
		return v.goTo(base{}.Query(v.codeListLink(list.CodeList), "done", "declared"))
	}
	p, err2 := v.codeListPage(list.CodeList)
	if err2 != nil {
		return errors.Join(err, err2)
	}
	return s.refusedAlone(v, err, &p.Declare, func() error { return s.show(v, p) })
}
