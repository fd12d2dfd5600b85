// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"recount/fault"
)

// exampleKeys is written by hand after docs/formats/backup.md, "Keys".
func exampleKeys() []byte {
	var b bytes.Buffer
	b.WriteString("recount keys/1\ncase main\npublic_name archive.example\norigin archive.example/0123456789abcdef\nvkey a\nseal_vkey b\nsize 3\nerased 0\nepoch " +
		base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)) + "\npublished -\n\n")
	leaf, wrapped := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	b.WriteString("e\x00\x00\x00\x00\x00\x00\x00\x02")
	b.Write(leaf)
	b.Write(wrapped)
	b.WriteString("b\x00\x00\x00\x00\x00\x00\x00\x01\x00\x03b-1")
	b.WriteString("o")
	b.Write(leaf)
	b.Write(wrapped)
	b.Write(wrapped)
	b.WriteString("\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x15")
	b.WriteString("s\x00\x03log\x00\x00\x00\x02xy")
	b.WriteString("z\x00\x00\x00\x00\x00\x00\x00\x04")
	return b.Bytes()
}

func readKeys(data []byte) (h KeysHead, rows []keyRowRead, err error) {
	r := bufio.NewReader(bytes.NewReader(data))
	if h, err = ReadKeysHead(r); err != nil {
		return h, nil, err
	}
	err = readKeyRows(r, func(row keyRowRead) error { rows = append(rows, row); return nil })
	return h, rows, err
}

func TestReadKeys(t *testing.T) {
	t.Parallel()
	h, rows, err := readKeys(exampleKeys())
	if err != nil {
		t.Fatal(err)
	}
	if h.Case != "main" || h.Size != 3 || h.Published != nil || h.epoch != [32]byte(bytes.Repeat([]byte{7}, 32)) {
		t.Errorf("the head is %+v", h)
	}
	if len(rows) != 4 || rows[0].values[0] != int64(2) || rows[1].values[1] != "b-1" || rows[2].stored != 21 || string(rows[3].values[1].([]byte)) != "xy" {
		t.Errorf("the rows are %+v", rows)
	}
}

// TestKeysCutOff: cut anywhere, or with something behind their end, keys are
// refused, and the kind of the error says that they are not of the format.
func TestKeysCutOff(t *testing.T) {
	t.Parallel()
	whole := exampleKeys()
	for n := range len(whole) {
		if _, _, err := readKeys(whole[:n]); !errors.Is(err, fault.Invalid) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	for what, bad := range map[string]string{
		"something behind":            string(whole) + "z",
		"another count":               strings.Replace(string(whole), "z\x00\x00\x00\x00\x00\x00\x00\x04", "z\x00\x00\x00\x00\x00\x00\x00\x03", 1),
		"an unknown row":              strings.Replace(string(whole), "s\x00\x03log", "t\x00\x03log", 1),
		"a number too large":          strings.Replace(string(whole), "e\x00", "e\xff", 1),
		"a case that leads elsewhere": strings.Replace(string(whole), "case main", "case ../main", 1),
		"another version":             strings.Replace(string(whole), "keys/1", "keys/2", 1),
		"a short epoch key":           strings.Replace(string(whole), "epoch BwcH", "epoch ", 1),
	} {
		if bad == string(whole) {
			t.Fatalf("%s: nothing was changed", what)
		}
		if _, _, err := readKeys([]byte(bad)); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v; fault.Invalid is right", what, err)
		}
	}
}

// FuzzKeys: nothing that is read takes the program down, or is of no kind.
func FuzzKeys(f *testing.F) {
	f.Add(exampleKeys())
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, _, err := readKeys(data); err != nil && !errors.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	})
}
