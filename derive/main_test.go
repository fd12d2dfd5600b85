// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// misbehaviours, by the kind of a request, are children that are not ours. It
// stands in the arguments: the environment is empty.
func misbehaviours() map[string]func() {
	return map[string]func(){
		"hangs":   func() { time.Sleep(time.Hour) },
		"garbage": func() { fmt.Print("<html>this is no frame") },
		"endless": func() {
			for {
				fmt.Print("recount derive/1\nr and so on and so on")
			}
		},
		"hoards": hoard,
		"tells":  tell,
		"spins": func() {
			for i := 0; ; i++ {
			}
		},
		"lies": func() {
			f := frame{status: isResult, head: []byte(`{"Width":4,"Height":4}`), body: []byte("GIF89a")}
			_ = f.write(os.Stdout)
		},
	}
}

// hoard takes memory, and uses it, without end.
func hoard() {
	var all [][]byte
	for {
		b := make([]byte, 8<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
		runtime.KeepAlive(all)
	}
}

// TestMain makes the test's own binary the child as well.
func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != "derive" {
		os.Exit(m.Run())
	}
	flags := flag.NewFlagSet("derive", flag.ExitOnError)
	var l Limits
	flags.Int64Var(&l.Memory, "memory", 0, "")
	flags.DurationVar(&l.CPU, "cpu", 0, "")
	if err := flags.Parse(os.Args[3:]); err != nil {
		os.Exit(64)
	}
	if os.Args[2] == "hoards-watched" { // no limit of the system
		go watchMemory(l.Memory)
		hoard()
	}
	if act, ok := misbehaviours()[os.Args[2]]; ok {
		if err := confine(l); err != nil {
			os.Exit(1)
		}
		act()
		os.Exit(0)
	}
	l.Memory *= instrumented
	if err := Child(l, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
