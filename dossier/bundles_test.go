// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"recount/journal"
	"recount/verify"
)

// contents are the files of a bundle.
type contents map[string][]byte

func (c contents) fs() fs.FS {
	m := fstest.MapFS{}
	for name, text := range c {
		m[name] = &fstest.MapFile{Data: text, Mode: 0o644}
	}
	return m
}

func (c contents) clone() contents {
	out := contents{}
	for name, text := range c {
		out[name] = bytes.Clone(text)
	}
	return out
}

func readContents(dir string) contents {
	c := contents{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			c[name] = must(fs.ReadFile(os.DirFS(dir), name))
		}
		return err
	})
	if err != nil {
		panic(err)
	}
	return c
}

// swap changes the one place where old stands in a file.
func (c contents) swap(name, old, new string) contents {
	out := c.clone()
	if n := bytes.Count(out[name], []byte(old)); n < 1 {
		panic(fmt.Sprintf("%s holds %q %d times", name, old, n))
	}
	out[name] = bytes.Replace(out[name], []byte(old), []byte(new), 1)
	return out
}

func (c contents) with(name, text string) contents {
	out := c.clone()
	out[name] = []byte(text)
	return out
}

func (c contents) without(name string) contents {
	out := c.clone()
	if _, ok := out[name]; !ok {
		panic("there is no " + name)
	}
	delete(out, name)
	return out
}

// remade mends manifests, numbers and seal after a change, as somebody would
// who has the key skey.
func (c contents) remade(skey string) contents {
	out := c.clone()
	sealText, _, _ := strings.Cut(string(c["SEAL"]), "\n\n")
	seal := must(verify.ParseSeal(sealText + "\n"))
	seal.PayloadFiles, seal.PayloadBytes, seal.TagFiles = 0, 0, 0
	list := func(which func(string) bool) (b []byte) {
		for _, name := range slices.Sorted(maps.Keys(out)) {
			if which(name) {
				sum := sha256.Sum256(out[name])
				b = append(b, hex.EncodeToString(sum[:])+"  "+name+"\n"...)
			}
		}
		return b
	}
	for name, text := range out {
		if isPayload(name) {
			seal.PayloadFiles++
			seal.PayloadBytes += int64(len(text))
		}
	}
	out.texts(verify.Listing{Payload: seal.PayloadFiles, Bytes: seal.PayloadBytes, Files: int64(len(out)), Recipient: seal.Recipient})
	out["manifest-sha256.txt"] = list(isPayload)
	tags := list(func(name string) bool { return isTag(name) && name != "SEAL" && name != "tagmanifest-sha256.txt" })
	out["tagmanifest-sha256.txt"] = tags
	seal.TagManifest, seal.TagFiles = sum(tags), int64(bytes.Count(tags, []byte("\n")))
	out["SEAL"] = must(signNote([]byte(seal.Text()), skey))
	return out
}

// texts makes bag-info.txt and VERIFY.txt anew for what is there now, as far
// as the bundle holds what they follow from.
func (c contents) texts(l verify.Listing) {
	checkpoint, err := journal.ReadCheckpoint(c["proof/checkpoint"])
	if err != nil {
		return
	}
	for name, text := range c {
		_, seq, o, err := journal.ParseOpening(text)
		if err != nil || o.Kind != verify.KindFrozen || !strings.HasPrefix(name, "proof/") {
			continue
		}
		f, err := verify.ParseFrozen(o.Get)
		if err != nil {
			continue
		}
		when, _ := o.Get("time")
		c["bag-info.txt"] = []byte(verify.BagInfo(f, when.Text(), l))
		c[verify.FileVerify] = []byte(verify.VerifyText(f, seq, checkpoint, l))
	}
}

// resealed mends manifests and seal alone, for changes of the tag files.
func (c contents) resealed(skey string) contents {
	out := c.remade(skey)
	for _, name := range []string{"bag-info.txt", verify.FileVerify} {
		out[name] = bytes.Clone(c[name])
	}
	var tags []byte
	for _, name := range slices.Sorted(maps.Keys(out)) {
		if isTag(name) && name != "SEAL" && name != "tagmanifest-sha256.txt" {
			tags = append(tags, sum(out[name])+"  "+name+"\n"...)
		}
	}
	sealText, _, _ := strings.Cut(string(out["SEAL"]), "\n\n")
	seal := must(verify.ParseSeal(sealText + "\n"))
	seal.TagManifest = sum(tags)
	out["tagmanifest-sha256.txt"] = tags
	out["SEAL"] = must(signNote([]byte(seal.Text()), skey))
	return out
}

// forged is remade under another key of the same name, whose public half
// takes the place of the true one in the bundle.
func (c contents) forged(m *memoryCase) contents {
	skey, vkey, err := journal.GenerateKey(&stream{seed: "forger's seal"}, verify.SealKeyName(m.origin))
	if err != nil {
		panic(err)
	}
	return c.with(verify.FileSealKey, vkey+"\n").remade(skey)
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(journal.Text(s))) }

// firstKinds is the table of the release whose bundles are published as vectors:
// later ones have more kinds, and old bundles stay as they are.
//
//go:embed testdata/kinds-first.txt
var firstKinds string

// exported is a bundle as the exporter writes it, without the looks that
// Export takes at it: some bundles of the tests are lies.
func exported(t *testing.T, m *memoryCase, seq int64, set func(*exporter)) contents {
	t.Helper()
	dir := t.TempDir()
	x := &exporter{ctx: context.Background(), a: m.archive(), p: Publication{Seq: seq, Size: int64(len(m.headers))}, bag: &bagWriter{dir: dir}, open: planned, kinds: firstKinds}
	if set != nil {
		set(x)
	}
	if err := x.write(); err != nil {
		t.Fatal(err)
	}
	return readContents(dir)
}

// liar changes rows as they are staged: an archive that lies from the start.
type liar struct {
	*memoryCase
	lie func(kind string, n int, values []journal.Value)
}

type lyingBatch struct {
	Batch
	lie func(kind string, n int, values []journal.Value)
	n   int
}

func (l liar) Stage(ctx context.Context) (Batch, error) {
	b, err := l.memoryCase.Stage(ctx)
	return &lyingBatch{Batch: b, lie: l.lie}, err
}

func (b *lyingBatch) Add(kind string, values []journal.Value) (journal.Leaf, error) {
	b.lie(kind, b.n, values)
	b.n++
	return b.Batch.Add(kind, values)
}

// freezeLying freezes with lies among the rows, and with the entry changed.
func freezeLying(t *testing.T, m *memoryCase, lie func(kind string, n int, values []journal.Value), change func(*verify.Frozen)) int64 {
	t.Helper()
	ctx := context.Background()
	s := must(Compose(ctx, m, []byte(statement)))
	f := must(Freeze(ctx, Case{Origin: m.origin, Answers: m.columns(), Objects: m, Stager: liar{m, lie}}, s, edition(1)))
	if change != nil {
		change(&f.Frozen)
		page := must(renderPage(s, f.Frozen, m.origin))
		f.PageSHA256, f.PageObject = sum([]byte(page)), must(keep(ctx, m, []byte(page))).String()
		f.Draft.Fields = f.Fields()
	}
	return m.act(f.Draft)
}

// freezePage records a freeze again with another statement and another page:
// an archive that lies. The lines stay as they are.
func freezePage(m *memoryCase, f Frozen, text, page string) int64 {
	for _, x := range []struct {
		text        string
		sum, object *string
	}{{text, &f.StatementSHA256, &f.StatementObject}, {page, &f.PageSHA256, &f.PageObject}} {
		*x.sum, *x.object = sum([]byte(x.text)), must(keep(context.Background(), m, []byte(x.text))).String()
	}
	f.Draft.Fields = f.Fields()
	return m.act(f.Draft)
}

func honest(string, int, []journal.Value) {}

// named is the named level of a frozen edition: everything of the lines, their
// members, and the records and harms behind them down to the import.
func named(t *testing.T, m *memoryCase, seq int64, recipient string) contents {
	t.Helper()
	ctx := context.Background()
	c := exported(t, m, seq, func(x *exporter) { x.open = func(byte, string) bool { return true } })
	frozen := must(verify.ParseFrozen(must(m.Disclose(ctx, seq, func(string) bool { return true })).Get))
	member, _ := journal.KindNamed("member@1")
	for _, count := range frozen.Counts {
		object := must(hex.DecodeString(count.Members.Object))
		var b bytes.Buffer
		w := journal.NewCountWriter(&b, m.origin, member, count.Members.N, [32]byte(must(hex.DecodeString(count.Members.Root))))
		for row, err := range m.Rows(ctx, [32]byte(object)) {
			o := must(journal.Disclose(m.origin, member, row.Key, must(row.Sealed, err), func(f string) bool { return f == "record" }))
			if err := w.Write(o); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		c[verify.MembersPath(count.File)] = b.Bytes()
	}
	fields := map[string][]string{
		"record@1": {"source", "pinpoint", "supersedes", "sex", "child_flag", "child_age", "age_band"},
		"harm@1":   {"record", "number", "code", "month", "district", "determination", "standard"},
	}
	for leaf, row := range m.rows {
		kind, _ := journal.KindNamed(row.sealed.Kind)
		o := must(journal.Disclose(m.origin, kind, row.key, row.sealed, func(f string) bool { return slices.Contains(fields[kind.Name], f) }))
		c["data/rows/"+leaf.String()+".opening"] = journal.MarshalOpening(m.origin, journal.NoSeq, o)
		c[verify.RowProofPath(leaf)] = row.proof.Marshal()
		name := fmt.Sprintf("proof/%d", row.seq)
		i := must(m.Disclose(ctx, row.seq, func(f string) bool { return slices.Contains([]string{"seq", "n", "root", "exhibit_sha256"}, f) }))
		c[name+".opening"] = journal.MarshalOpening(m.origin, row.seq, i)
		size := int64(len(m.headers))
		c[name+".tlog-proof"] = journal.Proof{Seq: row.seq, Path: must(m.ProveInclusion(ctx, row.seq, size)), Checkpoint: must(m.Checkpoint(ctx, size))}.Marshal()
	}
	sealText, _, _ := strings.Cut(string(c["SEAL"]), "\n\n")
	sealText = strings.Replace(sealText, "level public\nrecipient -\n", "level named\nrecipient "+recipient+"\n", 1)
	c["SEAL"] = must(signNote([]byte(sealText+"\n"), m.sealS))
	return c.remade(m.sealS)
}
