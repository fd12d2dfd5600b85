// SPDX-License-Identifier: Apache-2.0

// Package intake takes in what people bring: it preserves files in the vault,
// reads lists by mappings, and takes records, incidents and citations that
// people write down themselves.
//
// Everything that is taken in is one entry of the case's journal, and what the
// entry names is durable before it: an exhibit's bytes and key, the rows of an
// import. What cannot be taken is refused with an error that says where it
// stands and what would be accepted, in two renderings: with the value for the
// person who brings it, without for logs and receipts.
//
//	table     lists as they come: CSV and workbooks, row by row
//	mapping   what the columns of a list mean
package intake

import (
	"context"
	"fmt"
	"io"

	"recount/fault"
	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
	"recount/vault"
)

// Shelf is where the bytes of exhibits and row files are, with their keys.
type Shelf interface {
	Vault() *vault.Vault
	// KeepObject makes an object's key durable, before the entry that names it.
	KeepObject(ctx context.Context, o vault.Object) error
	// ObjectKey is what is needed to open an object: fault.NotFound once erased.
	ObjectKey(ctx context.Context, a vault.Address) (vault.Object, error)
}

// Book is where acts are recorded.
type Book interface {
	// Look gives a view of the case in one snapshot.
	Look(ctx context.Context, look func(View) error) error
	// Act appends the entry that decide answers, in one step with its view, and
	// returns the entry's number. An error of decide is returned.
	Act(ctx context.Context, actor string, decide func(View) (journal.Draft, error)) (seq int64, err error)
	// Stage begins a batch of rows, invisible until an entry names it. progress
	// is told while Finish writes them; it may be nil.
	Stage(ctx context.Context, progress func(done, all int64)) (Batch, error)
	// StageWork is Stage for work that can be cut off: it takes up what the same
	// work has left. lost says why there is nothing left of what was there, a code.
	StageWork(ctx context.Context, w Work, progress func(done, all int64)) (b Marked, lost string, err error)
	// Left tells whether the same work was cut off and can be gone on with.
	Left(ctx context.Context, w Work) (bool, error)
}

// Case is the case that things are taken into.
type Case interface {
	Shelf
	Book
	// Sees answers fault.NotFound where an exhibit is closed to somebody, as where
	// there is none: a list of guesses would tell what stands in it.
	Sees(ctx context.Context, actor, exhibit string) error
	// CloseField gives a field of all records a class, where that is more closed
	// than the one it has: closed tells whether it was. fault.Forbidden where it
	// would open the field to anybody.
	CloseField(ctx context.Context, actor string, x mapping.FieldClass, a Act) (closed bool, err error)
}

// Holdings are the exhibits of a case and the lists that were read from them.
// What is not there is fault.NotFound.
type Holdings interface {
	Exhibit(ctx context.Context, id string) (register.Exhibit, error)
	// ExhibitsBySHA256 are the exhibits with these bytes, oldest first; none or more.
	ExhibitsBySHA256(ctx context.Context, hex string) ([]register.Exhibit, error)
	// Imports are the lists that were imported from an exhibit, none or more.
	Imports(ctx context.Context, exhibit string) ([]register.Import, error)
	// Lists are the lists that were imported as the word of a source, oldest first.
	Lists(ctx context.Context, source string) ([]Imported, error)
	// AsItStood calls visit with the rows of a batch that are not erased.
	AsItStood(ctx context.Context, batch string, visit func(register.Stood) error) error
	// Edition is of which exhibit another is a later edition.
	Edition(ctx context.Context, exhibit string) (register.Edition, error)
	// EditionsOf are the later editions of an exhibit.
	EditionsOf(ctx context.Context, exhibit string) ([]register.Edition, error)
}

// Imported is a list that was imported by an entry.
type Imported struct {
	Seq int64
	register.Import
}

// Sayings are what a case says already, as far as new records point to it. What
// is not there is fault.NotFound.
type Sayings interface {
	Source(ctx context.Context, id string) (register.Source, error)
	Incident(ctx context.Context, id string) (register.Incident, error)
	// PersonOf is the person that a record stands under.
	PersonOf(ctx context.Context, record journal.Leaf) (string, error)
	// Brought is the record with which a person came into the case.
	Brought(ctx context.Context, person string) (Brought, error)
	// CorrectedBy are the records that correct a record directly, oldest first.
	CorrectedBy(ctx context.Context, record journal.Leaf) ([]Correction, error)
	// ClosedOf is what a record says that somebody corrects, and which of its
	// fields are closed to them.
	ClosedOf(ctx context.Context, actor string, record journal.Leaf) (Closed, error)
	// Own are the fields of the case's own that a record has.
	Own(ctx context.Context, record journal.Leaf) ([]register.Extra, error)
	// Declared are the fields of the case's own that are declared.
	Declared(ctx context.Context) (register.DeclaredFields, error)
	// ClosedTo are the fields of records that are closed to somebody.
	ClosedTo(ctx context.Context, actor string) (register.Shut, error)
}

// Closed is a record that somebody corrects of whom not all may see everything.
type Closed struct {
	Shut   register.Shut
	Record register.Record
	Harms  []register.Harm // by their numbers
}

// Brought is a record and the entry that brought it.
type Brought struct {
	Leaf   journal.Leaf
	Seq    int64
	Record register.Record
}

// Correction is a record that corrects another, and the entry that brought it.
type Correction struct {
	Leaf journal.Leaf
	Seq  int64
}

// View is what intake asks of a case.
type View interface {
	Holdings
	Sayings
}

// Batch takes rows. Add may be called by several goroutines.
type Batch interface {
	Add(kind string, values []journal.Value) (journal.Leaf, error)
	Finish(ctx context.Context) (register.RowFile, error)
	Abort() error
}

// Clerk takes things into one case, for one person who acts.
type Clerk struct {
	Case  Case
	Actor string
	Rand  io.Reader // for identifiers; used by one goroutine
}

// Act is what the person says of her act.
type Act struct {
	Reason   string
	Basis    string // "" confidential
	Handling string // "" confidential
	Once     string // a key of whoever acts, under which a record is added one time; "" each time anew
}

func (a Act) orDefault() Act {
	if a.Basis == "" {
		a.Basis = "confidential"
	}
	if a.Handling == "" {
		a.Handling = "confidential"
	}
	return a
}

// checkSource sees that a source is described before something is said to be
// its word.
func checkSource(ctx context.Context, v View, id string) error {
	if err := register.CheckID("s", id); err != nil {
		return err
	}
	if _, err := v.Source(ctx, id); err != nil {
		return fmt.Errorf("source %s: %w", id, err)
	}
	return nil
}

// checkHarms sees that the incidents which harms name are there.
func checkHarms(ctx context.Context, v View, harms []register.Harm) error {
	for _, h := range harms {
		if h.Incident == "" {
			continue
		}
		if _, err := v.Incident(ctx, h.Incident); err != nil {
			return fmt.Errorf("incident %s: %w", h.Incident, err)
		}
	}
	return nil
}

// openExhibit opens the bytes of an exhibit, checked against its hash.
func (c *Clerk) openExhibit(ctx context.Context, x register.Exhibit) (io.ReadCloser, error) {
	address, err := vault.ParseAddress(x.Object)
	if err != nil {
		return nil, fmt.Errorf("exhibit %s: %w", x.Exhibit, err)
	}
	object, err := c.Case.ObjectKey(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("exhibit %s: %w", x.Exhibit, err)
	}
	if fmt.Sprintf("%x", object.Plain) != x.SHA256 {
		return nil, fmt.Errorf("%w: exhibit %s: the hash beside its key is not that of its entry", fault.Tampered, x.Exhibit)
	}
	r, err := c.Case.Vault().OpenChecked(ctx, object)
	if err != nil {
		return nil, fmt.Errorf("exhibit %s: %w", x.Exhibit, err)
	}
	return r, nil
}
