// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"recount/fault"
)

// sweepFiles removes temporary files of imports, files of generations that were
// begun and not finished, and new files that were cut off before they got their
// name (durable.WriteFile). Those of the batches that are kept stay.
func (c *Case) sweepFiles(ctx context.Context, kept []string) error {
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	epoch := keys.t.epoch
	keys.t.rollback()
	g := generation{}
	if c.config.Postgres == "" {
		if g, err = readGeneration(c.dir); err != nil {
			return err
		}
	}
	return errors.Join(
		eachNumbered(c.keyDir, "epoch-", func(name string, n int64) error {
			return c.destroyUnless(n == epoch && name == epochFile(c.keyDir, n), name)
		}),
		eachNumbered(c.keyDir, "published.", func(name string, _ int64) error { return c.destroyUnless(false, name) }),
		eachNumbered(c.dir, "CURRENT.", func(name string, _ int64) error { return c.destroyUnless(false, name) }),
		eachNumbered(c.dir, "keys.", func(name string, n int64) error { return c.destroyUnless(n == g.keys, name) }),
		eachNumbered(c.dir, "case.", func(name string, n int64) error { return c.destroyUnless(n == g.tables, name) }),
		eachNumbered(c.dir, "staging-", func(name string, _ int64) error {
			if slices.ContainsFunc(kept, func(id string) bool { return strings.HasPrefix(name, c.spillFile(id)+".") }) {
				return nil
			}
			return os.RemoveAll(name)
		}),
	)
}

// destroyOld destroys what an erasure has left of earlier generations when it
// was cut off. Nobody opens those files again, so no lock is needed.
func (c *Case) destroyOld(epoch int64) error {
	err := eachNumbered(c.keyDir, "epoch-", func(name string, n int64) error { return c.destroyUnless(n >= epoch, name) })
	if err != nil || c.config.Postgres != "" {
		return err
	}
	g, err := readGeneration(c.dir)
	if err != nil {
		return err
	}
	return errors.Join(
		eachNumbered(c.dir, "keys.", func(name string, n int64) error { return c.destroyUnless(n >= g.keys, name) }),
		eachNumbered(c.dir, "case.", func(name string, n int64) error { return c.destroyUnless(n >= g.tables, name) }),
	)
}

func (c *Case) destroyUnless(keep bool, name string) error {
	if keep {
		return nil
	}
	return c.config.disk().destroyFile(name)
}

// eachNumbered visits the files of a folder that begin with prefix, with the
// number behind it; 0 where there is none.
func eachNumbered(dir, prefix string, visit func(name string, number int64) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	for _, entry := range entries {
		rest, ok := strings.CutPrefix(entry.Name(), prefix)
		if !ok {
			continue
		}
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		number, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			number = 0
		}
		if err := visit(filepath.Join(dir, entry.Name()), number); err != nil {
			return err
		}
	}
	return nil
}
