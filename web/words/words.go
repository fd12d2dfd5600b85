// SPDX-License-Identifier: Apache-2.0

// Package words has every string that a reader of the pages sees, by key and
// language: English whole, others as far as they are translated, with English
// in the gaps. A catalogue is JSON: a key's text, or its plural forms by CLDR
// category. {name} in a text is a place for a value.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"recount/fault"
)

//go:embed en ar
var embedded embed.FS

// Source is the language that has every key, and that gaps are filled from.
const Source = "en"

// Text is what stands under a key: Other alone, or a form for each plural
// category of the language (zero one two few many other).
type Text struct {
	Forms map[string]string
}

// UnmarshalJSON reads a text or an object of plural forms.
func (t *Text) UnmarshalJSON(raw []byte) error {
	var plain string
	if err := json.Unmarshal(raw, &plain); err == nil {
		t.Forms = map[string]string{"other": plain}
		return nil
	}
	if err := json.Unmarshal(raw, &t.Forms); err != nil {
		return fmt.Errorf("%w: a text is a string or an object of plural forms", fault.Invalid)
	}
	for form := range t.Forms {
		if !slices.Contains(forms(), form) {
			return fmt.Errorf("%w: plural form %q (accepted: %s)", fault.Invalid, form, strings.Join(forms(), ", "))
		}
	}
	if t.Forms["other"] == "" {
		return fmt.Errorf("%w: plural forms without \"other\"", fault.Invalid)
	}
	return nil
}

// forms are the plural categories of CLDR in the order in which tables list them.
func forms() []string { return []string{"zero", "one", "two", "few", "many", "other"} }

// Info is a language that pages can be read in.
type Info struct {
	Tag  string // BCP 47
	Name string // in the language itself
	Dir  string // "ltr" or "rtl"
}

// Book is every catalogue. It does not change; another edition is another Book.
type Book struct {
	texts map[string]map[string]Text // language, key
	infos []Info
	left  []string // of the archive's catalogues: what English does not have
}

// Load reads the catalogues that the program brings, and over them those of
// the archive: over/LANGUAGE.json where over is not nil. A key that English
// does not have is refused in the program's own; in the archive's it is left
// out, so that a later release with other keys still starts (Left).
func Load(over fs.FS) (*Book, error) {
	b := &Book{texts: map[string]map[string]Text{}}
	tags, err := fs.ReadDir(embedded, ".")
	if err != nil {
		return nil, err
	}
	for _, tag := range tags {
		files, err := fs.Glob(embedded, tag.Name()+"/*.json")
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if err := b.add(embedded, name, tag.Name(), false); err != nil {
				return nil, err
			}
		}
	}
	if over != nil {
		files, err := fs.Glob(over, "*.json")
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if err := b.add(over, name, strings.TrimSuffix(path.Base(name), ".json"), true); err != nil {
				return nil, err
			}
		}
	}
	return b, b.finish()
}

func (b *Book) add(from fs.FS, name, tag string, replace bool) error {
	if _, err := language.Parse(tag); err != nil {
		return fmt.Errorf("%w: catalogue %s: %q is no language tag (BCP 47, such as ar or pt-BR)", fault.Invalid, name, tag)
	}
	raw, err := fs.ReadFile(from, name)
	if err != nil {
		return err
	}
	var texts map[string]Text
	if err := json.Unmarshal(raw, &texts); err != nil {
		return fmt.Errorf("catalogue %s: %w", name, err)
	}
	if b.texts[tag] == nil {
		b.texts[tag] = map[string]Text{}
	}
	for key, text := range texts {
		if _, known := b.texts[Source][key]; replace && !known {
			b.left = append(b.left, name+": "+key)
			continue
		}
		if _, twice := b.texts[tag][key]; twice && !replace {
			return fmt.Errorf("%w: catalogue %s has %q, which another file of the language has already", fault.Conflict, name, key)
		}
		b.texts[tag][key] = text
	}
	return nil
}

// finish checks each language against English and lists them, English first.
func (b *Book) finish() error {
	for _, tag := range slices.Sorted(maps.Keys(b.texts)) {
		for key := range b.texts[tag] {
			if _, ok := b.texts[Source][key]; !ok {
				return fmt.Errorf("%w: the catalogue of %s has %q, which English does not have", fault.Invalid, tag, key)
			}
		}
		l := b.Language(tag)
		b.infos = append(b.infos, Info{Tag: tag, Name: l.T("language.name"), Dir: l.Dir})
	}
	slices.SortStableFunc(b.infos, func(x, y Info) int {
		return strings.Compare(order(x.Tag), order(y.Tag))
	})
	return nil
}

func order(tag string) string {
	if tag == Source {
		return ""
	}
	return tag
}

// Left are the keys in the archive's catalogues that English does not have, by
// file, sorted: of an older or a later release, or mistakes.
func (b *Book) Left() []string { return slices.Sorted(slices.Values(b.left)) }

// Languages are those that there is a catalogue of, English first.
func (b *Book) Languages() []Info { return b.infos }

// Keys are all keys, sorted.
func (b *Book) Keys() []string { return slices.Sorted(maps.Keys(b.texts[Source])) }

// Text is what a language itself has under a key, without English in the gap.
func (b *Book) Text(tag, key string) (Text, bool) {
	t, ok := b.texts[tag][key]
	return t, ok
}

// Match is the language to read in: the preferred one where there is a
// catalogue of it, or the best for an Accept-Language header (RFC 9110 section 12.5.4).
func (b *Book) Match(preferred, header string) string {
	if _, ok := b.texts[preferred]; ok {
		return preferred
	}
	have := make([]language.Tag, len(b.infos))
	for i, info := range b.infos {
		have[i] = language.Make(info.Tag)
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return Source
	}
	_, i, confidence := language.NewMatcher(have).Match(wanted...)
	if confidence == language.No {
		return Source
	}
	return b.infos[i].Tag
}

// Language are the words of one language.
func (b *Book) Language(tag string) Language {
	l := Language{Tag: tag, Dir: "ltr", own: b.texts[tag], source: b.texts[Source], plural: language.Make(tag)}
	if rightToLeft(tag) {
		l.Dir = "rtl"
	}
	return l
}

// rightToLeft goes by the script that the language is usually written in.
func rightToLeft(tag string) bool {
	script, _ := language.Make(tag).Script()
	return slices.Contains([]string{"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"}, script.String())
}

// pluralForm is the CLDR category of a whole number.
func pluralForm(tag language.Tag, n int64) string {
	if n < 0 {
		n = -n
	}
	i := int(n % 10_000_000) // MatchPlural takes digits as an int; the categories of larger numbers follow their last digits
	switch plural.Cardinal.MatchPlural(tag, i, 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	}
	return "other"
}
