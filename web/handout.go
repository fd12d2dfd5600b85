// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"strconv"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/names"
	"recount/store"
)

// handoutFormat is a file as which records can leave.
type handoutFormat struct{ ending, media string }

func handoutFormats() map[string]handoutFormat {
	return map[string]handoutFormat{
		"xlsx":           {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		"excel":          {".csv", "text/csv; charset=utf-8"},
		"csv":            {".csv", "text/csv; charset=utf-8"},
		"followthemoney": {".statements.csv", "text/csv; charset=utf-8"},
		"pfif":           {".pfif.xml", "application/xml"},
	}
}

// handoutOptions are the formats as the visitor chooses one.
func (v *visit) handoutOptions() (all []option) {
	for _, format := range []string{"xlsx", "excel", "csv", "followthemoney", "pfif"} {
		all = append(all, option{Value: format, Text: v.words.T("records.format." + format)})
	}
	return all
}

// worksheet sends the records that a list of them shows, as a file.
func (s *Server) worksheet(v *visit) error {
	format := v.text("format")
	kind, known := handoutFormats()[format]
	if !known {
		return fmt.Errorf("%w: the format %.20q; accepted: %s", fault.Invalid, format, strings.Join(casework.HandoutFormats(), ", "))
	}
	h := casework.Handout{
		Which:  store.RecordFilter{Source: v.text("source"), Exhibit: v.text("exhibit"), Name: names.Key(v.text("name"))},
		Format: format, Whole: true, Domain: "recount.invalid",
	}
	var file limitedFile // not onto a disk, which may be readable to others than the archive
	err := v.read(func(ctx context.Context, r store.Reader) error {
		_, err := h.Write(ctx, v.room, r, &file)
		return err
	})
	if err != nil {
		return err
	}
	head := v.w.Header()
	head.Set("Content-Type", kind.media)
	head.Set("Content-Length", strconv.Itoa(file.Len()))
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "records" + kind.ending}))
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := v.w.Write(file.Bytes()); err != nil {
		return errDone // the reader went away
	}
	return nil
}

// worksheetBytes is how large a file of records is made while somebody waits for it.
const worksheetBytes = 64 << 20

// limitedFile is a file in memory.
type limitedFile struct{ bytes.Buffer }

// Write refuses what is too much for a page.
func (f *limitedFile) Write(b []byte) (int, error) {
	if f.Len()+len(b) > worksheetBytes {
		return 0, fmt.Errorf("%w: these records are more than %d MiB; accepted: those of one source or exhibit, or the command recount export, which has no limit", fault.Invalid, worksheetBytes>>20)
	}
	return f.Buffer.Write(b)
}
