// SPDX-License-Identifier: Apache-2.0

package strongroom

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestVectors holds this package to the vectors of docs/formats/keyring.md, of
// which each value stands in that page on a line of its own.
func TestVectors(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/formats/keyring.md")
	if err != nil {
		t.Fatal(err)
	}
	stands := func(what, value string) {
		t.Helper()
		if value == "" || !strings.Contains(string(page), "\n"+value+"\n") {
			t.Errorf("%s: the page does not have\n%s", what, value)
		}
	}
	rand := &counting{}
	keyFile := must[[]byte](t)(NewKeyFile(rand))
	file := must[Way](t)(KeyFile(keyFile))
	printed := must[string](t)(NewRecovery(rand))
	recovery := must[Way](t)(Recovery(printed))
	key := must[*Key](t)(NewKey(rand))
	ring := must[*Ring](t)(New(key, file, LeastCost(), day(), rand))
	for _, way := range []Way{recovery, must[Way](t)(Passphrase("gulls over the old harbour"))} {
		if _, err := ring.Add(key, way, LeastCost(), day(), rand); err != nil {
			t.Fatal(err)
		}
	}
	stands("the key file", strings.TrimSuffix(string(keyFile), "\n"))
	stands("the recovery key", printed)
	stands("the master key", hex.EncodeToString(key.master[:]))
	stands("the ring", strings.TrimSuffix(string(ring.Text()), "\n"))
	var epoch [32]byte
	database := must[[32]byte](t)(key.Derive(epoch[:], "database\ncases/karvel/case.1.db"))
	stands("the key of a database", hex.EncodeToString(database[:]))
	office := must[[32]byte](t)(key.Derive(nil, "database\noffice/office.db"))
	stands("the key of the office", hex.EncodeToString(office[:]))
	stands("a sealed file", strings.TrimSuffix(string(must[[]byte](t)(key.Seal("last-backup", []byte("a note\n"), &counting{}))), "\n"))
	if got := must[*Key](t)(ring.Open(must[Way](t)(Passphrase("gulls over the old harbour")))); got.master != key.master {
		t.Error("the passphrase opens another key")
	}
}
