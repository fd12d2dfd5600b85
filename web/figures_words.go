// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"

	"recount/figure"
	"recount/register"
	"recount/store"
)

// definitionWords is a definition for people: each thing that it asks for, and
// the text as it is stored.
type definitionWords struct {
	base
	Harms     []string // none: every person of the universe counts
	Period    string
	Districts []string
	Sources   []link // none: all persons of the case
	Parts     []partWords
	Stored    string
}

// partWords are the conditions of an "of whom", all of which are to be met.
type partWords struct {
	Part, Title string
	Asks        []string
}

// inWords says a definition in the reader's language.
func (v *visit) inWords(ctx context.Context, r store.Reader, d figure.Definition) (definitionWords, error) {
	w := definitionWords{base: v.base("nav.figures"), Period: d.Period, Districts: d.District}
	for _, code := range d.Harms {
		w.Harms = append(w.Harms, v.code("harm", code))
	}
	for _, id := range d.Sources {
		source, err := v.sourceLink(ctx, r, id)
		if err != nil {
			return w, err
		}
		w.Sources = append(w.Sources, source)
	}
	for _, p := range d.Parts {
		w.Parts = append(w.Parts, partWords{p.Part, p.Title, v.asks(p)})
	}
	var b bytes.Buffer
	if err := json.Indent(&b, d.JSON(), "", "  "); err != nil {
		return w, err
	}
	w.Stored = b.String()
	return w, nil
}

// asks are the conditions of a part in words.
func (v *visit) asks(p figure.Part) (asks []string) {
	if p.Child != "" {
		asks = append(asks, v.words.T("figures.child."+p.Child))
	}
	for _, set := range []struct {
		key   string
		codes []string
	}{{"figures.asks.sex", v.codes("sex", p.Sex)}, {"figures.asks.age-band", p.AgeBand}} {
		if len(set.codes) > 0 {
			asks = append(asks, v.words.T(set.key, "any", v.any(set.codes)))
		}
	}
	return asks
}

func (v *visit) codes(set string, codes []string) (all []string) {
	for _, c := range codes {
		all = append(all, v.code(set, c))
	}
	return all
}

// any joins a list by the word for "or".
func (v *visit) any(list []string) string {
	text := ""
	for i, s := range list {
		if i > 0 {
			text += v.words.T("figures.or")
		}
		text += s
	}
	return text
}

// seen says what a figure reads of a person: the values that it uses, each as
// known or not.
func (v *visit) seen(d figure.Definition, r figure.Rungs) (all []string) {
	r = d.Reduce(r)
	word := func(key, value string) {
		if value == figure.Unknowns {
			value = v.words.T("not-known")
		}
		all = append(all, v.words.T(key, "value", value))
	}
	for _, h := range r.Harms {
		all = append(all, v.harm(register.Harm{Code: h.Code, Date: v.known(h.Month), Place: v.known(h.District)}))
	}
	if use := d.Rungs(); use.Harms && len(r.Harms) == 0 {
		all = append(all, v.words.T("figures.seen.no-harm"))
	}
	for _, set := range []struct {
		key, codes string
		values     figure.Set
	}{
		{"figures.seen.child-flag", "yes-no", r.ChildFlag}, {"figures.seen.child-age", "yes-no", r.ChildAge},
		{"figures.seen.sex", "sex", r.Sex}, {"figures.seen.age-band", "", r.AgeBand},
	} {
		switch {
		case set.values == "":
		case set.values == figure.Unknowns:
			word(set.key, figure.Unknowns)
		case set.codes == "":
			word(set.key, v.against(set.values.Values()))
		default:
			word(set.key, v.against(v.codes(set.codes, set.values.Values())))
		}
	}
	return all
}

// against joins values that contradict each other.
func (v *visit) against(values []string) string {
	text := ""
	for i, s := range values {
		if i > 0 {
			text += v.words.T("figures.against")
		}
		text += s
	}
	return text
}

// known is a rung as it is read out: "" where it is not used.
func (v *visit) known(rung string) string {
	if rung == figure.Unknowns {
		return v.words.T("not-known")
	}
	return rung
}

func seq(n int64) string { return strconv.FormatInt(n, 10) }
