// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"recount/fault"
)

// Outcome is what became of one of several files.
type Outcome struct {
	Path string
	Preserved
	Err error // not nil: this file was not preserved
}

// Tally counts outcomes.
type Tally struct{ New, Known, Failed int64 }

// PreserveAll preserves files and folders, those with everything below them,
// one after the other; each is told as it is done. What fails, a file that has
// vanished meanwhile for instance, does not stop the rest: it is counted, and
// the error at the end says how many failed, with the kind of the first one.
// Links inside folders are not followed; they count as failed. Only the end
// of ctx stops the work.
func (c *Clerk) PreserveAll(ctx context.Context, paths []string, d Delivery, each func(Outcome)) (Tally, error) {
	var t Tally
	var first error
	one := func(path, inside string) {
		d := d
		d.Path = inside
		o := Outcome{Path: path}
		o.Preserved, o.Err = c.Preserve(ctx, path, d)
		c.settle(&t, &first, o, each)
	}
	fail := func(path string, err error) { c.settle(&t, &first, Outcome{Path: path, Err: err}, each) }
	for _, root := range paths {
		info, err := os.Stat(root)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			fail(root, fileError(root, err))
		case !info.IsDir():
			one(root, "")
		default:
			c.walk(ctx, root, one, fail)
		}
	}
	if err := ctx.Err(); err != nil {
		return t, err
	}
	if t.Failed > 0 {
		return t, fmt.Errorf("%d of %d files were not preserved; the first: %w", t.Failed, t.New+t.Known+t.Failed, first)
	}
	if t.New+t.Known == 0 {
		return t, fmt.Errorf("%w: there is no file in what was named; accepted: files, or folders that hold some", fault.Invalid)
	}
	return t, nil
}

func (c *Clerk) settle(t *Tally, first *error, o Outcome, each func(Outcome)) {
	switch {
	case o.Err != nil:
		t.Failed++
		if *first == nil {
			*first = o.Err
		}
	case o.Known:
		t.Known++
	default:
		t.New++
	}
	if each != nil {
		each(o)
	}
}

// walk visits every file below a folder, as it reads one folder after the other.
func (c *Clerk) walk(ctx context.Context, root string, one func(path, inside string), fail func(string, error)) {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err != nil {
			fail(path, fileError(path, err))
			if entry != nil && entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		inside, err := filepath.Rel(root, path)
		if err != nil {
			inside = entry.Name()
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			fail(path, fmt.Errorf("%w: %s is a link, which is not followed; accepted: the file that it points to", fault.Invalid, path))
			return nil
		}
		one(path, filepath.ToSlash(inside))
		return nil
	})
	if err != nil && ctx.Err() == nil {
		fail(root, fileError(root, err))
	}
}
