// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/redact"
	"recount/intake/table"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// How a redacted copy of an exhibit can come about.
const (
	CopyByProgram = "program" // or by hand
	CopyByHand    = "by-hand"
)

// RedactedFile is a copy of an exhibit from which people took out by hand what
// is to be erased.
type RedactedFile struct {
	Name string // as it is called; stands in messages and in the exhibit
	Open func() (io.ReadCloser, error)
}

// mostRedacted is the size of a list of which the program makes a copy itself:
// it is held in memory.
const mostRedacted = 256 << 20

// wayToCopy is how a redacted copy of an exhibit can be made; list tells that
// rows were read from it, or from what it is a copy of.
func wayToCopy(x register.Exhibit, list bool) string {
	kind, _, _ := strings.Cut(x.MediaType, "/")
	name := strings.ToLower(x.FileName)
	switch {
	case x.Size > mostRedacted, x.MediaType == "text/html":
	case strings.Contains(x.MediaType, "spreadsheetml"), x.MediaType == "text/csv", x.MediaType == "text/tab-separated-values":
		return CopyByProgram
	case kind == "text" && (list || strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".tsv")), list && x.MediaType == "application/zip":
		return CopyByProgram
	}
	return CopyByHand
}

// originals are an exhibit and those in whose place it stands as a copy, the
// newest first.
func originals(ctx context.Context, r store.Reader, exhibit string) ([]string, error) {
	all := []string{exhibit}
	for i := 0; i < len(all); i++ {
		earlier, err := r.RedactedFrom(ctx, all[i])
		if err != nil {
			return nil, err
		}
		for _, x := range earlier {
			if !slices.Contains(all, x.Exhibit) {
				all = append(all, x.Exhibit)
			}
		}
	}
	return all, nil
}

// Standing is the exhibit whose bytes are to be read in the place of another:
// the last of its redacted copies, or the exhibit itself.
func Standing(ctx context.Context, r store.Reader, exhibit string) (string, error) {
	seen := map[string]bool{}
	for !seen[exhibit] {
		seen[exhibit] = true
		next, err := r.Redaction(ctx, exhibit)
		if errors.Is(err, fault.NotFound) {
			return exhibit, nil
		}
		if err != nil {
			return "", err
		}
		exhibit = next.Successor
	}
	return exhibit, nil
}

// redacting makes the copies that a decision asks for.
type redacting struct {
	d        Desk
	r        store.Reader
	plan     ErasurePlan
	decision ErasureDecision
	erased   map[string]bool // leaves, hex, that the decision erases
	erasure  string
	search   search // knows the names
}

// copied is a redacted copy that is in the vault, and not said by any entry yet.
type copied struct {
	exhibit   register.Exhibit
	redaction register.Redaction
	known     bool // the same bytes are an exhibit already
	why       Why
}

// copies makes them all, or none is recorded.
func (x *redacting) copies(ctx context.Context) (all []copied, err error) {
	x.search = search{c: x.d.Case, r: x.r, plan: ErasurePlan{Target: x.plan.Target}}
	if err := x.search.records(ctx); err != nil {
		return nil, err
	}
	for _, id := range slices.Concat(x.decision.Redact, slices.Sorted(maps.Keys(x.decision.Redacted))) {
		one, err := x.one(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("the redacted copy of exhibit %s: %w", id, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// one makes the copy of one exhibit.
func (x *redacting) one(ctx context.Context, id string) (c copied, err error) {
	of, err := x.r.Exhibit(ctx, id)
	if err != nil {
		return c, err
	}
	var data bytes.Buffer
	file, byHand := x.decision.Redacted[id]
	c.redaction = register.Redaction{Exhibit: id, Erasure: x.erasure, Method: register.ByProgram}
	if byHand {
		c.redaction.Method = register.ByHand
		err = x.bring(file, &data)
	} else {
		var report redact.Report
		report, err = x.make(ctx, of, &data)
		c.redaction.Rows, c.redaction.Cells, c.redaction.Left = report.Rows, report.Cells, report.Left
	}
	if err != nil {
		return c, err
	}
	if c.why, err = x.classOf(ctx, id); err != nil {
		return c, err
	}
	return c, x.keep(ctx, of, file.Name, data.Bytes(), &c)
}

// make blanks what the decision erases, and looks whether a name is left where
// nobody decided to keep it.
func (x *redacting) make(ctx context.Context, of register.Exhibit, out *bytes.Buffer) (redact.Report, error) {
	order, opt, err := x.order(ctx, of.Exhibit)
	if err != nil {
		return redact.Report{}, err
	}
	in, err := openObject(ctx, x.d.Case, of.Object)
	if err != nil {
		return redact.Report{}, err
	}
	data, err := io.ReadAll(io.LimitReader(in, mostRedacted+1))
	if err := errors.Join(err, in.Close()); err != nil {
		return redact.Report{}, err
	}
	if int64(len(data)) > mostRedacted {
		return redact.Report{}, fmt.Errorf("%w: it has more than %d MiB; accepted is the redacted file, made by hand (--redacted)", fault.Invalid, mostRedacted>>20)
	}
	report, err := blank(data, out, opt, order)
	if err != nil {
		return report, err
	}
	// What is kept on a stated basis may name the person: it is blanked as well in
	// what is looked through.
	var clean bytes.Buffer
	for sheet, rows := range order.Keep {
		for n := range rows {
			order.Erase.Add(sheet, n)
		}
	}
	order.Keep = nil
	if _, err := blank(data, &clean, opt, order); err != nil {
		return report, err
	}
	return report, x.clean(&clean)
}

// blank makes the copy by what the file is.
func blank(data []byte, out io.Writer, opt table.Options, order redact.Order) (redact.Report, error) {
	src := bytes.NewReader(data)
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return redact.Workbook(src, src.Size(), out, table.Options{}, order)
	}
	return redact.CSV(src, src.Size(), out, opt, order)
}

// order is which rows go, which stay, and how the list was read.
func (x *redacting) order(ctx context.Context, exhibit string) (o redact.Order, opt table.Options, err error) {
	o = redact.Order{Erase: redact.Rows{}, Keep: redact.Rows{}, Holds: x.search.named}
	of, err := originals(ctx, x.r, exhibit)
	if err != nil {
		return o, opt, err
	}
	place := func(leaf journal.Leaf) error {
		rec, err := x.r.Record(ctx, leaf)
		if err != nil {
			return err
		}
		sheet, number, ok := rowOf(rec.Said)
		switch {
		case !ok || !slices.Contains(of, rec.Said.Exhibit):
		case x.erased[leaf.String()]:
			o.Erase.Add(sheet, number)
		default:
			o.Keep.Add(sheet, number)
		}
		return nil
	}
	for _, leaf := range x.plan.Records {
		if err := place(leaf); err != nil {
			return o, opt, err
		}
	}
	for _, other := range x.plan.Others {
		if other.Kind != "record@1" {
			continue
		}
		if err := place(other.Leaf); err != nil {
			return o, opt, err
		}
	}
	for _, id := range of {
		lists, err := x.r.Imports(ctx, store.ImportFilter{Exhibit: id})
		if err != nil {
			return o, opt, err
		}
		for _, list := range lists {
			m, err := mapping.Parse([]byte(list.Mapping))
			if !list.List || err != nil {
				continue // by hand, or by a mapping of another release: the file says itself how it is read
			}
			return o, table.Options{HeaderRow: m.HeaderRow, Delimiter: m.Delimiter, Encoding: m.Encoding, Wanted: m.Wanted()}, nil
		}
	}
	return o, opt, nil
}

// rowOf is where the row of a list stands that a record was read from.
func rowOf(said register.Record) (sheet string, number int, ok bool) {
	if !said.Row.Known {
		return "", 0, false
	}
	row := fmt.Sprintf("row %d", said.Row.N)
	if said.Pinpoint == row {
		return "", int(said.Row.N), true
	}
	sheet, ok = strings.CutSuffix(said.Pinpoint, "!"+row)
	return sheet, int(said.Row.N), ok
}

// bring reads a copy that was made by hand and looks through it.
func (x *redacting) bring(file RedactedFile, out *bytes.Buffer) error {
	in, err := file.Open()
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, mostPacked+1))
	if err := errors.Join(err, in.Close()); err != nil {
		return err
	}
	switch {
	case n == 0:
		return fmt.Errorf("%w: the file is empty; to leave nothing to read, destroy the exhibit (--destroy)", fault.Invalid)
	case n > mostPacked:
		return fmt.Errorf("%w: the file has more than %d MiB", fault.Invalid, mostPacked>>20)
	}
	return x.clean(out)
}

// clean refuses a copy in which a name still stands, and says where. What cannot
// be looked into is for those who decide: the plan has said so of the exhibit.
func (x *redacting) clean(copy *bytes.Buffer) error {
	e := &eye{sought: x.search.sought, common: x.search.common, writings: writingsOf(x.search.spellings)}
	if err := e.read(bytes.NewReader(copy.Bytes()), 0); err != nil {
		return err
	}
	if !e.seen.Whole {
		return nil
	}
	where := e.where()
	// A list says in which rows; of a text these are its lines.
	if report, err := blank(copy.Bytes(), io.Discard, table.Options{}, redact.Order{Holds: x.search.named}); err == nil {
		if rows := slices.Concat(report.Rows, report.Cells); len(rows) > 0 {
			where = " (in row " + strings.Join(rows[:min(len(rows), 20)], ", ") + ")"
		}
	}
	return fmt.Errorf("%w: a name of the person still stands in it%s; accepted is a copy without, made by hand (--redacted)", fault.Invalid, where)
}

// keep puts the copy into the vault, and fills in what is said of it.
func (x *redacting) keep(ctx context.Context, of register.Exhibit, name string, data []byte, c *copied) error {
	o, err := x.d.Case.Vault().Seal(ctx, bytes.NewReader(data))
	if err != nil {
		return err
	}
	sum := hex.EncodeToString(o.Plain[:])
	if sum == of.SHA256 {
		return fmt.Errorf("%w: the copy is the exhibit itself, byte for byte: nothing was taken out of it", fault.Invalid)
	}
	same, err := x.r.ExhibitBySHA256(ctx, sum)
	if err != nil {
		return err
	}
	c.redaction.SuccessorSHA256 = sum
	for _, there := range same {
		if gone, err := x.search.gone(ctx, there.Object); err != nil || !gone {
			c.exhibit, c.known, c.redaction.Successor = there, true, there.Exhibit
			return err
		}
	}
	if err := x.d.Case.KeepObject(ctx, o); err != nil {
		return err
	}
	c.exhibit = of
	c.exhibit.Exhibit, c.exhibit.ClaimedSHA256 = "", ""
	if err := x.d.draw("e", &c.exhibit.Exhibit); err != nil {
		return err
	}
	c.exhibit.Object, c.exhibit.SHA256, c.exhibit.Size = o.Address.String(), sum, o.Size
	c.exhibit.MediaType, _, _ = strings.Cut(mimetype.Detect(data).String(), ";")
	c.exhibit.ReceivedFrom = ""
	c.exhibit.Custody = fmt.Sprintf("redacted copy of exhibit %s, made for erasure %s (%s)", of.Exhibit, x.erasure, c.redaction.Method)
	if name != "" {
		c.exhibit.FileName = name
	}
	for _, text := range []*string{&c.exhibit.Title, &c.exhibit.FileName} {
		if x.search.sought.In(*text).Whole {
			*text = "redacted copy"
		}
	}
	c.redaction.Successor = c.exhibit.Exhibit
	return c.exhibit.Check()
}

// classOf is the basis of an exhibit and the most closed class that it ever had:
// its copy opens nothing.
func (x *redacting) classOf(ctx context.Context, exhibit string) (why Why, err error) {
	history, err := x.r.History(ctx, exhibit)
	if err != nil {
		return why, err
	}
	for _, l := range history {
		why.Basis = l.Basis
		l.Handling = strings.TrimPrefix(l.Handling, register.HiddenAs(""))
		if why.Handling == "" || rankOf(l.Handling) >= rankOf(why.Handling) {
			why.Handling = l.Handling
		}
	}
	return why, nil
}

// recordCopies says of each copy that it is there, and in whose place it stands.
// It answers how many entries that took; base is the size that the plan saw. A
// copy is as closed as what it is a copy of, whoever makes it.
func (d Desk) recordCopies(ctx context.Context, copies []copied, base int64, reason string) (int64, error) {
	at := base
	say := func(x thing, why Why) error {
		if err := x.Check(); err != nil {
			return err
		}
		_, err := d.Case.Act(ctx, d.Actor, func(v store.View) (journal.Draft, error) {
			return x.Draft(reason, why.Basis, why.Handling), unchanged(v, at, "the redacted copy")
		})
		if err == nil {
			at++
		}
		return err
	}
	for _, c := range copies {
		if !c.known {
			if err := say(c.exhibit, c.why); err != nil {
				return at - base, err
			}
		}
		if err := say(c.redaction, c.why); err != nil {
			return at - base, err
		}
	}
	return at - base, nil
}
