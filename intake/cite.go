// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"recount/fault"
	"recount/intake/table"
	"recount/journal"
	"recount/register"
)

// Cited is a citation that was recorded.
type Cited struct {
	Citation register.Citation
	Seq      int64
	Checked  bool   // the quote stands in the exhibit, character by character
	Offset   int64  // where, in characters from the beginning; -1 where it was not checked
	Unasked  string // why it was not checked
}

// maxText is how long a text may be in which a quote is looked for, in bytes.
const maxText = 64 << 20

// contextLetters is how many characters before and after a quote are kept, to
// find it again.
const contextLetters = 32

// Cite records a citation. Where the exhibit is text, the quote must stand in
// it character by character; it is looked for, and what stands before and
// after is filled in. A quote that is not there is refused with the place where
// it comes nearest (a *table.Refusal, whose Tell shows both texts). One that
// stands there several times needs a before, an after, or a pinpoint by lines
// or characters. Of other exhibits (a PDF, a picture, a recording) the quote is
// kept as it was given, and Checked is false.
func (c *Clerk) Cite(ctx context.Context, x register.Citation, a Act) (Cited, error) {
	a = a.orDefault()
	var exhibit register.Exhibit
	err := c.Case.Look(ctx, func(v View) (err error) {
		exhibit, err = v.Exhibit(ctx, x.Exhibit)
		return err
	})
	if err != nil {
		return Cited{}, fmt.Errorf("exhibit %s: %w", x.Exhibit, err)
	}
	if x.ExhibitSHA256 != "" && x.ExhibitSHA256 != exhibit.SHA256 {
		return Cited{}, fmt.Errorf("%w: the citation was made from bytes that are not those of exhibit %s", fault.Conflict, x.Exhibit)
	}
	x.ExhibitSHA256 = exhibit.SHA256
	out := Cited{Offset: -1}
	if x.Quote == "" {
		out.Unasked = "there is no quote"
	} else if err := c.find(ctx, exhibit, &x, &out); err != nil {
		return Cited{}, err
	}
	if x.Citation, err = register.NewID(c.Rand, "c"); err != nil {
		return Cited{}, err
	}
	if err := x.Check(); err != nil {
		return Cited{}, err
	}
	out.Citation = x
	out.Seq, err = c.Case.Act(ctx, c.Actor, func(v View) (journal.Draft, error) {
		if _, err := v.Exhibit(ctx, x.Exhibit); err != nil {
			return journal.Draft{}, fmt.Errorf("exhibit %s: %w", x.Exhibit, err)
		}
		return x.Draft(a.Reason, a.Basis, a.Handling), nil
	})
	return out, err
}

// find looks for the quote in the exhibit's text.
func (c *Clerk) find(ctx context.Context, exhibit register.Exhibit, x *register.Citation, out *Cited) error {
	if exhibit.Size > maxText {
		out.Unasked = fmt.Sprintf("the exhibit has more than %d MiB", maxText>>20)
		return nil
	}
	r, err := c.openExhibit(ctx, exhibit)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	text, ok := textOf(exhibit.MediaType, data)
	if !ok {
		out.Unasked = "the exhibit is not text (" + exhibit.MediaType + ")"
		return nil
	}
	at, err := place(text, x)
	if err != nil {
		return err
	}
	out.Checked, out.Offset = true, int64(utf8.RuneCountInString(text[:at]))
	x.Before = lastLetters(text[:at], contextLetters)
	x.After = firstLetters(text[at+len(x.Quote):], contextLetters)
	return nil
}

// textOf is the text of an exhibit, without its byte order mark: of a text in
// UTF-8, or in UTF-16 that says so.
func textOf(mediaType string, data []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		return string(b), err == nil && isText(mediaType)
	case utf8.Valid(data) && bytes.IndexByte(data, 0) < 0:
		return strings.TrimPrefix(string(data), "\ufeff"), isText(mediaType)
	}
	return "", false
}

func isText(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || mediaType == "message/rfc822" ||
		strings.HasSuffix(mediaType, "json") || strings.HasSuffix(mediaType, "xml")
}

// place is where the quote stands, in bytes. A quote whose lines end with LF
// also stands where they end with CRLF; it is then kept as the exhibit has it.
func place(text string, x *register.Citation) (int, error) {
	all := occurrences(text, x.Quote)
	if len(all) == 0 && strings.Contains(x.Quote, "\n") && !strings.Contains(x.Quote, "\r") {
		crlf := strings.ReplaceAll(x.Quote, "\n", "\r\n")
		if all = occurrences(text, crlf); len(all) > 0 {
			x.Quote = crlf
		}
	}
	if len(all) == 0 {
		return 0, notThere(text, x)
	}
	fitting, err := narrow(text, x, all)
	if err != nil {
		return 0, err
	}
	switch len(fitting) {
	case 1:
		return fitting[0], nil
	case 0:
		return 0, fmt.Errorf("%w: the quote stands in exhibit %s %d times, and nowhere where pinpoint, before and after say", fault.Invalid, x.Exhibit, len(all))
	}
	return 0, fmt.Errorf("%w: the quote stands in exhibit %s %d times, at characters %s; accepted: with some characters before or after it, or a pinpoint by lines or characters",
		fault.Invalid, x.Exhibit, len(fitting), offsets(text, fitting))
}

// maxOccurrences bounds how often a short quote is looked for.
const maxOccurrences = 1000

func occurrences(text, quote string) []int {
	var all []int
	for from := 0; len(all) < maxOccurrences; {
		i := strings.Index(text[from:], quote)
		if i < 0 {
			break
		}
		all = append(all, from+i)
		from += i + 1
	}
	return all
}

func offsets(text string, at []int) string {
	var b strings.Builder
	for i, a := range at {
		if i == 5 {
			return b.String() + ", …"
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, utf8.RuneCountInString(text[:a]))
	}
	return b.String()
}

// narrow keeps the places that before, after and the pinpoint allow.
func narrow(text string, x *register.Citation, all []int) ([]int, error) {
	from, to, err := span(x.Scheme, x.Pinpoint)
	if err != nil {
		return nil, err
	}
	var out []int
	for _, at := range all {
		end := at + len(x.Quote)
		unit := int64(-1)
		switch x.Scheme {
		case "line":
			unit = 1 + int64(strings.Count(text[:at], "\n"))
		case "chars":
			unit = int64(utf8.RuneCountInString(text[:at]))
		}
		inSpan := unit < 0 || to == 0 || (unit >= from && unit <= to)
		if inSpan && strings.HasSuffix(text[:at], x.Before) && strings.HasPrefix(text[end:], x.After) {
			out = append(out, at)
		}
	}
	return out, nil
}

// span reads a pinpoint by lines ("7", "7-9") or characters ("120-163", the
// first from 0).
func span(scheme, pinpoint string) (from, to int64, err error) {
	if scheme != "line" && scheme != "chars" {
		return 0, 0, nil
	}
	if _, err := fmt.Sscanf(pinpoint, "%d-%d", &from, &to); err == nil && from <= to {
		return from, to, nil
	}
	if _, err := fmt.Sscanf(pinpoint, "%d", &from); err == nil {
		return from, from, nil
	}
	return 0, 0, fmt.Errorf("%w: pinpoint %q; accepted for %s: a number or two, as in 7 or 7-9", fault.Invalid, pinpoint, scheme)
}

// notThere says where the quote comes nearest. The longest beginning of it that
// stands in the text is found by halving: where some letters stand, so do fewer.
func notThere(text string, x *register.Citation) error {
	low, high := 0, len(x.Quote)
	for low < high {
		middle := (low + high + 1) / 2
		if strings.Contains(text, x.Quote[:middle]) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	for low > 0 && !utf8.RuneStart(x.Quote[low]) {
		low--
	}
	r := &table.Refusal{File: x.Exhibit, Want: "the exact characters of the exhibit"}
	if low == 0 {
		r.Why = "the quote does not stand in the exhibit; not even its first character does"
		return r
	}
	at := strings.Index(text, x.Quote[:low])
	r.Why = fmt.Sprintf("the quote does not stand in exhibit %s; its first %d characters stand at character %d, and at character %d the exhibit differs",
		x.Exhibit, utf8.RuneCountInString(x.Quote[:low]), utf8.RuneCountInString(text[:at]), utf8.RuneCountInString(text[:at+low]))
	r.Hint = fmt.Sprintf("there the exhibit has %q, the quote %q", firstLetters(text[at+low:], contextLetters), firstLetters(x.Quote[low:], contextLetters))
	return r
}

func firstLetters(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

func lastLetters(s string, n int) string {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return s[i:]
}
