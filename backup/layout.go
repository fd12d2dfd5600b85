// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"recount/fault"
	"recount/internal/durable"
)

// What a folder is stands in a file of this name, whose content is its first
// line too.
const (
	markFile     = "recount-backup"
	markText     = "recount backup/1\n"
	keysMarkFile = "recount-backup-keys"
	keysMarkText = "recount backup keys/1\n"
)

const (
	manifestFile  = "manifest"
	publishedFile = "published"
	journalFolder = "journal"
	objectsFolder = "objects"
	casesFolder   = "cases"
)

var (
	folderName = regexp.MustCompile(`^[0-9a-f]{16}$`)
	pieceName  = regexp.MustCompile(`^journal/(0|[1-9][0-9]*)-[1-9][0-9]*\.[1-9][0-9]*\.age$`)
	listName   = regexp.MustCompile(`^list\.[1-9][0-9]*$`)
	officeName = regexp.MustCompile(`^office\.[0-9a-f]{16}\.age$`)
	keysName   = regexp.MustCompile(`^keys\.([0-9]{8}T[0-9]{6}Z)\.([1-9][0-9]*)\.(0|[1-9][0-9]*)\.age$`)
)

// folderOf is the name of a case's folder: the 16 digits its origin ends with.
func folderOf(origin string) (string, error) {
	name := origin[strings.LastIndexByte(origin, '/')+1:]
	if !folderName.MatchString(name) {
		return "", fmt.Errorf("%w: the origin %q does not end with 16 digits", fault.Invalid, origin)
	}
	return name, nil
}

// claim makes a folder that is empty or not there one of ours, or sees that it
// is one. Anything else is fault.Conflict.
func claim(files durable.Files, dir, mark, text string) error {
	if err := durable.MakeDirs(files, dir, 0o700); err != nil {
		return explain(dir, err)
	}
	is, err := marked(files, dir, mark, text)
	if err != nil || is {
		return err
	}
	entries, err := files.ReadDir(dir)
	if err != nil {
		return explain(dir, err)
	}
	for _, entry := range entries {
		if entry.Name() != mark+".new" { // of a claim that was cut off
			return fmt.Errorf("%w: the folder %s is no place of a backup of this kind and not empty, it has %q; name one that is empty or not there", fault.Conflict, dir, entry.Name())
		}
	}
	return explain(dir, durable.WriteFile(files, filepath.Join(dir, mark), []byte(text), 0o600, true))
}

func marked(files durable.Files, dir, mark, text string) (bool, error) {
	data, err := readAll(files, filepath.Join(dir, mark), 4096)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, explain(dir, err)
	}
	if string(data) != text {
		return false, fmt.Errorf("%w: %s says %.60q; this release reads %q", fault.Invalid, filepath.Join(dir, mark), data, text)
	}
	return true, nil
}

// apart refuses folders that lie in one another.
func apart(dirs map[string]string) error {
	whole := map[string]string{}
	for what, dir := range dirs {
		abs, err := resolved(dir)
		if err != nil {
			return err
		}
		whole[what] = abs
	}
	for one, a := range whole {
		for other, b := range whole {
			if one != other && (a == b || strings.HasPrefix(b, strings.TrimSuffix(a, string(filepath.Separator))+string(filepath.Separator))) {
				return fmt.Errorf("%w: %s (%s) lies in %s (%s); they are to be apart, best on different machines", fault.Invalid, other, dirs[other], one, dirs[one])
			}
		}
	}
	return nil
}

// resolved follows symbolic links as far as the path is there.
func resolved(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("%w: %w", fault.Invalid, err)
	}
	rest := ""
	for at := abs; ; at = filepath.Dir(at) {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(real, rest), nil
		} else if !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			return "", fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

// explain gives an error of the file layer its kind.
func explain(name string, err error) error {
	if _, known := fault.KindOf(err); err == nil || known {
		return err
	}
	switch {
	case durable.IsFull(err):
		return fmt.Errorf("%w: there is no room left for %s; the backup is as it was before this run: make room and run it again: %w", fault.Unavailable, name, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %s does not allow this to the account that the program runs under: %w", fault.Unavailable, name, err)
	}
	return fmt.Errorf("%w: %s: %w", fault.Unavailable, name, err)
}

// emptyOrNot tells whether a folder is not there, or empty.
func emptyOrNot(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, explain(dir, err)
	}
	return len(entries) == 0, nil
}
