// SPDX-License-Identifier: Apache-2.0

// Package crash has tests only: a process at all kinds of work on a case is
// killed, and the machine's power goes with it. It is told apart from the tests
// of package store because it starts its own binary as the process to kill.
package crash

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recount/fault"
	"recount/internal/powercut"
	"recount/journal"
	"recount/store"
	"recount/store/storetest"
	"recount/vault"
)

func TestMain(m *testing.M) {
	process, is, err := powercut.Child()
	if is && err == nil {
		var j job
		if err = json.Unmarshal([]byte(process.Job), &j); err == nil {
			err = work(process, j)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}

func TestPowerCutOnSQLite(t *testing.T) {
	t.Parallel()
	powerCut(t, storetest.Engine{}, 12)
}

// TestPowerCutEncrypted: a block of what is encrypted is larger than a sector, so
// half of one, written, would be none of the two.
func TestPowerCutEncrypted(t *testing.T) {
	t.Parallel()
	powerCut(t, storetest.Engine{Encrypted: true}, 0)
}

// TestPowerCutOnPostgreSQL cuts the power of the vault and the keys alone: the
// server keeps its own promises, and its client is killed.
func TestPowerCutOnPostgreSQL(t *testing.T) {
	t.Parallel()
	dsn := os.Getenv("RECOUNT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("RECOUNT_TEST_POSTGRES names no PostgreSQL (.ci/postgres.sh starts one)")
	}
	powerCut(t, storetest.Engine{Postgres: dsn}, 0)
}

// powerCut cuts the power at each point that store.Points names, and then
// byChance times at moments of chance; RECOUNT_KILLS is another number of
// those.
func powerCut(t *testing.T, engine storetest.Engine, byChance int) {
	if testing.Short() {
		t.Skip("many processes are started and killed: not with -short")
	}
	if text := os.Getenv("RECOUNT_KILLS"); text != "" {
		var err error
		if byChance, err = strconv.Atoi(text); err != nil {
			t.Fatalf("RECOUNT_KILLS is %q; a number is accepted", text)
		}
	}
	points := store.Points()
	var g *ground
	histogram := powercut.NewHistogram(append(points, "answer")...)
	random := mathrand.New(mathrand.NewPCG(7, uint64(len(engine.Postgres))))
	cuts := moments(points)
	for life := range len(cuts) + byChance {
		if life%lives == 0 {
			g = newGround(t, engine)
		}
		cut := powercut.Cut{Nth: 1 + random.IntN(60), Delay: time.Duration(random.IntN(2000)) * time.Microsecond}
		if life < len(cuts) {
			cut = cuts[life]
		}
		if life%2 == 1 {
			cut.Seed = random.Uint64() | 1
		}
		histogram.Add(g.live(cut))
	}
	name := "all work on SQLite"
	switch {
	case engine.Postgres != "":
		name = "all work on PostgreSQL"
	case engine.Encrypted:
		name += ", encrypted"
	}
	fmt.Print(histogram.Lines(name))
	if empty, foreign := histogram.Empty(); len(empty) > 0 || len(foreign) > 0 {
		t.Errorf("no kill at %q; unknown %q", empty, foreign)
	}
}

// moments are each point; the switch to new keys, which is the second to new
// tables, after the rebuild; and the answers of a rebuild, of an erasure, of a
// publication, of signing in and of keeping a draft, each with and without a
// part of what was not synced.
func moments(points []string) (cuts []powercut.Cut) {
	for _, point := range points {
		cuts = append(cuts, powercut.Cut{At: "point " + point, Nth: 1})
	}
	for _, again := range []powercut.Cut{{At: "point replaced.built", Nth: 2}, {At: "point replaced.current", Nth: 2}, {At: "answer", Nth: 5}, {At: "answer", Nth: 7}, {At: "answer", Nth: 8}, {At: "answer", Nth: 9}, {At: "answer", Nth: 10}} {
		cuts = append(cuts, again, again)
	}
	return cuts
}

// lives is how many processes work on one case, one after the other. A case
// grows, and with it the time it takes to verify it.
const lives = 8

// ground is a case and what was acknowledged of it.
type ground struct {
	t       *testing.T
	job     job
	side    string
	entries map[int64]journal.Leaf
	erased  map[journal.Leaf]vault.Address

	published int64
	sessions  map[string]string // token to the used link's secret
	drafts    []string          // what they are about
}

func newGround(t *testing.T, engine storetest.Engine) *ground {
	t.Helper()
	var number [8]byte
	_, _ = rand.Read(number[:]) // never fails
	top := t.TempDir()
	g := &ground{
		t: t, side: filepath.Join(top, "side"), entries: map[int64]journal.Leaf{}, erased: map[journal.Leaf]vault.Address{}, sessions: map[string]string{},
		job: job{Dir: filepath.Join(top, "archive"), Case: "cut-" + hex.EncodeToString(number[:]), Engine: engine},
	}
	a, err := store.Create(t.Context(), g.config(), store.Opening{PublicName: g.job.Case + ".example", CaseID: g.job.Case, Title: "Karvel", Actor: "ann"})
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dropSchemas(t, engine.Postgres, g.job.Case) })
	return g
}

func dropSchemas(t *testing.T, dsn, id string) {
	if dsn == "" {
		return
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, schema := range []string{"case_" + id, "case_" + id + "_keys", store.OfficeSchema(id + ".example")} {
		if _, err := db.Exec("DROP SCHEMA IF EXISTS " + pgx.Identifier{schema}.Sanitize() + " CASCADE"); err != nil {
			t.Error(err)
		}
	}
}

func (g *ground) config() store.Config {
	return g.job.Engine.Config(store.Config{Dir: g.job.Dir, Now: time.Now, Rand: rand.Reader})
}

// live lets a process work until its power is cut, and looks at what is left.
// It answers the last that the process announced.
func (g *ground) live(cut powercut.Cut) (last string) {
	g.t.Helper()
	text, err := json.Marshal(g.job)
	if err != nil {
		g.t.Fatal(err)
	}
	life, err := powercut.Run(string(text), g.side, cut)
	if err != nil || !life.Killed {
		g.t.Fatalf("%+v: not killed but ended with %d, %v\n%s", cut, life.Code, err, life.Stderr)
	}
	for _, answer := range life.Answers {
		g.note(answer)
	}
	if err := g.look(); err != nil {
		g.t.Fatalf("killed at %q (%+v), after %q: %v", life.Last, cut, life.Answers, err)
	}
	return life.Last
}

// note takes up what a process acknowledged.
func (g *ground) note(answer string) {
	var seq, size int64
	var leaf, address string
	if _, err := fmt.Sscanf(answer, "entry %d %s", &seq, &leaf); err == nil {
		parsed, err := journal.ParseLeaf(leaf)
		if err != nil {
			g.t.Fatal(err)
		}
		g.entries[seq] = parsed
	} else if _, err := fmt.Sscanf(answer, "erased %s %s", &leaf, &address); err == nil {
		parsed, err := journal.ParseLeaf(leaf)
		if err != nil {
			g.t.Fatal(err)
		}
		if g.erased[parsed], err = vault.ParseAddress(address); err != nil {
			g.t.Fatal(err)
		}
	} else if _, err := fmt.Sscanf(answer, "published %d", &size); err == nil {
		g.published = size
	} else if about, ok := strings.CutPrefix(answer, "draft "); ok {
		g.drafts = append(g.drafts, about)
	} else if both, ok := strings.CutPrefix(answer, "signed in "); ok {
		token, secret, _ := strings.Cut(both, " ")
		g.sessions[token] = secret
	}
}

// patience is how long a server may take to notice that a client was killed;
// until then it holds the client's locks, and nothing is swept.
const patience = 20 * time.Second

// look opens the case again: every acknowledged act is there, nothing half, and
// nothing that no entry names.
func (g *ground) look() error {
	ctx := g.t.Context()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if err := g.open(ctx); err != nil {
			return err
		}
		if g.job.Engine.Encrypted {
			return nil // what is left over is looked for in databases that can be read
		}
		left, err := powercut.Leftovers(ctx, g.job.Dir, g.job.Case, g.job.Engine.Postgres)
		if err != nil || len(left) == 0 {
			return err
		}
		if g.job.Engine.Postgres == "" || time.Since(start) > patience {
			return fmt.Errorf("left over: %q", left)
		}
	}
}

func (g *ground) open(ctx context.Context) (err error) {
	a, err := store.Open(ctx, g.config())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	c, err := a.Case(ctx, g.job.Case)
	if err != nil {
		return err
	}
	if err := c.Verify(ctx); err != nil {
		return err
	}
	for seq, leaf := range g.entries {
		header, err := c.Header(ctx, seq)
		if err != nil {
			return fmt.Errorf("entry %d was acknowledged: %w", seq, err)
		}
		if parsed, err := journal.ParseHeader(header); err != nil || parsed.Leaf != leaf {
			return fmt.Errorf("entry %d was acknowledged with the leaf %s and has %s, %v", seq, leaf, parsed.Leaf, err)
		}
	}
	if g.published > 0 && !g.job.Engine.Encrypted { // else it cannot be read from outside
		note, err := os.ReadFile(filepath.Join(g.job.Dir, "keys", g.job.Case, "published"))
		if err != nil {
			return err
		}
		if checkpoint, _, err := journal.OpenCheckpoint(note, c.VKey()); err != nil || checkpoint.Size < g.published {
			return fmt.Errorf("a checkpoint of %d entries was published, and noted is one of %d, %v", g.published, checkpoint.Size, err)
		}
	}
	for leaf, address := range g.erased {
		if _, err := c.RowKey(ctx, leaf); !errors.Is(err, fault.NotFound) {
			return fmt.Errorf("row %s was erased, and its key: %v", leaf, err)
		}
		if err := c.Vault().Check(ctx, address); !errors.Is(err, fault.NotFound) {
			return fmt.Errorf("object %s was erased: %v", address, err)
		}
	}
	return g.operational(ctx, a, c)
}

// operational: who was signed in still is, a used link stays used, and what
// was typed is there.
func (g *ground) operational(ctx context.Context, a *store.Archive, c *store.Case) error {
	office, err := a.Office(ctx)
	if err != nil {
		return err
	}
	for token, secret := range g.sessions {
		if _, err := office.Session(ctx, token); err != nil {
			return fmt.Errorf("a session was acknowledged: %w", err)
		}
		if _, err := office.Invited(ctx, secret); !errors.Is(err, fault.NotFound) {
			return fmt.Errorf("a link was used, and afterwards: %v", err)
		}
	}
	for _, about := range g.drafts {
		if _, err := c.Draft(ctx, "a-1", "incident", about); err != nil {
			return fmt.Errorf("a draft about %s was acknowledged: %w", about, err)
		}
	}
	return nil
}

// TestCutOffFilesAreSwept: a file that was written beside its place, and had
// not got its name when the power went, is gone when the case is opened next.
// One of them would have an epoch key in it.
func TestCutOffFilesAreSwept(t *testing.T) {
	t.Parallel()
	g := newGround(t, storetest.Engine{})
	keys, tables := filepath.Join(g.job.Dir, "keys", g.job.Case), filepath.Join(g.job.Dir, "cases", g.job.Case)
	for _, name := range []string{
		filepath.Join(keys, "epoch-1.key.new"), filepath.Join(keys, "epoch-2.key.new"), filepath.Join(keys, "epoch-2.key"),
		filepath.Join(keys, "published.new"), filepath.Join(tables, "CURRENT.new"), filepath.Join(tables, "case.2.db"),
		filepath.Join(tables, "keys.2.db"), filepath.Join(tables, "staging-b-0"),
	} {
		if err := os.WriteFile(name, []byte("cut off"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, err := powercut.Leftovers(t.Context(), g.job.Dir, g.job.Case, "")
	if err != nil || len(before) < 7 {
		t.Fatalf("only %q are seen as left over, %v", before, err)
	}
	if err := g.look(); err != nil {
		t.Error(err)
	}
}
