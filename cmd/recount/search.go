// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"

	"recount/audit"
	"recount/store"
)

type searchCmd struct {
	Words []string `arg:"" help:"The words, in whatever order, case, accents and script."`
	Kind  []string `placeholder:"KIND" help:"Only these: source, exhibit, citation, incident, figure, dossier, record. Repeat it, or put commas between."`
	After string   `placeholder:"ID" help:"Continue after this id; of a record, after its leaf."`
	Limit int      `default:"50" help:"How many lines at most; 0 shows all."`
}

// Help is shown under the command's flags.
func (searchCmd) Help() string {
	return `Finds what has all the words: sources by name, affiliation and note; exhibits by title and file name; citations by their quote; incidents by
title, place and note; figures and dossiers by title; records by every name, places of harms, occupation, row and note. "Petr" and "Пётр"
are different words; "Петр" and "ПЁТР" are one. The Arabic article may be there or not. The last word may be the beginning of a longer
one, if it has no digit. Nothing in the words is an operator. What was corrected is found as it is now.

A person is found through the records that are judged to be about him or her: "recount show record LEAF" says who that is.

What was recorded since the last search is first put into the index. Stopped in the middle, the next search goes on with it.

Who searches is written down in the case's audit journal; the words are kept there sealed (recount audit forget).

Exit codes: 0 found, or nothing found · 7 not possible now · 8 not accepted · 64 usage.`
}

type hitJSON struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Title string `json:"title"` // as written; blank where it has none
	Text  string `json:"text"`  // the field in which it was found, as written
}

type foundJSON struct {
	Hits    []hitJSON `json:"hits"`
	Indexed int64     `json:"indexed"` // entries that the index has taken in
	Size    int64     `json:"size"`    // entries that there are
}

// Run carries the command out.
func (x *searchCmd) Run(d *desk) error {
	look := lookAt(audit.Searched, "search", "")
	look.Text, look.Class = strings.Join(x.Words, " "), "sealed" // made less by what whoever looks may see
	return d.reading(look, func(c glance) error {
		p := d.progress("indexing", "things")
		err := c.Index(d.ctx, p.at)
		p.done()
		if err != nil {
			return err
		}
		var found store.Found
		if err := c.Read(d.ctx, func(r store.Reader) (err error) {
			found, err = r.Search(d.ctx, store.Query{Words: strings.Join(x.Words, " "), Kinds: x.Kind}, store.Page{After: x.After, Limit: x.Limit})
			return err
		}); err != nil {
			return err
		}
		if lag := found.Size - found.Indexed; lag > 0 {
			d.out.note("Somebody else is filling the index: the last %s of %s entries are not searched yet.", group(lag), group(found.Size))
		}
		answer := foundJSON{[]hitJSON{}, found.Indexed, found.Size}
		for _, h := range found.Hits {
			answer.Hits = append(answer.Hits, hitJSON(h))
		}
		return d.out.answer(answer, func(w io.Writer) { printHits(w, found.Hits, x.Limit) })
	})
}

func printHits(w io.Writer, hits []store.Hit, limit int) {
	if len(hits) == 0 {
		fmt.Fprintln(w, "Nothing was found.")
		return
	}
	rows := [][]string{{"kind", "id", "what it is called", "where it was found"}}
	for _, h := range hits {
		title := plain(h.Title)
		if title == "" {
			title = "(no name)"
		}
		rows = append(rows, []string{h.Kind, h.ID, title, plain(h.Text)})
	}
	columns(w, rows)
	if len(hits) == limit {
		fmt.Fprintf(w, "There may be more: --after %s\n", hits[limit-1].ID)
	}
}
