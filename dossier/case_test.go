// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
	"recount/tally"
	"recount/vault"
	"recount/verify"
)

// stream is the randomness of the tests: SHA-256 of a seed and a counter.
type stream struct {
	seed string
	n    int
	left []byte
}

func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		if len(s.left) == 0 {
			sum := sha256.Sum256([]byte("recount bundles\n" + s.seed + "\n" + strconv.Itoa(s.n)))
			s.left = sum[:]
			s.n++
		}
		p[i], s.left = s.left[0], s.left[1:]
	}
	return len(p), nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// memoryCase is a whole case in memory, of real parts: what a store does, a
// folder or a database aside.
type memoryCase struct {
	origin                   string
	skey, vkey, sealS, sealV string
	sealer                   *journal.Sealer
	tree                     journal.Tree
	headers                  []journal.Header
	sealed                   []journal.Sealed
	entryKeys                []journal.Key
	rowKeys                  map[journal.Leaf]journal.Key
	vault                    *vault.Vault
	objects                  map[vault.Address]vault.Object
	batches, aborted         int
	records                  []tally.Record
	harms                    []tally.Harm
	figures                  map[string]figure.Definition
	quotes                   map[string]verify.Quotation
	rows                     map[journal.Leaf]importedRow
}

// importedRow is a row with the place it has in the import that brought it.
type importedRow struct {
	sealed journal.Sealed
	key    journal.Key
	proof  journal.RowProof
	seq    int64
}

func newCase(seed string) *memoryCase {
	m := &memoryCase{
		rowKeys: map[journal.Leaf]journal.Key{}, objects: map[vault.Address]vault.Object{}, figures: map[string]figure.Definition{},
		quotes: map[string]verify.Quotation{}, rows: map[journal.Leaf]importedRow{},
	}
	m.origin = must(journal.NewOrigin(&stream{seed: seed + " origin"}, "archive.example"))
	var err error
	if m.skey, m.vkey, err = journal.GenerateKey(&stream{seed: seed + " log key"}, m.origin); err != nil {
		panic(err)
	}
	if m.sealS, m.sealV, err = journal.GenerateKey(&stream{seed: seed + " seal key"}, verify.SealKeyName(m.origin)); err != nil {
		panic(err)
	}
	m.sealer = journal.NewSealer(&stream{seed: seed + " leaves"}, m.origin)
	m.vault = vault.New(vault.Memory(), &stream{seed: seed + " objects"})
	return m
}

// act appends an entry.
func (m *memoryCase) act(d journal.Draft) int64 {
	seq := int64(len(m.headers))
	h, s, k, err := m.sealer.SealEntry(d, seq, time.Date(2031, 4, 5, 6, 7, int(seq), 0, time.UTC), "tessaly")
	if err != nil {
		panic(err)
	}
	if err := m.tree.Add(h.Marshal()); err != nil {
		panic(err)
	}
	m.headers, m.sealed, m.entryKeys = append(m.headers, h), append(m.sealed, s), append(m.entryKeys, k)
	return seq
}

func (m *memoryCase) Origin() string   { return m.origin }
func (m *memoryCase) VKey() string     { return m.vkey }
func (m *memoryCase) SealVKey() string { return m.sealV }

func (m *memoryCase) SignSeal(text []byte) ([]byte, error) { return signNote(text, m.sealS) }

func signNote(text []byte, skey string) ([]byte, error) {
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: string(text)}, signer)
}

func (m *memoryCase) head(size int64) journal.Checkpoint {
	return journal.Checkpoint{Origin: m.origin, Size: size, Root: must(journal.RootAt(size, &m.tree))}
}

func (m *memoryCase) Checkpoint(_ context.Context, size int64) ([]byte, error) {
	return journal.SignCheckpoint(m.head(size), m.skey)
}

func (m *memoryCase) Disclose(_ context.Context, seq int64, fields func(string) bool) (journal.Opening, error) {
	if seq < 0 || seq >= int64(len(m.headers)) || m.entryKeys[seq] == (journal.Key{}) {
		return journal.Opening{}, fmt.Errorf("%w: entry %d", fault.NotFound, seq)
	}
	kind, _ := journal.KindNamed(m.sealed[seq].Kind)
	return journal.Disclose(m.origin, kind, m.entryKeys[seq], m.sealed[seq], fields)
}

func (m *memoryCase) ProveInclusion(_ context.Context, seq, size int64) ([]tlog.Hash, error) {
	return journal.ProveInclusion(seq, size, &m.tree)
}

func (m *memoryCase) ProveConsistency(_ context.Context, old, new int64) (journal.Consistency, error) {
	return journal.ProveConsistency(old, new, &m.tree)
}

func (m *memoryCase) Keep(ctx context.Context, r io.Reader) (vault.Address, error) {
	o, err := m.vault.Seal(ctx, r)
	m.objects[o.Address] = o
	return o.Address, err
}

func (m *memoryCase) Open(ctx context.Context, a vault.Address) (io.ReadCloser, error) {
	o, ok := m.objects[a]
	if !ok {
		return nil, fmt.Errorf("%w: object %s", fault.NotFound, a)
	}
	return m.vault.OpenChecked(ctx, o)
}

func (m *memoryCase) Rows(ctx context.Context, object vault.Address) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		f, err := m.Open(ctx, object)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer f.Close()
		r := journal.NewRowReader(f, m.origin)
		for {
			s, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			key, ok := m.rowKeys[s.Leaf]
			if !yield(Row{s, key, !ok}, err) || err != nil {
				return
			}
		}
	}
}

// memoryBatch is a row file being written.
type memoryBatch struct {
	m    *memoryCase
	rows []importedRow
}

func (m *memoryCase) Stage(context.Context) (Batch, error) {
	m.batches++
	return &memoryBatch{m: m}, nil
}

func (b *memoryBatch) Add(kind string, values []journal.Value) (journal.Leaf, error) {
	k, _ := journal.KindNamed(kind)
	s, key, err := b.m.sealer.Seal(k, values)
	b.rows = append(b.rows, importedRow{sealed: s, key: key})
	return s.Leaf, err
}

func (b *memoryBatch) Finish(ctx context.Context) (Staged, error) {
	slices.SortFunc(b.rows, func(x, y importedRow) int { return bytes.Compare(x.sealed.Leaf[:], y.sealed.Leaf[:]) })
	var out bytes.Buffer
	w := journal.NewRowWriter(&out, b.m.origin)
	for _, r := range b.rows {
		if err := w.Write(r.sealed); err != nil {
			return Staged{}, err
		}
		b.m.rowKeys[r.sealed.Leaf] = r.key
	}
	n, root, err := w.Close()
	if err != nil {
		return Staged{}, err
	}
	a, err := b.m.Keep(ctx, &out)
	return Staged{Batch: fmt.Sprintf("b-%016x", b.m.batches), N: n, Root: root, Object: a}, err
}

func (b *memoryBatch) Abort() error { b.m.aborted++; return nil }

// Figure and Quotation make memoryCase a Register.
func (m *memoryCase) Figure(_ context.Context, id string) (figure.Definition, error) {
	if d, ok := m.figures[id]; ok {
		return d, nil
	}
	return figure.Definition{}, fmt.Errorf("%w: figure %s", fault.NotFound, id)
}

func (m *memoryCase) Quotation(_ context.Context, id string) (verify.Quotation, error) {
	if q, ok := m.quotes[id]; ok {
		return q, nil
	}
	return verify.Quotation{}, fmt.Errorf("%w: citation %s", fault.NotFound, id)
}

// cite records a citation.
func (m *memoryCase) cite(c register.Citation) {
	c.Exhibit, c.ExhibitSHA256 = "e-00000000000000e1", hex.EncodeToString(make([]byte, 32))
	seq := m.act(c.Draft("quoted in the statement", "public", "internal"))
	m.quotes[c.Citation] = verify.Quotation{Citation: c.Citation, Seq: seq, Scheme: c.Scheme, Pinpoint: c.Pinpoint, Quote: c.Quote, Language: c.Language, Attribution: c.Attribution}
}

// someone is one record and its harm.
type someone struct {
	person, flag, age, band, sex string
	harm                         register.Harm
}

// list imports a list of records.
func (m *memoryCase) list(source, exhibit string, people []someone) int64 {
	ctx := context.Background()
	b := &memoryBatch{m: m}
	m.batches++
	for i, p := range people {
		r := register.Record{
			Source: source, Exhibit: exhibit, Pinpoint: "row " + strconv.Itoa(i+1), Row: register.Exactly(int64(i + 1)), Person: p.person,
			Name: journal.Text("Invented Person " + p.person[2:]), Sex: p.sex, ChildFlag: p.flag, ChildAge: p.age, AgeBand: p.band,
			Handling: "confidential", Basis: "public",
		}
		leaf := must(b.Add("record@1", r.Values()))
		m.records = append(m.records, tally.Record{Leaf: leaf, Person: p.person, Source: source, Sex: p.sex, ChildFlag: p.flag, ChildAge: p.age, AgeBand: p.band})
		if p.harm.Code == "" {
			continue
		}
		h := p.harm
		h.Record, h.Number, h.Standard, h.Handling = leaf, 1, "rgb", "confidential"
		if h.Determination == "" {
			h.Determination = "included"
		}
		must(b.Add("harm@1", h.Values()))
		m.harms = append(m.harms, tally.Harm{Record: leaf, Code: h.Code, Month: h.Month, District: h.District, Determination: h.Determination})
	}
	s := must(b.Finish(ctx))
	sha := sha256.Sum256([]byte(exhibit))
	x := register.Import{
		Source: source, Exhibit: exhibit, ExhibitSHA256: hex.EncodeToString(sha[:]), Mapping: "{}", MappingSHA256: hex.EncodeToString(sha[:]),
		RowFile: register.RowFile{Batch: s.Batch, N: s.N, Root: journal.Leaf(s.Root).String(), Object: s.Object.String()}, Rows: int64(len(people)), Records: int64(len(people)),
	}
	seq := m.act(x.Draft("a list came in", "public", "confidential"))
	tree := &journal.Tree{}
	for _, r := range b.rows {
		if err := tree.Add(r.sealed.Leaf[:]); err != nil {
			panic(err)
		}
	}
	for i, r := range b.rows {
		r.seq, r.proof = seq, must(journal.ProveRow(m.origin, int64(i), s.N, tree))
		m.rows[r.sealed.Leaf] = r
	}
	return seq
}

// TallyRecords, TallyHarms and TallyGroups make memoryCase a tally.Source.
func (m *memoryCase) TallyRecords(context.Context) iter.Seq2[tally.Record, error] {
	slices.SortFunc(m.records, func(a, b tally.Record) int { return bytes.Compare(a.Leaf[:], b.Leaf[:]) })
	return seq2(m.records)
}

func (m *memoryCase) TallyHarms(context.Context) iter.Seq2[tally.Harm, error] {
	slices.SortFunc(m.harms, func(a, b tally.Harm) int { return bytes.Compare(a.Record[:], b.Record[:]) })
	return seq2(m.harms)
}

func (m *memoryCase) TallyGroups(context.Context) iter.Seq2[tally.Group, error] {
	return seq2([]tally.Group(nil))
}

func seq2[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func (m *memoryCase) columns() *tally.Columns {
	size := int64(len(m.headers))
	return must(tally.Load(context.Background(), m, tally.Stamp{Size: size, Root: m.head(size).Root}))
}

// freeze composes, freezes and records an edition; it answers the entry.
func (m *memoryCase) freeze(t *testing.T, e Edition, text string) (Frozen, int64) {
	t.Helper()
	f, err := m.tryFreeze(e, text)
	if err != nil {
		t.Fatal(err)
	}
	return f, m.act(f.Draft)
}

func (m *memoryCase) tryFreeze(e Edition, text string) (Frozen, error) {
	ctx := context.Background()
	s, err := Compose(ctx, m, []byte(text))
	if err != nil {
		return Frozen{}, err
	}
	return Freeze(ctx, Case{Origin: m.origin, Answers: m.columns(), Objects: m, Stager: m}, s, e)
}

func (m *memoryCase) archive() Archive { return Archive{Log: m, Rows: m, Objects: m, Sealer: m} }

func (m *memoryCase) vkeys() []string { return []string{m.vkey, m.sealV} }
