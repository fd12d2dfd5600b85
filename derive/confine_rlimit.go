// SPDX-License-Identifier: Apache-2.0

//go:build unix

package derive

import (
	"fmt"
	"syscall"
	"time"
)

// lower sets a limit of this process, both the one in force and the one up to
// which it could be raised again. One that is lower already stays.
func lower(what int, to uint64) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(what, &now); err != nil {
		return fmt.Errorf("limit %d: %w", what, err)
	}
	// The fields are signed on some systems; their infinity is then below 0.
	if limit := uint64(now.Max); limit < to {
		to = limit
	}
	set := now
	set.Cur, set.Max = field(to), field(to)
	if err := syscall.Setrlimit(what, &set); err != nil {
		return fmt.Errorf("limit %d to %d: %w", what, to, err)
	}
	return nil
}

// seconds is a limit's computing time; the system counts whole ones.
func seconds(l Limits) uint64 { return uint64((l.CPU + time.Second - 1) / time.Second) }
