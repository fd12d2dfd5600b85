// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ncruces/go-sqlite3/vfs"
	"github.com/rogpeppe/go-internal/testscript"

	"recount/internal/powercut"
	"recount/store"
)

// A command is run as a process of its own, which is killed (kill -9), and the
// machine's power goes with it: of what was written and not synced nothing is
// left, or a part at random. Then the archive is opened again. Whatever the
// moment: every acknowledged act is there, none is half there, nothing that no
// entry names is left, the case verifies, and the command can be run again.

// started is announced before a command looks at anything.
const started = "started"

// job is what a child is to do.
type job struct {
	Args     []string
	Careless string // whose syncs are left out: "tables", "files" or nobody's

	StageRows int // rows to a transaction; 0: as many as always
}

func TestMain(m *testing.M) {
	process, is, err := powercut.Child()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if is {
		os.Exit(child(process))
	}
	testscript.Main(m, map[string]func(){"recount": main})
}

// child is recount, with its answer and its points announced.
func child(process *powercut.Process) int {
	var job job
	if err := json.Unmarshal([]byte(process.Job), &job); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	process.Pause(started)
	p := program{
		stdout: answers{process}, stderr: os.Stderr, getenv: os.Getenv, now: time.Now, rand: rand.Reader,
		pause: process.Pause, files: process.Log.Files(), vfs: powercut.VFS,
		stageRows: job.StageRows,
	}
	switch job.Careless {
	case "files":
		p.files = carelessFiles{p.files}
	case "tables":
		vfs.Register("careless", carelessTables{process.Log.VFS()})
		p.vfs = "careless"
	}
	return p.run(context.Background(), job.Args)
}

// answers announces what a command prints.
type answers struct{ process *powercut.Process }

func (a answers) Write(text []byte) (int, error) {
	a.process.Acknowledge(string(text))
	return len(text), nil
}

// classes of kills, in the order of the work.
const (
	classBefore  = "before"
	classStaging = "staging"
	classEntry   = "entry"
	classAnswer  = "after the answer"
)

// classOf says where a kill fell: before anything was written; while objects or
// rows were written that no entry names; while the entry was written, up to the
// answer; after the answer.
func classOf(life powercut.Life) string {
	switch last := life.Last; {
	case last == "answer":
		return classAnswer
	case slices.Contains([]string{"keys", "entry", "after"}, last):
		return classEntry
	case slices.ContainsFunc(life.Points, func(point string) bool { return point != started && point != "before" }):
		return classStaging
	}
	return classBefore
}

func TestKilledAdd(t *testing.T) { t.Parallel(); testKilled(t, "add", addScenes()...) }
func TestKilledImport(t *testing.T) {
	t.Parallel()
	testKilled(t, "import", importScene(), editionScene())
}
func TestKilledLink(t *testing.T)   { t.Parallel(); testKilled(t, "link", linkScene()) }
func TestKilledFreeze(t *testing.T) { t.Parallel(); testKilled(t, "dossier freeze", freezeScene()) }

// kills is how many kills a command gets on SQLite at least, and whether a
// longer run was asked for.
func kills(t *testing.T) (n int, long bool) {
	t.Helper()
	text, long := os.LookupEnv("RECOUNT_KILLS")
	if !long || text == "" {
		return 25, false
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 25 {
		t.Fatalf("RECOUNT_KILLS is %q; a number from 25 on is accepted", text)
	}
	return n, true
}

// needsKills passes over a test where a process cannot be killed as these tests
// do it.
func needsKills(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 and a disk that loses what was not synced are of Unix; on Windows an open file cannot be put back to what it was")
	}
}

// testKilled kills a command at each point that it passes, and then at moments
// of chance. A longer run does the same on PostgreSQL, where there is one.
func testKilled(t *testing.T, command string, scenes ...scene) {
	needsKills(t)
	if testing.Short() {
		t.Skip("many processes are started and killed: not with -short")
	}
	n, long := kills(t)
	grounds := []*killing{{t: t, title: command + " on SQLite"}}
	if dsn := os.Getenv("RECOUNT_TEST_POSTGRES"); long && dsn != "" {
		grounds = append(grounds, &killing{t: t, title: command + " on PostgreSQL", postgres: dsn})
	}
	for _, k := range grounds {
		k.histogram = powercut.NewHistogram(classBefore, classStaging, classEntry, classAnswer)
		k.random = mathrand.New(mathrand.NewPCG(uint64(len(command)), 31))
		for _, s := range scenes {
			k.all(s, (n+len(scenes)-1)/len(scenes))
		}
		fmt.Print(k.histogram.Lines(k.title))
		empty, foreign := k.histogram.Empty()
		if len(empty) > 0 || len(foreign) > 0 || k.histogram.Total() < n {
			t.Errorf("%s: %d kills, none of them %q, unknown %q", k.title, k.histogram.Total(), empty, foreign)
		}
	}
}

// killing is the trial of one command on one engine.
type killing struct {
	t         *testing.T
	title     string
	postgres  string
	careless  string
	stageRows int
	histogram *powercut.Histogram
	random    *mathrand.Rand
	template  *office // SQLite: copied for each kill
	args      []string
	headers   []string
}

// byChance is how many kills of a scene fall at moments of chance at least.
const byChance = 6

// all kills one scene n times or more: first once at each point, then by
// chance, as often in each class.
func (k *killing) all(s scene, n int) {
	k.template = nil
	passed := k.whole(s)
	var cuts []powercut.Cut
	times, classes := map[string]int{}, map[string][]int{}
	for i, at := range passed {
		times[at]++
		cuts = append(cuts, powercut.Cut{At: at, Nth: times[at]})
		class := classAnswer
		if i < len(passed)-1 {
			class = classOf(powercut.Life{Points: pointsOf(passed[:i+1]), Last: pointsOf(passed)[i]})
		}
		classes[class] = append(classes[class], i+1)
	}
	names := slices.Sorted(maps.Keys(classes))
	for n = max(n, len(cuts)+byChance); len(cuts) < n; {
		class := classes[names[len(cuts)%len(names)]]
		cuts = append(cuts, powercut.Cut{Nth: class[k.random.IntN(len(class))], Delay: time.Duration(k.random.IntN(1500)) * time.Microsecond})
	}
	for i := range cuts {
		if i%2 == 1 { // every other time a part of what was not synced is left
			cuts[i].Seed = k.random.Uint64() | 1
		}
		k.once(s, cuts[i])
	}
}

func pointsOf(announcements []string) (points []string) {
	for _, at := range announcements {
		points = append(points, strings.TrimPrefix(at, "point "))
	}
	return points
}

// whole runs the command to its end and answers what it announces on the way.
func (k *killing) whole(s scene) (passed []string) {
	o, args, before := k.ready(s)
	defer k.clear(o)
	life := k.run(o, args, powercut.Cut{})
	if life.Killed || life.Code != 0 {
		k.t.Fatalf("%s, %s: exit %d\n%s", k.title, s.title, life.Code, life.Stderr)
	}
	if got := k.look(o); int64(len(got)-len(before)) != s.fully {
		k.t.Fatalf("%s, %s: %d entries became %d", k.title, s.title, len(before), len(got))
	}
	for _, point := range life.Points {
		passed = append(passed, "point "+point)
	}
	return append(passed, "answer")
}

// once runs the command on an archive of its own, kills it and looks.
func (k *killing) once(s scene, cut powercut.Cut) {
	o, args, before := k.ready(s)
	defer k.clear(o)
	life := k.run(o, args, cut)
	if life.Killed {
		k.histogram.Add(classOf(life))
	} else if life.Code != 0 {
		k.t.Fatalf("%s, %s, %+v: exit %d\n%s", k.title, s.title, cut, life.Code, life.Stderr)
	} else {
		k.histogram.Add(classAnswer) // the power went when it had ended
	}
	say := func(format string, args ...any) {
		k.t.Errorf("%s, %s, killed at %q (%+v): %s", k.title, s.title, life.Last, cut, fmt.Sprintf(format, args...))
	}
	after := k.look(o)
	added := int64(len(after) - len(before))
	switch {
	case added < 0 || added > s.fully || !slices.Equal(after[:len(before)], before):
		say("%d acknowledged entries became %d others", len(before), len(after))
	case len(life.Answers) > 0 && added != s.fully:
		say("the answer %q was given, and %d of %d entries are there", life.Answers[0], added, s.fully)
	}
	k.again(o, s, args, int64(len(before)), added, say)
}

// again runs the command once more, in this process and without the layer.
func (k *killing) again(o *office, s scene, args []string, before, added int64, say func(string, ...any)) {
	out, errs, code := o.run(args...)
	if code != 0 {
		say("run again: exit %d\n%s%s", code, out, errs)
		return
	}
	want := s.fully - added
	switch {
	case added == s.fully && s.known == "":
		want = s.fully // it is another one
	case added == s.fully && !strings.Contains(out+errs, s.known):
		say("run again it does not say %q but %s%s", s.known, out, errs)
	}
	if got := int64(len(k.look(o))) - before - added; got != want {
		say("run again it recorded %d entries, %d were missing", got, want)
	}
}

// run starts the command as a process.
func (k *killing) run(o *office, args []string, cut powercut.Cut) powercut.Life {
	k.t.Helper()
	text, err := json.Marshal(job{Args: o.with(args), Careless: k.careless, StageRows: k.stageRows})
	if err != nil {
		k.t.Fatal(err)
	}
	life, err := powercut.Run(string(text), o.dir+"-side", cut)
	if err != nil {
		k.t.Fatalf("%v\n%s", err, life.Stderr)
	}
	return life
}

// ready is an archive that the command can be run on, with its headers.
func (k *killing) ready(s scene) (o *office, args, headers []string) {
	k.t.Helper()
	if k.postgres != "" {
		o := newPostgresOffice(k.t, k.postgres)
		args := s.ready(o)
		return o, args, k.look(o)
	}
	if k.template == nil {
		k.template = newOffice(k.t)
		k.args = s.ready(k.template)
		k.headers = k.look(k.template)
	}
	o = &office{t: k.t, dir: filepath.Join(k.t.TempDir(), "archive")}
	if err := os.CopyFS(o.dir, os.DirFS(k.template.dir)); err != nil {
		k.t.Fatal(err)
	}
	return o, k.args, k.headers
}

// newPostgresOffice is an archive with a case of its own name.
func newPostgresOffice(t *testing.T, dsn string) *office {
	t.Helper()
	var number [8]byte
	_, _ = rand.Read(number[:]) // never fails
	o := &office{t: t, dir: filepath.Join(t.TempDir(), "archive"), globals: []string{"--postgres", dsn, "--case", "kill-" + hex.EncodeToString(number[:])}}
	o.do("init", "--plain", "--actor", "A. Analyst", "--title", "A trial case")
	return o
}

// clear takes an archive away, so that a long run needs no more room than a
// short one.
func (k *killing) clear(o *office) {
	k.t.Helper()
	if err := os.RemoveAll(o.dir); err != nil {
		k.t.Error(err)
	}
	if k.postgres == "" {
		return
	}
	db, err := sql.Open("pgx", k.postgres)
	if err != nil {
		k.t.Fatal(err)
	}
	defer db.Close()
	id := o.globals[len(o.globals)-1]
	for _, schema := range []string{"case_" + id, "case_" + id + "_keys"} {
		if _, err := db.Exec("DROP SCHEMA IF EXISTS " + pgx.Identifier{schema}.Sanitize() + " CASCADE"); err != nil {
			k.t.Error(err)
		}
	}
}

// patience is how long a server may take to notice that a client was killed;
// until then it holds the client's locks, and nothing is swept.
const patience = 20 * time.Second

// look opens the archive and answers the header of each entry; on the way all
// that is kept is checked.
func (k *killing) look(o *office) (headers []string) {
	k.t.Helper()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		id, headers, err := k.open(o)
		if err != nil {
			k.t.Fatalf("%s: opened again: %v", k.title, err)
		}
		left, err := powercut.Leftovers(k.t.Context(), o.dir, id, k.postgres)
		if err != nil {
			k.t.Fatal(err)
		}
		if len(left) == 0 {
			return headers
		}
		if k.postgres == "" || time.Since(start) > patience {
			k.t.Errorf("%s: left over: %q", k.title, left)
			return headers
		}
	}
}

func (k *killing) open(o *office) (id string, headers []string, err error) {
	ctx := k.t.Context()
	a, err := store.Open(ctx, store.Config{Dir: o.dir, Postgres: k.postgres, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	ids, err := a.Cases(ctx)
	if err != nil || len(ids) != 1 {
		return "", nil, fmt.Errorf("cases %q: %w", ids, err)
	}
	c, err := a.Case(ctx, ids[0])
	if err != nil {
		return "", nil, err
	}
	if err := c.Verify(ctx); err != nil {
		return "", nil, err
	}
	var size int64
	if err := c.Read(ctx, func(r store.Reader) error { size = r.Size(); return nil }); err != nil {
		return "", nil, err
	}
	if err := checkObjects(ctx, c, filepath.Join(o.dir, "cases", ids[0], "vault")); err != nil {
		return "", nil, err
	}
	for seq := range size {
		header, err := c.Header(ctx, seq)
		if err != nil {
			return "", nil, err
		}
		headers = append(headers, string(header))
	}
	return ids[0], headers, nil
}
