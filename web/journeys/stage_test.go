// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// theCase is the id of the case that the demo invents.
const theCase = "invented-1"

// stage is what all journeys share: the program, the invented case as the demo
// leaves it, and one browser. No journey changes any of them.
type stage struct {
	dir     string
	recount string
	demo    string // what recount demo made: archive, case, bundle, …
	browser context.Context
	stop    []func()
}

// The stage is set by the first test that needs it and struck by TestMain.
var (
	set   stage
	setUp = sync.OnceValue(func() error { return set.up() })
)

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(set.stop) - 1; i >= 0; i-- {
		set.stop[i]()
	}
	os.Exit(code)
}

// onStage is the stage; the test is skipped where there is no browser.
func onStage(t *testing.T) *stage {
	t.Helper()
	if os.Getenv("RECOUNT_TEST_CHROMIUM") == "" {
		t.Skip("no browser: RECOUNT_TEST_CHROMIUM does not name a Chromium")
	}
	if err := setUp(); err != nil {
		t.Fatal(err)
	}
	return &set
}

func (s *stage) up() (err error) {
	if s.dir, err = os.MkdirTemp("", "recount-journeys-"); err != nil {
		return err
	}
	s.stop = append(s.stop, func() { _ = os.RemoveAll(s.dir) })
	s.recount = filepath.Join(s.dir, "recount")
	if runtime.GOOS == "windows" {
		s.recount += ".exe"
	}
	build := exec.Command("go", "build", "-o", s.recount, "./cmd/recount")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the program does not build: %w\n%s", err, out)
	}
	s.demo = filepath.Join(s.dir, "demo")
	if out, err := exec.Command(s.recount, "demo", "--dir", s.demo, "--yes").CombinedOutput(); err != nil {
		return fmt.Errorf("recount demo: %w\n%s", err, out)
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(os.Getenv("RECOUNT_TEST_CHROMIUM")), chromedp.UserDataDir(filepath.Join(s.dir, "profile")),
		chromedp.NoSandbox, chromedp.WSURLReadTimeout(2*time.Minute), // as root, in a container, on a busy machine
		chromedp.Flag("lang", "en-US"), chromedp.Flag("force-prefers-reduced-motion", true), chromedp.Flag("hide-scrollbars", true),
	)...)
	s.stop = append(s.stop, end)
	browser, end := chromedp.NewContext(allocator)
	s.stop = append(s.stop, end, func() { _ = chromedp.Cancel(browser) })
	s.browser = browser
	return chromedp.Do(browser) // starts it
}

// run is the program with arguments; it must succeed.
func (s *stage) run(t *testing.T, arguments ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.recount, arguments...)
	cmd.Env = append(os.Environ(), "RECOUNT_ACTOR=Writer of the test")
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("recount %v: %v\n%s%s", arguments, err, &out, &problems)
	}
	return out.String()
}

// archive is a copy of the invented archive that a journey may change.
func (s *stage) archive(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "archive")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(s.demo, "archive"))); err != nil {
		t.Fatal(err)
	}
	// The copy has to be private, as an archive is.
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o700)
	})
	if err != nil {
		t.Fatal(err)
	}
	// Whoever opened the case gives the journeys' writer a seat in it.
	s.run(t, "--actor", "Demo analyst", "member", "seat", "Writer of the test", "--role", "custodian,investigator,analyst,lawyer,reviewer,publisher", "--archive", dir)
	return dir
}
