// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/vault"
	"recount/verify"
)

// Archive is what an export needs of a case.
type Archive struct {
	Log     Log
	Rows    Rows
	Objects Objects
	Sealer  Sealer
	History History // nil: older checkpoints can be compared only with a proof from the archive
}

// Publication says what to export and where.
type Publication struct {
	Seq  int64  // of the entry dossier.frozen@1
	Size int64  // of the checkpoint that the bundle shows; Seq+1 or more
	Dir  string // the folder to make: it must not exist, or be empty; "" for none
	Zip  string // the zip file to make: it must not exist; "" for none

	Conditions *verify.Conditions // under which it is handed to somebody; nil: none
}

// Exported says what was written.
type Exported struct {
	Frozen      verify.Frozen
	Report      verify.Report // of the check of the finished bundle with the keys of the case
	Files       int64         // in the whole bundle
	Bytes       int64         // under data/
	Erased      int64         // lines that were erased since the freeze and are not shown
	TagManifest string        // SHA-256 of tagmanifest-sha256.txt, as SEAL has it, hex
}

// Export writes the public bundle of a frozen edition. It is made in a
// temporary folder beside its place, looked at by CheckPublic and by verify,
// and only then given its name: on an error nothing of it is left. Errors:
// fault.Conflict where something is in the place, fault.Forbidden where the
// bundle would show what it must not, fault.Tampered where it does not check.
func Export(ctx context.Context, a Archive, p Publication) (e Exported, err error) {
	defer fault.Wrap(&err, "exporting entry %d", p.Seq)
	if p.Dir == "" && p.Zip == "" {
		return e, fmt.Errorf("%w: neither a folder nor a zip file is named to write to", fault.Invalid)
	}
	if err := free(p.Dir, p.Zip); err != nil {
		return e, err
	}
	place, work, err := newBundleFolder(p)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, place.close()) }()
	w := &bagWriter{dir: work}
	x := &exporter{ctx: ctx, a: a, p: p, bag: w, open: planned, kinds: journal.KindsText()}
	if err := x.write(); err != nil {
		return e, err
	}
	e = Exported{Frozen: x.frozen, Files: int64(len(w.names)) + 1, Bytes: w.payloadBytes(), Erased: x.erased, TagManifest: x.seal.TagManifest}
	if e.Report, err = x.examine(work); err != nil {
		return e, err
	}
	return e, putInPlace(work, p, x.seal)
}

// exporter is one export under way.
type exporter struct {
	ctx        context.Context
	a          Archive
	p          Publication
	bag        *bagWriter
	open       func(plan byte, field string) bool // which fields of a line are shown
	kinds      string                             // the table of kinds
	frozen     verify.Frozen
	when       string // time of the freeze, as its entry says
	checkpoint journal.Checkpoint
	signed     []byte
	quotes     []verify.Quotation
	erased     int64
	seal       verify.Seal
}

// planned opens of a line its verdicts and what the freeze has planned.
func planned(plan byte, field string) bool { return field == "verdicts" || plan&bit(field) != 0 }

func (x *exporter) write() error {
	for _, step := range []func() error{x.log, x.statement, x.counts, x.tags, x.sealUp} {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// log writes proof/: checkpoint, keys, and each entry that is opened.
func (x *exporter) log() (err error) {
	if x.signed, err = x.a.Log.Checkpoint(x.ctx, x.p.Size); err != nil {
		return err
	}
	if x.checkpoint, _, err = journal.OpenCheckpoint(x.signed, x.a.Sealer.VKey()); err != nil {
		return err
	}
	if x.checkpoint.Origin != x.a.Log.Origin() || x.checkpoint.Size <= x.p.Seq {
		return fmt.Errorf("%w: a checkpoint of %s with %d entries for entry %d of %s", fault.Invalid, x.checkpoint.Origin, x.checkpoint.Size, x.p.Seq, x.a.Log.Origin())
	}
	opening, err := x.entry(x.p.Seq, verify.FrozenFields())
	if err != nil {
		return err
	}
	if opening.Kind != verify.KindFrozen {
		return fmt.Errorf("%w: entry %d is a %s; accepted is the entry of a freeze, %s", fault.Invalid, x.p.Seq, opening.Kind, verify.KindFrozen)
	}
	if x.frozen, err = verify.ParseFrozen(opening.Get); err != nil {
		return err
	}
	when, _ := opening.Get("time")
	x.when = when.Text()
	for _, ref := range x.frozen.Quotes {
		o, err := x.entry(ref.Seq, verify.QuotationFields())
		if err != nil {
			return err
		}
		q, err := verify.ParseQuotation(ref.Seq, o)
		if err != nil {
			return err
		}
		x.quotes = append(x.quotes, q)
	}
	consistency, err := x.a.Log.ProveConsistency(x.ctx, x.frozen.BaseSize, x.p.Size)
	if err != nil {
		return err
	}
	if err := x.history(); err != nil {
		return err
	}
	return x.bag.add(
		file{"proof/checkpoint", x.signed},
		file{verify.BasePath(x.frozen.BaseSize, x.p.Size), consistency.Marshal()},
		file{verify.FileLogKey, []byte(x.a.Sealer.VKey() + "\n")},
		file{verify.FileSealKey, []byte(x.a.Sealer.SealVKey() + "\n")},
		file{"proof/kinds.txt", []byte(x.kinds)},
	)
}

// history writes the hashes of all entries, by which readers compare any older
// checkpoint that they kept.
func (x *exporter) history() error {
	if x.a.History == nil {
		return nil
	}
	entries, err := x.a.History.EntryHashes(x.ctx, x.p.Size)
	if err != nil {
		return err
	}
	return x.bag.add(file{verify.FileHistory, verify.HistoryText(x.a.Log.Origin(), entries)})
}

// entry writes the opening of one entry and the proof that it stands in the log.
func (x *exporter) entry(seq int64, fields []string) (journal.Opening, error) {
	open := make(map[string]bool)
	for _, f := range fields {
		open[f] = true
	}
	o, err := x.a.Log.Disclose(x.ctx, seq, func(f string) bool { return open[f] })
	if errors.Is(err, fault.NotFound) {
		return o, fmt.Errorf("entry %d cannot be opened, perhaps because it was erased: %w", seq, err)
	}
	if err != nil {
		return o, err
	}
	path, err := x.a.Log.ProveInclusion(x.ctx, seq, x.p.Size)
	if err != nil {
		return o, err
	}
	name := fmt.Sprintf("proof/%d", seq)
	return o, x.bag.add(
		file{name + ".opening", journal.MarshalOpening(x.a.Log.Origin(), seq, o)},
		file{name + ".tlog-proof", journal.Proof{Seq: seq, Path: path, Checkpoint: x.signed}.Marshal()},
	)
}

// statement writes the statement, its page and the two files for programs.
func (x *exporter) statement() error {
	for _, o := range []struct{ name, address, sha256 string }{
		{"data/statement.md", x.frozen.StatementObject, x.frozen.StatementSHA256},
		{"data/statement.html", x.frozen.PageObject, x.frozen.PageSHA256},
	} {
		text, err := read(x.ctx, x.a.Objects, o.address)
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		if got := sum(text); got != o.sha256 {
			return fmt.Errorf("%w: %s hashes to %s; %s was frozen", fault.Tampered, o.name, got, o.sha256)
		}
		if err := x.bag.add(file{o.name, text}); err != nil {
			return err
		}
	}
	return x.bag.add(file{"data/figures.json", verify.FiguresJSON(x.frozen)}, file{"data/quotes.json", verify.QuotesJSON(x.quotes)})
}

func (x *exporter) counts() error {
	for _, count := range x.frozen.Counts {
		if err := x.count(count); err != nil {
			return fmt.Errorf("count file %d: %w", count.File, err)
		}
	}
	return nil
}

// count writes one count file, and beside it the leaves of lines whose key is
// gone. It goes through the rows twice: the head of the file states how many
// lines can be shown, and their root.
func (x *exporter) count(count verify.Count) error {
	p, err := readPlan(x.ctx, x.a.Objects, count)
	if err != nil {
		return err
	}
	object, err := vault.ParseAddress(count.Object)
	if err != nil {
		return err
	}
	var shown journal.Merkle
	var erased []journal.Leaf
	for row, err := range x.a.Rows.Rows(x.ctx, object) {
		if err != nil {
			return err
		}
		if row.Erased {
			erased = append(erased, row.Sealed.Leaf)
		} else {
			shown.Add(row.Sealed.Leaf[:])
		}
	}
	kind, _ := journal.KindNamed("line@1")
	err = x.bag.stream(verify.CountPath(count.File), func(to io.Writer) error {
		w := journal.NewCountWriter(to, x.a.Log.Origin(), kind, shown.Size(), shown.Root())
		at := 0
		for row, err := range x.a.Rows.Rows(x.ctx, object) {
			if err != nil {
				return err
			}
			if at >= len(p.Open) {
				return fmt.Errorf("%w: more than the %d rows of the freeze", fault.Tampered, len(p.Open))
			}
			open := p.Open[at]
			at++
			if row.Erased {
				continue
			}
			o, err := journal.Disclose(x.a.Log.Origin(), kind, row.Key, row.Sealed, func(f string) bool { return x.open(open, f) })
			if err != nil {
				return err
			}
			if err := w.Write(o); err != nil {
				return err
			}
		}
		return w.Close()
	})
	if err != nil || len(erased) == 0 {
		return err
	}
	x.erased += int64(len(erased))
	return x.bag.add(file{verify.ErasedPath(count.File), verify.MarshalErased(x.a.Log.Origin(), erased)})
}

// tags writes the tag files of the bag, the manifests last.
func (x *exporter) tags() error {
	f := x.frozen
	if err := x.conditions(); err != nil {
		return err
	}
	l := verify.Listing{Payload: x.bag.count(isPayload), Bytes: x.bag.payloadBytes()}
	// Beside what is written so far: bagit.txt, bag-info.txt and VERIFY.txt, the
	// two manifests and SEAL.
	l.Files = int64(len(x.bag.names)) + 6
	err := x.bag.add(
		file{"bagit.txt", []byte(verify.Bagit)},
		file{"bag-info.txt", []byte(verify.BagInfo(f, x.when, l))},
		file{verify.FileVerify, []byte(verify.VerifyText(f, x.p.Seq, x.checkpoint, l))},
		file{"manifest-sha256.txt", x.bag.manifest(isPayload)},
	)
	if err != nil {
		return err
	}
	tags := x.bag.manifest(isTag)
	x.seal = verify.Seal{
		Dossier: f.Dossier, Edition: f.Edition, Level: verify.LevelPublic, TagManifest: sum(tags), Checkpoint: x.checkpoint,
		PayloadFiles: x.bag.count(isPayload), PayloadBytes: x.bag.payloadBytes(), TagFiles: int64(bytes.Count(tags, []byte("\n"))),
	}
	return x.bag.add(file{"tagmanifest-sha256.txt", tags})
}

// conditions writes what travels with a bundle that is handed to somebody.
func (x *exporter) conditions() error {
	if x.p.Conditions == nil {
		return nil
	}
	c := *x.p.Conditions
	c.Dossier, c.Edition = x.frozen.Dossier, x.frozen.Edition
	if _, err := verify.ParseConditions(c.Text()); err != nil {
		return fmt.Errorf("the conditions of the bundle: %w", err)
	}
	return x.bag.add(file{verify.FileConditions, []byte(c.Text())})
}

func (x *exporter) sealUp() error {
	signed, err := x.a.Sealer.SignSeal([]byte(x.seal.Text()))
	if err != nil {
		return err
	}
	return x.bag.write(file{"SEAL", signed})
}

// examine looks at the finished bundle as a stranger would.
func (x *exporter) examine(dir string) (verify.Report, error) {
	if err := CheckPublic(x.ctx, os.DirFS(dir), int(x.frozen.Limit)); err != nil {
		return verify.Report{}, err
	}
	report, err := verify.Bundle(x.ctx, os.DirFS(dir), verify.Options{VKeys: []string{x.a.Sealer.VKey(), x.a.Sealer.SealVKey()}})
	if err != nil {
		return report, err
	}
	if report.Exit != verify.ExitHolds && !x.onlyErased(report) {
		var b strings.Builder
		if _, err := report.WriteTo(&b); err != nil {
			return report, err
		}
		return report, fmt.Errorf("%w: the bundle does not check and was not published:\n%s", fault.Tampered, b.String())
	}
	return report, nil
}

// onlyErased reports whether nothing but lines that were erased since the
// freeze keep the sums from being recounted.
func (x *exporter) onlyErased(r verify.Report) bool {
	adds := r.Claim(verify.AddsUp)
	for _, c := range r.Claims {
		if c.Name != verify.AddsUp && c.Verdict != verify.Holds {
			return false
		}
	}
	return x.erased > 0 && adds.Verdict == verify.Undecided && r.Lines.Closed == x.erased
}
