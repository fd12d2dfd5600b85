// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"recount/fault"
)

// lastBackupFile is a note beside the cases. It is no part of any journal, and
// is lost with the archive.
func (a *Archive) lastBackupFile() string { return filepath.Join(a.config.Dir, "last-backup") }

const lastBackupLine = "recount last backup/1"

// NoteBackup notes that all cases of the archive were backed up at that time,
// to a backup that now has size bytes.
func (a *Archive) NoteBackup(_ context.Context, at time.Time, size int64) error {
	text := fmt.Sprintf("%s\n%s\n%d\n", lastBackupLine, at.UTC().Format(time.RFC3339), size)
	if err := a.config.writeFile(a.lastBackupFile(), []byte(text)); err != nil {
		return fmt.Errorf("noting the backup: %w", err)
	}
	return nil
}

// LastBackup is when all cases of the archive were last backed up, and how many
// bytes the backup had then, its keys left out. fault.NotFound where that was
// never done.
func (a *Archive) LastBackup(context.Context) (at time.Time, size int64, err error) {
	data, err := a.config.readFile(a.lastBackupFile())
	if errors.Is(err, fs.ErrNotExist) {
		return at, 0, fmt.Errorf("%w: this archive was never backed up", fault.NotFound)
	}
	if err != nil {
		return at, 0, fmt.Errorf("the note of the last backup: %w", err)
	}
	lines := strings.Split(string(data), "\n")
	if len(lines) == 4 && lines[0] == lastBackupLine && lines[3] == "" {
		if at, err = time.Parse(time.RFC3339, lines[1]); err == nil {
			if size, err = headNumber(lines[2]); err == nil {
				return at, size, nil
			}
		}
	}
	return time.Time{}, 0, fmt.Errorf("%w: %s is not a note of a backup", fault.Tampered, a.lastBackupFile())
}
