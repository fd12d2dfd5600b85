// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"recount/fault"
	"recount/internal/durable"
	"recount/journal"
	"recount/store"
)

// foundCase is a case as a backup has it: the manifest, checked against the key
// that comes from the other place, and the list that it names.
type foundCase struct {
	dir, keysDir string
	m            manifest
	head         store.KeysHead
	list         list
	published    [][]byte
	unerased     bool
}

// caseFolders are the folders of cases in the first place.
func caseFolders(files durable.Files, to string) (dirs []string, err error) {
	is, err := marked(files, to, markFile, markText)
	if err != nil {
		return nil, err
	}
	if !is {
		return nil, fmt.Errorf("%w: there is no backup in %s", fault.NotFound, to)
	}
	cases := filepath.Join(to, casesFolder)
	entries, err := files.ReadDir(cases)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, explain(cases, err)
	}
	for _, entry := range entries {
		if folderName.MatchString(entry.Name()) {
			dirs = append(dirs, filepath.Join(cases, entry.Name()))
		}
	}
	return dirs, nil
}

// find reads manifests, the heads of keys and lists, of the cases that are
// wanted.
func (o *RestoreOptions) find() (all []foundCase, err error) {
	files := o.Config.Files
	dirs, err := caseFolders(files, o.From)
	if err != nil {
		return nil, err
	}
	if is, err := marked(files, o.Keys, keysMarkFile, keysMarkText); err != nil {
		return nil, err
	} else if !is {
		return nil, fmt.Errorf("%w: there are no keys in %s; without them nothing of a backup can be read (accepted: the folder that was named with --keys-to)", fault.NotFound, o.Keys)
	}
	ids := []string{}
	for _, dir := range dirs {
		f, err := o.findCase(dir)
		if errors.Is(err, errNoManifest) && len(o.Cases) > 0 {
			continue
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, f.head.Case)
		if len(o.Cases) == 0 || slices.Contains(o.Cases, f.head.Case) {
			all = append(all, f)
		}
	}
	for _, id := range o.Cases {
		if !slices.Contains(ids, id) {
			return nil, fmt.Errorf("%w: this backup has no case %q; it has: %s", fault.NotFound, id, strings.Join(ids, ", "))
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: no run has ended in %s: it has no case", fault.NotFound, o.From)
	}
	return all, nil
}

// errNoManifest: somebody took it away, or a first run was cut off before it
// had anything to show.
var errNoManifest = fmt.Errorf("%w: the manifest is missing, or the first run was cut off; the other cases can be restored with --case", fault.Tampered)

func (o *RestoreOptions) findCase(dir string) (f foundCase, err error) {
	files := o.Config.Files
	f.dir, f.keysDir = dir, filepath.Join(o.Keys, filepath.Base(dir))
	m, signed, err := unverified(files, dir)
	if errors.Is(err, fault.NotFound) {
		return f, fmt.Errorf("%s: %w", dir, errNoManifest)
	}
	if err != nil {
		return f, err
	}
	f.m = m
	if size, err := sizeOf(files, filepath.Join(f.keysDir, m.Keys.Name)); err != nil {
		return f, err
	} else if size < 0 {
		return f, fmt.Errorf("%w: the keys %s of this backup are missing. If the place for keys is of another day than the backup, find the backup of its day", fault.NotFound, filepath.Join(f.keysDir, m.Keys.Name))
	}
	err = readFile(files, f.keysDir, m.Keys, o.Identities, func(r io.Reader) error {
		in := bufio.NewReaderSize(r, 1<<16)
		if f.head, err = store.ReadKeysHead(in); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, in)
		return err
	})
	if err != nil {
		return f, err
	}
	if err := verified(dir, signed, f.head.SealVKey); err != nil {
		return f, err
	}
	if err := f.agree(); err != nil {
		return f, err
	}
	if f.list, err = readList(files, dir, m); err != nil {
		return f, err
	}
	return f, f.later(files)
}

// agree sees that manifest, keys and checkpoint are of one case and one size.
func (f *foundCase) agree() error {
	name := filepath.Join(f.dir, manifestFile)
	checkpoint, _, err := journal.OpenCheckpoint(f.m.Checkpoint, f.head.VKey)
	if err != nil {
		return fmt.Errorf("%w: the checkpoint in %s: %w", fault.Tampered, name, err)
	}
	folder, err := folderOf(f.m.Origin)
	if err != nil || folder != filepath.Base(f.dir) || f.m.Origin != f.head.Origin || checkpoint.Origin != f.m.Origin {
		return fmt.Errorf("%w: %s is of case %s, the keys of %s, the checkpoint of %s", fault.Tampered, name, f.m.Origin, f.head.Origin, checkpoint.Origin)
	}
	if checkpoint.Size != f.m.Entries || f.head.Size != f.m.Entries || f.head.Erased != f.m.Erased {
		return fmt.Errorf("%w: %s is of %d entries, the keys of %d, the checkpoint of %d", fault.Tampered, name, f.m.Entries, f.head.Size, checkpoint.Size)
	}
	return nil
}

// later looks what the place for keys knows that is later than this backup.
func (f *foundCase) later(files durable.Files) error {
	if f.head.Published != nil {
		f.published = append(f.published, f.head.Published)
	}
	name := filepath.Join(f.keysDir, publishedFile)
	signed, err := readAll(files, name, maxManifest)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explain(name, err)
	}
	if err == nil {
		if _, _, err := journal.OpenCheckpoint(signed, f.head.VKey); err != nil {
			return fmt.Errorf("%w: %s: %w", fault.Tampered, name, err)
		}
		f.published = append(f.published, signed)
	}
	whole, _, err := keysIn(files, f.keysDir)
	for _, k := range whole {
		f.unerased = f.unerased || k.Erased > f.m.Erased
	}
	return err
}
