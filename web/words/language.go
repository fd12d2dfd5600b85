// SPDX-License-Identifier: Apache-2.0

package words

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"
)

// Language are the words of one language, with English where it has none.
type Language struct {
	Tag, Dir    string
	own, source map[string]Text
	plural      language.Tag
}

// T is the text of a key. args are pairs: the name of a place and its value,
// T("import.row", "row", 12). A whole number is written as Number does. A key
// that nobody wrote is shown as it is, between marks, so that it is seen.
func (l Language) T(key string, args ...any) string {
	text, ok := l.find(key)
	if !ok {
		return "⟦" + key + "⟧"
	}
	return l.fill(text.Forms["other"], args)
}

// N is the text of a key for n things, in the plural form that the language
// has for n. {n} is the number.
func (l Language) N(key string, n int64, args ...any) string {
	text, ok := l.find(key)
	if !ok {
		return "⟦" + key + "⟧"
	}
	form, ok := text.Forms[pluralForm(l.plural, n)]
	if !ok {
		form = text.Forms["other"]
	}
	return l.fill(form, append([]any{"n", n}, args...))
}

// Has reports whether the key is there at all.
func (l Language) Has(key string) bool { _, ok := l.find(key); return ok }

func (l Language) find(key string) (Text, bool) {
	if t, ok := l.own[key]; ok {
		return t, true
	}
	t, ok := l.source[key]
	return t, ok
}

func (l Language) fill(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var pairs []string
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, fmt.Sprintf("{%v}", args[i]), l.isolated(l.value(args[i+1])))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Isolates that keep what is between them from turning what is around it, and
// the other way round (Unicode Standard Annex 9, section 2.4).
const firstStrong, popIsolate = "\u2068", "\u2069"

// isolated sets a value apart where something in it is written in the other
// direction than the language: a name, a date with its time zone. Behind Arabic
// letters 2031-05-02 would be shown as 02-05-2031, since a hyphen does not join
// digits there (annex 9, rules W2 and W4).
func (l Language) isolated(value string) string {
	for _, r := range value {
		p, _ := bidi.LookupRune(r)
		switch class := p.Class(); {
		case l.Dir == "rtl" && (class == bidi.L || class == bidi.ES || class == bidi.ET), l.Dir != "rtl" && (class == bidi.R || class == bidi.AL):
			return firstStrong + value + popIsolate
		}
	}
	return value
}

// Listed is values in a row, each in its own direction, with the language's comma.
func (l Language) Listed(values ...string) string {
	apart := make([]string, len(values))
	for i, value := range values {
		apart[i] = l.isolated(value)
	}
	return strings.Join(apart, l.T("list.comma"))
}

func (l Language) value(v any) string {
	switch n := v.(type) {
	case int:
		return l.Number(int64(n))
	case int64:
		return l.Number(n)
	}
	return fmt.Sprint(v)
}

// Number writes a whole number in Latin digits, in all languages, so that it
// can be compared with a document; groups of three from 10,000 on are set
// apart by a thin space that does not break (ISO 80000-1 section 7.3.1).
func (l Language) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "−", s[1:]
	}
	if len(s) < 5 {
		return sign + s
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteRune(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}
