// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"recount/audit"
	"recount/fault"
	"recount/store"
	"recount/verify"
)

type verifyCmd struct {
	Path        string   `arg:"" optional:"" help:"A bundle: its folder or zip file. Or an archive's folder: then its own journal, tables and files are checked. Without it: the archive of --archive."`
	VKey        []string `name:"vkey" sep:"none" placeholder:"KEY" help:"A public key that you have from another hand than the bundle; may be given again for the seal's."`
	Against     string   `type:"existingfile" placeholder:"FILE" help:"A checkpoint of the same log that you kept from before, or have from somebody else."`
	Consistency string   `type:"existingfile" placeholder:"FILE" help:"A proof between that checkpoint and the bundle's, where the bundle does not carry one (recount show consistency OLD NEW)."`
}

// Help is shown under the command's flags.
func (verifyCmd) Help() string {
	return `Needs neither network nor archive. Four claims get a verdict each: the files are unchanged; the lines are complete; what is claimed was
recorded in the log, which was not rewritten; figures and quotations add up. None of them says that anything is true: what a check does
not show is printed with it.

A key that comes with the bundle proves nothing, because whoever makes all of a bundle again can sign it with a key of their own: without
--vkey the verdict stays "undecided". Take the key from where the archive publishes it. The holder of the log's key can show
two people two histories: only comparing checkpoints (--against) finds that.

An archive is compared with --against by its own log, which has to lead to that checkpoint. A checkpoint that is younger than a bundle decides
nothing without --consistency.

Exit codes of a bundle: 0 every claim holds · 1 a claim is refuted · 2 none is refuted, one is undecided.
Of an archive: 0 journal, tables and files agree · 4 they do not. Either: 3 not found · 7 cannot be read · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *verifyCmd) Run(d *desk) error {
	isArchive, err := x.settle(d.globals.Archive)
	if err != nil {
		return err
	}
	if isArchive {
		return x.archive(d)
	}
	options := verify.Options{VKeys: x.VKey}
	if options.Against, err = readIfNamed(x.Against); err != nil {
		return err
	}
	if options.Consistency, err = readIfNamed(x.Consistency); err != nil {
		return err
	}
	report, err := x.bundle(d, options)
	if err != nil {
		return err
	}
	if err := d.out.answer(report, func(w io.Writer) { _, err = report.WriteTo(w) }); err != nil {
		return err
	}
	return exitStatus{report.Exit}
}

// settle finds out what is to be checked: what was named, else the archive.
func (x *verifyCmd) settle(archive string) (isArchive bool, err error) {
	named := x.Path != ""
	if !named {
		x.Path = archive
	}
	if has(x.Path, "recount.json") {
		return true, nil
	}
	info, err := os.Stat(x.Path)
	if err != nil || !info.IsDir() {
		if !named {
			return false, fmt.Errorf("%w: verify what? %s is no archive; accepted: recount verify BUNDLE (a folder or a zip file), or recount verify -C DIR for an archive", fault.Invalid, x.Path)
		}
		return false, nil // a file, or not there: verify.Open says so
	}
	for _, part := range []string{"bagit.txt", "SEAL", "manifest-sha256.txt", "tagmanifest-sha256.txt", "proof", "data"} {
		if has(x.Path, part) {
			return false, nil
		}
	}
	return false, fmt.Errorf("%w: the folder %s is neither a bundle (it has no bagit.txt) nor an archive (it has no recount.json); accepted: recount verify BUNDLE (a folder or a zip file), or recount verify -C DIR for an archive", fault.Invalid, x.Path)
}

func has(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func (x *verifyCmd) bundle(d *desk, options verify.Options) (report verify.Report, err error) {
	fsys, closer, err := verify.Open(x.Path)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, closer.Close()) }()
	return verify.Bundle(d.ctx, fsys, options)
}

func readIfNamed(file string) ([]byte, error) {
	if file == "" {
		return []byte{}, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return text, nil
}

type archiveAnswer struct {
	Case   string `json:"case"`
	Size   int64  `json:"entries"`
	Root   string `json:"root"`
	Agrees bool   `json:"agrees"`

	Objects int64 `json:"objects"`
	Against bool  `json:"leads_to_checkpoint"` // one was given, and this log leads to it
	// Travel is what a travel copy says of itself; left out where it is the case itself.
	Travel *travelAnswer `json:"travel_copy,omitempty"`
}

// archive checks every case of an archive, or the one that was named.
func (x *verifyCmd) archive(d *desk) error {
	if len(x.VKey) > 0 || x.Consistency != "" {
		return fmt.Errorf("%w: %s is an archive, not a bundle; --vkey and --consistency are for bundles, accepted is --against, which is compared with the archive's own log", fault.Invalid, x.Path)
	}
	against, err := readIfNamed(x.Against)
	if err != nil {
		return err
	}
	d.globals.Archive = x.Path
	return d.reading(lookAt(audit.Verified, "case", ""), func(c glance) error {
		d.out.note("checking journal, tables and files of case %s; all of it is read, which takes a while in a large case", c.ID())
		if err := c.Verify(d.ctx); err != nil {
			return err
		}
		if len(against) > 0 {
			if err := c.LeadsTo(d.ctx, against); err != nil {
				return err
			}
		}
		p := d.progress("checking", "objects")
		objects, err := c.VerifyObjects(d.ctx, p.at)
		p.done()
		if err != nil {
			return err
		}
		a := archiveAnswer{Case: c.ID(), Agrees: true, Objects: objects, Against: len(against) > 0}
		if err := c.Read(d.ctx, func(r store.Reader) error { a.Size = r.Size(); return nil }); err != nil {
			return err
		}
		root, err := c.RootAt(d.ctx, a.Size)
		if err != nil {
			return err
		}
		a.Root = root.String()
		if t := c.Travel(); t != nil {
			answer := travelOf(*t)
			a.Travel = &answer
		}
		return d.out.answer(a, func(w io.Writer) {
			fmt.Fprintf(w, "case %s: %s, root %s.\nHeaders, tree, signatures, payloads and row files agree, and the tables are what the journal says.\n%s (exhibits and row files): their bytes are those that were recorded.\n", a.Case, sized(a.Size), a.Root, counted(a.Objects, "object", "objects"))
			if a.Travel != nil {
				a.Travel.text(w)
			}
			if a.Against {
				fmt.Fprintln(w, "The log leads to the checkpoint that was given: nothing before it was rewritten.")
			}
		})
	})
}
