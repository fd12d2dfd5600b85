// SPDX-License-Identifier: Apache-2.0

// Command preserve measures how fast the vault takes in a large file, against
// the fastest way to have a durable second copy: cp, then sync of the copy.
// Both runs alternate on the same disk with the same source, which lies in the
// cache of the system for both.
//
//	go run ./bench/preserve -dir /path/on/the/disk [-mib 2048] [-rounds 5]
//
// It prints each round, the ratio of the medians (1.00: as fast as cp and
// sync; the aim is 0.80 or more) and the largest resident size of this process,
// which does nothing but preserve.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"recount/vault"
)

func main() {
	dir := flag.String("dir", os.Getenv("RECOUNT_BENCH_DIR"), "scratch folder on the disk to measure (or RECOUNT_BENCH_DIR)")
	mib := flag.Int64("mib", 2048, "size of the file in MiB")
	rounds := flag.Int("rounds", 5, "how often each way is run")
	flag.Parse()
	if err := run(*dir, *mib, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "preserve:", err)
		os.Exit(1)
	}
}

func run(parent string, mib int64, rounds int) (err error) {
	if parent == "" || mib < 1 || rounds < 1 {
		return errors.New("give -dir, a folder on the disk to measure, and sizes of at least 1")
	}
	dir, err := os.MkdirTemp(parent, "preserve-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	source := filepath.Join(dir, "source")
	if err := makeSource(source, mib); err != nil {
		return err
	}
	var copies, seals []time.Duration
	for round := range rounds {
		took, err := timeCopy(source, filepath.Join(dir, "copy"))
		if err != nil {
			return err
		}
		copies = append(copies, took)
		took, err = timeSeal(source, filepath.Join(dir, "vault"))
		if err != nil {
			return err
		}
		seals = append(seals, took)
		fmt.Printf("round %d: cp and sync %.2f s (%.0f MiB/s), preserve %.2f s (%.0f MiB/s)\n", round+1,
			copies[round].Seconds(), rate(mib, copies[round]), seals[round].Seconds(), rate(mib, seals[round]))
	}
	c, s := median(copies), median(seals)
	fmt.Printf("median: cp and sync %.2f s, preserve %.2f s, ratio %.2f\n", c.Seconds(), s.Seconds(), c.Seconds()/s.Seconds())
	fmt.Printf("largest resident size: %s\n", peak())
	return nil
}

func rate(mib int64, d time.Duration) float64 { return float64(mib) / d.Seconds() }

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// makeSource writes bytes that no file system can compress or share.
func makeSource(name string, mib int64) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.CopyN(f, mathrand.NewChaCha8([32]byte{1}), mib<<20); err != nil {
		return err
	}
	return f.Sync()
}

func timeCopy(source, target string) (time.Duration, error) {
	start := time.Now()
	for _, args := range [][]string{{"cp", source, target}, {"sync", target}} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	took := time.Since(start)
	return took, os.Remove(target)
}

func timeSeal(source, dir string) (took time.Duration, err error) {
	backend, err := vault.Folder(dir)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	f, err := os.Open(source)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := vault.New(backend, rand.Reader).Seal(context.Background(), f); err != nil {
		return 0, err
	}
	took = time.Since(start)
	return took, os.RemoveAll(dir)
}

// peak reads VmHWM, which Linux alone has.
func peak() string {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return "not known on this system"
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			return strings.TrimSpace(value)
		}
	}
	return "not known on this system"
}
