// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"recount/derive"
)

// deriveCmd is what the reading room starts to look into an exhibit. It is of
// no use to people and hidden from the help.
type deriveCmd struct {
	Kind   string        `arg:"" help:"What is to be shown; for those who list processes."`
	Memory int64         `help:"Bytes of memory that the process may hold."`
	CPU    time.Duration `name:"cpu" help:"Computing time that it may take."`
}

// Run carries the command out. A case is not opened.
func (x *deriveCmd) Run(d *desk) error {
	return derive.Child(derive.Limits{Memory: x.Memory, CPU: x.CPU}, d.program.stdin, d.program.stdout)
}
