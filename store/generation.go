// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"recount/fault"
	"recount/internal/durable"
)

// generation says which files of a case are its files. It stands in CURRENT,
// which a rebuild or an erasure replaces in one step when the new files are
// whole: whatever else lies there was cut off or is done with.
type generation struct {
	tables int64 // case.N.db
	keys   int64 // keys.N.db and epoch-N.key
}

const generationLine = "recount generation/1"

func currentFile(dir string) string { return filepath.Join(dir, "CURRENT") }

func (g generation) tablesFile(dir string) string {
	return filepath.Join(dir, fmt.Sprintf("case.%d.db", g.tables))
}

func (g generation) keysFile(dir string) string {
	return filepath.Join(dir, fmt.Sprintf("keys.%d.db", g.keys))
}

func (g generation) write(files durable.Files, dir string) error {
	text := fmt.Sprintf("%s\ntables %d\nkeys %d\n", generationLine, g.tables, g.keys)
	if err := durable.WriteFile(files, currentFile(dir), []byte(text), 0o600, true); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return nil
}

// smallest is the least that a database file has: SQLite's smallest page.
const smallest = 512

// there refuses files that are missing or empty: SQLite would make new ones in
// their place and say nothing.
func (g generation) there(d disk, dir string) error {
	for _, name := range []string{g.tablesFile(dir), g.keysFile(dir)} {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%w: the file %s of this case is missing, and nothing was put in its place. Put it back from where copies are kept", fault.Unavailable, name)
		case err != nil:
			return fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		page, err := d.under(g.keys).pageSize(name)
		if err != nil {
			return err
		}
		if info.Size() < smallest || info.Size()%page != 0 {
			return fmt.Errorf("%w: the database file %s is damaged: it was cut off and has %d bytes. Put it back from where copies are kept", fault.Tampered, name, info.Size())
		}
	}
	return nil
}

// pageSize is what the file says of its pages: a database is a whole number of
// them (sqlite.org/fileformat2.html, section 1.3.2). smallest where the file is
// too short to say it.
func (d disk) pageSize(name string) (int64, error) {
	var head [18]byte
	if err := d.readHead(name, head[:]); tooShort(err) {
		return smallest, nil // told by its size
	} else if err != nil {
		return 0, err
	}
	n := int64(head[16])<<8 | int64(head[17])
	if n == 1 {
		n = 65536
	}
	if n < smallest || n&(n-1) != 0 {
		return smallest, nil // no header of a database: told when it is opened
	}
	return n, nil
}

func readGeneration(dir string) (generation, error) {
	var g generation
	data, err := os.ReadFile(currentFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return g, fmt.Errorf("%w: there is no case in %s", fault.NotFound, dir)
	}
	if err != nil {
		return g, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	lines := strings.Split(string(data), "\n")
	if len(lines) == 4 && lines[0] == generationLine && lines[3] == "" {
		if g.tables, err = generationNumber(lines[1], "tables "); err == nil {
			if g.keys, err = generationNumber(lines[2], "keys "); err == nil {
				return g, nil
			}
		}
	}
	return generation{}, fmt.Errorf("%w: %s does not say which files are this case's", fault.Tampered, currentFile(dir))
}

func generationNumber(line, name string) (int64, error) {
	digits, found := strings.CutPrefix(line, name)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !found || err != nil || n < 1 || strconv.FormatInt(n, 10) != digits {
		return 0, fmt.Errorf("%w: %q", fault.Tampered, line)
	}
	return n, nil
}
