// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// form is a form of a page: what it asks for, what was typed so far, and what
// was wrong with it. The part "form" shows it, with the fields of every act
// (reason, basis, handling) beneath its own.
type form struct {
	base
	Name      string // names the draft: "record"
	About     string // what it is about, "" for something new: the draft's second name
	Action    string // where it is sent
	Button    string
	Groups    []group
	Base      int64     // the entry that the form was made from; -1: something new
	Problem   string    // why it was not taken
	Found     time.Time // when the draft that fills it was kept; zero: there is none
	Files     bool      // it sends files
	NoAct     bool      // it records nothing in the journal: no reason is asked for
	Preview   string    // a second button: show what would come of it (the field "preview"), and record nothing
	PreviewTo string    // where that button sends it, into a window of its own; "" to Action
	typed     bool      // what stands in it was sent
}

// group is a few fields that belong together, under a heading of its own or none.
type group struct {
	Title  string
	Folded bool // shown folded as long as nothing stands in it
	Fields []field
}

// Open reports whether a folded group has to be open: something stands in it.
func (g group) Open() bool {
	for _, f := range g.Fields {
		if f.Value != "" || f.Problem != "" {
			return true
		}
	}
	return !g.Folded
}

// field is one question of a form.
type field struct {
	Name, Label, Hint string
	Rows              int    // of "long", where it is to be longer
	Kind              string // "" one line, "long", "choose", "check", "file", "hidden", "number", "search", "passphrase", which is never shown again
	Value             string
	Options           []option
	Required          bool
	Accept            string // of files
	Lang              string // of what is typed, where it is known
	Problem           string
}

// with is the field as it stands in a form: the value, and the option that is chosen by it.
func (f field) with(value string) field {
	f.Value = value
	if len(f.Options) > 0 {
		f.Options = append([]option(nil), f.Options...)
		for i := range f.Options {
			f.Options[i].Chosen = f.Options[i].Value == value
		}
	}
	return f
}

// form begins a form. What stands in its fields is what was typed, if it was
// just refused; else what a draft of the visitor's keeps; else what the fields
// come with.
func (v *visit) form(name, about string, groups ...group) (form, error) {
	f := form{base: v.base("form.send"), Name: name, About: about, Action: v.URL.Path, Button: v.words.T("form.send"), Groups: groups, Base: -1}
	if v.Method == http.MethodPost {
		f.Base, f.typed = v.baseSeq(), true
		f.fill(func(field string) (string, bool) { return v.FormValue(field), v.PostForm.Has(field) })
		return f, nil
	}
	d, err := v.room.Draft(v.Context(), v.who.ID, name, about)
	if errors.Is(err, fault.NotFound) {
		return f, nil
	}
	if err != nil {
		return form{}, err
	}
	f.Found = d.Changed
	kept := url.Values(d.Fields)
	f.Act = act{kept.Get("reason"), kept.Get("basis"), kept.Get("handling")}
	f.fill(func(field string) (string, bool) {
		values, ok := d.Fields[field]
		if len(values) == 0 {
			return "", ok
		}
		return values[0], ok
	})
	return f, nil
}

// fill puts values into the fields that there are some for.
func (f *form) fill(value func(field string) (string, bool)) {
	for i := range f.Groups {
		for j, field := range f.Groups[i].Fields {
			if s, ok := value(field.Name); ok {
				f.Groups[i].Fields[j] = field.with(s)
			} else if field.Kind == "check" && (f.typed || !f.Found.IsZero()) {
				f.Groups[i].Fields[j] = field.with("")
			}
		}
	}
}

// refuse says in the form why it was not taken, beside the fields that the
// error speaks of. It answers false for an error that is not the visitor's to mend.
func (f *form) refuse(v *visit, err error) bool {
	if !errors.Is(err, fault.Invalid) && !errors.Is(err, fault.Conflict) && !errors.Is(err, fault.NotFound) {
		return false
	}
	v.status, f.Problem = fault.HTTPStatus(err), err.Error()
	beside, placed := register.Wrongs(err), 0
	for _, wrong := range beside {
		for i := range f.Groups {
			for j := range f.Groups[i].Fields {
				if name := f.Groups[i].Fields[j].Name; name == wrong.Field || name == strings.ReplaceAll(wrong.What, " ", "")+"_"+wrong.Field {
					f.Groups[i].Fields[j].Problem = wrong.Err.Error()
					placed++
				}
			}
		}
	}
	if placed > 0 && placed == len(beside) {
		f.Problem = v.words.T("form.problem.beside")
	}
	return true
}

// beside puts what is wrong beside the field of that name; "" and a name that the form has not do nothing.
func (f *form) beside(name string, err error) {
	for i := range f.Groups {
		for j := range f.Groups[i].Fields {
			if f.Groups[i].Fields[j].Name == name {
				f.Groups[i].Fields[j].Problem = err.Error()
			}
		}
	}
}

// setBase says what the form is made from, unless it was sent already.
func (f *form) setBase(v *visit, seq int64) {
	if v.Method != http.MethodPost {
		f.Base = seq
	}
}

// sent ends a form that was carried out: its draft goes, and the visitor is led
// to what came of it, where the page says what was done (words "done.…").
func (v *visit) sent(name, about, address, done string) error {
	if err := v.room.DropDraft(v.Context(), v.who.ID, name, about); err != nil {
		// The act stands in the journal; a draft too many is no reason to say that it failed.
		v.s.Log.Warn("a draft stayed", "form", name, "error", err.Error())
	}
	return v.goTo(base{}.Query(address, "done", done))
}

// newest is the entry that a thing stands by, and whether a form made from base
// is out of date.
func (v *visit) newest(id string, from int64) (newest store.EntryLine, out bool, err error) {
	err = v.read(func(ctx context.Context, r store.Reader) error {
		history, err := r.History(ctx, id)
		if err == nil && len(history) > 0 {
			newest = history[len(history)-1]
		}
		return err
	})
	return newest, err == nil && from >= 0 && newest.Seq != from, err
}

// whole reads a whole number from the address or a form, or gives otherwise.
func (v *visit) whole(name string, otherwise int64) int64 {
	n, err := strconv.ParseInt(v.text(name), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}
