// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"testing"

	"recount/fault"
)

// seeds gives a fuzz target the published vectors of a format.
func seeds(f *testing.F, dir string) {
	f.Helper()
	root := os.DirFS(vectorsDir)
	files, err := fs.ReadDir(root, dir)
	if err != nil || len(files) == 0 {
		f.Fatalf("no vectors of %s: %v", dir, err)
	}
	for _, file := range files {
		b, err := fs.ReadFile(root, path.Join(dir, file.Name()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// refused holds that a parser's error has a kind.
func refused(t *testing.T, err error) {
	t.Helper()
	if _, ok := fault.KindOf(err); !ok && !errors.Is(err, ErrUnknownKind) {
		t.Errorf("an error without a kind: %v", err)
	}
}

// same holds that what was accepted is written again to the same bytes.
func same(t *testing.T, want, got []byte) {
	t.Helper()
	if !bytes.Equal(want, got) {
		t.Errorf("read\n%q\nwritten again\n%q", want, got)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add(Header{testOrigin, 12, Leaf{3}}.Marshal())
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := ParseHeader(b); err != nil {
			refused(t, err)
		} else {
			same(t, b, h.Marshal())
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	seeds(f, "checkpoint")
	f.Add([]byte(Checkpoint{testOrigin, 12, [32]byte{3}}.Text()))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ParseCheckpoint(string(b)); err != nil {
			refused(t, err)
		} else {
			same(t, b, []byte(c.Text()))
		}
		if c, err := ReadCheckpoint(b); err != nil {
			refused(t, err)
		} else if !bytes.HasPrefix(b, []byte(c.Text())) {
			t.Errorf("read %+v from %q", c, b)
		}
		if _, _, err := OpenCheckpoint(b); err == nil {
			t.Error("opened without a key")
		}
	})
}

func FuzzProof(f *testing.F) {
	seeds(f, "proof")
	header := Header{testOrigin, 3, Leaf{3}}.Marshal()
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseProof(b)
		if err != nil {
			refused(t, err)
			return
		}
		same(t, b, p.Marshal())
		c, err := ReadCheckpoint(p.Checkpoint)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Verify(header, c); err != nil {
			refused(t, err)
		}
	})
}

func FuzzConsistency(f *testing.F) {
	seeds(f, "consistency")
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseConsistency(b)
		if err != nil {
			refused(t, err)
			return
		}
		same(t, b, c.Marshal())
		if err := c.Verify(Checkpoint{testOrigin, c.Old, [32]byte{1}}, Checkpoint{testOrigin, c.New, [32]byte{2}}); err == nil && c.Old > 0 {
			t.Error("two invented roots are consistent")
		}
	})
}

func FuzzRowProof(f *testing.F) {
	seeds(f, "row-proof")
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseRowProof(b)
		if err != nil {
			refused(t, err)
			return
		}
		same(t, b, p.Marshal())
		if err := p.Verify(Leaf{7}, p.Origin, p.Size, p.Root); err != nil {
			refused(t, err)
		}
	})
}

func FuzzOpening(f *testing.F) {
	seeds(f, "opening")
	f.Fuzz(func(t *testing.T, b []byte) {
		origin, seq, o, err := ParseOpening(b)
		if err != nil {
			refused(t, err)
			return
		}
		same(t, b, MarshalOpening(origin, seq, o))
		if _, err := o.Leaf(origin); err != nil {
			refused(t, err)
		}
	})
}

func FuzzRowFile(f *testing.F) {
	seeds(f, "rows")
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewRowReader(bytes.NewReader(b), testOrigin)
		var out bytes.Buffer
		w := NewRowWriter(&out, testOrigin)
		for {
			s, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				refused(t, err)
				return
			}
			if err := w.Write(s); err != nil {
				t.Fatalf("a row that was read is not written: %v", err)
			}
		}
		n, root, err := w.Close()
		if err != nil || n != r.Size() || root != r.Root() {
			t.Fatalf("%d rows with root %s, %v; read %d with %s", n, root, err, r.Size(), r.Root())
		}
		same(t, b, out.Bytes())
	})
}

func FuzzCountFile(f *testing.F) {
	seeds(f, "count")
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewCountReader(bytes.NewReader(b))
		if err != nil {
			refused(t, err)
			return
		}
		var out bytes.Buffer
		w := NewCountWriter(&out, r.Origin(), r.Kind(), r.Size(), r.Root())
		for {
			o, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				refused(t, err)
				return
			}
			if err := w.Write(o); err != nil {
				t.Fatalf("a line that was read is not written: %v", err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		same(t, b, out.Bytes())
	})
}

// FuzzBody opens the plaintext of a body; only the form that is written may
// be taken.
func FuzzBody(f *testing.F) {
	kind, _ := KindNamed("member@1")
	f.Add(append(lp(lp(lp(nil, Text("a")), Absent), Text("")), make([]byte, 256-16)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		values, err := splitBody(kind, string(b))
		if err != nil {
			refused(t, err)
			return
		}
		size, err := checkValues(kind, values)
		if err != nil {
			t.Fatalf("values that were read cannot be sealed: %v", err)
		}
		var again []byte
		for _, v := range values {
			again = lp(again, v)
		}
		same(t, b, append(again, make([]byte, padded(size)-size)...))
	})
}
