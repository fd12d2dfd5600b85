// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package derive

import "os/exec"

// confine has nothing to lower here: memory is looked at, and the parent sees
// to the time.
func confine(Limits) error { return nil }

func bindToChild(*exec.Cmd) {}
