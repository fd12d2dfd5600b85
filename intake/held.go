// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"encoding/json"
	"fmt"

	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/journal"
	"recount/register"
)

// held are the records that editions of a list have brought, by the keys of their
// rows: of each key those of the last edition that brought any.
type held struct {
	byKey map[string][]heldRecord
	alias map[string]string // a workbook's number as it is shown, for the key as the file has it
	lost  bool              // some records of the lists are not there any more
}

type heldRecord struct {
	record  journal.Leaf
	decided bool // people have changed who may see it since
}

// of are the records of a key.
func (h *held) of(key string) []heldRecord {
	if key == "" {
		return nil
	}
	if all, ok := h.byKey[key]; ok {
		return all
	}
	return h.byKey[h.alias[key]]
}

// readHeld reads the records of lists, the last one first.
func readHeld(ctx context.Context, v View, lists []register.Import) (*held, error) {
	h := &held{byKey: map[string][]heldRecord{}, alias: map[string]string{}}
	for _, list := range lists {
		m, err := mapping.Parse([]byte(list.Mapping))
		if err != nil {
			return nil, fmt.Errorf("the mapping by which exhibit %s was imported: %w", list.Exhibit, err)
		}
		of := map[string][]heldRecord{}
		keys := keysOf{m: m}
		records := int64(0)
		err = v.AsItStood(ctx, list.Batch, func(s register.Stood) error {
			records++
			key, err := keys.in(s.Raw)
			if err == nil && key != "" {
				of[key] = append(of[key], heldRecord{s.Record, s.Handling != m.Handling})
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("the list of exhibit %s: %w", list.Exhibit, err)
		}
		h.lost = h.lost || records < list.Records
		for key, all := range of {
			if _, later := h.byKey[key]; !later {
				h.byKey[key] = all
			}
			if shown := table.PlainNumber(key); shown != key {
				h.alias[shown] = key
			}
		}
	}
	return h, nil
}

// keysOf reads the keys of rows as they stood in one list.
type keysOf struct {
	m *mapping.Mapping
	r *mapping.Reader // bound to the headers of the first row
}

func (k *keysOf) in(raw string) (string, error) {
	row, err := asItStood(raw, k.m, &k.r)
	if err != nil {
		return "", err
	}
	return k.r.KeyOf(row), nil
}

// asItStood is a row as it stood, and at the first one its headers bound to the mapping
// by which it was read.
func asItStood(raw string, m *mapping.Mapping, r **mapping.Reader) (*table.Row, error) {
	var cells [][2]string
	if err := json.Unmarshal([]byte(raw), &cells); err != nil {
		return nil, fmt.Errorf("%w: a row as it stood cannot be read: %w", fault.Tampered, err)
	}
	row := &table.Row{Cells: make([]table.Cell, len(cells))}
	names := make([]string, len(cells))
	for i, c := range cells {
		names[i], row.Cells[i] = c[0], table.Cell{Raw: c[1], Text: c[1]}
	}
	if *r != nil {
		return row, nil
	}
	bound, err := mapping.Bind(m, table.Info{Columns: table.Columns(names)}, "")
	*r = bound
	return row, err
}
