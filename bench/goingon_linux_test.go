// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recount/invent"
)

func cutRows() int {
	if os.Getenv("RECOUNT_BENCH_SMALL") != "" {
		return 10_000
	}
	return 200_000
}

// BenchmarkGoingOn imports one list undisturbed, and then into other archives,
// where it is killed after a part of the time that it took, and run again. It
// reports the whole, and the second run after each part, by the clock and by the
// time of the processor: the fastest of several rounds, in turns.
func BenchmarkGoingOn(b *testing.B) {
	c, err := ready()
	if err != nil {
		b.Fatal(err)
	}
	list, mapping := filepath.Join(c.dir, "cut.csv"), filepath.Join(c.dir, "mapping.json")
	if err := writeCutList(list); err != nil {
		b.Fatal(err)
	}
	parts := []struct {
		name string
		part float64
	}{{"whole", 0}, {"after-50%", 0.5}, {"after-80%", 0.8}, {"after-95%", 0.95}}
	for b.Loop() {
		wall, cpu := map[string]time.Duration{}, map[string]time.Duration{}
		for range encryptedRounds() {
			for _, p := range parts {
				went, err := c.cutOff("cut", list, mapping, time.Duration(p.part*float64(wall["whole"])))
				if err != nil {
					b.Fatal(err)
				}
				if known := wall[p.name]; known == 0 || went.wall < known {
					wall[p.name] = went.wall
				}
				if known := cpu[p.name]; known == 0 || went.cpu < known {
					cpu[p.name] = went.cpu
				}
			}
		}
		for _, p := range parts {
			b.ReportMetric(wall[p.name].Seconds(), p.name+"-s")
			b.ReportMetric(cpu[p.name].Seconds(), p.name+"-cpu-s")
		}
	}
}

func writeCutList(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(invent.New(3, invent.Small).WriteCSV(w, cutRows()), w.Flush(), f.Close())
}

// cutOff imports into a new archive; with after, it is killed then, and what is
// answered is how it went when it was run again.
func (c bench) cutOff(name, list, mapping string, after time.Duration) (went ran, err error) {
	c.archive = filepath.Join(c.dir, name)
	defer func() { err = errors.Join(err, os.RemoveAll(c.archive)) }()
	if _, err := c.run("init", "--plain", "--actor", "Bench"); err != nil {
		return went, err
	}
	source, err := c.run("add", "source", "An invented list")
	if err != nil {
		return went, err
	}
	args := []string{"import", list, "--mapping", mapping, "--source", strings.TrimSpace(source.out)}
	if after > 0 {
		cmd := exec.Command(c.program, append([]string{"--archive", c.archive}, args...)...)
		if err := cmd.Start(); err != nil {
			return went, err
		}
		time.Sleep(after)
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return went, err
		}
		_ = cmd.Wait() // it was killed
	}
	return c.run(args...)
}
