// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
	"recount/store"
	"recount/tally"
)

// figureDefined is the entry figure.defined@1.
type figureDefined struct{ figure.Definition }

// Check also asks for an id of the right form and for codes that records can
// have, neither of which the rule needs: a figure of a misspelt code would
// quietly come to nobody.
func (x figureDefined) Check() error {
	if !strings.HasPrefix(x.Figure, "f-") {
		return fmt.Errorf("%w: figure %q: accepted is an id that begins with f-", fault.Invalid, x.Figure)
	}
	for _, code := range x.Harms {
		if err := register.CheckHarm(code); err != nil {
			return fmt.Errorf("figure %s: %w", x.Figure, err)
		}
	}
	for _, p := range x.Parts {
		for _, code := range p.Sex {
			if err := register.CheckSex(code); err != nil {
				return fmt.Errorf("figure %s, part %s: %w", x.Figure, p.Part, err)
			}
		}
	}
	return x.Definition.Check()
}

// Draft is the entry's draft.
func (x figureDefined) Draft(reason, basis, handling string) journal.Draft {
	text := x.JSON()
	sum := sha256.Sum256(text)
	return journal.Draft{Kind: "figure.defined@1", Reason: reason, Basis: basis, Handling: handling, Fields: map[string]journal.Value{
		"figure": journal.Text(x.Figure), "definition": journal.Text(string(text)),
		"definition_sha256": journal.Text(hex.EncodeToString(sum[:])),
	}}
}

// DefineFigure records a definition; one of the same id is superseded. Sources
// that it names must be there.
func (d Desk) DefineFigure(ctx context.Context, x figure.Definition, why Why) (Done, error) {
	if err := d.draw("f", &x.Figure); err != nil {
		return Done{}, err
	}
	return d.record(ctx, x.Figure, figureDefined{x}, why, func(v store.View) error {
		for _, id := range x.Sources {
			if _, err := v.Source(ctx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// LoadColumns reads what counting needs, as the case was known at size entries;
// a negative size is now.
func LoadColumns(ctx context.Context, c *store.Case, size int64) (columns *tally.Columns, err error) {
	err = c.Read(ctx, func(r store.Reader) error {
		if size >= 0 {
			if r, err = r.At(size); err != nil {
				return err
			}
		}
		columns, err = columnsOf(ctx, c, r)
		return err
	})
	return columns, err
}

func columnsOf(ctx context.Context, c *store.Case, r store.Reader) (*tally.Columns, error) {
	erased, err := r.Erased(ctx)
	if err != nil {
		return nil, err
	}
	root, err := c.RootAt(ctx, r.Size())
	if err != nil {
		return nil, err
	}
	return tally.Load(ctx, r, tally.Stamp{Size: r.Size(), Root: root, Erased: erased})
}

// Answer answers a stored figure as the case was known at size entries; a
// negative size is now. The definition is the one that stood then.
func Answer(ctx context.Context, c *store.Case, id string, size int64) (tally.Answer, error) {
	a, err := AnswerBy(ctx, c, id, size, DefinedThen)
	return a.Answer, err
}

// Definitions says which definition of a figure is asked of an earlier state
// of the case.
type Definitions bool

// The definition that stood at that state, or the one that stands now.
const (
	DefinedThen Definitions = false
	DefinedNow  Definitions = true
)

// Answered is an answer with the entry that its definition stands since.
type Answered struct {
	tally.Answer
	Defined int64 // number of the entry
}

// Younger reports whether the definition was made after what it was asked of:
// whoever made it may have known what would come out.
func (a Answered) Younger() bool { return a.Defined >= a.Size }

// ErrNotYetDefined is wrapped by the error of a figure that was defined only
// after the state that was asked for. It is fault.NotFound too.
var ErrNotYetDefined = errors.New("the figure was not defined yet")

// AnswerBy answers a stored figure, by the definition of then or of now, as
// the case was known at size entries; a negative size is now.
func AnswerBy(ctx context.Context, c *store.Case, id string, size int64, by Definitions) (a Answered, err error) {
	err = c.Read(ctx, func(now store.Reader) error {
		then := now
		if size >= 0 {
			if then, err = now.At(size); err != nil {
				return err
			}
		}
		asked := then
		if by == DefinedNow {
			asked = now
		}
		defined, err := asked.Figure(ctx, id)
		if errors.Is(err, fault.NotFound) {
			return notYetDefined(ctx, now, id, size, err)
		}
		if err != nil {
			return err
		}
		definition, err := defined.Parse()
		if err != nil {
			return err
		}
		columns, err := columnsOf(ctx, c, then)
		if err != nil {
			return err
		}
		a.Defined = defined.Seq
		a.Answer, err = columns.Answer(definition)
		return err
	})
	return a, err
}

// notYetDefined says of a figure that is missing from an earlier state since
// when it is defined, if it is.
func notYetDefined(ctx context.Context, now store.Reader, id string, size int64, missing error) error {
	history, err := now.History(ctx, id)
	if err != nil || len(history) == 0 || size < 0 {
		return missing // as it is: an id of another form has no history
	}
	first := history[0].Seq
	return fmt.Errorf("%w: %w: figure %s is defined since entry %d, and the journal had %d entries; accepted: a size of %d or more, or today's definition asked of what was known then",
		fault.NotFound, ErrNotYetDefined, id, first, size, first+1)
}
