// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // registers "adiantum", which takes a key in its DSN

	"recount/store"
	"recount/strongroom"
)

// Engine is where an archive's tables lie: files of SQLite, a database of
// PostgreSQL, or files of SQLite that are encrypted.
type Engine struct {
	Postgres  string // DSN
	Encrypted bool
}

// KeyFileText is the key file that opens the archives of these tests.
const KeyFileText = "recount key file/1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

// Config answers the configuration of an archive on the engine, in a folder.
func (e Engine) Config(c store.Config) store.Config {
	c.Postgres = e.Postgres
	if !e.Encrypted {
		return c
	}
	c.Lock = func() (*strongroom.Ring, *strongroom.Key, error) {
		way, err := strongroom.KeyFile([]byte(KeyFileText))
		if err != nil {
			return nil, nil, err
		}
		key, err := strongroom.NewKey(c.Rand)
		if err != nil {
			return nil, nil, err
		}
		ring, err := strongroom.New(key, way, strongroom.UsualCost(), time.Now(), c.Rand)
		return ring, key, err
	}
	c.Unlock = openRing
	return c
}

func openRing(ring *strongroom.Ring) (*strongroom.Key, error) {
	way, err := strongroom.KeyFile([]byte(KeyFileText))
	if err != nil {
		return nil, err
	}
	return ring.Open(way)
}

// sealedDSN opens a database of an encrypted case as docs/formats/keyring.md
// says, and by nothing of the store's own.
func (g *ground) sealedDSN(file string) string {
	g.t.Helper()
	ring, err := store.ReadRing(g.config.Dir)
	if err != nil {
		g.t.Fatal(err)
	}
	key, err := openRing(ring)
	if err != nil {
		g.t.Fatal(err)
	}
	defer key.Forget()
	current, err := os.ReadFile(filepath.Join(g.caseDir(), "CURRENT"))
	if err != nil {
		g.t.Fatal(err)
	}
	_, number, _ := strings.Cut(strings.TrimSpace(string(current)), "\nkeys ")
	name := path.Join("keys", g.caseID, "epoch-"+number+".key")
	raw, err := key.Derive(g.epochIn(name, key.Open), "database\n"+path.Join("cases", g.caseID, filepath.Base(file)))
	if err != nil {
		g.t.Fatal(err)
	}
	return fmt.Sprintf("file:%s?%s", filepath.ToSlash(file), url.Values{"vfs": {"adiantum"}, "hexkey": {hex.EncodeToString(raw[:])}}.Encode())
}
