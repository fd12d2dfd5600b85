// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/journal"
	"recount/verify"
)

var update = flag.Bool("update", false, "write docs/formats/vectors/bundles anew")

const vectorDir = "../docs/formats/vectors/bundles"

// vector is one check of one bundle, for this program and for others.
type vector struct {
	Bundle      string                    `json:"bundle"`            // folder
	Base        string                    `json:"base,omitempty"`    // folder of another bundle that its files are laid over
	Removed     []string                  `json:"removed,omitempty"` // files of the base that are then taken away
	Why         string                    `json:"why"`
	VKeys       []string                  `json:"vkeys"`                 // given from outside
	Against     string                    `json:"against,omitempty"`     // file: a checkpoint to compare with
	Consistency string                    `json:"consistency,omitempty"` // file: the proof between the two
	Exit        int                       `json:"exit"`
	Claims      map[string]verify.Verdict `json:"claims"`
	Refuted     []string                  `json:"refuted,omitempty"` // files that refuting findings name
	Lines       verify.Lines              `json:"lines"`
}

// shelf gathers bundles and what is to be said of them.
type shelf struct {
	t       *testing.T
	files   map[string][]byte
	bundles map[string]contents
	laid    map[string]vector // how a bundle is made from its files
	whole   []string          // bundles that others are laid over
	vectors []vector
}

// put writes a bundle, where it can as its differences from another.
func (s *shelf) put(name string, c contents) {
	s.bundles[name] = c
	var v vector
	for _, base := range s.whole {
		same := 0
		for file, text := range c {
			if bytes.Equal(text, s.bundles[base][file]) {
				same++
			}
		}
		if 2*same > len(c) {
			v.Base = base
		}
	}
	for file := range s.bundles[v.Base] {
		if _, ok := c[file]; !ok {
			v.Removed = append(v.Removed, file)
		}
	}
	slices.Sort(v.Removed)
	for file, text := range c {
		if same, ok := s.bundles[v.Base][file]; !ok || !bytes.Equal(text, same) {
			s.files[name+"/"+file] = text
		}
	}
	if v.Base == "" {
		s.whole = append(s.whole, name)
	}
	s.laid[name] = v
}

// say runs the check that the vector describes and takes its answer down.
func (s *shelf) say(name string, c contents, why string, exit int, vkeys []string, also ...func(*vector)) {
	s.t.Helper()
	if c != nil {
		s.put(name, c)
	}
	v := vector{Bundle: name, Base: s.laid[name].Base, Removed: s.laid[name].Removed, Why: why, VKeys: vkeys, Claims: map[string]verify.Verdict{}}
	if v.VKeys == nil {
		v.VKeys = []string{}
	}
	for _, f := range also {
		f(&v)
	}
	r, err := verify.Bundle(context.Background(), s.bundles[name].fs(), verify.Options{VKeys: vkeys, Against: s.files[v.Against], Consistency: s.files[v.Consistency]})
	if err != nil {
		s.t.Fatal(err)
	}
	v.Exit, v.Lines = r.Exit, r.Lines
	refuted := map[string]bool{}
	for _, c := range r.Claims {
		v.Claims[c.Name] = c.Verdict
		for _, f := range c.Findings {
			if f.Verdict == verify.Refuted {
				refuted[f.File] = true
			}
		}
	}
	v.Refuted = slices.Sorted(maps.Keys(refuted))
	if v.Exit != exit {
		var b strings.Builder
		_, _ = r.WriteTo(&b)
		s.t.Errorf("%s (%s): exit %d, want %d\n%s", name, why, v.Exit, exit, b.String())
	}
	s.vectors = append(s.vectors, v)
}

// refutes is say for a tampered bundle: with the keys pinned exactly the named
// claims are refuted, and without them the exit code is never 0.
func (s *shelf) refutes(m *memoryCase, name string, c contents, why string, claims ...string) {
	s.t.Helper()
	s.say(name, c, why, verify.ExitRefuted, m.vkeys())
	v := s.vectors[len(s.vectors)-1]
	for _, claim := range []string{verify.Unchanged, verify.Complete, verify.InLog, verify.AddsUp} {
		if got, want := v.Claims[claim] == verify.Refuted, slices.Contains(claims, claim); got != want {
			s.t.Errorf("%s (%s): claim %s is %s", name, why, claim, v.Claims[claim])
		}
	}
}

func generate(t *testing.T) *shelf {
	s := &shelf{t: t, files: map[string][]byte{}, bundles: map[string]contents{}, laid: map[string]vector{}}
	m := scene("vectors", people())
	_, seq := m.freeze(t, edition(1), statement)
	good := exported(t, m, seq, nil)
	s.goodOnes(m, good)
	s.tampered(m, good)
	s.logs(m, good)
	s.lies()
	s.pages()
	s.erased()
	s.named()
	s.histories(m, seq)
	return s
}

func (s *shelf) goodOnes(m *memoryCase, good contents) {
	other := newCase("another case")
	s.say("public", good, "as it was exported, both keys pinned", 0, m.vkeys())
	s.say("public", nil, "no key pinned", 2, nil)
	s.say("public", nil, "only the log key pinned", 2, m.vkeys()[:1])
	s.say("public", nil, "only the seal key pinned", 2, m.vkeys()[1:])
	s.say("public", nil, "the keys of another case pinned", 1, other.vkeys())
	s.refutes(m, "forged", good.forged(m), "manifests and seal made anew under another key; nothing else was changed", verify.Unchanged)
	s.say("forged", nil, "the same, no key pinned: it cannot be told", 2, nil)
}

// tampered are changes that a holder of the seal key could make, so that the
// manifests are right and the claim that is about the thing has to find it.
func (s *shelf) tampered(m *memoryCase, good contents) {
	count := "data/counts/1.count"
	re := func(c contents) contents { return c.remade(m.sealS) }
	lines := strings.SplitAfter(string(good[count]), "\n")
	s.refutes(m, "statement-plain", good.swap("data/statement.md", "March", "Marsh"), "a byte of the statement, manifests as they were", verify.Unchanged, verify.InLog, verify.AddsUp)
	s.refutes(m, "statement", re(good.swap("data/statement.md", "March", "Marsh")), "a byte of the statement, all manifests and the seal made anew with the true seal key", verify.InLog, verify.AddsUp)
	s.refutes(m, "page-figure", re(good.swap("data/statement.html", `data-value="point">17<`, `data-value="point">71<`)), "a figure on the page", verify.InLog, verify.AddsUp)
	s.refutes(m, "page-table", re(good.swap("data/statement.html", `<td dir="ltr">17–20</td>`, `<td dir="ltr">17–29</td>`)), "a range in the page's table", verify.InLog, verify.AddsUp)
	s.refutes(m, "page-quote", re(good.swap("data/statement.html", "at night", "by night")), "a word of a quotation on the page", verify.InLog, verify.AddsUp)
	s.refutes(m, "page-word", re(good.swap("data/statement.html", "were killed", "were hurt")), "a word of the statement on the page", verify.InLog, verify.AddsUp)
	s.refutes(m, "page-style", re(good.swap("data/statement.html", "padding: 1.5rem", "padding: 1.6rem")), "the look of the page", verify.InLog, verify.AddsUp)
	s.refutes(m, "figures-json", re(good.swap("data/figures.json", `"point":17`, `"point":18`)), "a figure in the file for programs", verify.AddsUp)
	s.refutes(m, "quotes-json", re(good.swap("data/quotes.json", "orchard", "orchards")), "a quotation in the file for programs", verify.AddsUp)
	s.refutes(m, "verdict", re(good.swap(count, b64("in,out"), b64("in,in"))), "the verdict of a line", verify.Complete, verify.AddsUp)
	s.refutes(m, "line-missing", re(good.with(count, strings.Join(slices.Delete(slices.Clone(lines), 9, 10), ""))), "a line of a count file", verify.Complete)
	s.refutes(m, "line-twice", re(good.with(count, strings.Join(slices.Insert(slices.Clone(lines), 9, lines[9]), ""))), "a line twice", verify.Complete)
	s.refutes(m, "line-dropped", re(dropLine(m, good, count)), "a line left out and the head of the file mended", verify.Complete)
	s.refutes(m, "count-missing", re(good.without("data/counts/2.count")), "a whole count file", verify.Complete)
	s.refutes(m, "count-extra", re(good.with("data/counts/9.count", string(good[count]))), "a count file that was never frozen", verify.Complete)
	s.refutes(m, "quote-opening", re(good.swap("proof/1.opening", b64(m.quotes[quoteID].Quote), b64("They never came."))), "a quotation in its entry", verify.InLog, verify.AddsUp)
	s.refutes(m, "proof-hash", re(flipHash(good, "proof/3.tlog-proof")), "a hash of the proof that the freeze stands in the log", verify.InLog)
	s.refutes(m, "kinds", re(good.swap("proof/kinds.txt", "line@1 verdicts harms", "line@1 harms verdicts")), "the table of kinds", verify.InLog)
	s.refutes(m, "consistency", re(flipHash(good, verify.BasePath(3, 4))), "a hash of the proof that the log begins with the base", verify.InLog)
	s.refutes(m, "proof-alone", re(good.with("proof/2.tlog-proof", string(good["proof/3.tlog-proof"]))), "a proof of an entry that is not opened", verify.InLog)
	s.refutes(m, "file-extra", good.with("proof/more.txt", "more"), "a tag file that nothing lists", verify.Unchanged)
	s.refutes(m, "payload-extra", good.with("data/more.txt", "more"), "a payload file that nothing lists", verify.Unchanged)
	s.refutes(m, "payload-missing", good.without("data/quotes.json"), "a payload file that the manifest lists", verify.Unchanged, verify.AddsUp)
	s.refutes(m, "tagmanifest-missing", good.without("tagmanifest-sha256.txt"), "the tag manifest, after which bag-info.txt could be changed", verify.Unchanged)
	s.refutes(m, "seal-missing", good.without("SEAL"), "the seal", verify.Unchanged)
	s.refutes(m, "seal-changed", good.swap("SEAL", "edition 1", "edition 2"), "a line of the seal", verify.Unchanged)
	s.refutes(m, "oxum", good.swap("bag-info.txt", "Payload-Oxum: ", "Payload-Oxum: 1"), "the number of bytes in bag-info.txt", verify.Unchanged)
	s.say("no-checkpoint", re(good.without("proof/checkpoint")), "no checkpoint: nothing can be held against the log", 2, m.vkeys())
	s.say("no-proof", re(good.without("proof/3.tlog-proof")), "no proof of the freeze", 2, m.vkeys())
}

// dropLine leaves a line out and mends the head as if it had never been.
func dropLine(m *memoryCase, good contents, name string) contents {
	r := must(journal.NewCountReader(bytes.NewReader(good[name])))
	var keep []journal.Opening
	var merkle journal.Merkle
	for n := range r.Size() {
		o := must(r.Next())
		if leaf := r.Leaf(); n != 4 {
			keep = append(keep, o)
			merkle.Add(leaf[:])
		}
	}
	var b bytes.Buffer
	w := journal.NewCountWriter(&b, m.origin, r.Kind(), merkle.Size(), merkle.Root())
	for _, o := range keep {
		if err := w.Write(o); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return good.with(name, b.String())
}

// flipHash changes the first hash of a file of hashes.
func flipHash(c contents, name string) contents {
	lines := strings.Split(string(c[name]), "\n")
	for i, l := range lines {
		if len(l) == 44 && strings.HasSuffix(l, "=") {
			flipped := []byte(l)
			flipped[0] = 'A' + (l[0]-'A'+1)%26
			lines[i] = string(flipped)
			return c.with(name, strings.Join(lines, "\n"))
		}
	}
	panic("no hash in " + name)
}

// logs are checkpoints: signed by another, compared with others.
func (s *shelf) logs(m *memoryCase, good contents) {
	ctx := context.Background()
	skey, vkey, err := journal.GenerateKey(&stream{seed: "forger's log"}, m.origin)
	if err != nil {
		s.t.Fatal(err)
	}
	checkpoint := must(journal.SignCheckpoint(m.head(4), skey))
	forged := good.with("proof/checkpoint", string(checkpoint))
	for _, proof := range []string{"proof/1.tlog-proof", "proof/3.tlog-proof"} {
		forged = forged.swap(proof, string(good["proof/checkpoint"]), string(checkpoint))
	}
	s.refutes(m, "checkpoint-forged", forged.with(verify.FileLogKey, vkey+"\n").remade(m.sealS), "the checkpoint signed by another key of the same name", verify.InLog)
	s.say("checkpoint-forged", nil, "the same, no key pinned", 2, nil)

	fork := m.head(4)
	fork.Root[0] ^= 1
	s.files["checkpoints/fork"] = must(journal.SignCheckpoint(fork, m.skey))
	s.files["checkpoints/3"] = must(m.Checkpoint(ctx, 3))
	s.files["checkpoints/2"] = must(m.Checkpoint(ctx, 2))
	s.files["checkpoints/2-4.consistency"] = must(m.ProveConsistency(ctx, 2, 4)).Marshal()
	forkOld := m.head(2)
	forkOld.Root[0] ^= 1
	s.files["checkpoints/fork-2"] = must(journal.SignCheckpoint(forkOld, m.skey))
	other := newCase("another case")
	other.act(journal.Draft{Kind: "case.opened@1"})
	s.files["checkpoints/other"] = must(other.Checkpoint(ctx, 1))
	s.say("public", nil, "compared with a checkpoint of the same size and another root: two histories", 1, m.vkeys(), against("fork", ""))
	s.say("public", nil, "the same, no key pinned", 1, nil, against("fork", ""))
	s.say("public", nil, "compared with an older checkpoint, the proof is in the bundle", 0, m.vkeys(), against("3", ""))
	s.say("public", nil, "compared with an older checkpoint, without a proof", 2, m.vkeys(), against("2", ""))
	s.say("public", nil, "compared with an older checkpoint, with a proof", 0, m.vkeys(), against("2", "2-4.consistency"))
	s.say("public", nil, "compared with an older checkpoint of another history", 1, m.vkeys(), against("fork-2", "2-4.consistency"))
	s.say("public", nil, "compared with a checkpoint of another log", 2, m.vkeys(), against("other", ""))
}

// lies are archives that froze what does not add up.
func (s *shelf) lies() {
	m := scene("wrong rule", people())
	verdict := func(n int, text string) func(string, int, []journal.Value) {
		return func(kind string, at int, values []journal.Value) {
			if kind == "line@1" && at == n && strings.Contains(values[0].Text(), ",") {
				values[0] = journal.Text(text)
			}
		}
	}
	// Two lines change their verdicts, so that the sums stay as they are.
	first, last := verdict(0, "out,out"), verdict(26, "in,out")
	seq := freezeLying(s.t, m, func(kind string, n int, v []journal.Value) { first(kind, n, v); last(kind, n, v) }, nil)
	s.refutes(m, "lie-rule", exported(s.t, m, seq, nil), "two lines whose verdicts do not follow from their rungs; the sums are right", verify.AddsUp)

	m = scene("wrong sum", people())
	seq = freezeLying(s.t, m, honest, func(f *verify.Frozen) {
		for i := range f.Counts[:2] {
			f.Counts[i].Totals[0].In++
			f.Counts[i].Totals[0].Out--
		}
	})
	s.refutes(m, "lie-sum", exported(s.t, m, seq, nil), "a figure that is one more than its lines; page and entry agree", verify.AddsUp)
}

// erased is a bundle that was exported after two lines were erased.
func (s *shelf) erased() {
	m := scene("erased", people())
	f, seq := m.freeze(s.t, edition(1), statement)
	n := 0
	for row, err := range m.Rows(context.Background(), [32]byte(must(journal.ParseLeaf(f.Counts[0].Object)))) {
		if n++; n == 5 || n == 11 {
			delete(m.rowKeys, must(row.Sealed.Leaf, err))
		}
	}
	c := exported(s.t, m, seq, nil)
	s.say("erased", c, "two lines were erased after the freeze: the others fit, and the sums cannot be recounted", 2, m.vkeys())
	closed := exported(s.t, m, seq, func(x *exporter) {
		x.open = func(plan byte, f string) bool { return plan != 0 && planned(plan, f) }
	})
	s.say("closed", closed, "lines of which nothing is open: they cannot be counted", 2, m.vkeys())
	s.refutes(m, "erased-changed", flipLeaf(c, "data/counts/1.erased").remade(m.sealS), "a leaf in the list of erased lines", verify.Complete)
}

func flipLeaf(c contents, name string) contents {
	text := bytes.Clone(c[name])
	text[len(text)-2] = '0' + (text[len(text)-2]-'0'+1)%10
	return c.with(name, string(text))
}

func TestVectors(t *testing.T) {
	t.Parallel()
	s := generate(t)
	index, err := json.MarshalIndent(s.vectors, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	s.files["index.json"] = append(index, '\n')
	if *update {
		if err := os.RemoveAll(vectorDir); err != nil {
			t.Fatal(err)
		}
		for name, text := range s.files {
			full := filepath.Join(vectorDir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(full, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	have := readContents(vectorDir)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(s.files)), slices.Sorted(maps.Keys(have))); diff != "" {
		t.Fatalf("files of the vectors (-made now +published):\n%s", diff)
	}
	for name, text := range s.files {
		if !bytes.Equal(text, have[name]) {
			t.Errorf("%s is made otherwise now than it was published; a format never changes", name)
		}
	}
}
