// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"recount/fault"
)

// leaseName is one of the locks of a case that outlive a transaction.
type leaseName string

const (
	// present is held by everybody who has the case open; alone with it, one
	// may sweep what was cut off.
	present leaseName = "present"
	// staging is held by everybody who stages rows that no entry names yet; a
	// rebuild would leave them behind, so it needs this lock for itself.
	staging leaseName = "staging"
)

// retry is how often a lock that another process holds is asked for again.
const retry = 5 * time.Millisecond

// fileLock takes the lock in a file, and waits for it until ctx ends. The lock
// goes with the process that holds it, however that ends. Each call has a file
// handle of its own, so that two holders in one process exclude each other as
// two processes do.
func fileLock(ctx context.Context, dir, name string, exclusive bool) (release func(), err error) {
	lock := flock.New(filepath.Join(dir, name), flock.SetPermissions(0o600))
	take := lock.TryRLockContext
	if exclusive {
		take = lock.TryLockContext
	}
	if _, err := take(ctx, retry); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w: another process holds the lock %s: %w", fault.Unavailable, lock.Path(), ctx.Err())
		}
		return nil, fmt.Errorf("%w: the lock %s: %w", fault.Unavailable, lock.Path(), err)
	}
	return func() { _ = lock.Close() }, nil // closing lets the lock go in any case
}

// tryFileLock is fileLock that does not wait; taken is false when another holds it.
func tryFileLock(dir, name string, exclusive bool) (release func(), taken bool, err error) {
	lock := flock.New(filepath.Join(dir, name), flock.SetPermissions(0o600))
	take := lock.TryRLock
	if exclusive {
		take = lock.TryLock
	}
	taken, err = take()
	if err != nil {
		return nil, false, fmt.Errorf("%w: the lock %s: %w", fault.Unavailable, lock.Path(), err)
	}
	if !taken {
		return nil, false, lock.Close()
	}
	return func() { _ = lock.Close() }, true, nil
}

// passGate takes the lock of the tables shared. It goes through a gate that
// somebody who wants the lock alone keeps closed while waiting: else there
// would hardly be a moment in which nobody holds it. Who holds the lock should
// not pass the gate a second time: it may be closed by one who waits for that
// very lock, and then opens only after giveWay.
func passGate(ctx context.Context, dir string) (release func(), err error) {
	open, err := fileLock(ctx, dir, "gate", false)
	if err != nil {
		return nil, err
	}
	defer open()
	return fileLock(ctx, dir, "lock", false)
}

// How long the gate stays closed before somebody who waits behind it, with the
// lock in hand, is let through, and how long it is open then. Whoever reads
// while reading would otherwise wait for ever, and the other for them.
const (
	giveWay  = 2 * time.Second
	gateOpen = 100 * time.Millisecond
)

// closeGate takes the lock of the tables alone.
func closeGate(ctx context.Context, dir string) (release func(), err error) {
	for {
		release, taken, err := closeGateFor(ctx, dir, giveWay)
		if err != nil || taken {
			return release, err
		}
		select {
		case <-time.After(gateOpen):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: the case is being read: %w", fault.Unavailable, ctx.Err())
		}
	}
}

// closeGateFor closes the gate for so long at most.
func closeGateFor(ctx context.Context, dir string, long time.Duration) (release func(), taken bool, err error) {
	open, err := fileLock(ctx, dir, "gate", true)
	if err != nil {
		return nil, false, err
	}
	defer open()
	waiting, stop := context.WithTimeout(ctx, long)
	defer stop()
	release, err = fileLock(waiting, dir, "lock", true)
	if err != nil && waiting.Err() != nil && ctx.Err() == nil {
		return nil, false, nil
	}
	return release, err == nil, err
}
