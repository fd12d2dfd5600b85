// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSurroundings: what a child has around it.
func TestSurroundings(t *testing.T) {
	t.Parallel()
	f, err := runner(t).run(t.Context(), request{Kind: "tells"}, holding([]byte("x")))
	if err != nil {
		t.Fatal(err)
	}
	var said string
	if err := json.Unmarshal(f.head, &said); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.SplitSeq(said, "\n") {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"environment 0", "directory /", "NoNewPrivs: 1",
		"Max cpu time 20 20 seconds", "Max file size 0 0 bytes", "Max data size 536870912 536870912 bytes",
		"Max core file size 0 0 bytes", "Max open files 64 64 files",
		"file: file too large",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a child's surroundings (-want +got):\n%s", diff)
	}
}

// tell answers what is around a child on Linux.
func tell() {
	directory, _ := os.Getwd()
	said := fmt.Sprintf("environment %d\ndirectory %s\n", len(os.Environ()), directory)
	for _, x := range []struct {
		file  string
		lines []string
	}{
		{"/proc/self/status", []string{"NoNewPrivs:"}},
		{"/proc/self/limits", []string{"Max cpu time", "Max file size", "Max data size", "Max core file size", "Max open files"}},
	} {
		text, err := os.ReadFile(x.file)
		if err != nil {
			said += err.Error()
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			for _, want := range x.lines {
				if strings.HasPrefix(line, want) {
					said += line + "\n"
				}
			}
		}
	}
	signal.Ignore(syscall.SIGXFSZ)
	err := os.WriteFile(filepath.Join(os.TempDir(), "recount-derive-must-stay-empty"), []byte("x"), 0o600)
	said += "file: " + errors.Unwrap(err).Error()
	head, _ := json.Marshal(said)
	_ = frame{status: isResult, head: head}.write(os.Stdout)
}
