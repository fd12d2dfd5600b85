// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/intake/mapping"
	"recount/register"
	"recount/store"
)

type fieldCmd struct {
	List    fieldListCmd    `cmd:"" help:"List the fields of the case's own: declared, or only standing in records."`
	Values  fieldValuesCmd  `cmd:"" help:"List the values of a field, each with the ways in which sources write it."`
	Propose fieldProposeCmd `cmd:"" help:"Print a declaration of a field by the values that stand in the case, to be completed and declared."`
	Declare fieldDeclareCmd `cmd:"" help:"Say what the fields are: how they are called, what their values are, who sees them; and the lists of codes."`
	File    fieldFileCmd    `cmd:"" help:"Print all that is declared, as a file for another case."`
}

// Help is shown under the command's flags.
func (fieldCmd) Help() string {
	return `A list often has columns for which records have no field: a plot, a weapon, a committee's number. A mapping keeps them under "own", as they are
written. Declaring such a field gives it a name in each language, says what its values are (text, number, date, yes or no, one of a list of
codes), and can close it to all but a few. What is written never changes: values that the declaration does not know stay, and are told.`
}

type fieldListCmd struct{}

type ownNameJSON struct {
	Field    string   `json:"field"`
	Records  int64    `json:"records"`
	Declared bool     `json:"declared"`
	Type     string   `json:"type,omitempty"`
	CodeList string   `json:"list,omitempty"`
	Labels   []string `json:"labels,omitempty"`
	Handling string   `json:"handling,omitempty"`
}

// Run carries the command out.
func (x *fieldListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "fields", ""), func(c glance) error {
		all := []ownNameJSON{}
		err := c.Read(d.ctx, func(r store.Reader) error {
			list, err := casework.OwnNames(d.ctx, r)
			for _, n := range list {
				one := ownNameJSON{Field: n.Name, Records: n.Records, Handling: n.Handling}
				if f := n.Declared; f != nil {
					one.Declared, one.Type, one.CodeList, one.Labels = true, f.Type, f.CodeList, f.Labels
				}
				all = append(all, one)
			}
			return err
		})
		if err != nil {
			return err
		}
		return d.out.answer(all, func(w io.Writer) { fieldsText(w, all) })
	})
}

func fieldsText(w io.Writer, all []ownNameJSON) {
	if len(all) == 0 {
		fmt.Fprintln(w, `None. A mapping keeps columns under "own" (docs/mapping.md).`)
		return
	}
	rows := [][]string{{"field", "records", "values", "who sees it", "called"}}
	for _, f := range all {
		kind, who := "not declared", "as the record"
		if f.Declared {
			kind = strings.TrimSpace(f.Type + " " + f.CodeList)
		}
		if f.Handling != "" {
			who = f.Handling
		}
		rows = append(rows, []string{plain(f.Field), group(f.Records), kind, who, plain(strings.Join(f.Labels, "; "))})
	}
	columns(w, rows)
}

type fieldValuesCmd struct {
	Name string `arg:"" placeholder:"NAME" help:"The field, as recount field list shows it."`
}

// Run carries the command out.
func (x *fieldValuesCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "fields", ""), func(c glance) error {
		var groups []casework.OwnGroup
		err := c.Read(d.ctx, func(r store.Reader) (err error) {
			groups, _, err = casework.OwnValues(d.ctx, r, x.Name, casework.EveryValue)
			return err
		})
		if err != nil {
			return err
		}
		return d.out.answer(groups, func(w io.Writer) { ownValuesText(w, groups) })
	})
}

func ownValuesText(w io.Writer, groups []casework.OwnGroup) {
	rows := [][]string{{"value", "records", "as written"}}
	for _, g := range groups {
		value := g.Value
		switch {
		case !g.Known:
			value = "(none of the field)"
		case value == "":
			value = "(nothing)"
		}
		var written []string
		for _, v := range g.Written {
			written = append(written, fmt.Sprintf("%q %s", v.Written, group(v.Records)))
		}
		rows = append(rows, []string{plain(value), group(g.Records), plain(strings.Join(written, ", "))})
	}
	columns(w, rows)
}

type fieldProposeCmd struct {
	Name string `arg:"" placeholder:"NAME" help:"The field, as recount field list shows it."`
}

// Run carries the command out.
func (x *fieldProposeCmd) Run(d *desk) error {
	return d.printFields(func(c glance) (f register.OwnFile, err error) {
		err = c.Read(d.ctx, func(r store.Reader) (err error) {
			f, err = casework.ProposeField(d.ctx, r, x.Name)
			return err
		})
		return f, err
	})
}

type fieldFileCmd struct{}

// Run carries the command out.
func (x *fieldFileCmd) Run(d *desk) error {
	return d.printFields(func(c glance) (f register.OwnFile, err error) {
		err = c.Read(d.ctx, func(r store.Reader) (err error) {
			f, err = casework.Declared(d.ctx, r)
			return err
		})
		return f, err
	})
}

// printFields prints a file of declarations, the same with --json.
func (d *desk) printFields(of func(glance) (register.OwnFile, error)) error {
	return d.reading(lookAt(audit.Listed, "fields", ""), func(c glance) error {
		f, err := of(c)
		if err != nil {
			return err
		}
		return d.out.answer(f, func(w io.Writer) {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			_ = e.Encode(f) // it was read by the same types
		})
	})
}

type fieldDeclareCmd struct {
	File   string `arg:"" type:"existingfile" placeholder:"FILE" help:"Declarations (docs/formats/own-fields.md); recount field propose prints one to begin with."`
	Reason string `placeholder:"TEXT" help:"Why this is done; kept in the journal."`
	Basis  string `placeholder:"BASIS" default:"confidential" help:"Basis on which it is held: public, family, consent, duty or confidential (the default)."`
}

// Help is shown under the command's flags.
func (fieldDeclareCmd) Help() string {
	return `  {"format": "recount own fields/1",
   "fields": [{"field": "Weapon", "labels": {"en": "Weapon"}, "type": "code", "list": "l-weapon", "handling": "restricted"}],
   "lists": [{"list": "l-weapon", "codes": [{"code": "firearm", "labels": {"en": "Firearm"}},
                                            {"code": "rifle", "parent": "firearm", "spellings": ["long gun"]}]}]}

What stands so already is not said again: the same file can be given twice. "handling" closes a field to whoever does not see that class; to
open one takes two people (recount decide propose field own:Weapon --to CLASS). Lists of codes are seen by everybody in the case.

Exit codes: 0 declared · 3 a list of codes is not there · 6 not allowed · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *fieldDeclareCmd) Run(d *desk) error {
	text, err := os.ReadFile(x.File)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	f, err := mapping.ParseOwnFile(text)
	if err != nil {
		return fmt.Errorf("%s: %w", x.File, err)
	}
	return d.work(access.Receive, func(desk casework.Desk) error {
		done, err := desk.Declare(d.ctx, f, casework.Why{Reason: x.Reason, Basis: x.Basis})
		if err != nil {
			return err
		}
		return d.out.answer(done, func(w io.Writer) {
			for _, said := range []struct {
				what string
				all  []string
			}{{"list of codes", done.Lists}, {"field", done.Fields}, {"closed", done.Closed}} {
				for _, one := range said.all {
					fmt.Fprintf(w, "%s: %s\n", said.what, plain(one))
				}
			}
			if done.Same > 0 {
				fmt.Fprintf(w, "%s stood so already.\n", counted(done.Same, "declaration", "declarations"))
			}
		})
	})
}
