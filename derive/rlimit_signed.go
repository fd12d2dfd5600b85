// SPDX-License-Identifier: Apache-2.0

//go:build freebsd || dragonfly

package derive

import "math"

// field is a limit as this system's structure has it.
func field(limit uint64) int64 { return int64(min(limit, math.MaxInt64)) }
