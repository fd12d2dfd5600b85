// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"recount/internal/durable"
	"recount/journal"
)

// keysFile is what the name of a file of keys says: when it was written, by
// which run, and up to which entry erasures are left out of it; of an audit
// journal, under which epoch it is, which grows with each forgetting.
type keysFile struct {
	Time        time.Time
	Run, Erased int64
}

const keysTime = "20060102T150405Z"

func (k keysFile) name() string {
	return fmt.Sprintf("keys.%s.%d.%d.age", k.Time.UTC().Format(keysTime), k.Run, k.Erased)
}

func parseKeysFile(name string) (k keysFile, ok bool) {
	if !keysName.MatchString(name) {
		return k, false
	}
	parts := strings.Split(name, ".")
	var err, err2, err3 error
	k.Time, err = time.Parse(keysTime, parts[1])
	k.Run, err2 = parseNumber(parts[2])
	k.Erased, err3 = parseNumber(parts[3])
	return k, errors.Join(err, err2, err3) == nil
}

// OldKeys is a file of keys from before an erasure: with it, and a copy of what
// was erased, the erased could be read again.
type OldKeys struct {
	File  string    `json:"file"`
	Until time.Time `json:"until"` // the first run after this destroys it
}

// keysIn are the files of keys in a case's folder, and those that were cut off
// while they were written.
func keysIn(files durable.Files, dir string) (whole map[string]keysFile, cut []string, err error) {
	entries, err := files.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, explain(dir, err)
	}
	whole = map[string]keysFile{}
	for _, entry := range entries {
		if k, ok := parseKeysFile(entry.Name()); ok {
			whole[entry.Name()] = k
		} else if _, ok := parseKeysFile(trimNew(entry.Name())); ok {
			cut = append(cut, entry.Name())
		}
	}
	return whole, cut, nil
}

// prune destroys the keys of earlier runs whose time is over. Those of the
// last run stay, however old.
func (r *running) prune() (err error) {
	if r.w.KeysPruned, err = pruneKeys(r.Files, r.keysDir, r.now.Keys.Name, r.now.Time, r.KeepKeys); err != nil {
		return err
	}
	r.w.Lingering, err = lingering(r.Files, r.keysDir, r.now.Keys.Name, r.now.Erased, r.KeepKeys)
	return err
}

// pruneKeys destroys, of the keys in a folder, all but those of that name whose
// time is over, and those that were cut off. It answers how many were whole.
func pruneKeys(files durable.Files, dir, but string, now time.Time, keep time.Duration) (n int64, err error) {
	whole, cut, err := keysIn(files, dir)
	if err != nil {
		return 0, err
	}
	for _, name := range cut {
		if err := destroy(files, filepath.Join(dir, name)); err != nil {
			return n, err
		}
	}
	for name, k := range whole {
		if name == but || k.Time.Add(keep).After(now) {
			continue
		}
		if err := destroy(files, filepath.Join(dir, name)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// lingering are the keys in a folder, but for those of that name, from before
// the last erasure or forgetting.
func lingering(files durable.Files, dir, but string, erased int64, keep time.Duration) (old []OldKeys, err error) {
	whole, _, err := keysIn(files, dir)
	if err != nil {
		return nil, err
	}
	old = []OldKeys{}
	for name, k := range whole {
		if name != but && k.Erased < erased {
			old = append(old, OldKeys{name, k.Time.Add(keep)})
		}
	}
	sortOldKeys(old)
	return old, nil
}

// writePublished keeps the largest checkpoint that was published, beside the
// keys: it does not go back when the first place is put back from an older copy.
func (r *running) writePublished(signed []byte) error {
	if signed == nil {
		return nil
	}
	mine, _, err := journal.OpenCheckpoint(signed, r.c.VKey())
	if err != nil {
		return err
	}
	name := filepath.Join(r.keysDir, publishedFile)
	there, err := readAll(r.Files, name, maxManifest)
	if err == nil {
		if c, _, err := journal.OpenCheckpoint(there, r.c.VKey()); err == nil && c.Origin == mine.Origin && c.Size >= mine.Size {
			return nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return explain(name, err)
	}
	_, err = writeFile(r.Files, r.keysDir, publishedFile, nil, func(w io.Writer) error { _, err := w.Write(signed); return err })
	return err
}

// destroy writes over a file of keys before it removes it. A disk that moves
// blocks about may keep old ones; they are sealed.
func destroy(files durable.Files, name string) (err error) {
	defer func() { err = explain(name, err) }()
	f, err := files.Change(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = io.CopyN(f, zeros{}, info.Size())
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return remove(files, name)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
