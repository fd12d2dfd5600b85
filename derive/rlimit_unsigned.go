// SPDX-License-Identifier: Apache-2.0

//go:build unix && !freebsd && !dragonfly

package derive

// field is a limit as this system's structure has it.
func field(limit uint64) uint64 { return limit }
