// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os/exec"
	"runtime"
)

// openBrowser opens the link in this machine's browser, where it has one and
// somebody sits before it. That it has none is no error: the link was printed.
func (d *desk) openBrowser(link string) {
	if !d.out.terminal {
		return
	}
	command := map[string][]string{
		"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"},
	}[runtime.GOOS]
	if command == nil {
		command = []string{"xdg-open"}
	}
	path, err := exec.LookPath(command[0])
	if err == nil {
		err = exec.CommandContext(d.ctx, path, append(command[1:], link)...).Start()
	}
	if err != nil {
		d.out.note("No browser could be opened here (%v); open the link yourself.", err)
	}
}
