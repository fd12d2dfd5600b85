// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"recount/fault"
	"recount/identities"
)

// identityPlaceFile notes where the map of identities lies, where that is not
// in the archive itself. It is no part of the journal.
func (c *Case) identityPlaceFile() string { return filepath.Join(c.keyDir, "identities") }

const identityPlaceLine = "recount identities place/1"

// IdentityPlace is the folder of the map of identities: where it was placed, or
// else a folder of the archive.
func (c *Case) IdentityPlace() (string, error) {
	text, err := c.config.readFile(c.identityPlaceFile())
	if errors.Is(err, fs.ErrNotExist) {
		return filepath.Join(c.dir, "identities"), nil
	}
	if err != nil {
		return "", fmt.Errorf("where the map of identities lies: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != 3 || lines[0] != identityPlaceLine || !filepath.IsAbs(lines[1]) || lines[2] != "" {
		return "", fmt.Errorf("%w: the note of where the map of identities lies is not one", fault.Tampered)
	}
	return lines[1], nil
}

// SetIdentityPlace notes where the map of identities lies from now on; dir is a
// whole path.
func (c *Case) SetIdentityPlace(dir string) error {
	if !filepath.IsAbs(dir) || strings.ContainsAny(dir, "\r\n") {
		return fmt.Errorf("%w: the place %q of the map of identities; accepted is a whole path, on one line", fault.Invalid, dir)
	}
	return c.config.writeFile(c.identityPlaceFile(), []byte(identityPlaceLine+"\n"+dir+"\n"))
}

// IdentityMap opens the map of identities. fault.Unavailable where its medium
// is not here. With fresh an empty one is made where none is, but never in the
// place of one that the journal says there is.
func (c *Case) IdentityMap(ctx context.Context, fresh bool) (*identities.Map, error) {
	dir, err := c.IdentityPlace()
	if err != nil {
		return nil, err
	}
	if !fresh {
		return identities.Find(c.config.Files, dir, c.Origin())
	}
	var openers int
	err = c.Read(ctx, func(r Reader) error {
		list, err := r.IdentityOpeners(ctx, Page{Limit: 1})
		openers = len(list)
		return err
	})
	if err != nil {
		return nil, err
	}
	if openers > 0 {
		return identities.Find(c.config.Files, dir, c.Origin())
	}
	return identities.Make(c.config.Files, dir, c.Origin())
}

// FindIdentities is nil where the map of identities of this case lies in dir.
func (c *Case) FindIdentities(dir string) error {
	_, err := identities.Find(c.config.Files, dir, c.Origin())
	return err
}
