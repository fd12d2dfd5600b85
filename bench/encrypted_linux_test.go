// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recount/invent"
)

// encryptedRounds is how often each is done, plain and encrypted in turns; the
// fastest of each is compared, which what else the machine does disturbs least.
func encryptedRounds() int {
	if os.Getenv("RECOUNT_BENCH_SMALL") != "" {
		return 1
	}
	return 3
}

func encryptedRows() int {
	if os.Getenv("RECOUNT_BENCH_SMALL") != "" {
		return 10_000
	}
	return 100_000
}

// BenchmarkEncrypted imports one list into plain and into encrypted archives,
// in turns, and asks them the same. It reports what encryption leaves of the
// speed, by the clock and by the time of the processor. The aims are 0.5 for the
// import and 0.7 for questions.
func BenchmarkEncrypted(b *testing.B) {
	c, err := ready()
	if err != nil {
		b.Fatal(err)
	}
	list, mapping := filepath.Join(c.dir, "short.csv"), filepath.Join(c.dir, "mapping.json")
	if err := writeShort(list); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		went := map[string]map[bool][]ran{}
		for round := range encryptedRounds() {
			for _, encrypted := range []bool{false, true} {
				name := fmt.Sprintf("enc-%d-%t", round, encrypted)
				if err := c.compared(name, encrypted, list, mapping, went); err != nil {
					b.Fatal(err)
				}
			}
		}
		for _, what := range []string{"import", "figure", "names", "search", "rebuild"} {
			wall := func(r ran) time.Duration { return r.wall }
			cpu := func(r ran) time.Duration { return r.cpu }
			plain, sealed := went[what][false], went[what][true]
			b.ReportMetric(least(plain, wall)/least(sealed, wall), what+"-x")
			b.ReportMetric(least(plain, cpu)/least(sealed, cpu), what+"-cpu-x")
			b.Logf("%s: plain %.2f s (%.2f s of the processor), encrypted %.2f s (%.2f s)", what, least(plain, wall), least(plain, cpu), least(sealed, wall), least(sealed, cpu))
		}
	}
}

func least(runs []ran, of func(ran) time.Duration) float64 {
	var all []time.Duration
	for _, r := range runs {
		all = append(all, of(r))
	}
	return slices.Min(all).Seconds()
}

// compared goes the way once in a new archive, which is taken away again.
func (b bench) compared(name string, encrypted bool, list, mapping string, went map[string]map[bool][]ran) error {
	b.archive = filepath.Join(b.dir, name)
	defer os.RemoveAll(b.archive) // the whole folder goes in TestMain
	lock := []string{"--plain"}
	if encrypted {
		key := filepath.Join(b.dir, name+".key")
		lock = []string{"--key-file", key}
		defer os.Setenv("RECOUNT_KEY_FILE", os.Getenv("RECOUNT_KEY_FILE"))
		os.Setenv("RECOUNT_KEY_FILE", key)
	}
	if _, err := b.run(append([]string{"init", "--actor", "Bench"}, lock...)...); err != nil {
		return err
	}
	source, err := b.run("add", "source", "An invented list")
	if err != nil {
		return err
	}
	for _, step := range []struct {
		what string
		args []string
	}{
		{"import", []string{"import", list, "--mapping", mapping, "--source", strings.TrimSpace(source.out)}},
		{"", []string{"figure", "define", filepath.Join(b.dir, "figure.json")}},
		{"figure", []string{"figure", "answer", "f-killed", "--json"}},
		{"", []string{"search", "an"}}, // fills the index
		{"search", []string{"search", "an", "--json"}},
		{"names", []string{"show", "records", "--name", "Sorvel", "--json"}},
		{"rebuild", []string{"rebuild"}},
	} {
		times := 1
		if slices.Contains([]string{"figure", "search", "names"}, step.what) {
			times = 5
		}
		for range times {
			r, err := b.run(step.args...)
			if err != nil {
				return err
			}
			if went[step.what] == nil {
				went[step.what] = map[bool][]ran{}
			}
			went[step.what][encrypted] = append(went[step.what][encrypted], r)
		}
	}
	return nil
}

func writeShort(list string) error {
	f, err := os.Create(list)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := invent.New(2, invent.Small).WriteCSV(w, encryptedRows()); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
