// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"recount/casework"
	"recount/invent"
	"recount/store"
)

// The program as people run it, measured from outside: each command is a
// process of its own, so that its memory is its own too. RECOUNT_BENCH_SMALL
// makes everything small, to see that it runs; RECOUNT_BENCH_DIR names a folder
// on the disk to measure. docs/benchmarks.md has the aims.

func rows() int {
	if os.Getenv("RECOUNT_BENCH_SMALL") != "" {
		return 20_000
	}
	return 1_000_000
}

// million-row archive and the built program, made once.
type bench struct {
	dir, program, archive string
	imported              ran
}

var ready = sync.OnceValues(prepare)

func prepare() (b bench, err error) {
	b.dir = os.Getenv("RECOUNT_BENCH_SCRATCH") // TestMain
	b.program, b.archive = filepath.Join(b.dir, "recount"), filepath.Join(b.dir, "archive")
	build := exec.Command("go", "build", "-o", b.program, "recount/cmd/recount")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return b, fmt.Errorf("%w: %s", err, out)
	}
	list, mapping := filepath.Join(b.dir, "list.csv"), filepath.Join(b.dir, "mapping.json")
	if err := writeList(list, mapping); err != nil {
		return b, err
	}
	if _, err := b.run("init", "--plain", "--actor", "Bench"); err != nil {
		return b, err
	}
	source, err := b.run("add", "source", "An invented list")
	if err != nil {
		return b, err
	}
	if b.imported, err = b.run("import", list, "--mapping", mapping, "--source", strings.TrimSpace(source.out)); err != nil {
		return b, err
	}
	definition := filepath.Join(b.dir, "figure.json")
	if err := os.WriteFile(definition, []byte(`{"figure":"f-killed","title":"Killed","unit":"persons","harms":["killed"],"rule":"count@1","parts":[{"part":"child","title":"Children","child":"either"}]}`), 0o600); err != nil {
		return b, err
	}
	_, err = b.run("figure", "define", definition)
	return b, err
}

func writeList(list, mapping string) error {
	f, err := os.Create(list)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := invent.New(1, invent.Small).WriteCSV(w, rows()); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.WriteFile(mapping, invent.BulkMapping(), 0o600)
}

// ran is how a command went.
type ran struct {
	out     string
	wall    time.Duration
	cpu     time.Duration // of all its threads, in the program and in the kernel
	peakMiB float64       // its largest resident size
}

// report prints what every command is measured by.
func (r ran) report(b *testing.B) {
	b.ReportMetric(r.wall.Seconds(), "s")
	b.ReportMetric(r.cpu.Seconds(), "cpu-s")
	b.ReportMetric(r.peakMiB, "peak-MiB")
}

func (b bench) run(args ...string) (r ran, err error) {
	cmd := exec.Command(b.program, append([]string{"--archive", b.archive}, args...)...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return r, err
	}
	done, peak := make(chan struct{}), make(chan float64, 1)
	go func() { peak <- watch(cmd.Process.Pid, done) }()
	err = cmd.Wait()
	close(done)
	r = ran{out: out.String(), wall: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peakMiB: <-peak}
	if err != nil {
		err = fmt.Errorf("recount %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return r, err
}

// watch reads the high-water mark of a process's resident size until done, in
// MiB. The ru_maxrss of getrusage(2) would not do: a child begins with its
// parent's, which exec(2) hands on. What the process takes in its last moments
// is not seen.
func watch(pid int, done <-chan struct{}) (peak float64) {
	for {
		peak = max(peak, highWater(pid))
		select {
		case <-done:
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// highWater is VmHWM of proc_pid_status(5), 0 once the process has ended.
func highWater(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kib); n == 1 {
			return kib / 1024
		}
	}
	return 0
}

// BenchmarkImport reports how the import of the rows went that all the others
// need; it is done once.
func BenchmarkImport(b *testing.B) {
	c, err := ready()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
	}
	b.ReportMetric(float64(rows())/c.imported.wall.Seconds(), "rows/s")
	c.imported.report(b)
}

// BenchmarkFigureCold asks a figure in a new process: opening, reading, answer.
func BenchmarkFigureCold(b *testing.B) {
	c, err := ready()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := c.run("figure", "answer", "f-killed", "--json")
		if err != nil {
			b.Fatal(err)
		}
		var a struct{ Answer struct{ Universe int } }
		if err := json.Unmarshal([]byte(r.out), &a); err != nil || a.Answer.Universe != rows() {
			b.Fatalf("%d persons (%v)", a.Answer.Universe, err)
		}
		r.report(b)
	}
}

// BenchmarkFigureWarm asks it again of columns that are in memory.
func BenchmarkFigureWarm(b *testing.B) {
	c, err := ready()
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	a, err := store.Open(ctx, store.Config{Dir: c.archive, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	opened, err := a.Case(ctx, "main")
	if err != nil {
		b.Fatal(err)
	}
	before, err := casework.Answer(ctx, opened, "f-killed", -1)
	if err != nil {
		b.Fatal(err)
	}
	columns, err := casework.LoadColumns(ctx, opened, -1)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		again, err := columns.Answer(before.Definition)
		if err != nil || again.Total != before.Total {
			b.Fatalf("%+v, before %+v (%v)", again.Total, before.Total, err)
		}
	}
}

// BenchmarkStart opens the archive in a new process and shows the case.
func BenchmarkStart(b *testing.B) {
	c, err := ready()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := c.run("show", "case")
		if err != nil {
			b.Fatal(err)
		}
		r.report(b)
	}
}

// BenchmarkPreserve runs bench/preserve, which prints its ratio to cp and sync.
func BenchmarkPreserve(b *testing.B) {
	c, err := ready()
	if err != nil {
		b.Fatal(err)
	}
	mib, rounds := "2048", "3"
	if os.Getenv("RECOUNT_BENCH_SMALL") != "" {
		mib, rounds = "64", "1"
	}
	for b.Loop() {
		out, err := exec.Command("go", "run", "recount/bench/preserve", "-dir", c.dir, "-mib", mib, "-rounds", rounds).CombinedOutput()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		b.Logf("%s", out)
	}
}

// TestMain takes the scratch folder away that prepare may have made.
func TestMain(m *testing.M) {
	scratch, err := os.MkdirTemp(os.Getenv("RECOUNT_BENCH_DIR"), "recount-bench-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("RECOUNT_BENCH_SCRATCH", scratch)
	code := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}
