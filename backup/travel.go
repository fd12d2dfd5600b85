// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"recount/access"
	"recount/fault"
	"recount/internal/durable"
	"recount/store"
	"recount/vault"
)

// TravelOptions is what the making of a travel copy is told.
type TravelOptions struct {
	Config       store.Config                 // the archive to make: its folder, which is empty or not there, and what locks it
	Scope        access.Scope                 // what goes
	Class        string                       // as it was chosen, for the copy's own note
	Compartments []string                     // likewise
	Now          func() time.Time             // when it is made
	Pause        func(point string)           // for tests; may be nil
	Progress     func(objects, entries int64) // may be nil
}

// travelEntries is how many entries are held in memory at once.
const travelEntries = 256

// Travel makes an archive that holds one case as far as the scope admits it, to
// be read and not to grow: the journal with every header and checkpoint, and
// keys, contents and objects of what goes alone. What stays has neither key nor
// content nor a row in any table there (docs/formats/travel.md). The copy is
// verified, and gets its folder's name only then; whatever ends the making
// earlier leaves nothing.
//
// fault.Conflict where something lies in the folder, or the case is itself a
// travel copy. The keys of rows are held in memory, some 80 bytes each.
func Travel(ctx context.Context, a *store.Archive, c *store.Case, o TravelOptions) (t store.Travel, err error) {
	defer fault.Wrap(&err, "making a travel copy")
	if o.Config.Files == nil {
		o.Config.Files = durable.OS()
	}
	if o.Pause == nil {
		o.Pause = func(string) {}
	}
	into, err := filepath.Abs(o.Config.Dir)
	if err != nil {
		return t, fmt.Errorf("%w: %w", fault.Invalid, err)
	}
	if err := Free(into); err != nil {
		return t, err
	}
	parent := filepath.Dir(into)
	if err := durable.MakeDirs(o.Config.Files, parent, 0o700); err != nil {
		return t, explain(parent, err)
	}
	if o.Config.Dir, err = os.MkdirTemp(parent, filepath.Base(into)+".travel-"); err != nil {
		return t, explain(parent, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, explain(o.Config.Dir, os.RemoveAll(o.Config.Dir)))
		}
	}()
	if t, err = o.fill(ctx, a, c); err != nil {
		return t, err
	}
	if err := ctx.Err(); err != nil {
		return t, err
	}
	o.Pause("travel.made")
	if err := os.Remove(into); err != nil && !errors.Is(err, os.ErrNotExist) {
		return t, explain(into, err)
	}
	return t, explain(into, errors.Join(os.Rename(o.Config.Dir, into), o.Config.Files.SyncDir(parent)))
}

// Free answers fault.Conflict where something lies in a folder.
func Free(dir string) error {
	empty, err := emptyOrNot(dir)
	if err == nil && !empty {
		err = fmt.Errorf("%w: the folder %s is not empty; name one that is empty or not there", fault.Conflict, dir)
	}
	return err
}

func (o *TravelOptions) fill(ctx context.Context, a *store.Archive, c *store.Case) (t store.Travel, err error) {
	to, err := store.Create(ctx, o.Config, store.Opening{PublicName: a.PublicName()})
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	made, t, err := o.copy(ctx, c, to)
	if err != nil {
		return t, err
	}
	o.Pause("travel.filled")
	if err := made.Verify(ctx); err != nil {
		return t, err
	}
	_, err = made.VerifyObjects(ctx, nil)
	return t, err
}

// copy takes a snapshot, leaves out what stays, and makes a case of the rest.
func (o *TravelOptions) copy(ctx context.Context, c *store.Case, to *store.Archive) (made *store.Case, t store.Travel, err error) {
	s, err := c.Snapshot(ctx)
	if err != nil {
		return nil, t, err
	}
	defer s.Close()
	t, err = s.Leave(ctx, store.Travel{Made: o.Now(), Class: o.Class, Compartments: o.Compartments}, o.Scope)
	if err != nil {
		return nil, t, err
	}
	signed, err := c.SignSeal(t.Text())
	if err != nil {
		return nil, t, err
	}
	var keys bytes.Buffer
	defer func() { clear(keys.Bytes()) }()
	if _, err := s.WriteKeys(ctx, &keys); err != nil {
		return nil, t, err
	}
	made, err = to.Import(ctx, store.Import{
		Keys: bytes.NewReader(keys.Bytes()), Journal: o.pieces(ctx, s), Objects: atHome{c}, Travel: signed, Done: o.Progress,
	})
	if err != nil || s.Published() == nil {
		return made, t, err
	}
	_, err = made.CarryPublished(ctx, s.Published())
	return made, t, err
}

// pieces are those of the journal, one after the other in memory.
func (o *TravelOptions) pieces(ctx context.Context, s *store.Snapshot) iter.Seq2[io.Reader, error] {
	return func(yield func(io.Reader, error) bool) {
		for from := int64(0); from < s.Size(); from += travelEntries {
			var piece bytes.Buffer
			_, err := s.WriteJournal(ctx, &piece, from, min(from+travelEntries, s.Size()))
			o.Pause("travel.piece")
			if !yield(&piece, err) || err != nil {
				return
			}
		}
	}
}

// atHome gives the sealed objects of the case that is copied.
type atHome struct{ c *store.Case }

// Open makes atHome a store.Stored.
func (h atHome) Open(ctx context.Context, a vault.Address) (io.ReadCloser, error) {
	return h.c.OpenStored(ctx, a)
}
