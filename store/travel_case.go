// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
	"recount/journal"
)

// Travel is what the case says of itself if it is a travel copy; nil where it is
// the case itself.
func (c *Case) Travel() *Travel { return c.travel }

// travelFile lies with the keys, since it says which of them are to be missing.
func (c *Case) travelFile() string { return filepath.Join(c.keyDir, "travel") }

// readTravel finds out whether this is a travel copy. Keys without those to sign
// with are one's, so its note cannot be taken away either.
func (c *Case) readTravel(ctx context.Context, keys *keyring) error {
	signed, err := c.config.readFile(c.travelFile())
	if errors.Is(err, fs.ErrNotExist) {
		if c.skey != "" {
			return nil
		}
		n, err := keys.keyed(ctx)
		if err == nil && n > 0 {
			err = fmt.Errorf("%w: case %s has no keys to sign with, as in a travel copy, and the file %s, which says what was left at home, is missing", fault.Tampered, c.id, c.travelFile())
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("the note of a travel copy: %w", err)
	}
	t, err := openTravel(signed, c.sealVKey)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %s was not signed by this case, or it was changed: %w", fault.Tampered, c.travelFile(), err)
	case t.Origin != c.origin:
		return fmt.Errorf("%w: %s is of another case", fault.Tampered, c.travelFile())
	case c.skey != "" || c.sealKey != "":
		return fmt.Errorf("%w: %s says that this is a travel copy, and a travel copy has no keys to sign with", fault.Tampered, c.travelFile())
	}
	c.travel = &t
	return nil
}

func openTravel(signed []byte, sealVKey string) (t Travel, err error) {
	verifier, err := note.NewVerifier(sealVKey)
	if err != nil {
		return t, fmt.Errorf("the public seal key: %w", err)
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return t, err
	}
	if text, _, _ := strings.Cut(string(signed), "\n\n"); opened.Text != text+"\n" {
		return t, fmt.Errorf("%w: it is no signed note of one text", fault.Invalid)
	}
	return ParseTravel([]byte(opened.Text))
}

// verifyTravel holds that the journal is the one that the copy was made of.
func (c *Case) verifyTravel(ctx context.Context, t *tx) error {
	if c.travel == nil {
		return nil
	}
	root, err := journal.RootAt(t.size, hashReader{ctx, t})
	if err != nil {
		return err
	}
	if t.size != c.travel.Size || root != c.travel.Root {
		return fmt.Errorf("%w: this travel copy was made of %d entries with the root %s, and has %d with the root %s", fault.Tampered, c.travel.Size, c.travel.Root, t.size, root)
	}
	return nil
}

// grows refuses what would be recorded in a travel copy: the case goes on at
// home, and two that go on under one name are two histories.
func (c *Case) grows() error {
	if c.travel == nil {
		return nil
	}
	return fmt.Errorf("%w: this is a travel copy of case %s, to be read; nothing can be recorded in it (accepted: to record it at home)", fault.Conflict, c.id)
}
