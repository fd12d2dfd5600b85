// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"

	"recount/journal"
	"recount/linkage"
	"recount/register"
)

// Imported is a list that was read, or records that were added, by an entry.
type Imported struct {
	Seq int64
	register.Import
	List bool // list.imported; of records.added mapping and counts are blank
}

// ImportFilter: what is "" does not matter.
type ImportFilter struct {
	Source, Exhibit              string // ids
	ExhibitSHA256, MappingSHA256 string // hex
	Batch                        string
}

// Imports are what brought records, oldest first. The same list, read the same
// way, for the same source, is one with equal ExhibitSHA256, MappingSHA256 and
// Source.
func (r Reader) Imports(ctx context.Context, f ImportFilter) ([]Imported, error) {
	condition, args := `d.from_seq < ?`, []any{r.size}
	for _, c := range []struct{ column, value string }{
		{"source", f.Source}, {"exhibit", f.Exhibit}, {"exhibit_sha256", f.ExhibitSHA256},
		{"mapping_sha256", f.MappingSHA256}, {"batch", f.Batch},
	} {
		if c.value != "" {
			condition += ` AND d.` + c.column + ` = ?`
			args = append(args, c.value)
		}
	}
	return imports().matching(ctx, r, condition+` ORDER BY d.from_seq`, args...)
}

func imports() said[Imported] {
	return said[Imported]{"list.imported@1", "p_import", func(e journal.Entry) (Imported, error) {
		list := e.Get("mapping_sha256").Present()
		for i, v := range e.Values {
			if field := e.Kind.Fields[i]; !v.Present() && (field == "rows" || field == "records" || field == "refused" || field == "doubtful") {
				e.Values[i] = journal.Text("0")
			}
		}
		x, err := register.ImportFrom(e)
		return Imported{e.Header.Seq, x, list}, err
	}}
}

// Linked is a run of the rules by an entry.
type Linked struct {
	Seq int64
	linkage.Linked
}

// Linkings are the runs of the rules, oldest first.
func (r Reader) Linkings(ctx context.Context) ([]Linked, error) {
	return said[Linked]{"persons.linked@1", "p_linking", func(e journal.Entry) (Linked, error) {
		x, err := linkage.LinkedFrom(e)
		return Linked{e.Header.Seq, x}, err
	}}.matching(ctx, r, `d.from_seq < ? ORDER BY d.from_seq`, r.size)
}

// batchSeqs are the batches that can be seen, with the entry that named each.
func (r Reader) batchSeqs(ctx context.Context) (map[string]int64, error) {
	type named struct {
		batch string
		seq   int64
	}
	list, err := collect(ctx, r, func(rows *sql.Rows) (n named, err error) {
		return n, rows.Scan(&n.batch, &n.seq)
	}, `SELECT batch, from_seq FROM p_batch WHERE from_seq < ?`, r.size)
	seqs := make(map[string]int64, len(list))
	for _, n := range list {
		seqs[n.batch] = n.seq
	}
	return seqs, err
}
