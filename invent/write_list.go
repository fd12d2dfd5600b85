// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"
)

// file is the name of the list's file.
func (l *list) file() string {
	if l.sheet == "" {
		return "lists/invented-" + l.key + ".csv"
	}
	return "lists/invented-" + l.key + ".xlsx"
}

func (l *list) mappingFile() string { return "mappings/invented-" + l.key + ".json" }

// bytes is the list's file.
func (l *list) bytes() ([]byte, error) {
	if l.sheet == "" {
		return l.csv()
	}
	return l.workbook()
}

func (l *list) csv() ([]byte, error) {
	var b bytes.Buffer
	if l.mark {
		b.WriteString("\ufeff")
	}
	w := csv.NewWriter(&b)
	w.Comma = l.delimiter
	if err := w.Write(l.columns); err != nil {
		return nil, err
	}
	for _, r := range l.rows {
		cells := make([]string, len(r.cells))
		for i, cell := range r.cells {
			switch v := cell.(type) {
			case string:
				cells[i] = v
			case int:
				cells[i] = strconv.Itoa(v)
			}
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func (l *list) workbook() (_ []byte, err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetSheetName("Sheet1", l.sheet); err != nil {
		return nil, err
	}
	format := "yyyy-mm-dd"
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return nil, err
	}
	for i, line := range l.above {
		if err := f.SetCellStr(l.sheet, "A"+strconv.Itoa(i+1), line); err != nil {
			return nil, err
		}
	}
	header := make([]any, len(l.columns))
	for i, c := range l.columns {
		header[i] = c
	}
	if err := f.SetSheetRow(l.sheet, "A"+strconv.Itoa(l.headerRow()), &header); err != nil {
		return nil, err
	}
	for i, r := range l.rows {
		if err := writeRow(f, l.sheet, l.headerRow()+1+i, r.cells, date); err != nil {
			return nil, err
		}
	}
	buffer, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return repacked(buffer.Bytes())
}

func writeRow(f *excelize.File, sheet string, number int, cells []any, date int) error {
	for i, cell := range cells {
		name, err := excelize.CoordinatesToCellName(i+1, number)
		if err != nil {
			return err
		}
		switch v := cell.(type) {
		case string:
			if v != "" {
				err = f.SetCellStr(sheet, name, v)
			}
		case int:
			err = f.SetCellInt(sheet, name, int64(v))
		case time.Time:
			if err = f.SetCellInt(sheet, name, serial(v)); err == nil {
				err = f.SetCellStyle(sheet, name, name, date)
			}
		}
		if err != nil {
			return fmt.Errorf("cell %s: %w", name, err)
		}
	}
	return nil
}

// serial is a workbook's number of a day after February 1900 (ECMA-376,
// 18.17.4.1: 1 is 1900-01-01, and 1900-02-29 is counted too).
func serial(day time.Time) int64 {
	return int64(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}

// repacked is a ZIP with the same parts in the order of their names, dated
// never and not compressed: what a compressor makes of the same bytes may
// differ from one version of Go to the next.
func repacked(old []byte) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(old), int64(len(old)))
	if err != nil {
		return nil, err
	}
	parts := slices.SortedFunc(slices.Values(r.File), func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range parts {
		from, err := part.Open()
		if err != nil {
			return nil, err
		}
		to, err := w.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Store})
		if err == nil {
			_, err = io.Copy(to, from)
		}
		if err := errors.Join(err, from.Close()); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// mapping is the list's mapping file: written as a person would, not in its
// canonical form.
func (l *list) mapping(source string) ([]byte, error) {
	bodies := map[string]func() string{
		"registry": registryMapping, "hospital": hospitalMapping, "families": familiesMapping, "commission": commissionMapping,
	}
	body, ok := bodies[l.key]
	if !ok {
		return nil, fmt.Errorf("list %s has no mapping", l.key)
	}
	return fmt.Appendf(nil, "{\n  \"format\": \"recount mapping/1\",\n  \"title\": %q,\n  \"source\": %q,\n  %s\n}\n", "Invented: "+l.title, source, body()), nil
}
